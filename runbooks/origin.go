package runbooks

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"firstline/runbooks/checkout"
)

// originFor is how long git's answers are taken for true: branches change
// behind our back, but not each time that a page is drawn.
const originFor = time.Minute

// Origin is what is known of where a runbook comes from.
type Origin struct {
	// Checkout is the git checkout that it is in; its Dir is empty when it is
	// in none.
	Checkout checkout.Checkout
	// LastChanged is when the text was last changed: in git where git knows
	// and the file is as git has it, else the file's or the server's time.
	// Zero when nobody knows.
	LastChanged time.Time
}

// origins remembers what git said.
type origins struct {
	mu sync.Mutex
	of map[string]origin // by the runbook's path
}

type origin struct {
	Origin
	at       time.Time
	modified time.Time
}

// Origin asks where a runbook comes from. It may wait for git, some ten
// milliseconds: don't call it in a loop.
func (l *Library) Origin(ctx context.Context, rb *Runbook) Origin {
	if !rb.Editable {
		return Origin{LastChanged: rb.Modified}
	}
	now := time.Now()
	l.origins.mu.Lock()
	known, ok := l.origins.of[rb.Path]
	l.origins.mu.Unlock()
	if ok && now.Sub(known.at) < originFor && known.modified.Equal(rb.Modified) {
		return known.Origin
	}
	o := Origin{LastChanged: rb.Modified}
	if c, err := checkout.Of(ctx, filepath.Dir(rb.Path)); err == nil {
		o.Checkout = c
		if at, err := checkout.LastChanged(ctx, rb.Path); err == nil {
			o.LastChanged = at
		}
	}
	if ctx.Err() != nil {
		return o // half an answer is not kept
	}
	l.origins.mu.Lock()
	defer l.origins.mu.Unlock()
	if l.origins.of == nil {
		l.origins.of = map[string]origin{}
	}
	l.origins.of[rb.Path] = origin{o, now, rb.Modified}
	return o
}

// forgetOrigins asks git anew from now on.
func (l *Library) forgetOrigins() {
	l.origins.mu.Lock()
	defer l.origins.mu.Unlock()
	l.origins.of = nil
}
