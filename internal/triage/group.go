// Package triage makes one list of what is wrong from what the sources report:
// PagerDuty's incidents, Prometheus's alerts and Alertmanager's silences become
// alert groups, joined by proof and ranked, each with its owner.
//
// Everything here is pure: no clock, no network, no screen.
package triage

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"firstline/internal/escalation"
	"firstline/internal/labelset"
	"firstline/internal/matcher"
	"firstline/internal/reference"
	"firstline/sources"
)

// State is the state of an alert group, as list --json names it.
type State string

// The states of a group. A group with an incident has the incident's; else
// the most urgent of its alerts'.
const (
	Triggered    State = "triggered"
	Acknowledged State = "acknowledged"
	Firing       State = "firing"
	Pending      State = "pending"
	Silenced     State = "silenced"
	Resolved     State = "resolved"
)

// Rule says by what proof an incident and its alerts were joined, best first.
type Rule string

// The rules, in the order in which they are tried.
const (
	// ByFingerprint: the event's details hold the alert's fingerprint.
	ByFingerprint Rule = "fingerprint"
	// ByDedupKey: the key computed from Alertmanager's route and group labels
	// is PagerDuty's alert_key.
	ByDedupKey Rule = "dedup key"
	// ByLabelSet: the label set read from the event's text is the alert's.
	ByLabelSet Rule = "label set"
	// ByNameAndService: alertname and service are the same.
	ByNameAndService Rule = "alertname and service"
	// ByMapping: the configured [[service]] says so.
	ByMapping Rule = "service mapping"
	// ByGroup: alerts without an incident, grouped by Alertmanager.
	ByGroup Rule = "alertmanager group"
	// ByName: alerts without an incident, grouped by alertname and service.
	ByName Rule = "alertname"
	// Unjoined: an incident without alerts.
	Unjoined Rule = ""
)

// Severity is the common scale that PagerDuty's and Prometheus's words map to.
type Severity string

// The severities, gravest first.
const (
	Critical Severity = "critical"
	Error    Severity = "error"
	Warning  Severity = "warning"
	Info     Severity = "info"
	Unknown  Severity = ""
)

// Severities are those that are known, gravest first.
func Severities() []Severity { return []Severity{Critical, Error, Warning, Info} }

// Alert is one alert in a group. The same alert reported by several sources is
// one Alert.
type Alert struct {
	sources.Alert
	// Clusters are the names of the clusters of Alertmanagers that have it,
	// sorted; see Clusters. Empty: only a Prometheus reported it.
	Clusters []string
	// Sources are the names of all sources that reported it, sorted.
	Sources []string
	// Originals are the labels of the Prometheus alerts that are one alert at
	// Alertmanager, because alert_relabel_configs remove the labels in which
	// they differ. It is nil when it is one alert in Prometheus too.
	Originals []map[string]string
	// Severity is what its label severity means.
	Severity Severity
	// JoinedBy is the proof that this alert belongs to its group. It may be
	// weaker than the group's, which is the best of its alerts'.
	JoinedBy Rule
}

