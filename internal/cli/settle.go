package cli

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"time"

	"firstline/internal/config"
	"firstline/internal/execute"
	"firstline/internal/respond"
	"firstline/internal/store"
	"firstline/sources"
)

const (
	// usualSettleTime bounds the looking of a command for what came of earlier
	// runs.
	usualSettleTime = 5 * time.Second
	// readAgain is for how long what could not be found out is looked for again.
	readAgain = 12 * time.Hour
)

// settler settles what earlier runs began and never confirmed, such as one
// that was killed: by reading what came of it.
type settler struct {
	*setup
	doer *execute.Doer
	// reported has the numbers of the entries that were reported.
	reported map[int64]bool
}

func (s *setup) newSettler() *settler {
	return &settler{setup: s, doer: s.doer(), reported: map[int64]bool{}}
}

// settle returns what it found out, or cannot find out, and when
// another try is worth it, or zero when nothing is left. It reports each entry
// once.
func (s *settler) settle(ctx context.Context) (results []respond.Result, next time.Time) {
	entries, err := s.unsettled(ctx)
	if err != nil {
		s.log.Warn("the journal can't be read", "why", err)
		return nil, time.Time{}
	}
	// again is when to look again; earlier than that is what may not come about any
	// more from then on.
	again := s.now().Add(execute.SettleAgain)
	left := func(at time.Time) {
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	var begun []execute.Begun
	for _, e := range entries {
		b, by, err := (journal{s.state}).begun(ctx, e)
		switch {
		case err != nil:
			s.log.Warn("an entry of the journal can't be read", "why", err)
		case b.Outcome == "" && (journal{s.state}).underWay(b.At, by, s.now()):
			left(again)
		case !s.canRead(b):
			// Another configuration, or a token, may.
		default:
			begun = append(begun, b)
		}
	}
	for _, found := range s.doer.Settle(ctx, begun) {
		decided := found.Settled() && found.Outcome != respond.Unknown
		if !found.Settled() {
			left(again)
			if until := found.MayComeUntil; !until.IsZero() {
				left(until)
			}
		}
		if !found.Settled() && ctx.Err() != nil {
			continue // time is up, which says nothing of it
		}
		again := found.Begun.Outcome == respond.Unknown // it was reported when it was done
		if decided || !again && (!s.reported[found.Number] || found.Settled()) {
			results = append(results, respond.Result{Outcome: cmp.Or(found.Outcome, respond.Unknown), Sentence: oneLine(found.Sentence)})
			if decided && found.Attempt != "" && found.Last {
				s.report(ctx, found.Attempt)
			}
		}
		s.reported[found.Number] = true
	}
	return results, next
}

// report writes down that the outcome of an attempt is reported. If that fails, the
// same again is taken for the same attempt: nothing is sent twice.
func (s *settler) report(ctx context.Context, attempt string) {
	if err := s.state.Reported(ctx, attempt); err != nil {
		s.log.Warn("the journal can't be written", "why", err)
	}
}

// unsettled returns the entries to settle: those without an outcome, and the
// newer ones with an unknown one.
func (s *settler) unsettled(ctx context.Context) ([]store.Entry, error) {
	entries, err := s.state.Unsettled(ctx)
	if err != nil {
		return nil, err
	}
	open, err := s.state.Open(ctx)
	for _, e := range open {
		if e.Outcome != "" && s.now().Sub(e.At) < readAgain && !slices.ContainsFunc(entries, func(other store.Entry) bool { return other.ID == e.ID }) {
			entries = append(entries, e)
		}
	}
	return entries, err
}

// canRead reports whether the system that a write went to is configured here.
func (s *settler) canRead(b execute.Begun) bool {
	if silence := b.Step.Silence; silence != nil {
		return slices.ContainsFunc(append([]string{silence.Source}, b.Step.Members...), func(name string) bool {
			return slices.ContainsFunc(s.doer.Silencers, func(one sources.Silencer) bool { return one.Source().Name == name })
		})
	}
	return s.doer.Incidents != nil && (b.Account == "" || slices.ContainsFunc(s.config.PagerDuty, func(p config.PagerDuty) bool { return p.Name == b.Account }))
}

// settleEarlier finds out, before a command does its own work, what came of what
// a run began that was killed, and says it.
func (a *app) settleEarlier(ctx context.Context, s *setup) {
	if s.demo || !s.hasState() {
		return
	}
	if s.openState(ctx); s.state == nil {
		return // the command that needs it says why
	}
	ctx, cancel := context.WithTimeout(ctx, a.settleTime)
	defer cancel()
	results, next := s.newSettler().settle(ctx)
	for _, r := range results {
		a.sayf("%s", r.Sentence)
	}
	if !next.IsZero() && ctx.Err() != nil {
		a.sayf("what came of all that was begun before could not be read within %s: `firstline history --open` lists it", a.settleTime)
	}
}

// hasState reports whether there is a state file. Without one nothing was
// begun, and none is created to find that out.
func (s *setup) hasState() bool {
	_, err := os.Stat(s.statePath())
	return !errors.Is(err, fs.ErrNotExist)
}
