package ui

import (
	"context"
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/wording"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// doInPage carries out a command of the runbook's page.
func (m *Model) doInPage(c keymap.Command) tea.Cmd {
	p := m.pane
	switch c {
	case keymap.ToMeaning, keymap.ToImpact, keymap.ToDiagnosis, keymap.ToMitigation:
		if !p.toSection(c) {
			m.Say(room.Info, "This runbook has no section "+wording.Sentence(sectionNames[c][0]))
		}
	case keymap.ShowOutline:
		m.openOutline()
	case keymap.FollowLinks:
		m.openLinks()
	case keymap.GoBack:
		p.travel(&p.trail().back, &p.trail().forward)
	case keymap.GoForward:
		p.travel(&p.trail().forward, &p.trail().back)
	case keymap.FindInPage:
		m.openSearch()
	case keymap.NextHit, keymap.PreviousHit:
		m.stepHit(c)
	case keymap.ShowRaw:
		p.trail().raw = !p.trail().raw
		p.again()
	case keymap.ChooseLabels:
		m.openAlerts()
	case keymap.NextStep:
		p.stepCursor(1)
	case keymap.PreviousStep:
		p.stepCursor(-1)
	case keymap.TickTheStep:
		return m.tickStep()
	case keymap.CopyTheCode:
		return m.copyCode()
	case keymap.RunTheCode:
		m.askRun()
	case keymap.EditRunbook:
		return m.mend()
	}
	return nil
}

// followRunbook starts what became due for the runbook that is shown.
func (m *Model) followRunbook() tea.Cmd {
	var ids []string
	if g := m.pane.group; g != nil {
		ids = append(ids, g.ID)
	}
	if d := m.dialog; d != nil && d.action.Passes() {
		for _, g := range d.groups {
			ids = append(ids, g.ID)
		}
	}
	m.tellTried()
	return tea.Batch(m.pane.lookUp(m.ctx), m.pane.memory.load(m.ctx, m.takeMemory, ids...), m.pane.memory.keepPositions(m.ctx))
}

// tellTried gives the dialog what was tried; it may be read while the dialog is
// open.
func (m *Model) tellTried() {
	d := m.dialog
	if d == nil || d.sending || d.finished || !d.action.Passes() {
		return
	}
	if tried := m.pane.memory.tried(d.groups); !maps.EqualFunc(tried, d.tried, slices.Equal) {
		d.tried = tried
		d.rethink()
	}
}

// refresh reads anew what may have changed outside: everything, or what is
// looked at each minute anyway.
func (p *pane) refresh(all bool) {
	p.forgetLookups(all)
	p.memory.again()
	p.again()
}

// flush keeps what was not kept yet, after the program's end.
func (p *pane) flush(ctx context.Context) {
	p.keepPosition()
	_ = p.memory.keeping.work(ctx) // there is nobody left to tell
}

// The reasons why a key can't act on the runbook now.

func (m *Model) whyNoPage() string {
	switch {
	case m.Layout.Pane.Empty() || m.pane.tab != runbookTab:
		return "the runbook is not on the screen; 1 shows it"
	case !m.pane.ready() || m.pane.pages[runbookTab].book == nil:
		return "there is no runbook"
	}
	return ""
}

func (m *Model) whyNoSteps() string {
	if why := m.whyNoPage(); why != "" {
		return why
	}
	if len(m.pane.book().steps) == 0 {
		return "this runbook has no steps"
	}
	return ""
}

func (m *Model) whyNoLinks() string {
	if why := m.whyNoPage(); why != "" {
		return why
	}
	if len(m.pane.book().links) == 0 {
		return "there is no link on this page"
	}
	return ""
}

func (m *Model) whyNoHits() string {
	if why := m.whyNoPage(); why != "" {
		return why
	}
	if m.pane.find.pattern == nil {
		return "nothing is looked for; / looks for text"
	}
	return ""
}

func (m *Model) whyNotBack() string {
	if why := m.whyNoPage(); why != "" {
		return why
	}
	if len(m.pane.trail().back) == 0 {
		return "no link was followed"
	}
	return ""
}

func (m *Model) whyNotForward() string {
	if why := m.whyNoPage(); why != "" {
		return why
	}
	if len(m.pane.trail().forward) == 0 {
		return "no page was left by going back"
	}
	return ""
}

func (m *Model) whyNoAlerts() string {
	if why := m.whyNoPage(); why != "" {
		return why
	}
	if len(m.pane.group.Alerts) < 2 {
		return "this group has no more than one alert to fill it from"
	}
	return ""
}
