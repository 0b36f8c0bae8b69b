package pane

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/reply"
)

// How far ahead turns are read, for how long they are valid, after what time a read
// that failed is tried again, and how long one may take.
const (
	turnsAhead    = 14 * 24 * time.Hour
	turnsFor      = 5 * time.Minute
	turnsRetry    = time.Minute
	turnsTime     = 30 * time.Second
	mostOnCalls   = 64 // policies whose turns are remembered
	mostOfOneList = 5  // people of a level that are named
)

// turns are who is on call for a policy, as they were read.
type turns struct {
	list   []sources.OnCall
	extent sources.Extent
	// until is up to when they were read, at is when; zero: not yet. failed is why
	// the last read failed.
	until, at, tried time.Time
	failed           error
}

// turnsReader reads who is on call for the policy of the group that is shown, one
// policy at a time.
type turnsReader struct {
	policies map[string]turns
	reading  reply.Loader
}

// of is what was read of a policy.
func (r *turnsReader) of(policyID string) turns { return r.policies[policyID] }

// forget has all read again, and what was read stays until then.
func (r *turnsReader) forget() {
	for id, t := range r.policies {
		t.tried = time.Time{}
		r.policies[id] = t
	}
}

// policyOf is the escalation policy that a group is about: its incident's, else its
// owner's.
func policyOf(g triage.Group) sources.Reference {
	if g.Incident != nil && g.Incident.Policy.ID != "" {
		return g.Incident.Policy
	}
	return sources.Reference{ID: g.OwnerPolicyID}
}

// follow starts reading when the details are shown and the turns are not there, or
// old.
func (r *turnsReader) follow(p *Pane, g *triage.Group, shown bool) tea.Cmd {
	read := p.Options.OnCallsUntil
	if g == nil || read == nil || !shown || r.reading.Busy() {
		return nil
	}
	id := policyOf(*g).ID
	old, now := r.policies[id], p.TimeNow()
	valid := turnsFor
	if old.failed != nil {
		valid = turnsRetry
	}
	if id == "" || !old.tried.IsZero() && now.Sub(old.tried) < valid {
		return nil
	}
	ctx, until := p.Context, now.Add(turnsAhead)
	return reply.Start(&r.reading, func() turns {
		ctx, cancel := context.WithTimeout(ctx, turnsTime)
		defer cancel()
		list, extent, err := read(ctx, until, id)
		if err != nil {
			return turns{failed: err}
		}
		return turns{list: list, extent: extent, until: until, at: now}
	}, reply.Nothing(func(t turns) {
		if t.failed != nil {
			t.list, t.extent, t.until, t.at = old.list, old.extent, old.until, old.at
		}
		t.tried = now
		if r.policies == nil || len(r.policies) >= mostOnCalls {
			r.policies = map[string]turns{}
		}
		r.policies[id] = t
		p.Invalidate()
	}))
}

// onCall shows who is on call at each level of the group's policy, and who is next.
func (d *details) onCall() {
	ref := policyOf(d.Group)
	policy, found := triage.PolicyOf(d.Snapshots, ref)
	switch {
	case !found:
		return
	case ref.ID == "":
		d.heading("On call")
		d.fieldIn("", "not known: PagerDuty names no escalation policy for it", draw.Dim)
		return
	}
	if d.turns.at.After(time.Time{}) && d.turns.until.After(d.Now) {
		policy.OnCalls, policy.OnCallsRead, policy.Until = d.turns.list, d.turns.extent, d.turns.until
	}
	name := describe.Label(sources.Reference{ID: ref.ID, Name: policy.Name}, "escalation policy")
	if d.Group.Incident == nil {
		name += ", of the owner"
	}
	d.heading("On call: " + name)
	duties, missing := policy.Duties(d.Now)
	for _, duty := range duties {
		d.duty(&policy, duty)
	}
	switch {
	case missing != "":
		d.fieldIn("", "whether there are further levels is not known, because "+clean.Line(missing), draw.Dim)
	case len(duties) == 0:
		d.fieldIn("", "this policy has no level", draw.Warning)
	}
	switch {
	case d.turns.failed != nil && !d.turns.at.IsZero():
		d.fieldIn("", "as read "+d.moment(d.turns.at)+"; now it could not be: "+describe.Explain(d.turns.failed), draw.Warning)
	case d.turns.failed != nil:
		d.fieldIn("", "who is next could not be read: "+describe.Explain(d.turns.failed), draw.Warning)
	case d.reads && d.turns.at.IsZero():
		d.fieldIn("", "reading who is next …", draw.Dim)
	}
}

// duty shows a level: who is on call and until when, and below who is after that.
func (d *details) duty(p *escalation.Policy, duty escalation.Duty) {
	who, role := d.whoIsOn(p, duty.Level, duty.Now, duty.Missing)
	switch {
	case !duty.At.IsZero():
		who += " until " + d.moment(duty.At)
	case len(duty.Now) == 0 && duty.Missing != "":
	case duty.Always:
		who += ", always"
	case !duty.Until.IsZero():
		who += " until " + d.Clock(duty.Until, d.Now) + " or longer"
	}
	d.fieldIn("Level "+strconv.Itoa(duty.Level), who, role)
	if !duty.At.IsZero() {
		next, role := d.whoIsOn(p, duty.Level, duty.Next, duty.NextMissing)
		if role == draw.Plain || p.Until.IsZero() {
			role = draw.Dim
		}
		d.fieldIn("", "then "+next, role)
	}
}

// whoIsOn names the people who are on call for a level, or says what is not known.
func (d *details) whoIsOn(p *escalation.Policy, level int, people []escalation.Person, missing string) (string, draw.Role) {
	switch {
	case len(people) == 0 && missing == "":
		return "nobody", draw.Warning
	case len(people) == 0:
		return "not known, because " + clean.Line(missing), draw.Warning
	}
	names := make([]string, len(people))
	for i, person := range people {
		names[i] = d.personOn(person)
	}
	who := describe.Few(names, mostOfOneList)
	if len(people) > 1 {
		if level <= len(p.Levels) && p.Levels[level-1].Strategy == sources.RoundRobin {
			who = "one of " + strings.Join(names, ", ") + " (round robin)"
		}
	}
	if missing != "" {
		return who + ", perhaps others, because " + clean.Line(missing), draw.Warning
	}
	return who, draw.Plain
}

// personOn is a person's name, with the time of day where it is another one for
// them.
func (d *details) personOn(person escalation.Person) string {
	user := sources.User{Name: person.User.Name}
	for i := range d.Snapshots {
		users := d.Snapshots[i].Data.Users
		if at := slices.IndexFunc(users, func(u sources.User) bool { return u.ID == person.User.ID }); at >= 0 {
			user = users[at]
		}
	}
	name := clean.Line(user.Name)
	if name == "" {
		name = describe.Label(person.User, "user")
	}
	switch zone := wallclock.Zone(user.TimeZone); {
	case zone == nil:
		return name + " (local time not known)"
	case wallclock.Differs(d.Now.In(d.Location), zone):
		return name + " (" + wallclock.In(zone).Minute(d.Now) + " in " + clean.Line(user.TimeZone) + ")"
	}
	return name
}
