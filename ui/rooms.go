package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/keymap"
)

// asks is an overlay whose question a key confirms only once it was read.
type asks interface {
	// NoteSeen notes what of the question is on the screen.
	NoteSeen()
	// ReadOn shows more of what must be seen first; false: all was seen.
	ReadOn() bool
	// ReadableFrom is from when on the question may be confirmed.
	ReadableFrom() time.Time
}

// commands is an overlay in which a key asks for what the keymap does not say.
type commands interface {
	CommandOf(msg tea.KeyPressMsg) keymap.Command
}
