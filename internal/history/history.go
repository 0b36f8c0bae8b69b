// Package history lists what happened to a group, in one order: PagerDuty's
// log, the notes, and this machine's journal. An event that several of these
// report appears once.
package history

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/execute"
	"firstline/internal/notetext"
	"firstline/internal/respond"
	"firstline/internal/wording"
	"firstline/sources"
)

// Kind is the kind of an event.
type Kind string

// The kinds of event. Log entries of any other type are Other.
const (
	Triggered      Kind = "triggered"
	Acknowledged   Kind = "acknowledged"
	Unacknowledged Kind = "unacknowledged"
	Assigned       Kind = "assigned"
	Escalated      Kind = "escalated"
	Notified       Kind = "notified"
	Noted          Kind = "noted"
	Snoozed        Kind = "snoozed"
	Silenced       Kind = "silenced"
	Merged         Kind = "merged"
	Resolved       Kind = "resolved"
	Changed        Kind = "changed" // priority, urgency
	Other          Kind = "other"
)

// Origin is the source of an event.
type Origin string

// The origins of events.
const (
	FromPagerDuty Origin = "pagerduty"
	// FromJournal marks an event that only the journal on this machine has,
	// such as an action that failed, or a silence.
	FromJournal Origin = "journal"
)

// Event is one event. Its texts are clean.
type Event struct {
	At time.Time
	// By is the name of a person or of a tool such as an integration, or empty where
	// nobody did it, or where that is not known. Person reports whether it is a person,
	// and Itself that nobody did it, as after a time-out.
	By             string
	Person, Itself bool
	// To are the names of the people who were assigned or notified.
	To   []string
	Kind Kind
	// Text says what happened. The text of a note may have several lines.
	Text   string
	Source Origin
	// Outcome is how an action ended that only the journal has. It is Unsettled
	// when that is unknown, and empty for PagerDuty's events.
	Outcome respond.Outcome
	// GroupID and Title identify the group or incident that it happened to.
	GroupID, Title string
	// Service may be empty.
	Service string
	// attempt is the id in a note's mark.
	attempt string
	// noPerson is true when no person did it, such as the first assignment of
	// an incident.
	noPerson bool
}

// Unsettled is the outcome of an action that began and whose end was not
// recorded.
const Unsettled respond.Outcome = "unsettled"

// skew is how far our clock and PagerDuty's may differ when a write is matched
// with its log entry.
const skew = time.Minute

// Merge returns all events of a group in one order, the oldest first. users
// supply the names of people whom the journal has by email or id.
func Merge(log []sources.LogEntry, notes []sources.Note, acts []execute.Begun, users []sources.User) []Event {
	// PagerDuty's lists are newest first. Reversing them preserves the order of
	// events of the same second.
	log, notes = slices.Clone(log), slices.Clone(notes)
	slices.Reverse(log)
	slices.Reverse(notes)

	events := make([]Event, 0, len(log)+len(acts))
	for _, e := range log {
		events = append(events, ofLog(e, users))
	}
	events = append(events, ofNotes(notes, events, users)...)
	theirs := len(events)
	matched := make([]bool, theirs)
	for _, a := range acts {
		if at := corrects(events[:theirs], a); at >= 0 {
			events[at].Text = noteText(a.Step.Note)
			continue
		}
		if at := loggedAs(events[:theirs], matched, a); at >= 0 {
			matched[at] = true
			continue
		}
		events = append(events, ofAct(a, users))
	}
	slices.SortStableFunc(events, func(a, b Event) int { return a.At.Compare(b.At) })
	return events
}

// kinds maps PagerDuty's types of log entries.
var kinds = map[string]Kind{
	"trigger": Triggered, "acknowledge": Acknowledged, "unacknowledge": Unacknowledged,
	"assign": Assigned, "reassign": Assigned, "escalate": Escalated, "exhaust_escalation_path": Escalated,
	"delegate": Assigned, "notify": Notified, "annotate": Noted, "snooze": Snoozed, "merge": Merged,
	"resolve": Resolved, "priority_change": Changed, "urgency_change": Changed, "field_value_change": Changed,
}

func ofLog(e sources.LogEntry, users []sources.User) Event {
	event := Event{
		At: e.CreatedAt, By: nameOf(users, e.Agent), Kind: Other, Source: FromPagerDuty,
		GroupID: e.Incident.ID, Title: clean.Line(e.Incident.Name), Service: clean.Line(e.Service.Name),
		Person: strings.HasPrefix(e.Agent.Type, "user"), Itself: isService(e.Agent), noPerson: e.Agent.Type != "" && !strings.HasPrefix(e.Agent.Type, "user"),
	}
	if k, found := kinds[e.Type]; found {
		event.Kind = k
	}
	event.Text = words(&e, event.Kind, event.By)
	if event.Kind == Noted && strings.TrimSpace(clean.Text(e.Note)) != "" {
		event.Text, event.attempt = noteText(e.Note), notetext.AttemptOf(e.Note)
	}
	if event.Itself {
		event.By = ""
	}
	for _, who := range e.Assignees {
		if name := nameOf(users, who); name != "" && !slices.Contains(event.To, name) {
			event.To = append(event.To, name)
		}
	}
	return event
}

