package ui

import (
	"slices"
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
	// unknown: nobody knows what came of it.
	unknown bool
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
	case m.last.unknown:
		return "it is not known yet what came of the last action"
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

// keepDone keeps a sending that did something, for undo. One of which nobody knows
// what it did takes its place: it may still come about, after what undo would do.
func (m *Model) keepDone(s *sendingState, results []respond.Result) {
	has := func(o respond.Outcome) bool {
		return slices.ContainsFunc(results, func(r respond.Result) bool { return r.Outcome == o })
	}
	if done, unknown := has(respond.Done), has(respond.Unknown); done || unknown {
		m.last = &doneAction{plan: s.plan, results: results, groups: s.groups, at: m.TimeNow(), unknown: !done}
	}
}
