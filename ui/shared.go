package ui

import (
	"time"

	"firstline/ui/draw"
)

// shared is what all parts of the screen know: its size, its colours, its
// keys, the time. The Model owns it and hands out one pointer.
type shared struct {
	draw.Pen
	options       Options
	width, height int
	layout        layout
	keys          Table
	// now is the time of the last tick, so that one frame tells one time.
	now    time.Time
	typing typing
}

// clockNow is the present moment, for what must not be a second late.
func (s *shared) clockNow() time.Time { return s.options.Now() }
