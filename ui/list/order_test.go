package list_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/list"
)

func grouped(t testing.TB, width, height int, perService ...int) *harness {
	h := newHarness(t, width, height, onePrometheus)
	h.send(alertsSnapshot(ofServices(perService...)...))
	h.press("v")
	return h
}

func TestSortingGoesThroughAllOrders(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	h.put("LatencyP99")
	id := h.list.Current().ID
	for n, by := range []triage.By{triage.ByService, triage.ByTeam, triage.BySeverity, triage.ByAge} {
		h.press("S", fmt.Sprint(n+2))
		h.sees("Alert groups by " + string(by))
		want := slices.Clone(h.list.Sources.Groups)
		triage.Sort(want, by)
		for i, g := range want {
			if h.list.Rows[h.list.Visible[i]].ID != g.ID {
				t.Fatalf("by %s row %d is not %s:\n%s", by, i, g.ID, h.screen())
			}
		}
		if h.list.Current().ID != id {
			t.Fatalf("by %s the cursor went to another group", by)
		}
		// A poll does not change the order.
		before := slices.Clone(h.list.Visible)
		h.send(snapshotsMsg{list: story(noon.Add(time.Second))})
		if !slices.Equal(before, h.list.Visible) || h.list.Rows[h.list.Visible[0]].ID != want[0].ID {
			t.Fatalf("by %s a poll changed the order", by)
		}
	}
	h.press("S", "k", "k", "k", "k", "enter")
	h.sees("Sorted by what needs you first")
	h.seesNot("Alert groups by")
}

func TestHeadingsCount(t *testing.T) {
	h := grouped(t, 120, 30, 3, 1)
	h.sees("▾ svc-0  3 groups · 3 firing", "▾ svc-1  1 group · 1 firing", "4 groups under 2 headings")
	h.press("v")
	h.sees("Grouped by team")
	h.press("v")
	h.sees("▾ critical  3 groups", "▾ error  1 group")
	h.press("v")
	h.sees("▾ Alert0-00  1 group")
	h.press("v")
	h.sees("Not grouped", "1–4 of 4")
}

func TestSeveritiesAreSortedByGravity(t *testing.T) {
	h := withStory(t, 200, 50, nil)
	h.press("v", "v", "v")
	last := -1
	for _, s := range h.list.Sections {
		if s.Worst < last {
			t.Fatalf("%s stands too low:\n%s", s.Title, h.screen())
		}
		last = s.Worst
	}
}

func TestClosingAndOpeningHeadings(t *testing.T) {
	h := grouped(t, 120, 30, 3, 2, 1)
	h.press("j")
	h.press("c")
	h.sees("▌ ▸ svc-0  3 groups", "▾ svc-1")
	h.seesNot("svc-0     Alert0-00")
	if h.list.Current() != nil {
		t.Fatal("the cursor stands on a group that is not shown")
	}
	// Going down skips the open heading.
	h.press("j")
	if g := h.list.Current(); g == nil || g.Service != "svc-1" {
		t.Fatalf("j goes to %v:\n%s", g, h.screen())
	}
	h.press("k", "c")
	h.sees("▾ svc-0", "Alert0-00")
	if g := h.list.Current(); g == nil || g.Service != "svc-0" {
		t.Fatalf("opening leaves the cursor on %v", g)
	}
	h.press("c")
	h.sees("c opens this, space selects all of it", "CRIT    1m  Alert0-00")
	h.press("c", "C")
	h.sees("▌ ▸ svc-0", "▸ svc-1", "▸ svc-2", "lines 1–3 of 3 · 6 groups under 3 headings")
	// A poll opens nothing.
	h.send(alertsSnapshot(ofServices(3, 3, 1)...))
	h.sees("▌ ▸ svc-0", "▸ svc-1  3 groups · 3 firing · 1 new")
	h.press("C")
	h.sees("▾ svc-0", "▾ svc-2", "Alert2-00")
}

