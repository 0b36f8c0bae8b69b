package ui

import (
	"firstline/ui/draft"
	"firstline/ui/room"
)

// takeDrafts takes what the store kept, also into a dialog that was opened
// before it came and in which nothing was typed.
func (m *Model) takeDrafts(msg draft.Loaded) {
	if msg.Err != nil {
		m.Say(room.Caution, "What was typed before and not sent can't be read: "+msg.Err.Error()+".")
	}
	m.drafts.Take(msg.List)
	if d := m.dialog; d != nil && !d.sending && d.unwritten() {
		d.restore(m.drafts)
		d.rethink()
	}
}
