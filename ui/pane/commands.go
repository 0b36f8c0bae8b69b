package pane

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// TabTable is the keys of the tabs, one for each, and of what they have in common.
func (p *Pane) TabTable() keymap.Table {
	const at = keymap.InNormal
	table := keymap.Table{keymap.Key(at, keymap.NextTab, "next tab").In(keymap.GroupMove).Hinted("tab|")}
	for i, t := range p.tabs {
		table = append(table, keymap.Key(at, keymap.FirstTab+keymap.Command(i), strings.ToLower(t.Name())).In(keymap.GroupMove))
	}
	return append(table,
		keymap.Key(keymap.InReading, keymap.HalfDown, "scroll what is read").In(keymap.GroupMove),
		keymap.Key(keymap.InReading, keymap.Leave, "back to the list").Hinted("list"),
		keymap.Key(at, keymap.WholePane, "the pane on the whole screen, and back").In(keymap.GroupMove),
		keymap.Key(at, keymap.WholeNotes, "long notes whole, or folded").In(keymap.GroupMove).Unless(p.WhyNoNotes),
		keymap.Key(at, keymap.NextSection, "next section").In(keymap.GroupMove).Unless(p.WhyNoSections),
		keymap.Key(at, keymap.PreviousSection, "previous section").In(keymap.GroupMove).Unless(p.WhyNoSections),
	)
}

// HelpGroup is the heading in the help of the keys of where one is.
func (p *Pane) HelpGroup() string {
	switch {
	case !p.Focused:
		return keymap.GroupAct
	case p.Mode() == keymap.InRunbook:
		return keymap.GroupRunbook
	case p.Mode() == keymap.InGraph:
		return keymap.GroupGraph
	}
	return keymap.GroupMove
}

// OwnTable is the keys of each tab, and of a list to choose from.
func (p *Pane) OwnTable() keymap.Table {
	table := choiceTable()
	for _, t := range p.tabs {
		table = append(table, t.Table()...)
	}
	return table
}

// LinkTable is the keys for the links of a group.
func (p *Pane) LinkTable() keymap.Table {
	const at = keymap.InNormal
	return keymap.Table{
		keymap.Key(at, keymap.CopyLink, "copy the link, or the id").In(keymap.GroupFind).Unless(p.whyNoGroup),
		keymap.Key(at, keymap.CopyID, "copy the id").In(keymap.GroupFind).Unless(p.whyNoGroup),
		keymap.Key(at, keymap.OpenBrowser, "open in the browser").In(keymap.GroupFind).Unless(p.whyNotOpen),
	}
}

// Moves carries out a command that moves in the pane; it reports whether it is
// one.
func (p *Pane) Moves(c keymap.Command) bool {
	switch c {
	case keymap.MoveDown, keymap.MoveUp, keymap.HalfDown, keymap.HalfUp, keymap.GoTop, keymap.GoBottom:
		p.Update(c)
		return true
	}
	return false
}

// Do carries out a command of the pane or of one of its tabs.
func (p *Pane) Do(c keymap.Command) tea.Cmd {
	switch {
	case c == keymap.NextTab, c >= keymap.FirstTab && int(c-keymap.FirstTab) < len(p.tabs):
		p.turnTo(c)
		return nil
	}
	switch c {
	case keymap.NextSection, keymap.PreviousSection:
		p.Update(c)
	case keymap.WholeNotes:
		p.WholeNotes = !p.WholeNotes
		p.Invalidate()
	case keymap.CopyLink, keymap.CopyID:
		return p.copyLink(c)
	case keymap.OpenBrowser:
		return p.OpenLink(*p.Group)
	case keymap.Refresh:
		return p.readAll()
	default:
		if cmd, done := p.tabs[p.at].Do(c); done {
			return cmd
		}
		for _, t := range p.tabs {
			if cmd, done := t.Do(c); done {
				return cmd
			}
		}
	}
	return nil
}

// turnTo shows another tab. Where the pane is not on the screen, it shows the pane.
func (p *Pane) turnTo(c keymap.Command) {
	if p.Layout.Pane.Empty() {
		p.Options.Focus()
		if c == keymap.NextTab {
			return
		}
	}
	p.Update(c)
}

// Back ends what the tab has begun, such as a search; it reports whether there was
// anything to end.
func (p *Pane) Back() bool { return p.tabs[p.at].Back() }

// copyLink copies the link or the id of the group.
func (p *Pane) copyLink(c keymap.Command) tea.Cmd {
	g := *p.Group
	if c == keymap.CopyLink && LinkOf(g) != "" {
		return p.CopyALink(g)
	}
	text := clean.Line(g.ID)
	return p.Terminal.Copy("the id "+text, text)
}

// readAll asks the sources, and the runbooks with them.
func (p *Pane) readAll() tea.Cmd {
	library, ask := p.Options.Library, p.Options.Refresh
	p.Say(room.Info, "Reading all sources")
	p.Refresh(true)
	return func() tea.Msg {
		if library != nil {
			library.Refresh()
		}
		ask()
		return nil
	}
}
