package dialog

import (
	tea "charm.land/bubbletea/v2"

	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// overlay is the open dialog.
type overlay struct {
	*Dialog
	m *Actions
}

func (r overlay) Mode() keymap.Mode               { return keymap.InDialog }
func (r overlay) Key(msg tea.KeyPressMsg) tea.Cmd { return r.m.dialogKey(msg) }
func (r overlay) Paste(msg tea.PasteMsg) tea.Cmd {
	cmd := r.paste(msg)
	r.m.saveDraft()
	return cmd
}
func (r overlay) View() ([]string, draw.Rectangle, *tea.Cursor) { return r.Draw() }
func (r overlay) Resize()                                       { r.resize() }

// Input is the field that is typed into.
func (r overlay) Input() room.Input {
	switch {
	case r.sending, r.finished:
		return room.Input{}
	case r.Field == pickField:
		return room.Input{Label: r.questions[r.question].label, Text: r.picker.Value()}
	case r.Field == MatcherField:
		return room.Input{Label: "Matchers", Text: r.Matchers.Value()}
	case r.writes():
		return room.Input{Label: r.typedLabel(), Text: r.typed().Value()}
	}
	return room.Input{}
}
