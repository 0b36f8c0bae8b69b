package ui

import (
	"time"

	"github.com/charmbracelet/x/ansi"
)

// shared is what all parts of the screen know: its size, its colours, its
// keys, the time. The Model owns it and hands out one pointer.
type shared struct {
	options       Options
	width, height int
	layout        layout
	theme         *theme
	keys          []entry
	// method is how the terminal counts the cells of wide characters.
	method   ansi.Method
	location *time.Location
	// now is the time of the last tick, so that one frame tells one time.
	now    time.Time
	typing typing
}

// clockNow is the present moment, for what must not be a second late.
func (s *shared) clockNow() time.Time { return s.options.Now() }
