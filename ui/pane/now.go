package pane

import (
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// nowRow is something to do with a page that may have taken the runbook's place.
type nowRow struct {
	text string
	take func() tea.Cmd
}

// nowRows are what can be done where the stored copy of a runbook is shown because
// the page that is there now may be another one.
func (p *RunbookTab) nowRows() []nowRow {
	now := p.Shown().Match.Now
	if now == nil {
		return nil
	}
	match := *now
	return []nowRow{
		{"read the page that is there now: " + clean.Line(match.Runbook.Title), func() tea.Cmd {
			p.visit(&match)
			return nil
		}},
		{"take that page for the runbook, in the place of this copy", func() tea.Cmd { return p.trust(match.Runbook.URL) }},
	}
}

// trust stores the page that is there now and shows it.
func (p *RunbookTab) trust(address string) tea.Cmd {
	library, ctx := p.Options.Library, p.Context
	return reply.Start(new(reply.Loader), func() error { return library.Trust(ctx, address) }, reply.Nothing(func(err error) {
		if err != nil {
			p.Say(room.Failure, "The page could not be stored: "+clean.Line(err.Error()))
			return
		}
		p.Say(room.OK, "The page that is there now is the runbook from now on")
		p.forgetLookups(true)
		p.Invalidate()
	}))
}
