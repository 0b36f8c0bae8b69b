package triage

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/internal/escalation"
	"firstline/internal/merged"
	"firstline/internal/routing"
	"firstline/sources"
)

// notifySlack is how long after Alertmanager's group_wait the incident may take
// to come back to us from PagerDuty.
const notifySlack = time.Minute

// overview is what can be said about the sources as a whole.
type overview struct {
	// unknown is why an alert without an incident may have been paged all
	// the same; zero where PagerDuty is there and its incidents are all read.
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
		w.policiesWhole = (pagerDuties == 1 || w.policiesWhole) && s.Data.Extents.Policies.Whole()
	}
	if pagerDuties == 0 {
		w.unknown.Cause = NoPagerDuty
	}
	w.indexRules(now)
	return w
}

// mine reports whether the incident is assigned to the person at the screen.
func (w *overview) mine(in *sources.Incident) bool {
	me := w.me[in.Source]
	return me != "" && slices.ContainsFunc(in.Assignments, func(a sources.Assignment) bool { return a.User.ID == me })
}

// why returns why nobody was paged, as far as it is known. It is about the most
// urgent alert, which decides the group's state.
func (b *builder) why(g *Group, members []int32) string {
	switch g.State {
	case Pending:
		return "pending"
	case Silenced:
		return b.whyQuiet(g)
	}
	if b.notifiedUnknown() != (NotifiedUnknown{}) {
		return ""
	}
	var (
		routing, toPagerDuty, routed, heard bool
		dropped, outside                    bool
		wait                                time.Duration
		receivers                           = map[string]bool{}
		muted                               []string
	)
	for _, i := range members {
		k := &b.Alerts[i]
		if k.State != sources.AlertFiring {
			continue
		}
		routed = routed || k.Routed
		dropped = dropped || k.Base.Dropped
		for _, at := range k.NotificationGroups {
			p := &b.NotificationGroups[at]
			routing = routing || p.RoutesRead
			toPagerDuty = toPagerDuty || p.ToPagerDuty
			receivers[p.Receiver] = true
			if p.ToPagerDuty {
				wait = max(wait, p.Wait())
				by, isOutside := b.mutedBy(p)
				heard = heard || len(by) == 0
				muted, outside = merged.Union(muted, by), outside || isOutside
			}
		}
	}
	switch {
	case dropped && !routed:
		return "dropped by alert_relabel_configs"
	case routing && !toPagerDuty:
		return "no route to PagerDuty" + toReceivers(receivers)
	case toPagerDuty && !heard:
		if outside {
			return "muted outside the time interval " + strings.Join(muted, ", ")
		}
		return "muted by the time interval " + strings.Join(muted, ", ")
	case !routed && b.overview.managers > 0:
		return "not at Alertmanager"
	}
	if why := b.whyService(g); why != "" {
		return why
	}
	switch {
	case routing && b.now.Sub(g.Since) < wait+notifySlack:
		return "waiting for the group"
	}
	return "no PagerDuty incident"
}

// merged.MutedBy returns the time intervals that mute a notification group now: those
// that the Alertmanager reports, or, before 0.28, those of its configuration.
// outside means that it is muted because none of them is active.
func (b *builder) mutedBy(p *merged.NotificationGroup) (by []string, outside bool) {
	tree := b.Trees[p.Manager]
	isOutside := func(by []string) bool {
		return slices.ContainsFunc(p.Routes, func(r *routing.Route) bool {
			return len(by) > 0 && !slices.ContainsFunc(by, func(name string) bool { return !slices.Contains(r.Active, name) })
		})
	}
	if len(p.MutedBy) > 0 || tree == nil || len(p.Routes) == 0 {
		return p.MutedBy, isOutside(p.MutedBy)
	}
	s := &b.Snapshots[p.Manager]
	if !p.Predicted && reportsMuted(s.Data.Version) {
		return nil, false
	}
	for _, r := range p.Routes {
		muted := tree.MutedAt(r, b.now.Add(s.Data.ClockOffset))
		if len(muted) == 0 {
			return nil, false
		}
		by = merged.Union(by, slices.Sorted(slices.Values(muted)))
	}
	return by, isOutside(by)
}

// reportsMuted reports whether an Alertmanager of that version reports which time
// intervals mute a group, which those since 0.28 do.
func reportsMuted(version string) bool {
	var major, minor int
	if n, _ := fmt.Sscanf(strings.TrimPrefix(version, "v"), "%d.%d", &major, &minor); n < 2 {
		return false
	}
	return major > 0 || minor >= 28
}

func toReceivers(receivers map[string]bool) string {
	names := slices.Sorted(maps.Keys(receivers))
	if len(names) == 0 {
		return ""
	}
	for i, n := range names {
		names[i] = strconv.Quote(n)
	}
	return " (goes to " + strings.Join(names, ", ") + ")"
}

