package runbooks

import "strings"

// From is where a value comes from.
type From string

// The places that values come from.
const (
	FromPerson        From = "typed"
	FromReference     From = "reference"
	FromLabel         From = "label"
	FromConfiguration From = "configuration"
	// FromSession is what earlier steps set, by the names of the shell's variables.
	// It fills nothing: the shell has it. But nothing else fills a variable of that
	// name, and it is proposed for a placeholder.
	FromSession From = "session"
	// FromStep is what earlier steps set, for a copy of the code.
	FromStep From = "earlier step"
)

// Values are values by name from one place.
type Values struct {
	From From
	Of   map[string]string
}

// ValuesOf returns what fills the runbook of a match, the most telling first: the values
// in the reference, the labels, the configured extras.
func (m Match) ValuesOf(labels, extras map[string]string) []Values {
	return []Values{{FromReference, m.Values}, {FromLabel, labels}, {FromConfiguration, extras}}
}

// values are the values for variables.
type values struct {
	exact, folded map[string]named
	// typed are those of FromPerson: each is meant for the placeholder of its name.
	typed map[string]string
	// session are those of FromSession.
	session map[string]string
}

type named struct {
	name, value string
	from        From
	several     bool // several labels match
}

func newValues(all []Values) values {
	v := values{exact: map[string]named{}, folded: map[string]named{}}
	for _, from := range all {
		switch from.From {
		case FromPerson:
			v.typed = from.Of
		case FromSession:
			v.session = from.Of
			continue
		}
		exact, folded := map[string]named{}, map[string]named{}
		for name, value := range from.Of {
			if value == "" {
				continue // Prometheus treats an empty label as absent
			}
			put(exact, strings.ToLower(name), named{name: name, value: value, from: from.From})
			put(folded, foldName(name), named{name: name, value: value, from: from.From})
		}
		for name, value := range exact {
			if _, ok := v.exact[name]; !ok {
				v.exact[name] = value
			}
		}
		for name, value := range folded {
			if _, ok := v.folded[name]; !ok {
				v.folded[name] = value
			}
		}
	}
	return v
}

func put(m map[string]named, key string, n named) {
	if before, ok := m[key]; ok && before.value != n.value {
		n.several = true
	}
	m[key] = n
}

func foldName(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "") }

// lookup returns the value for a variable's name.
func (v values) lookup(name string) (named, bool) {
	keys := []string{foldName(name)}
	if short, ok := strings.CutSuffix(strings.ToLower(name), "_name"); ok && short != "" {
		keys = append(keys, foldName(short))
	}
	if n, ok := v.exact[strings.ToLower(name)]; ok {
		return n, !n.several
	}
	for _, key := range keys {
		if n, ok := v.folded[key]; ok {
			return n, !n.several
		}
	}
	return named{}, false
}
