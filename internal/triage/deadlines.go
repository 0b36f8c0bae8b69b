package triage

import (
	"cmp"
	"slices"
	"time"

	"firstline/internal/escalation"
	"firstline/sources"
)

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
	g.Snoozed = b.snoozed(g)
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
