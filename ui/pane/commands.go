package pane

import (
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/wording"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// TabTable is the keys of the tabs.
func (p *Pane) TabTable() keymap.Table {
	const at = keymap.InNormal
	return keymap.Table{
		keymap.Key(at, keymap.NextTab, "tab", "next tab", "tab").In(keymap.GroupMove).Hinted("tab|"),
		keymap.Key(at, keymap.FirstTab, "1", "runbook", "1").In(keymap.GroupMove),
		keymap.Key(at, keymap.SecondTab, "2", "details", "2").In(keymap.GroupMove),
		keymap.Key(at, keymap.ThirdTab, "3", "timeline", "3").In(keymap.GroupMove),
		keymap.Key(at, keymap.WholeNotes, "R", "long notes whole, or folded", "R").In(keymap.GroupMove).Unless(p.WhyNoNotes),
		keymap.Key(at, keymap.NextSection, "]", "next section", "]").In(keymap.GroupMove).Unless(p.WhyNoSections),
		keymap.Key(at, keymap.PreviousSection, "[", "previous section", "[").In(keymap.GroupMove).Unless(p.WhyNoSections),
	}
}

// LinkTable is the keys for the links of a group.
func (p *Pane) LinkTable() keymap.Table {
	const at = keymap.InNormal
	return keymap.Table{
		keymap.Key(at, keymap.CopyLink, "y", "copy the link, or the id", "y").In(keymap.GroupFind).Unless(p.whyNoGroup),
		keymap.Key(at, keymap.CopyID, "Y", "copy the id", "Y").In(keymap.GroupFind).Unless(p.whyNoGroup),
		keymap.Key(at, keymap.OpenBrowser, "o", "open in the browser", "o").In(keymap.GroupFind).Unless(p.whyNotOpen),
	}
}

// RunbookTable is the keys of the runbook, of the search in it, and of a list to
// choose from.
func (p *Pane) RunbookTable() keymap.Table {
	const at, search, choice, normal = keymap.InRunbook, keymap.InSearch, keymap.InChoice, keymap.InNormal
	return keymap.Table{
		keymap.Key(normal, keymap.TickTheStep, "t", "tick the step", "t").In(keymap.GroupRunbook).Unless(p.WhyNoSteps),
		keymap.Key(normal, keymap.RunTheCode, "x", "run the step's command, once confirmed", "x").In(keymap.GroupRunbook).Unless(p.WhyNotRun),
		keymap.Key(normal, keymap.EditRunbook, "w", "edit the runbook, or write one", "w").In(keymap.GroupRunbook).Unless(p.WhyNotMend),
		keymap.Key(at, keymap.NextStep, "J", "next step", "J").In(keymap.GroupRunbook).Hinted("step").Unless(p.WhyNoSteps),
		keymap.Key(at, keymap.PreviousStep, "K", "previous step", "K").In(keymap.GroupRunbook).Unless(p.WhyNoSteps),
		keymap.Key(at, keymap.TickTheStep, "t", "tick the step", "t").Hinted("tick").Unless(p.WhyNoSteps),
		keymap.Key(at, keymap.RunTheCode, "x", "run the step's command", "x").Hinted("run").Unless(p.WhyNotRun),
		keymap.Key(at, keymap.EditRunbook, "w", "edit the runbook", "w").Hinted("edit").Unless(p.WhyNotMend),
		keymap.Key(at, keymap.CopyTheCode, "y", "copy the step's command", "y").In(keymap.GroupRunbook).Hinted("copy").Unless(p.whyNoRunbook),
		keymap.Key(at, keymap.ToMeaning, "M", "to Meaning", "M").In(keymap.GroupRunbook).Unless(p.whyNoRunbook),
		keymap.Key(at, keymap.ToImpact, "I", "to Impact", "I").In(keymap.GroupRunbook).Unless(p.whyNoRunbook),
		keymap.Key(at, keymap.ToDiagnosis, "D", "to Diagnosis", "D").In(keymap.GroupRunbook).Unless(p.whyNoRunbook),
		keymap.Key(at, keymap.ToMitigation, "T", "to Mitigation", "T").In(keymap.GroupRunbook).Unless(p.whyNoRunbook),
		keymap.Key(at, keymap.ShowOutline, "O", "outline", "O").In(keymap.GroupRunbook).Hinted("outline").Unless(p.WhyNoSections),
		keymap.Key(at, keymap.FindInRunbook, "/", "find in the page", "/").In(keymap.GroupRunbook).Hinted("find").Unless(p.whyNoRunbook),
		keymap.Key(at, keymap.NextHit, "ctrl-n", "next place found", "ctrl+n").In(keymap.GroupRunbook).Unless(p.whyNoHits),
		keymap.Key(at, keymap.PreviousHit, "ctrl-p", "previous place found", "ctrl+p").In(keymap.GroupRunbook).Unless(p.whyNoHits),
		keymap.Key(at, keymap.FollowLinks, "f", "follow a link", "f").In(keymap.GroupRunbook).Hinted("links").Unless(p.whyNoLinks),
		keymap.Key(at, keymap.GoBack, "⌫", "back to the page before", "backspace", "ctrl+o", "alt+left").In(keymap.GroupRunbook).Unless(p.whyNotBack),
		keymap.Key(at, keymap.GoForward, "alt-→", "forward again", "alt+right").In(keymap.GroupRunbook).Unless(p.whyNotForward),
		keymap.Key(at, keymap.ShowRaw, "R", "as written, or filled", "R").In(keymap.GroupRunbook).Unless(p.whyNoRunbook),
		keymap.Key(at, keymap.ChooseLabels, "V", "choose whose labels fill it", "V").In(keymap.GroupRunbook).Unless(p.whyNoAlerts),
		keymap.Key(search, keymap.Confirm, "enter", "done", "enter").Hinted("*"),
		keymap.Key(search, keymap.NextHit, "ctrl-n", "next", "ctrl+n", "down").Hinted("*"),
		keymap.Key(search, keymap.PreviousHit, "ctrl-p", "previous", "ctrl+p", "up").Hinted("*"),
		keymap.Key(search, keymap.CloseDialog, "esc", "clear", "esc").Hinted("*"),
		keymap.Key(search, keymap.Quit, "ctrl-c", "quit", "ctrl+c"),
		keymap.Key(choice, keymap.MoveDown, "j ↓", "down", "j", "down").Hinted("*"),
		keymap.Key(choice, keymap.MoveUp, "k ↑", "up", "k", "up").Hinted("*"),
		keymap.Key(choice, keymap.HalfDown, "ctrl-d", "half a page down", "ctrl+d", "pgdown"),
		keymap.Key(choice, keymap.HalfUp, "ctrl-u", "half a page up", "ctrl+u", "pgup"),
		keymap.Key(choice, keymap.GoTop, "g", "first", "g", "home"),
		keymap.Key(choice, keymap.GoBottom, "G", "last", "G", "end"),
		keymap.Key(choice, keymap.Confirm, "enter", "take it", "enter").Hinted("*"),
		keymap.Key(choice, keymap.CloseDialog, "esc", "close", "esc", "q", "O").Hinted("*"),
		keymap.Key(choice, keymap.Quit, "ctrl-c", "quit", "ctrl+c"),
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

// Do carries out a command of the pane.
func (p *Pane) Do(c keymap.Command) tea.Cmd {
	switch c {
	case keymap.NextTab, keymap.FirstTab, keymap.SecondTab, keymap.ThirdTab:
		p.turnTo(c)
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
	case keymap.ToMeaning, keymap.ToImpact, keymap.ToDiagnosis, keymap.ToMitigation:
		if !p.toSection(c) {
			p.Say(room.Info, "This runbook has no section "+wording.Sentence(sectionNames[c][0]))
		}
	case keymap.ShowOutline:
		p.openOutline()
	case keymap.FollowLinks:
		p.openLinks()
	case keymap.GoBack:
		p.travel(&p.trail().back, &p.trail().forward)
	case keymap.GoForward:
		p.travel(&p.trail().forward, &p.trail().back)
	case keymap.FindInRunbook:
		p.openSearch()
	case keymap.NextHit, keymap.PreviousHit:
		p.stepHit(c)
	case keymap.ShowRaw:
		p.trail().raw = !p.trail().raw
		p.Invalidate()
	case keymap.ChooseLabels:
		p.openAlerts()
	case keymap.NextStep:
		p.stepCursor(1)
	case keymap.PreviousStep:
		p.stepCursor(-1)
	case keymap.TickTheStep:
		return p.tickStep()
	case keymap.CopyTheCode:
		return p.copyCode()
	case keymap.RunTheCode:
		p.askRun()
	case keymap.EditRunbook:
		return p.edit()
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

// Leave ends the search in the runbook; else it saves the reading position and
// reports false.
func (p *Pane) Leave() bool {
	if p.Find.Pattern != nil {
		p.Find.Clear()
		return true
	}
	p.SavePosition()
	return false
}

// copyLink copies the link or the id of the group.
func (p *Pane) copyLink(c keymap.Command) tea.Cmd {
	g := *p.Group
	if c == keymap.CopyLink && LinkOf(g) != "" {
		return p.CopyALink(g)
	}
	text := clean.Line(g.ID)
	p.Say(room.OK, "Copied the id "+text)
	return p.Terminal.Copy(text)
}

// readAll asks the sources, and the runbooks with them.
func (p *Pane) readAll() tea.Cmd {
	library, ask := p.Options.Library, p.Options.Refresh
	p.Say(room.Info, "Reading all sources")
	p.Refresh(true)
	p.Timeline.Invalidate()
	return func() tea.Msg {
		if library != nil {
			library.Refresh()
		}
		ask()
		return nil
	}
}
