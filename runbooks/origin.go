package runbooks

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"firstline/runbooks/checkout"
)

// originFor is how long git's answers are cached: branches change outside the
// program, but not between two frames.
const originFor = time.Minute

// Origin describes where a runbook comes from.
type Origin struct {
	// Checkout is the git checkout that contains it. Dir is empty when none
	// does.
	Checkout checkout.Checkout
	// LastChanged is when the text was last changed: in git where git tracks
	// the file and it has no local changes, else the file's or the server's
	// time. It is zero when unknown.
	LastChanged time.Time
}

// origins caches git's answers.
type origins struct {
	mu sync.Mutex
	of map[string]origin // by the runbook's path
}

type origin struct {
	Origin
	at       time.Time
	modified time.Time
}

// Origin asks where a runbook comes from. It may wait some ten milliseconds for
// git: do not call it in an event loop.
func (l *Library) Origin(ctx context.Context, rb *Runbook) Origin {
	if !rb.Editable {
		return Origin{LastChanged: rb.Modified}
	}
	now := time.Now()
	l.origins.mu.Lock()
	cached, ok := l.origins.of[rb.Path]
	l.origins.mu.Unlock()
	if ok && now.Sub(cached.at) < originFor && cached.modified.Equal(rb.Modified) {
		return cached.Origin
	}
	o := Origin{LastChanged: rb.Modified}
	if c, err := checkout.Of(ctx, filepath.Dir(rb.Path)); err == nil {
		o.Checkout = c
		if at, err := checkout.LastChanged(ctx, rb.Path); err == nil {
			o.LastChanged = at
		}
	}
	if ctx.Err() != nil {
		return o // do not cache half an answer
	}
	l.origins.mu.Lock()
	defer l.origins.mu.Unlock()
	if l.origins.of == nil {
		l.origins.of = map[string]origin{}
	}
	l.origins.of[rb.Path] = origin{o, now, rb.Modified}
	return o
}

// forgetOrigins drops the cached answers.
func (l *Library) forgetOrigins() {
	l.origins.mu.Lock()
	defer l.origins.mu.Unlock()
	l.origins.of = nil
}
