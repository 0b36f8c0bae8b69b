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
	// ChangedAt and ChangedBy are of the last change of status.
	ChangedAt time.Time
	ChangedBy Reference

	Service Reference
	Policy  Reference // the escalation policy
	Teams   []Reference
	// Assignments are nil where PagerDuty did not say who has it, and empty where
	// it said that nobody has.
	Assignments []Assignment
	// AssignedVia is AssignedByPolicy or AssignedDirectly, or empty where
	// PagerDuty did not say.
	AssignedVia AssignedVia
	// Acknowledgers are nil where PagerDuty did not say who acknowledged it.
	Acknowledgers []Assignment
	Pending       []PendingAction
	ResolvedAs    string // the resolution given
	// MergedInto is the id of the incident that took this one's alerts.
	MergedInto string
	// Asked are the requests to join it; nil where PagerDuty does not tell,
	// which it does only where the account's plan includes them.
	Asked      []ResponderRequest
	Responders []Responder
	// Conference is the conference bridge; zero where there is none.
	Conference      Conference
	AlertCount      int
	TriggeredAlerts int
	// Alerts are what was sent to PagerDuty, as far as it was read. AlertsRead
	// is true when these are all. Until then it may hold the first one, which
	// comes with the incident, or none: that says nothing about the others.
	Alerts     []IncidentAlert
	AlertsRead bool
}

// Short is what to call the incident in a few cells: its number, else its id.
func (i *Incident) Short() string {
	if i.Number > 0 {
		return "#" + strconv.Itoa(i.Number)
	}
	return i.ID
}

// AssigneesKnown reports whether it is known who has the incident, be it nobody.
func (i *Incident) AssigneesKnown() bool { return i.Assignments != nil }

// WhoUnknown is why it is not known who has an incident, or who acknowledged it,
// in words that follow "because".
const WhoUnknown = "PagerDuty did not say"

// AssignedVia is how an incident came to its assignees (PagerDuty's
// assigned_via).
type AssignedVia string

// The ways to be assigned. An incident assigned directly does not escalate
// further.
const (
	AssignedByPolicy AssignedVia = "escalation_policy"
	AssignedDirectly AssignedVia = "direct_assignment"
)

// Conference is the conference bridge of an incident: a number to call, a URL
// to open, or both.
type Conference struct{ Number, URL string }

// Priority is a PagerDuty priority. Order is greater for what is graver.
type Priority struct {
	ID, Name, Color string
	Order           int64
}

// Assignment is a user and since when: who is assigned, who acknowledged.
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
	// Message is what the person was asked with.
	Message string
}

// PendingAction is what PagerDuty will do by itself, and when.
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
	// string, or what encoding/json makes of an object or array.
	Details any
	// Links and images that came with it.
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

// LogEntry is one line of an incident's history.
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
	// Level is what an escalation went to; 0 when not told.
	Level int
	// Note is the text of an annotate entry.
	Note string
}

// NewIncident is what to open an incident with.
type NewIncident struct {
	Title string
	// Key makes opening twice the same as once while the incident is open.
	Key       string
	ServiceID string
	// PolicyID or UserIDs say who is paged; both empty: the service's policy.
	PolicyID string
	UserIDs  []string
	Urgency  string // high, low, or empty for the service's
	Details  string
}

// Incidents is what can be asked of and done to incidents. Every write is made
// as the configured person. Errors are *Error; one whose Unknown is true may
// have happened: read before doing it again.
type Incidents interface {
	// Incident reads one incident with its alerts.
	Incident(ctx context.Context, id string) (Incident, error)
	// IncidentsByKey reads the incidents with that incident key, open or not.
	IncidentsByKey(ctx context.Context, key string) ([]Incident, error)
	Notes(ctx context.Context, id string) ([]Note, error)
	LogEntries(ctx context.Context, id string) ([]LogEntry, Extent, error)
	// OnCalls are all levels of the policies, now. Without ids it reads none.
	OnCalls(ctx context.Context, policyIDs ...string) ([]OnCall, Extent, error)
	// OnCallsUntil are all levels of the policies from now until a time.
	OnCallsUntil(ctx context.Context, until time.Time, policyIDs ...string) ([]OnCall, Extent, error)
	// Upcoming are the turns of the schedules from now on, two weeks ahead.
	Upcoming(ctx context.Context, scheduleIDs ...string) ([]OnCall, Extent, error)
	// FindUsers are the users whose name or email has the query in it, without
	// their notification rules.
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
	// SetLevel escalates within the incident's present policy; 1-based.
	SetLevel(ctx context.Context, level int, ids ...string) error
	// Assign takes the incidents out of their policy's escalation.
	Assign(ctx context.Context, userIDs []string, ids ...string) error
	// AskResponders asks further users and policies to join.
	AskResponders(ctx context.Context, id, message string, userIDs, policyIDs []string) error
	// Move moves an incident to another service and starts it at level 1 of
	// the policy.
	Move(ctx context.Context, id, serviceID, policyID string) error
	// Snooze keeps an incident acknowledged for d, at most 7 days.
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
