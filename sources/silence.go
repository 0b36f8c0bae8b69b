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
	// Regex: the value is an anchored regular expression. Equal: it must
	// match; else it must not.
	Regex, Equal bool
}

// String is the matcher in the form that amtool and Alertmanager's page read:
// name=~"value". It is printable, whatever the label holds.
//
// Since 0.27 Alertmanager reads a matcher in a classic and in a newer syntax
// and takes the classic meaning where both can read it, and the classic one
// knows no escapes but of a backslash, a quote and a line break. A quoted name
// is of the newer syntax alone: it goes with names and values that only that
// can write.
func (m Matcher) String() string {
	operator := map[[2]bool]string{{true, false}: "=", {true, true}: "=~", {false, false}: "!=", {false, true}: "!~"}[[2]bool{m.Equal, m.Regex}]
	name := m.Name
	value, ascii := quote(m.Value)
	if !classicName(name) || ascii || strings.ContainsFunc(m.Value, func(r rune) bool { return r != '\n' && !strconv.IsPrint(r) }) {
		name, _ = quote(name)
	}
	return name + operator + value
}

// quote quotes s; ascii: it has something that nobody would see, and is written
// in ASCII alone.
func quote(s string) (quoted string, ascii bool) {
	if quoted = strconv.Quote(s); clean.Text(quoted) != quoted {
		return strconv.QuoteToASCII(s), true
	}
	return quoted, false
}

// classicName reports whether a label name can stand without quotes.
func classicName(name string) bool {
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

// Silencer is what can be done to an Alertmanager's silences.
type Silencer interface {
	// Source says which Alertmanager this is.
	Source() Source
	// CreateSilence creates it (or replaces the one with its ID) and returns
	// the id that it then has.
	CreateSilence(ctx context.Context, s Silence) (string, error)
	// ExpireSilence ends it now. One that has ended already is no error.
	ExpireSilence(ctx context.Context, id string) error
	// Silence reads one.
	Silence(ctx context.Context, id string) (Silence, error)
}
