package cli

import (
	"context"
	"time"

	"firstline/internal/history/syncing"
	"firstline/internal/report"
	"firstline/sources"
)

// screenLoad is the load of on-call on the screen.
type screenLoad struct{ s *setup }

// report computes a report of the time up to now for the screen. The demo reads
// its own history first.
func (l *screenLoad) report(ctx context.Context, back time.Duration) (report.Report, error) {
	if err := l.s.syncDemo(ctx, back); err != nil {
		return report.Report{}, err
	}
	if err := l.s.needPast(ctx); err != nil {
		return report.Report{}, err
	}
	now := l.s.now()
	return l.s.makeReport(ctx, l.s.reportOptions(now, sources.Span{Since: now.Add(-back), Until: now}), true, nil)
}

// syncDemo reads the history of the demo, whose state ends with each run, by one at a
// time, before somebody reads what is stored of it. Others run `firstline sync`.
func (s *setup) syncDemo(ctx context.Context, back time.Duration) error {
	if !s.demo {
		return nil
	}
	s.syncing.Lock()
	defer s.syncing.Unlock()
	syncer := &syncing.Syncer{Past: s.account, Store: s.state, Now: s.serverNow, Policies: []string{s.config.FirstLine.EscalationPolicy}}
	_, err := syncer.Sync(ctx, syncing.Plan{Since: s.notBeforeHistory(s.now().Add(-2 * back))})
	return err
}

// forgottenSync is how long ago the last sync must be for the header to say nothing of
// the nights.
const forgottenSync = 7 * 24 * time.Hour

// night counts the interruptions of the last night, or returns nil where no
// history is stored.
func (l *screenLoad) night(ctx context.Context, me []string, now time.Time) *report.Night {
	span := report.LastNight(now)
	err := l.s.syncDemo(ctx, now.Sub(span.Since))
	if err != nil {
		l.s.log.Warn("the demo's history was not read", "why", err)
		return nil
	}
	h, err := l.s.pastFor(ctx, report.Options{Span: span}, span.Until.Sub(span.Since))
	if err != nil {
		l.s.log.Warn("the last night was not read", "why", err)
		return nil
	}
	if len(h.Log) == 0 || now.Sub(h.Log[len(h.Log)-1].Until) > forgottenSync {
		return nil
	}
	n := report.NewNight(h, span, me...)
	return &n
}
