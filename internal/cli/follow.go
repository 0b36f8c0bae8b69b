package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"firstline/internal/crash"
	"firstline/sources"
)

// rejoinEvery is after which time the groups are made again although no source
// changed: silences end and acknowledgements run out by the clock alone.
const rejoinEvery = time.Minute

// follower is what prints what the sources say while they are polled.
type follower interface {
	// take takes what the sources say, none: time has passed.
	take(list []sources.Snapshot) error
	// renew makes ready to go on with a setup of a changed configuration. use has it do
	// so; unread are the sources whose earlier answers do not hold any more, or that have
	// none. An error says why it can't: it goes on as it is.
	renew(next *setup) (use func(unread []string), err error)
}

// follow gives a follower what the sources say until ctx ends, nothing each minute, and
// the configuration when it was changed. It stores nothing and acts on nothing.
func (a *app) follow(ctx context.Context, s *setup, to follower) error {
	s.settings.ReadOnly = true
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	feed := s.startPolling(ctx, func(fault *crash.Fault) { cancel(fault) })
	defer feed.stop()
	close(feed.opened) // nothing of an earlier run is wanted
	changed := make(chan reloaded)
	if !s.demo {
		r := &reloader{app: a, feed: feed, give: func(ctx context.Context, r reloaded) {
			select {
			case changed <- r:
			case <-ctx.Done():
			}
		}}
		feed.run(func() { r.run(feed.ctx, s.config.WantedPath) })
	}
	for {
		list, r := nextOf(ctx, feed.channel(), changed)
		var fault *crash.Fault
		switch {
		case errors.As(context.Cause(ctx), &fault):
			return fault
		case ctx.Err() != nil:
			return nil // by a signal, whose number is the status
		}
		if r != nil {
			a.takeReloaded(feed, to, *r)
		}
		if err := to.take(list); err != nil {
			return err
		}
	}
}

// nextOf waits for what sources say, or for a changed configuration, until it is time to
// make the groups again.
func nextOf(ctx context.Context, snapshots <-chan sources.Snapshot, changed <-chan reloaded) ([]sources.Snapshot, *reloaded) {
	timer := time.NewTimer(rejoinEvery)
	defer timer.Stop()
	select {
	case first := <-snapshots:
		return sources.WithWaiting(first, snapshots), nil
	case r := <-changed:
		return nil, &r
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil, nil
}

// takeReloaded has a follower go on with a changed configuration, or says why it does not.
func (a *app) takeReloaded(f *feed, to follower, r reloaded) {
	switch {
	case r.refused != "":
		a.sayf("%s", r.refused)
	case r.asItWas:
		a.sayf("the configuration can be read again, and is as it was")
	case r.next != nil:
		use, err := to.renew(r.next)
		if err == nil {
			err = r.next.needSource()
		}
		if err != nil {
			a.sayf("the changed configuration is not used: %s; the one before stays", oneLine(err.Error()))
			return
		}
		r.next.settings.ReadOnly = true
		_, unread := f.use(r.next)
		use(unread)
		a.sayf("the configuration was changed and is used now: %s", strings.Join(r.tables, ", "))
	}
}

// renewSnapshots are what the sources of another setup said: nothing where that does not
// hold any more.
func renewSnapshots(next *setup, before []sources.Snapshot, unread []string) []sources.Snapshot {
	var all []sources.Snapshot
	for _, r := range next.readers {
		source := r.Source()
		i := slices.IndexFunc(before, func(s sources.Snapshot) bool { return s.Source == source })
		if i < 0 || slices.Contains(unread, source.Name) {
			all = append(all, sources.Snapshot{Source: source})
		} else {
			all = append(all, before[i])
		}
	}
	return all
}

// putSnapshots puts what sources say, none: time has passed, in the place of what they
// said before, and gives each to say. It reports whether something may differ.
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
	return differs, nil
}

// allAnswered reports whether every source has answered in full, or failed.
func allAnswered(all []sources.Snapshot) bool {
	return !slices.ContainsFunc(all, func(s sources.Snapshot) bool { return !s.Answered() })
}
