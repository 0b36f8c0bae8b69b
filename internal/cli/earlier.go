package cli

import (
	"context"
	"errors"

	"firstline/internal/earlier"
	history "firstline/internal/history/past"
	"firstline/internal/report"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/past"
)

// earlierSources are what finds when alerts fired before.
func (s *setup) earlierSources() []earlier.Source {
	var all []earlier.Source
	if s.account != nil {
		all = append(all, earlier.PagerDuty{Account: s.account.Source().Name, API: s.account})
	}
	if len(s.metrics) > 0 {
		all = append(all, earlier.Alerts{Metrics: s.metrics, ServiceLabels: s.triage.WithDefaults().ServiceLabels})
	}
	if s.state != nil && s.account != nil {
		all = append(all, earlier.Stored{Read: func(ctx context.Context, span sources.Span) (history.History, error) {
			if err := s.syncDemo(ctx, span.Until.Sub(span.Since)/2); err != nil {
				return history.History{}, err
			}
			return s.pastFor(ctx, report.Options{Span: span}, span.Until.Sub(span.Since))
		}})
	}
	return all
}

// past is what the tab of the past reads.
func (s *setup) past() past.Options {
	all := s.earlierSources()
	if len(all) == 0 {
		return past.Options{}
	}
	return past.Options{
		Find: func(ctx context.Context, q earlier.Question, before earlier.Found) earlier.Found {
			return earlier.Find(ctx, all, q, before)
		},
		Open: s.openEarlier,
	}
}

// openEarlier reads what was done about an incident: PagerDuty's log and notes, and
// what this machine recorded; and the incident itself where nothing else says when
// it ended.
func (s *setup) openEarlier(ctx context.Context, t earlier.Time, users []sources.User) past.Opened {
	id := t.Incident.ID
	var (
		o      past.Opened
		faults [4]error
	)
	o.History, faults[0] = s.history().Of(ctx, triage.Group{ID: id, Incident: &sources.Incident{ID: id}}, users)
	if s.state != nil {
		o.Ticks, faults[1] = s.state.Ticks(ctx, id)
		o.Runs, faults[2] = s.state.Runs(ctx, id)
	}
	if s.account != nil && t.Ended.IsZero() && !o.Ends() {
		o.Incident, faults[3] = s.account.Incident(ctx, id)
	}
	o.Err = errors.Join(faults[:]...)
	return o
}
