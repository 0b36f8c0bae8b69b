package ui

import (
	tea "charm.land/bubbletea/v2"

	"firstline/ui/keyboard"
	"firstline/ui/keymap"
	"firstline/ui/pane"
)

// A key confirms only what a person could have read. The rules are here for
// the whole screen: a key of a burst confirms nothing, nor does one that was
// read before its question was on the screen for a while. Where a part of the
// question was never on the screen, such as who is notified, the key shows that
// instead.

// confirming are the commands that send, run, write or throw
// something away.
var confirming = map[keymap.Mode]map[keymap.Command]bool{
	keymap.InDialog:       {keymap.Confirm: true, keymap.Acknowledge: true},
	keymap.InRun:          {keymap.Confirm: true, keymap.Interactive: true, keymap.ResetSession: true, keymap.BackgroundSteps: true},
	keymap.InHandover:     {keymap.Regenerate: true},
	keymap.InHandoverName: {keymap.Confirm: true},
	keymap.InNormal:       {keymap.OpenBrowser: true},
	keymap.InCommands:     {keymap.Confirm: true},
	keymap.InChoice:       {keymap.Confirm: true},
}

// takeTyped routes something typed, with the time of its reading.
func (m *Model) takeTyped(read keyboard.Typed) tea.Cmd {
	m.Typing.Note(read.At, read.Followed)
	switch msg := read.Msg.(type) {
	case tea.KeyPressMsg:
		m.away.Present()
		return m.key(msg)
	case tea.PasteMsg:
		m.away.Present()
		return m.paste(msg)
	case tea.MouseClickMsg:
		m.away.Present()
		return m.hands.Click(tea.Mouse(msg), read.At)
	}
	return nil
}

// confirms reports whether a command sends, runs, writes or throws away here
// and now.
func (m *Model) confirms(at keymap.Mode, c keymap.Command) bool {
	switch {
	case c == keymap.Quit:
		return m.leaving && (m.actions.Busy() || m.steps.Running() > 0)
	case at == keymap.InDialog && c == keymap.Confirm:
		return m.actions.Confirms()
	}
	return confirming[at][c]
}

// mayBegin reports whether a key confirms something somewhere, so that it must
// be known whether a burst follows it.
func mayBegin(table keymap.Table, msg tea.KeyPressMsg) bool {
	if _, takes := pane.NumberOf(msg); takes {
		return true
	}
	for at, commands := range confirming {
		if c, _ := table.Command(msg, at); commands[c] {
			return true
		}
	}
	return false
}
