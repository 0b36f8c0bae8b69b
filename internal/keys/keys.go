// Package keys has the commands of the screen by their names, the keys that ask for
// them where they act, and what a configuration makes of these. It knows no screen.
package keys

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Settings are what a configuration says of the keys.
type Settings struct {
	// Preset is the name of the keys to begin with; empty: those of vim.
	Preset string
	// Keys are the keys of commands, by name, in the form of Parse. None means that
	// no key asks for the command.
	Keys map[string][]string
}

// Fault is what is wrong with settings.
type Fault struct {
	// Command is the name of the command whose keys are wrong; empty: the preset is.
	Command string
	// Sentence is for a person.
	Sentence string
}

// Bindings are the keys of each command in each mode. The zero value has the
// default keys.
type Bindings struct {
	by map[at][]string
}

// at is a command in a mode.
type at struct{ mode, command string }

// use is how a command is asked for in a mode.
type use struct {
	at
	// keys are those that a configuration replaces; bound: it can do so here.
	keys  []string
	bound bool
	// stay are keys that ask for it besides, unless something else needs them. One
	// that begins with "+" means the keys of that command in its first mode.
	stay []string
}

// uses are all uses, in the order of the table.
var uses = sync.OnceValue(func() []use {
	var all []use
	for _, c := range table {
		for _, line := range c.uses {
			keys, modes, _ := strings.Cut(line, " @ ")
			own, stay, _ := strings.Cut(" "+keys+" ", " & ")
			u := use{keys: strings.Fields(own), stay: strings.Fields(stay)}
			u.bound = len(u.keys) > 0 || !slices.ContainsFunc(u.stay, func(k string) bool { return !isCommand(k) })
			for _, mode := range strings.Fields(modes) {
				u.at = at{mode, c.name}
				all = append(all, u)
			}
		}
	}
	return all
})

// inMode are the uses by their mode.
var inMode = sync.OnceValue(func() map[string][]use {
	by := map[string][]use{}
	for _, u := range uses() {
		by[u.mode] = append(by[u.mode], u)
	}
	return by
})

// firstMode is the first mode of each command.
var firstMode = sync.OnceValue(func() map[string]string {
	first := map[string]string{}
	for _, u := range uses() {
		if first[u.command] == "" {
			first[u.command] = u.mode
		}
	}
	return first
})

// usual are the default keys.
var usual = sync.OnceValue(func() Bindings { return Bindings{resolve(Settings{}, nil).by} })

// Of returns the keys of a command in a mode, the most important first.
func (b Bindings) Of(mode, command string) []string {
	if b.by == nil {
		b = usual()
	}
	return b.by[at{mode, command}]
}

// Acts reports whether a command acts in a mode.
func Acts(mode, command string) bool {
	return slices.ContainsFunc(uses(), func(u use) bool { return u.at == at{mode, command} })
}

// ModeOf returns the first mode of a command.
func ModeOf(command string) string { return firstMode()[command] }

// Commands returns the names of all commands, in the order of the table.
func Commands() []string {
	names := make([]string, len(table))
	for i, c := range table {
		names[i] = c.name
	}
	return names
}

// Resolve works out the keys of settings whose commands and keys are known, with
// what is wrong with them.
func (s Settings) Resolve() (Bindings, []Fault) {
	if s.Preset == "" && len(s.Keys) == 0 {
		return Bindings{}, nil // which a test finds no clash in: most starts have nothing to check
	}
	chosen, found := presets[cmp.Or(s.Preset, Vim)]
	if !found {
		return Bindings{}, []Fault{{Sentence: "there is no preset of that name: write " + strings.Join(quoted(Presets()), ", ")}}
	}
	r := resolve(s, chosen)
	for _, name := range needed {
		if keys, set := s.Keys[name]; set && len(keys) == 0 {
			r.faults = append(r.faults, Fault{name, name + " needs a key: nothing on the screen goes on or back without it"})
		}
	}
	r.findClashes()
	return Bindings{r.by}, r.faults
}

// resolve works out the keys of settings.
func resolve(s Settings, preset map[string][]string) *resolving {
	r := &resolving{Settings: s, preset: preset, by: map[at][]string{}}
	for _, u := range uses() {
		r.by[u.at] = r.own(u)
	}
	for _, u := range uses() {
		if len(u.stay) > 0 {
			r.by[u.at] = unique(append(slices.Clip(r.by[u.at]), r.staying(u)...))
		}
	}
	return r
}

