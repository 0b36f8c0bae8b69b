package room

import (
	"io"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// Overlay is a room that has the keys while it is open: a dialog, something to
// read, a line to type in. The screen has at most one.
type Overlay interface {
	// Place is where its keys act.
	Place() keymap.Place
	// Key takes a key press, Paste pasted text.
	Key(msg tea.KeyPressMsg) tea.Cmd
	Paste(msg tea.PasteMsg) tea.Cmd
	// View is what is drawn over the screen, where, and the text cursor. A room
	// that is drawn within the list or the pane has no lines.
	View() (lines []string, area draw.Rectangle, cursor *tea.Cursor)
	// Resize fits the room to another size or theme of the screen.
	Resize()
}

// Host is what a room asks of the screen around it.
type Host interface {
	// Close takes the open room off.
	Close()
	// Quit leaves the program.
	Quit() tea.Cmd
	// Copy puts text into the clipboard.
	Copy(text string) tea.Cmd
	// Edit opens text in the person's own editor. take gets what they left; it is
	// not called when the editor failed, which is said.
	Edit(text string, take func(text string) tea.Cmd) tea.Cmd
	// NoEditor says why Edit can't be used; empty when it can.
	NoEditor() string
	// Exec gives the terminal to what run does, until it ends.
	Exec(run func(in io.Reader, out, errout io.Writer) error, done func(error) tea.Msg) tea.Cmd
}
