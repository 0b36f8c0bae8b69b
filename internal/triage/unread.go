package triage

import (
	"strconv"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/wording"
	"firstline/sources"
)

// NotifiedUnknown is why it is unknown whether somebody was paged for alerts
// without an incident. The zero value means that it is known.
type NotifiedUnknown struct {
	Cause UnknownCause
	// Source is the PagerDuty account that the cause is about.
	Source string
	// Missing is why incidents may be missing; for IncidentsMissing. For
	// PagerDutyFails it is what is wrong with the source.
	Missing string
	// Incidents is how many have alerts that are not read, and Incident names the
	// one of them that was opened first; for AlertsUnread.
	Incidents int
	Incident  string
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
func (u NotifiedUnknown) Because() string {
	switch u.Cause {
	case NoPagerDuty:
		return "no PagerDuty account is configured"
	case PagerDutyFails:
		return u.Source + " " + u.Missing
	case IncidentsReading:
		return u.Source + " is still being read"
	case IncidentsMissing:
		return "incidents of " + u.Source + " may be missing: " + u.Missing
	case AlertsUnread:
		whose := wording.Count(u.Incidents, "incident")
		switch {
		case u.Incident != "" && u.Incidents > 1:
			whose = u.Incident + " and " + wording.Count(u.Incidents-1, "other incident")
		case u.Incident != "":
			whose = u.Incident
		}
		return "the alerts of " + whose + " are not read yet"
	}
	return ""
}

// ToShow reports whether to show it to a person: somebody without PagerDuty
// does not expect it.
func (u NotifiedUnknown) ToShow() bool { return u.Cause != "" && u.Cause != NoPagerDuty }

// incidentsUnknown is why the account may have incidents that are not known.
func incidentsUnknown(s *sources.Snapshot) NotifiedUnknown {
	u := NotifiedUnknown{Source: s.Source.Name}
	switch {
	case s.Err != nil:
		u.Cause, u.Missing = PagerDutyFails, s.NoAnswer()
	case s.Partial || s.AsOf.IsZero():
		u.Cause = IncidentsReading
	case s.Data.Extents.Incidents.Missing != "":
		u.Cause, u.Missing = IncidentsMissing, s.Data.Extents.Incidents.Missing
	default:
		return NotifiedUnknown{}
	}
	return u
}

// notifiedUnknown is why alerts without an incident may belong to one all the same.
func (b *builder) notifiedUnknown() NotifiedUnknown {
	if u := b.overview.unknown; u.Cause != "" {
		return u
	}
	return b.unreadWhy
}

// alertsUnread names the incidents but one whose alerts are not read. They may
// hold any alert: one that an incident gets later may be of any service, by what
// routes events in PagerDuty.
func (c *claimer) alertsUnread(but *joinedIncident) NotifiedUnknown {
	u := NotifiedUnknown{Cause: AlertsUnread, Incidents: c.unread}
	first := c.oldestUnread[0]
	if but != nil && but.unread {
		u.Incidents--
		if first == but {
			first = c.oldestUnread[1]
		}
	}
	if first != nil {
		u.Incident = nameOfIncident(first.Incident)
	}
	return u
}

// countUnread notes that an incident has alerts that are not read.
func (c *claimer) countUnread(in *joinedIncident) {
	c.unread++
	switch oldest := &c.oldestUnread; {
	case oldest[0] == nil || in.CreatedAt.Before(oldest[0].CreatedAt):
		oldest[0], oldest[1] = in, oldest[0]
	case oldest[1] == nil || in.CreatedAt.Before(oldest[1].CreatedAt):
		oldest[1] = in
	}
}

// longestName is how much of an incident's title names it in a sentence, in
// characters.
const longestName = 60

// nameOfIncident is an incident as people refer to it: "#12 Checkout errors".
func nameOfIncident(in *sources.Incident) string {
	title := []rune(ShortTitle(clean.Line(in.Title)))
	if len(title) > longestName {
		title = append(title[:longestName-1], '…')
	}
	switch {
	case in.Number > 0:
		return strings.TrimSpace("#" + strconv.Itoa(in.Number) + " " + string(title))
	case len(title) == 0:
		return clean.Line(in.ID)
	}
	return string(title)
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
