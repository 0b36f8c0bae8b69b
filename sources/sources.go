// Package sources says what an alert, an incident, an on-call entry is, and
// what a source of them can be asked to read and to do. The folders below it
// fill these interfaces; nothing here knows a protocol, a configuration file
// or a screen.
//
// All text in these types is as the source sent it. It passes
// internal/clean where it is shown, written or run, not here: joining and
// acting need the exact bytes.
package sources

import (
	"context"
	"maps"
	"strconv"
	"time"
)

// Kind is the system that a source speaks to.
type Kind string

// The kinds of source.
const (
	PagerDuty    Kind = "pagerduty"
	Prometheus   Kind = "prometheus"
	Alertmanager Kind = "alertmanager"
)

// Source names one source: an account, a server.
type Source struct {
	Kind Kind
	// Name is unique among all sources and is what the responder calls it.
	Name string
}

// Reader reads everything active from one source.
type Reader interface {
	// Source says which source this is.
	Source() Source
	// Read returns what is active now. Where the whole takes several round
	// trips it hands what is there so far to partial (never nil), each time a
	// Data that stands on its own. An error is an *Error.
	Read(ctx context.Context, partial func(Data)) (Data, error)
}

// Data is what one read of a source found. A source fills what it has.
// Nothing in it may be changed after it was handed out.
type Data struct {
	// Incidents are the open ones (triggered, acknowledged).
	Incidents []Incident
	// Alerts are the firing and pending ones.
	Alerts []Alert
	// Groups are Alertmanager's own groups of alerts.
	Groups []NotificationGroup
	// Routing is Alertmanager's configuration as it wrote it
	// (/api/v2/status config.original), YAML.
	Routing  string
	Silences []Silence
	Rules    []Rule
	// ExternalLabels are those that a Prometheus adds when it sends alerts.
	ExternalLabels map[string]string

	OnCalls  []OnCall
	Services []Service
	Policies []Policy
	Users    []User
	Teams    []Reference
	// Priorities are the account's, the gravest first; empty where its plan
	// has none.
	Priorities []Priority
	// Me is the user whom actions are taken as; nil when that can't be told.
	Me *User

	// Warnings say what the source itself called incomplete, such as the
	// partial answers of a Thanos querier.
	Warnings []string
}

// Snapshot is the last known state of one source, and how true it still is.
type Snapshot struct {
	Source Source
	// Data is the last that was read, also after a failure since.
	Data Data
	// AsOf is when Data was read; zero means never.
	AsOf time.Time
	// Partial is true while a read is still bringing more.
	Partial bool
	// Err is why the last read failed; nil when it did not. FailingSince is
	// when the first of the failures in a row was.
	Err          error
	FailingSince time.Time
}

// OK reports whether the source's last read worked.
func (s Snapshot) OK() bool { return s.Err == nil && !s.AsOf.IsZero() }

// Reference points at something by id, with the name the source gave along.
type Reference struct {
	ID   string
	Name string
	URL  string
	// Type is the source's own word for the kind of thing, such as
	// "user_reference" or "schedule"; empty where only one kind can stand.
	Type string
}

// Alert is one active alert as one source reports it.
type Alert struct {
	// Source is the name of the source that reported it.
	Source      string
	Labels      map[string]string
	Annotations map[string]string
	State       AlertState
	// ActiveSince is Prometheus's activeAt (since pending) or Alertmanager's
	// startsAt (since firing).
	ActiveSince time.Time
	// Value is the expression's value as text; only Prometheus tells it.
	Value string
	// Fingerprint is Alertmanager's: the hash of the whole label set,
	// external labels included. Empty from a Prometheus.
	Fingerprint string
	// GeneratorURL is where the alert's expression can be looked at.
	GeneratorURL string
	// SilencedBy and InhibitedBy are ids of silences and fingerprints of the
	// alerts that keep this one quiet.
	SilencedBy  []string
	InhibitedBy []string
	// Receivers are the Alertmanager receivers its routes lead to.
	Receivers []string
}

// Name is the alert's alertname.
func (a Alert) Name() string { return a.Labels["alertname"] }

// AlertState is the state of one alert.
type AlertState string

