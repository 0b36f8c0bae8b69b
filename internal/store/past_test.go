package store

import (
	"bytes"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/sources"
)

var pastNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func pastIncident() past.Incident {
	return past.Incident{
		ID: "Q1", ReadAt: pastNow, Number: 7, Title: "Disk full", Service: past.Name{ID: "S", Name: "checkout"}, Policy: past.Name{ID: "P", Name: "Payments"},
		Teams: []past.Name{{ID: "T", Name: "payments"}}, Status: sources.Resolved, Urgency: "high", Priority: "P1", CreatedAt: pastNow.Add(-time.Hour),
		ChangedAt: pastNow.Add(-time.Minute * 30), MergedInto: "Q2", Alert: "DiskFull", DetailsRead: true, Runbook: "https://example.com/r",
		Entries: []past.Entry{
			{Hash: 1, At: pastNow.Add(-time.Hour), Kind: past.Trigger},
			{Hash: 2, At: pastNow.Add(-time.Hour), Kind: past.Notify, Way: past.Phone, To: []string{"U"}},
			{Hash: 3, At: pastNow.Add(-time.Minute * 40), Kind: past.Note, By: "U", Text: "looking"},
		},
	}
}

func pastStore(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "state.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestPackedIncident(t *testing.T) {
	want := pastIncident()
	got, err := unpackIncident("Q1", packIncident(&want), map[string]string{})
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("it is %+v, %v", got, err)
	}
}

func FuzzUnpackIncident(f *testing.F) {
	i := pastIncident()
	f.Add(packIncident(&i))
	f.Fuzz(func(t *testing.T, data []byte) {
		i, err := unpackIncident("Q", data, map[string]string{})
		if err != nil {
			return
		}
		again, err := unpackIncident("Q", packIncident(&i), map[string]string{})
		if err != nil || !bytes.Equal(packIncident(&i), packIncident(&again)) {
			t.Errorf("%+v became %+v, %v", i, again, err)
		}
	})
}

func TestPastIsStoredAndMerged(t *testing.T) {
	s := pastStore(t)
	ctx := t.Context()
	window := past.Window{Span: sources.Span{Since: pastNow.Add(-24 * time.Hour), Until: pastNow}, ReadAt: pastNow}
	i := pastIncident()
	late := past.Incident{ID: "Q1", Entries: []past.Entry{{Hash: 9, At: pastNow.Add(time.Hour), Kind: past.Resolve, By: "U"}}}
	unread := past.Incident{ID: "Q3", Entries: []past.Entry{{Hash: 1, At: pastNow.Add(-2 * time.Hour), Kind: past.Acknowledge, By: "U"}}}
	turn := past.Turn{Person: "U", Policy: past.Name{ID: "P", Name: "Payments"}, Level: 1, Start: window.Since, End: pastNow}
	for _, u := range []PastUpdate{
		{Scope: "", Kind: LogWindow, Window: window, Incidents: []past.Incident{i, unread}, People: []past.Person{{ID: "U", Name: "Ann", Zone: "Europe/Berlin"}}},
		{Scope: "", Kind: OnCallWindow, Window: window, Turns: []past.Turn{turn}, Policies: []string{"P"}},
		{Incidents: []past.Incident{late}},
	} {
		if err := s.SavePast(ctx, u); err != nil {
			t.Fatal(err)
		}
	}
	h, err := s.Past(ctx, "T", sources.Span{Since: pastNow.Add(-48 * time.Hour), Until: pastNow.Add(time.Minute)})
	if err != nil || len(h.Incidents) != 2 || len(h.Incidents[1].Entries) != 4 || h.People["U"].Zone != "Europe/Berlin" || len(h.Turns) != 1 || h.Turns[0] != turn {
		t.Fatalf("it is %+v, %v", h, err)
	}
	if len(h.Log) != 1 || h.Log[0] != window.Span || len(h.OnCalls) != 1 || !h.ReadAt.Equal(pastNow) {
		t.Errorf("the spans are %v and %v, read %v", h.Log, h.OnCalls, h.ReadAt)
	}
	due, err := s.PastDue(ctx, pastNow)
	if err != nil || len(due) != 2 || due[0].ID != "Q3" || !due[0].CreatedAt.IsZero() || due[1].ID != "Q1" || due[1].CreatedAt.IsZero() {
		t.Errorf("due are %+v, %v", due, err)
	}
	if ids, err := s.PastBegun(ctx, window.Span); err != nil || len(ids) != 1 || ids[0] != "Q1" {
		t.Errorf("begun are %v, %v", ids, err)
	}
}

// What an update brought is stored as a whole or not at all.
func TestPastUpdateIsWhole(t *testing.T) {
	s := pastStore(t)
	bad := PastUpdate{
		Kind: LogWindow, Window: past.Window{Span: sources.Span{Since: pastNow.Add(-time.Hour), Until: pastNow}, ReadAt: pastNow},
		Incidents: []past.Incident{pastIncident()},
	}
	if _, err := s.db.ExecContext(t.Context(), `DROP TABLE past_windows`); err != nil {
		t.Fatal(err)
	}
	if err := s.SavePast(t.Context(), bad); err == nil {
		t.Fatal("it was stored")
	}
	var n int
	if err := s.db.QueryRowContext(t.Context(), `SELECT count(*) FROM past_incidents`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d incidents are stored, %v", n, err)
	}
}
