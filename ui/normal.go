package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/keys"
	"firstline/internal/wording"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// mode is where keys act now.
func (m *Model) mode() keymap.Mode {
	if m.overlay == nil {
		return keymap.InNormal
	}
	return m.overlay.Mode()
}

// commandHere is what a key asks for now.
func (m *Model) commandHere(msg tea.KeyPressMsg, at keymap.Mode) keymap.Command {
	if o, ok := m.overlay.(room.Commander); ok {
		return o.CommandOf(msg)
	}
	c, _ := m.Keys.Command(msg, at)
	return c
}

// key routes a key press. On a screen that is too small nothing is
// drawn, so no key acts but the one that leaves.
func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	m.interrupted = msg.String() == "ctrl+c"
	at := m.mode()
	c := m.commandHere(msg, at)
	switch {
	case m.confirms(at, c) && !m.MayConfirm(m.overlay, nameOf(msg)):
		return nil
	case m.Layout.Short != "" && c == keymap.Quit:
		return m.Quit()
	case m.Layout.Short != "":
		return nil
	}
	if m.overlay != nil {
		return m.overlay.Key(msg)
	}
	return m.normalKey(msg)
}

// nameOf is the name of a key for a person.
func nameOf(msg tea.KeyPressMsg) string {
	return keys.Show(msg.String())
}

func (m *Model) paste(msg tea.PasteMsg) tea.Cmd {
	if m.Layout.Short != "" || m.overlay == nil {
		return nil
	}
	return m.overlay.Paste(msg)
}

func (m *Model) normalKey(msg tea.KeyPressMsg) tea.Cmd {
	m.Messages.Hush()
	c, e := m.meaning(msg)
	if c != keymap.Quit {
		m.leaving = false
	}
	if why := m.pane.WhyNothing(msg, e); why != "" {
		m.Say(room.Info, why)
		return nil
	}
	if e == nil {
		return nil
	}
	return m.obey(e)
}

// meaning is what a key asks for in list and pane.
func (m *Model) meaning(msg tea.KeyPressMsg) (c keymap.Command, e *keymap.Entry) {
	modes := []keymap.Mode{keymap.InNormal}
	if m.pane.Focused {
		modes = []keymap.Mode{m.pane.Mode(), keymap.InReading, keymap.InNormal}
	}
	if m.list.Sources.None() {
		modes = slices.Insert(modes, 0, keymap.InBeginning)
	}
	for _, at := range modes {
		if c, e = m.Keys.Command(msg, at); e != nil {
			break
		}
	}
	return c, e
}

// obey does what an entry of the normal mode asks for, or says why it can't be
// done now.
func (m *Model) obey(e *keymap.Entry) tea.Cmd {
	if why := e.Refuses(); why != "" {
		m.Say(room.Info, wording.Sentence(e.Text())+": "+why)
		return nil
	}
	return m.do(e.Command)
}

// do carries out a command of the normal mode.
func (m *Model) do(c keymap.Command) tea.Cmd {
	m.tips.Note(c)
	if m.pane.Focused && m.pane.Moves(c) || m.actions.Do(c) || m.list.Do(c) || m.hands.Do(c) {
		return nil
	}
	switch c {
	case keymap.Quit:
		return m.Quit()
	case keymap.FirstConfiguration:
		m.next = ErrConfigure
		return m.Quit()
	case keymap.ShowDemo:
		m.next = ErrDemo
		return m.Quit()
	case keymap.Suspend:
		return m.terminal.Release(tea.Suspend)
	case keymap.OpenPane:
		m.focusPane(true)
	case keymap.WholePane:
		reading := !m.Layout.Group.Empty()
		m.pane.Whole = !reading
		m.focusPane(!reading || m.Width >= room.SideBySideWidth)
	case keymap.Leave:
		switch {
		case !m.pane.Focused:
			if !m.list.Leave() {
				m.away.Dismiss()
			}
		case !m.pane.Back():
			m.focusPane(false)
		}
	case keymap.StartFilter:
		m.open(m.list.StartFilter())
		m.focusPane(false)
	case keymap.PickFilter, keymap.PickOrder:
		pick := m.list.PickFilter
		if c == keymap.PickOrder {
			pick = m.list.PickOrder
		}
		picker, cmd := pick()
		m.open(picker)
		m.focusPane(false)
		return cmd
	default:
		if cmd, opened := m.openOverlay(c); opened {
			return cmd
		}
		return m.pane.Do(c)
	}
	return nil
}

// Quit leaves, but says once that something is being sent or runs.
func (m *Model) Quit() tea.Cmd {
	if m.actions.Busy() && !m.leaving {
		m.leaving = true
		m.Say(room.Caution, "Something is still being sent. Quit once more to leave without knowing what came of it.")
		return nil
	}
	if n := m.steps.Running(); n > 0 && !m.leaving {
		m.leaving = true
		m.Say(room.Caution, wording.Count(n, "step")+" in the background would be stopped. Quit once more to leave.")
		return nil
	}
	if m.interrupted {
		return m.terminal.Release(tea.Interrupt)
	}
	return m.terminal.Release(tea.Quit)
}
