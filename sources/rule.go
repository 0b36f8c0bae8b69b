package sources

import (
	"fmt"
	"strings"
	"time"

	"firstline/internal/wallclock"
)

// Rule is one alerting rule of a Prometheus.
type Rule struct {
	Source, Group, Name, Query string
	// For is how long the expression must be true before the alert fires.
	For         time.Duration
	Labels      map[string]string
	Annotations map[string]string // templates unexpanded
	// State is inactive, pending or firing, in the source's own words.
	State string
	// Listed is how many active alerts the source lists with the rule itself.
	// Many sources list none.
	Listed int
	// Paused means that it was paused by a person and is not evaluated.
	Paused bool
	// Health is ok, err or unknown. LastError explains it.
	Health, LastError string
	// LastEvaluation is zero when the source does not report it: then the rule
	// proves nothing. Interval is
	// how often the rule is evaluated. Unevaluated means that the source
	// reports that it never was, or reports the time in an unknown form.
	LastEvaluation time.Time
	Interval       time.Duration
	Unevaluated    bool
	// FailingSince is when this run saw the rule fail after it had worked, else
	// zero.
	FailingSince time.Time
}

// Sets reports whether an alert with these labels has those that the rule sets, as
// far as the rule says them: templates may have any value.
func (r *Rule) Sets(labels map[string]string) bool {
	for name, value := range r.Labels {
		if !strings.Contains(value, "{{") && labels[name] != value {
			return false
		}
	}
	return true
}

// Clock returns the time of the source's clock at now, as far as the offset is
// known.
func (s Snapshot) Clock(now time.Time) time.Time {
	at := s.AsOf
	if now.Before(at) {
		at = now
	}
	return at.Add(s.Data.ClockOffset).In(now.Location())
}

// mayRest is how long ago the last evaluation of a rule may be, unless its
// interval is longer.
const mayRest = 5 * time.Minute

// Inactive reports whether the rule says that none of its alerts is active. No
// other state says this, and an unknown one least of all.
func (r Rule) Inactive() bool { return strings.EqualFold(r.State, "inactive") }

// StateWord returns the word of a state in lower case, without the reason that
// Grafana appends in brackets.
func StateWord(text string) string {
	word, _, _ := strings.Cut(text, "(")
	return strings.ToLower(strings.TrimSpace(word))
}

// isKnownState reports whether the state is one of Prometheus's, vmalert's or
// Grafana's for a rule.
func (r Rule) recognized() bool {
	switch StateWord(r.State) {
	case "firing", "pending", "alerting", "recovering", "error", "nodata":
		return true
	}
	return r.Inactive()
}

// Fault says why the rule proves nothing at that time of the source's clock, in
// words that follow the rule's name: "fails: …". It returns "" for a rule that
// is evaluated; its alerts are then complete.
func (r Rule) Fault(now time.Time) string {
	switch {
	case r.Paused:
		return "is paused"
	case strings.EqualFold(r.Health, "err") || strings.EqualFold(r.Health, "error") || r.LastError != "":
		text := "fails"
		if !r.FailingSince.IsZero() {
			text += " since " + wallclock.In(now.Location()).Minute(r.FailingSince)
		}
		if r.LastError != "" {
			text += ": " + r.LastError
		}
		return text
	case r.Health == "" || strings.EqualFold(r.Health, "unknown") || r.Unevaluated:
		return "has not been evaluated yet"
	case !strings.EqualFold(r.Health, "ok"):
		return fmt.Sprintf("has the health %q", r.Health)
	case r.State == "":
		return "does not report its state"
	case !r.recognized():
		return fmt.Sprintf("has the state %q", r.State)
	case r.Inactive() && r.Listed > 0:
		return "says that it is inactive and lists active alerts"
	case r.LastEvaluation.IsZero():
		return "does not report when it was last evaluated"
	case now.Sub(r.LastEvaluation) > max(mayRest, 3*r.Interval):
		return "was last evaluated at " + wallclock.In(now.Location()).DayTime(r.LastEvaluation)
	}
	return ""
}
