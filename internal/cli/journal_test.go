package cli

import (
	"context"
	"database/sql"
	"net/http"
	"strings"
	"testing"
	"time"

	"firstline/internal/faults"
)

// What other actions began is read before an open attempt is taken over: a
// journal that can't be read for a moment gives a retry no other note.
func TestJournalUnreadableForOneTry(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	escalate := []string{"escalate", "--reason", "the runbook did not help", "--yes", "--confirm", id}
	w.toPagerDuty.Fail(faults.Fault{Method: http.MethodPut, Path: "/incidents", CutBefore: true, Times: 1})
	w.run(escalate...).want(t, exitFailed).says(t, id+": unknown")
	w.now = w.now.Add(10 * time.Minute) // nothing may come about any more

	// The journal can be read, except for an entry of another action.
	w.change(`INSERT INTO journal (at, by, action, group_id, incident_id, title, service, team, target, reason, intent)
	VALUES ('2026-11-23T12:00:00.000000000Z', '', 'ack', '', '`+id+`', '', '', '', '', '', '{}')`,
		`ALTER TABLE journal RENAME TO real_journal`, `CREATE VIEW journal AS SELECT id, at, by, action, group_id, incident_id,
	CASE attempt WHEN '' THEN json_extract('no JSON', '$') ELSE title END AS title,
	service, team, target, reason, attempt, intent, outcome, sentence, settled_at, sent_at FROM real_journal`)
	w.run(escalate...).want(t, exitFailed).says(t, "Nothing was sent")
	w.change(`DROP VIEW journal`, `ALTER TABLE real_journal RENAME TO journal`)

	w.run(escalate...).want(t, exitDone).says(t, id+": done")
	if notes := w.incident(notifiedAlert).Notes; len(notes) != 1 {
		t.Errorf("%d notes:\n%s", len(notes), strings.Join(notes, "\n---\n"))
	}
}

// change changes the state file behind the program's back.
func (w *harness) change(statements ...string) {
	t := w.t
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+w.statePath())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// The note of an escalation that PagerDuty refused is used by the same again, and
// the preview says so; the escalation after that has its own.
func TestNoteOfARefusedEscalation(t *testing.T) {
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	escalate := []string{"escalate", "--reason", "the runbook did not help", "--yes", "--confirm", id}
	refuse := faults.Fault{
		Method: http.MethodPut, Path: "/incidents", Times: 1, Status: http.StatusForbidden,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: `{"error":{"code":2010,"message":"Access Denied"}}`,
	}
	w.toPagerDuty.Fail(refuse)
	w.run(escalate...).want(t, exitFailed).says(t, id+": failed")
	for n, want := range []int{1, 2} {
		w.now = w.now.Add(5 * time.Minute)
		got := w.run(escalate...).want(t, exitDone)
		notes := w.incident(notifiedAlert).Notes
		if len(notes) != want || strings.Contains(got.out, "already, since") != (n == 0) {
			t.Errorf("try %d: %d notes, want %d:\n%s", n+2, len(notes), want, got.out)
		}
	}
}

// A resolve that is given again does not post its reason a second time.
func TestResolveGivenAgain(t *testing.T) {
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	for range 3 {
		w.run("resolve", "--reason", "it was the disk", "--yes", id).want(t, exitDone)
	}
	if notes := w.incident(notifiedAlert).Notes; len(notes) != 1 {
		t.Errorf("%d notes:\n%s", len(notes), strings.Join(notes, "\n---\n"))
	}
}

// An action that is done is partly done where its note was lost: status 3, with
// one target and with several.
func TestDoneWithALostNote(t *testing.T) {
	t.Parallel()
	for _, asJSON := range []bool{false, true} {
		for _, several := range []bool{false, true} {
			w := newHarness(t)
			args := []string{"ack", "--reason", "on it", "--yes", w.incident(notifiedAlert).ID}
			if several {
				args = append(args, w.incident("PaymentProviderErrors").ID)
			}
			if asJSON {
				args = append(args, "--json")
			}
			notes := "/incidents/" + w.incident(notifiedAlert).ID + "/notes"
			w.toPagerDuty.Fail(faults.Fault{Path: notes, CutBefore: true})
			got := runApp(t.Context(), "", func(a *app) {
				a.now, a.stateHome = w.clock, w.state
				a.wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
			}, append([]string{"--config", w.config}, args...)...).want(t, exitPartly)
			if asJSON && !strings.Contains(got.out, `"partly": true`) {
				t.Errorf("JSON does not say it:\n%s", got.out)
			}
			if w.incident(notifiedAlert).Status != "acknowledged" {
				t.Error("it is not acknowledged")
			}
		}
	}
}
