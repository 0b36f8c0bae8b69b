package cli

import (
	"context"
	"sync"

	"firstline/internal/crash"
	"firstline/sources"
)

// feed is the running pollers. It owns their goroutines and the channel that
// they fill.
type feed struct {
	snapshots chan sources.Snapshot
	pollers   []*sources.Poller
	cancel    context.CancelFunc
	running   sync.WaitGroup
	// opened is closed when the state is open, or can't be.
	opened chan struct{}
}

// startPolling polls all sources until ctx ends: the servers are asked at once, while
// the state is being opened. A fault in what is done with an answer is given to
// ended.
func (s *setup) startPolling(ctx context.Context, ended func(*crash.Fault)) *feed {
	ctx, cancel := context.WithCancel(ctx)
	f := &feed{snapshots: make(chan sources.Snapshot), cancel: cancel, opened: make(chan struct{})}
	publish := func(snap sources.Snapshot) {
		s.learnZone(snap)
		if snap.Err != nil {
			s.log.Warn("a source could not be read", "source", snap.Source.Name, "why", sources.Sentence(snap.Err))
		}
		select {
		case f.snapshots <- snap:
		case <-ctx.Done():
		}
	}
	run := func(do func()) {
		f.running.Go(func() {
			defer func() {
				if value := recover(); value != nil {
					ended(crash.Caught(value))
				}
			}()
			do()
		})
	}
	var all []*restored
	for _, r := range s.readers {
		p := sources.NewPoller(r.Reader, r.interval)
		f.pollers = append(f.pollers, p)
		before := &restored{source: r.Source(), publish: publish, done: make(chan struct{})}
		all = append(all, before)
		run(func() {
			store := s.storer(ctx, before)
			endAcks := s.ackEnder(ctx)
			p.Run(ctx, sources.Snapshot{}, func(snap sources.Snapshot) {
				before.answer(snap)
				select {
				case <-before.done:
				case <-ctx.Done():
					return
				}
				store(snap)
				endAcks(snap)
			})
		})
	}
	run(func() {
		select {
		case <-f.opened:
		case <-ctx.Done():
			return
		}
		for _, before := range all { // one after the other: each takes memory
			before.restore(s.lastStored(ctx, before.source))
		}
	})
	return f
}

// refresh asks all sources to be read now.
func (f *feed) refresh() {
	for _, p := range f.pollers {
		p.Refresh()
	}
}

// stop ends the pollers, waits for them, and closes the channel.
func (f *feed) stop() {
	f.cancel()
	f.running.Wait()
	close(f.snapshots)
}

// restored is what an earlier run stored of a source, beside what the source answers
// now: either may come first.
type restored struct {
	source  sources.Source
	publish func(sources.Snapshot)

	mu sync.Mutex
	// last is what was stored; done is closed when that is read, if anything was
	// stored.
	last sources.Snapshot
	done chan struct{}
	// failing is the last failure of a source that has not answered yet.
	failing sources.Snapshot
}

// answer publishes what a poller has. A source that fails before it has answered has
// what was stored.
func (r *restored) answer(snap sources.Snapshot) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if snap.AsOf.IsZero() {
		r.failing = snap
		snap = r.withFailure(r.last)
	}
	r.publish(snap)
}

// restore publishes what was stored, also that nothing was.
func (r *restored) restore(last sources.Snapshot) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer close(r.done)
	last.Source, last.Earlier = r.source, true
	r.last = last
	r.publish(r.withFailure(last))
}

// take gives away what was stored: the source has answered.
func (r *restored) take() sources.Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := r.last
	r.last = sources.Snapshot{}
	return last
}

// withFailure is what was stored, with the failure of the source.
func (r *restored) withFailure(last sources.Snapshot) sources.Snapshot {
	last.Source, last.Err, last.FailingSince = r.source, r.failing.Err, r.failing.FailingSince
	return last
}
