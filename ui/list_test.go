package ui

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/race"
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

func TestAGroupThatIsGoneHasItsRowUntilTheCursorLeaves(t *testing.T) {
	h := newHarness(t, 120, 30, nil)
	alerts := numbered("warning", 0, 10)
	h.send(alertsSnapshot(alerts...))
	h.press("j", "j", "j")
	gone := h.m.list.Current()
	row := h.cursorRow()
	var rest []*sources.Alert
	for _, a := range alerts {
		if a.Name() != gone.Alerts[0].Name() {
			rest = append(rest, a)
		}
	}
	h.send(alertsSnapshot(rest...))
	if h.cursorRow() != row || h.m.list.Current().ID != gone.ID {
		t.Fatalf("the row under the cursor changed when its group went:\n%s", h.screen())
	}
	h.list("gone")
	h.press("a")
	if h.m.mode() != keymap.InNormal {
		t.Error("a group that is gone can be acted upon")
	}
	h.status("no longer reported")
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
	h.row("mail", "43s")
	h.header("pagerduty 5s")
}

func TestSelectingActsOnAllSelected(t *testing.T) {
	h := withStory(t, 120, 30, newAccount().with)
	h.put("Q1CHECKOUT")
	h.press("space")
	h.put("Q3DISK")
	h.press("space")
	h.list("2 selected")
	if got := len(h.m.list.Targets()); got != 2 {
		t.Fatalf("%d targets, want 2", got)
	}
	h.press("a")
	h.dialog("Acknowledge · 2 groups", "HighErrorRate", "Disk of payments-db-2")
	h.press("esc", "esc")
	h.seesNot("selected")
}

func TestRowsSayWhatNoSingleSourceKnows(t *testing.T) {
	h := withStory(t, 200, 50, nil)
	h.row("checkout", "2 firing")
	h.row("gateway", "1 firing, nobody paged")
	h.row("Replication lag", "acked")
	h.row("? ", "batch", "silenced until 14:00")
	h.row("INFO    1m", "pending")
	h.row("Disk of payments", "Ben Ortiz +1")
	h.put("NodeDown")
	if line := strings.Split(h.screen(), "\n")[h.cursorRow()]; !strings.Contains(line, "h ? ") {
		t.Errorf("the row of a source that fails has no mark: %q", line)
	}
	h.header("alertmanager ✗ 76s", "2 triggered  3 unpaged  1 acked  1 pending  1 silenced")
}

// Over a slow line the bytes are what a key costs. The pane aside, whose text
// changes once, these are for going through the list at 200x50: a key that does not
// scroll, and the mean of all.
func TestAKeySendsFewBytes(t *testing.T) {
	race.Skip(t)
	const keys, most, mostInMean = 200, 300, 400
	h := newHarness(t, 200, 50, func(o *Options) { o.Initial = storySources()[1:2] })
	h.send(snapshotsMsg{list: fleet(noon, 1000)})
	screen := newTerminal(200, 50)
	screen.draw(h)
	for _, key := range []string{"j", "k"} {
		sent := 0
		for range keys {
			before := h.m.list.Offset
			_, cmd := h.m.Update(keyPress(key))
			n := screen.draw(h)
			sent += n
			h.run(cmd)
			screen.draw(h)
			if h.m.list.Offset == before && n > most {
				t.Errorf("%s at row %d sends %d bytes, more than %d", key, h.m.list.Cursor, n, most)
			}
		}
		if got := sent / keys; got > mostInMean {
			t.Errorf("%s sends %d bytes in the mean, more than %d", key, got, mostInMean)
		}
	}
}

func TestAFilterFromTheStart(t *testing.T) {
	h := withStory(t, 120, 30, func(o *Options) { o.Filter = "service=checkout" })
	h.list("/ service=checkout", "1–1 of 1")
	h.press("/")
	h.hints("enter done  esc clear")
	h.press("backspace")
	h.hints("tab  checkout", "enter done")
}

func TestAHeadingIsNoGroup(t *testing.T) {
	account := newAccount()
	h := withStory(t, 120, 30, account.with)
	h.press("v", "C", "a")
	if h.m.mode() != keymap.InNormal {
		t.Fatal("a heading can be acted upon")
	}
	h.status("this is a heading; space selects all that is under it")
	for _, key := range []string{"enter", "y", "o", "e", "n"} {
		h.press(key)
		if h.m.mode() != keymap.InNormal || h.m.pane.Focused || h.clipboard != "" {
			t.Fatalf("%s acts on a heading", key)
		}
	}
	for h.m.list.HeadingAt(h.m.list.Cursor).Title != "payments" {
		h.press("j")
	}
	h.press("space")
	h.list("2 selected")
	h.press("a")
	h.dialog("Acknowledge · 2 groups")
}

// On a wide screen the list is as wide as its rows need it, and what comes in does
// not move what is being read.
func TestTheListIsAsWideAsItsRowsNeed(t *testing.T) {
	h := newHarness(t, 200, 50, func(o *Options) { o.Initial = storySources()[1:2] })
	h.send(alertsSnapshot(numbered("warning", 0, 3)...))
	if w := h.m.Layout.Pane.Width; w != 136 {
		t.Fatalf("short rows leave the pane %d columns", w)
	}
	long := numbered("critical", 0, 40)
	for i := range long {
		long[i].Annotations = map[string]string{"summary": strings.Repeat("long title ", 12)}
	}
	h.press("enter")
	before := h.m.Layout
	h.send(alertsSnapshot(long...))
	if h.m.Layout != before {
		t.Errorf("the pane changes from %+v to %+v while it is read", before.Pane, h.m.Layout.Pane)
	}
	h.press("esc")
	if l := h.m.Layout; l.Pane.Width >= 136 || l.List.Width != h.m.list.Needs() {
		t.Errorf("the list has %d columns and needs %d", l.List.Width, h.m.list.Needs())
	}
}
