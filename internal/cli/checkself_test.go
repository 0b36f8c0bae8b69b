package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/respond"
	"firstline/internal/store"
	"firstline/internal/wallclock"
	"firstline/sources"
	"firstline/sources/demo"
)

// TestCheckSelf: firstline reports on itself, and what needs attention decides the exit
// status.
func TestCheckSelf(t *testing.T) {
	w := newHarness(t)
	r := w.run("check", "--self").want(t, exitDone)
	r.says(t, "✓ crashes: no run left a crash file", "✓ state: "+w.statePath()+" is whole (", "✓ journal: 0 writes in the last 30 days: none",
		"? history: it was never read", "✓ pagerduty: it was read in ", "✓ prom: it was read in ", "✓ am: it was read in ", "✓ requests: ")
	if strings.Contains(r.out, "✗") || strings.Contains(r.out, "!") {
		t.Errorf("the check prints\n%s", r.out)
	}
	w.wantNoWrites()

	state, err := store.Open(t.Context(), w.statePath())
	if err != nil {
		t.Fatal(err)
	}
	sent := w.clock().Add(-2 * time.Hour)
	for _, outcome := range []respond.Outcome{respond.Unknown, respond.Done} {
		id, err := state.Begin(t.Context(), store.Entry{At: sent, By: demo.Email, Action: "note", IncidentID: "QNOWHERE", Intent: []byte("{}")})
		if err == nil {
			err = state.SetOutcome(t.Context(), id, string(outcome), "It was not answered.", sent)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	read := w.clock().Add(-50 * time.Hour)
	if err := state.SavePast(t.Context(), store.PastUpdate{Kind: store.LogWindow, Window: storedWindow(read)}); err != nil {
		t.Fatal(err)
	}
	if err := state.Close(); err != nil {
		t.Fatal(err)
	}
	crashed := filepath.Join(filepath.Dir(w.statePath()), "crash-20261120T010203Z.txt")
	if err := os.WriteFile(crashed, []byte("a fault"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.demo.PagerDuty.SetLimit(22)
	r = w.run("check", "--self").want(t, exitWanting)
	r.says(t, "requests of this minute are used, by all terminals and tools with your token together: close other screens", "! crashes: firstline ended 1 time by a fault of its own, the last is in "+crashed, "✓ journal: 2 writes in the last 30 days: 1 done",
		"! journal: the outcome of 1 write is unknown, the first of ", "! history: that of the account was last read 50.0 h ago (0 incidents in all), from "+wallclock.Of(w.clock()).Stamp(read.AddDate(0, 0, -1))[:10], " on: run `firstline sync`")

	var out checkOutputJSON
	if err := json.Unmarshal([]byte(w.run("check", "--self", "--json").out), &out); err != nil || out.OK || len(out.Checks) < 8 {
		t.Errorf("the JSON is %+v, %v", out, err)
	}
}

// The time that was read is named, with what was not read in it.
func TestReaches(t *testing.T) {
	day := func(from, until int) sources.Span {
		return sources.Span{Since: noon.AddDate(0, 0, from), Until: noon.AddDate(0, 0, until)}
	}
	clock := wallclock.In(time.UTC)
	since, gap := clock.Stamp(noon), "from "+clock.Stamp(noon.AddDate(0, 0, 4))+" to "+clock.Stamp(noon.AddDate(0, 0, 5))
	for want, spans := range map[string][]sources.Span{
		"and which time that covers is not known":                nil,
		"from " + since + " on":                                  {day(0, 9)},
		"from " + since + " on, but for 1 gap, the last " + gap:  {day(0, 4), day(5, 9)},
		"from " + since + " on, but for 2 gaps, the last " + gap: {day(0, 2), day(3, 4), day(5, 9)},
	} {
		if got := reaches(spans, clock); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// storedWindow is a day of the history that was read at a time.
func storedWindow(at time.Time) (w past.Window) {
	w.Span, w.ReadAt = sources.Span{Since: at.AddDate(0, 0, -1), Until: at}, at
	return w
}
