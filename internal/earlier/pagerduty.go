package earlier

import (
	"cmp"
	"context"
	"slices"
	"time"

	"firstline/internal/clean"
	"firstline/internal/events"
	"firstline/internal/labelset"
	"firstline/sources"
)

// resolvedFor is how far back resolved incidents are looked for.
const resolvedFor = 30 * 24 * time.Hour

// PagerDuty finds earlier incidents: those of the last 30 days of the same service
// that were about an alert of the same name, and those that PagerDuty finds similar.
type PagerDuty struct {
	// Account is the name of the account, or those of several.
	Account string
	API     sources.PastIncidents
}

// Name is that of the accounts.
func (s PagerDuty) Name() string { return s.Account }

// Find reads in at most three requests.
func (s PagerDuty) Find(ctx context.Context, q Question) Part {
	p := Part{AsOf: q.Now}
	g := &q.Group
	if g.ServiceID != "" && len(q.Names) > 0 {
		p.Since = q.Now.Add(-resolvedFor)
		s.resolved(ctx, &q, &p)
	} else {
		why := "its service in PagerDuty is not known"
		if g.ServiceID != "" {
			why = "its alerts have no name"
		}
		p.Missing = append(p.Missing, "resolved incidents are not looked for: "+why)
	}
	if g.Incident != nil && !p.Failed && ctx.Err() == nil {
		s.similar(ctx, &q, &p)
	}
	if p.Failed && len(p.Times) == 0 {
		p.AsOf = time.Time{}
	}
	return p
}

func (s PagerDuty) resolved(ctx context.Context, q *Question, p *Part) {
	all, extent, err := s.API.ResolvedIncidents(ctx, q.Group.ServiceID, p.Since)
	if err != nil {
		p.failed(err)
		return
	}
	if !extent.Whole() {
		p.Missing = append(p.Missing, "resolved incidents may be missing, because "+clean.Line(extent.Why()))
	}
	var texts events.Memory
	texts.Next(labelset.Comparer{})
	for i := range all {
		in := &all[i]
		if in.ID == q.Group.ID || q.Group.Incident != nil && in.ID == q.Group.Incident.ID || !q.about(in, &texts) {
			continue
		}
		t := Time{
			From: cmp.Or(q.Group.Account, s.Account), Incident: Incident{in.ID, in.Number, clean.URL(in.URL)}, Began: in.CreatedAt,
			Title: clean.Line(in.Title), EndedBy: EndedBy(in.ChangedBy),
		}
		if in.Status == sources.Resolved { // nothing follows: the last change is the resolve
			t.Ended = in.ChangedAt
		}
		if in.MergedInto != "" {
			t.EndedBy = "merged into another incident"
		}
		p.Times = append(p.Times, t)
	}
}

// about reports whether an incident was about one of the alerts.
func (q *Question) about(in *sources.Incident, texts *events.Memory) bool {
	if q.names(in.Title) {
		return true
	}
	for i := range in.Alerts {
		a := &in.Alerts[i]
		details := texts.Read(a.Details)
		if q.names(a.Summary) || q.names(a.Key) || slices.ContainsFunc(details.Fired, func(f events.Alert) bool {
			return slices.Contains(q.Names, f.Labels["alertname"])
		}) {
			return true
		}
	}
	return false
}

func (s PagerDuty) similar(ctx context.Context, q *Question, p *Part) {
	all, extent, err := s.API.PastIncidents(ctx, q.Group.Incident.ID)
	if err != nil {
		p.failed(err)
		return
	}
	if !extent.Whole() {
		p.Missing = append(p.Missing, "similar incidents may be missing, because "+clean.Line(extent.Why()))
	}
	for _, in := range all {
		named := q.names(in.Title)
		if in.ID == q.Group.Incident.ID || in.Score == 0 && !named {
			continue
		}
		p.Times = append(p.Times, Time{From: cmp.Or(q.Group.Account, s.Account), Incident: Incident{ID: in.ID}, Began: in.CreatedAt, Title: clean.Line(in.Title), Similar: !named})
	}
}
