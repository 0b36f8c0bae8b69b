package respond

import (
	"fmt"
	"slices"
	"strings"

	"firstline/sources"
)

// changed compares an incident as it is now with the one the preview showed.
// It gives a verdict where the plan no longer holds: somebody was faster
// (Already), or what would be sent is no longer what was agreed to (Refused).
func (r *run) changed(item Item, now sources.Incident) (verdict, bool) {
	switch r.p.Action {
	case Acknowledge:
		if s := settledAlready(now, r.whoOf, r.now()); s != "" {
			return verdict{outcome: Already, sentence: s}, true
		}
	case Escalate, HandOff:
		return r.passChanged(item, now)
	}
	return verdict{}, false
}

func (r *run) passChanged(item Item, now sources.Incident) (verdict, bool) {
	seen := *item.Group.Incident
	target := item.Target
	if now.Status == sources.Resolved {
		return verdict{outcome: Already, sentence: fmt.Sprintf("Already resolved%s: nothing to %s.",
			byWhen(now.ChangedBy, now.ChangedAt, r.whoOf, r.now()), r.p.Action.Words())}, true
	}
	switch {
	case target.Kind == ToUser && onlyAssignee(now, target.ID):
		a := now.Assignments[0]
		return verdict{outcome: Already, sentence: fmt.Sprintf("Already assigned to %s, %s.", r.whoOf(a.User), ago(a.At, r.now()))}, true
	case target.PolicyID != "" && now.Policy.ID == target.PolicyID && seen.Policy.ID != target.PolicyID:
		return verdict{outcome: Already, sentence: fmt.Sprintf("Already with %s: %s.", nameOf(now.Policy), r.holders(now))}, true
	}
	var changes []string
	if now.Policy.ID != seen.Policy.ID {
		changes = append(changes, "with "+nameOf(now.Policy))
	}
	if !slices.Equal(assigneeIDs(now), assigneeIDs(seen)) {
		changes = append(changes, r.holders(now))
	}
	for _, a := range now.Acknowledgers {
		known := slices.ContainsFunc(seen.Acknowledgers, func(s sources.Assignment) bool { return s.User.ID == a.User.ID })
		mine := a.User.ID != "" && a.User.ID == r.p.Me.ID
		if !known && !mine {
			changes = append(changes, "acknowledged"+byWhen(a.User, a.At, r.whoOf, r.now()))
		}
	}
	if len(changes) == 0 {
		return verdict{}, false
	}
	return verdict{outcome: Refused, sentence: fmt.Sprintf("It changed since the preview: now %s. It was not %s; look again.",
		strings.Join(changes, ", "), passed(r.p.Action))}, true
}

// holders says whom an incident is assigned to.
func (r *run) holders(i sources.Incident) string {
	if len(i.Assignments) == 0 {
		return "assigned to nobody"
	}
	var names []string
	for _, a := range i.Assignments {
		names = append(names, r.whoOf(a.User))
	}
	return "assigned to " + few(names, 3)
}

func assigneeIDs(i sources.Incident) []string {
	ids := make([]string, 0, len(i.Assignments))
	for _, a := range i.Assignments {
		ids = append(ids, a.User.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func acknowledgedBy(i sources.Incident, userID string) bool {
	return slices.ContainsFunc(i.Acknowledgers, func(a sources.Assignment) bool { return a.User.ID == userID })
}

// passed is the action as done: "escalated".
func passed(a Action) string {
	if a == HandOff {
		return "handed off"
	}
	return "escalated"
}

func assignedTo(i sources.Incident, userID string) bool {
	return slices.ContainsFunc(i.Assignments, func(a sources.Assignment) bool { return a.User.ID == userID })
}
