package respond

import (
	"fmt"
	"slices"
	"time"

	"firstline/internal/clean"
	"firstline/sources"
)

// nextLevel plans PagerDuty's own next level of the policy that an incident is
// on. The policy is never sent along: that would begin it anew at level 1.
func (b *planner) nextLevel(item *Item) []Page {
	i, ok := b.openIncident(item)
	if !ok {
		return nil
	}
	if item.Refused = b.w.unknownOnCall(i.Policy.ID, labelOf(i.Policy, "escalation policy")); item.Refused != "" {
		return nil
	}
	present, refused := b.presentLevel(i)
	if refused != "" {
		item.Refused = refused
		return nil
	}
	policy := labelOf(i.Policy, "escalation policy")
	if p, ok := b.w.policy(i.Policy.ID); ok {
		policy = nameOf(sources.Reference{ID: p.ID, Name: p.Name})
	}
	level := b.levelAfter(i, present)
	if level == 0 {
		item.Refused = fmt.Sprintf("%s is on level %d of %s, and no level after it has anybody else on call: escalate it to another policy or hand it off.",
			incidentName(i), present, policy)
		return nil
	}
	pages := b.w.policyPages(i.Policy.ID, level)
	step := Step{
		Kind: StepLevel, IncidentID: i.ID, PolicyID: i.Policy.ID, PolicyName: policy, Level: level, From: present,
		Sentence: fmt.Sprintf("escalate it to level %d of %s", level, policy),
		Pages:    idsOf(usersAt(b.w.OnCalls, i.Policy.ID, level, b.w.Now)),
	}
	item.Target = Target{Kind: ToPolicy, ID: i.Policy.ID, Name: policy, PolicyID: i.Policy.ID}
	item.Steps = []Step{b.noteStep(item.Group), step}
	item.Sentence = fmt.Sprintf("Puts the note on %s, then escalates it from level %d to level %d of %s.", incidentName(i), present, level, policy)
	if level > present+1 {
		item.Warnings = append(item.Warnings, fmt.Sprintf("Between level %d and level %d of %s nobody else is on call.", present, level, policy))
	}
	b.warnOfHolders(item)
	return pages
}

// presentLevel is the level that an incident is on. PagerDuty shows it nowhere
// but, sometimes, in the log; else it is where those are on call whom the
// incident is assigned to.
func (b *planner) presentLevel(i sources.Incident) (level int, refused string) {
	if level := loggedLevel(b.r.Known.Logs[i.ID]); level > 0 {
		return level, ""
	}
	if level = assignedLevel(b.w.OnCalls, i, b.covers); level > 0 {
		return level, ""
	}
	return 0, fmt.Sprintf("%s is %s, who is on no level of %s now: escalate it to a policy or hand it off.",
		incidentName(i), b.holders(i), labelOf(i.Policy, "escalation policy"))
}

// loggedLevel is the level of the last escalation, 0 where the log does not
// tell it or somebody was assigned by name since.
func loggedLevel(entries []sources.LogEntry) int {
	var last *sources.LogEntry
	for n, e := range entries {
		if (e.Type == "escalate" || e.Type == "assign") && (last == nil || e.CreatedAt.After(last.CreatedAt)) {
			last = &entries[n]
		}
	}
	if last == nil {
		return 0
	}
	return last.Level
}

// assignedLevel is the lowest level of the incident's policy at which one of
// its assignees is on call; 0: none is.
func assignedLevel(onCalls []sources.OnCall, i sources.Incident, holds func(sources.OnCall) bool) int {
	level := 0
	for _, o := range onCalls {
		if o.Policy.ID == i.Policy.ID && holds(o) && assignedTo(i, o.User.ID) && (level == 0 || o.Level < level) {
			level = o.Level
		}
	}
	return level
}

// levelAfter is the next level that would page somebody who does not have the
// incident yet; 0: there is none.
func (b *planner) levelAfter(i sources.Incident, present int) int {
	next := 0
	for _, o := range b.w.OnCalls {
		if o.Policy.ID == i.Policy.ID && b.covers(o) && o.Level > present && !assignedTo(i, o.User.ID) && (next == 0 || o.Level < next) {
			next = o.Level
		}
	}
	return next
}

func (b *planner) covers(o sources.OnCall) bool { return covers(o, b.w.Now) }

// holders says whom an incident is assigned to.
func (b *planner) holders(i sources.Incident) string { return holders(i, b.w.whoOf) }

// nextOnCall makes the target of a hand-off whoever is next on the schedule by
// which an incident is with the person it is assigned to.
func (b *planner) nextOnCall(item *Item) (Target, string) {
	i := item.Group.Incident
	if i == nil {
		return Target{}, "There is no incident, so nobody is on call for it now and nobody next: choose a person or a team."
	}
	now, ok := b.w.turnOf(*i)
	if !ok {
		if unknown := b.w.unknownOnCall(i.Policy.ID, labelOf(i.Policy, "escalation policy")); unknown != "" {
			return Target{}, unknown
		}
		return Target{}, fmt.Sprintf("%s is %s, not by a schedule, so nobody is next: choose a person or a team.", incidentName(*i), b.holders(*i))
	}
	var next *sources.OnCall
	for n, o := range b.r.Known.Upcoming {
		if o.Schedule.ID != now.Schedule.ID || o.User.ID == now.User.ID || !o.Start.After(b.w.Now) {
			continue
		}
		if next == nil || o.Start.Before(next.Start) {
			next = &b.r.Known.Upcoming[n]
		}
	}
	if next == nil && !b.r.Known.UpcomingExtent.Whole() {
		return Target{}, fmt.Sprintf("Who is next on %s is not known, because %s: choose a person or a team.",
			labelOf(now.Schedule, "schedule"), clean.Line(b.r.Known.UpcomingExtent.Why()))
	}
	if next == nil {
		return Target{}, fmt.Sprintf("Nobody but %s is on %s for the next two weeks: choose a person or a team.",
			b.w.whoOf(now.User), labelOf(now.Schedule, "schedule"))
	}
	page := b.w.page(next.User, next.Start)
	turn := next.Start.UTC().Format("Mon 15:04 UTC")
	if page.Zone != "" {
		turn = page.Local.Format("Mon 15:04") + " in " + page.Zone
	}
	item.Warnings = append(item.Warnings, fmt.Sprintf("%s's turn on %s begins %s.", page.Name, labelOf(next.Schedule, "schedule"), turn))
	return Target{Kind: ToUser, ID: next.User.ID, Name: page.Name}, ""
}

// usersAt are those on call at one level of a policy.
func usersAt(onCalls []sources.OnCall, policyID string, level int, at time.Time) []sources.Reference {
	var users []sources.Reference
	for _, o := range onCalls {
		if o.Policy.ID == policyID && o.Level == level && covers(o, at) &&
			!slices.ContainsFunc(users, func(u sources.Reference) bool { return u.ID == o.User.ID }) {
			users = append(users, o.User)
		}
	}
	return users
}