// Group is one row: one thing that is wrong.
type Group struct {
	// ID is the incident's id, else the first 12 hex digits of a SHA-256 over
	// the group's labels. If there is no letter among them, the first digit
	// becomes one.
	ID       string
	State    State
	Title    string
	Service  string
	Team     string
	Severity Severity
	// SeverityText is the original word of the severity. With an Unknown
	// severity the word is unknown.
	SeverityText string
	Urgency      string // high, low or ""
	Since        time.Time
	JoinedBy     Rule
	// Proof is what JoinedBy rests upon, such as the fingerprint or
	// Alertmanager's group key, as it came from outside.
	Proof string
	// Labels are those the group was made by, for groups without an incident.
	Labels   map[string]string
	Incident *sources.Incident
	Alerts   []Alert
	// Cluster is the cluster of Alertmanagers that sent the incident, where there
	// are several and it is proven which one it was; see Clusters.
	Cluster string
	// SentNames are the alertnames in PagerDuty's events, for a group without
	// alerts.
	SentNames []string
	// SentLabels are the labels that all alerts in these events have in common.
	SentLabels map[string]string
	// Services and Teams are those of the alerts, that of the most severe
	// first. Service and Team may differ, because PagerDuty or the
	// configuration may set them.
	Services, Teams []string
	// Incidents are all that were opened for alerts of this group, Incident among
	// them, the oldest first; each has a group of its own, with the alerts that
	// they share. Fewer than two: there is no other.
	Incidents []*sources.Incident
	// Shares are the ids of the others.
	Shares []string
	// Mine means that the incident is assigned to the person at the screen, or
	// that the person is asked to join it. Asked is that request, or nil
	// without an open one.
	Mine  bool
	Asked *Asked
	// Over says whether the alerts that the incident was opened for are over.
	Over Over
	// NotFiringSince is when that was first seen. It is zero when it began
	// before the first read, or when the gap between two reads was too long.
	// Only a Joiner that is reused between joins sets it.
	NotFiringSince time.Time
	// Flaps is the highest number of times that an alert of the group began to
	// fire within the last hour, as far as this Joiner saw it or the incident
	// has it.
	Flaps int
	// Unpaged means that alerts fire without an incident. Why is the reason as
	// far as it is known ("silenced", "inhibited", "pending", "no route to
	// PagerDuty", …).
	Unpaged bool
	Why     string
	// NotifiedUnknown is why it is unknown whether somebody was paged for a group
	// without an incident. It is zero when there is an incident.
	NotifiedUnknown NotifiedUnknown
	// AlertsUnread means that the incident has alerts in PagerDuty that are not
	// read yet, so that further alerts may belong to it. UnreadCount is their
	// number, or 0 when PagerDuty does not report it.
	AlertsUnread bool
	UnreadCount  int
	// Missing is the source at which the heartbeat is missing that the group is
	// about; such a group has no alerts.
	Missing string
	// Silences are the silences that mute alerts of the group.
	Silences []sources.Silence
	// InhibitedBy are the names of the alerts that inhibit alerts of the group.
	InhibitedBy []string
	// AckEnds is when PagerDuty will end the acknowledgement, EscalatesAt when
	// it will escalate and EscalatesTo who it will then page (names; empty when
	// unknown). Zero times mean that nothing is announced.
	AckEnds     time.Time
	EscalatesAt time.Time
	EscalatesTo []string
	// Snoozed means that it is proven that AckEnds is the end of a snooze.
	Snoozed bool
	// ResolvesAt is when PagerDuty will resolve the incident by itself.
	ResolvesAt time.Time
	// Escalation is who has the incident and who follows when nobody answers;
	// nil without an incident.
	Escalation *escalation.Forecast
	// WhyNobody is why nobody can have been notified of an incident that is
	// assigned to nobody; empty where that is not proven.
	WhyNobody string
	// Stale are the names of the sources of this group whose last read failed.
	Stale []string
	// OwnerPolicyTyped is the owner's escalation policy as it is configured, by id
	// or by name, where it is.
	OwnerPolicyTyped string
	// OwnerPolicyID is the escalation policy of the service's owner. It is
	// empty when unknown.
	OwnerPolicyID string
	// ServiceID is the PagerDuty service, of the incident or as mapped. Account is
	// the account that it, or the owner's policy, is in.
	ServiceID, Account string
	// RunbookURL is the alerts' own (first http/https one); ServiceRunbook is
	// the configured one of the service.
	RunbookURL     string
	ServiceRunbook string
	// References are all references to runbooks in alerts and events, best
	// first.
	References []reference.Reference
}

// Owned reports whether the service has an owner with an escalation policy, be it
// one that was not found in PagerDuty.
func (g *Group) Owned() bool { return g.OwnerPolicyID != "" || g.OwnerPolicyTyped != "" }

// ServiceLabel returns the name of the service, or "no service", "a deleted
// service" or "an unnamed service". It returns "" for alerts without a service.
func (g *Group) ServiceLabel() string {
	if g.Incident == nil || g.Service != "" && g.Service != g.Incident.Service.Name {
		return g.Service
	}
	return g.Incident.Service.Label("service")
}

// Flapping reports whether an alert of the group comes and goes.
func (g Group) Flapping() bool { return g.Flaps >= FlapsFrom }

// Alone reports whether the incident waits for those who have it and PagerDuty
// will notify nobody else: it is assigned directly, or its urgency is low.
func (g Group) Alone() bool {
	return g.State == Triggered && g.Escalation != nil && g.Escalation.Alone()
}

// Follows says who follows when nobody answers, for a sentence: "Ann", "one of
// Ann, Bo (round robin)". It is empty where that is not known.
func (g Group) Follows() string {
	if g.Escalation != nil && len(g.Escalation.Next) > 0 {
		if next := g.Escalation.Next[0]; len(next.People) > 0 {
			return next.Who()
		}
		return ""
	}
	return strings.Join(g.EscalatesTo, ", ")
}

// NobodyHas reports whether an incident waits that is known to be assigned to
// nobody. By itself that does not prove that nobody was notified: those who were
// may have been deleted since. See NobodyNotified.
func (g *Group) NobodyHas() bool {
	return g.State == Triggered && g.Incident != nil && g.Incident.AssigneesRead() && len(g.Incident.Assignments) == 0
}

// NobodyNotified reports whether it is proven that nobody was notified of an
// incident that waits, and why.
func (g *Group) NobodyNotified() (why string, is bool) {
	if !g.NobodyHas() || g.WhyNobody == "" {
		return "", false
	}
	return g.WhyNobody, true
}

