package room

import "time"

// Apart is the least time between the beginnings of two reads that the cursor causes.
const Apart = 300 * time.Millisecond

// Pace spaces the reads of all tabs and rows: however quickly the cursor moves, one
// begins in each Apart. The zero Pace has seen none begin.
type Pace struct{ last time.Time }

// Wait returns how long to wait before a read may begin, or 0. It is 0 too after the
// clock was set back.
func (p *Pace) Wait(now time.Time) time.Duration {
	if p == nil || p.last.IsZero() {
		return 0
	}
	if wait := p.last.Add(Apart).Sub(now); wait > 0 && wait <= Apart {
		return wait
	}
	return 0
}

// Begin notes that a read begins.
func (p *Pace) Begin(now time.Time) {
	if p != nil {
		p.last = now
	}
}