func TestSelectingAllThatMatch(t *testing.T) {
	h := grouped(t, 120, 30, 3, 2)
	h.press("/")
	h.write("service=svc-0")
	h.press("enter", "C", "*")
	h.sees("3 selected", "●▸ svc-0")
	h.send(alertsSnapshot(ofServices(4, 2)...))
	h.sees("3 selected")
	h.press("*")
	h.sees("4 selected")
	h.press("*")
	h.seesNot("selected")
	h.press("*", "/")
	h.write(" mine")
	h.press("enter")
	h.sees("No group matches")
	if len(h.list.Targets()) != 4 {
		t.Error("filtering took the selection away")
	}
}

// A group that comes or goes moves neither the row nor the heading under the
// cursor, but where the list would scroll beyond its ends.
func TestPollsDoNotMoveTheRowUnderAHeading(t *testing.T) {
	for _, closed := range []bool{false, true} {
		for start := range 12 {
			h := grouped(t, 120, 30, 3, 5, 5, 2)
			if closed {
				h.press("g", "c")
			}
			for range start {
				h.press("j")
			}
			id, row := list.LineID(h.list.Rows, h.list.Sections, h.list.Visible[h.list.Cursor]), h.cursorRow()
			atEnd := func() bool {
				l := h.list
				return l.Offset == max(len(l.Visible)-l.Height(), 0)
			}
			for n := range 4 {
				alerts := ofServices(3+n, 5, 5+2*n, 2, 1)
				h.send(alertsSnapshot(alerts...))
				if got := list.LineID(h.list.Rows, h.list.Sections, h.list.Visible[h.list.Cursor]); got != id || h.cursorRow() != row && !atEnd() {
					t.Fatalf("closed %v, %d down, poll %d: line %q at %d became %q at %d:\n%s", closed, start, n, id, row, got, h.cursorRow(), h.screen())
				}
				row = h.cursorRow()
			}
		}
	}
}

func TestAGroupThatIsGoneStaysUnderItsHeading(t *testing.T) {
	h := grouped(t, 120, 30, 2, 2)
	h.press("j", "j")
	gone, row := h.list.Current(), h.cursorRow()
	if gone.Service != "svc-1" {
		t.Fatalf("the cursor stands on %s", gone.Service)
	}
	var rest []*sources.Alert
	for _, a := range ofServices(2, 2) {
		if a.Name() != gone.AlertNames()[0] {
			rest = append(rest, a)
		}
	}
	h.send(alertsSnapshot(rest...))
	if h.cursorRow() != row {
		t.Fatalf("the row moved:\n%s", h.screen())
	}
	h.sees("gone")
	h.press("j")
	h.seesNot("gone")
	// The whole section goes while the cursor is on its closed heading.
	h.press("c")
	h.send(alertsSnapshot(ofServices(2)...))
	if h.list.Cursor >= len(h.list.Visible) || !h.list.Stops(h.list.Cursor) {
		t.Fatalf("the cursor stands nowhere:\n%s", h.screen())
	}
	h.press("c", "c", "j", "k", "g", "G", "space", "*")
	h.send(alertsSnapshot())
	h.press("c", "C", "j", "k", "space", "*", "v", "S")
}

func TestClearingAFilterShowsTheFirstRows(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	h.press("/")
	h.write("service=gateway")
	h.press("enter", "esc")
	h.sees("1–8 of 8")
	if g := h.list.Current(); g == nil || g.Service != "gateway" {
		t.Error("the cursor left its group")
	}
	// In a long list the row stays on the screen.
	h = newHarness(t, 80, 24, onePrometheus)
	h.send(alertsSnapshot(numbered("warning", 0, 50)...))
	h.press("/")
	h.write("warning040")
	h.press("enter", "esc")
	h.sees("▌ ", "warning040", "of 50")
}

