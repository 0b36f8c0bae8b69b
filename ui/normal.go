package ui

import (
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/internal/triage/filter"
	"firstline/internal/wording"
	"firstline/ui/keymap"
	"firstline/ui/pane"
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
	if o, ok := m.overlay.(commands); ok {
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
	case !m.mayConfirm(msg, at, c):
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

func (m *Model) paste(msg tea.PasteMsg) tea.Cmd {
	if m.Layout.Short != "" || m.overlay == nil {
		return nil
	}
	return m.overlay.Paste(msg)
}

func (m *Model) normalKey(msg tea.KeyPressMsg) tea.Cmd {
	m.Messages.Hush()
	c, e := keymap.NoCommand, (*keymap.Entry)(nil)
	if m.pane.Focused && m.pane.Tab == pane.RunbookTab {
		c, e = m.Keys.Command(msg, keymap.InRunbook)
	}
	if e == nil {
		c, e = m.Keys.Command(msg, keymap.InNormal)
	}
	if c != keymap.Quit {
		m.leaving = false
	}
	if e == nil {
		return nil
	}
	return m.obey(e)
}

// obey does what an entry of the normal mode asks for, or says why it can't be
// done now.
func (m *Model) obey(e *keymap.Entry) tea.Cmd {
	if why := e.Refuses(); why != "" {
		m.Say(room.Info, wording.Sentence(e.Binding.Help().Desc)+": "+why)
		return nil
	}
	return m.do(e.Command)
}

// do carries out a command of the normal mode.
func (m *Model) do(c keymap.Command) tea.Cmd {
	if action := actionOf(c); action != "" {
		if c == keymap.AskResponders {
			m.actions.OpenJoin()
		} else {
			m.actions.OpenOn(action)
		}
		return nil
	}
	switch c {
	case keymap.Quit:
		return m.Quit()
	case keymap.Suspend:
		return m.terminal.Release(tea.Suspend)
	case keymap.MoveDown, keymap.MoveUp, keymap.HalfDown, keymap.HalfUp, keymap.GoTop, keymap.GoBottom:
		if m.pane.Focused {
			m.pane.Update(c)
		} else {
			m.list.Update(c)
		}
	case keymap.SelectGroup, keymap.SelectAllMatching, keymap.FoldSection, keymap.FoldAllSections:
		m.list.Update(c)
	case keymap.SortNext:
		m.list.SortNext()
	case keymap.GroupNext:
		m.list.GroupNext()
	case keymap.NextFilter:
		m.list.FilterNext()
	case keymap.OpenPane:
		m.focusPane(true)
	case keymap.Leave:
		m.leave()
	case keymap.NextTab, keymap.FirstTab, keymap.SecondTab, keymap.ThirdTab:
		if m.Layout.Pane.Empty() {
			m.focusPane(true)
			if c == keymap.NextTab {
				return nil
			}
		}
		m.pane.Update(c)
	case keymap.NextSection, keymap.PreviousSection:
		m.pane.Update(c)
	case keymap.WholeNotes:
		m.pane.WholeNotes = !m.pane.WholeNotes
		m.pane.Invalidate()
	case keymap.StartFilter:
		m.open(m.list.StartFilter())
		m.focusPane(false)
	case keymap.UndoLast:
		m.actions.OpenUndo()
	case keymap.CopyLink, keymap.CopyID:
		return m.copyKey(c)
	case keymap.OpenBrowser:
		return m.pane.OpenLink(*m.list.Current())
	case keymap.Refresh:
		m.Say(room.Info, "Reading all sources")
		return m.refresh()
	default:
		if cmd, opened := m.openOverlay(c); opened {
			return cmd
		}
		return m.pane.Do(c)
	}
	return nil
}

// actionOf is the action that a command prepares; empty for other commands.
func actionOf(c keymap.Command) respond.Action {
	return map[keymap.Command]respond.Action{
		keymap.Acknowledge: respond.Acknowledge, keymap.Escalate: respond.Escalate, keymap.HandOff: respond.HandOff, keymap.AddNote: respond.AddNote,
		keymap.NextLevel: respond.NextLevel, keymap.ResolveGroup: respond.Resolve, keymap.SnoozeGroup: respond.Snooze, keymap.SilenceGroup: respond.Silence,
		keymap.MergeGroup: respond.Merge, keymap.ChangeUrgency: respond.SetUrgency, keymap.ChangePriority: respond.SetPriority,
		keymap.AskResponders: respond.HandOff, keymap.ExtendSilence: respond.ExtendSilence, keymap.ExpireSilence: respond.ExpireSilence,
	}[c]
}

// leave goes back one step: out of the pane, then the selection, then the
// filter.
func (m *Model) leave() {
	switch {
	case m.pane.Focused && m.pane.Find.Pattern != nil:
		m.pane.Find.Clear()
	case m.pane.Focused:
		m.pane.SavePosition()
		m.focusPane(false)
	case len(m.list.Selected) > 0:
		clear(m.list.Selected)
	case !m.list.Sources.Filter.Empty():
		m.list.SetFilter(filter.Filter{})
	}
}

// Quit leaves, but says once that something is being sent.
func (m *Model) Quit() tea.Cmd {
	if m.actions.Busy() && !m.leaving {
		m.leaving = true
		m.Say(room.Caution, "Something is still being sent. Quit once more to leave without knowing what came of it.")
		return nil
	}
	if m.interrupted {
		return m.terminal.Release(tea.Interrupt)
	}
	return m.terminal.Release(tea.Quit)
}

// refresh asks the sources, and the runbooks with them.
func (m *Model) refresh() tea.Cmd {
	library, ask := m.options.Library, m.options.Refresh
	m.pane.Refresh(true)
	m.pane.Timeline.Invalidate()
	return func() tea.Msg {
		if library != nil {
			library.Refresh()
		}
		ask()
		return nil
	}
}

// copyKey puts the link or the id of the group into the clipboard.
func (m *Model) copyKey(c keymap.Command) tea.Cmd {
	g := m.list.Current()
	if c == keymap.CopyLink && pane.LinkOf(*g) != "" {
		return m.pane.CopyALink(*g)
	}
	text := clean.Line(g.ID)
	m.Say(room.OK, "Copied the id "+text)
	return m.terminal.Copy(text)
}

// The reasons why a key can't act now; empty when it can.

func (m *Model) whyNotAct() string {
	switch {
	case m.options.Respond.ReadOnly:
		return "firstline runs read-only"
	case m.options.Doer == nil:
		return "no source that can be acted upon is configured"
	case m.list.Nothing() && m.list.Current() != nil:
		return "this group is no longer reported"
	case m.list.Nothing() && len(m.list.Visible) > 0:
		return "this is a heading; space selects all that is under it"
	case m.list.Nothing():
		return "there is no group in the list"
	}
	return ""
}

func (m *Model) whyNoSilence() string {
	if why := m.whyNotAct(); why != "" {
		return why
	}
	for _, g := range m.list.Targets() {
		if len(g.Silences) > 0 {
			return ""
		}
	}
	return "no silence covers this"
}

func (m *Model) whyNotOpen() string {
	switch {
	case m.options.OpenURL == nil:
		return "no browser can be started here; y copies the link"
	case m.list.Current() == nil:
		return m.list.WhyNoGroup()
	case pane.LinkOf(*m.list.Current()) == "":
		return "this group has no link"
	}
	return ""
}

func (m *Model) whyNotRefresh() string {
	if m.options.Refresh == nil {
		return "there is no source to read"
	}
	return ""
}
