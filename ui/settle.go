package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/reply"
	"firstline/ui/room"
)

// settleAgain is how long to wait before what could not be found out is looked
// for again.
const settleAgain = 30 * time.Second

// settle finds out, after a while, what became of what an earlier run began.
func (m *Model) settle(after time.Duration) tea.Cmd {
	ctx, find := m.ctx, m.options.Settle
	if find == nil {
		return nil
	}
	type settled struct {
		sentences []string
		left      bool
	}
	return reply.Start(&m.settling, func() (s settled) {
		if reply.Pause(ctx, after) {
			s.sentences, s.left = find(ctx)
		}
		return s
	}, func(s settled) tea.Cmd {
		for _, sentence := range s.sentences {
			m.Say(room.Caution, sentence)
		}
		if !s.left {
			return nil
		}
		return m.settle(settleAgain)
	})
}
