// Package lazy reads what a tab shows of one group, while the tab is shown and the
// cursor rests on the group: one read at a time, and again once what was read is
// old. Queries of a Prometheus are cheaper and are asked at once, see ui/queries.
package lazy

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/reply"
	"firstline/ui/room"
)

// Rest is how long the cursor rests on a group before it is read: those that the
// cursor only passes are not. So at most one read begins in this time.
const Rest = room.Apart

// most is how many groups are remembered.
const most = 64

// Cache has what was read, by the id of the group. It is used on the loop alone.
type Cache[T any] struct {
	// For is how long what was read is valid, Retry how long it is after a failure,
	// and Time how long one read may take.
	For, Retry, Time time.Duration
	// Pause waits for a group to be rested on; nil: reply.Pause.
	Pause func(context.Context, time.Duration) bool
	// Pace is that of the screen; nil: it has none.
	Pace *room.Pace

	entries map[string]Entry[T]
	order   []string // the first read first
	// wanted is the group that is shown, since when; empty: none is.
	wanted string
	since  time.Time
	// reading is the group that is being read.
	reading string
	cancel  context.CancelFunc
	// number counts the wishes to read all again.
	number           int
	loading, resting reply.Loader
}

// Entry is what was read of a group.
type Entry[T any] struct {
	Value T
	// At is when it was read; zero: not yet.
	At time.Time
	// failed: it is to be read again soon, after a pause since it was first seen to
	// have failed.
	failed bool
	seen   time.Time
	number int
}

// Of is what was read of a group.
func (c *Cache[T]) Of(id string) Entry[T] { return c.entries[id] }

// Forget has everything read again when it is shown. What was read stays until then.
func (c *Cache[T]) Forget() { c.number++ }

// Reading reports whether a group is being read.
func (c *Cache[T]) Reading(id string) bool { return c.reading == id && c.loading.Busy() }

// Read reads a group, with what was read before of it. failed: it is to be read
// again soon.
type Read[T any] func(ctx context.Context, before T) (value T, failed bool)

// Follow starts what became due for the group that is shown, or for none where id
// is empty. taken is called when something was read.
func (c *Cache[T]) Follow(ctx context.Context, now time.Time, id string, read Read[T], taken func()) tea.Cmd {
	if id != c.wanted {
		c.wanted, c.since = id, now
		if c.cancel != nil && c.reading != id {
			c.cancel() // nobody looks at it any more
		}
	}
	if e := c.entries[id]; e.failed && e.seen.IsZero() {
		e.seen = now // a read that fails by its timeout began long ago
		c.entries[id] = e
	}
	if id == "" || c.loading.Busy() || !c.due(id, now) {
		return nil
	}
	wait := c.Pace.Wait(now)
	if rested := now.Sub(c.since); rested >= 0 && rested < Rest {
		wait = max(wait, Rest-rested)
	}
	if wait > 0 {
		pause := c.Pause
		if pause == nil {
			pause = reply.Pause
		}
		return reply.Start(&c.resting, func() bool { return pause(ctx, wait) }, reply.Nothing(func(bool) {}))
	}
	ctx, cancel := context.WithTimeout(ctx, c.Time)
	c.reading, c.cancel = id, cancel
	c.Pace.Begin(now)
	before, number := c.entries[id].Value, c.number
	type result struct {
		value    T
		failed   bool
		canceled bool
	}
	return reply.Start(&c.loading, func() result {
		value, failed := read(ctx, before)
		return result{value, failed, ctx.Err() != nil && context.Cause(ctx) == context.Canceled} //nolint:errorlint // it is this very value
	}, reply.Nothing(func(r result) {
		cancel()
		c.reading, c.cancel = "", nil
		if r.canceled {
			return
		}
		c.put(id, Entry[T]{Value: r.value, At: now, failed: r.failed, number: number})
		taken()
	}))
}

// due reports whether a group is to be read.
func (c *Cache[T]) due(id string, now time.Time) bool {
	e, read := c.entries[id]
	if !read || e.number != c.number {
		return true
	}
	valid, since := c.For, e.At
	if e.failed {
		valid, since = c.Retry, e.seen
	}
	return now.Sub(since) >= valid || now.Before(since) // the clock was set back
}

func (c *Cache[T]) put(id string, e Entry[T]) {
	if c.entries == nil {
		c.entries = map[string]Entry[T]{}
	}
	if _, before := c.entries[id]; !before {
		c.order = append(c.order, id)
		if len(c.order) > most {
			delete(c.entries, c.order[0])
			c.order = c.order[1:]
		}
	}
	c.entries[id] = e
}
