package triage

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"firstline/internal/escalation"
	"firstline/sources"
)

// overview is data of all sources that many groups need.
type overview struct {
	// unknown is why an alert without an incident may belong to one all the same. It
	// is zero if PagerDuty is there and all of its incidents are read.
	unknown NotifiedUnknown
	me      map[string]string // PagerDuty's name: the id of the user
	// metrics are the sources of alerts; managers counts the Alertmanagers
	// among them that answer.
	metrics  []*sources.Snapshot
	managers int
	// policies are the escalation policies by id. policiesWhole means that
	// PagerDuty has no other.
	policies      map[string]escalation.Policy
	policiesWhole bool
	// onCallsRead is how much of those on call was read, by policy, also where
	// that is nobody.
	onCallsRead map[string]sources.Extent
	// rules are the alerting rules, odd those that are active although none of
	// their alerts is listed.
	rules map[ruleKey][]judgedRule
	odd   map[ruleKey]bool
}

func newOverview(snapshots []sources.Snapshot, now time.Time) overview {
	w := overview{me: map[string]string{}, policies: map[string]escalation.Policy{}, onCallsRead: map[string]sources.Extent{}}
	w.policiesWhole = true
	pagerDuties := 0
	for i := range snapshots {
		s := &snapshots[i]
		if s.Source.Kind != sources.PagerDuty {
			w.metrics = append(w.metrics, s)
			if s.Source.Kind == sources.Alertmanager && s.OK() {
				w.managers++
			}
			continue
		}
		pagerDuties++
		if w.unknown == (NotifiedUnknown{}) {
			w.unknown = incidentsUnknown(s)
		}
		if s.Data.Me != nil {
			w.me[s.Source.Name] = s.Data.Me.ID
		}
		w.addPolicies(&s.Data)
	}
	if pagerDuties == 0 {
		w.unknown.Cause, w.policiesWhole = NoPagerDuty, false
	}
	w.indexRules(now)
	return w
}

// PolicyOf returns an escalation policy, with what the sources said of it. found is
// false without a PagerDuty.
func PolicyOf(snapshots []sources.Snapshot, ref sources.Reference) (p escalation.Policy, found bool) {
	w := overview{policies: map[string]escalation.Policy{}, onCallsRead: map[string]sources.Extent{}, policiesWhole: true}
	for i := range snapshots {
		if s := &snapshots[i]; s.Source.Kind == sources.PagerDuty {
			found = true
			w.addPolicies(&s.Data)
		}
	}
	return w.policy(ref), found
}

// UserOf returns the user of a reference, with what the sources said of the user.
func UserOf(snapshots []sources.Snapshot, ref sources.Reference) sources.User {
	for i := range snapshots {
		users := snapshots[i].Data.Users
		if at := slices.IndexFunc(users, func(u sources.User) bool { return u.ID == ref.ID }); at >= 0 {
			user := users[at]
			user.Name = cmp.Or(user.Name, ref.Name)
			return user
		}
	}
	return sources.User{ID: ref.ID, Name: ref.Name}
}

// mine reports whether the incident is assigned to the person at the screen.
func (w *overview) mine(in *sources.Incident) bool {
	me := w.me[in.Source]
	return me != "" && slices.ContainsFunc(in.Assignments, func(a sources.Assignment) bool { return a.User.ID == me })
}

// policy returns the escalation policy, with what was read of it.
func (w *overview) policy(ref sources.Reference) escalation.Policy {
	if p, ok := w.policies[ref.ID]; ok {
		return p
	}
	return escalation.Policy{ID: ref.ID, Name: ref.Name, Gone: w.policiesWhole, OnCallsRead: w.onCallsRead[ref.ID]}
}

// addPolicies adds the policies of an account and who is on call for them.
func (w *overview) addPolicies(d *sources.Data) {
	w.policiesWhole = w.policiesWhole && d.Extents.Policies.Whole()
	maps.Copy(w.onCallsRead, d.Extents.OnCalls)
	for _, p := range d.Policies {
		w.policies[p.ID] = escalation.Policy{
			ID: p.ID, Name: p.Name, Read: true, Levels: p.Levels, Loops: p.Loops, OnCallsRead: onCallsRead(d, p.ID),
		}
	}
	for _, o := range d.OnCalls {
		p, ok := w.policies[o.Policy.ID]
		if !ok {
			p = escalation.Policy{ID: o.Policy.ID, Name: o.Policy.Name, OnCallsRead: onCallsRead(d, o.Policy.ID)}
		}
		p.OnCalls = append(p.OnCalls, o)
		w.policies[o.Policy.ID] = p
	}
}

// onCallsRead is how much of those on call for a policy was read.
func onCallsRead(d *sources.Data, policyID string) sources.Extent {
	if e, ok := d.Extents.OnCalls[policyID]; ok || d.Extents.OnCalls != nil {
		return e
	}
	if len(d.OnCalls) > 0 {
		return sources.Whole
	}
	return sources.Extent{}
}
