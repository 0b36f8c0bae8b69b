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
	// Peers are the names that the members of an Alertmanager's gossip cluster
	// have among themselves, its own included, sorted. Empty: it is in no
	// cluster, or did not tell.
	Peers []string
	// Addresses are those that an Alertmanager may call itself by in what it
	// sends.
	Addresses []string
	Rules     []Rule
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

	// Extents say how much of each list was read.
	Extents Extents

	// ClockOffset is how far the server's clock is ahead of this machine's,
	// where that is more than a minute; else zero.
	ClockOffset time.Duration
	// StartedAt is when an Alertmanager was started, by its own clock; zero where
	// it does not tell. Version is its version.
	StartedAt time.Time
	Version   string

	// Warnings say what the source itself called incomplete, such as the
	// partial answers of a Thanos querier.
	Warnings []string

	// NotKept is how many alerts were counted and not kept, because there are more
	// than are kept of a source. Extents.Alerts says so too.
	NotKept int

	// More is true where the source has more to read and could go on at once.
	More bool
}

// UnreadAlerts is how many of the incidents have alerts that are not read.
func (d Data) UnreadAlerts() int {
	n := 0
	for i := range d.Incidents {
		if !d.Incidents[i].AlertsRead {
			n++
		}
	}
	return n
}

// Extent says how much of a list was read. The zero Extent is a list that has
// not been read: an empty list with it proves nothing.
type Extent struct {
	// Read is true once a read of the list worked.
	Read bool
	// Missing is why entries may be missing from what was read, in words that
	// follow "because"; empty where the list is whole.
	Missing string
}

// Whole is the Extent of a list that was read to its end.
var Whole = Extent{Read: true}

// Whole reports whether the list was read and nothing is missing, so that what
// is not in it does not exist.
func (e Extent) Whole() bool { return e.Read && e.Missing == "" }

// Why says why entries may be missing, in words that follow "because"; empty
// for a whole list.
func (e Extent) Why() string {
	if e.Missing == "" && !e.Read {
		return "it has not been read yet"
	}
	return e.Missing
}

// And is the Extent of two lists taken as one.
func (e Extent) And(other Extent) Extent {
	missing := e.Missing
	if missing == "" {
		missing = other.Missing
	}
	return Extent{Read: e.Read && other.Read, Missing: missing}
}

// Extents are the Extent of each list in Data.
type Extents struct {
	Incidents, Services, Policies, Users, Teams, Priorities Extent
	// Alerts is of the alerts of a Prometheus or Alertmanager; of a PagerDuty
	// account it is of the alerts of all incidents together, and
	// Incident.AlertsRead tells it of one.
	Alerts Extent
	// Rules is of the rules of a Prometheus.
	Rules Extent
	// Mine is of the on-calls of Data.Me.
	Mine Extent
	// OnCalls is by the id of the escalation policy. A policy that is not in
	// it was not asked about: then Data.OnCalls says nothing about it.
	OnCalls map[string]Extent
}

// And are the Extents of two accounts taken as one.
func (e Extents) And(other Extents) Extents {
	e.Incidents = e.Incidents.And(other.Incidents)
	e.Services = e.Services.And(other.Services)
	e.Policies = e.Policies.And(other.Policies)
	e.Users = e.Users.And(other.Users)
	e.Teams = e.Teams.And(other.Teams)
	e.Priorities = e.Priorities.And(other.Priorities)
	e.Alerts = e.Alerts.And(other.Alerts)
	e.Mine = e.Mine.And(other.Mine)
	if len(e.OnCalls) == 0 {
		e.OnCalls = other.OnCalls
	} else if len(other.OnCalls) > 0 {
		e.OnCalls = maps.Clone(e.OnCalls)
		maps.Copy(e.OnCalls, other.OnCalls)
	}
	return e
}

// Snapshot is the last known state of one source, and how true it still is.
type Snapshot struct {
	Source Source
	// Data is the last that was read, also after a failure since.
	Data Data
	// Revision counts the changes of Data, so that nobody compares it whole.
	Revision uint64
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
