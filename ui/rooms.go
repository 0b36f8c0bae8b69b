package ui

import (
	tea "charm.land/bubbletea/v2"

	"firstline/ui/keymap"
)

// commands is an overlay in which a key asks for what the keymap does not say.
type commands interface {
	CommandOf(msg tea.KeyPressMsg) keymap.Command
}
