// Package room is what the rooms of the screen have in common: the screen's size
// and layout, the messages, how keys come, and the time.
package room

import (
	"context"
	"time"

	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// Screen is what the rooms share: the size of the terminal, where each of them
// is drawn, the keys and how they come, and the time. The model owns it and
// hands out one pointer.
type Screen struct {
	draw.Pen
	Width, Height int
	Layout        Layout
	Keys          keymap.Table
	// Now is the time of the last tick, so that all of a frame has one time.
	Now time.Time
	// TimeNow is the present moment, for what must not be a second late.
	TimeNow func() time.Time
	// Context ends with the program.
	Context context.Context
	Host    Host
	// Terminal lends the terminal to other programs.
	Terminal Terminal
	Typing   Typing
	// Messages is the line of messages.
	Messages *Messages
	// Pace spaces what moving the cursor has read.
	Pace Pace
}

// Say puts a message into the status line and the history. The text may come
// from outside.
func (s *Screen) Say(l Level, text string) { s.SayWith(l, text, "") }

// SayWith is Say for a text whose end, the tail, a narrow line always shows.
func (s *Screen) SayWith(l Level, text, tail string) { s.Messages.Add(l, text, tail, s.TimeNow()) }
