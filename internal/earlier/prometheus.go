package earlier

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/change"
	"firstline/internal/clean"
	"firstline/sources"
)

// How far back the ALERTS series are looked at, at which steps, and how long one
// query may take.
const (
	alertsFor  = 30 * 24 * time.Hour
	alertsStep = 5 * time.Minute
	alertsTime = 20 * time.Second
)

// Alerts finds earlier times in the ALERTS series of Prometheuses.
type Alerts struct {
	Metrics []sources.Metrics
	// ServiceLabels are the labels that name an alert's service, best first.
	ServiceLabels []string
}

// Name names the series.
func (s Alerts) Name() string { return "ALERTS" }

// Find asks those Prometheuses that report the group's alerts, else all, with one
// query each.
func (s Alerts) Find(ctx context.Context, q Question) Part {
	p := Part{AsOf: q.Now, Since: q.Now.Add(-alertsFor)}
	if len(q.Names) == 0 {
		p.Missing = []string{"the ALERTS series are not looked at: its alerts have no name"}
		return p
	}
	expression := "max by (alertname) (" + q.selector(s.ServiceLabels) + ")"
	r := sources.Range{From: q.Now.Add(-alertsFor).Truncate(alertsStep), To: q.Now.Truncate(alertsStep), Step: alertsStep}
	for _, m := range change.Reporting(s.Metrics, &q.Group) {
		name := m.Source().Name
		answer, err := ask(ctx, m, expression, r)
		if err != nil {
			failed := Part{}
			failed.failed(err)
			p.Failed = p.Failed || failed.Failed
			p.Missing = append(p.Missing, name+": "+strings.Join(failed.Missing, ""))
			continue
		}
		if !answer.Extent.Whole() {
			p.Missing = append(p.Missing, name+": times may be missing, because "+clean.Line(answer.Extent.Why()))
		}
		for _, series := range answer.Series {
			p.Times = append(p.Times, q.episodes(series, r, name)...)
		}
	}
	if p.Failed && len(p.Times) == 0 {
		p.AsOf = time.Time{}
	}
	return p
}

func ask(ctx context.Context, m sources.Metrics, expression string, r sources.Range) (sources.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, alertsTime)
	defer cancel()
	return m.QueryRange(ctx, expression, r)
}

// episodes returns the times at which a series has values, without the problem that
// lasts.
func (q *Question) episodes(s sources.Series, r sources.Range, from string) []Time {
	var all []Time
	var last time.Time
	for _, point := range s.Points {
		if n := len(all); n > 0 && point.At.Sub(last) <= r.Step+r.Step/2 {
			all[n-1].Ended = point.At
		} else {
			title := clean.Line(s.Labels["alertname"])
			if title == "" {
				title = strings.Join(q.Names, ", ")
			}
			all = append(all, Time{From: from, Began: point.At, Ended: point.At, Within: r.Step, Title: title})
		}
		last = point.At
	}
	return slices.DeleteFunc(all, func(t Time) bool {
		now := !t.Ended.Before(r.To.Add(-r.Step)) && q.Problem.End.IsZero()
		return now || !q.Problem.Start.IsZero() && !t.Ended.Before(q.Problem.Start.Add(-r.Step))
	})
}

// Exactness says how exact the times of the series are.
func (t *Time) Exactness() string {
	if t.Within == 0 {
		return ""
	}
	return fmt.Sprintf("to %d minutes: shorter ones may be missing", int(t.Within.Minutes()))
}
