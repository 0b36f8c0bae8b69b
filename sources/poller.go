package sources

import (
	"context"
	"time"
)

// Poller reads one source again and again.
type Poller struct {
	Reader   Reader
	Interval time.Duration

	previous Snapshot
	poke     chan struct{}
}

// NewPoller makes a poller that goes on from previous.
func NewPoller(r Reader, interval time.Duration, previous Snapshot) *Poller {
	previous.Source = r.Source()
	return &Poller{Reader: r, Interval: interval, previous: previous, poke: make(chan struct{}, 1)}
}

// Run reads until ctx ends and hands each state to publish.
func (p *Poller) Run(ctx context.Context, publish func(Snapshot)) {}

// Refresh asks for a read now. It never blocks.
func (p *Poller) Refresh() {
	select {
	case p.poke <- struct{}{}:
	default:
	}
}

// ReadOnce reads the source once.
func ReadOnce(ctx context.Context, r Reader) Snapshot { return Snapshot{Source: r.Source()} }
