package sources

import (
	"context"
	"strconv"
	"time"
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

// String is the matcher as Alertmanager writes it: name=~"value".
func (m Matcher) String() string {
	operator := map[[2]bool]string{{true, false}: "=", {true, true}: "=~", {false, false}: "!=", {false, true}: "!~"}[[2]bool{m.Equal, m.Regex}]
	return m.Name + operator + strconv.Quote(m.Value)
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
