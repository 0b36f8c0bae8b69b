package store

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"firstline/internal/record"
)

// database makes a SQLite file with statements.
func database(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// firstline never writes to another program's database, not even its mode.
func TestForeignDatabases(t *testing.T) {
	for name, statements := range map[string][]string{
		"with a mark of its own":                {"PRAGMA application_id = 42", "CREATE TABLE x (a)", "INSERT INTO x VALUES (1)"},
		"with a mark and nothing else":          {"PRAGMA application_id = 42"},
		"with a mark and our tables":            append([]string{"PRAGMA application_id = 7"}, migrations[0]),
		"without a mark":                        {"CREATE TABLE x (a)", "INSERT INTO x VALUES (1)"},
		"without a mark, with our version":      {"CREATE TABLE x (a)", "PRAGMA user_version = 4"},
		"without a mark, of a later version":    {"CREATE TABLE x (a)", "PRAGMA user_version = 400"},
		"without a mark, with one of our names": {"CREATE TABLE journal (a)", "PRAGMA user_version = 1"},
		"in WAL mode":                           {"PRAGMA journal_mode = WAL", "CREATE TABLE x (a)", "INSERT INTO x VALUES (1)"},
		"with a view alone":                     {"CREATE VIEW x AS SELECT 1"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.sqlite")
			database(t, path, statements...)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s, err := Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.SaveDraft(t.Context(), record.Draft{Groups: "g", Action: "note", Text: "kept", At: time.Unix(1, 0)}); err != nil {
				t.Error(err)
			}
			if !strings.Contains(s.Notice(), "another program's database") || s.Path() == path {
				t.Errorf("it uses %s and says %q", s.Path(), s.Notice())
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			after, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("the other program's file was changed, %v", err)
			}
			again, err := Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			if drafts, err := again.Drafts(t.Context()); err != nil || len(drafts) != 1 {
				t.Errorf("what was kept is %v, %v", drafts, err)
			}
		})
	}
}

// A file of an earlier firstline is ours, with or without the mark.
func TestOwnDatabases(t *testing.T) {
	for name, statements := range map[string][]string{
		"nothing":        nil,
		"an empty one":   {"VACUUM"},
		"the first":      {migrations[0], "PRAGMA user_version = 1"},
		"the second":     {migrations[0], migrations[1], "PRAGMA user_version = 2"},
		"in WAL mode":    {"PRAGMA journal_mode = WAL", migrations[0], "PRAGMA user_version = 1"},
		"with the mark":  {"PRAGMA application_id = 1718776692", migrations[0], "PRAGMA user_version = 1"},
		"the mark alone": {"PRAGMA application_id = 1718776692"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.sqlite")
			if statements != nil {
				database(t, path, statements...)
			}
			for range 2 {
				s, err := Open(t.Context(), path)
				if err != nil {
					t.Fatal(err)
				}
				var id int
				if err := s.db.QueryRowContext(t.Context(), "PRAGMA application_id").Scan(&id); err != nil || id != applicationID {
					t.Errorf("the mark is %d, %v", id, err)
				}
				if s.Notice() != "" || s.Path() != path {
					t.Errorf("it uses %s and says %q", s.Path(), s.Notice())
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
