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
	// Mode is where its keys act.
	Mode() keymap.Mode
	// Key takes a key press, Paste pasted text.
	Key(msg tea.KeyPressMsg) tea.Cmd
	Paste(msg tea.PasteMsg) tea.Cmd
	// View is what is drawn over the screen, where, and the text cursor. A room
	// that is drawn within the list or the pane has no lines.
	View() (lines []string, area draw.Rectangle, cursor *tea.Cursor)
	// Resize fits the room to another size or theme of the screen.
	Resize()
}

// Commander is an overlay in which a key asks for what the keymap does not say.
type Commander interface {
	CommandOf(msg tea.KeyPressMsg) keymap.Command
}

// Inputter is an overlay in which text can be typed.
type Inputter interface {
	// Input is the field that has the keys; without a label none has.
	Input() Input
}

// Input is a field: its label, and all of the text in it.
type Input struct{ Label, Text string }

// Clickable is an overlay that takes clicks.
type Clickable interface {
	// Click takes a click on a cell of the screen. What it returns is then done as
	// if its key had been pressed; NoCommand where nothing is left to do.
	Click(x, y int) keymap.Command
}

// Wheeler is an overlay that the wheel scrolls in another way than the keys that
// move in it.
type Wheeler interface{ Wheel(lines int) }

// Host is what a room asks of the screen around it.
type Host interface {
	// Close takes the open room off.
	Close()
	// Quit leaves the program.
	Quit() tea.Cmd
}

// Terminal is what a room asks of the terminal. What was typed is saved before
// another program gets it.
type Terminal interface {
	// Copy puts text into the clipboard, and says so. what names it, such as "the
	// link" and its address.
	Copy(what, text string) tea.Cmd
	// Edit opens text in the person's own editor. take gets the result; it is
	// not called when the editor failed, which a message then says.
	Edit(text string, take func(text string) tea.Cmd) tea.Cmd
	// EditFile opens a file in the person's own editor; line begins at 1.
	EditFile(path string, line int, done func(error) tea.Cmd) tea.Cmd
	// NoEditor says why there is no editor; empty when there is one.
	NoEditor() string
	// Exec gives the terminal to run until it ends.
	Exec(run func(in io.Reader, out, errout io.Writer) error, done func(error) tea.Cmd) tea.Cmd
}
