package pane

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/reply"
)

// alertsTime is how long reading the alerts of one incident may take.
const alertsTime = time.Minute

// mostAsked bounds how many incidents are remembered as read.
const mostAsked = 1000

// unreadAlerts reads the alerts of the incident that is looked at, where they may
// have a severity that did not come with it: one at a time, and each once until
// it changes.
type unreadAlerts struct {
	asked   map[string]time.Time // when the incident was updated, by its id
	reading reply.Loader
}

// ReadUnread starts reading when the details are shown and a severity is unread.
func (p *Pane) ReadUnread() tea.Cmd {
	g, read := p.Group, p.Options.ReadAlerts
	if g == nil || read == nil || p.Tab != detailsTab || p.Layout.Pane.Empty() || p.unread.reading.Busy() || !g.SeverityUnread() {
		return nil
	}
	id, updated := g.Incident.ID, g.Incident.UpdatedAt
	if at, done := p.unread.asked[id]; done && at.Equal(updated) {
		return nil
	}
	if p.unread.asked == nil || len(p.unread.asked) >= mostAsked {
		p.unread.asked = map[string]time.Time{}
	}
	p.unread.asked[id] = updated
	ctx := p.Context
	return reply.Start(&p.unread.reading, func() error {
		ctx, cancel := context.WithTimeout(ctx, alertsTime)
		defer cancel()
		return read(ctx, id)
	}, reply.Nothing(p.takeAlertsRead))
}

// takeAlertsRead asks for the snapshot that has what was read.
func (p *Pane) takeAlertsRead(err error) {
	if err == nil && p.Options.Refresh != nil {
		p.Options.Refresh()
	}
}