// ofNotes returns the notes that have no log entry. The same request creates a
// note and its entry, so their texts match and their times nearly do.
func ofNotes(notes []sources.Note, log []Event, users []sources.User) []Event {
	matched := make([]bool, len(log))
	var events []Event
	for _, n := range notes {
		text, attempt := noteText(n.Content), notetext.AttemptOf(n.Content)
		at := -1
		for i, e := range log {
			same := sameNote(e.Text, text) && near(e.At, n.CreatedAt, n.CreatedAt) || attempt != "" && attempt == e.attempt
			if !matched[i] && e.Kind == Noted && same {
				at = i
				break
			}
		}
		if at >= 0 {
			matched[at] = true
			if len(text) > len(log[at].Text) {
				log[at].Text, log[at].attempt = text, attempt // the log cut it short, or it was changed later
			}
			continue
		}
		events = append(events, Event{
			At: n.CreatedAt, By: nameOf(users, n.User), Person: true, Kind: Noted, Text: text, Source: FromPagerDuty, attempt: attempt,
		})
	}
	return events
}

// noteText returns a note for people: without firstline's mark.
func noteText(s string) string { return notetext.Unmarked(strings.TrimSpace(clean.Text(s))) }

// sameNote reports whether two texts are the same note. The log may cut it.
func sameNote(logged, note string) bool {
	logged = strings.TrimRight(strings.TrimSuffix(logged, "..."), "… ")
	return logged == note || len(logged) >= 60 && strings.HasPrefix(note, logged)
}

// near reports whether t is in from..to, within the skew.
func near(t, from, to time.Time) bool {
	return !t.Before(from.Add(-skew)) && !t.After(to.Add(skew))
}

// stepKinds maps each kind of write to the kinds of its event. The first
// applies when only the journal has the event.
var stepKinds = map[respond.StepKind][]Kind{
	respond.StepAcknowledge: {Acknowledged},
	respond.StepNote:        {Noted},
	respond.StepPolicy:      {Escalated, Assigned},
	respond.StepAssign:      {Assigned},
	respond.StepOpen:        {Triggered},
	respond.StepSilence:     {Silenced},
	respond.StepLevel:       {Escalated, Assigned},
	respond.StepMove:        {Escalated, Assigned},
	respond.StepResponders:  {Assigned},
	respond.StepResolve:     {Resolved},
	respond.StepSnooze:      {Snoozed},
	respond.StepMerge:       {Merged},
	respond.StepUrgency:     {Changed},
	respond.StepPriority:    {Changed},
	respond.StepExtend:      {Silenced},
	respond.StepExpire:      {Silenced},
	respond.StepCorrect:     {Noted},
}

// corrects returns the index of the note that a write changed, or -1.
func corrects(events []Event, a execute.Begun) int {
	attempt := notetext.AttemptOf(a.Step.Note)
	if a.Step.Kind != respond.StepCorrect || a.Outcome != respond.Done || attempt == "" {
		return -1
	}
	return slices.IndexFunc(events, func(e Event) bool { return e.Kind == Noted && e.attempt == attempt })
}

// loggedAs returns the index of PagerDuty's event for a write that was done, or
// -1. matched marks the events that already belong to another write.
func loggedAs(events []Event, matched []bool, a execute.Begun) int {
	if a.Outcome != respond.Done {
		return -1
	}
	until := a.At
	if a.OutcomeAt.After(until) {
		until = a.OutcomeAt
	}
	// PagerDuty's events are in the list anyway. Take the earliest that fits,
	// to leave the later ones for later writes.
	for _, kind := range stepKinds[a.Step.Kind] {
		for i, e := range events {
			switch {
			case matched[i] || e.Kind != kind || !near(e.At, a.At, until):
			case e.noPerson:
			case a.IncidentID != "" && e.GroupID != "" && e.GroupID != a.IncidentID:
			case kind == Noted && !sameNote(e.Text, noteText(a.Step.Note)) && (e.attempt == "" || e.attempt != notetext.AttemptOf(a.Step.Note)):
			default:
				return i
			}
		}
	}
	return -1
}

// ofAct returns the event of a write that only the journal has.
func ofAct(a execute.Begun, users []sources.User) Event {
	e := Event{
		At: a.At, By: nameIn(users, a.By), Person: true, Kind: Other, Source: FromJournal, Outcome: a.Outcome,
		GroupID: cmp.Or(a.IncidentID, a.GroupID), Title: clean.Line(a.Title), Service: clean.Line(a.Service),
	}
	if k := stepKinds[a.Step.Kind]; len(k) > 0 {
		e.Kind = k[0]
	}
	what, sentence := clean.Line(a.Step.Sentence), clean.Line(a.Sentence)
	if what == "" {
		what = a.Action.Words()
	}
	what = wording.Sentence(what)
	switch a.Outcome {
	case "":
		e.Outcome = Unsettled
		e.Text = what + ": begun, and how it ended was not written down."
	case respond.Done:
		e.Text = what + "."
		if e.Kind == Noted {
			e.Text = noteText(a.Step.Note)
		}
	default:
		e.Text = what + ": " + sentence
	}
	return e
}

// nameOf returns the name of who did something, which the users supply where
// PagerDuty's answer has none. It is empty where nobody is named.
func nameOf(users []sources.User, who sources.Reference) string {
	if name := clean.Line(who.Name); name != "" || who.IsZero() {
		return name
	}
	for _, u := range users {
		if u.ID == who.ID && clean.Line(u.Name) != "" {
			return clean.Line(u.Name)
		}
	}
	return clean.Line(who.Label("user"))
}

// nameIn returns the name of the user with this email or id, else the email.
func nameIn(users []sources.User, by string) string {
	for _, u := range users {
		if by != "" && (u.ID == by || strings.EqualFold(u.Email, by)) && u.Name != "" {
			return clean.Line(u.Name)
		}
	}
	if by != "" && !strings.Contains(by, "@") {
		return sources.Reference{ID: by}.Label("user")
	}
	return clean.Line(by)
}
