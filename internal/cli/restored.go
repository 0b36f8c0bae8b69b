package cli

import (
	"sync"

	"firstline/sources"
)

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
