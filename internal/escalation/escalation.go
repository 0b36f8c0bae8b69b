// Package escalation answers one question about PagerDuty: who is notified now,
// how, who follows when nobody answers, and when. Everything that the program
// says about this comes from here: the preview of an action, the row of an
// incident, its details, the next level, undo, and JSON.
//
// It follows PagerDuty's documentation:
//
//   - A policy begins at its first level with anybody on call. When the level's
//     time is over, the next level with anybody on call follows; after the last
//     one the policy begins again as often as its num_loops says.
//   - A round robin level notifies one of those on call for it.
//   - An incident of low urgency uses the low-urgency notification rules of a
//     person, and does not escalate.
//   - An incident that is assigned to people directly does not escalate.
//   - An open incident uses its policy as it was when it was triggered.
//
// A part that is unknown is left open, with the reason. The package is pure: it
// uses no clock and no network. All text is as PagerDuty sent it, and is
// cleaned where it is shown.
package escalation

import (
	"slices"
	"time"

	"firstline/sources"
)

// The urgencies of an incident.
const (
	High = "high"
	Low  = "low"
)

// Policy is an escalation policy and who is on call for it, as far as they were
// read.
type Policy struct {
	ID, Name string
	// Read is true when Levels and Loops were read from PagerDuty. Gone is true
	// when PagerDuty no longer has the policy.
	Read, Gone bool
	Levels     []sources.Level
	Loops      int
	// OnCalls are the on-call entries of this policy, and OnCallsRead says how
	// much of them was read.
	OnCalls     []sources.OnCall
	OnCallsRead sources.Extent
	// Until is the time up to which OnCalls has all entries. Zero means that it
	// has the entries of the time at which it was read.
	Until time.Time
}

// Case is the context of a forecast.
type Case struct {
	Now time.Time
	// Urgency is High, Low, or any other value when it is unknown.
	Urgency string
	// User returns a user that was read. It is nil when none was. Only users
	// with their notification rules show whether PagerDuty notifies them.
	User func(id string) (sources.User, bool)
	// Passes limits how often the levels of a policy are repeated. 0 means as
	// often as the policy does.
	Passes int
}

// Forecast is what PagerDuty does with an incident while nobody answers.
type Forecast struct {
	// Policy is the escalation policy. It is zero without one.
	Policy sources.Reference
	// Urgency is High, Low, or empty when it is unknown.
	Urgency string
	// Via is how the incident is assigned. It is empty when unknown.
	Via sources.AssignedVia
	// Now are the people who are notified at once or, for an open incident, its
	// assignees.
	Now Stage
	// Next are the people who follow, in order.
	Next []Stage
	// End is what happens after the last stage.
	End End
	// Doubts are sentences about why the order may differ.
	Doubts []string
}

// Nobody reports whether it is certain that nobody is notified now.
func (f Forecast) Nobody() bool { return len(f.Now.People) == 0 && f.Now.Missing == "" }

// Stage is one step: some people are notified at a time.
type Stage struct {
	// At is the time. It is zero when unknown.
	At time.Time
	// Level is the level of the policy, from 1. It is 0 for people who are
	// assigned directly, and when the level is unknown.
	Level int
	// Pass is how often the policy has begun again by then.
	Pass   int
	People []Person
	// Share is how many of the people are notified.
	Share Share
	// Missing is why there may be others, or why the people are unknown. It is
	// empty when People are all.
	Missing string
}

// IDs are the ids of the people of a stage, sorted.
func (s Stage) IDs() []string {
	ids := make([]string, len(s.People))
	for i, p := range s.People {
		ids[i] = p.User.ID
	}
	slices.Sort(ids)
	return ids
}

// Share is how many of the people of a stage are notified.
type Share string

// The shares. OneOrAll is for a level whose strategy is unknown.
const (
	All      Share = "all"
	One      Share = "one"
	OneOrAll Share = "one or all"
)

// Person is a person of a stage. A person who is on call through several
// schedules appears once.
type Person struct {
	User sources.Reference
	// OnCall is true for a person who is on call, and false for one who is
	// assigned by name and for whom no on-call entry was read.
	OnCall bool
	// Via are the person's schedules. It is empty for a direct target of the
	// policy.
	Via []sources.Reference
	// Until is the end of the on-call time. It is zero for an unlimited one.
	Until time.Time
	// Notified says whether PagerDuty notifies the person of an incident of
	// this urgency, and After how long after its assignment.
	Notified Notified
	After    time.Duration
}

// Notified says whether a person's notification rules notify the person.
type Notified string

// The values of Notified. The zero value means that the rules were not read.
const (
	NotRead  Notified = ""
	ByRule   Notified = "yes"
	WithNone Notified = "no"
	// TooLate: the first rule applies only after the incident has escalated.
	TooLate Notified = "too late"
)

// EndKind is why nobody follows after the last stage.
type EndKind string

// The kinds of end.
const (
	// Exhausted: no later level has anybody on call, and the policy does not
	// begin again.
	Exhausted EndKind = "exhausted"
	// LowUrgency: an incident of low urgency does not escalate.
	LowUrgency EndKind = "low urgency"
	// Direct: an incident that is assigned directly does not escalate.
	Direct EndKind = "assigned directly"
	// Acknowledged: it does not escalate until the acknowledgement ends.
	Acknowledged EndKind = "acknowledged"
	// Resolved: nothing follows.
	Resolved EndKind = "resolved"
	// NotAnnounced: PagerDuty announces no escalation of the open incident.
	NotAnnounced EndKind = "not announced"
	// Repeats: the policy may begin again, up to End.Loops times.
	Repeats EndKind = "repeats"
	// Unknown: it is unknown who follows.
	Unknown EndKind = "unknown"
)

// End is what happens after the last stage.
type End struct {
	Kind EndKind
	// At is the time, if it is known. Due means that it is past, and that the
	// expected action has not happened as far as is known.
	At  time.Time
	Due bool
	// Loops is how often the policy may begin again.
	Loops int
	// Why explains an Unknown end.
	Why string
}
