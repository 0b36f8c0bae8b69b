package store

import (
	"database/sql"
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