// The filters to choose from say how many groups match, this service's among them.
func TestFiltersAreChosen(t *testing.T) {
	h := withStory(t, 120, 30, func(o *list.Options) {
		o.Filters = []list.SavedFilter{{Name: "search", Expression: "service=search"}, {Name: "night", Expression: "silenced"}}
	})
	h.put("Q1CHECKOUT")
	offers := func(wanted ...string) {
		t.Helper()
		lines, _, _ := h.open.View()
		text := strings.Join(strings.Fields(h.Bare(strings.Join(lines, " "))), " ")
		for _, w := range wanted {
			if !strings.Contains(text, w) {
				t.Fatalf("the picker does not offer %q:\n%s", w, text)
			}
		}
	}
	h.press("F")
	offers("▌ a ● all groups 8", "s this service: checkout 1", "c critical of this service: checkout 1", "t this team: payments", "m mine 1", "g triggered 2", "u unpaged 3", "1 @search: service=search 2", "2 @night: silenced 1")
	h.press("s")
	h.sees("/ service=checkout ── 1 of 8", "1–1 of 1")
	h.press("F")
	offers("▌ s ● this service: checkout 1")
	h.press("1")
	h.sees("/ @search ── 2 of 8", "1–2 of 2")
	h.press("/")
	h.write(" state=pending")
	h.press("enter")
	h.sees("/ @search state=pending", "1–1 of 1")
	h.press("F")
	offers("this service: search 2")
	h.press("j", "j", "k", "k", "k", "enter")
	h.sees("1–8 of 8")
	h.press("F", "esc")
	h.seesNot("/ ")
	h.press("S")
	offers("▌ 1 ● what needs you first", "2 service 6 services", "4 severity 5 severities", "5 age, the newest first")
	h.press("esc")
	h = newHarness(t, 80, 24, nil)
	h.press("F")
	h.sees("there is no group")
}

// Whatever is under the cursor, each filter that is offered can be read and lets
// through as many groups as it says.
func TestEachFilterThatIsOfferedIsRight(t *testing.T) {
	h := withStory(t, 80, 24, func(o *list.Options) {
		o.Filters = []list.SavedFilter{{Name: "a", Expression: "service=search"}}
	})
	alerts := ofServices(3, 4)
	alerts[0].Labels = withLabel(alerts[0].Labels, "service", `odd "name" = \ x`)
	for range 2 {
		for at := range h.list.Visible {
			for _, key := range []string{"s", "c", "t", "m", "g", "u", "1"} {
				h.press("a")
				h.list.MoveTo(at)
				h.press("F")
				lines, _, _ := h.open.View()
				count := ""
				for _, line := range lines {
					if words := strings.Fields(strings.Trim(h.Bare(line), "│ ▌")); len(words) > 2 && words[0] == key {
						count = words[len(words)-1]
					}
				}
				if count == "" {
					h.press("esc")
					continue
				}
				h.press(key)
				if got := fmt.Sprint(len(h.list.Matching)); got != count {
					t.Fatalf("row %d: %s lets %s through, and says %s:\n%s", at, key, got, count, h.screen())
				}
				h.press("F", "a")
			}
		}
		h = newHarness(t, 80, 24, onePrometheus)
		h.send(alertsSnapshot(alerts...))
	}
}

// Whatever keys are pressed while polls come in, the cursor is on a line
// that is there, and selected are only groups that are.
func FuzzOrderKeys(f *testing.F) {
	f.Add("vjcjCk*SGv F")
	f.Add("vvCjj1 2c0*jvv3cC")
	f.Fuzz(func(t *testing.T, keys string) {
		if len(keys) > 60 {
			return
		}
		h := newHarness(t, 80, 24, func(o *list.Options) {
			o.Initial = storySources()[1:2]
			o.Filters = []list.SavedFilter{{Name: "a", Expression: "service=svc-1"}}
		})
		h.send(alertsSnapshot(ofServices(3, 4, 2)...))
		for _, k := range keys {
			switch {
			case strings.ContainsRune("0123456789", k):
				h.send(alertsSnapshot(ofServices(int(k-'0'), 9-int(k-'0'), int(k-'0')%3)...))
			case strings.ContainsRune("vcCSFjkgG*", k):
				h.press(string(k))
			case k == ' ':
				h.press("space")
			case k == 'x':
				h.press("esc")
			}
			l := h.list
			if len(l.Visible) > 0 && (l.Cursor < 0 || l.Cursor >= len(l.Visible) || !l.Stops(l.Cursor)) {
				t.Fatalf("after %q the cursor is at %d of %d", keys, l.Cursor, len(l.Visible))
			}
			if l.Offset < 0 || l.Offset > l.Cursor || l.Cursor >= l.Offset+l.Height() {
				t.Fatalf("after %q the cursor at %d is not on the screen from %d", keys, l.Cursor, l.Offset)
			}
			h.screen()
		}
	})
}