// The states of an alert.
const (
	AlertFiring    AlertState = "firing"
	AlertPending   AlertState = "pending"
	AlertSilenced  AlertState = "silenced"
	AlertInhibited AlertState = "inhibited"
)

// NotificationGroup is a group of alerts that Alertmanager notifies about
// together; one such group is one PagerDuty alert.
type NotificationGroup struct {
	// Source is the name of the Alertmanager.
	Source   string
	Receiver string
	// Labels are those it was grouped by.
	Labels map[string]string
	// Fingerprints are its alerts', which stand in Data.Alerts; best sorted,
	// which spares the work to do so.
	Fingerprints []string
	// MutedBy are the time intervals that keep the group from being notified
	// about; Alertmanager tells them since 0.28.
	MutedBy []string
}

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

// Rule is one alerting rule of a Prometheus.
type Rule struct {
	Source, Group, Name, Query string
	// For is how long the expression must hold before the alert fires.
	For         time.Duration
	Labels      map[string]string
	Annotations map[string]string // templates unexpanded
	// Health is ok, err or unknown; LastError is why.
	Health, LastError string
}

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

	Service       Reference
	Policy        Reference // the escalation policy
	Teams         []Reference
	Assignments   []Assignment
	Acknowledgers []Assignment
	Pending       []PendingAction
	ResolvedAs    string // the resolution given
	// MergedInto is the id of the incident that took this one's alerts.
	MergedInto string
	// Asked are the requests to join it; nil where PagerDuty does not tell,
	// which it does only where the account's plan includes them.
	Asked           []ResponderRequest
	Responders      []Responder
	AlertCount      int
	TriggeredAlerts int
	// Alerts are what was sent to PagerDuty; nil until AlertsRead.
	Alerts     []IncidentAlert
	AlertsRead bool
}

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
	Targets []Reference
}

// Responder is a user who was asked to join an incident.
type Responder struct {
	User  Reference
	State string // pending, joined, declined, user_cancelled
	At    time.Time
	By    Reference
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

// Service is a PagerDuty service.
type Service struct {
	ID, Name, URL, Status string
	Policy                Reference
	Teams                 []Reference
	// AckTimeout is after how long an acknowledged incident triggers again;
	// zero means never.
	AckTimeout time.Duration
}

// Policy is an escalation policy.
type Policy struct {
	ID, Name, URL string
	Levels        []Level
	Loops         int
	Teams         []Reference
}

// Level is one level of an escalation policy; the first is number 1.
type Level struct {
	Delay   time.Duration // before the next level is paged
	Targets []Reference   // users and schedules
}

// OnCall says that a user is on call for a level of a policy.
type OnCall struct {
	User   Reference
	Policy Reference
	// Level is 1-based.
	Level int
	// Schedule is empty when the user stands in the policy directly; then
	// Start and End are zero: always.
	Schedule   Reference
	Start, End time.Time
}

// User is a PagerDuty user.
type User struct {
	ID, Name, Email, URL string
	// TimeZone is an IANA name such as "Europe/Berlin"; may be empty.
	TimeZone string
	Teams    []Reference
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
	// IncidentsByKey reads the open incidents with that incident key.
	IncidentsByKey(ctx context.Context, key string) ([]Incident, error)
	Notes(ctx context.Context, id string) ([]Note, error)
	LogEntries(ctx context.Context, id string) ([]LogEntry, error)
	// OnCalls are all levels of the policies, now.
	OnCalls(ctx context.Context, policyIDs ...string) ([]OnCall, error)
	// Upcoming are the turns of the schedules from now on, two weeks ahead.
	Upcoming(ctx context.Context, scheduleIDs ...string) ([]OnCall, error)

	Acknowledge(ctx context.Context, ids ...string) error
	Resolve(ctx context.Context, resolution string, ids ...string) error
	AddNote(ctx context.Context, id, content string) (Note, error)
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

// MergeLabels is base with over laid upon it; neither is changed.
func MergeLabels(base, over map[string]string) map[string]string {
	m := make(map[string]string, len(base)+len(over))
	maps.Copy(m, base)
	maps.Copy(m, over)
	return m
}
