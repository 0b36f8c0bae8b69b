package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
)

// settleAgain is how long to wait before what could not be found out is looked
// for again.
const settleAgain = 30 * time.Second

// settledMsg tells what became of what an earlier run began.
type settledMsg struct {
	sentences []string
	left      bool
}

// settle looks, after a while, for what became of earlier actions.
func settle(ctx context.Context, look func(context.Context) ([]string, bool), after time.Duration) tea.Cmd {
	if look == nil {
		return nil
	}
	return func() tea.Msg {
		timer := time.NewTimer(after)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil
		}
		sentences, left := look(ctx)
		return settledMsg{sentences, left}
	}
}

func (m *Model) takeSettled(msg settledMsg) tea.Cmd {
	for _, sentence := range msg.sentences {
		m.status.say(caution, sentence)
	}
	if !msg.left {
		return nil
	}
	return settle(m.ctx, m.options.Settle, settleAgain)
}
