package graph

import (
	"cmp"
	"slices"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

// Mark is a time that is marked on a graph.
type Mark struct {
	At time.Time
	// Letter is its mark, Text what happened, in a few words.
	Letter rune
	Text   string
}

// The letters of marks.
const (
	Began        = 'B' // the expression became true
	Fired        = 'F'
	Opened       = 'I' // the incident was opened
	Acknowledged = 'A'
	Change       = 'C' // something was changed, such as by a deploy
	Resolved     = 'R'
)

// Marks are the times that a graph of a group marks, the earliest first: those of the
// alerts that the graph is about, and those of the group's incident.
func Marks(g triage.Group, q Question) []Mark {
	var marks []Mark
	var first, fired time.Time
	for _, a := range q.Of {
		if a.ActiveSince.IsZero() {
			continue
		}
		// A Prometheus says since when the expression is true, an Alertmanager since
		// when the alert fires.
		switch {
		case len(a.Clusters) > 0:
			fired = earliest(fired, a.ActiveSince)
			first = earliest(first, a.ActiveSince.Add(-q.For))
		case a.State == sources.AlertPending:
			first = earliest(first, a.ActiveSince)
		default:
			first = earliest(first, a.ActiveSince)
			fired = earliest(fired, a.ActiveSince.Add(q.For))
		}
	}
	if !first.IsZero() && !first.Equal(fired) {
		marks = append(marks, Mark{first, Began, "true since"})
	}
	if !fired.IsZero() {
		marks = append(marks, Mark{fired, Fired, "fired"})
	}
	if i := g.Incident; i != nil {
		if !i.CreatedAt.IsZero() {
			marks = append(marks, Mark{i.CreatedAt, Opened, "incident"})
		}
		for _, a := range i.Acknowledgers {
			if !a.At.IsZero() {
				marks = append(marks, Mark{a.At, Acknowledged, cmp.Or(a.User.Name, "somebody") + " acknowledged"})
			}
		}
	}
	slices.SortStableFunc(marks, func(a, b Mark) int { return a.At.Compare(b.At) })
	return marks
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}
