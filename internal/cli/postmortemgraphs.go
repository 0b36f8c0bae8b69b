package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"firstline/internal/describe"
	"firstline/internal/events"
	"firstline/internal/graph"
	"firstline/internal/history"
	"firstline/internal/labelset"
	"firstline/internal/postmortem"
	"firstline/internal/triage"
	"firstline/sources"
)

const (
	// mostGraphs is how many graphs a postmortem has.
	mostGraphs = 4
	// graphTime is how long all of them may take.
	graphTime = 30 * time.Second
)

// graphsOf reads what the alerts of an incident measured around it. missing says why
// there are none.
func (s *setup) graphsOf(ctx context.Context, l reading, g triage.Group, p *postmortem.Postmortem) (graphs []postmortem.Graph, missing string) {
	if len(s.metrics) == 0 {
		return nil, "no Prometheus is configured, so there is no graph."
	}
	unread := "no alert of the incident is known"
	if len(g.Alerts) == 0 && g.Incident != nil {
		read := g.Incident
		if len(read.Alerts) == 0 { // what has ended is not among what was read
			if whole, err := s.account.Incident(ctx, read.ID); err != nil {
				unread = "the alerts of the incident could not be read (" + describe.Explain(err) + ")"
			} else {
				read = &whole
			}
		}
		g.Alerts = sentAlerts(read)
	}
	questions := graph.Questions(g, l.snapshots, s.config.Graphs[g.Service])
	if len(questions) == 0 {
		return nil, unread + ", so there is no graph."
	}
	if len(g.Alerts) == 0 {
		missing = unread + ": these are the graphs of its service."
	}
	if n := len(questions); n > mostGraphs {
		questions, missing = questions[:mostGraphs], fmt.Sprintf("these are %d of %d graphs.", mostGraphs, n)
	}
	ctx, cancel := context.WithTimeout(ctx, graphTime)
	defer cancel()
	for _, q := range questions {
		one := postmortem.Graph{Question: q}
		if q.Why == "" {
			s.readGraph(ctx, l, g, p, &one)
		}
		graphs = append(graphs, one)
	}
	return graphs, missing
}

// readGraph asks for the time around the incident.
func (s *setup) readGraph(ctx context.Context, l reading, g triage.Group, p *postmortem.Postmortem, one *postmortem.Graph) {
	at := slices.IndexFunc(s.metrics, func(m sources.Metrics) bool { return m.Source().Name == one.Question.Source })
	if at < 0 {
		one.Unread = "no client for " + one.Question.Source + " could be made."
		return
	}
	from, until := aroundIncident(p)
	for _, snap := range l.snapshots {
		if snap.Source.Name == one.Question.Source {
			from, until = from.Add(snap.Data.ClockOffset), until.Add(snap.Data.ClockOffset)
		}
	}
	r := graph.RangeOf(until.Sub(from), until, postmortem.Points)
	answer, err := s.metrics[at].QueryRange(ctx, one.Question.Parts.Drawn, r)
	if err != nil {
		one.Unread = describe.Explain(err) + "."
		return
	}
	one.Data, one.Marks = graph.Worst(one.Question, answer, r), marksOf(g, one.Question, p)
}

// aroundIncident is the time that a graph shows: the incident, and half as much before
// and after it, an hour at least.
func aroundIncident(p *postmortem.Postmortem) (from, until time.Time) {
	began, ended := p.Incident.CreatedAt, p.Now
	if p.Incident.Status == sources.Resolved && p.Incident.ChangedAt.After(began) {
		ended = p.Incident.ChangedAt
	}
	around := max(ended.Sub(began)/2, 30*time.Minute)
	from, until = began.Add(-around), ended.Add(around)
	if until.After(p.Now) {
		until = p.Now
	}
	return from, until
}

// marksOf are the times that are marked: those of the alerts and of the incident, its
// acknowledgements, its end, and the changes.
func marksOf(g triage.Group, q graph.Question, p *postmortem.Postmortem) []graph.Mark {
	g.Incident = &sources.Incident{CreatedAt: p.Incident.CreatedAt}
	marks := graph.Marks(g, q)
	for _, e := range p.Events {
		if e.Source != history.FromPagerDuty {
			continue
		}
		switch e.Kind {
		case history.Acknowledged:
			marks = append(marks, graph.Mark{At: e.At, Letter: graph.Acknowledged, Text: "acknowledged"})
		case history.Resolved:
			marks = append(marks, graph.Mark{At: e.At, Letter: graph.Resolved, Text: "resolved"})
		}
	}
	for _, c := range p.Changes {
		marks = append(marks, graph.Mark{At: c.At, Letter: graph.Change, Text: c.Text})
	}
	slices.SortStableFunc(marks, func(a, b graph.Mark) int { return a.At.Compare(b.At) })
	return marks
}

// sentAlerts are the alerts in what was sent to PagerDuty for an incident.
func sentAlerts(i *sources.Incident) []triage.Alert {
	var all []triage.Alert
	memory := new(events.Memory)
	memory.Next(labelset.Comparer{})
	for n := range i.Alerts {
		read := memory.Read(i.Alerts[n].Details)
		for _, fired := range read.Fired {
			all = append(all, triage.Alert{Alert: sources.Alert{Labels: fired.Labels, Annotations: fired.Annotations, GeneratorURL: fired.GeneratorURL, ActiveSince: fired.StartsAt}, Clusters: []string{i.Source}})
		}
	}
	return all
}
