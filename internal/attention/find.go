// Package attention decides what a responder who does not look at the screen is to
// hear of, when, and in which words; and how a terminal is asked to show it. It is
// pure: the screen and the command watch do what it says.
package attention

import (
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/internal/triage/changes"
)

// Event is a change of a group that a responder is to hear of.
type Event struct {
	changes.Change
	// Detail says what the group is about besides its name: service and severity;
	// cleaned.
	Detail string
	// Reading: the responder hears of it only because they read the group.
	Reading bool
}

// Finder finds what a responder is to hear of.
type Finder struct {
	// Matches reports whether a group is one whose news the responder wants.
	Matches func(g *triage.Group) bool
	// Reading is the id of the group that is being read; empty: none is.
	Reading string
}

// Find returns the events among the changes from the groups of one time to those of
// a later one. A group that matches is an event when it is new, when its
// acknowledgement ended, and when a change made it match. Only what waits for
// somebody is one. Of the group that is being read every change is an event, but for
// what the person did.
func (f Finder) Find(news []changes.Change, before, after []triage.Group) []Event {
	var events []Event
	for _, c := range news {
		reading := f.Reading != "" && (c.ID == f.Reading || slices.Contains(c.From, f.Reading))
		now := find(after, c.ID)
		e := Event{Change: c, Detail: Detail(now)}
		switch {
		case now != nil && Waits(now) && f.Matches(now) && f.begins(c, before):
		case reading && (c.Kind != changes.Acknowledged || c.Who != "you"):
			e.Reading = true
		default:
			continue
		}
		events = append(events, e)
	}
	return events
}

// begins reports whether a change of a group that matches is one to hear of.
func (f Finder) begins(c changes.Change, before []triage.Group) bool {
	switch c.Kind {
	case changes.New, changes.Opened, changes.TriggeredAgain:
		return true
	case changes.Escalated, changes.Went, changes.Asked, changes.Graver, changes.Fires, changes.FiresAgain:
		was := find(before, c.ID)
		return was == nil || !f.Matches(was)
	}
	return false
}

// Waits reports whether a group waits for somebody: it is triggered or fires, or the
// person is asked to join it.
func Waits(g *triage.Group) bool {
	return g.State == triage.Triggered || g.State == triage.Firing || g.Asked != nil && g.State == triage.Acknowledged
}

// Detail says what a group is about besides its name; empty for nil.
func Detail(g *triage.Group) string {
	if g == nil {
		return ""
	}
	var parts []string
	for _, part := range []string{clean.Line(g.ServiceLabel()), string(g.Severity)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

func find(groups []triage.Group, id string) *triage.Group {
	if i := slices.IndexFunc(groups, func(g triage.Group) bool { return g.ID == id }); i >= 0 {
		return &groups[i]
	}
	return nil
}
