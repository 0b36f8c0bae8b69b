package report

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/feedback"
	"firstline/internal/history/past"
	"firstline/internal/record"
	"firstline/sources"
)

// recordedByHand is what was done on this machine, beside testdata/hand.txt.
func recordedByHand(t *testing.T) *feedback.Facts {
	t.Helper()
	at := func(s string) time.Time { return instant(t, s) }
	return &feedback.Facts{
		Openings: []record.Opening{
			{GroupID: "f1", Runbook: "R1", At: at("2026-10-20T05:02Z")},
			{GroupID: "f1", Runbook: "R1", Section: "S", At: at("2026-10-20T05:03Z")},
			{GroupID: "z2", Runbook: "R2", At: at("2026-10-21T14:10Z")},
			{GroupID: "f1", Runbook: "R3", At: at("2026-10-18T05:03Z")},
			{GroupID: "nowhere", Runbook: "R1", At: at("2026-10-20T05:03Z")},
		},
		Ticks: []record.Tick{
			{GroupID: "x2", Runbook: "R1", Step: "r1", Text: "Restart", Done: true, At: at("2026-10-22T06:30Z")},
			{GroupID: "x2", Runbook: "R1", Step: "r2", Text: "Removed", At: at("2026-10-22T06:30Z")},
			{GroupID: "f1", Runbook: "R1", Step: "r1", Text: "Restart", Done: true, At: at("2026-10-20T05:06Z")},
		},
		Runs:    []record.Run{{GroupID: "f2", Runbook: "R1", Step: "r2", Command: "x", ExitCode: 1, At: at("2026-10-21T05:04Z")}},
		Remarks: []record.Remark{{GroupID: "a2", Runbook: "R1", Step: "r3", Text: "Look", Kind: record.DidNotHelp, At: at("2026-10-21T09:12Z")}},
		Escalations: []feedback.Escalation{
			{GroupIDs: []string{"f1"}, At: at("2026-10-20T05:10Z")}, {GroupIDs: []string{"nothing"}, At: at("2026-10-20T05:10Z")},
		},
		Steps: func(_, section string) ([]feedback.Named, bool) {
			return []feedback.Named{{ID: "r1", Text: "Restart"}}, section == ""
		},
	}
}

func TestStepsAndRunbooksByHand(t *testing.T) {
	o := handOptions(t)
	o.Recorded = recordedByHand(t)
	r := New(readHand(t), o)
	sameRows(t, *tableOf(r, StepsTable), expectedRows(t, StepsTable))
	sameRows(t, *tableOf(r, RunbooksTable), expectedRows(t, RunbooksTable))
	if got := tableOf(r, RunbooksTable).Note(); got != "not counted: 1 alert group without an incident in the stored history" {
		t.Errorf("the note of runbooks is %q", got)
	}
	o.Service = "sea"
	r = New(readHand(t), o)
	if got := tableOf(r, RunbooksTable); len(got.Rows) != 1 || got.Rows[0][0] != "sea" || got.Doubt != "" {
		t.Errorf("of one service it is %q, %s", got.Rows, got.Doubt)
	}
	o.Recorded = nil
	r = New(readHand(t), o)
	if got := tableOf(r, StepsTable); !strings.Contains(got.Doubt, "not read") || len(got.Rows) != 1 {
		t.Errorf("without the state the steps are %q, %s", got.Rows, got.Doubt)
	}
	if got := tableOf(r, RunbooksTable); got.Unknown == "" {
		t.Errorf("without the state the runbooks are %+v", got)
	}
}

// Whatever a note says, it is read as text.
func FuzzStepsInNotes(f *testing.F) {
	f.Add("Tried:\n- Restart (Ann, 2026-10-20 05:06 UTC)\n- x [did not help: y]\n- ls [exit 1]")
	f.Add("Tried:\n- \x1b[31mred\n- \u202e")
	f.Fuzz(func(t *testing.T, note string) {
		end := time.Date(2026, 10, 20, 6, 0, 0, 0, time.UTC)
		i := past.Incident{Entries: []past.Entry{past.EntryOf(sources.LogEntry{Type: "annotate", Note: note, CreatedAt: end.Add(-time.Hour)})}}
		for text := range stepsOf(&i, end, nil) {
			if text == "" || strings.ContainsAny(text, "\n\x1b\u202e") {
				t.Errorf("%q has the step %q", note, text)
			}
		}
	})
}