// whyQuiet names the silence or the inhibiting alert.
func (b *builder) whyQuiet(g *Group) string {
	for _, a := range g.Alerts {
		if a.State != sources.AlertSilenced {
			continue
		}
		if len(g.Silences) == 0 {
			return "silenced"
		}
		s := g.Silences[len(g.Silences)-1] // the one that ends last
		text := "silenced"
		if s.CreatedBy != "" {
			text += " by " + s.CreatedBy
		}
		if !s.EndsAt.IsZero() {
			text += " until " + until(s.EndsAt, b.now)
		}
		if comment := folded(s.Comment); comment != "" {
			text += fmt.Sprintf(" %q", comment)
		}
		return text
	}
	if len(g.InhibitedBy) > 0 {
		return "inhibited by " + strings.Join(g.InhibitedBy, ", ")
	}
	return "inhibited"
}

// mostComment is how many characters of a silence's comment a sentence
// contains.
const mostComment = 80

// folded returns the first line of a comment, cut if it is long. The details
// have all of it.
func folded(comment string) string {
	line, rest, _ := strings.Cut(strings.TrimSpace(comment), "\n")
	runes := []rune(strings.TrimSpace(line))
	if len(runes) <= mostComment && rest == "" {
		return string(runes)
	}
	return strings.TrimSpace(string(runes[:min(len(runes), mostComment)])) + "…"
}

// until writes a time in now's location, with the day where it is another.
func until(t, now time.Time) string {
	t = t.In(now.Location())
	if y, m, d := t.Date(); y == now.Year() && m == now.Month() && d == now.Day() {
		return t.Format("15:04")
	}
	return t.Format("2 Jan 15:04")
}

// silencesByID finds silences; a cluster's Alertmanagers have them in common.
func silencesByID(snapshots []sources.Snapshot) map[string]*sources.Silence {
	byID := map[string]*sources.Silence{}
	for i := range snapshots {
		silences := snapshots[i].Data.Silences
		for k := range silences {
			if byID[silences[k].ID] == nil {
				byID[silences[k].ID] = &silences[k]
			}
		}
	}
	return byID
}

// silencesOf are the silences on the alerts, the one that ends first first.
func (b *builder) silencesOf(alerts []Alert) []sources.Silence {
	var found []sources.Silence
	for i := range alerts {
		for _, id := range alerts[i].SilencedBy {
			s := b.silences[id]
			if s == nil || slices.ContainsFunc(found, func(f sources.Silence) bool { return f.ID == id }) {
				continue
			}
			found = append(found, *s)
		}
	}
	return sortedSilences(found)
}

// sortedSilences has each silence once, the one that ends soonest first.
func sortedSilences(list []sources.Silence) []sources.Silence {
	slices.SortFunc(list, func(x, y sources.Silence) int {
		return cmp.Or(x.EndsAt.Compare(y.EndsAt), cmp.Compare(x.ID, y.ID))
	})
	return slices.CompactFunc(list, func(x, y sources.Silence) bool { return x.ID == y.ID })
}

// inhibitorsOf returns the names of the alerts that inhibit these, or their
// fingerprints when the names are unknown.
func (b *builder) inhibitorsOf(alerts []Alert) []string {
	var names []string
	for i := range alerts {
		for _, f := range alerts[i].InhibitedBy {
			name := f
			if at, ok := b.ByFingerprint[f]; ok && b.Alerts[at].Name() != "" {
				name = b.Alerts[at].Name()
			}
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// setDeadlines sets what PagerDuty will do by itself, and to whom.
func (b *builder) setDeadlines(g *Group) {
	for _, p := range g.Incident.Pending {
		switch p.Type {
		case "unacknowledge":
			g.AckEnds = earlier(g.AckEnds, p.At)
		case "escalate":
			g.EscalatesAt = earlier(g.EscalatesAt, p.At)
		case "resolve":
			g.ResolvesAt = earlier(g.ResolvesAt, p.At)
		}
	}
	f := escalation.OfIncident(*g.Incident, b.overview.policy(g.Incident.Policy), nil, escalation.Case{Now: b.now, Passes: 1})
	g.Escalation = &f
	g.WhyNobody = cmp.Or(b.whyService(g), b.nobodyOnCall(g.Incident.Policy))
	if !g.EscalatesAt.IsZero() && len(f.Next) > 0 {
		g.EscalatesTo = f.Next[0].Names()
		slices.Sort(g.EscalatesTo)
	}
}

// nobodyOnCall says that nobody is on call at any level of a policy; empty where
// somebody is, or that is not known.
func (b *builder) nobodyOnCall(ref sources.Reference) string {
	p := b.overview.policy(ref)
	covered := slices.ContainsFunc(p.OnCalls, func(o sources.OnCall) bool { return escalation.Covers(o, b.now) })
	if ref.ID == "" || covered || !p.OnCallsRead.Whole() {
		return ""
	}
	return "nobody is on call at " + cmp.Or(p.Name, ref.Label("escalation policy"))
}

// earlier is the earlier of two times, the zero time being none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// policy is what is known of an escalation policy.
func (w *overview) policy(ref sources.Reference) escalation.Policy {
	if p, ok := w.policies[ref.ID]; ok {
		return p
	}
	return escalation.Policy{ID: ref.ID, Name: ref.Name, Gone: w.policiesWhole, OnCallsRead: w.onCallsRead[ref.ID]}
}

// addPolicies gathers the policies of an account and who is on call for them.
func (w *overview) addPolicies(d *sources.Data) {
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
