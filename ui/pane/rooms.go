package pane

import (
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// searchRoom is the text that is looked for in the runbook, in the title of the
// pane.
type searchRoom struct{ *RunbookTab }

func (r searchRoom) Mode() keymap.Mode               { return keymap.InSearch }
func (r searchRoom) Key(msg tea.KeyPressMsg) tea.Cmd { return r.searchKey(msg) }
func (r searchRoom) Paste(msg tea.PasteMsg) tea.Cmd {
	msg.Content = clean.Line(msg.Content)
	return r.typeSearch(msg)
}

func (r searchRoom) View() (lines []string, area draw.Rectangle, cursor *tea.Cursor) {
	p := r.RunbookTab
	if cursor = p.Find.input.Cursor(); cursor != nil {
		cursor.X += r.Layout.Pane.X + len(searchEdge) + len("+ ")
		cursor.Y = r.Layout.Pane.Y
	}
	return nil, area, cursor
}
func (r searchRoom) Resize() { r.fitSearch() }

// Input is what is looked for.
func (r searchRoom) Input() room.Input { return room.Input{Label: "Find", Text: r.Find.input.Value()} }

// choiceRoom is a list in the pane to choose from.
type choiceRoom struct{ *Pane }

func (r choiceRoom) Mode() keymap.Mode               { return keymap.InChoice }
func (r choiceRoom) Key(msg tea.KeyPressMsg) tea.Cmd { return r.choiceKey(msg) }
func (r choiceRoom) Paste(tea.PasteMsg) tea.Cmd      { return nil }
func (r choiceRoom) View() (lines []string, area draw.Rectangle, cursor *tea.Cursor) {
	return nil, area, nil
}
func (r choiceRoom) Resize() {}

// CommandOf takes a digit for a choice.
func (r choiceRoom) CommandOf(msg tea.KeyPressMsg) keymap.Command {
	if r.Chooser.takes(msg) {
		return keymap.Confirm
	}
	c, _ := r.Keys.Command(msg, keymap.InChoice)
	return c
}
