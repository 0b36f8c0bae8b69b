package pane

import (
	"context"
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/keymap"
)

// Follow starts what became due: the contents of another group, and what the tabs
// need.
func (p *Pane) Follow() tea.Cmd {
	cmds := []tea.Cmd{p.prepare(), p.followChanges()}
	for _, t := range p.tabs {
		cmds = append(cmds, t.Follow(p.Group, p.shows(t)))
	}
	return tea.Batch(cmds...)
}

// Refresh reads again what may have changed outside: everything, or what is read
// each minute anyway.
func (p *Pane) Refresh(all bool) {
	for _, t := range p.tabs {
		t.Refresh(all)
	}
	if all {
		p.changes.Forget()
	}
	p.Invalidate()
}

// Save saves what was ticked, run and read.
func (p *Pane) Save() tea.Cmd {
	p.Runbook.SavePosition()
	return p.Runbook.Memory.saveAll(p.Context)
}

// Flush saves what was not saved yet, after the program's end.
func (p *Pane) Flush(ctx context.Context) {
	p.Runbook.SavePosition()
	_ = p.Runbook.Memory.writes.work(ctx) // nobody is left who would read why it failed
}

// The reasons why a key can't act now.

// WhyNotRefresh says why no source can be read now.
func (p *Pane) WhyNotRefresh() string {
	if p.Options.Refresh == nil {
		return "there is no source to read"
	}
	return ""
}

// WhyNoTab says that no tab has the number that a key is; empty for other keys.
func (p *Pane) WhyNoTab(key string) string {
	n, err := strconv.Atoi(key)
	if err != nil || n < 1 || n <= len(p.tabs) {
		return ""
	}
	return fmt.Sprintf("There is no tab %d; the last one is %d, %s", n, len(p.tabs), p.tabs[len(p.tabs)-1].Name())
}

// WhyNothing says why a key does nothing here: it is for what is read, or for a tab
// that there is not. It is empty for other keys.
func (p *Pane) WhyNothing(msg tea.KeyPressMsg, e *keymap.Entry) string {
	if why := p.WhyNoTab(msg.String()); why != "" {
		return why
	}
	if e != nil {
		return ""
	}
	if _, e = p.Keys.Command(msg, keymap.InRunbook); e == nil {
		return ""
	}
	first := p.Keys.KeyOf(keymap.OpenPane, keymap.InNormal)
	switch onRunbook := p.Mode() == keymap.InRunbook; {
	case p.Focused:
		first = p.Keys.KeyOf(keymap.FirstTab, keymap.InNormal)
	case !onRunbook:
		first = p.Keys.KeyOf(keymap.FirstTab, keymap.InNormal) + " and " + first
	}
	return fmt.Sprintf("Press %s first; in the runbook, %s: %s", first, e.Binding.Help().Key, e.Text())
}

func (p *Pane) whyNoGroup() string {
	if p.Group == nil {
		return p.Options.WhyNoGroup()
	}
	return ""
}

func (p *Pane) whyNotOpen() string {
	switch {
	case p.Options.OpenURL == nil:
		return "no browser can be started here; " + p.Keys.KeyOf(keymap.CopyLink, keymap.InNormal) + " copies the link"
	case p.Group == nil:
		return p.Options.WhyNoGroup()
	case len(p.linksToOpen(*p.Group)) == 0:
		return "this group has no link"
	}
	return ""
}

// The reasons why a key can't act on the runbook now.

func (p *RunbookTab) whyNoRunbook() string {
	switch {
	case !p.shows(p):
		return "the runbook is not on the screen; 1 shows it"
	case !p.ready() || p.part().shown == nil:
		return "there is no runbook"
	}
	return ""
}

// WhyNoSteps says why there is no step to go to or to tick.
func (p *RunbookTab) WhyNoSteps() string {
	if why := p.whyNoRunbook(); why != "" {
		return why
	}
	if len(p.Shown().Steps) == 0 {
		return "this runbook has no steps"
	}
	return ""
}

func (p *RunbookTab) whyNoLinks() string {
	if p.shows(p) && p.ready() && (len(p.part().suggestions) > 0 || p.Shown().Match.Now != nil) {
		return ""
	}
	if why := p.whyNoRunbook(); why != "" {
		return why
	}
	if len(p.Shown().links) == 0 {
		return "there is no link in this runbook"
	}
	return ""
}

func (p *RunbookTab) whyNoEntry() string {
	if why := p.whyNoRunbook(); why != "" {
		return why
	}
	if p.Shown().entry == "" {
		return "all of the runbook is for this alert"
	}
	return ""
}

func (p *RunbookTab) whyNoHits() string {
	if why := p.whyNoRunbook(); why != "" {
		return why
	}
	if p.Find.Pattern == nil {
		return "nothing is looked for; " + p.Keys.KeyOf(keymap.FindInRunbook, keymap.InRunbook) + " looks for text"
	}
	return ""
}

func (p *RunbookTab) whyNotBack() string {
	if why := p.whyNoRunbook(); why != "" {
		return why
	}
	if len(p.trail().back) == 0 {
		return "no link was followed"
	}
	return ""
}

func (p *RunbookTab) whyNotForward() string {
	if why := p.whyNoRunbook(); why != "" {
		return why
	}
	if len(p.trail().forward) == 0 {
		return "no runbook was left by going back"
	}
	return ""
}

func (p *RunbookTab) whyNoAlerts() string {
	if why := p.whyNoRunbook(); why != "" {
		return why
	}
	if len(p.Group.Alerts) < 2 {
		return "this group has no more than one alert to fill it from"
	}
	return ""
}

// WhyNoNotes says why there are no notes to fold.
func (p *Pane) WhyNoNotes() string {
	if !p.shows(p.Details) && !p.shows(p.Timeline) {
		return "no notes are on the screen; " + p.Keys.KeyOf(keymap.SecondTab, keymap.InNormal) + " and " + p.Keys.KeyOf(keymap.ThirdTab, keymap.InNormal) + " show them"
	}
	return ""
}

// WhyNoSections says why there is no section to go to.
func (p *Pane) WhyNoSections() string {
	switch {
	case p.Layout.Pane.Empty():
		return "the pane is not on the screen; " + p.Keys.KeyOf(keymap.OpenPane, keymap.InNormal) + " shows it"
	case !p.ready() || len(p.content().Sections) == 0:
		return "this tab has no sections"
	}
	return ""
}
