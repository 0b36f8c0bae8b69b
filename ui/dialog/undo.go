package dialog

import (
	"time"

	"firstline/internal/respond"
	"firstline/internal/triage"
)

// doneAction is an action that came about, and may be taken back for a while.
type doneAction struct {
	plan    respond.Plan
	results []respond.Result
	groups  []triage.Group
	at      time.Time
}

// WhyNotUndo says why nothing can be undone; empty when something can.
func (a *Actions) WhyNotUndo() string {
	switch {
	case a.options.Respond.ReadOnly:
		return "firstline runs read-only"
	case a.last == nil:
		return "there is nothing to undo"
	case a.TimeNow().Sub(a.last.at) > respond.UndoWithin:
		return "the last action is more than a minute ago"
	}
	return ""
}

// OpenUndo prepares to take the last action back: what can be, and what can't,
// stands in the preview.
func (a *Actions) OpenUndo() {
	d := newDialog(a.Screen, a.options, respond.Undo, a.last.groups)
	d.undo = a.last
	a.Dialog = d
	a.options.Open(overlay{d, a})
}

// keepDone keeps a sending that did something, for undo.
func (a *Actions) keepDone(s *Sending, results []respond.Result) {
	for _, r := range results {
		if r.Outcome == respond.Done {
			a.last = &doneAction{s.plan, results, s.groups, a.TimeNow()}
			return
		}
	}
}
