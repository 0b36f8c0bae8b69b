package triage

import (
	"slices"
	"time"
)

// Standing is the one word for what a group is counted as: rows, headings, the header's
// counts, filters and list --json have it from here.
type Standing string

// The standings. Each group has exactly one.
const (
	// CountedTriggered: an incident that nobody has acknowledged.
	CountedTriggered Standing = "triggered"
	// CountedUnpaged: alerts fire, and it is known that there is no incident for them.
	CountedUnpaged Standing = "unpaged"
	// CountedFiring: alerts fire without an incident, and it is not known whether
	// there is one.
	CountedFiring Standing = "firing"
	// CountedAcknowledged: an incident that somebody has acknowledged, or snoozed.
	CountedAcknowledged Standing = "acknowledged"
	// CountedPending and CountedSilenced: alerts without an incident that do not fire
	// yet, or are silenced or inhibited.
	CountedPending  Standing = "pending"
	CountedSilenced Standing = "silenced"
	CountedResolved Standing = "resolved"
)

// Standings are all of them, in the order in which they are counted.
func Standings() []Standing {
	return []Standing{CountedTriggered, CountedUnpaged, CountedFiring, CountedAcknowledged, CountedPending, CountedSilenced, CountedResolved}
}

// Word is the standing in rows and counts, where there is little room.
func (s Standing) Word() string {
	if s == CountedAcknowledged {
		return "acked"
	}
	return string(s)
}

// Standing is what the group is counted as.
func (g *Group) Standing() Standing {
	switch {
	case g.State != Firing && g.State != "":
		return Standing(g.State)
	case g.Unpaged:
		return CountedUnpaged
	}
	return CountedFiring
}

// Counts are how many groups have which standing, in the order of Standings.
type Counts [7]int

// Add counts a group.
func (c *Counts) Add(s Standing) { c[slices.Index(Standings(), s)]++ }

// Of is how many groups have that standing.
func (c *Counts) Of(s Standing) int { return c[slices.Index(Standings(), s)] }

// Total is how many groups there are.
func (c *Counts) Total() int {
	n := 0
	for _, of := range c {
		n += of
	}
	return n
}

// leastSnooze is PagerDuty's usual time until an acknowledgement ends. A service
// that seems to have a shorter one proves no snooze within it.
const leastSnooze = 30*time.Minute + time.Minute

// snoozed reports whether it is proven that somebody snoozed the incident: its
// acknowledgement lasts longer than one of its service could since the incident
// last changed.
func (b *builder) snoozed(g *Group) bool {
	service := b.directory.find(g.Incident.Service.ID)
	if g.State != Acknowledged || service == nil || g.AckEnds.IsZero() || g.Incident.UpdatedAt.IsZero() {
		return false
	}
	return g.AckEnds.Sub(g.Incident.UpdatedAt) > max(service.AckTimeout+time.Minute, leastSnooze)
}
