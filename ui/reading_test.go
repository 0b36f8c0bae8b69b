package ui

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"firstline/internal/race"
	"firstline/runbooks"
	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// manyLines is a runbook that is longer than any screen, and read from a section in
// its middle.
func manyLines() string {
	var b strings.Builder
	b.WriteString("# checkout\n\n## QueueFull\n\n### Mitigation\n\nDrain it.\n\n## HighErrorRate\n\n")
	for i := range 80 {
		fmt.Fprintf(&b, "Line %02d.\n\n", i)
	}
	b.WriteString("### Mitigation\n\nRoll back.\n\n")
	for i := range 80 {
		fmt.Fprintf(&b, "Rest %02d.\n\n", i)
	}
	return b.String()
}

func withManyLines(o *Options) {
	o.Library = runbooks.Open(runbooks.Options{FS: map[string]fs.FS{"runbooks": fstest.MapFS{"checkout.md": {Data: []byte(manyLines())}}}})
	o.RunbookDirectories = []string{"runbooks"}
}

// textRows are the lines of the pane that belong to the runbook's text.
func (h *harness) textRows() (rows int) {
	for line := range strings.SplitSeq(h.text(h.m.Layout.Pane), "\n") {
		if text := strings.Trim(line, "│ "); strings.HasPrefix(text, "Line ") || strings.HasPrefix(text, "Rest ") {
			rows++
		}
	}
	return rows
}

// Below 116 columns who reads has the whole screen: a line for the group, one with
// the tabs, and nothing but text below. The head gives its room to the text.
func TestReadingTakesTheWholeScreen(t *testing.T) {
	for _, size := range []struct{ width, height, rows int }{{60, 15, 9}, {60, 20, 14}, {80, 24, 18}, {115, 30, 24}} {
		h := withStory(t, size.width, size.height, withManyLines)
		h.put("HighErrorRate")
		h.press("enter")
		lines := strings.Split(h.screen(), "\n")
		if group := lines[2]; !strings.Contains(group, "CRIT") || !strings.Contains(group, "checkout") || !strings.Contains(group, "HighErr") {
			t.Errorf("%dx%d: the group's line is %q", size.width, size.height, group)
		}
		h.reads("Runbook ─ Details", "HighErrorRate", "matched by", "–")
		h.press("j", "j", "j", "j", "j", "j")
		h.seesNot("matched by")
		if got := h.textRows(); 2*got+1 < size.rows {
			t.Errorf("%dx%d: %d lines of text and the blanks between them, want %d rows:\n%s", size.width, size.height, got, size.rows, h.screen())
		}
		h.hints("esc list")
		h.press("2")
		h.hints("esc list")
		h.press("esc")
		h.list("Alert groups")
		h.press("/")
		h.write("checkout")
		h.press("enter", "enter", "2")
		h.hints("esc list") // and not "clear filter", which esc does in the list
		h.press("esc")
		h.hints("esc clear filter")
	}
}

// From 116 columns on a key gives the pane the whole screen, and back.
func TestTheWholeScreenByItsKey(t *testing.T) {
	for _, width := range []int{116, 120, 200} {
		h := withStory(t, width, 30, withManyLines)
		h.put("HighErrorRate")
		beside := h.screen()
		h.press("enter")
		h.list("Alert groups")
		h.press("Z")
		h.seesNot("Alert groups")
		h.reads("Line 00.")
		h.press("Z")
		h.list("Alert groups")
		if !h.m.pane.Focused {
			t.Errorf("at %d columns the pane has no keys after it gave the screen back", width)
		}
		h.press("Z", "esc")
		if got := h.screen(); got != beside {
			t.Errorf("at %d columns esc leads back to\n%s\ninstead of\n%s", width, got, beside)
		}
		h.press("Z")
		h.seesNot("Alert groups")
		h.press("esc", "enter")
		h.list("Alert groups")
	}
	h := withStory(t, 80, 24, withManyLines)
	before := h.screen()
	h.press("Z")
	h.seesNot("Alert groups")
	h.press("Z")
	if got := h.screen(); got != before {
		t.Errorf("Z twice leads to\n%s", got)
	}
}

// What has to be known of a runbook stays on the screen when its head has not.
func TestTheNoticeOutlivesTheHead(t *testing.T) {
	for _, size := range [][2]int{{60, 20}, {80, 24}, {120, 30}} {
		h := withStory(t, size[0], size[1], func(o *Options) {
			o.Library = runbooks.Open(runbooks.Options{Fetcher: &web{document: runbooks.Fetched{
				URL: "https://runbooks.example.com/checkout", Markdown: manyLines(), At: noon, Stale: "no network",
			}}})
		})
		h.put("HighErrorRate")
		h.press("enter")
		h.reads("! This is an older copy")
		for range 3 {
			h.press("ctrl+d")
		}
		h.seesNot("matched by")
		h.reads("! This is an", " · ")
	}
}

// The keys of the usual sections stay within the alert's own section.
func TestSectionKeysStayWithinTheAlertsSection(t *testing.T) {
	h := withStory(t, 120, 30, withManyLines)
	h.put("HighErrorRate")
	h.press("enter", "T")
	h.reads("Roll back.")
	h.seesNot("Drain it.")
}

