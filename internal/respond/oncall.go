package respond

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/rollout"
	"firstline/internal/triage"
	"firstline/sources"
)

// onCallExtent says how much is known of who is on call now at a policy. Where
// a turn there has ended since it was read, who came after is not known.
func (w Data) onCallExtent(policyID string) sources.Extent {
	extent := w.Extents.OnCalls[policyID]
	if extent.Whole() && !w.OnCallsUntil[policyID].After(w.Now) && slices.ContainsFunc(w.OnCalls, func(o sources.OnCall) bool {
		return o.Policy.ID == policyID && !o.End.IsZero() && !o.End.After(w.Now)
	}) {
		extent.Missing = "a turn there has ended since it was read"
	}
	return extent
}

// allOnCallsRead reports whether it is known who is on call at every policy, so
// that who is in no entry is not on call.
func (w Data) allOnCallsRead() bool {
	return w.Extents.Policies.Whole() && !slices.ContainsFunc(w.Policies, func(p sources.Policy) bool {
		return !w.Extents.OnCalls[p.ID].Whole()
	})
}

// unknownOnCall says that it is not known who is on call at a policy, and why;
// empty where it is.
func (w Data) unknownOnCall(policyID, name string) string {
	if policyID == "" {
		return "PagerDuty does not say which escalation policy this is: choose another target."
	}
	extent := w.onCallExtent(policyID)
	if extent.Whole() {
		return ""
	}
	return fmt.Sprintf("Who is on call at %s is not known, because %s: refresh and try again, or choose another target.",
		clean.Line(name), clean.Line(extent.Why()))
}

// NobodyOnCall reports whether it is certain that nobody is on call at a policy
// now; unknown is why it is not known who is.
func NobodyOnCall(policyID, name string, w Data) (nobody bool, unknown string) {
	unknown = w.unknownOnCall(policyID, name)
	return unknown == "" && !w.somebodyOnCall(policyID), unknown
}

// with is the world with what was looked up for a request.
func (w Data) with(facts Facts) Data {
	read := slices.DeleteFunc(slices.Sorted(maps.Keys(facts.OnCallExtents)), func(id string) bool {
		// What the sources said of a policy since is newer, where it has somebody.
		somebody := slices.ContainsFunc(facts.OnCalls, func(o sources.OnCall) bool { return o.Policy.ID == id && escalation.Covers(o, w.Now) })
		return !somebody && w.onCallExtent(id).Whole() && w.somebodyOnCall(id)
	})
	if len(read) > 0 {
		isRead := func(o sources.OnCall) bool { return slices.Contains(read, o.Policy.ID) }
		onCalls := slices.DeleteFunc(slices.Clone(w.OnCalls), isRead)
		for _, o := range facts.OnCalls {
			if isRead(o) {
				onCalls = append(onCalls, o)
			}
		}
		w.OnCalls = onCalls
		extents, until := map[string]sources.Extent{}, map[string]time.Time{}
		maps.Copy(extents, w.Extents.OnCalls)
		maps.Copy(until, w.OnCallsUntil)
		for _, id := range read {
			extents[id], until[id] = facts.OnCallExtents[id], facts.Until
		}
		w.Extents.OnCalls, w.OnCallsUntil = extents, until
	}
	if facts.UsersExtent.Whole() {
		w.Extents.Users = sources.Whole // as far as the target is concerned
	}
	return w.WithUsers(facts.Users)
}

// WithUsers is the world with more users.
func (w Data) WithUsers(users []sources.User) Data {
	if len(users) == 0 {
		return w
	}
	w.Users = slices.Clone(w.Users)
	facts := make(map[string]bool, len(w.Users))
	for _, u := range w.Users {
		facts[u.ID] = true
	}
	for _, u := range users {
		if !facts[u.ID] {
			facts[u.ID] = true
			w.Users = append(w.Users, u)
		}
	}
	return w
}

// policiesFor are the ids of the policies at which a plan of the request has
// to know who is on call.
func (w Data) policiesFor(r Request) []string {
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
	switch r.Action {
	case NextLevel, SetUrgency:
		if r.Action == SetUrgency && !strings.EqualFold(strings.TrimSpace(r.Urgency), escalation.High) {
			break // notifies nobody
		}
		for _, g := range r.Groups {
			incidentPolicy(g)
		}
	case Acknowledge:
		for _, g := range r.Groups {
			if s, ok := w.service(g.ServiceID); ok && r.Instead == ByIncident && g.Incident == nil && w.Me == nil {
				add(s.Policy.ID)
			}
		}
	case Escalate, HandOff:
		target := w.targetOf(r)
		if t, err := ResolveTarget(target, w); err == nil {
			add(t.PolicyID)
		}
		for _, g := range r.Groups {
			switch target.Kind {
			case ToOwner:
				add(g.OwnerPolicyID)
			case ToNextOnCall:
				incidentPolicy(g)
			}
			if _, s := w.settingsOf(g); !s.Hours.IsZero() && !s.Hours.Covers(w.Now) {
				add(g.OwnerPolicyID) // whether its developers would be woken
			}
		}
	}
	if len(ids) > 0 || r.Action == Snooze {
		for _, id := range w.stagePolicies(r.Groups) {
			add(id)
		}
	}
	return ids
}

