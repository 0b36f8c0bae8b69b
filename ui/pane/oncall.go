package pane

import (
	"strconv"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/draw"
)

// mostOfOneList is how many people of a level are named.
const mostOfOneList = 5

// PolicyOf is the escalation policy that a group is about: its incident's, else its
// owner's.
func PolicyOf(g triage.Group) sources.Reference {
	if g.Incident != nil && g.Incident.Policy.ID != "" {
		return g.Incident.Policy
	}
	return sources.Reference{ID: g.OwnerPolicyID}
}

// onCall shows who is on call now at each level of the group's policy. The tab On call
// has the rest.
func (d *details) onCall() {
	ref := PolicyOf(d.Group)
	policy, found := triage.PolicyOf(d.Snapshots, ref)
	switch {
	case !found:
		return
	case ref.ID == "":
		d.heading("On call")
		d.fieldIn("", "not known: PagerDuty names no escalation policy for it", draw.Dim)
		return
	}
	name := describe.Label(sources.Reference{ID: ref.ID, Name: policy.Name}, "escalation policy")
	if d.Group.Incident == nil {
		name += ", of the owner"
	}
	d.heading("On call: " + name)
	d.OnCall(&policy, d.Snapshots, false)
	if d.Options.OnCall {
		d.fieldIn("", "next, gaps, overrides: the tab On call", draw.Dim)
	}
}

// OnCall writes who is on call at each level of a policy and until when and, where
// next asks for it, who is after that.
func (f *Fields) OnCall(p *escalation.Policy, snapshots []sources.Snapshot, next bool) {
	duties, missing := p.Duties(f.now)
	for _, duty := range duties {
		f.duty(p, snapshots, duty, next)
	}
	switch {
	case missing != "":
		f.fieldIn("", "whether there are further levels is not known, because "+clean.Line(missing), draw.Dim)
	case len(duties) == 0:
		f.fieldIn("", "this policy has no level", draw.Warning)
	}
}

// duty writes a level.
func (f *Fields) duty(p *escalation.Policy, snapshots []sources.Snapshot, duty escalation.Duty, next bool) {
	who, role := f.whoIsOn(p, snapshots, duty.Level, duty.Now, duty.Missing)
	switch {
	case !duty.At.IsZero():
		who += " until " + f.moment(duty.At)
	case len(duty.Now) == 0 && duty.Missing != "":
	case duty.Always:
		who += ", always"
	case !duty.Until.IsZero():
		who += " until " + f.Clock(duty.Until, f.now) + " or longer"
	}
	f.fieldIn("Level "+strconv.Itoa(duty.Level), who, role)
	if next && !duty.At.IsZero() {
		then, role := f.whoIsOn(p, snapshots, duty.Level, duty.Next, duty.NextMissing)
		if role == draw.Plain || p.Until.IsZero() {
			role = draw.Dim
		}
		f.fieldIn("", "then "+then, role)
	}
}

// whoIsOn names the people who are on call for a level, or says what is not known.
func (f *Fields) whoIsOn(p *escalation.Policy, snapshots []sources.Snapshot, level int, people []escalation.Person, missing string) (string, draw.Role) {
	switch {
	case len(people) == 0 && missing == "":
		return "nobody", draw.Warning
	case len(people) == 0:
		return "not known, because " + clean.Line(missing), draw.Warning
	}
	names := make([]string, len(people))
	for i, person := range people {
		names[i] = describe.There(triage.UserOf(snapshots, person.User), f.now.In(f.Location))
	}
	who := describe.Few(names, mostOfOneList)
	if len(people) > 1 && level <= len(p.Levels) && p.Levels[level-1].Strategy == sources.RoundRobin {
		who = "one of " + strings.Join(names, ", ") + " (round robin)"
	}
	if missing != "" {
		return who + ", perhaps others, because " + clean.Line(missing), draw.Warning
	}
	return who, draw.Plain
}

// When is a time of the coming days, with its weekday.
func (f *Fields) When(t time.Time) string { return f.Times().Whole(t) }
