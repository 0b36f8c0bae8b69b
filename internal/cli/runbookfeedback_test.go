package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"firstline/internal/record"
	"firstline/internal/store"
	"firstline/runbooks"
)

// What was recorded on the screen is summed up for the author, with the escalation
// that followed.
func TestRunbookFeedback(t *testing.T) {
	w := newHarness(t)
	if r := w.run("runbook", "feedback").want(t, exitDone); r.out != "" || !strings.Contains(r.err, "nothing was recorded") {
		t.Errorf("%q, %q", r.out, r.err)
	}
	id := w.incident(notifiedAlert).ID
	var shown runbookOutputJSON
	if err := json.Unmarshal([]byte(w.run("runbook", "--json", id).want(t, exitDone).out), &shown); err != nil {
		t.Fatal(err)
	}
	rb, err := runbooks.Parse("a.md", []byte(shown.Body))
	if err != nil {
		t.Fatal(err)
	}
	state, err := store.Open(t.Context(), w.statePath())
	if err != nil {
		t.Fatal(err)
	}
	at := w.clock().Add(-time.Hour)
	if err := state.AddOpening(t.Context(), record.Opening{GroupID: id, Runbook: shown.Path, By: "Ann", At: at}); err != nil {
		t.Fatal(err)
	}
	steps := rb.Steps(nil)
	for _, step := range steps {
		if err := state.SetTick(t.Context(), record.Tick{GroupID: id, Runbook: shown.Path, Step: step.ID, Text: step.Text, Done: true, By: "Ann", At: at}); err != nil {
			t.Fatal(err)
		}
	}
	remark := record.Remark{
		GroupID: id, Runbook: shown.Path, Step: steps[0].ID, Text: steps[0].Text, Kind: record.DidNotHelp, Why: "it was \x1b[31mthe disk", By: "Ann", At: at,
	}
	if err := state.SetRemark(t.Context(), remark); err != nil {
		t.Fatal(err)
	}
	if err := state.Close(); err != nil {
		t.Fatal(err)
	}
	w.run("escalate", "--yes", "--reason", "nothing helps", id).want(t, exitDone)
	if note := w.notes(notifiedAlert); !strings.Contains(note, "[did not help: it was the disk] (Ann, ") {
		t.Errorf("the note says %q", note)
	}

	r := w.run("runbook", "feedback").want(t, exitDone)
	for _, part := range []string{shown.Path + "\n", "  opened for 1 alert group, 1 escalation, 1 after all steps were tried\n", "done 1×, did not help 1×\n", "      did not help: it was the disk (Ann, "} {
		if !strings.Contains(r.out, part) {
			t.Errorf("%q is not in\n%s", part, r.out)
		}
	}
	var out feedbackJSON
	if err := json.Unmarshal([]byte(w.run("runbook", "feedback", "--json").want(t, exitDone).out), &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Runbooks) != 1 || *out.Runbooks[0].AfterAllSteps != 1 || len(out.Runbooks[0].Steps) != len(steps) || out.Runbooks[0].Steps[0].DidNotHelp != 1 ||
		out.Runbooks[0].Steps[len(steps)-1].LastUnescalated != 0 {
		t.Errorf("%+v", out)
	}
	w.run("runbook", "feedback", "no-such").want(t, exitDone).says(t, "nothing was recorded")
	w.run("runbook", "feedback", "--since", "1m").want(t, exitDone).says(t, "nothing was recorded")
	w.run("runbook", "feedback", "--since", "0s").want(t, exitUsage)
}
