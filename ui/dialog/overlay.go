package dialog

import (
	tea "charm.land/bubbletea/v2"

	"firstline/ui/draw"
	"firstline/ui/keymap"
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
