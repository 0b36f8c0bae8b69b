package respond

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/sources"
)

// onCallExtent says how much is known of who is on call now at a policy. Where
// a turn there has ended since it was read, who came after is not known.
func (w World) onCallExtent(policyID string) sources.Extent {
	extent := w.Extents.OnCalls[policyID]
	if extent.Whole() && slices.ContainsFunc(w.OnCalls, func(o sources.OnCall) bool {
		return o.Policy.ID == policyID && !o.End.IsZero() && !o.End.After(w.Now)
	}) {
		extent.Missing = "a turn there has ended since it was read"
	}
	return extent
}

// allOnCallsRead reports whether it is known who is on call at every policy, so
// that who is in no entry is not on call.
func (w World) allOnCallsRead() bool {
	return w.Extents.Policies.Whole() && !slices.ContainsFunc(w.Policies, func(p sources.Policy) bool {
		return !w.Extents.OnCalls[p.ID].Whole()
	})
}

// unknownOnCall says that it is not known who is on call at a policy, and why;
// empty where it is.
func (w World) unknownOnCall(policyID, name string) string {
	extent := w.onCallExtent(policyID)
	if extent.Whole() {
		return ""
	}
	return fmt.Sprintf("Who is on call at %s is not known, because %s: refresh and try again, or choose another target.",
		clean.Line(name), clean.Line(extent.Why()))
}

// NobodyOnCall reports whether it is certain that nobody is on call at a policy
// now; unknown is why it is not known who is.
func NobodyOnCall(policyID, name string, w World) (nobody bool, unknown string) {
	unknown = w.unknownOnCall(policyID, name)
	return unknown == "" && !w.somebodyOnCall(policyID), unknown
}

// with is the world with what was looked up for a request.
func (w World) with(known Known) World {
	var read []string
	for id, extent := range known.OnCallExtents {
		// What the sources said of a policy since is newer, if it is whole.
		if w.onCallExtent(id).Whole() && w.somebodyOnCall(id) && extent.Whole() {
			continue
		}
		read = append(read, id)
	}
	if len(read) > 0 {
		isRead := func(o sources.OnCall) bool { return slices.Contains(read, o.Policy.ID) }
		onCalls := slices.DeleteFunc(slices.Clone(w.OnCalls), isRead)
		for _, o := range known.OnCalls {
			if isRead(o) {
				onCalls = append(onCalls, o)
			}
		}
		w.OnCalls = onCalls
		extents := maps.Clone(w.Extents.OnCalls)
		if extents == nil {
			extents = map[string]sources.Extent{}
		}
		for _, id := range read {
			extents[id] = known.OnCallExtents[id]
		}
		w.Extents.OnCalls = extents
	}
	if known.UsersExtent.Whole() {
		w.Extents.Users = sources.Whole // as far as the target is concerned
	}
	return w.WithUsers(known.Users)
}

// WithUsers is the world with more users.
func (w World) WithUsers(users []sources.User) World {
	if len(users) == 0 {
		return w
	}
	w.Users = slices.Clone(w.Users)
	known := make(map[string]bool, len(w.Users))
	for _, u := range w.Users {
		known[u.ID] = true
	}
	for _, u := range users {
		if !known[u.ID] {
			known[u.ID] = true
			w.Users = append(w.Users, u)
		}
	}
	return w
}

// policiesFor are the ids of the policies at which a plan of the request has
// to know who is on call.
func (w World) policiesFor(r Request) []string {
	var ids []string
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	incidentPolicy := func(g triage.Group) {
		if g.Incident != nil {
			add(g.Incident.Policy.ID)
		}
	}
	switch {
	case r.Action == NextLevel:
		for _, g := range r.Groups {
			incidentPolicy(g)
		}
	case r.Action == Escalate || r.Action == HandOff:
		target := w.targetOf(r)
		if t, err := ResolveTarget(target, w); err == nil {
			add(t.PolicyID)
		}
		for _, g := range r.Groups {
			switch {
			case target.Kind == ToOwner:
				add(g.OwnerPolicyID)
			case target.Kind == ToNextOnCall:
				incidentPolicy(g)
			}
			if s := w.Settings.Services[g.Service]; !s.Hours.IsZero() && !s.Hours.Covers(w.Now) {
				add(g.OwnerPolicyID) // whether its developers would be woken
			}
		}
	}
	return ids
}

// targetOf is the target of a request, or where the role says.
func (w World) targetOf(r Request) Target {
	switch {
	case !r.Target.IsZero() || r.Action != Escalate:
		return r.Target
	case w.Settings.Role == FirstLine:
		return Target{Kind: ToOwner}
	}
	return Target{Kind: ToFirstLine}
}

// lookUpOnCalls reads who is on call at the policies of which the world does
// not know it, or knows nobody: that is said of a fresh answer alone.
func (k *Known) lookUpOnCalls(ctx context.Context, incidents sources.Incidents, w World, policyIDs []string) error {
	wanted := slices.DeleteFunc(slices.Clone(policyIDs), func(id string) bool {
		return id == "" || w.onCallExtent(id).Whole() && w.somebodyOnCall(id)
	})
	if len(wanted) == 0 {
		return nil
	}
	onCalls, extent, err := incidents.OnCalls(ctx, wanted...)
	if err != nil {
		return err
	}
	k.OnCalls = append(k.OnCalls, onCalls...)
	if k.OnCallExtents == nil {
		k.OnCallExtents = map[string]sources.Extent{}
	}
	for _, id := range wanted {
		k.OnCallExtents[id] = extent
	}
	return nil
}

// LookUpUndo reads what the plan that takes back another one needs besides the
// World: who is on call at the policies that the incidents go back to.
func LookUpUndo(ctx context.Context, incidents sources.Incidents, done Plan, w World) (World, error) {
	var known Known
	if incidents == nil {
		return w, nil
	}
	var ids []string
	for _, item := range done.Items {
		if i := item.Group.Incident; i != nil && item.Sends() && !slices.Contains(ids, i.Policy.ID) {
			ids = append(ids, i.Policy.ID)
		}
	}
	err := known.lookUpOnCalls(ctx, incidents, w, ids)
	return w.with(known), err
}