// The screen says to whoever reads what actions are about, on each tab: the
// group that is read, or what is selected and not on the screen. Space only scrolls.
func TestReadingSaysWhatIsSelected(t *testing.T) {
	race.Skip(t)
	for _, size := range [][2]int{{60, 15}, {60, 20}, {80, 24}, {115, 30}, {120, 30}, {200, 50}} {
		for _, tab := range []string{"1", "2", "3"} {
			h := withAll(t, newAccount(), size[0], size[1], withManyLines)
			h.put("HighErrorRate")
			h.press("Z", tab)
			h.hints("esc list", "? help")
			h.seesNot("selected", "enter read", "space select", "space pick")
			read, offset := h.m.list.Current().ID, h.m.pane.Offset()
			h.press("space")
			if len(h.m.list.Selected) != 0 || h.m.list.Current().ID != read {
				t.Fatalf("%v, tab %s: space selects %v and reads %s", size, tab, h.m.list.Selected, h.m.list.Current().ID)
			}
			if tab == "1" && h.m.pane.Offset() <= offset {
				t.Errorf("%v: space leaves the runbook at line %d", size, offset)
			}
			h.press("*")
			h.status("esc shows the list first")

			h.press("esc", "space", "Z")
			h.selectedLine(1, "not this")
			h.press("esc", "esc")
			h.seesNot("selected")
			h.put("HighErrorRate")
			h.press("space", "space", "k", "Z")
			h.selectedLine(2, "with this")
		}
	}
}

// selectedLine checks that the line of the group and the line of keys say what is
// selected.
func (h *harness) selectedLine(n int, this string) {
	h.t.Helper()
	h.part("the group's line", h.m.Layout.Group, []string{fmt.Sprintf("%d selected, %s:", n, this), h.m.list.CurrentRow().Severity, h.m.list.CurrentRow().Title[:6]})
	h.hints(fmt.Sprintf("%d selected: a ack", n), "e escalate", "esc list  ? help")
}

// The line of keys of what is read names no key that does nothing or something else
// there, whatever the tab and the width.
func TestTheKeysOfReadingActThere(t *testing.T) {
	for width := 60; width <= 200; width += 7 {
		for _, tab := range []string{"1", "2", "3"} {
			for _, selecting := range []bool{false, true} {
				h := withAll(t, newAccount(), width, 24, nil)
				if selecting {
					h.press("space")
				}
				h.press("enter", tab)
				line := h.text(draw.Rectangle{Y: 23, Width: width, Height: 1})
				for _, e := range h.m.Keys {
					if e.Mode != keymap.InNormal || e.HintText() == "" || e.Group == "" {
						continue
					}
					key := e.Binding.Help().Key
					_, now := h.m.meaning(keyPress(e.Binding.Keys()[0]))
					if now.Command != e.Command && strings.Contains(line, " "+key+" "+e.Text()+"  ") {
						t.Errorf("tab %s at %d columns: %s is %q there: %q", tab, width, key, now.Text(), line)
					}
				}
				if strings.Contains(line, "enter ") || !strings.Contains(line, "esc list") {
					t.Errorf("tab %s at %d columns: %q", tab, width, line)
				}
			}
		}
	}
}

// The list comes back as it was left: whatever is read meanwhile, whatever comes in
// and whatever sizes the terminal has meanwhile, no row is hidden that was not.
func TestTheListComesBackAsItWasLeft(t *testing.T) {
	race.Skip(t)
	for _, n := range []int{1, 7, 10, 33} {
		for _, size := range [][2]int{{60, 15}, {60, 20}, {80, 24}, {115, 30}, {120, 30}, {200, 50}} {
			for row := range min(n, 12) {
				h := newHarness(t, size[0], size[1], prometheusAlone)
				listOf(n)(h)
				h.put(fmt.Sprintf("%03d", row))
				h.checkReturn(func() { h.press("Z", "esc") })
				h.checkReturn(func() { h.press("enter", "2", "esc") })
				h.checkReturn(func() { h.press("Z"); listOf(n)(h); h.press("space", "esc") })
				h.checkReturn(func() { h.press("Z"); h.send(windowSize(40, 10)); h.send(windowSize(size[0], size[1])); h.press("esc") })
				h.checkReturn(func() { h.send(windowSize(40, 10)); h.send(windowSize(size[0], size[1])) })
				first := h.m.list.Offset
				for _, other := range [][2]int{{200, 50}, {60, 20}, {40, 10}, size} {
					h.send(windowSize(other[0], other[1]))
				}
				if first == 0 && h.m.list.Offset > 0 {
					t.Errorf("%d rows at %v, the cursor on row %d: other sizes hide %d rows", n, size, row, h.m.list.Offset)
				}
			}
		}
	}
}

// checkReturn fails where what is done does not lead back to the same list.
func (h *harness) checkReturn(do func()) {
	h.t.Helper()
	before := h.text(h.m.Layout.List)
	do()
	if after := h.text(h.m.Layout.List); after != before {
		h.t.Fatalf("the list was\n%s\nand is\n%s", before, after)
	}
}
