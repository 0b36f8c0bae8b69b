package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"firstline/internal/record"
	"firstline/sources"
)

func openAt(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestDamagedFileIsSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "firstline.sqlite")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	garbage := strings.Repeat("this is no database. ", 500)
	for n := 1; n <= 2; n++ {
		if err := os.WriteFile(path, []byte(garbage), 0o600); err != nil {
			t.Fatal(err)
		}
		s := openAt(t, path)
		aside := fmt.Sprintf("%s.damaged-%d", path, n)
		if !strings.Contains(s.Notice(), filepath.Base(aside)) {
			t.Errorf("notice %q does not name %s", s.Notice(), aside)
		}
		content, err := os.ReadFile(aside)
		if err != nil || string(content) != garbage {
			t.Errorf("the damaged file was not kept whole: %v", err)
		}
		if err := s.SaveDraft(t.Context(), record.Draft{Groups: "g", Action: "note", Text: "x"}); err != nil {
			t.Errorf("the new file does not work: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPageDamagedInTheMiddleIsSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "firstline.sqlite")
	s := openAt(t, path)
	for i := range 500 {
		if err := s.SaveDraft(t.Context(), record.Draft{Groups: strconv.Itoa(i), Action: "note", Text: strings.Repeat("x", 200)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil { // the last Close moves the WAL into the file
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte(strings.Repeat("\xff", int(info.Size())-8192)), 8192); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if s := openAt(t, path); s.Notice() == "" {
		t.Error("nothing is said of a damaged file")
	}
}

func TestNewerFileIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "firstline.sqlite")
	s := openAt(t, path)
	if err := s.SaveDraft(t.Context(), record.Draft{Groups: "g", Action: "note", Text: "by the newer one"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	older := openAt(t, path)
	if older.Notice() == "" || older.Path() == path {
		t.Errorf("a newer file was opened: path %s, notice %q", older.Path(), older.Notice())
	}
	if err := older.SaveDraft(t.Context(), record.Draft{Groups: "g", Action: "note", Text: "by the older one"}); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var version int
	var text string
	if err := db.QueryRow("PRAGMA user_version").Scan(&version); err != nil || version != 99 {
		t.Errorf("version is now %d (%v)", version, err)
	}
	if err := db.QueryRow("SELECT text FROM drafts").Scan(&text); err != nil || text != "by the newer one" {
		t.Errorf("the newer file now says %q (%v)", text, err)
	}
}

func TestFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "firstline.sqlite")
	openAt(t, path)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("the state file's mode is %v", mode)
	}
}

// TestTicksOfTwoProcesses ticks in several processes at once. The test binary
// runs itself for that.
func TestTicksOfTwoProcesses(t *testing.T) {
	const each = 100
	if path := os.Getenv("FIRSTLINE_STORE_TICKER"); path != "" {
		s := openAt(t, path)
		for i := range each {
			tick := record.Tick{GroupID: "g", Runbook: "r.md", Step: os.Getenv("FIRSTLINE_STORE_NAME") + strconv.Itoa(i), Done: true, By: "ann", At: time.Now()}
			if err := s.SetTick(t.Context(), tick); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	path := filepath.Join(t.TempDir(), "firstline.sqlite")
	var wait sync.WaitGroup
	for _, name := range []string{"a", "b", "c"} {
		wait.Go(func() {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTicksOfTwoProcesses$")
			cmd.Env = append(os.Environ(), "FIRSTLINE_STORE_TICKER="+path, "FIRSTLINE_STORE_NAME="+name)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("process %s: %v\n%s", name, err, out)
			}
		})
	}
	wait.Wait()
	ticks, err := openAt(t, path).Ticks(t.Context(), "g")
	if err != nil {
		t.Fatal(err)
	}
	if len(ticks) != 3*each {
		t.Errorf("%d ticks of %d are there", len(ticks), 3*each)
	}
}

func TestLaterTickWins(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "firstline.sqlite"))
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	ctx := t.Context()
	set := func(done bool, by string, at time.Time) {
		t.Helper()
		if err := s.SetTick(ctx, record.Tick{GroupID: "g", Runbook: "r", Step: "1", Done: done, By: by, At: at}); err != nil {
			t.Fatal(err)
		}
	}
	set(true, "ann", at)
	set(false, "bob", at.Add(-time.Second)) // written later, but earlier in time
	got, err := s.Ticks(ctx, "g")
	if err != nil || len(got) != 1 || got[0].By != "ann" || !got[0].At.Equal(at) {
		t.Fatalf("Ticks = %+v, %v", got, err)
	}
	set(false, "bob", at.Add(time.Second))
	if got, err := s.Ticks(ctx, "g"); err != nil || len(got) != 0 {
		t.Errorf("after unticking: %+v, %v", got, err)
	}
}

func TestJournal(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "firstline.sqlite"))
	ctx := t.Context()
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	first, err := s.Begin(ctx, Entry{At: at, By: "ann@example.com", Action: "escalate", GroupID: "Q1", Reason: "it's down; 'quoted'", Intent: []byte(`{"a":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Begin(ctx, Entry{At: at.Add(time.Second), Action: "ack", GroupID: "Q2"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetOutcome(ctx, first, "done", "Escalated.", at.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if err := s.SetOutcome(ctx, first, "failed", "again", at.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	open, err := s.Unsettled(ctx)
	if err != nil || len(open) != 1 || open[0].ID != second {
		t.Errorf("Unsettled = %+v, %v", open, err)
	}
	entries, err := s.Journal(ctx, at, "Q1")
	if err != nil || len(entries) != 1 {
		t.Fatalf("Journal = %+v, %v", entries, err)
	}
	if e := entries[0]; e.Outcome != "done" || e.Reason != "it's down; 'quoted'" || string(e.Intent) != `{"a":1}` || !e.At.Equal(at) {
		t.Errorf("entry = %+v", e)
	}
	if later, err := s.Journal(ctx, at.Add(time.Second)); err != nil || len(later) != 1 {
		t.Errorf("since: %+v, %v", later, err)
	}
}

func TestTidy(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "state.sqlite"))
	ctx := t.Context()
	since := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, at := range map[string]time.Time{"old": since.Add(-time.Second), "new": since} {
		if err := errors.Join(
			s.SetPosition(ctx, record.Position{GroupID: name, Runbook: "r", At: at}),
			s.SetPage(ctx, Page{URL: name, FetchedAt: at, Body: []byte("x")}, 1000),
			s.SetTick(ctx, record.Tick{GroupID: name, Runbook: "r", Step: "1", Done: true, At: at}),
		); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Tidy(ctx, since, 1000); err != nil {
		t.Fatal(err)
	}
	for name, stays := range map[string]bool{"old": false, "new": true} {
		positions, err := s.Positions(ctx)
		position := slices.ContainsFunc(positions, func(p record.Position) bool { return p.GroupID == name })
		_, page, pageErr := s.Page(ctx, name)
		ticks, ticksErr := s.Ticks(ctx, name)
		if err := errors.Join(err, pageErr, ticksErr); err != nil || position != stays || page != stays || len(ticks) != 1 {
			t.Errorf("%s: position %v, page %v, %d ticks, %v", name, position, page, len(ticks), err)
		}
	}
}

func TestSnapshots(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "firstline.sqlite"))
	ctx := t.Context()
	source := sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}
	if _, ok, err := s.Snapshot(ctx, source); ok || err != nil {
		t.Fatalf("an empty store has a snapshot: %v, %v", ok, err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	save := func(id string, at time.Time) {
		t.Helper()
		snap := sources.Snapshot{Source: source, AsOf: at, Data: sources.Data{Incidents: []sources.Incident{{
			ID: id, Alerts: []sources.IncidentAlert{{ID: "A", Details: map[string]any{"firing": "x"}}},
		}}}}
		if err := s.SaveSnapshot(ctx, snap); err != nil {
			t.Fatal(err)
		}
	}
	save("Q1", at)
	save("Q0", at.Add(-time.Minute)) // another terminal's older read arrives late
	got, ok, err := s.Snapshot(ctx, source)
	if err != nil || !ok || !got.AsOf.Equal(at) || got.Data.Incidents[0].ID != "Q1" {
		t.Fatalf("Snapshot = %+v, %v, %v", got, ok, err)
	}
	if d, _ := got.Data.Incidents[0].Alerts[0].Details.(map[string]any); d["firing"] != "x" {
		t.Errorf("details came back as %+v", got.Data.Incidents[0].Alerts[0].Details)
	}

	later := at.Add(time.Minute)
	for _, c := range []struct {
		was       time.Time
		confirmed bool
	}{{at, true}, {at, false}, {later, true}} { // the second time, another state is stored
		if confirmed, err := s.ConfirmSnapshot(ctx, source, c.was, later); err != nil || confirmed != c.confirmed {
			t.Errorf("confirming what was kept at %v: %v, %v", c.was, confirmed, err)
		}
	}
	if got, _, err := s.Snapshot(ctx, source); err != nil || !got.AsOf.Equal(later) || got.Data.Incidents[0].ID != "Q1" {
		t.Errorf("the confirmed state is %+v, %v", got, err)
	}
}

func TestDraftsPositionsPages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "with space?#%", "firstline.sqlite")
	s := openAt(t, path)
	ctx := t.Context()
	if err := s.SaveDraft(ctx, record.Draft{Groups: "g", Action: "escalate", Text: "half a rea"}); err != nil {
		t.Fatal(err)
	}
	if err := s.SetPosition(ctx, record.Position{GroupID: "g", Runbook: "r.md", Line: 42}); err != nil {
		t.Fatal(err)
	}
	if err := s.SetPage(ctx, Page{URL: "https://example.com/r.md", ETag: `"1"`, Body: []byte("# R")}, 1000); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the file is not where it was asked for: %v", err)
	}
	s = openAt(t, path)
	if d, err := s.Drafts(ctx); err != nil || len(d) != 1 || d[0].Text != "half a rea" {
		t.Errorf("Drafts = %+v, %v", d, err)
	}
	if p, err := s.Positions(ctx); err != nil || len(p) != 1 || p[0].Line != 42 {
		t.Errorf("Positions = %+v, %v", p, err)
	}
	if p, ok, err := s.Page(ctx, "https://example.com/r.md"); err != nil || !ok || string(p.Body) != "# R" {
		t.Errorf("Page = %+v, %v, %v", p, ok, err)
	}
	if err := s.SaveDraft(ctx, record.Draft{Groups: "g", Action: "escalate"}); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Drafts(ctx); err != nil || len(d) != 0 {
		t.Errorf("a sent draft stays: %+v, %v", d, err)
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, filepath.Join(t.TempDir(), "firstline.sqlite")); err == nil {
		t.Error("opened with a context that had ended")
	}
}
