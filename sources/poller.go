package sources

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

const (
	// maxBackOff is the longest pause after failures. It does not shorten a
	// longer Interval.
	maxBackOff = 2 * time.Minute
	// maxRetryAfter is the longest pause that a server can ask for, so that it
	// cannot disable its source for good.
	maxRetryAfter = 15 * time.Minute
	// refreshGap is the least time between the starts of two reads, so that a
	// key held down does not flood a server.
	refreshGap = time.Second
	// jitter is the relative variation of a pause, so that many terminals do
	// not ask at the same moment.
	jitter = 0.1
)

// Poller reads one source repeatedly. A failure of its Reader, even a panic, is
// published as a state of that source and affects no other.
type Poller struct {
	Reader Reader
	// Interval is the pause between two reads, plus or minus a tenth. It is
	// nearly zero while the source has more to read (Data.More). After each
	// failure in a row it doubles, up to two minutes, and it is never shorter
	// than a rate limit asks for.
	Interval time.Duration

	state Snapshot
	poke  chan struct{}
	// suspended returns how long the machine has been suspended. Tests replace
	// it.
	suspended func() time.Duration
}

// NewPoller makes a poller.
func NewPoller(r Reader, interval time.Duration) *Poller {
	return &Poller{Reader: r, Interval: interval, poke: make(chan struct{}, 1), suspended: suspended}
}

// Refresh asks for a read now, or for another one after the current read. It
// never blocks. It does not shorten a wait that a rate limit asked for.
func (p *Poller) Refresh() {
	select {
	case p.poke <- struct{}{}:
	default: // one is already requested
	}
}

// Run continues from previous, which may be the zero Snapshot or the last one
// of an earlier run: it reads at once and then repeatedly until ctx ends. It
// calls publish, never concurrently, with each partial result, each result, and
// each failure. A failure preserves the newest data and its time: a partial
// result stays on the screen, with Partial set while this poller has had no
// complete result. A read that brings nothing new is published with the revision
// of the previous read. Run must be called once.
func (p *Poller) Run(ctx context.Context, previous Snapshot, publish func(Snapshot)) {
	p.state = previous
	p.state.Source, p.state.Partial = p.Reader.Source(), false
	failures := 0 // in a row, without those that Refresh requested
	asked, whole := false, false
	for {
		start := Now()
		next := read(ctx, p.Reader, func(d Data) {
			p.state.put(d)
			p.state.AsOf, p.state.Partial, p.state.Earlier = start, true, false
			publish(p.state)
		})
		if ctx.Err() != nil {
			return
		}
		if next.Err == nil {
			p.state.put(next.Data)
			next.Data, next.Revision = p.state.Data, p.state.Revision
			p.state, whole, failures = next, true, 0
		} else {
			p.state.Err = next.Err
			if p.state.FailingSince.IsZero() {
				p.state.FailingSince = next.FailingSince
			}
			p.state.Partial = p.state.Partial && !whole
			if !asked || failures == 0 {
				failures++
			}
		}
		publish(p.state)
		if asked = p.wait(ctx, start, failures); ctx.Err() != nil {
			return
		}
	}
}

// put stores what was read. Data that says the same has the same revision.
func (s *Snapshot) put(d Data) {
	if !d.same(&s.Data) {
		s.Revision++
	}
	s.Data = d
}

// checkEvery is how often a waiting poller checks whether the machine was
// suspended.
const checkEvery = time.Second

// wait waits until the next read, and reports whether Refresh shortened it.
// After a suspension of more than an interval it returns at once, because the
// data on the screen is as old as the suspension.
func (p *Poller) wait(ctx context.Context, start time.Time, failures int) (asked bool) {
	pause, mayPoke := p.pause(failures)
	timer := time.NewTimer(pause)
	defer timer.Stop()
	poke := p.poke
	if !mayPoke {
		poke = nil
	}
	check := time.NewTicker(checkEvery)
	defer check.Stop()
	before := p.suspended()
	for poked := false; !poked; {
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			// The coming read serves a request that arrived during the wait.
			select {
			case <-p.poke:
			default:
			}
			return false
		case <-check.C:
			// A wait that a server asked for continues in wall clock time.
			slept := p.suspended() - before
			if slept.Abs() > max(p.Interval, refreshGap) && (mayPoke || slept > pause) {
				return false
			}
		case <-poke:
			poked = true
		}
	}
	gap := time.NewTimer(time.Until(start.Add(refreshGap)))
	defer gap.Stop()
	select {
	case <-ctx.Done():
	case <-gap.C:
	}
	return true
}

// pause returns how long to wait after that many failures in a row, and whether
// Refresh may shorten it.
func (p *Poller) pause(failures int) (time.Duration, bool) {
	pause := max(p.Interval, refreshGap)
	if failures == 0 && p.state.Err == nil && p.state.Data.More {
		return refreshGap, true // there is more to read, and no failure
	}
	for n := 1; n < failures && pause < maxBackOff; n++ {
		pause *= 2
	}
	if failures > 0 {
		pause = min(pause, max(maxBackOff, p.Interval))
	}
	pause += time.Duration((2*rand.Float64() - 1) * jitter * float64(pause))
	var e *Error
	if !errors.As(p.state.Err, &e) || e.Reason != RateLimited {
		return pause, true
	}
	return max(pause, min(e.RetryAfter, maxRetryAfter)), false
}

// ReadOnce reads r once and returns the result.
func ReadOnce(ctx context.Context, r Reader) Snapshot {
	return read(ctx, r, func(Data) {})
}
