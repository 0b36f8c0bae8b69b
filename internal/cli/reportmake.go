package cli

import (
	"context"
	"fmt"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/report"
	"firstline/sources"
)

// reportOptions are those of the configuration.
func (s *setup) reportOptions(now time.Time, span sources.Span) report.Options {
	return report.Options{
		Span: span, Begins: s.historyBegins(), FirstLine: s.config.FirstLine.EscalationPolicy, Hours: s.developerHours(), Stage: s.stages(), Zone: now.Location(),
		RunWork: s.config.Report.RunWork, Week: s.config.Report.Week, Compensation: s.config.Compensation,
	}
}

// makeReport computes a report from the stored history. A time that may move ends with
// the last sync. add may read more than the history.
func (s *setup) makeReport(ctx context.Context, o report.Options, moves bool, add func(*past.History, *report.Options) error) (report.Report, error) {
	asked := o.Span
	back := 2*asked.Until.Sub(asked.Since) + oldSync
	if o.Before != (sources.Span{}) {
		back = asked.Until.Sub(o.Before.Since) + oldSync
	}
	h, err := s.pastFor(ctx, o, back)
	if err != nil {
		return report.Report{}, err
	}
	late := upToSync(&o, h, moves)
	if late > 0 {
		o.Before = sources.Span{} // it is no whole month
	}
	if late > oldSync && moves { // the time before begins earlier too
		if h, err = s.pastFor(ctx, o, back); err != nil {
			return report.Report{}, err
		}
	}
	if err := s.findSelection(h, &o); err != nil {
		return report.Report{}, err
	}
	if add != nil {
		if err := add(&h, &o); err != nil {
			return report.Report{}, err
		}
	}
	r := report.New(h, o)
	if late > oldSync {
		r.Missing = append(r.Missing, fmt.Sprintf("the last %s, because the last sync was then: run `firstline sync`", roundly(late)))
	}
	return r, nil
}

// oldSync is how long ago a sync may be before the report says that it is old.
const oldSync = 24 * time.Hour

// upToSync lets the time to report on end with the last sync, and returns how long
// before its end that was. A time that may move keeps its length.
func upToSync(o *report.Options, h past.History, moves bool) time.Duration {
	if len(h.Log) == 0 {
		return 0
	}
	last := h.Log[len(h.Log)-1].Until
	late := o.Span.Until.Sub(last)
	if late <= 0 || last.Before(o.Span.Since) {
		return 0 // what is missing is said
	}
	o.Span.Until = last
	if moves {
		o.Span.Since = o.Span.Since.Add(-late)
	}
	return late
}
