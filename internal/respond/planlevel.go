package respond

import (
	"fmt"
	"slices"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// nextLevel plans PagerDuty's own next level of the policy that an incident is
// on. It never sends the policy, which would restart it at level 1.
func (b *planner) nextLevel(item *Item) []Recipient {
	i, ok := b.openIncident(item)
	if !ok {
		return nil
	}
	if item.Refused = b.w.unknownOnCall(i.Policy.ID, describe.Label(i.Policy, "escalation policy")); item.Refused != "" {
		return nil
	}
	c := b.escalationCase(i.Urgency)
	policy := b.policyOf(i.Policy)
	on := escalation.LevelOf(i, policy, b.r.Facts.Logs[i.ID], b.w.Now)
	if on.Level == 0 {
		item.Refused = b.onNoLevel(i, policy, on)
		return nil
	}
	f, refused := b.nextOf(i, policy, on, c)
	if refused != "" {
		item.Refused = refused
		return nil
	}
	level := f.Now.Level
	step := Step{
		Kind: StepLevel, IncidentID: i.ID, PolicyID: i.Policy.ID, PolicyName: policy.Name, Level: level, From: on.Level,
		Sentence:   fmt.Sprintf("escalate it to level %d of %s", level, policy.Name),
		Recipients: f.Now.IDs(),
	}
	item.Target = Target{Kind: ToPolicy, ID: i.Policy.ID, Name: policy.Name, PolicyID: i.Policy.ID}
	b.afterNote(item, step, fmt.Sprintf("escalates it from level %d to level %d of %s", on.Level, level, policy.Name))
	switch {
	case level > on.Level+1:
		item.Warnings = append(item.Warnings, fmt.Sprintf("Between level %d and level %d of %s nobody else is on call.", on.Level, level, policy.Name))
	case level <= on.Level:
		item.Warnings = append(item.Warnings, fmt.Sprintf("After level %d of %s nobody else is on call, so it begins again at level %d.", on.Level, policy.Name, level))
	}
	for _, d := range on.Doubts {
		item.Warnings = append(item.Warnings, clean.Line(d))
	}
	b.expect(item, f)
	b.warnOfHolders(item)
	return b.w.recipientsOf(f)
}

// onNoLevel says why an incident can't go to the next level.
func (b *planner) onNoLevel(i sources.Incident, policy escalation.Policy, on escalation.On) string {
	switch {
	case i.AssignedVia == sources.AssignedDirectly:
		return fmt.Sprintf("%s is %s directly, so it is on no level of %s: escalate it to a policy or hand it off.",
			describe.Incident(i), b.holders(i), policy.Name)
	case len(i.Assignments) > 0:
		return fmt.Sprintf("%s is %s, who is on no level of %s now: escalate it to a policy or hand it off.",
			describe.Incident(i), b.holders(i), policy.Name)
	}
	return fmt.Sprintf("Which level of %s %s is on is not known: %s. Escalate it to a policy or hand it off.",
		policy.Name, describe.Incident(i), clean.Line(on.Missing))
}

// nextOf returns the escalation to the next level that would notify somebody
// other than the assignees. refused says why there is no such level. After the
// last level it is the first one, if the policy begins again.
func (b *planner) nextOf(i sources.Incident, policy escalation.Policy, on escalation.On, c escalation.Case) (f escalation.Forecast, refused string) {
	from, to := on.Level+1, 0
	c.Passes = 1 // how often the policy has already begun again is not reported
	for {
		f = escalation.OfLevel(policy, from, c)
		switch {
		case f.Nobody() && to == 0 && policy.Loops > 0:
			from, to = 1, on.Level // begins again
			continue
		case f.Nobody() || to > 0 && f.Now.Level > to:
			return f, fmt.Sprintf("%s is on level %d of %s, and no level after it has anybody else on call: escalate it to another policy or hand it off.",
				describe.Incident(i), on.Level, policy.Name)
		case len(f.Now.People) == 0:
			return f, fmt.Sprintf("Who would be notified at level %d of %s is not known: %s. Refresh and try again.", f.Now.Level, policy.Name, clean.Line(f.Now.Missing))
		case slices.ContainsFunc(f.Now.People, func(p escalation.Person) bool { return !assignedTo(i, p.User.ID) }):
			return f, ""
		}
		from = f.Now.Level + 1
	}
}

// holders says whom an incident is assigned to.
func (b *planner) holders(i sources.Incident) string { return describe.Holders(i, b.w.whoOf) }

// namedNext is the name of who is next on call for a group, where that is the
// target and known; else the target as it is.
func (b *planner) namedNext(g triage.Group) string {
	if b.plan.Target.Kind == ToNextOnCall && b.plan.Refused == "" {
		if t, refused := b.nextOnCall(&Item{Group: g}); refused == "" {
			return t.Name
		}
	}
	return b.toWhom()
}

// nextOnCall makes the target of a hand-off whoever is next on the schedule by
// which an incident is with the person it is assigned to.
func (b *planner) nextOnCall(item *Item) (Target, string) {
	i := item.Group.Incident
	if i == nil {
		return Target{}, noIncident(item.Group, "") + ", and without one nobody is next on call for it: choose a person or a team."
	}
	now, ok := b.w.turnOf(*i)
	if !ok {
		if unknown := b.w.unknownOnCall(i.Policy.ID, describe.Label(i.Policy, "escalation policy")); unknown != "" {
			return Target{}, unknown
		}
		return Target{}, fmt.Sprintf("%s is %s, not by a schedule, so nobody is next: choose a person or a team.", describe.Incident(*i), b.holders(*i))
	}
	var next *sources.OnCall
	for n, o := range b.r.Facts.Upcoming {
		if o.Schedule.ID != now.Schedule.ID || o.User.ID == now.User.ID || !o.Start.After(b.w.Now) {
			continue
		}
		if next == nil || o.Start.Before(next.Start) {
			next = &b.r.Facts.Upcoming[n]
		}
	}
	if next == nil && !b.r.Facts.UpcomingExtent.Whole() {
		return Target{}, fmt.Sprintf("Who is next on %s is not known, because %s: choose a person or a team.",
			describe.Label(now.Schedule, "schedule"), clean.Line(b.r.Facts.UpcomingExtent.Why()))
	}
	if next == nil {
		return Target{}, fmt.Sprintf("Nobody but %s is on %s for the next two weeks: choose a person or a team.",
			b.w.whoOf(now.User), describe.Label(now.Schedule, "schedule"))
	}
	recipient := b.w.recipient(next.User, next.Start)
	turn := wallclock.Of(b.w.Now).Named().Weekday(next.Start) + ", and what time it is for them is not known"
	if recipient.Zone != "" {
		turn = wallclock.In(recipient.Local.Location()).Weekday(recipient.Local) + " in " + recipient.Zone
	}
	item.Warnings = append(item.Warnings, fmt.Sprintf("%s is next on %s and not on call yet: the turn begins %s.", recipient.Name, describe.Label(next.Schedule, "schedule"), turn))
	b.next = append(b.next, next.User.ID)
	return Target{Kind: ToUser, ID: next.User.ID, Name: recipient.Name}, ""
}
