package ui

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

// whyNotUndo says why nothing can be undone; empty when something can.
func (m *Model) whyNotUndo() string {
	switch {
	case m.options.Respond.ReadOnly:
		return "firstline runs read-only"
	case m.last == nil:
		return "there is nothing to undo"
	case m.TimeNow().Sub(m.last.at) > respond.UndoWithin:
		return "the last action is more than a minute ago"
	}
	return ""
}

// openUndo prepares to take the last action back: what can be, and what can't,
// stands in the preview.
func (m *Model) openUndo() {
	d := newDialog(m.shared, respond.Undo, m.last.groups, m.drafts)
	d.undo = m.last
	m.dialog, m.mode = d, inAction
}

// keepDone keeps a sending that did something, for undo.
func (m *Model) keepDone(s *sendingState, results []respond.Result) {
	for _, r := range results {
		if r.Outcome == respond.Done {
			m.last = &doneAction{s.plan, results, s.groups, m.TimeNow()}
			return
		}
	}
}
