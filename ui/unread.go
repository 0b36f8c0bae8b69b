package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/reply"
)

// alertsTime is how long reading the alerts of one incident may take.
const alertsTime = time.Minute

// mostLooked is of how many incidents it is kept that they were looked at.
const mostLooked = 1000

// unreadAlerts reads the alerts of the incident that is looked at, where they may
// tell a severity that did not come with it: one at a time, and each once until
// it changes.
type unreadAlerts struct {
	looked  map[string]time.Time // when the incident was updated, by its id
	reading reply.Loader
}

// readUnread starts reading when the details are shown and a severity is unread.
func (m *Model) readUnread() tea.Cmd {
	g, read := m.pane.group, m.options.ReadAlerts
	if g == nil || read == nil || m.pane.tab != detailsTab || m.Layout.Pane.Empty() || m.unread.reading.Busy() || !g.SeverityUnread() {
		return nil
	}
	id, updated := g.Incident.ID, g.Incident.UpdatedAt
	if at, looked := m.unread.looked[id]; looked && at.Equal(updated) {
		return nil
	}
	if m.unread.looked == nil || len(m.unread.looked) >= mostLooked {
		m.unread.looked = map[string]time.Time{}
	}
	m.unread.looked[id] = updated
	ctx := m.ctx
	return reply.Start(&m.unread.reading, func() error {
		ctx, cancel := context.WithTimeout(ctx, alertsTime)
		defer cancel()
		return read(ctx, id)
	}, reply.Nothing(m.takeAlertsRead))
}

// takeAlertsRead asks for the snapshot that has what was read.
func (m *Model) takeAlertsRead(err error) {
	if err == nil && m.options.Refresh != nil {
		m.options.Refresh()
	}
}
