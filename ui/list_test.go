package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/sources"
	"firstline/ui/keymap"
)

// rowOf is the screen's line that holds text.
func (h *harness) rowOf(text string) int {
	h.t.Helper()
	for i, line := range strings.Split(h.screen(), "\n") {
		if strings.Contains(line, text) {
			return i
		}
	}
	h.t.Fatalf("no line holds %q:\n%s", text, h.screen())
	return 0
}

func (h *harness) cursorRow() int { h.t.Helper(); return h.rowOf("▌") }

func alertsSnapshot(alerts ...sources.Alert) snapshotsMsg {
	return snapshotsMsg{list: []sources.Snapshot{{
		Source: sources.Source{Kind: sources.Prometheus, Name: "prom-eu"}, AsOf: noon, Data: sources.Data{Alerts: alerts},
	}}}
}

func numbered(severity string, from, to int) []sources.Alert {
	var out []sources.Alert
	for i := from; i < to; i++ {
		a := firing(fmt.Sprintf("%s%03d", severity, i), fmt.Sprintf("svc-%03d", i), severity, "p", noon.Add(-time.Duration(i+1)*time.Minute))
		a.Annotations = nil
		out = append(out, a)
	}
	return out
}

func TestNewGroupsNeverMoveTheRowUnderTheCursor(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 30}, {200, 50}} {
		for _, start := range []int{0, 3, 40, 99} {
			h := newHarness(t, size[0], size[1], func(o *Options) { o.Initial = storySources()[1:2] })
			warnings := numbered("warning", 0, 100)
			h.send(alertsSnapshot(warnings...))
			for range start {
				h.press("j")
			}
			want, row := h.m.list.Current().ID, h.cursorRow()
			// Each poll brings graver groups, which sort above, and some below.
			for n := 1; n <= 4; n++ {
				all := append(append(numbered("critical", 0, n*7), warnings...), numbered("info", 0, n*5)...)
				h.send(alertsSnapshot(all...))
				if got := h.m.list.Current().ID; got != want {
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
			h := newHarness(t, size[0], size[1], func(o *Options) { o.Initial = storySources()[:1] })
			h.send(read(0))
			h.sees("▌ …")
			h.seesNot("HIGH", "ERR ", "CRIT")
			for range start {
				h.press("j")
			}
			want, row := h.m.list.Current().ID, h.cursorRow()
			for so := 0; so <= n; so += 12 {
				h.send(read(so))
				if got := h.m.list.Current().ID; got != want {
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
			if first := h.m.list.Current(); first.Severity != "critical" {
				t.Errorf("%s, %q, is the first", first.ID, first.Severity)
			}
		}
	}
}

func TestAGroupThatIsGoneHasItsRowUntilTheCursorLeaves(t *testing.T) {
	h := newHarness(t, 120, 30, nil)
	alerts := numbered("warning", 0, 10)
	h.send(alertsSnapshot(alerts...))
	h.press("j", "j", "j")
	gone := h.m.list.Current()
	row := h.cursorRow()
	var rest []sources.Alert
	for _, a := range alerts {
		if a.Name() != gone.Alerts[0].Name() {
			rest = append(rest, a)
		}
	}
	h.send(alertsSnapshot(rest...))
	if h.cursorRow() != row || h.m.list.Current().ID != gone.ID {
		t.Fatalf("the row under the cursor changed when its group went:\n%s", h.screen())
	}
	h.sees("gone")
	h.press("a")
	if h.m.mode() != keymap.InNormal {
		t.Error("a group that is gone can be acted upon")
	}
	h.sees("no longer reported")
	h.press("j")
	h.seesNot("gone ")
	if n := len(h.m.list.Visible); n != 9 {
		t.Errorf("%d rows are left of 9", n)
	}
	if h.cursorRow() != row {
		t.Errorf("leaving a row that goes should put the cursor on the one that takes its place")
	}
}

func TestAPollThatChangesNothingDrawsNothing(t *testing.T) {
	h := withStory(t, 120, 30, withRunbooks)
	h.screen()
	draws, before := h.m.list.Drawn.Draws, h.screen()
	shown := h.m.pane.Made
	h.send(snapshotsMsg{list: story(noon)})
	if after := h.screen(); after != before {
		t.Errorf("the screen changed:\n%s\n%s", before, after)
	}
	if h.m.list.Drawn.Draws != draws {
		t.Errorf("%d rows were drawn again", h.m.list.Drawn.Draws-draws)
	}
	if h.m.pane.Made != shown {
		t.Error("the pane was made again")
	}
}

func TestATickDrawsOnlyTheAgesThatChanged(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	h.screen()
	draws := h.m.list.Drawn.Draws
	h.tick(time.Second)
	h.screen()
	// Of all groups only QueueBacklog is younger than a minute, and only the
	// first escalates: in less than four minutes now.
	if got := h.m.list.Drawn.Draws - draws; got != 2 {
		t.Errorf("a second made %d rows be drawn, want 2", got)
	}
	h.sees("43s", "pagerduty 5s")
}

func TestSelectingActsOnAllSelected(t *testing.T) {
	h := withStory(t, 120, 30, newAccount().with)
	h.put("Q1CHECKOUT")
	h.press("space")
	h.put("Q3DISK")
	h.press("space")
	h.sees("2 selected")
	if got := len(h.m.list.Targets()); got != 2 {
		t.Fatalf("%d targets, want 2", got)
	}
	h.press("a")
	h.sees("Acknowledge · 2 groups", "HighErrorRate", "Disk of payments-db-2")
	h.press("esc", "esc")
	h.seesNot("selected")
}

func TestRowsSayWhatNoSingleSourceKnows(t *testing.T) {
	h := withStory(t, 200, 50, nil)
	h.sees("2 firing", "1 firing, nobody paged", "acked", "silenced until 14:00", "pending, nobody paged", "Ben +1")
	h.put("NodeDown")
	if line := strings.Split(h.screen(), "\n")[h.cursorRow()]; !strings.Contains(line, "? batch") {
		t.Errorf("the row of a source that fails has no mark: %q", line)
	}
	h.sees("alertmanager ✗ 76s", "2 triggered", "1 acked")
}

func TestTheListScrollsByMostOfTheScreen(t *testing.T) {
	h := newHarness(t, 80, 24, nil)
	h.send(alertsSnapshot(numbered("warning", 0, 50)...))
	h.press("G")
	h.sees("44–50 of 50", "warning049")
	h.press("ctrl+u", "ctrl+u", "ctrl+d", "g")
	if h.m.list.Cursor != 0 || h.m.list.Offset != 0 {
		t.Errorf("g leaves the cursor at %d", h.m.list.Cursor)
	}
	h.press("k")
	if h.m.list.Cursor != 0 {
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
	h := newHarness(t, 120, 30, func(o *Options) { o.Initial = storySources()[1:2] })
	warnings := numbered("warning", 0, 3)
	h.send(alertsSnapshot(warnings...))
	row, id := h.cursorRow(), h.m.list.Current().ID
	h.send(alertsSnapshot(append(numbered("critical", 0, 2), warnings...)...))
	if h.cursorRow() != row || h.m.list.Current().ID != id {
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
	at := func(h *harness) string { return h.m.list.Current().ID }

	h := newHarness(t, 120, 30, newAccount().with)
	h.send(snapshotsMsg{list: []sources.Snapshot{prometheus}})
	h.send(snapshotsMsg{list: all})
	if first := h.m.list.Groups[h.m.list.Visible[0]].ID; at(h) != first || h.m.list.Offset != 0 {
		t.Errorf("nobody moved, and the cursor is on %s, not on the first, %s", at(h), first)
	}

	h = newHarness(t, 120, 30, newAccount().with)
	h.send(snapshotsMsg{list: []sources.Snapshot{prometheus}})
	for range h.m.list.Visible {
		if h.m.list.Current().Service == "checkout" {
			break
		}
		h.press("j")
	}
	if h.m.list.Cursor == 0 {
		h.press("j", "k")
	}
	h.send(snapshotsMsg{list: []sources.Snapshot{prometheus, pagerDuty}})
	if h.m.list.CurrentRow().Gone {
		t.Errorf("the cursor stays on alerts that are %s's now", "Q1CHECKOUT")
	}
}

// Over a slow line the bytes are what a key costs. The pane aside, whose page
// changes once, these are for going through the list at 200x50.
func TestAKeySendsFewBytes(t *testing.T) {
	const keys, most = 200, 300
	h := newHarness(t, 200, 50, func(o *Options) { o.Initial = storySources()[1:2] })
	h.send(snapshotsMsg{list: fleet(noon, 1000)})
	screen := newTerminal(200, 50)
	screen.draw(h)
	for _, key := range []string{"j", "k"} {
		sent := 0
		for range keys {
			_, cmd := h.m.Update(keyPress(key))
			sent += screen.draw(h)
			h.run(cmd)
			screen.draw(h)
		}
		if got := sent / keys; got > most {
			t.Errorf("%s sends %d bytes, more than %d", key, got, most)
		}
	}
}

func TestLeavingTheScreenShowsWhatComesNext(t *testing.T) {
	h := newHarness(t, 120, 30, func(o *Options) { o.Initial = storySources()[1:2] })
	h.send(alertsSnapshot(numbered("warning", 0, 100)...))
	l := h.m.list
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
