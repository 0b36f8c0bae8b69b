package triage

import (
	"slices"
	"time"
)

// CountedAs is the one word for what a group is counted as: rows, headings, the header's
// counts, filters and list --json have it from here.
type CountedAs string

// What a group can be counted as. It is exactly one.
const (
	// CountedTriggered: an incident that nobody has acknowledged.
	CountedTriggered CountedAs = "triggered"
	// CountedUnpaged: alerts fire, and it is known that there is no incident for them.
	CountedUnpaged CountedAs = "unpaged"
	// CountedFiring: alerts fire without an incident, and it is not known whether
	// there is one.
	CountedFiring CountedAs = "firing"
	// CountedAcknowledged: an incident that somebody has acknowledged, or snoozed.
	CountedAcknowledged CountedAs = "acknowledged"
	// CountedPending and CountedSilenced: alerts without an incident that do not fire
	// yet, or are silenced or inhibited.
	CountedPending  CountedAs = "pending"
	CountedSilenced CountedAs = "silenced"
	CountedResolved CountedAs = "resolved"
)

// EachCountedAs are all of them, in the order in which they are counted.
func EachCountedAs() []CountedAs {
	return []CountedAs{CountedTriggered, CountedUnpaged, CountedFiring, CountedAcknowledged, CountedPending, CountedSilenced, CountedResolved}
}

// Word is what a group is counted as, in rows and counts, where there is little room.
func (s CountedAs) Word() string {
	if s == CountedAcknowledged {
		return "acked"
	}
	return string(s)
}

// CountedAs is what the group is counted as.
func (g *Group) CountedAs() CountedAs {
	switch {
	case g.State != Firing && g.State != "":
		return CountedAs(g.State)
	case g.Unpaged:
		return CountedUnpaged
	}
	return CountedFiring
}

// Counts are how many groups are counted as what, in the order of EachCountedAs.
type Counts [7]int

// Add counts a group.
func (c *Counts) Add(s CountedAs) { c[slices.Index(EachCountedAs(), s)]++ }

// Of is how many groups are counted as that.
func (c *Counts) Of(s CountedAs) int { return c[slices.Index(EachCountedAs(), s)] }

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
	service := b.directory.ofID(g.Incident.Source, g.Incident.Service.ID)
	if g.State != Acknowledged || service == nil || g.AckEnds.IsZero() || g.Incident.UpdatedAt.IsZero() {
		return false
	}
	return g.AckEnds.Sub(g.Incident.UpdatedAt) > max(service.AckTimeout+time.Minute, leastSnooze)
}