// stagePolicies are the ids of the policies that decide, in the stage business-hours,
// whether a write wakes developers while first line is there.
func (w Data) stagePolicies(groups []triage.Group) []string {
	var ids []string
	for _, g := range groups {
		_, s := w.settingsOf(g)
		if s.Stage != rollout.BusinessHours {
			continue
		}
		ids = append(ids, g.OwnerPolicyID)
		if first, err := w.resolveFirstLine(); err == nil {
			ids = append(ids, first.PolicyID)
		}
	}
	return ids
}

// targetOf is the target of a request, or where the role says.
func (w Data) targetOf(r Request) Target {
	switch {
	case !r.Target.IsZero() || r.Action != Escalate:
		return r.Target
	case w.Settings.Role == FirstLine:
		return Target{Kind: ToOwner}
	}
	return Target{Kind: ToFirstLine}
}

// How far ahead it is looked who is on call.
const (
	leastAhead = 6 * time.Hour
	mostAhead  = 7 * 24 * time.Hour
)

// readOnCalls reads who is on call at policies, until they have gone through
// all their levels. Where that fails it has to do that the Data knows who is now.
func (k *Facts) readOnCalls(ctx context.Context, incidents sources.Incidents, w Data, policyIDs []string) error {
	wanted := slices.DeleteFunc(slices.Clone(policyIDs), func(id string) bool { return id == "" })
	if len(wanted) == 0 {
		return nil
	}
	ahead := leastAhead
	for _, id := range wanted {
		p, _ := w.policy(id)
		var pass time.Duration
		for _, l := range p.Levels {
			pass += l.Delay
		}
		ahead = max(ahead, min(pass*time.Duration(p.Loops+1)+time.Hour, mostAhead))
	}
	until := w.Now.Add(ahead)
	onCalls, extent, err := incidents.OnCallsUntil(ctx, until, wanted...)
	if err != nil {
		if !slices.ContainsFunc(wanted, func(id string) bool { return !w.onCallExtent(id).Whole() || !w.somebodyOnCall(id) }) {
			return nil
		}
		return err
	}
	k.OnCalls, k.Until, k.OnCallExtents = onCalls, until, map[string]sources.Extent{}
	for _, id := range wanted {
		k.OnCallExtents[id] = extent
	}
	return nil
}

// ReadUndoFacts reads what the plan that takes back another one needs besides the
// Data, which is what ReadFacts reads for any plan: who is on call, now and later,
// at the policies that the incidents go back to, on which level they were, and by
// which rules those are notified who get them.
func ReadUndoFacts(ctx context.Context, incidents sources.Incidents, done Plan, results []Result, w Data) (Facts, error) {
	var facts Facts
	if incidents == nil {
		return facts, nil
	}
	w = w.of(done.Account)
	incidents = sources.OfAccount(incidents, done.Account)
	var ids []string
	facts.Logs = map[string][]sources.LogEntry{}
	for n, item := range done.Items {
		i := item.Group.Incident
		if i == nil || !item.Sends() || n >= len(results) || results[n].Outcome != Done {
			continue
		}
		for _, id := range append(w.stagePolicies([]triage.Group{item.Group}), i.Policy.ID) {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		if slices.ContainsFunc(item.Steps, func(s Step) bool { return s.Kind == StepPolicy || s.Kind == StepMove || s.Kind == StepAssign }) {
			entries, err := logBefore(ctx, incidents, *i)
			if err != nil {
				why, _ := describe.Cause(err)
				facts.Trouble = append(facts.Trouble, fmt.Sprintf("The log of %s could not be read, so it may have been on another level: %s.", describe.Incident(*i), why))
			}
			facts.Logs[i.ID] = entries
		}
	}
	if err := facts.readOnCalls(ctx, incidents, w, ids); err != nil {
		return facts, err
	}
	facts.readRules(ctx, incidents, func(k Facts) []Recipient {
		p, _ := UndoOf(done, results, w, k)
		return p.Recipients
	})
	return facts, nil
}

// logBefore are the log entries of an incident up to when it was last changed
// before it was seen so.
func logBefore(ctx context.Context, incidents sources.Incidents, seen sources.Incident) ([]sources.LogEntry, error) {
	if seen.UpdatedAt.IsZero() || seen.AssignedVia == sources.AssignedDirectly {
		return nil, nil // the order of the entries is unknown, or none is needed
	}
	entries, _, err := incidents.LogEntries(ctx, seen.ID)
	return slices.DeleteFunc(slices.Clone(entries), func(e sources.LogEntry) bool { return e.CreatedAt.After(seen.UpdatedAt) }), err
}
