package dialog

import (
	"fmt"
	"slices"
	"time"

	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/ui/keymap"
)

// doneAction is an action that came about, and may be taken back for a while.
type doneAction struct {
	plan    respond.Plan
	results []respond.Result
	groups  []triage.Group
	at      time.Time
	// unknown: nobody knows what came of it.
	unknown bool
}

// WhyNotUndo says why nothing can be undone; empty when something can.
func (a *Actions) WhyNotUndo() string {
	switch {
	case a.options.Respond.ReadOnly:
		return "firstline runs read-only"
	case a.last == nil:
		return "there is nothing to undo"
	case a.last.unknown:
		return "it is not known yet what came of the last action"
	}
	return respond.WhyNoUndo(a.last.plan, a.last.results, a.last.at, a.TimeNow())
}

// offerUndo puts the offer to undo what was just done beside its message, for as
// long as it holds.
func (a *Actions) offerUndo(done *doneAction) {
	until := done.at.Add(respond.UndoWithin)
	key := a.Keys.KeyOf(keymap.UndoLast, keymap.InNormal)
	if done != a.last || a.WhyNotUndo() != "" {
		return
	}
	a.Messages.Offer(until, func(now time.Time) string {
		if a.last != done || a.Dialog != nil || now.After(until) {
			return ""
		}
		return fmt.Sprintf("%s undoes it · %d s", key, int(until.Sub(now)/time.Second))
	})
}

// OpenUndo prepares to take the last action back: what can be, and what can't,
// is in the preview.
func (a *Actions) OpenUndo() {
	d := newDialog(a.Screen, a.options, respond.Undo, a.last.groups)
	d.undo = a.last
	a.Dialog = d
	a.options.Open(overlay{d, a})
}

// recordDone stores a sending that did something, for undo, and returns it; nil:
// it did nothing. One whose outcome is
// unknown replaces it: it may still be carried out, after what undo would do.
func (a *Actions) recordDone(s *Sending, results []respond.Result) *doneAction {
	has := func(o respond.Outcome) bool {
		return slices.ContainsFunc(results, func(r respond.Result) bool { return r.Outcome == o })
	}
	done, unknown := has(respond.Done), has(respond.Unknown)
	if !done && !unknown {
		return nil
	}
	a.last = &doneAction{plan: s.plan, results: results, groups: s.groups, at: a.TimeNow(), unknown: !done}
	return a.last
}
