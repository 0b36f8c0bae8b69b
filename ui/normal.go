package ui

import (
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/internal/triage/filter"
	"firstline/internal/wording"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// place is where keys act now.
func (m *Model) place() keymap.Place {
	switch m.mode {
	case filtering:
		return keymap.InFilter
	case inAction:
		return keymap.InDialog
	case reading:
		return keymap.InReader
	case commanding:
		return keymap.InCommands
	case handingOver:
		return m.handover.at()
	case searching:
		return keymap.InSearch
	case choosing:
		return keymap.InChoice
	case inRunner:
		return keymap.InRun
	}
	return keymap.InNormal
}

// commandHere is what a key asks for now.
func (m *Model) commandHere(msg tea.KeyPressMsg, at keymap.Place) keymap.Command {
	switch {
	case m.mode == inAction:
		return m.dialog.commandOf(msg)
	case m.mode == choosing && m.pane.chooser.takes(msg):
		return keymap.Confirm
	}
	c, _ := m.Keys.Command(msg, at)
	return c
}

// key routes a key press by mode. On a screen that is too small nothing is
// drawn, so no key acts but the one that leaves.
func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	m.interrupted = msg.String() == "ctrl+c"
	at := m.place()
	c := m.commandHere(msg, at)
	switch {
	case !m.mayConfirm(msg, at, c):
		return nil
	case m.Layout.Short != "" && c == keymap.Quit:
		return m.quit()
	case m.Layout.Short != "":
		return nil
	}
	switch m.mode {
	case filtering:
		return m.filterKey(msg)
	case inAction:
		return m.dialogKey(msg)
	case reading:
		return m.readerKey(msg)
	case commanding:
		return m.commandKey(msg)
	case handingOver:
		return m.handoverKey(msg)
	case searching:
		return m.searchKey(msg)
	case choosing:
		return m.choiceKey(msg)
	case inRunner:
		return m.runnerKey(msg)
	}
	return m.normalKey(msg)
}

func (m *Model) paste(msg tea.PasteMsg) tea.Cmd {
	switch {
	case m.Layout.Short != "":
	case m.mode == filtering:
		msg.Content = clean.Line(msg.Content)
		return m.typeFilter(msg)
	case m.mode == commanding:
		msg.Content = clean.Line(msg.Content)
		return m.commands.update(msg)
	case m.mode == handingOver:
		return m.pasteShift(msg)
	case m.mode == searching:
		msg.Content = clean.Line(msg.Content)
		return m.typeSearch(msg)
	case m.mode == inAction:
		cmd := m.dialog.paste(msg)
		m.keepDraft()
		return cmd
	}
	return nil
}

func (m *Model) normalKey(msg tea.KeyPressMsg) tea.Cmd {
	m.Messages.Hush()
	c, e := keymap.NoCommand, (*keymap.Entry)(nil)
	if m.paneFocused && m.pane.tab == runbookTab {
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
		m.openDialog(action)
		if c == keymap.AskResponders && m.dialog != nil {
			m.dialog.responders = true
		}
		return nil
	}
	switch c {
	case keymap.Quit:
		return m.quit()
	case keymap.Suspend:
		return m.handOver(tea.Suspend)
	case keymap.MoveDown, keymap.MoveUp, keymap.HalfDown, keymap.HalfUp, keymap.GoTop, keymap.GoBottom:
		if m.paneFocused {
			m.pane.update(c)
		} else {
			m.list.update(c)
		}
	case keymap.SelectGroup, keymap.SelectAllMatching, keymap.FoldSection, keymap.FoldAllSections:
		m.list.update(c)
	case keymap.SortNext:
		m.sortNext()
	case keymap.GroupNext:
		m.groupNext()
	case keymap.NextFilter:
		m.filterNext()
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
		m.pane.update(c)
	case keymap.NextSection, keymap.PreviousSection:
		m.pane.update(c)
	case keymap.WholeNotes:
		m.pane.wholeNotes = !m.pane.wholeNotes
		m.pane.again()
	case keymap.HandOverShift:
		return m.openHandover()
	case keymap.StartFilter:
		m.mode = filtering
		m.prompt.begin(m.board.filter.String())
		m.focusPane(false)
		m.prompt.fitInto(m.filterRoom())
	case keymap.UndoLast:
		m.openUndo()
	case keymap.OpenCommands:
		m.openPrompt()
	case keymap.CopyLink, keymap.CopyID:
		return m.copy(c)
	case keymap.OpenBrowser:
		return m.open()
	case keymap.Refresh:
		m.Say(room.Info, "Reading all sources")
		return m.refresh()
	case keymap.ShowHelp:
		m.reader, m.mode = m.newHelp(), reading
	case keymap.ShowMessages:
		m.reader, m.mode = m.newMessages(), reading
	default:
		return m.doInPage(c)
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
	case m.paneFocused && m.pane.find.pattern != nil:
		m.pane.find.clear()
	case m.paneFocused:
		m.pane.keepPosition()
		m.focusPane(false)
	case len(m.list.selected) > 0:
		clear(m.list.selected)
	case !m.board.filter.Empty():
		m.setFilter(filter.Filter{})
	}
}

