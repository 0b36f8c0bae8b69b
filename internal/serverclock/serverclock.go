// Package serverclock compares the clock of a server with this machine's, by the
// dates of its answers.
package serverclock

import (
	"net/http"
	"sync"
	"time"
)

const (
	// mostOffset is how far a server's clock may be off without being told of.
	mostOffset = time.Minute
	// offsetSlack is by how much an offset must change to count as another one,
	// so that it does not waver with each answer.
	offsetSlack = 20 * time.Second
)

// Clock is the clock of one server. It is safe for use by several goroutines.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration
}

// Compare takes note of the date of an answer that was asked for at start and
// was there at end. An answer out of a cache is as old as it may be.
func (c *Clock) Compare(answer http.Header, start, end time.Time) {
	if answer.Get("Age") != "" {
		return
	}
	date, err := http.ParseTime(answer.Get("Date"))
	if err != nil {
		return
	}
	// The date has no parts of a second, and was written between the two.
	offset := date.Add(time.Second / 2).Sub(start.Add(end.Sub(start) / 2)).Round(time.Second)
	c.mu.Lock()
	defer c.mu.Unlock()
	if (offset - c.offset).Abs() > offsetSlack {
		c.offset = offset
	}
}

// Offset is how far the server's clock is ahead of this machine's, where that is
// more than a minute; else zero.
func (c *Clock) Offset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.offset.Abs() <= mostOffset {
		return 0
	}
	return c.offset
}
