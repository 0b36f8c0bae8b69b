package sources

import (
	"context"
	"strconv"
	"time"
)

// IncidentStatus is PagerDuty's status of an incident or of an alert in it.
type IncidentStatus string

// The statuses of an incident.
const (
	Triggered    IncidentStatus = "triggered"
	Acknowledged IncidentStatus = "acknowledged"
	Resolved     IncidentStatus = "resolved"
)

// Incident is a PagerDuty incident.
type Incident struct {
	// Source is the name of the PagerDuty account.
	Source  string
	ID      string
	Number  int
	Key     string // the incident_key, often the first alert's dedup key
	Title   string
	Status  IncidentStatus
	Urgency string // high or low
	// Priority is nil where the account or the incident has none.
	Priority  *Priority
	URL       string
	CreatedAt time.Time
	UpdatedAt time.Time
	// ChangedAt and ChangedBy belong to the last change of status.
	ChangedAt time.Time
	ChangedBy Reference

	Service Reference
	Policy  Reference // the escalation policy
	Teams   []Reference
	// Assignments is nil when PagerDuty did not say who the incident is
	// assigned to, and empty when PagerDuty said nobody.
	Assignments []Assignment
	// AssignedVia is AssignedByPolicy or AssignedDirectly, or empty when
	// PagerDuty did not say.
	AssignedVia AssignedVia
	// Acknowledgers is nil when PagerDuty did not say who acknowledged it.
	Acknowledgers []Assignment
	// PendingUnread means that PagerDuty did not say, or not wholly, what it will
	// do by itself, which is in Pending.
	Pending       []PendingAction
	PendingUnread bool
	ResolvedAs    string // the resolution text
	// MergedInto is the id of the incident that this one was merged into.
	MergedInto string
	// Asked are the requests to join it. It is nil when PagerDuty does not
	// report them, which it does only if the account's plan includes them.
	Asked      []ResponderRequest
	Responders []Responder
	// Conference is the conference bridge. It is zero without one.
	Conference      Conference
	AlertCount      int
	TriggeredAlerts int
	// Alerts are its alerts in PagerDuty, as far as they were read. AlertsRead
	// is true when these are all. Otherwise Alerts may have the first one,
	// which comes with the incident, or none, and says nothing about the
	// others.
	Alerts     []IncidentAlert
	AlertsRead bool
}

// Short returns a short name of the incident: its number, else its id.
func (i *Incident) Short() string {
	if i.Number > 0 {
		return "#" + strconv.Itoa(i.Number)
	}
	return i.ID
}

// AssigneesRead reports whether PagerDuty said who the incident is assigned to,
// which may be nobody.
func (i *Incident) AssigneesRead() bool { return i.Assignments != nil }

// WhoUnknown is why it is unknown who an incident is assigned to, or who
// acknowledged it, in words that follow "because".
const WhoUnknown = "PagerDuty did not say"

// AssignedVia is how an incident came to its assignees (PagerDuty's
// assigned_via).
type AssignedVia string

// The ways of assignment. An incident that is assigned directly does not
// escalate further.
const (
	AssignedByPolicy AssignedVia = "escalation_policy"
	AssignedDirectly AssignedVia = "direct_assignment"
)

// Conference is the conference bridge of an incident: a number to call, a URL
// to open, or both.
type Conference struct{ Number, URL string }

// Priority is a PagerDuty priority. A higher Order is more severe.
type Priority struct {
	ID, Name, Color string
	Order           int64
}

// Assignment is a user with a time: assigned or acknowledged since then.
type Assignment struct {
	User Reference
	At   time.Time
}

// ResponderRequest asked users or escalation policies to join an incident.
type ResponderRequest struct {
	At      time.Time
	By      Reference
	Message string
	Targets []Reference
}

// Responder is a user who was asked to join an incident.
type Responder struct {
	User  Reference
	State string // pending, joined, declined, user_cancelled
	At    time.Time
	By    Reference
	// Message is the text of the request.
	Message string
}

// PendingAction is an action that PagerDuty will take by itself.
type PendingAction struct {
	Type string // unacknowledge, escalate, resolve, urgency_change
	At   time.Time
}

// IncidentAlert is one alert of a PagerDuty incident.
type IncidentAlert struct {
	ID        string
	Key       string // alert_key, the event's dedup_key
	Status    IncidentStatus
	Severity  string
	Summary   string
	CreatedAt time.Time
	// Details are the custom details of the FIRST event of this key: nil, a
	// string, or the form in which encoding/json decodes an object or array.
	Details any
	// Links and images of the event.
	Links []Link
}

// Link is a link or, when Image is not empty, an image with a link.
type Link struct {
	Text, Href, Image string
}

