// Package sources defines alerts, incidents and on-call entries, and the
// interfaces for reading and changing them. The packages below it implement the
// interfaces. It does not depend on a protocol, a configuration file or a
// screen.
//
// All text in these types is as the source sent it. It passes internal/clean
// where it is shown, written or run, and not here: joining and acting need the
// exact bytes.
package sources

import (
	"context"
	"maps"
	"time"
)

// Kind is the kind of system that a source reads.
type Kind string

// The kinds of source.
const (
	PagerDuty    Kind = "pagerduty"
	Prometheus   Kind = "prometheus"
	Alertmanager Kind = "alertmanager"
)

// Source identifies one source: an account or a server.
type Source struct {
	Kind Kind
	// Name is unique among all sources. Responders use it.
	Name string
}

// Reader reads everything active from one source.
type Reader interface {
	// Source returns the source that it reads.
	Source() Source
	// Read returns what is active now, in the identical objects where it is as it
	// was in the last read. When this takes several round trips, it
	// passes the result so far to partial (never nil), each time as a Data that
	// is complete in itself. An error is an *Error.
	Read(ctx context.Context, partial func(Data)) (Data, error)
}

// Data is the result of one read of a source. A source sets the fields that it
// has. Nothing in it may be changed after it was passed on, but for the values of
// alerts.
//
// What a read found as it was is the identical object: the same list of alerts or
// incidents where nothing in it is new, else the same alert. So nobody compares
// lists.
type Data struct {
	// Incidents are the open ones (triggered, acknowledged).
	Incidents []Incident
	// Alerts are the firing and pending ones. Moved counts the reads after which
	// only values of them were others.
	Alerts []*Alert
	Moved  uint64
	// Groups are Alertmanager's own groups of alerts.
	Groups []NotificationGroup
	// Routing is Alertmanager's original configuration (/api/v2/status
	// config.original), in YAML.
	Routing  string
	Silences []Silence
	// Peers are the names of the members of an Alertmanager's gossip cluster,
	// including its own, sorted. Empty means that it is in no cluster, or did
	// not say.
	Peers []string
	// Addresses are the possible own addresses of an Alertmanager in what it
	// sends.
	Addresses []string
	Rules     []Rule
	// ExternalLabels are the labels that a Prometheus adds when it sends
	// alerts.
	ExternalLabels map[string]string

	OnCalls  []OnCall
	Services []Service
	Policies []Policy
	Users    []User
	Teams    []Reference
	// Priorities are the account's, the most severe first. It is empty when its
	// plan has none.
	Priorities []Priority
	// Me is the user as whom actions are taken. It is nil when unknown.
	Me *User

	// Extents say how much of each list was read.
	Extents Extents

	// ClockOffset is how far the server's clock is ahead of this machine's when
	// that is more than a minute, else zero.
	ClockOffset time.Duration
	// StartedAt is when an Alertmanager was started, by its own clock. It is
	// zero when the Alertmanager does not report it. Version is its version.
	StartedAt time.Time
	Version   string

	// Warnings are reports of the source itself that its answer is incomplete,
	// such as the partial answers of a Thanos querier.
	Warnings []string

	// Unqueried is why the rules of this source can't be evaluated by a query, in words
	// that follow "because". Empty: they can.
	Unqueried string

	// Omitted is how many alerts were counted only, because there are more than
	// the limit for a source. Extents.Alerts says so too.
	Omitted int

	// More is true when the source has more to read and can continue at once.
	More bool
}

// UnreadAlerts returns how many of the incidents have alerts that were not
// read.
func (d Data) UnreadAlerts() int {
	n := 0
	for i := range d.Incidents {
		if !d.Incidents[i].AlertsRead {
			n++
		}
	}
	return n
}

// Extent says how much of a list was read. The zero Extent belongs to a list
// that has not been read: an empty list with it proves nothing.
type Extent struct {
	// Read is true once a read of the list worked.
	Read bool
	// Missing is why entries may be missing from what was read, in words that
	// follow "because". It is empty for a whole list.
	Missing string
}

// Whole is the Extent of a list that was read completely.
var Whole = Extent{Read: true}

// Whole reports whether the list was read and nothing is missing, so that
// anything not in it does not exist.
func (e Extent) Whole() bool { return e.Read && e.Missing == "" }

// Why returns why entries may be missing, in words that follow "because", and
// "" for a whole list.
func (e Extent) Why() string {
	if e.Missing == "" && !e.Read {
		return "it has not been read yet"
	}
	return e.Missing
}

// And returns the Extent of two lists together.
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
	// Alerts is for the alerts of a Prometheus or Alertmanager. For a PagerDuty
	// account it is for the alerts of all incidents together, and
	// Incident.AlertsRead is for one incident.
	Alerts Extent
	// Rules is for the rules of a Prometheus, Silences for the silences of an
	// Alertmanager.
	Rules, Silences Extent
	// Mine is for the on-calls of Data.Me.
	Mine Extent
	// OnCalls is by the id of the escalation policy. A policy that is not in it
	// was not requested: Data.OnCalls then says nothing about it.
	OnCalls map[string]Extent
}

// And returns the Extents of two accounts together.
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

// Snapshot is the last data of one source, with its age and state.
type Snapshot struct {
	Source Source
	// Data is from the last successful read, also after a failure.
	Data Data
	// Revision counts the changes of Data but for Moved and the times of the
	// evaluations of rules, so that nobody compares it whole.
	Revision uint64
	// AsOf is when Data was read. Zero means never.
	AsOf time.Time
	// Earlier is true for Data that an earlier run of the program read and stored.
	Earlier bool
	// Partial is true while a read is still bringing more.
	Partial bool
	// Err is why the last read failed. It is nil when it did not. FailingSince
	// is the time of the first of the failures in a row.
	Err          error
	FailingSince time.Time
}

// Misconfigured reports whether the source is not asked because of its
// configuration.
func (s Snapshot) Misconfigured() bool { return ReasonOf(s.Err) == Misconfigured }

// NoAnswer says, after the name of a source that fails, what is wrong with it.
func (s Snapshot) NoAnswer() string {
	if s.Misconfigured() {
		return "is misconfigured" // it was not asked
	}
	return "does not answer"
}

// Selves returns the ids of the person at the screen, one for each account that says who
// that is.
func Selves(snapshots []Snapshot) []string {
	var ids []string
	for i := range snapshots {
		if me := snapshots[i].Data.Me; me != nil && me.ID != "" {
			ids = append(ids, me.ID)
		}
	}
	return ids
}

// OK reports whether the source's last read worked.
func (s Snapshot) OK() bool { return s.Err == nil && !s.AsOf.IsZero() }
