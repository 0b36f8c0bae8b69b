package triage

import (
	"strconv"

	"firstline/internal/wording"
	"firstline/sources"
)

// PagedUnknown is why it can't be told whether somebody was paged for alerts
// that have no incident. The zero value: it can be told.
type PagedUnknown struct {
	Cause UnknownCause
	// Source is the PagerDuty account that the cause is about.
	Source string
	// Missing is why incidents may be missing; for IncidentsMissing.
	Missing string
	// Incidents is how many have alerts that are not read; for AlertsUnread.
	Incidents int
}

// UnknownCause is the kind of thing that is not known.
type UnknownCause string

// The causes.
const (
	NoPagerDuty      UnknownCause = "no PagerDuty"
	PagerDutyFails   UnknownCause = "PagerDuty fails"
	IncidentsReading UnknownCause = "incidents are being read"
	IncidentsMissing UnknownCause = "incidents may be missing"
	AlertsUnread     UnknownCause = "alerts are not read"
)

// Because says it in words that follow "because"; empty for the zero value.
func (u PagedUnknown) Because() string {
	switch u.Cause {
	case NoPagerDuty:
		return "no PagerDuty account is configured"
	case PagerDutyFails:
		return u.Source + " does not answer"
	case IncidentsReading:
		return u.Source + " is still being read"
	case IncidentsMissing:
		return "incidents of " + u.Source + " may be missing: " + u.Missing
	case AlertsUnread:
		return "the alerts of " + wording.Count(u.Incidents, "incident") + " are not read yet"
	}
	return ""
}

// ToTell reports whether a person is to be told: who has no PagerDuty expects
// nothing of it.
func (u PagedUnknown) ToTell() bool { return u.Cause != "" && u.Cause != NoPagerDuty }

// incidentsUnknown is why the account may have incidents that are not known.
func incidentsUnknown(s *sources.Snapshot) PagedUnknown {
	u := PagedUnknown{Source: s.Source.Name}
	switch {
	case s.Err != nil:
		u.Cause = PagerDutyFails
	case s.Partial || s.AsOf.IsZero():
		u.Cause = IncidentsReading
	case s.Data.Extents.Incidents.Missing != "":
		u.Cause, u.Missing = IncidentsMissing, s.Data.Extents.Incidents.Missing
	default:
		return PagedUnknown{}
	}
	return u
}

// pagedUnknown is why alerts without an incident may belong to one all the same.
func (b *builder) pagedUnknown() PagedUnknown {
	u := b.world.pagesUnknown
	if u.Cause == "" && b.unread > 0 {
		u = PagedUnknown{Cause: AlertsUnread, Incidents: b.unread}
	}
	return u
}

// Unread says in a few words how many alerts of the incident are not read yet,
// such as "alerts not read yet" and "2 more alerts not read yet"; empty where
// all are read.
func (g *Group) Unread() string {
	if !g.AlertsUnread {
		return ""
	}
	noun := "alert"
	if g.Incident != nil && len(g.Incident.Alerts) > 0 {
		noun = "more alert"
	}
	if g.UnreadCount == 0 {
		return noun + "s not read yet"
	}
	if g.UnreadCount > 1 {
		noun += "s"
	}
	return strconv.Itoa(g.UnreadCount) + " " + noun + " not read yet"
}