// Note is a note on an incident.
type Note struct {
	ID, Content string
	User        Reference
	CreatedAt   time.Time
}

// LogEntry is one entry of an incident's log.
type LogEntry struct {
	ID string
	// Type is PagerDuty's, without "_log_entry": trigger, acknowledge,
	// escalate, assign, annotate, resolve, notify …
	Type      string
	Summary   string
	CreatedAt time.Time
	Agent     Reference
	Incident  Reference
	Service   Reference
	// Assignees are set on assign and escalate.
	Assignees []Reference
	// Level is the target of an escalation, or 0 when PagerDuty did not say.
	Level int
	// Note is the text of an annotate entry.
	Note string
	// Way is how a person was notified, on notify: push, sms, phone or email. It is
	// empty when PagerDuty did not say.
	Way string
}

// OfAccount returns the incidents of the account with the name, where i are those of
// several; else, or without a name, i.
func OfAccount(i Incidents, name string) Incidents {
	if several, ok := i.(interface{ Account(name string) Incidents }); ok && name != "" {
		return several.Account(name)
	}
	return i
}

// NewIncident describes an incident to open.
type NewIncident struct {
	Title string
	// Key makes a second Open return the same incident while it is open.
	Key       string
	ServiceID string
	// PolicyID or UserIDs say who is notified. Without both, the service's
	// policy applies.
	PolicyID string
	UserIDs  []string
	Urgency  string // high, low, or empty for the service's
	Details  string
}

// Incidents reads and changes incidents. Every write is made as the configured
// person. Errors are *Error. A write whose error has Unknown may have happened:
// read before repeating it.
type Incidents interface {
	// Incident reads one incident with its alerts.
	Incident(ctx context.Context, id string) (Incident, error)
	// IncidentsByKey reads the incidents with that incident key, open or not.
	IncidentsByKey(ctx context.Context, key string) ([]Incident, error)
	Notes(ctx context.Context, id string) ([]Note, error)
	// ServerTime returns PagerDuty's time at a time of this machine's clock. It
	// reports false while PagerDuty's clock is unknown.
	ServerTime(ours time.Time) (time.Time, bool)
	LogEntries(ctx context.Context, id string) ([]LogEntry, Extent, error)
	// OnCalls returns the current entries of all levels of the policies.
	// Without ids it reads none.
	OnCalls(ctx context.Context, policyIDs ...string) ([]OnCall, Extent, error)
	// OnCallsUntil returns the entries of all levels of the policies from now
	// until a time.
	OnCallsUntil(ctx context.Context, until time.Time, policyIDs ...string) ([]OnCall, Extent, error)
	// Upcoming returns the turns of the schedules in the next two weeks.
	Upcoming(ctx context.Context, scheduleIDs ...string) ([]OnCall, Extent, error)
	// FindUsers returns the users whose name or email contains the query,
	// without their notification rules.
	FindUsers(ctx context.Context, query string) ([]User, Extent, error)
	// User reads one user with the notification rules.
	User(ctx context.Context, id string) (User, error)

	Acknowledge(ctx context.Context, ids ...string) error
	Resolve(ctx context.Context, resolution string, ids ...string) error
	AddNote(ctx context.Context, id, content string) (Note, error)
	// ChangeNote replaces the text of a note.
	ChangeNote(ctx context.Context, id, noteID, content string) error
	// SetPolicy restarts the incidents at level 1 of the policy.
	SetPolicy(ctx context.Context, policyID string, ids ...string) error
	// SetLevel escalates within the incident's current policy. Levels count
	// from 1.
	SetLevel(ctx context.Context, level int, ids ...string) error
	// Assign assigns the incidents to users, outside of their policy's
	// escalation.
	Assign(ctx context.Context, userIDs []string, ids ...string) error
	// AskResponders asks further users and policies to join.
	AskResponders(ctx context.Context, id, message string, userIDs, policyIDs []string) error
	// Move moves an incident to another service and starts it at level 1 of the
	// policy.
	Move(ctx context.Context, id, serviceID, policyID string) error
	// Snooze extends an incident's acknowledgement to d, at most 7 days.
	Snooze(ctx context.Context, id string, d time.Duration) error
	// Merge moves the alerts of incidents into an open one and resolves them.
	Merge(ctx context.Context, into string, ids ...string) error
	// SetUrgency makes incidents "high" or "low".
	SetUrgency(ctx context.Context, urgency string, ids ...string) error
	// SetPriority gives incidents one of the account's priorities.
	SetPriority(ctx context.Context, priorityID string, ids ...string) error
	// Open opens an incident, or returns the open one with the same key.
	Open(ctx context.Context, n NewIncident) (Incident, error)
}
