package cli

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/sources"
)

// oneLine makes text from outside fit for a line of output.
func oneLine(s string) string { return clean.Line(s) }

// leastPrefix is how much of an id names it at least.
const leastPrefix = 4

// incidentNumber is the number of an incident that a TARGET of digits is; such a
// one is nothing else.
func incidentNumber(target string) (number int, digits bool) {
	text := strings.TrimPrefix(target, "#")
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		number = -1 // too long for any
	}
	return number, true
}

// matching are the groups that a TARGET may mean, and whether it names them
// wholly: by the number of the incident or the whole id. Else it is the
// beginning of their ids, long enough and with a letter.
func matching(groups []triage.Group, target string) (found []triage.Group, whole bool) {
	where := func(fits func(triage.Group) bool) []triage.Group {
		return slices.DeleteFunc(slices.Clone(groups), func(g triage.Group) bool { return !fits(g) })
	}
	if number, digits := incidentNumber(target); digits {
		return where(func(g triage.Group) bool { return g.Incident != nil && g.Incident.Number == number }), true
	}
	if found = where(func(g triage.Group) bool { return g.ID == target }); len(found) > 0 {
		return found, true
	}
	if found = where(func(g triage.Group) bool { return strings.EqualFold(g.ID, target) }); len(found) > 0 {
		return found, true
	}
	// Alerts for which an incident was opened since: their id is its key.
	if found = where(func(g triage.Group) bool { return g.Incident != nil && g.Incident.Key == target }); len(found) > 0 && alertsID.MatchString(target) {
		return found, true
	}
	if len(target) < leastPrefix || !strings.ContainsAny(strings.ToLower(target), "abcdefghijklmnopqrstuvwxyz") {
		return nil, false
	}
	return where(func(g triage.Group) bool {
		return len(target) < len(g.ID) && strings.EqualFold(g.ID[:len(target)], target)
	}), false
}

// findGroup finds the open group that a TARGET names. It gives none, and no
// error, where there is none.
func (l look) findGroup(target string) (g *triage.Group, whole bool, err error) {
	found, whole := matching(l.groups, strings.TrimSpace(target))
	switch len(found) {
	case 0:
		return nil, false, nil
	case 1:
		return &found[0], whole, nil
	}
	lines := make([]string, len(found))
	for i, g := range found {
		lines[i] = fmt.Sprintf("%s (%s)", oneLine(g.ID), g.Headline())
	}
	how := "is the beginning of several"
	if whole {
		how = "names several"
	}
	return nil, false, usagef("%q %s: %s", oneLine(target), how, strings.Join(lines, ", "))
}

// noGroup is the error of a TARGET that names nothing.
func (l look) noGroup(target string) error {
	hint := ""
	if failed := l.failed(); len(failed) > 0 {
		hint = fmt.Sprintf(" (and %s could not be read)", oneLine(failed[0].Source.Name))
	}
	return fmt.Errorf("no open group is called %q%s: `firstline list` shows the ids", oneLine(target), hint)
}

// openGroup finds the open group that a TARGET names.
func (l look) openGroup(target string) (triage.Group, error) {
	g, _, err := l.findGroup(target)
	switch {
	case err != nil:
		return triage.Group{}, err
	case g == nil:
		return triage.Group{}, l.noGroup(target)
	}
	return *g, nil
}

// findGroups finds the groups that the TARGETs name, each once, in their order.
// What is not among the open ones is looked up by its whole id or number: an
// incident that is over is a group of its own. unasked: nobody sees what is
// meant before it is sent, so that alerts need their whole id.
func (s *setup) findGroups(ctx context.Context, l *look, targets []string, unasked bool) ([]triage.Group, error) {
	var found []triage.Group
	for _, target := range targets {
		g, err := s.named(ctx, l, target, unasked)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(found, func(other triage.Group) bool { return other.ID == g.ID }) {
			found = append(found, g)
		}
	}
	return found, nil
}

func (s *setup) named(ctx context.Context, l *look, target string, unasked bool) (triage.Group, error) {
	target = strings.TrimSpace(target)
	g, whole, err := l.findGroup(target)
	switch {
	case err != nil:
		return triage.Group{}, err
	case g != nil && unasked && !whole && g.Incident == nil:
		return triage.Group{}, usagef("nothing was sent: %q is the beginning of the id of alerts without an incident, %s (%s): with --yes give their whole id",
			oneLine(target), oneLine(g.ID), g.Headline())
	case g != nil:
		return *g, nil
	}
	i, found, err := s.lookUpIncident(ctx, target)
	switch {
	case err != nil:
		return triage.Group{}, fmt.Errorf("%q is not among what is open, and looking it up failed: %s", oneLine(target), oneLine(sources.Sentence(err)))
	case !found:
		return triage.Group{}, l.noGroup(target)
	case i.Status == sources.Resolved:
		return groupFor(i), nil
	}
	return s.takeIn(l, i), nil
}

// alertsID is what the id of a group without an incident looks like.
var alertsID = regexp.MustCompile(`^[0-9a-f]{12}$`)

// plainIncidentID is what an incident's whole id looks like.
var plainIncidentID = regexp.MustCompile(`^[A-Z0-9]{7,20}$`)

// lookUpIncident reads an incident by its whole id or its number.
func (s *setup) lookUpIncident(ctx context.Context, target string) (i sources.Incident, found bool, err error) {
	if s.account == nil {
		return i, false, nil
	}
	number, digits := incidentNumber(target)
	switch id := strings.ToUpper(target); {
	case digits && number >= 0:
		i, err = s.account.IncidentByNumber(ctx, number)
	case !digits && plainIncidentID.MatchString(id):
		i, err = s.account.Incident(ctx, id)
	default:
		return i, false, nil
	}
	if sources.ReasonOf(err) == sources.NotFound {
		return i, false, nil
	}
	return i, err == nil, err
}

// takeIn adds an open incident that was not among those that were read, such as
// one of another team, and gives its group.
func (s *setup) takeIn(l *look, i sources.Incident) triage.Group {
	l.snapshots = slices.Clone(l.snapshots)
	for n, snap := range l.snapshots {
		if snap.Source.Kind == sources.PagerDuty && snap.Source.Name == i.Source {
			l.snapshots[n].Data.Incidents = append(slices.Clone(snap.Data.Incidents), i)
		}
	}
	l.groups = triage.Join(l.snapshots, s.triage, l.at)
	for _, g := range l.groups {
		if g.Incident != nil && g.Incident.ID == i.ID {
			return g
		}
	}
	return groupFor(i)
}

// groupFor is the group of an incident that nothing was joined with.
func groupFor(i sources.Incident) triage.Group {
	return triage.Group{
		ID: i.ID, Title: i.Title, Service: i.Service.Name, ServiceID: i.Service.ID, State: triage.State(i.Status),
		Urgency: i.Urgency, Since: i.CreatedAt, Incident: &i,
	}
}
