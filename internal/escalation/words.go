package escalation

import (
	"fmt"
	"strings"
	"time"

	"firstline/sources"
)

// Who names the people of a stage: "Ann and Bo", "one of Ann, Bo, Cy (round
// robin)", "one or all of Ann, Bo", "Ann, perhaps others".
func (s Stage) Who() string {
	names := make([]string, len(s.People))
	for i, p := range s.People {
		names[i] = called(p.User, "somebody")
	}
	var who string
	switch {
	case len(names) == 0 && s.Level > 0:
		return fmt.Sprintf("whoever is on call at level %d then", s.Level)
	case len(names) == 0 && s.Missing != "":
		return "not known"
	case len(names) == 0:
		return "nobody"
	case s.Share == One && (len(names) > 1 || s.Missing != ""):
		who = "one of " + strings.Join(names, ", ") + " (round robin)"
	case s.Share == OneOrAll && (len(names) > 1 || s.Missing != ""):
		who = "one or all of " + strings.Join(names, ", ")
	case len(names) == 1:
		who = names[0]
	default:
		last := len(names) - 1
		who = strings.Join(names[:last], ", ") + " and " + names[last]
	}
	if s.Missing != "" {
		who += ", perhaps others"
	}
	return who
}

// Names returns the names of the people of a stage.
func (s Stage) Names() []string {
	var names []string
	for _, p := range s.People {
		if p.User.Name != "" {
			names = append(names, p.User.Name)
		}
	}
	return names
}

// Sentence says what happens after the last stage. when formats a time for a
// sentence: "in 30 m", "at 15:04".
func (f Forecast) Sentence(when func(time.Time) string) string {
	at := ""
	if !f.End.At.IsZero() {
		at = " " + when(f.End.At)
	}
	switch f.End.Kind {
	case LowUrgency:
		s := "Its urgency is low: PagerDuty uses the low-urgency notification rules and does not escalate, so it notifies nobody else."
		switch {
		case f.End.Due && at != "":
			s += " The change of its urgency was due" + at + "."
		case at != "":
			s += " PagerDuty changes the urgency" + at + "."
		}
		return s
	case Direct:
		s := "It is assigned directly, so it does not escalate: PagerDuty notifies nobody else."
		if f.Urgency == Low {
			s += " Its urgency is low: PagerDuty uses the low-urgency notification rules."
		}
		return s
	case Exhausted:
		if f.Policy.ID == "" {
			return ""
		}
		return fmt.Sprintf("After level %d of %s PagerDuty notifies nobody else.", f.lastLevel(), called(f.Policy, "the policy"))
	case Repeats:
		again := "once more"
		if f.End.Loops > 1 {
			again = fmt.Sprintf("up to %d times", f.End.Loops)
		}
		return fmt.Sprintf("After level %d of %s it may begin again at level 1, %s.", f.lastLevel(), called(f.Policy, "the policy"), again)
	case Acknowledged:
		s := "It does not escalate while it is acknowledged" + f.norAfter() + "."
		switch {
		case f.End.Due && at != "":
			s += " The end of the acknowledgement was due" + at + "; then it is triggered again."
		case at != "":
			s += " The acknowledgement ends" + at + "; then it is triggered again."
		}
		return s
	case NotAnnounced:
		return "PagerDuty announces no escalation."
	case Unknown:
		if level := f.lastLevel(); len(f.Next) > 0 && level > 0 {
			return fmt.Sprintf("Who follows after level %d is not known: %s.", level, f.End.Why)
		}
		return "Who follows is not known: " + f.End.Why + "."
	case Resolved:
	}
	return ""
}

// Brief is Sentence in a few words, for a line that is not wrapped: who follows
// comes first.
func (f Forecast) Brief(when func(time.Time) string) string {
	at := ""
	if !f.End.At.IsZero() && !f.End.Due {
		at = when(f.End.At)
	}
	switch f.End.Kind {
	case LowUrgency:
		if at != "" {
			return "nobody until PagerDuty changes its urgency, " + at
		}
		return "nobody: low urgency does not escalate"
	case Direct:
		return "nobody: it is assigned directly"
	case Exhausted:
		if f.Policy.ID == "" {
			return ""
		}
		return fmt.Sprintf("nobody: there is no level after %d", f.lastLevel())
	case Repeats:
		if f.End.Loops > 1 {
			return fmt.Sprintf("perhaps level 1 again, up to %d times", f.End.Loops)
		}
		return "perhaps level 1 again, once more"
	case Acknowledged:
		switch {
		case f.norAfter() != "":
			return "nobody, nor after the acknowledgement"
		case at != "":
			return "nobody until the acknowledgement ends, " + at
		}
		return "nobody while it is acknowledged"
	case NotAnnounced:
		return "nobody that PagerDuty announces"
	case Unknown:
		return "not known: " + f.End.Why
	case Resolved:
	}
	return ""
}

// norAfter says that an acknowledged incident does not escalate after the
// acknowledgement has ended either. It returns "" when it does, or may.
func (f Forecast) norAfter() string {
	switch {
	case f.Via == sources.AssignedDirectly:
		return ", nor after that, because it is assigned directly: PagerDuty notifies nobody else"
	case f.Urgency == Low:
		return ", nor after that while its urgency is low: PagerDuty notifies nobody else"
	}
	return ""
}

// Never reports whether an acknowledged incident does not escalate after the
// acknowledgement has ended either.
func (f Forecast) Never() bool { return f.End.Kind == Acknowledged && f.norAfter() != "" }

// Alone reports whether it is certain that PagerDuty notifies nobody beyond
// Now, although the incident is open and nobody has acknowledged it.
func (f Forecast) Alone() bool { return f.End.Kind == Direct || f.End.Kind == LowUrgency }

func (f Forecast) lastLevel() int {
	if n := len(f.Next); n > 0 {
		return f.Next[n-1].Level
	}
	return f.Now.Level
}
