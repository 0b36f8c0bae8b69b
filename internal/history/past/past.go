// Package past defines what was read of an account's past: incidents with what
// happened to them, the people, and who was on call. It is pure.
package past

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"firstline/internal/record"
	"firstline/sources"
)

// Kind is what a log entry reports.
type Kind uint8

// The kinds of entries. Stored histories have their numbers: never change one.
const (
	Other Kind = iota
	Trigger
	Acknowledge
	Unacknowledge
	Assign
	Escalate
	Delegate
	Notify
	Note
	Snooze
	Resolve
	// Exhausted: the escalation policy has no further level.
	Exhausted
	Urgency
)

var kinds = map[string]Kind{
	"trigger": Trigger, "acknowledge": Acknowledge, "acknowledgement": Acknowledge, "unacknowledge": Unacknowledge,
	"assign": Assign, "reassign": Assign, "escalate": Escalate, "delegate": Delegate, "notify": Notify, "annotate": Note,
	"snooze": Snooze, "resolve": Resolve, "exhaust_escalation_path": Exhausted, "urgency_change": Urgency,
}

// Way is how somebody was notified.
type Way uint8

// The ways. Stored histories have their numbers: never change one.
const (
	// UnknownWay: PagerDuty did not say.
	UnknownWay Way = iota
	Push
	SMS
	Phone
	Email
	// OtherWay is a way that firstline does not have a name for.
	OtherWay
)

var ways = map[string]Way{"": UnknownWay, "push": Push, "sms": SMS, "phone": Phone, "email": Email}

// Entry is one log entry, without what no figure needs.
type Entry struct {
	// Hash is of the entry's id, so that one that is read twice is stored once.
	Hash uint64
	At   time.Time
	Kind Kind
	// By is the id of the person who did it. It is empty where a service, a
	// time-out or nobody did it.
	By string
	// To are the ids of the people who were assigned or notified.
	To []string
	// Way is for Notify.
	Way Way
	// Text is the text of a note, or its beginning.
	Text string
}

// How many bytes of a note are stored, and of one that lists what was tried.
const (
	longestNote  = 400
	longestTried = 4000
)

// EntryOf returns the entry of a log entry.
func EntryOf(e sources.LogEntry) Entry {
	h := fnv.New64a()
	_, _ = h.Write([]byte(e.ID)) // it never fails
	entry := Entry{Hash: h.Sum64(), At: e.CreatedAt.UTC().Truncate(time.Second), Kind: kinds[e.Type]}
	if strings.HasPrefix(e.Agent.Type, "user") {
		entry.By = e.Agent.ID
	}
	for _, one := range e.Assignees {
		if one.ID != "" {
			entry.To = append(entry.To, one.ID)
		}
	}
	if entry.Kind == Notify {
		way, found := ways[e.Way]
		if !found {
			way = OtherWay
		}
		entry.Way, entry.By = way, ""
	}
	if entry.Kind == Note {
		entry.Text = cut(e.Note, longestNote)
		if strings.Contains(e.Note, record.TriedHeading) {
			entry.Text = cut(e.Note, longestTried)
		}
	}
	return entry
}

// cut cuts a text after at most n bytes, at the end of a letter.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// Name is an object with its name.
type Name struct{ ID, Name string }

// Incident is an incident of the past.
type Incident struct {
	ID string
	// ReadAt is when the fields below were read. It is zero when only its log was,
	// and all but ID and Entries are then empty.
	ReadAt time.Time
	// Deleted means that PagerDuty said that it has no such incident.
	Deleted bool

	Number          int
	Title           string
	Service, Policy Name
	Teams           []Name
	Status          sources.IncidentStatus
	Urgency         string
	Priority        string
	CreatedAt       time.Time
	ChangedAt       time.Time
	MergedInto      string
	// Alert is the name of its first alert, or empty.
	Alert string
	// DetailsRead means that what its first alert sent was read. Runbook is then
	// the reference to a runbook in it, or empty. Otherwise that is unknown.
	DetailsRead bool
	Runbook     string

	// Entries are its log, as far as it was read, oldest first.
	Entries []Entry
}

