// Package changes compares a list of alert groups at two times, for a responder who
// did not look in between. What a source did not report whole at one of the times
// is no change: a group that is missing then may be there.
package changes

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/labelset"
	"firstline/internal/triage"
	"firstline/sources"
)

// List is what of the groups at one time is compared. It holds no group in memory.
type List struct {
	// At is when the sources were read, begun when those of the first list that it
	// continues were.
	At, begun time.Time
	groups    []group
	byID      map[string]int
	// whole are the names of the sources whose lists were read completely, heard of those
	// that have said anything.
	whole, heard map[string]bool
}

// group is what of an alert group is compared.
type group struct {
	id, name string
	state    triage.State
	since    time.Time
	over     triage.OverState
	silenced bool
	// asked is who asked the person at the screen to join, "somebody" where that is
	// unknown, and when.
	asked    string
	askedAt  time.Time
	severity triage.Severity
	urgency  string
	// incident is set for a group with an incident, with the rest of this block.
	incident      bool
	policyID      string
	byPolicy      bool // the escalation policy assigned it
	assigneesRead bool
	assignees     []person
	acknowledgers []person
	changedBy     person
	escalatesAt   time.Time
	// sources are those that have the group, informing those that say anything of it.
	sources, informing []string
	// alerts are hashes of the label sets of the alerts.
	alerts []uint64
}

// person is a user with the time since when they have something.
type person struct {
	id, name string
	at       time.Time
}

// Has reports whether a group is in the list.
func (l *List) Has(id string) bool {
	_, found := l.byID[id]
	return found
}

// Of returns the list of groups that snapshots were joined into. It names them by all
// that their titles have: what is said of a change is read without the other rows.
func Of(groups []triage.Group, snapshots []sources.Snapshot, at time.Time) *List {
	l := &List{At: at, begun: at, groups: make([]group, len(groups)), byID: make(map[string]int, len(groups)), whole: map[string]bool{}, heard: map[string]bool{}}
	for _, s := range snapshots {
		extent := s.Data.Extents.Alerts
		if s.Source.Kind == sources.PagerDuty {
			extent = s.Data.Extents.Incidents
		}
		l.heard[s.Source.Name] = !s.AsOf.IsZero()
		l.whole[s.Source.Name] = s.OK() && !s.Partial && extent.Whole()
	}
	for i := range groups {
		l.groups[i] = groupOf(&groups[i])
		l.byID[groups[i].ID] = i
	}
	return l
}

func groupOf(g *triage.Group) group {
	title := g.RowTitle(triage.Shared{})
	out := group{
		id: g.ID, name: title, state: g.State, since: g.Since, over: g.Over.State,
		silenced: len(g.Silences) > 0, severity: g.Severity, urgency: g.Urgency,
	}
	for i := range g.Alerts {
		a := &g.Alerts[i]
		out.alerts = append(out.alerts, labelset.Comparer{}.Hash(a.Labels, nil))
		for _, name := range a.Sources {
			if !slices.Contains(out.informing, name) {
				out.informing = append(out.informing, name)
			}
		}
	}
	if g.Incident == nil {
		out.sources = slices.Clone(out.informing)
	}
	for _, s := range g.Silences {
		if !slices.Contains(out.informing, s.Source) {
			out.informing = append(out.informing, s.Source)
		}
	}
	if in := g.Incident; in != nil {
		out.incident, out.sources = true, []string{in.Source}
		out.name = clean.Line(in.Short()) + " " + title
		out.policyID, out.byPolicy = in.Policy.ID, in.AssignedVia == sources.AssignedByPolicy
		out.assigneesRead, out.assignees = in.AssigneesRead(), people(in.Assignments)
		out.acknowledgers = people(in.Acknowledgers)
		out.changedBy = person{in.ChangedBy.ID, nameOf(in.ChangedBy), in.ChangedAt}
		out.escalatesAt = g.EscalatesAt
		if g.Asked != nil {
			out.asked, out.askedAt = cmp.Or(clean.Line(g.Asked.By), "somebody"), g.Asked.At
		}
	}
	return out
}

func people(list []sources.Assignment) []person {
	out := make([]person, len(list))
	for i, a := range list {
		out[i] = person{a.User.ID, nameOf(a.User), a.At}
	}
	return out
}

func nameOf(r sources.Reference) string { return clean.Line(r.Label("user")) }

// names are people in one text.
func names(list []person) string {
	all := make([]string, len(list))
	for i, p := range list {
		all[i] = p.name
	}
	return strings.Join(all, ", ")
}

// read reports whether any of the group's sources was read whole in the list: a
// group that it does not have was not there then.
func (l *List) read(g group) bool {
	return slices.ContainsFunc(g.sources, func(name string) bool { return l.whole[name] })
}

// readAll is read for all of its sources.
func (l *List) readAll(g group) bool {
	return len(g.sources) > 0 && !slices.ContainsFunc(g.sources, func(name string) bool { return !l.whole[name] })
}
