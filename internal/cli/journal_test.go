package cli

import (
	"database/sql"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"firstline/internal/faults"
)

// What other actions began is read before an open attempt is taken over: a
// journal that can't be read for a moment gives a retry no other note.
func TestJournalUnreadableForOneTry(t *testing.T) {
	w := newWorld(t)
	id := w.incident(paged).ID
	escalate := []string{"escalate", "--reason", "the runbook did not help", "--yes", "--confirm", id}
	w.toPagerDuty.Fail(faults.Fault{Method: http.MethodPut, Path: "/incidents", CutBefore: true, Times: 1})
	w.run(escalate...).want(t, exitFailed).says(t, id+": unknown")
	w.now = w.now.Add(10 * time.Minute) // nothing may come about any more

	// The journal can be read, except for an entry of another action.
	change(t, `INSERT INTO journal (at, by, action, group_id, incident_id, title, service, team, target, reason, intent)
	VALUES ('2020-01-01T00:00:00Z', '', 'ack', '', '', '', '', '', '', '', '{}')`,
		`ALTER TABLE journal RENAME TO real_journal`, `CREATE VIEW journal AS SELECT id, at, by, action, group_id, incident_id,
	CASE attempt WHEN '' THEN json_extract('no JSON', '$') ELSE title END AS title,
	service, team, target, reason, attempt, intent, outcome, sentence, settled_at, sent_at FROM real_journal`)
	w.run(escalate...).want(t, exitFailed).says(t, "Nothing was sent")
	change(t, `DROP VIEW journal`, `ALTER TABLE real_journal RENAME TO journal`)

	w.run(escalate...).want(t, exitDone).says(t, id+": done")
	if notes := w.incident(paged).Notes; len(notes) != 1 {
		t.Errorf("%d notes:\n%s", len(notes), strings.Join(notes, "\n---\n"))
	}
}

// change changes the state file behind the program's back.
func change(t *testing.T, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(os.Getenv("XDG_STATE_HOME"), "firstline", "state.sqlite"))
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
