package store

import (
	"path/filepath"
	"testing"
	"time"

	"firstline/internal/record"
)

// Two terminals write remarks into one file: the later one of a person counts,
// whatever the order, and all of them move with their group.
func TestRemarksOfTwoTerminals(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.sqlite")
	one, two := openAt(t, path), openAt(t, path)
	at := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	first := record.Remark{GroupID: "G", Runbook: "a.md", Step: "s", Section: "A", Text: "Look", Kind: record.DidNotHelp, Why: "old", By: "Ann", At: at}
	later := first
	later.Kind, later.Why, later.At = record.Wrong, "new", at.Add(time.Minute)
	ben := first
	ben.By, ben.Why = "Ben", "his"
	for _, write := range []struct {
		s *Store
		r record.Remark
	}{{two, later}, {one, first}, {one, ben}} {
		if err := write.s.SetRemark(t.Context(), write.r); err != nil {
			t.Fatal(err)
		}
	}
	for _, o := range []record.Opening{{GroupID: "G", Runbook: "a.md", By: "Ann", At: at}, {GroupID: "G", Runbook: "a.md", By: "Ben", At: later.At}, {GroupID: "H", Runbook: "a.md", At: at}} {
		if err := two.AddOpening(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	if err := one.MoveGroup(t.Context(), "G", "INC"); err != nil {
		t.Fatal(err)
	}
	got, err := two.Remarks(t.Context(), time.Time{})
	if err != nil || len(got) != 2 || got[0].Why != "his" || got[1].Why != "new" || got[1].Kind != record.Wrong || got[1].GroupID != "INC" || !got[1].At.Equal(later.At) || got[1].Section != "A" {
		t.Errorf("%+v, %v", got, err)
	}
	openings, err := one.Openings(t.Context(), at)
	if err != nil || len(openings) != 2 || openings[0].GroupID != "H" || openings[1].GroupID != "INC" || openings[1].By != "Ann" {
		t.Errorf("%+v, %v", openings, err)
	}
	if got, err := two.Remarks(t.Context(), later.At); err != nil || len(got) != 1 {
		t.Errorf("since then %+v, %v", got, err)
	}
}
