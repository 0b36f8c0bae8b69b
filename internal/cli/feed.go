package cli

import (
	"context"
	"slices"
	"sync"
	"time"

	"firstline/internal/accounts"
	"firstline/internal/crash"
	"firstline/sources"
)

// feed is the running pollers. It owns their goroutines and the channel that
// they fill.
type feed struct {
	ctx    context.Context
	cancel context.CancelFunc
	// ended gets a fault in what is done with an answer.
	ended   func(*crash.Fault)
	running sync.WaitGroup
	// opened is closed when the state is open, or can't be.
	opened chan struct{}

	mu sync.Mutex
	// setup is the one in use. snapshots is for whoever shows it, and changed is
	// closed when another one takes its place.
	setup     *setup
	snapshots chan sources.Snapshot
	changed   chan struct{}
	// polled are the running pollers by the name of their source.
	polled map[string]*polled
}

// polled is a source that is polled.
type polled struct {
	reader   sources.Reader
	interval time.Duration
	poller   *sources.Poller
	// cancel ends it, done is closed once it has ended.
	cancel context.CancelFunc
	done   chan struct{}
	// last is what was last published.
	last sources.Snapshot
}

// startPolling polls all sources until ctx ends: the servers are asked at once, while
// the state is being opened. A fault in what is done with an answer is given to
// ended.
func (s *setup) startPolling(ctx context.Context, ended func(*crash.Fault)) *feed {
	ctx, cancel := context.WithCancel(ctx)
	f := &feed{
		ctx: ctx, cancel: cancel, ended: ended, opened: make(chan struct{}),
		setup: s, snapshots: make(chan sources.Snapshot), changed: make(chan struct{}), polled: map[string]*polled{},
	}
	var all []*restored
	f.mu.Lock()
	for _, r := range s.readers {
		before := &restored{source: r.Source(), done: make(chan struct{})}
		all = append(all, before)
		f.poll(r, before, nil, sources.Snapshot{})
	}
	f.mu.Unlock()
	f.run(func() {
		select {
		case <-f.opened:
		case <-ctx.Done():
			return
		}
		for _, before := range all { // one after the other: each takes memory
			before.restore(f.distinct(s.lastStored(ctx, before.source)))
		}
	})
	return f
}

// run runs what the feed owns.
func (f *feed) run(do func()) {
	f.running.Go(func() {
		defer func() {
			if value := recover(); value != nil {
				f.ended(crash.Caught(value))
			}
		}()
		do()
	})
}

// poll begins to poll a source, from what was read of it before. It waits for another
// poller of it, which must be ending, because both may have the same client. f.mu is
// held.
func (f *feed) poll(r reader, before *restored, after *polled, from sources.Snapshot) {
	ctx, cancel := context.WithCancel(f.ctx)
	p := &polled{
		reader: r.Reader, interval: r.interval, poller: sources.NewPoller(r.Reader, r.interval), cancel: cancel, done: make(chan struct{}), last: from,
	}
	f.polled[r.Source().Name] = p
	before.publish = func(snap sources.Snapshot) { f.publish(ctx, p, snap) }
	store, endAcks := f.setup.storer(ctx, before), f.ackEnder(ctx)
	f.run(func() {
		defer close(p.done)
		if after != nil {
			<-after.done
		}
		p.poller.Run(ctx, from, func(snap sources.Snapshot) {
			snap = f.distinct(snap)
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

// distinct refuses what was read of an account that is the same as one configured before
// it.
func (f *feed) distinct(snap sources.Snapshot) sources.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	var others []sources.Snapshot
	for _, r := range f.setup.readers {
		if r.Source() == snap.Source {
			break
		}
		if p := f.polled[r.Source().Name]; p != nil && r.Source().Kind == sources.PagerDuty {
			others = append(others, p.last)
		}
	}
	return accounts.Distinct(snap, others...)
}

// publish gives a snapshot to whoever shows it, until ctx ends.
func (f *feed) publish(ctx context.Context, p *polled, snap sources.Snapshot) {
	for {
		f.mu.Lock()
		if ctx.Err() != nil {
			f.mu.Unlock()
			return
		}
		p.last = snap
		s, to, changed := f.setup, f.snapshots, f.changed
		f.mu.Unlock()
		s.learnZone(snap)
		if snap.Err != nil {
			s.log.Warn("a source could not be read", "source", snap.Source.Name, "why", sources.Sentence(snap.Err))
		}
		select {
		case to <- snap:
			return
		case <-changed: // nobody takes it there any more
		case <-ctx.Done():
		}
	}
}

// inUse is the setup in use.
func (f *feed) inUse() *setup {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.setup
}

// channel is where snapshots go.
func (f *feed) channel() <-chan sources.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.snapshots
}

// use puts another setup in use: sources that it reads in the same way go on, others
// end or begin. What an earlier poller was about to say is not said any more. unread are
// the sources whose earlier answers do not hold any more, or that have none.
func (f *feed) use(s *setup) (snapshots <-chan sources.Snapshot, unread []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.changed)
	last, ending := f.setup, []*polled{}
	f.setup, f.snapshots, f.changed = s, make(chan sources.Snapshot), make(chan struct{})
	before := f.polled
	f.polled = map[string]*polled{}
	for _, r := range s.readers {
		name := r.Source().Name
		old := before[name]
		if old != nil && old.reader == r.Reader && old.interval == r.interval {
			f.polled[name] = old
			delete(before, name)
			s.learnZone(old.last)
			continue
		}
		from := sources.Snapshot{}
		switch {
		case old != nil && old.reader.Source() == r.Source() && (old.reader == r.Reader || slices.Contains(s.continued, name)):
			from = old.last
			s.learnZone(from)
		default:
			unread = append(unread, name)
		}
		if old != nil {
			old.cancel()
			ending = append(ending, old)
			delete(before, name)
		}
		nothing := &restored{source: r.Source(), done: make(chan struct{})}
		close(nothing.done)
		f.poll(r, nothing, old, from)
	}
	for _, old := range before {
		old.cancel()
		ending = append(ending, old)
	}
	f.run(func() {
		for _, old := range ending {
			<-old.done
		}
		last.closeUnused(s)
	})
	return f.snapshots, unread
}

// refresh asks all sources to be read now.
func (f *feed) refresh() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.polled {
		p.poller.Refresh()
	}
}

// stop ends the pollers, waits for them, and closes their connections and the channel.
func (f *feed) stop() {
	f.cancel()
	f.running.Wait()
	f.setup.closeUnused(&setup{})
	close(f.snapshots)
}
