package dialog

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/execute"
	"firstline/internal/respond"
	"firstline/ui/reply"
)

// soonestSettle is the least time before what is not known of actions is looked
// for again.
const soonestSettle = time.Second

// settleLater finds out later the outcome of writes whose result is unknown.
func (a *Actions) settleLater(results []respond.Result) tea.Cmd {
	if !slices.ContainsFunc(results, func(r respond.Result) bool { return r.Outcome == respond.Unknown }) {
		return nil
	}
	return a.Settle(execute.SettleAgain)
}

// Settle finds out, after a while, the outcome of writes whose answer was lost, unless
// that is under way.
func (a *Actions) Settle(after time.Duration) tea.Cmd {
	ctx, find := a.Context, a.options.Settle
	if find == nil {
		return nil
	}
	type outcomes struct {
		found []respond.Result
		next  time.Time
	}
	return reply.Start(&a.settling, func() (s outcomes) {
		if reply.Pause(ctx, after) {
			s.found, s.next = find(ctx)
		}
		return s
	}, func(s outcomes) tea.Cmd {
		for _, r := range s.found {
			a.Say(levelOf(r.Outcome), r.Sentence)
		}
		if len(s.found) > 0 {
			a.options.Settled()
		}
		if s.next.IsZero() {
			return nil
		}
		return a.Settle(max(s.next.Sub(a.TimeNow()), soonestSettle))
	})
}
