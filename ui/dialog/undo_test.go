package dialog

import (
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/ui/room"
)

// An action whose outcome is unknown, and that may still come about,
// is not undone, nor is what was done before it.
func TestNothingIsUndoneWhileTheLastActionIsUnknown(t *testing.T) {
	a := New(&room.Screen{TimeNow: time.Now}, Options{})
	sent := func(o respond.Outcome) {
		plan := respond.Plan{Items: []respond.Item{{ID: "G", Steps: []respond.Step{{Kind: respond.StepPolicy}}}}}
		a.recordDone(&Sending{plan: plan}, []respond.Result{{GroupID: "G", Outcome: o}})
	}
	for _, tt := range []struct {
		outcomes []respond.Outcome
		why      string
	}{
		{nil, "there is nothing to undo"},
		{[]respond.Outcome{respond.Unknown}, "it is not known yet what came of the last action"},
		{[]respond.Outcome{respond.Done}, ""},
		{[]respond.Outcome{respond.Done, respond.Failed}, ""},
		{[]respond.Outcome{respond.Done, respond.Unknown}, "it is not known yet what came of the last action"},
		{[]respond.Outcome{respond.Unknown, respond.Done}, ""},
	} {
		a.last = nil
		for _, o := range tt.outcomes {
			sent(o)
		}
		if got := a.WhyNotUndo(); got != tt.why {
			t.Errorf("after %v: %q, want %q", tt.outcomes, got, tt.why)
		}
	}
}
