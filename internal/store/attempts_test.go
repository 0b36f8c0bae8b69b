package store

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func TestAttempts(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	yes, no := func(Attempt) bool { return true }, func(Attempt) bool { return false }
	first := Attempt{
		ID: "a1", At: at, By: "ann@example.com", PersonID: "PANN", Action: "escalate", GroupID: "Q1", IncidentID: "Q1",
		Target: "policy P1", Reason: "why", Writer: "w7", TriedAt: at, Run: "r1",
	}
	for name, c := range map[string]struct {
		change     func(*Attempt)
		ids        []string
		end        string // the outcome of the first
		same, busy func(Attempt) bool
		since      time.Time
		ends       bool // the first run ended
		reported   bool
		shows      bool
		open       bool
	}{
		"the same":                     {open: true},
		"another reason":               {change: func(a *Attempt) { a.Reason = "because" }, open: true},
		"unknown":                      {end: "unknown", open: true},
		"done, in a run cut short":     {end: "done", open: true},
		"done, and reported":           {end: "done", reported: true},
		"reported, and still so":       {end: "done", reported: true, shows: true, open: true},
		"unknown, and reported":        {end: "unknown", reported: true, open: true},
		"done, in a run that ended":    {end: "done", ends: true},
		"failed, in a run cut short":   {end: "failed"},
		"unknown, in a run that ended": {end: "unknown", ends: true, open: true},
		"failed":                       {end: "failed"},
		"refused":                      {end: "refused"},
		"another action":               {change: func(a *Attempt) { a.Action = "handoff" }},
		"another target":               {change: func(a *Attempt) { a.Target = "policy P2" }},
		"another person":               {same: no},
		"another group":                {ids: []string{"Q2"}},
		"known under another id":       {ids: []string{"key", "Q1"}, open: true},
		"long ago":                     {since: at.Add(time.Second)},
		"another program has it":       {busy: yes, open: true},
		"an injection as id":           {ids: []string{`Q1") OR 1=1 --`, `"`}},
		"a group without any id":       {ids: []string{}},
		"the first second that may":    {since: at, open: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := openAt(t, filepath.Join(t.TempDir(), "state.sqlite"))
			ctx := t.Context()
			if found, open, err := s.BeginAttempt(ctx, first, []string{"Q1"}, time.Time{}, false, yes, no); err != nil || open || found.ID != "a1" {
				t.Fatalf("first: %+v, %v, %v", found, open, err)
			}
			if c.end != "" {
				if err := s.EndAttempt(ctx, "a1", c.end, "So it was.", at); err != nil {
					t.Fatal(err)
				}
			}
			if c.reported {
				if err := s.Reported(ctx, "a1"); err != nil {
					t.Fatal(err)
				}
			}
			if c.ends {
				if err := s.EndRun(ctx, "r1"); err != nil {
					t.Fatal(err)
				}
			}
			again := first
			again.ID, again.Writer, again.TriedAt = "a2", "w8", at.Add(time.Minute)
			if c.change != nil {
				c.change(&again)
			}
			ids, same, busy := c.ids, c.same, c.busy
			if ids == nil {
				ids = []string{"Q1"}
			}
			if same == nil {
				same = yes
			}
			if busy == nil {
				busy = no
			}
			found, open, err := s.BeginAttempt(ctx, again, ids, c.since, c.shows, same, busy)
			if err != nil || open != c.open {
				t.Fatalf("= %+v, %v, %v", found, open, err)
			}
			if want := map[bool]string{true: "a1", false: "a2"}[c.open]; found.ID != want {
				t.Errorf("the attempt is %s, want %s", found.ID, want)
			}
			// An attempt that was taken over belongs to the other program.
			if c.open && c.busy == nil {
				var holder Attempt
				_, _, err := s.BeginAttempt(ctx, first, []string{"Q1"}, time.Time{}, c.shows, yes, func(a Attempt) bool { holder = a; return true })
				if err != nil || holder.Writer != "w8" || !holder.TriedAt.Equal(again.TriedAt) {
					t.Errorf("it is held by %+v, %v", holder, err)
				}
			}
		})
	}
}

// Of many programs that begin the same attempt at once, one begins it and the
// others find it.
func TestAttemptsAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.sqlite")
	openAt(t, path)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var running sync.WaitGroup
	var mu sync.Mutex
	began := 0
	for n := range 8 {
		s := openAt(t, path)
		running.Go(func() {
			a := Attempt{ID: fmt.Sprint("a", n), At: at, Action: "escalate", GroupID: "Q1", Writer: fmt.Sprint("w", n), TriedAt: at}
			_, open, err := s.BeginAttempt(t.Context(), a, []string{"Q1"}, time.Time{}, false,
				func(Attempt) bool { return true }, func(old Attempt) bool { return old.Writer != "" })
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if !open {
				began++
			}
		})
	}
	running.Wait()
	if began != 1 {
		t.Errorf("%d began it", began)
	}
}

func TestUnknownGivesWayToWhatIsFoundOut(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "state.sqlite"))
	ctx, at := t.Context(), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	id, err := s.Begin(ctx, Entry{At: at, Action: "escalate", GroupID: "Q1", Attempt: "a1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, outcome := range []string{"unknown", "done", "failed", "unknown"} {
		if err := s.SetOutcome(ctx, id, outcome, "It is "+outcome+".", at); err != nil {
			t.Fatal(err)
		}
	}
	writes, err := s.WritesOf(ctx, "a1")
	if err != nil || len(writes) != 1 || writes[0].Outcome != "done" || writes[0].Attempt != "a1" {
		t.Errorf("= %+v, %v", writes, err)
	}
	if none, err := s.WritesOf(ctx, ""); err != nil || len(none) != 0 {
		t.Errorf("what an older firstline wrote belongs to no attempt: %+v, %v", none, err)
	}
}

// RefusedWrites are those of attempts that ended without their action, on these
// ids, and after which none of the same was done.
func TestRefusedWrites(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "state.sqlite"))
	begin := time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC)
	for n, c := range []struct{ id, action, incident, outcome string }{
		{"a", "escalate", "P1", "failed"},
		{"b", "escalate", "P2", "failed"},
		{"c", "handoff", "P1", "failed"},
		{"d", "escalate", "P1", "refused"},
		{"e", "escalate", "P1", "unknown"},
		{"f", "handoff", "P1", "done"},
		{"g", "handoff", "P1", "failed"},
	} {
		at := begin.Add(time.Duration(n) * time.Minute)
		_, _, err := s.BeginAttempt(t.Context(), Attempt{ID: c.id, At: at, Action: c.action, IncidentID: c.incident, Target: "x", Run: c.id},
			nil, begin, false, nil, nil)
		if err == nil {
			_, err = s.Begin(t.Context(), Entry{At: at, Attempt: c.id, IncidentID: c.incident, Intent: []byte("{}")})
		}
		if err == nil {
			err = s.EndAttempt(t.Context(), c.id, c.outcome, "", at)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for since, want := range map[time.Time]string{begin: "a d g ", begin.Add(time.Minute): "d g "} {
		entries, err := s.RefusedWrites(t.Context(), []string{"P1"}, since)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, e := range entries {
			got += e.Attempt + " "
		}
		if got != want {
			t.Errorf("since %s: %q, want %q", since, got, want)
		}
	}
}
