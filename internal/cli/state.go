package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"firstline/internal/config"
	"firstline/internal/store"
	"firstline/sources"
)

// storeEvery is the least time between two writes of a source's state that has not
// changed: it is for the next start, not a history. storeChangedEvery is the time for
// one that has changed, because it is packed as a whole.
const (
	storeEvery        = 30 * time.Second
	storeChangedEvery = 2 * time.Minute
)

// forgetAfter is after how many months an unused reading position or fetched
// runbook is deleted.
const forgetAfter = 6

// openState opens what outlives the terminal. If it cannot be opened, it says
// so and continues without: a full disk must not prevent anybody from answering
// a page. The demo has its own state, which ends with it. After it is open,
// another call returns the same warning.
func (s *setup) openState(ctx context.Context) (warning string) {
	if s.state != nil {
		return s.state.Notice()
	}
	path, err := s.statePath(), error(nil)
	if s.demo {
		path, err = s.demoState()
	}
	var state *store.Store
	if err == nil {
		state, err = store.Open(ctx, path)
	}
	if err != nil {
		s.log.Error("the state can't be opened", "why", err)
		return fmt.Sprintf("Drafts, ticks and the journal are not saved: %v. Make room or mend the permissions, then start again.", err)
	}
	s.state = state
	s.atEnd(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if err := state.Tidy(ctx, s.now().AddDate(0, -forgetAfter, 0), int64(s.config.Runbooks.CacheMB)*1e6); err != nil {
			s.log.Warn("the state was not tidied", "why", err)
		}
		if err := state.Close(); err != nil {
			s.log.Warn("the state did not close cleanly", "why", err)
		}
	})
	return state.Notice()
}

// stateDirectory is where what outlives the terminal is.
func (a *app) stateDirectory() string {
	return filepath.Join(cmp.Or(a.stateHome, config.StateHome()), "firstline")
}

// statePath is the file of the state.
func (s *setup) statePath() string { return filepath.Join(s.stateDirectory, "state.sqlite") }

func (s *setup) demoState() (string, error) {
	dir, err := os.MkdirTemp("", "firstline-demo-")
	if err != nil {
		return "", fmt.Errorf("making a place for the demo's state: %w", err)
	}
	s.atEnd(func() {
		if err := os.RemoveAll(dir); err != nil {
			s.log.Warn("the demo's state stays behind", "path", dir, "why", err)
		}
	})
	return filepath.Join(dir, "state.sqlite"), nil
}

// lastStored is what was last read of a source in an earlier run.
func (s *setup) lastStored(ctx context.Context, source sources.Source) sources.Snapshot {
	if s.state == nil {
		return sources.Snapshot{}
	}
	snap, ok, err := s.state.Snapshot(ctx, source)
	if err != nil {
		s.log.Warn("the last known state can't be read", "source", source.Name, "why", err)
	}
	if !ok || err != nil {
		return sources.Snapshot{}
	}
	return snap
}

// storer stores whole snapshots for the next start, beginning after what was stored
// before, which must be read when the first comes. Only one poller calls it.
func (s *setup) storer(ctx context.Context, before *restored) func(sources.Snapshot) {
	var last sources.Snapshot
	found := false // last is what is stored
	return func(snap sources.Snapshot) {
		if s.state == nil || s.demo || !snap.OK() || snap.Partial {
			return
		}
		if last.AsOf.IsZero() {
			last = before.take()
		}
		same := found && snap.Revision == last.Revision
		if wait := snap.AsOf.Sub(last.AsOf); wait < storeEvery || !same && wait < storeChangedEvery {
			return
		}
		stored, err := false, error(nil)
		if same {
			stored, err = s.state.ConfirmSnapshot(ctx, snap.Source, last.AsOf, snap.AsOf)
		}
		if err == nil && !stored {
			err = s.state.SaveSnapshot(ctx, snap)
		}
		last, found = snap, err == nil
		last.Data = sources.Data{} // it is not needed, and large
		if err != nil && ctx.Err() == nil {
			s.log.Warn("the last state can't be stored", "source", snap.Source.Name, "why", err)
		}
	}
}
