// Package escalation answers one question about PagerDuty: who is notified now,
// how, who follows when nobody answers, and when. Everything that the program
// says about it comes from here: the preview of an action, the row of an
// incident, its details, the next level, undo, and JSON.
//
// Its rules are those of PagerDuty's documentation:
//
//   - A policy begins at its first level with anybody on call. When the level's
//     time is over, the next level with anybody on call follows; after the last
//     one the policy begins again as often as its num_loops says.
//   - A round robin level notifies one of those on call for it.
//   - An incident of low urgency uses the low-urgency notification rules of a
//     person, and does not escalate.
//   - An incident that is assigned to people directly does not escalate.
//   - An open incident keeps its policy as it was when it was triggered.
//
// A part that can't be told is left open and says why. Everything is pure: no
// clock, no network. All text is as PagerDuty sent it, and is cleaned where it is
// shown.
package escalation

import (
	"time"

	"firstline/sources"
)

// The urgencies of an incident.
const (
	High = "high"
	Low  = "low"
)

// Policy is what is known of an escalation policy and of who is on call for it.
type Policy struct {
	ID, Name string
	// Read is true where Levels and Loops are PagerDuty's. Gone is true where
	// PagerDuty has no such policy any more.
	Read, Gone bool
	Levels     []sources.Level
	Loops      int
	// OnCalls are the on-call entries of this policy, and OnCallsRead how much
	// of them was read.
	OnCalls     []sources.OnCall
	OnCallsRead sources.Extent
	// Until is up to when OnCalls has all entries. The zero time means that it
	// has those of the time at which it was read.
	Until time.Time
}

// Case is what a forecast is made for.
type Case struct {
	Now time.Time
	// Urgency is High or Low, or anything else where it is not known.
	Urgency string
	// User gives what was read of a user; nil where nothing was. Only users
	// with their notification rules say whether PagerDuty notifies them.
	User func(id string) (sources.User, bool)
	// Passes is how often the levels of a policy are gone through at most; 0
	// means as often as the policy does.
	Passes int
}

// Forecast is what PagerDuty does with an incident while nobody answers.
type Forecast struct {
	// Policy is the escalation policy; zero where there is none.
	Policy sources.Reference
	// Urgency is High, Low, or empty where it is not known.
	Urgency string
	// Via is how the incident is assigned; empty where that is not known.
	Via sources.AssignedVia
	// Now are the people who are notified at once or, of an open incident,
	// those who have it.
	Now Stage
	// Next are those who follow, in order.
	Next []Stage
	// End is what comes after the last of Next.
	End End
	// Doubts are sentences that say why the order may differ.
	Doubts []string
}

// Nobody reports whether it is certain that nobody is notified now.
func (f Forecast) Nobody() bool { return len(f.Now.People) == 0 && f.Now.Missing == "" }

// Stage is one step: some people are notified at a time.
type Stage struct {
	// At is when; zero where that is not known.
	At time.Time
	// Level is that of the policy, 1-based; 0 for people who are assigned
	// directly, and where the level is not known.
	Level int
	// Pass is how often the policy has begun again before.
	Pass   int
	People []Person
	// Share is how many of the people are notified.
	Share Share
	// Missing is why there may be others, or why it is not known who they are;
	// empty where People are all.
	Missing string
}

// Share is how many of the people of a stage are notified.
type Share string

// The shares. OneOrAll is for a level whose strategy is not known.
const (
	All      Share = "all"
	One      Share = "one"
	OneOrAll Share = "one or all"
)

// Person is somebody of a stage. Who comes through several schedules is one
// person.
type Person struct {
	User sources.Reference
	// OnCall is true for who is on call; false for somebody who is assigned
	// by name and on call for nothing that is known.
	OnCall bool
	// Via are the schedules that they come through; empty for somebody who
	// stands in the policy directly.
	Via []sources.Reference
	// Until is when they stop being on call; zero where they don't.
	Until time.Time
	// Notified tells whether PagerDuty notifies them of an incident of this
	// urgency, and After how long after it was assigned.
	Notified Notified
	After    time.Duration
}

// Notified tells whether a person's notification rules notify them.
type Notified string

// What is known of a person's rules. The zero value means that they were not
// read.
const (
	NotRead  Notified = ""
	ByRule   Notified = "yes"
	WithNone Notified = "no"
	// TooLate: their first rule comes when it has escalated to others.
	TooLate Notified = "too late"
)

// EndKind is why nobody follows after the last stage.
type EndKind string

// The ends.
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
	// Unknown: who follows is not known.
	Unknown EndKind = "unknown"
)

// End is what comes after the last stage.
type End struct {
	Kind EndKind
	// At is when, where that is known. Due: it is past, and what was to come has
	// not, as far as it is known.
	At  time.Time
	Due bool
	// Loops is how often the policy may begin again.
	Loops int
	// Why says why it is not known.
	Why string
}
