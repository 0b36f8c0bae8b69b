package cli

import (
	"context"
	"errors"
	"slices"
	"time"

	"firstline/internal/crash"
	"firstline/sources"
)

// rejoinEvery is after which time the groups are made again although no source
// changed: silences end and acknowledgements run out by the clock alone.
const rejoinEvery = time.Minute

// follow gives take what the sources say until ctx ends, and nothing each minute. It
// stores nothing and acts on nothing.
func (s *setup) follow(ctx context.Context, take func(list []sources.Snapshot) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	feed := s.startPolling(ctx, func(fault *crash.Fault) { cancel(fault) })
	defer feed.stop()
	close(feed.opened) // nothing of an earlier run is wanted
	for {
		turn, end := context.WithTimeout(ctx, rejoinEvery)
		list, _ := sources.NextSnapshots(turn, feed.snapshots)
		end()
		var fault *crash.Fault
		switch {
		case errors.As(context.Cause(ctx), &fault):
			return fault
		case ctx.Err() != nil:
			return nil // by a signal, whose number is the status
		}
		if err := take(list); err != nil {
			return err
		}
	}
}

// putSnapshots puts what sources say, none: time has passed, in the place of what they
// said before, and gives each to say. It reports whether the groups are to be made
// again: something may differ, and every source has answered.
func putSnapshots(all, list []sources.Snapshot, say func(sources.Snapshot) error) (differs bool, err error) {
	differs = len(list) == 0
	for _, snap := range list {
		i := slices.IndexFunc(all, func(s sources.Snapshot) bool { return s.Source.Name == snap.Source.Name })
		if snap.Earlier || i < 0 {
			continue
		}
		differs = differs || snap.Differs(all[i])
		all[i] = snap
		if err := say(snap); err != nil {
			return false, err
		}
	}
	return differs && !slices.ContainsFunc(all, func(s sources.Snapshot) bool { return !s.Answered() }), nil
}
