package sources

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"time"
)

const (
	// maxBackOff is the longest pause after failures; a longer Interval is
	// not shortened.
	maxBackOff = 2 * time.Minute
	// maxRetryAfter is the longest pause that a server can ask for: it must
	// not be able to switch itself off for good.
	maxRetryAfter = 15 * time.Minute
	// refreshGap is the least time between the starts of two reads, so that a
	// key held down asks no server without pause.
	refreshGap = time.Second
	// jitter is by how much of itself a pause is longer or shorter, so that
	// many terminals do not ask at the same moment.
	jitter = 0.1
)

// Poller reads one source again and again. Its failures, even a panic of its
// Reader, stay its own: they are published as a state of that source.
type Poller struct {
	Reader Reader
	// Interval is the pause between two reads, give or take a tenth; where the
	// source has more to read at once (Data.More) there is nearly none. After
	// failures in a row it doubles each time up to two minutes, and is never
	// shorter than a rate limit asks for.
	Interval time.Duration

	state Snapshot
	poke  chan struct{}
	// suspended is how long the machine has been suspended; tests replace it.
	suspended func() time.Duration
}

// NewPoller makes a poller.
func NewPoller(r Reader, interval time.Duration) *Poller {
	return &Poller{Reader: r, Interval: interval, poke: make(chan struct{}, 1), suspended: suspended}
}

// Refresh asks for a read now, or for one more when one is under way. It never
// blocks. A wait that a rate limit asked for is not cut short.
func (p *Poller) Refresh() {
	select {
	case p.poke <- struct{}{}:
	default: // one is asked for already
	}
}

// Run goes on from previous, which may be the zero Snapshot or the last one of
// an earlier run: it reads at once and then again and again until ctx ends. It
// calls publish, never twice at a time, with each partial result, each result, and each
// failure. A failure keeps the newest data and its time: what a partial result
// brought is not taken from the screen again, but while this poller has had no
// whole result, Partial stays. A read that brings nothing new is published with
// the very Data of the one before. It must be called once.
func (p *Poller) Run(ctx context.Context, previous Snapshot, publish func(Snapshot)) {
	p.state = previous
	p.state.Source, p.state.Partial = p.Reader.Source(), false
	failures := 0 // in a row, those that Refresh asked for not counted
	asked, whole := false, false
	for {
		start := Now()
		next := read(ctx, p.Reader, func(d Data) {
			p.state.put(d)
			p.state.AsOf, p.state.Partial = start, true
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

// put takes what was read. The same data again keeps its revision and its very
// lists, so that nothing is held twice.
func (s *Snapshot) put(d Data) {
	if !reflect.DeepEqual(d, s.Data) {
		s.Data = d
		s.Revision++
	}
}

// lookEvery is how often a waiting poller looks whether the machine was
// suspended meanwhile.
const lookEvery = time.Second

// wait waits until the next read, and reports whether Refresh cut it short. When
// the machine comes back from a suspension of more than an interval it waits no
// longer: what is on the screen is as old as that.
func (p *Poller) wait(ctx context.Context, start time.Time, failures int) (asked bool) {
	pause, mayPoke := p.pause(failures)
	timer := time.NewTimer(pause)
	defer timer.Stop()
	poke := p.poke
	if !mayPoke {
		poke = nil
	}
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	before := p.suspended()
	for poked := false; !poked; {
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			// What was asked for meanwhile is what comes now.
			select {
			case <-p.poke:
			default:
			}
			return false
		case <-look.C:
			// A wait that a server asked for goes on by the clock on the wall.
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

// pause is how long to wait after that many failures in a row, and whether
// Refresh may cut it short.
func (p *Poller) pause(failures int) (time.Duration, bool) {
	pause := max(p.Interval, refreshGap)
	if failures == 0 && p.state.Err == nil && p.state.Data.More {
		return refreshGap, true // there is more to read, and nothing against it
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

// ReadOnce reads r once and returns what came of it.
func ReadOnce(ctx context.Context, r Reader) Snapshot {
	return read(ctx, r, func(Data) {})
}