// needed are the commands that need a key.
var needed = []string{"confirm", "close", "leave"}

// isCommand reports whether a key that stays means the keys of a command.
func isCommand(key string) bool { return len(key) > 1 && key[0] == '+' }

// resolving is settings while their keys are worked out.
type resolving struct {
	Settings
	preset map[string][]string
	by     map[at][]string
	faults []Fault
}

// chosen are the keys that the configuration or the preset give a command.
func (r *resolving) chosen(command string) (keys []string, set bool) {
	if keys, set = r.Keys[command]; set {
		return keys, true
	}
	keys, set = r.preset[command]
	return keys, set
}

// own are the keys of a use but for those that stay. What would be typed or chosen
// by a key has that key: the use then has its default there.
func (r *resolving) own(u use) []string {
	keys, set := r.chosen(u.command)
	if !set || !u.bound {
		return u.keys
	}
	free := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return takes(u.mode, u.command, k) })
	if len(free) == 0 && len(keys) > 0 {
		return u.keys
	}
	return free
}

// staying are the keys of a use that stay: nothing else asks for something by them
// here, and no configuration gave them to something else behind it.
func (r *resolving) staying(u use) []string {
	var keys []string
	for _, k := range u.stay {
		those, of := []string{k}, ""
		if isCommand(k) {
			of = k[1:]
			those = r.by[at{ModeOf(of), of}]
		}
		for _, k := range those {
			if !takes(u.mode, u.command, k) && !r.given(u, of, k) {
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// given reports whether a key asks for something else than a use in its mode, or was
// given to something else behind it, which is not the command that u takes it from.
func (r *resolving) given(u use, of, key string) bool {
	for _, other := range inMode()[u.mode] {
		if other.command != u.command && (slices.Contains(r.by[other.at], key) || slices.Contains(other.stay, key)) {
			return true
		}
	}
	for _, mode := range behind[u.mode] {
		for _, other := range inMode()[mode] {
			if _, set := r.chosen(other.command); set && other.command != u.command && other.command != of && slices.Contains(r.by[other.at], key) {
				return true
			}
		}
	}
	return false
}

// findClashes finds keys that ask for two things: in one mode, or for one that hides
// the other, unless the default keys of these two do so.
func (r *resolving) findClashes() {
	// Which of the uses of a mode a key asks for.
	type position struct{ mode, key string }
	asks := map[position][]int{}
	for mode, all := range inMode() {
		for i, u := range all {
			for _, k := range r.by[u.at] {
				asks[position{mode, k}] = append(asks[position{mode, k}], i)
			}
		}
	}
	said := map[[2]string]bool{}
	var same []int
	for _, u := range uses() {
		own := r.by[u.at]
		for _, mode := range append([]string{u.mode}, behind[u.mode]...) {
			same = same[:0]
			for _, k := range own {
				same = append(same, asks[position{mode, k}]...)
			}
			slices.Sort(same)
			for _, i := range slices.Compact(same) {
				other := inMode()[mode][i]
				pair := [2]string{min(u.command, other.command), max(u.command, other.command)}
				if other.command == u.command || said[pair] || mode != u.mode && hides(u.command, other.command) {
					continue
				}
				said[pair] = true
				r.clash(u.command, other.command, shared(own, r.by[other.at]))
			}
		}
	}
}

// clash is a fault of the one of two commands to which the configuration gives a key.
func (r *resolving) clash(one, other, key string) {
	if _, set := r.Keys[one]; !set {
		one, other = other, one
	}
	sentence := `"` + Show(key) + `" asks for both ` + one + " and " + other + ": give " + other + " another key"
	if !slices.Contains(needed, other) {
		sentence += ", or none by " + other + " = []"
	}
	r.faults = append(r.faults, Fault{one, sentence})
}

// hides reports whether a key of one command hides the other's by default.
func hides(one, other string) bool {
	for mode, behind := range behind {
		for _, p := range behind {
			if shared(usual().Of(mode, one), usual().Of(p, other)) != "" {
				return true
			}
		}
	}
	return false
}

// shared is the first key that both have.
func shared(a, b []string) string {
	for _, k := range a {
		if slices.Contains(b, k) {
			return k
		}
	}
	return ""
}

// unique removes what is there twice.
func unique(list []string) []string {
	var out []string
	for _, k := range list {
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = `"` + n + `"`
	}
	return out
}
