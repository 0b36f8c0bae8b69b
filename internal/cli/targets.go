package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"firstline/internal/clean"
	"firstline/internal/lazyregexp"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// oneLine makes text from outside fit for a line of output.
func oneLine(s string) string { return clean.Line(s) }

// shown is what was typed for a TARGET as an error shows it, so that the rest of
// the sentence stays readable.
func shown(text string) string { return wording.Shorten(oneLine(text), 4*longestID) }

const (
	// leastPrefix is how much of an id names it at least, longestID how long an
	// id is at most.
	leastPrefix, longestID = 4, 64
	// mostNumber is more than any incident's number.
	mostNumber = 1 << 53
)

// targetForm says what a TARGET looks like.
const targetForm = "a TARGET is the number of an incident, such as 1042 or #1042, or the id of a group as `firstline list` shows it, or its beginning: at least 4 characters with a letter"

// target is a TARGET that was parsed.
type target struct {
	// text is what was typed.
	text string
	// number is an incident's; 0: text is an id or the beginning of one.
	number int
}

// idForm is what an id and its beginning look like.
var idForm = lazyregexp.New(`^[\pL\d][\pL\d_-]*$`)

// parseTarget parses a TARGET. Digits are the number of an incident and nothing
// else. An error is one of usage.
func parseTarget(s string) (target, error) {
	text, err := typedTarget(s)
	if err != nil {
		return target{}, err
	}
	wrong := func(why string) (target, error) {
		return target{}, usagef("%q %s: %s", shown(text), why, targetForm)
	}
	digits := strings.TrimPrefix(text, "#")
	if digits != "" && strings.Trim(digits, "0123456789") == "" {
		number, err := strconv.Atoi(digits)
		switch {
		case err != nil || number > mostNumber:
			return wrong("is too large for the number of an incident")
		case number == 0:
			return wrong("is the number of no incident, which begin at 1")
		}
		return target{text: text, number: number}, nil
	}
	switch {
	case !idForm.MatchString(text) || len(text) > longestID:
		return wrong("is no TARGET")
	case utf8.RuneCountInString(text) < leastPrefix, !strings.ContainsFunc(text, unicode.IsLetter):
		return wrong("is too little of an id")
	}
	return target{text: text}, nil
}

// typedTarget is what was typed, which is something that can be read.
func typedTarget(s string) (string, error) {
	text := strings.TrimSpace(s)
	if text == "" || oneLine(text) != text {
		return "", usagef("%q is no TARGET: %s", shown(text), targetForm)
	}
	return text, nil
}

// matching are the groups that a TARGET may mean, and whether it names them
// wholly: by the number of the incident or the whole id. Else it is the
// beginning of their ids, long enough and with a letter.
func matching(groups []triage.Group, t target) (found []triage.Group, whole bool) {
	where := func(fits func(triage.Group) bool) []triage.Group {
		return slices.DeleteFunc(slices.Clone(groups), func(g triage.Group) bool { return !fits(g) })
	}
	if t.number != 0 {
		return where(func(g triage.Group) bool { return g.Incident != nil && g.Incident.Number == t.number }), true
	}
	if found = where(func(g triage.Group) bool { return g.ID == t.text }); len(found) > 0 {
		return found, true
	}
	if found = where(func(g triage.Group) bool { return strings.EqualFold(g.ID, t.text) }); len(found) > 0 {
		return found, true
	}
	// Alerts for which an incident was opened since: their id is its key.
	if found = where(func(g triage.Group) bool { return g.Incident != nil && g.Incident.Key == t.text }); len(found) > 0 && alertsID.MatchString(t.text) {
		return found, true
	}
	return where(func(g triage.Group) bool {
		return len(t.text) < len(g.ID) && strings.EqualFold(g.ID[:len(t.text)], t.text)
	}), false
}

// findGroup returns the open group that a TARGET names, or nil without an
// error.
func (l reading) findGroup(t target) (g *triage.Group, whole bool, err error) {
	found, whole := matching(l.groups, t)
	switch len(found) {
	case 0:
		return nil, false, nil
	case 1:
		return &found[0], whole, l.alone(t, found[0])
	}
	lines := make([]string, len(found))
	for i, g := range found {
		lines[i] = fmt.Sprintf("%s (%s)", oneLine(g.ID), l.nameOf(g))
	}
	how := "is the beginning of several"
	if whole {
		how = "names several"
	}
	return nil, false, usagef("%q %s: %s", t.text, how, strings.Join(lines, ", "))
}

