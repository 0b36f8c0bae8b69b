// Package roomtest tests a room without the screen around it.
package roomtest

import (
	"bytes"
	"context"
	"io"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// Noon is the time on the clock of Screen.
var Noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// Host is the screen around a room. It notes what the room asks for.
type Host struct {
	// Closed and Left: the room was closed, the program left.
	Closed, Left bool
	// Copied is the clipboard.
	Copied string
	// Editor edits text; nil: there is no editor.
	Editor func(text string) (string, error)
	// Wrote is what the programs wrote that got the terminal.
	Wrote bytes.Buffer
}

// Close notes that the room was closed.
func (h *Host) Close() { h.Closed = true }

// Quit notes that the program was left.
func (h *Host) Quit() tea.Cmd {
	h.Left = true
	return nil
}

// Copy notes the text.
func (h *Host) Copy(_, text string) tea.Cmd {
	h.Copied = text
	return nil
}

// NoEditor says whether there is an editor.
func (h *Host) NoEditor() string {
	if h.Editor == nil {
		return "no editor can be started here"
	}
	return ""
}

// Edit edits text at once.
func (h *Host) Edit(text string, take func(string) tea.Cmd) tea.Cmd {
	edited, err := h.Editor(text)
	if err != nil {
		return nil
	}
	return take(edited)
}

// EditFile edits no file.
func (h *Host) EditFile(_ string, _ int, done func(error) tea.Cmd) tea.Cmd { return done(nil) }

// Exec runs something at once.
func (h *Host) Exec(run func(in io.Reader, out, errout io.Writer) error, done func(error) tea.Cmd) tea.Cmd {
	return done(run(strings.NewReader(""), &h.Wrote, &h.Wrote))
}

// Screen is a screen of a size at noon, with the keys of a room.
func Screen(width, height int, keys keymap.Table) (*room.Screen, *Host) {
	h := &Host{}
	return &room.Screen{
		Pen:   draw.Pen{Method: ansi.WcWidth, Location: time.UTC, Theme: draw.NewTheme(draw.Colors{Dark: true, NoColor: true})},
		Width: width, Height: height, Layout: room.Arrange(width, height, false, 0), Keys: keys,
		Now: Noon, TimeNow: func() time.Time { return Noon }, Context: context.Background(),
		Host: h, Terminal: h, Messages: &room.Messages{},
	}, h
}

// Resize gives a room's screen another size.
func Resize(s *room.Screen, o room.Overlay, width, height int) {
	s.Width, s.Height, s.Layout = width, height, room.Arrange(width, height, false, 0)
	o.Resize()
}

// Shows returns what a room draws, without colours.
func Shows(s *room.Screen, o room.Overlay) string {
	lines, _, _ := o.View()
	return s.Bare(strings.Join(lines, "\n"))
}

// Run runs a command and all that follow from it.
func Run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			Run(c)
		}
	case reply.Message:
		Run(msg.Deliver())
	}
}

// Press presses keys in a room: names such as "enter" and "ctrl+d", or letters.
func Press(o room.Overlay, keys ...string) {
	for _, k := range keys {
		Run(o.Key(Key(k)))
	}
}

// Write types text in a room.
func Write(o room.Overlay, text string) {
	for _, r := range text {
		Run(o.Key(tea.KeyPressMsg{Code: r, Text: string(r)}))
	}
}

var special = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
	"backspace": tea.KeyBackspace, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp,
}

// Key is the key press of a name.
func Key(name string) tea.KeyPressMsg {
	letter, isCtrl := strings.CutPrefix(name, "ctrl+")
	switch {
	case name == "space":
		return tea.KeyPressMsg{Code: ' ', Text: " "}
	case name == "alt+right":
		return tea.KeyPressMsg{Code: tea.KeyRight, Mod: tea.ModAlt}
	case name == "shift+tab":
		return tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}
	case isCtrl:
		return tea.KeyPressMsg{Code: []rune(letter)[0], Mod: tea.ModCtrl}
	case special[name] != 0:
		return tea.KeyPressMsg{Code: special[name]}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}
