package triage

import (
	"fmt"

	"github.com/prometheus/alertmanager/pkg/labels"
)

// Matchers are label matchers that all must hold.
type Matchers struct{ all labels.Matchers }

// ParseMatchers reads Alertmanager's matcher syntax: name="value", name!=…,
// name=~…, name!~…, several with commas, braces optional.
func ParseMatchers(s string) (Matchers, error) {
	all, err := labels.ParseMatchers(s)
	if err != nil {
		return Matchers{}, fmt.Errorf("reading the label matchers %q: %w", s, err)
	}
	return Matchers{all}, nil
}

// Empty reports whether there is nothing to match by.
func (m Matchers) Empty() bool { return len(m.all) == 0 }

// Match reports whether all hold for the labels; a label that is not there
// counts as "". No matchers match nothing.
func (m Matchers) Match(set map[string]string) bool {
	if m.Empty() {
		return false
	}
	for _, l := range m.all {
		if !l.Matches(set[l.Name]) {
			return false
		}
	}
	return true
}

// String gives the matchers in the syntax they are read in.
func (m Matchers) String() string { return m.all.String() }