// nameOf is what to call a group beside others, with its account where there are several.
func (l reading) nameOf(g triage.Group) string { return l.ofAccount(&g, g.Headline()) }

// ofAccount is what is said of a group, after its account where there are several.
func (l reading) ofAccount(g *triage.Group, what string) string {
	if g.Incident != nil && l.severalAccounts() {
		return oneLine(g.Incident.Source) + ": " + what
	}
	return what
}

// severalAccounts reports whether there are several PagerDuty accounts.
func (l reading) severalAccounts() bool {
	accounts := 0
	for _, snap := range l.snapshots {
		if snap.Source.Kind == sources.PagerDuty {
			accounts++
		}
	}
	return accounts > 1
}

// alone is the error of a number that an account which was not read may have too: each
// counts its own incidents.
func (l reading) alone(t target, g triage.Group) error {
	if t.number == 0 {
		return nil
	}
	for _, snap := range l.snapshots {
		if snap.Source.Kind == sources.PagerDuty && snap.Source.Name != g.Incident.Source && (!snap.OK() || !snap.Data.Extents.Incidents.Whole()) {
			return usagef("%q is %s in %s, and may be another incident in %s, which was not read wholly: write the id", t.text, oneLine(g.ID), oneLine(g.Incident.Source), oneLine(snap.Source.Name))
		}
	}
	return nil
}

// noGroup is the error of a TARGET that names nothing.
func (l reading) noGroup(t target) error {
	hint := ""
	if failed := l.failed(); len(failed) > 0 {
		hint = fmt.Sprintf(" (and %s could not be read)", oneLine(failed[0].Source.Name))
	}
	return fmt.Errorf("no open group is called %q%s: `firstline list` shows the ids", t.text, hint)
}

// openGroup finds the open group that a TARGET names.
func (l reading) openGroup(t target) (triage.Group, error) {
	g, _, err := l.findGroup(t)
	switch {
	case err != nil:
		return triage.Group{}, err
	case g == nil:
		return triage.Group{}, l.noGroup(t)
	}
	return *g, nil
}

// findGroups finds the groups that the TARGETs name, each once, in their order.
// What is not among the open ones is looked up by its whole id or number: an
// incident that is over is a group of its own. unasked: nobody sees what is
// meant before it is sent, so that alerts need their whole id.
func (s *setup) findGroups(ctx context.Context, l *reading, targets []string, unasked bool) ([]triage.Group, error) {
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

// named finds the group that one TARGET names.
func (s *setup) named(ctx context.Context, l *reading, typed string, unasked bool) (triage.Group, error) {
	t, err := parseTarget(typed)
	if err != nil {
		return triage.Group{}, err
	}
	g, whole, err := l.findGroup(t)
	switch {
	case err != nil:
		return triage.Group{}, err
	case g != nil && unasked && !whole && g.Incident == nil:
		return triage.Group{}, usagef("nothing was sent: %q is the beginning of the id of alerts without an incident, %s (%s): with --yes give their whole id",
			t.text, oneLine(g.ID), g.Headline())
	case g != nil:
		return *g, nil
	}
	i, found, err := s.readIncident(ctx, t)
	switch {
	case err != nil:
		return triage.Group{}, fmt.Errorf("%q is not among what is open, and looking it up failed: %s", t.text, oneLine(sources.Sentence(err)))
	case !found:
		return triage.Group{}, l.noGroup(t)
	case i.Status == sources.Resolved:
		return groupFor(i), nil
	}
	return s.takeIn(l, i), nil
}

// alertsID is what the id of a group without an incident looks like.
var alertsID = lazyregexp.New(`^[0-9a-f]{12}$`)

// plainIncidentID is what an incident's whole id looks like.
var plainIncidentID = lazyregexp.New(`^[A-Z0-9]{7,20}$`)

// readIncident reads an incident by its whole id or its number.
func (s *setup) readIncident(ctx context.Context, t target) (i sources.Incident, found bool, err error) {
	if s.account == nil {
		return i, false, nil
	}
	switch id := strings.ToUpper(t.text); {
	case t.number != 0:
		i, err = s.account.IncidentByNumber(ctx, t.number)
	case plainIncidentID.MatchString(id):
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
func (s *setup) takeIn(l *reading, i sources.Incident) triage.Group {
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
		ID: i.ID, Title: i.Title, Service: i.Service.Name, ServiceID: i.Service.ID, Account: i.Source, State: triage.State(i.Status),
		Urgency: i.Urgency, Since: i.CreatedAt, Incident: &i,
	}
}
