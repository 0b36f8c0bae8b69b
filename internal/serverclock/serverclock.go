// Package serverclock compares the clock of a server with this machine's, using
// the dates of its answers.
package serverclock

import (
	"net/http"
	"sync"
	"time"
)

const (
	// mostOffset is the offset up to which a clock counts as right.
	mostOffset = time.Minute
	// offsetSlack is the least change of the offset that counts, so that the
	// offset does not waver with each answer.
	offsetSlack = 20 * time.Second
)

// Clock is the clock of one server. It is safe for use by several goroutines.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration
	// last is the offset of the last answer with a date. read: there was one.
	last time.Duration
	read bool
}

// Compare notes the date of an answer that was requested at start and arrived
// at end. It ignores an answer from a cache, which may be old.
func (c *Clock) Compare(answer http.Header, start, end time.Time) {
	if answer.Get("Age") != "" {
		return
	}
	date, err := http.ParseTime(answer.Get("Date"))
	if err != nil {
		return
	}
	// The date has whole seconds, and was written between start and end.
	offset := date.Add(time.Second / 2).Sub(start.Add(end.Sub(start) / 2)).Round(time.Second)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last, c.read = offset, true
	if (offset - c.offset).Abs() > offsetSlack {
		c.offset = offset
	}
}

// Offset returns how far the server's clock is ahead of this machine's when
// that is more than a minute, else zero.
func (c *Clock) Offset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.offset.Abs() <= mostOffset {
		return 0
	}
	return c.offset
}

// Time returns the server's time at a time of this machine's clock, by the last
// answer with a date. It is true to a few seconds. It reports false while no
// answer had a date.
func (c *Clock) Time(ours time.Time) (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return ours.Add(c.last), c.read
}