// Unheld says of an incident that is assigned to nobody what is known of why;
// empty for all others.
func (g *Group) Unheld() string {
	why, proven := g.NobodyNotified()
	switch {
	case proven:
		return "nobody was notified: " + why
	case g.NobodyHas():
		return "assigned to nobody, why is unknown"
	}
	return ""
}

// WhyAlone says why nobody follows in a few words; empty where that is not so.
func (g Group) WhyAlone() string {
	switch {
	case !g.Alone():
		return ""
	case g.Escalation.End.Kind == escalation.LowUrgency:
		return "low urgency"
	}
	return "assigned directly"
}

// Muted reports whether each alert of the group is silenced or inhibited: until
// when the last of the silences lasts, and, for alerts without a silence, which
// alerts inhibit them. is is false when an alert is not muted, or there are no
// alerts.
func (g *Group) Muted() (until time.Time, by []string, is bool) {
	for i := range g.Alerts {
		if s := g.Alerts[i].State; s != sources.AlertSilenced && s != sources.AlertInhibited {
			return time.Time{}, nil, false
		}
	}
	for _, s := range g.Silences {
		if s.EndsAt.After(until) {
			until = s.EndsAt
		}
	}
	if len(g.Silences) == 0 {
		by = g.InhibitedBy
	}
	return until, by, len(g.Alerts) > 0
}

// Firing is how many of the group's alerts fire and are neither silenced nor
// inhibited.
func (g *Group) Firing() int {
	n := 0
	for i := range g.Alerts {
		if g.Alerts[i].State == sources.AlertFiring {
			n++
		}
	}
	return n
}

// Originals is how many alerts of Prometheuses those of the group are, where
// relabelling makes some of them one; else 0.
func (g *Group) Originals() int {
	n, several := 0, false
	for i := range g.Alerts {
		n += max(len(g.Alerts[i].Originals), 1)
		several = several || len(g.Alerts[i].Originals) > 1
	}
	if !several {
		return 0
	}
	return n
}

// Options configure the join.
type Options struct {
	Services []ServiceRule
	// ServiceLabels is the chain of labels that names an alert's service, the
	// first that is set; nil: service, app, job, namespace.
	ServiceLabels []string
	// TeamLabels likewise; nil: team, owner.
	TeamLabels []string
	// IgnoreLabels are left out when alerts of replicas are compared; nil:
	// replica, prometheus_replica, __replica__ and those of Thanos rulers.
	IgnoreLabels []string
	// Alertmanagers are labels that are added to the alerts of an Alertmanager,
	// by its name. They distinguish its alerts from those of others, or make
	// them equal.
	Alertmanagers map[string]map[string]string
	// Severities are what further words of the label severity mean, by the word
	// in lower case.
	Severities map[string]Severity
	// Heartbeats are the names of alerts that always fire; nil: Watchdog and
	// InfoInhibitor.
	Heartbeats []string
	// References are the annotations and labels with runbooks, best first, in
	// any case. Nil means the usual ones.
	References []string
}

// ServiceRule is one configured [[service]].
type ServiceRule struct {
	Name, Team string
	// PagerDuty is a service's id or name.
	PagerDuty string
	// Match are label matchers that all must hold; empty matches nothing.
	Match matcher.Matchers
	// Runbook is a path or URL. Policy is the owner's escalation policy, by id or
	// by name.
	Runbook, Policy string
}

// ConditionOver returns since when the expressions of all firing alerts are
// false while their rules hold the alerts firing, the last of them. It returns
// zero while one is true or its source does not report it.
func (g *Group) ConditionOver() time.Time {
	var last time.Time
	for i := range g.Alerts {
		a := &g.Alerts[i]
		if a.State != sources.AlertFiring {
			continue
		}
		if a.KeepFiringSince.IsZero() {
			return time.Time{}
		}
		if a.KeepFiringSince.After(last) {
			last = a.KeepFiringSince
		}
	}
	return last
}

// groupID is the id of a group without an incident: the first 12 hex digits of
// a SHA-256 over its labels in canonical form. It has a letter, for what is typed
// as digits is the number of an incident.
func groupID(canonicalLabels string) string {
	sum := sha256.Sum256([]byte(canonicalLabels))
	id := hex.EncodeToString(sum[:6])
	if !strings.ContainsAny(id, "abcdef") {
		id = string('a'+(id[0]-'0')%6) + id[1:]
	}
	return id
}

// CommonLabels are the labels that all of the alerts share; never nil.
func CommonLabels(alerts []Alert) map[string]string {
	return labelset.Common(alerts, func(a *Alert) map[string]string { return a.Labels })
}
