package room

import "time"

// doubleClick is the longest time between the two clicks of a double click.
const doubleClick = 400 * time.Millisecond

// Clicks finds double clicks.
type Clicks struct {
	last time.Time
	x, y int
}

// Twice takes a click, and reports whether it is the second of a double click. A
// third one is a first one again.
func (c *Clicks) Twice(x, y int, at time.Time) bool {
	since := at.Sub(c.last)
	twice := !c.last.IsZero() && since >= 0 && since <= doubleClick && x == c.x && y == c.y
	*c = Clicks{at, x, y}
	if twice {
		c.last = time.Time{}
	}
	return twice
}
