package list_test

import (
	"fmt"
	"testing"
	"time"

	"firstline/sources"
	"firstline/ui/list"
)

func TestNewGroupsNeverMoveTheRowUnderTheCursor(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 30}, {200, 50}} {
		for _, start := range []int{0, 3, 40, 99} {
			h := newHarness(t, size[0], size[1], onePrometheus)
			warnings := numbered("warning", 0, 100)
			h.send(alertsSnapshot(warnings...))
			for range start {
				h.press("j")
			}
			want, row := h.list.Current().ID, h.cursorRow()
			// Each poll brings graver groups, which sort above, and some below.
			for n := 1; n <= 4; n++ {
				all := append(append(numbered("critical", 0, n*7), warnings...), numbered("info", 0, n*5)...)
				h.send(alertsSnapshot(all...))
				if got := h.list.Current().ID; got != want {
					t.Fatalf("%v from row %d: the cursor went to another group", size, start)
				}
				if got := h.cursorRow(); got != row {
					t.Fatalf("%v from row %d: the row under the cursor moved from line %d to %d", size, start, row, got)
				}
			}
			if start == 0 {
				h.sees("▲ 28 new above")
				h.press("g")
				h.sees("critical000")
				h.seesNot("new above")
			}
		}
	}
}

// A severity that is read moves its row as a new group would come, and never
// the row under the cursor, whichever of the rows it is on.
func TestSeveritiesThatArriveNeverMoveTheRowUnderTheCursor(t *testing.T) {
	const n = 60
	words := []string{"critical", "error", "warning", "info", ""}
	// read gives the incidents with the severities of the first so many, the
	// oldest first, so that each goes somewhere else.
	read := func(so int) snapshotsMsg {
		d := pagerDutyData(noon)
		d.Incidents = nil
		for i := range n {
			in := sources.Incident{
				Source: "pagerduty", ID: fmt.Sprintf("Q%03d", i), Number: 1000 + i, Title: fmt.Sprintf("incident %03d", i),
				Status: sources.Triggered, Urgency: "high", CreatedAt: noon.Add(-time.Duration(i) * time.Minute), AlertCount: 1,
			}
			if i >= n-so {
				in.AlertsRead = true
				in.Alerts = []sources.IncidentAlert{{ID: "A", Status: sources.Triggered, Severity: words[i%len(words)]}}
			}
			d.Incidents = append(d.Incidents, in)
		}
		return snapshotsMsg{list: []sources.Snapshot{{Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, AsOf: noon, Data: d}}}
	}
	for _, size := range [][2]int{{80, 24}, {120, 30}, {200, 50}} {
		for _, start := range []int{0, 5, 30, n - 1} {
			h := newHarness(t, size[0], size[1], func(o *list.Options) { o.Initial = storySources()[:1] })
			h.send(read(0))
			h.sees("▌ …")
			h.seesNot("HIGH", "ERR ", "CRIT")
			for range start {
				h.press("j")
			}
			want, row := h.list.Current().ID, h.cursorRow()
			for so := 0; so <= n; so += 12 {
				h.send(read(so))
				if got := h.list.Current().ID; got != want {
					t.Fatalf("%v from row %d: the cursor went from %s to %s", size, start, want, got)
				}
				if got := h.cursorRow(); got != row {
					t.Fatalf("%v from row %d: the row under the cursor moved from line %d to %d", size, start, row, got)
				}
				if so == 24 && start == 0 {
					h.sees("new above")
				}
			}
			h.seesNot("▌ …")
			h.press("g")
			h.seesNot("new above")
			if first := h.list.Current(); first.Severity != "critical" {
				t.Errorf("%s, %q, is the first", first.ID, first.Severity)
			}
		}
	}
}

func TestTheListScrollsByMostOfTheScreen(t *testing.T) {
	h := newHarness(t, 80, 24, nil)
	h.send(alertsSnapshot(numbered("warning", 0, 50)...))
	h.press("G")
	h.sees("44–50 of 50", "warning049")
	h.press("ctrl+u", "ctrl+u", "ctrl+d", "g")
	if h.list.Cursor != 0 || h.list.Offset != 0 {
		t.Errorf("g leaves the cursor at %d", h.list.Cursor)
	}
	h.press("k")
	if h.list.Cursor != 0 {
		t.Error("k goes above the first row")
	}
}

func TestWhatComesInAtTheStartIsNotNew(t *testing.T) {
	h := newHarness(t, 80, 24, nil)
	for _, s := range story(noon) {
		h.send(snapshotsMsg{list: []sources.Snapshot{s}})
	}
	h.sees("of 8")
	h.seesNot("new below", "new above")
}

// Also where all rows fit on the screen, and also when the group itself ranks
// lower than before.
func TestAShortListDoesNotMoveTheRowEither(t *testing.T) {
	h := newHarness(t, 120, 30, onePrometheus)
	warnings := numbered("warning", 0, 3)
	h.send(alertsSnapshot(warnings...))
	row, id := h.cursorRow(), h.list.Current().ID
	h.send(alertsSnapshot(append(numbered("critical", 0, 2), warnings...)...))
	if h.cursorRow() != row || h.list.Current().ID != id {
		t.Fatalf("the row under the cursor moved:\n%s", h.screen())
	}
	h.sees("1–5 of 5", "CRIT    2m")
	h.seesNot("new above")
	h.press("j")
	h.sees("▌ CRIT")
}

// Prometheus often answers before PagerDuty: its alerts are a group of their
// own then, and the incident's when that is known.
func TestTheCursorFollowsAlertsIntoTheirIncident(t *testing.T) {
	all := story(noon)
	pagerDuty, prometheus := all[0], all[1]
	at := func(h *harness) string { return h.list.Current().ID }

	h := newHarness(t, 120, 30, nil)
	h.send(snapshotsMsg{list: []sources.Snapshot{prometheus}})
	h.send(snapshotsMsg{list: all})
	if first := h.list.Groups[h.list.Visible[0]].ID; at(h) != first || h.list.Offset != 0 {
		t.Errorf("nobody moved, and the cursor is on %s, not on the first, %s", at(h), first)
	}

	h = newHarness(t, 120, 30, nil)
	h.send(snapshotsMsg{list: []sources.Snapshot{prometheus}})
	for range h.list.Visible {
		if h.list.Current().Service == "checkout" {
			break
		}
		h.press("j")
	}
	if h.list.Cursor == 0 {
		h.press("j", "k")
	}
	h.send(snapshotsMsg{list: []sources.Snapshot{prometheus, pagerDuty}})
	if h.list.CurrentRow().Gone {
		t.Errorf("the cursor stays on alerts that are %s's now", "Q1CHECKOUT")
	}
}

func TestLeavingTheScreenShowsWhatComesNext(t *testing.T) {
	h := newHarness(t, 120, 30, onePrometheus)
	h.send(alertsSnapshot(numbered("warning", 0, 100)...))
	l := h.list
	for l.Cursor < l.Height()-1 {
		h.press("j")
	}
	if l.Offset != 0 {
		t.Fatalf("the list moved to %d before its end", l.Offset)
	}
	h.press("j")
	if below := l.Offset + l.Height() - 1 - l.Cursor; below < l.Height()/2 {
		t.Errorf("only %d rows of what comes next are seen", below)
	}
	for l.Cursor > l.Offset {
		h.press("k")
	}
	h.press("k")
	if above := l.Cursor - l.Offset; above < min(l.Height()/2, l.Cursor) {
		t.Errorf("only %d rows of what stands above are seen", above)
	}
}