func (m *Model) setFilter(f filter.Filter) {
	m.board.setFilter(f)
	m.filtered = true
}

func (m *Model) filterKey(msg tea.KeyPressMsg) tea.Cmd {
	switch c, _ := m.Keys.Command(msg, keymap.InFilter); c {
	case keymap.Quit:
		return m.quit()
	case keymap.CloseDialog:
		m.mode = normal
		m.prompt.wrong = ""
		m.setFilter(filter.Filter{})
		return nil
	case keymap.Confirm:
		// A wrong filter stays open: what it says can be mended.
		if m.prompt.wrong == "" {
			m.mode = normal
		}
		return nil
	case keymap.CompleteNext, keymap.CompletePrevious:
		by := 1
		if c == keymap.CompletePrevious {
			by = -1
		}
		if m.prompt.complete(by) {
			if filter, right := m.prompt.read(); right {
				m.setFilter(filter)
			}
		}
		return nil
	}
	return m.typeFilter(msg)
}

func (m *Model) typeFilter(msg tea.Msg) tea.Cmd {
	m.prompt.fitInto(m.filterRoom())
	filter, changed, cmd := m.prompt.update(msg)
	if changed {
		m.setFilter(filter)
	}
	return cmd
}

func (m *Model) readerKey(msg tea.KeyPressMsg) tea.Cmd {
	c, _ := m.Keys.Command(msg, keymap.InReader)
	if c == keymap.Quit {
		return m.quit()
	}
	if m.reader.update(c) {
		m.reader, m.mode = nil, normal
	}
	return nil
}

// quit leaves, but says once that something is being sent.
func (m *Model) quit() tea.Cmd {
	if m.sendingNow() && !m.leaving {
		m.leaving = true
		m.Say(room.Caution, "Something is still being sent. Quit once more to leave without knowing what came of it.")
		return nil
	}
	if m.interrupted {
		return m.handOver(tea.Interrupt)
	}
	return m.handOver(tea.Quit)
}

// handOver runs a command after which others read the keys.
func (m *Model) handOver(next tea.Cmd) tea.Cmd {
	if m.release == nil {
		return next
	}
	release := m.release
	return func() tea.Msg {
		release()
		return next()
	}
}

// refresh asks the sources, and the runbooks with them.
func (m *Model) refresh() tea.Cmd {
	library, ask := m.options.Library, m.options.Refresh
	m.pane.refresh(true)
	m.timeline.again()
	return func() tea.Msg {
		if library != nil {
			library.Refresh()
		}
		ask()
		return nil
	}
}

// copy puts the link or the id of the group into the clipboard.
func (m *Model) copy(c keymap.Command) tea.Cmd {
	g := m.list.current()
	if c == keymap.CopyLink && linkOf(*g) != "" {
		return m.copyALink()
	}
	text := clean.Line(g.ID)
	m.Say(room.OK, "Copied the id "+text)
	return m.toClipboard(text)
}

// The reasons why a key can't act now; empty when it can.

func (m *Model) whyNoGroup() string {
	switch {
	case len(m.list.visible) == 0:
		return "there is no group in the list"
	case m.list.current() == nil:
		return "this is a heading; c opens it"
	}
	return ""
}

func (m *Model) whyNotAct() string {
	switch {
	case m.options.Respond.ReadOnly:
		return "firstline runs read-only"
	case m.options.Doer == nil:
		return "no source that can be acted upon is configured"
	case m.list.nothing() && m.list.current() != nil:
		return "this group is no longer reported"
	case m.list.nothing() && len(m.list.visible) > 0:
		return "this is a heading; space selects all that is under it"
	case m.list.nothing():
		return "there is no group in the list"
	}
	return ""
}

func (m *Model) whyNoSilence() string {
	if why := m.whyNotAct(); why != "" {
		return why
	}
	for _, g := range m.list.targets() {
		if len(g.Silences) > 0 {
			return ""
		}
	}
	return "no silence keeps this quiet"
}

func (m *Model) whyNoNotes() string {
	if m.Layout.Pane.Empty() || m.pane.tab != timelineTab && m.pane.tab != detailsTab {
		return "no notes are on the screen; 2 and 3 show them"
	}
	return ""
}

func (m *Model) whyNoSections() string {
	switch {
	case m.Layout.Pane.Empty():
		return "the pane is not on the screen; enter shows it"
	case !m.pane.ready() || len(m.pane.page().sections) == 0:
		return "this page has no sections"
	}
	return ""
}

func (m *Model) whyNotOpen() string {
	switch {
	case m.options.OpenURL == nil:
		return "no browser can be started here; y copies the link"
	case m.list.current() == nil:
		return m.whyNoGroup()
	case linkOf(*m.list.current()) == "":
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
