package ui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/respond"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// Bounds of waiting before what is not known of actions is looked for again.
const (
	soonestSettle = time.Second
	usualSettle   = 30 * time.Second
)

// settleLater looks again for what came of what was sent, where a result does not
// know it.
func (m *Model) settleLater(results []respond.Result) tea.Cmd {
	if !slices.ContainsFunc(results, func(r respond.Result) bool { return r.Outcome == respond.Unknown }) {
		return nil
	}
	return m.settle(usualSettle)
}

// settle finds out, after a while, the outcome of actions whose outcome is unknown,
// unless that is being looked for already.
func (m *Model) settle(after time.Duration) tea.Cmd {
	ctx, find := m.Context, m.options.Settle
	if find == nil {
		return nil
	}
	type outcomes struct {
		sentences []string
		next      time.Time
	}
	return reply.Start(&m.settling, func() (s outcomes) {
		if reply.Pause(ctx, after) {
			s.sentences, s.next = find(ctx)
		}
		return s
	}, func(s outcomes) tea.Cmd {
		for _, sentence := range s.sentences {
			m.Say(room.Caution, sentence)
		}
		if len(s.sentences) > 0 {
			m.pane.Timeline.Invalidate() // the journal is in it
		}
		if s.next.IsZero() {
			return nil
		}
		return m.settle(max(s.next.Sub(m.TimeNow()), soonestSettle))
	})
}