// Read reports whether more than its log was read.
func (i *Incident) Read() bool { return !i.ReadAt.IsZero() }

// Open reports whether the incident was open when it was read.
func (i *Incident) Open() bool { return i.Read() && !i.Deleted && i.Status != sources.Resolved }

// IsStale reports whether something happened to the incident after it was read.
func (i *Incident) IsStale() bool {
	if n := len(i.Entries); n > 0 && i.Read() && !i.Deleted {
		return i.Entries[n-1].At.After(i.ReadAt.Add(-readSlack))
	}
	return false
}

// readSlack is how much an incident that was read may lag behind its log.
const readSlack = time.Minute

// Last returns the time of the last event.
func (i *Incident) Last() time.Time {
	last := i.ChangedAt
	if i.CreatedAt.After(last) {
		last = i.CreatedAt
	}
	if n := len(i.Entries); n > 0 && i.Entries[n-1].At.After(last) {
		last = i.Entries[n-1].At
	}
	return last
}

// Begun returns when the incident began, as far as that was read.
func (i *Incident) Begun() time.Time {
	if i.CreatedAt.IsZero() && len(i.Entries) > 0 {
		return i.Entries[0].At
	}
	return i.CreatedAt
}

// Merge returns an incident with what was read again: newer fields replace older
// ones, and entries are added to those that were there.
func Merge(stored, read Incident) Incident {
	out := read
	if stored.ReadAt.After(read.ReadAt) {
		out = stored
	}
	out.Deleted = out.Deleted || !read.Read() && stored.Deleted
	if read.Deleted { // what was known of it before stays
		out = stored
		out.ID, out.Deleted = read.ID, true
	}
	out.Entries = mergeEntries(stored.Entries, read.Entries)
	return out
}

func mergeEntries(a, b []Entry) []Entry {
	seen := make(map[uint64]bool, len(a)+len(b))
	all := make([]Entry, 0, len(a)+len(b))
	for _, list := range [][]Entry{a, b} {
		for _, e := range list {
			if !seen[e.Hash] {
				seen[e.Hash] = true
				all = append(all, e)
			}
		}
	}
	// Entries of the same second have no order in PagerDuty's list: use the one in
	// which they can have happened.
	slices.SortFunc(all, func(a, b Entry) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(order[a.Kind], order[b.Kind]), cmp.Compare(a.Hash, b.Hash))
	})
	return all
}

// order is the order of kinds within a second.
var order = [...]int{
	Trigger: 0, Unacknowledge: 1, Urgency: 2, Exhausted: 3, Escalate: 4, Assign: 5, Delegate: 6, Notify: 7, Other: 8,
	Note: 9, Acknowledge: 10, Snooze: 11, Resolve: 12,
}

// Person is a user.
type Person struct {
	ID, Name string
	// Zone is the person's time zone, such as Europe/Berlin, or empty.
	Zone string
	// Deleted means that the whole list of users does not have the person.
	Deleted bool
}

// Turn is a time in which somebody was on call for a level of a policy.
type Turn struct {
	Person           string
	Policy, Schedule Name
	// Level counts from 1.
	Level      int
	Start, End time.Time
}

// People returns people by their ids. Those who share a name, such as one person in two
// accounts, have the id after it: each is somebody of their own in every figure.
func People(all []Person) map[string]Person {
	named := map[string]int{}
	for _, p := range all {
		named[strings.ToLower(p.Name)]++
	}
	people := make(map[string]Person, len(all))
	for _, p := range all {
		if p.Name != "" && named[strings.ToLower(p.Name)] > 1 {
			p.Name += " (" + p.ID + ")"
		}
		people[p.ID] = p
	}
	return people
}

// History is what is stored of a time.
type History struct {
	// Incidents are those with an event in the time, and those that were open in it. The oldest are first.
	Incidents []Incident
	People    map[string]Person
	Turns     []Turn
	// Log and OnCalls are the spans that were read, of the log with the incidents,
	// and of the on-call entries.
	Log, OnCalls []sources.Span
	// ReadAt is when the history was last synced.
	ReadAt time.Time
}
