package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/away"
	"firstline/ui/room"
)

// tickMsg comes once a second, so that ages are true. When nobody has
// pressed a key for a while it comes half as often: each means a whole frame,
// and the program stays open for weeks.
type tickMsg time.Time

// ticker sends ticks.
type ticker struct {
	screen *room.Screen
	// pressed returns when the responder was last there.
	pressed func() time.Time
	// off: no tick comes, for tests.
	off bool
}

func (t *ticker) every() time.Duration {
	if t.screen.TimeNow().Sub(t.pressed()) > away.After {
		return 2 * time.Second
	}
	return time.Second
}

// next waits for the next tick, but not longer than the program runs.
func (t *ticker) next() tea.Cmd {
	if t.off {
		return nil
	}
	ctx, every := t.screen.Context, t.every()
	return func() tea.Msg {
		timer := time.NewTimer(every)
		defer timer.Stop()
		select {
		case t := <-timer.C:
			return tickMsg(t)
		case <-ctx.Done():
			return nil
		}
	}
}
