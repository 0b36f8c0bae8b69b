package store

import (
	"database/sql"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"firstline/internal/record"
)

func TestRuns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "firstline.sqlite")
	s := openAt(t, path)
	at := time.Date(2026, 11, 23, 3, 12, 0, 0, time.UTC)
	want := []record.Run{
		{GroupID: "g", Runbook: "a.md", Step: "s", Command: "kubectl get pods", By: "dana", At: at, Took: 1200 * time.Millisecond},
		{GroupID: "g", Runbook: "a.md", Step: "s", Command: "kubectl get pods", ExitCode: -1, Stopped: true, By: "dana", At: at.Add(time.Minute)},
	}
	for _, r := range []record.Run{want[1], want[0], {GroupID: "other", At: at}} {
		if err := s.AddRun(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := openAt(t, path).Runs(t.Context(), "g")
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestMigrationKeepsWhatIsThere opens a file of the first schema.
func TestMigrationPreservesData(t *testing.T) {
	path := filepath.Join(t.TempDir(), "firstline.sqlite")
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		migrations[0],
		"PRAGMA user_version = 1",
		"INSERT INTO ticks VALUES ('g', 'a.md', 's', 'Look', 1, 'dana', '2026-11-23T03:12:00.000000000Z')",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := openAt(t, path)
	ticks, err := s.Ticks(t.Context(), "g")
	if err != nil || len(ticks) != 1 || ticks[0].Text != "Look" || s.Notice() != "" {
		t.Errorf("got %+v, %v, %q", ticks, err, s.Notice())
	}
	if err := s.AddRun(t.Context(), record.Run{GroupID: "g"}); err != nil {
		t.Error(err)
	}
}

// What was done for a group goes to the one that took its place, and what that one
// has of later time stays.
func TestMoveGroup(t *testing.T) {
	ctx := t.Context()
	s := openAt(t, filepath.Join(t.TempDir(), "firstline.sqlite"))
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	tick := func(group, step, by string, after time.Duration, done bool) {
		t.Helper()
		if err := s.SetTick(ctx, record.Tick{GroupID: group, Runbook: "r.md", Step: step, Text: step, Done: done, By: by, At: at.Add(after)}); err != nil {
			t.Fatal(err)
		}
	}
	tick("alerts", "only there", "Ann", 0, true)
	tick("alerts", "later there", "Ann", 2*time.Minute, true)
	tick("incident", "later there", "Bo", time.Minute, true)
	tick("alerts", "later here", "Ann", 0, true)
	tick("incident", "later here", "Bo", time.Minute, true)
	tick("alerts", "unticked here", "Ann", 0, true)
	tick("incident", "unticked here", "Bo", time.Minute, false)
	tick("other", "only there", "Cho", 0, true)
	for _, r := range []record.Run{{GroupID: "alerts", Command: "true", At: at}, {GroupID: "incident", Command: "false", At: at}} {
		if err := s.AddRun(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range []record.Position{{GroupID: "alerts", Runbook: "r.md", Line: 3, At: at}, {GroupID: "read", Runbook: "r.md", Line: 4, At: at}, {GroupID: "read-alerts", Runbook: "r.md", Line: 5, At: at}} {
		if err := s.SetPosition(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // another terminal does the same
		if err := errors.Join(s.MoveGroup(ctx, "alerts", "incident"), s.MoveGroup(ctx, "read-alerts", "read"), s.MoveGroup(ctx, "other", "other")); err != nil {
			t.Fatal(err)
		}
	}
	by := map[string]string{}
	ticks, err := s.Ticks(ctx, "incident")
	if err != nil {
		t.Fatal(err)
	}
	for _, tick := range ticks {
		by[tick.Step] = tick.By
	}
	if want := map[string]string{"only there": "Ann", "later there": "Ann", "later here": "Bo"}; !maps.Equal(by, want) {
		t.Errorf("the ticks are by %v, want %v", by, want)
	}
	if runs, err := s.Runs(ctx, "incident"); err != nil || len(runs) != 2 {
		t.Errorf("the runs are %+v, %v", runs, err)
	}
	if left, err := s.Ticks(ctx, "alerts"); err != nil || len(left) != 0 {
		t.Errorf("left are %+v, %v", left, err)
	}
	if others, err := s.Ticks(ctx, "other"); err != nil || len(others) != 1 {
		t.Errorf("the other's are %+v, %v", others, err)
	}
	positions, err := s.Positions(ctx)
	if err != nil || len(positions) != 2 || positions[0].GroupID != "incident" || positions[0].Line != 3 || positions[1].Line != 4 {
		t.Errorf("the positions are %+v, %v", positions, err)
	}
}
