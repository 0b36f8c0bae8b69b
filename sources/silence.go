package sources

import (
	"context"
	"strconv"
	"strings"
	"time"

	"firstline/internal/clean"
)

// Silence is an Alertmanager silence.
type Silence struct {
	// Source is the name of the Alertmanager.
	Source    string
	ID        string
	Matchers  []Matcher
	StartsAt  time.Time
	EndsAt    time.Time
	CreatedBy string
	Comment   string
	// State is active, pending or expired.
	State string
}

// Matcher is one label matcher of a silence.
type Matcher struct {
	Name, Value string
	// Regex means that the value is an anchored regular expression. Equal means
	// that it must match, otherwise it must not.
	Regex, Equal bool
}

// String returns the matcher in the form that amtool and Alertmanager's web
// page parse: name=~"value". It is printable, whatever the label contains.
//
// Since 0.27 Alertmanager parses a matcher in a classic and in a newer syntax
// and prefers the classic result when both succeed. The classic syntax has no
// escapes except for a backslash, a quote and a line break. A quoted name is
// valid only in the newer syntax, so it is used with names and values that only
// the newer syntax can write.
func (m Matcher) String() string {
	operator := map[[2]bool]string{{true, false}: "=", {true, true}: "=~", {false, false}: "!=", {false, true}: "!~"}[[2]bool{m.Equal, m.Regex}]
	name := m.Name
	value, ascii := quote(m.Value)
	if !classicName(name) || ascii || strings.ContainsFunc(m.Value, func(r rune) bool { return r != '\n' && !strconv.IsPrint(r) }) {
		name, _ = quote(name)
	}
	return name + operator + value
}

// quote quotes s. ascii is true when s contains something invisible and is
// written in ASCII.
func quote(s string) (quoted string, ascii bool) {
	if quoted = strconv.Quote(s); clean.Text(quoted) != quoted {
		return strconv.QuoteToASCII(s), true
	}
	return quoted, false
}

// classicName reports whether a label name needs no quotes.
func classicName(name string) bool {
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

// Silencer reads and changes an Alertmanager's silences.
type Silencer interface {
	// Source returns the Alertmanager as a source.
	Source() Source
	// CreateSilence creates a silence, or replaces the one with its ID, and
	// returns its id.
	CreateSilence(ctx context.Context, s Silence) (string, error)
	// ExpireSilence ends a silence now. It is not an error if the silence has
	// already ended.
	ExpireSilence(ctx context.Context, id string) error
	// Silence reads one.
	Silence(ctx context.Context, id string) (Silence, error)
}
