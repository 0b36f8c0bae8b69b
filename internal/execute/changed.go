package execute

import (
	"fmt"
	"slices"
	"strings"

	"firstline/internal/describe"
	"firstline/internal/respond"
	"firstline/sources"
)

// changed compares an incident as it is now with the one the preview showed.
// It gives a verdict where the plan no longer holds: somebody was faster
// (Already), or what would be sent is no longer what was agreed to (Refused).
func (r *run) changed(item respond.Item, now sources.Incident) (verdict, bool) {
	if item.So != "" {
		return verdict{}, false // a note alone, which is right whatever else is so
	}
	switch r.p.Action {
	case respond.Acknowledge:
		if s := describe.Already(now, r.whoOf, r.now()); s != "" {
			return verdict{outcome: respond.Already, sentence: s}, true
		}
	case respond.Escalate, respond.NextLevel, respond.HandOff:
		return r.passChanged(item, now)
	case respond.Undo:
		if v, yes := r.alreadySet(item, now); yes && now.Status != sources.Resolved {
			return v, true
		}
		return r.passChanged(item, now)
	case respond.Resolve, respond.Snooze, respond.Merge, respond.SetUrgency, respond.SetPriority:
		return r.otherChanged(item, now)
	}
	return verdict{}, false
}

// otherChanged is of the actions that leave an incident with whom it is with.
// That somebody else took it since the preview is said before it is resolved,
// snoozed or merged away under their hands.
func (r *run) otherChanged(item respond.Item, now sources.Incident) (verdict, bool) {
	if now.Status == sources.Resolved {
		return verdict{outcome: respond.Already, sentence: respond.ResolvedAlready(now, r.p.Action, r.whoOf, r.now())}, true
	}
	if v, yes := r.alreadySet(item, now); yes {
		return v, true
	}
	for _, s := range item.Steps {
		if s.Kind == respond.StepUrgency && len(s.Recipients) > 0 {
			return r.passChanged(item, now) // it pages whom the preview named
		}
	}
	if r.p.Action == respond.SetUrgency || r.p.Action == respond.SetPriority {
		return verdict{}, false
	}
	if changes := r.acknowledgedSince(item, now); len(changes) > 0 {
		return r.changedSince(changes), true
	}
	return verdict{}, false
}

// alreadySet reports whether an incident has the urgency or priority that it
// would get.
func (r *run) alreadySet(item respond.Item, now sources.Incident) (verdict, bool) {
	for _, s := range item.Steps {
		if s.Kind != respond.StepUrgency && s.Kind != respond.StepPriority {
			continue
		}
		if e := r.effectOf(s, &now); e.expected(now) {
			return verdict{outcome: respond.Already, sentence: "Already so. " + e.done(now)}, true
		}
	}
	return verdict{}, false
}

// acknowledgedSince says who else acknowledged an incident since the preview.
func (r *run) acknowledgedSince(item respond.Item, now sources.Incident) []string {
	var changes []string
	for _, a := range now.Acknowledgers {
		found := slices.ContainsFunc(item.Group.Incident.Acknowledgers, func(s sources.Assignment) bool { return s.User.ID == a.User.ID })
		mine := a.User.ID != "" && a.User.ID == r.p.Me.ID
		if !found && !mine {
			changes = append(changes, "acknowledged"+describe.ByWhen(a.User, a.At, r.whoOf, r.now()))
		}
	}
	return changes
}

func (r *run) changedSince(changes []string) verdict {
	return verdict{outcome: respond.Refused, sentence: fmt.Sprintf("It changed since the preview: now %s. It was not %s; look again.",
		strings.Join(changes, ", "), r.p.Action.Past())}
}

func (r *run) passChanged(item respond.Item, now sources.Incident) (verdict, bool) {
	seen := *item.Group.Incident
	target := item.Target
	if now.Status == sources.Resolved {
		return verdict{outcome: respond.Already, sentence: respond.ResolvedAlready(now, r.p.Action, r.whoOf, r.now())}, true
	}
	asks := slices.ContainsFunc(item.Steps, func(s respond.Step) bool { return s.Kind == respond.StepResponders })
	switch {
	case asks: // the assignee stays the same
		if sentence := respond.AskedAlready(now, target, r.whoOf, r.now()); sentence != "" {
			return verdict{outcome: respond.Already, sentence: sentence}, true
		}
		return verdict{}, false
	case target.Kind == respond.ToUser && respond.AssignedDirectly(now, []string{target.ID}) && !respond.AssignedDirectly(seen, []string{target.ID}):
		a := now.Assignments[0]
		return verdict{outcome: respond.Already, sentence: fmt.Sprintf("Already assigned to %s, %s.", r.whoOf(a.User), describe.Ago(a.At, r.now()))}, true
	case target.PolicyID != "" && now.Policy.ID == target.PolicyID && seen.Policy.ID != target.PolicyID:
		return verdict{outcome: respond.Already, sentence: fmt.Sprintf("Already with %s: %s.", describe.Label(now.Policy, "escalation policy"), r.holders(now))}, true
	}
	var changes []string
	if now.Policy.ID != seen.Policy.ID {
		changes = append(changes, "with "+describe.Label(now.Policy, "escalation policy"))
	}
	if now.AssigneesRead() && seen.AssigneesRead() && !slices.Equal(respond.AssigneeIDs(now), respond.AssigneeIDs(seen)) {
		changes = append(changes, r.holders(now))
	}
	changes = append(changes, r.acknowledgedSince(item, now)...)
	if len(changes) == 0 {
		return verdict{}, false
	}
	return r.changedSince(changes), true
}

// holders says whom an incident is assigned to.
func (r *run) holders(i sources.Incident) string { return describe.Holders(i, r.whoOf) }
