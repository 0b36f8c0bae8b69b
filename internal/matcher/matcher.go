// Package matcher reads and prints label matchers as Alertmanager does.
package matcher

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"

	"github.com/prometheus/alertmanager/matcher/parse"
	"github.com/prometheus/alertmanager/pkg/labels"

	"firstline/sources"
)

// Matchers are label matchers that all must hold.
type Matchers struct{ all labels.Matchers }

// Error says where label matchers are wrong.
type Error struct {
	// Pos is the byte offset of the matcher at fault.
	Pos int
	// Matcher is that matcher as it was written.
	Matcher string
	// Sentence is for a person: it says what is wrong with it.
	Sentence string
	// Err is the cause; may be nil.
	Err error
}

// Error returns the sentence with the place, counted from 1.
func (e *Error) Error() string {
	return fmt.Sprintf("label matchers, at %d: %s", e.Pos+1, e.Sentence)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Parse parses Alertmanager's matcher syntax: name="value", name!=…,
// name=~…, name!~…, several with commas, braces optional. Names with other
// characters need quotes. An error is an *Error.
func Parse(s string) (Matchers, error) {
	all, err := ParseLine(s)
	if err == nil {
		return Matchers{all}, nil
	}
	for _, part := range splitMatchers(s) {
		if _, err := ParseLine(part.text); err != nil {
			return Matchers{}, matcherFault(part, err)
		}
	}
	return Matchers{}, matcherFault(matcherPart{text: s}, err)
}

func matcherFault(part matcherPart, err error) *Error {
	e := &Error{Pos: part.pos, Matcher: part.text, Err: err}
	var bad *syntax.Error
	if errors.As(err, &bad) {
		e.Sentence = fmt.Sprintf("the regular expression of %s can't be read: %s", part.text, bad)
	} else {
		e.Sentence = fmt.Sprintf("%q is no label matcher; write name=\"value\", with !=, =~ or !~ for other comparisons", part.text)
	}
	return e
}

// matcherPart is one of several matchers and its position.
type matcherPart struct {
	text string
	pos  int
}

// splitMatchers splits at the commas outside of quotes.
func splitMatchers(s string) []matcherPart {
	var parts []matcherPart
	from, quoted := 0, false
	add := func(to int) {
		text := strings.TrimLeft(s[from:to], " \t\n{")
		pos := to - len(text)
		text = strings.TrimRight(text, " \t\n")
		if to == len(s) && strings.HasPrefix(s, "{") {
			text = strings.TrimRight(strings.TrimSuffix(text, "}"), " \t\n")
		}
		if text != "" {
			parts = append(parts, matcherPart{text, pos})
		}
		from = to + 1
	}
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ',' && !quoted:
			add(i)
		}
	}
	add(len(s))
	return parts
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

// String returns the matchers in the syntax in which they are read.
func (m Matchers) String() string { return m.all.String() }

// Of makes matchers of those of a silence. An error is a sentence on the first
// that can't be read.
func Of(all []sources.Matcher) (Matchers, error) {
	var m Matchers
	for _, one := range all {
		kind := labels.MatchNotEqual
		switch {
		case one.Equal && one.Regex:
			kind = labels.MatchRegexp
		case one.Regex:
			kind = labels.MatchNotRegexp
		case one.Equal:
			kind = labels.MatchEqual
		}
		l, err := labels.NewMatcher(kind, one.Name, one.Value)
		if err != nil {
			return Matchers{}, fmt.Errorf("the regular expression %q of the label %s can't be read: %w", one.Value, one.Name, err)
		}
		m.all = append(m.all, l)
	}
	return m, nil
}

// Silence returns the matchers as those of a silence.
func (m Matchers) Silence() []sources.Matcher {
	var all []sources.Matcher
	for _, l := range m.all {
		all = append(all, sources.Matcher{
			Name: l.Name, Value: l.Value,
			Regex: l.Type == labels.MatchRegexp || l.Type == labels.MatchNotRegexp,
			Equal: l.Type == labels.MatchEqual || l.Type == labels.MatchRegexp,
		})
	}
	return all
}

// ParseLine reads a line of matchers as Alertmanager does since 0.27:
// in the newer syntax, but in the classic one where only that can read it or
// where the two disagree. Before 0.27 there was only the classic one, and lines
// that need the newer were refused.
func ParseLine(line string) (labels.Matchers, error) {
	if newer, err := parse.Matchers(line); err == nil && !classicDiffers(line, newer) {
		return newer, nil
	}
	classic, err := labels.ParseMatchers(line)
	if err != nil {
		return nil, fmt.Errorf("the matchers %q: %w", line, err)
	}
	return classic, nil
}

// classicDiffers reports whether the classic syntax can read the line too, but
// reads something else.
func classicDiffers(line string, newer labels.Matchers) bool {
	classic, err := labels.ParseMatchers(line)
	return err == nil && !sameMatchers(newer, classic)
}

func sameMatchers(a, b labels.Matchers) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Type != b[i].Type || a[i].Name != b[i].Name || a[i].Value != b[i].Value {
			return false
		}
	}
	return true
}

// Names returns the name of the label of each matcher.
func (m Matchers) Names() []string {
	names := make([]string, len(m.all))
	for i, l := range m.all {
		names[i] = l.Name
	}
	return names
}
