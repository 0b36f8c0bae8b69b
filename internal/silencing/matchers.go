package silencing

import (
	"strings"

	"firstline/internal/clean"
	"firstline/internal/matcher"
	"firstline/sources"
)

// QuoteMatchers is matchers as Alertmanager writes them.
func QuoteMatchers(m []sources.Matcher) string {
	texts := make([]string, len(m))
	for i, one := range m {
		texts[i] = clean.Line(one.String())
	}
	return "{" + strings.Join(texts, ", ") + "}"
}

// ParseMatchers reads matchers in Alertmanager's syntax. The error says at which
// place they are wrong.
func ParseMatchers(s string) ([]sources.Matcher, error) {
	m, err := matcher.Parse(s)
	if err != nil {
		return nil, err
	}
	return m.Silence(), nil
}

// MatcherText is matchers in the syntax that ParseMatchers, amtool and
// Alertmanager's page read.
func MatcherText(all []sources.Matcher) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = one.String() // printable, and read again as it is
	}
	return strings.Join(texts, ", ")
}

// probes are values that no label has: what matches them all says nothing.
var probes = []string{"a", "zz-9", "Firstline.Probe_0/x"}

// MatchesAnything reports whether matchers hold for whatever the values of the
// labels that they name are.
func MatchesAnything(all []sources.Matcher) bool {
	for _, one := range all {
		m, err := matcher.Of([]sources.Matcher{one})
		if err != nil {
			return false
		}
		for _, value := range probes {
			if !m.Match(map[string]string{one.Name: value}) {
				return false
			}
		}
	}
	return true
}
