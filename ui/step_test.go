package ui

import (
	"fmt"
	"strings"
	"testing"

	"firstline/internal/race"
	"firstline/sources"
	"firstline/ui/keymap"
)

// named begins a command by its name.
func (h *harness) named(name string) {
	h.press(":")
	h.write(name)
	h.press("enter")
}

// steps open each step of a dialog in which one types.
var steps = map[string]func(h *harness){
	"escalate":           func(h *harness) { h.put("Q1CHECKOUT"); h.press("e") },
	"next level":         func(h *harness) { withNextLevel(h); h.put("Q1CHECKOUT"); h.press("E") },
	"hand off":           func(h *harness) { h.put("Q1CHECKOUT"); h.press("h") },
	"hand off, why":      func(h *harness) { h.put("Q1CHECKOUT"); h.press("h", "enter") },
	"escalate, the note": func(h *harness) { h.put("Q1CHECKOUT"); h.press("e", "enter", "n") },
	"note":               func(h *harness) { h.put("Q1CHECKOUT"); h.press("n") },
	"resolve":            func(h *harness) { h.put("Q1CHECKOUT"); h.press("r") },
	"snooze":             func(h *harness) { h.put("Q1CHECKOUT"); h.press("z") },
	"snooze, why":        func(h *harness) { h.put("Q1CHECKOUT"); h.press("z", "enter", "n") },
	"silence":            func(h *harness) { h.put("QueueBacklog"); h.press("s") },
	"silence, until":     func(h *harness) { h.put("QueueBacklog"); h.press("s", "enter") },
	"silence, why":       func(h *harness) { h.put("QueueBacklog"); h.press("s", "enter", "enter", "n") },
	"urgency":            func(h *harness) { h.put("Q1CHECKOUT"); h.named("change the urgency") },
	"priority":           func(h *harness) { h.put("Q1CHECKOUT"); h.named("change the priority") },
	"merge":              func(h *harness) { h.put("Q1CHECKOUT"); h.named("merge") },
	"join":               func(h *harness) { h.put("Q1CHECKOUT"); h.named("ask others") },
	"extend":             func(h *harness) { h.put("NodeDown"); h.named("extend a silence") },
	"several": func(h *harness) {
		h.put("Q1CHECKOUT")
		h.press("space")
		h.put("Q2REPLICA")
		h.press("space", "e")
	},
}

// withNextLevel puts Q1CHECKOUT on a policy with a level after the present one.
func withNextLevel(h *harness) {
	snapshots := story(noon)
	snapshots[0].Data.Incidents[0].Policy = reference("POPS", "Ops first line")
	snapshots[0].Data.Incidents[0].Assignments = []sources.Assignment{{User: userReference(ben), At: noon}}
	h.send(snapshotsMsg{list: snapshots})
}

// inside are the lines of the open dialog within its frame.
func (h *harness) inside() []string {
	h.t.Helper()
	lines := strings.Split(h.text(h.overlayArea()), "\n")
	return lines[1 : len(lines)-1]
}

// While one types, whatever it is, the dialog stays where it is and as high as it
// is, its last line says what the keys do, and enter answers.
func TestNothingMovesWhileOneTypes(t *testing.T) {
	race.Skip(t)
	for _, size := range [][2]int{{60, 15}, {60, 20}, {80, 24}, {120, 30}, {200, 50}} {
		for name, open := range steps {
			t.Run(fmt.Sprintf("%s/%dx%d", name, size[0], size[1]), func(t *testing.T) {
				h := withAll(t, newAccount(), size[0], size[1], nil)
				open(h)
				area := h.overlayArea()
				check := func(what string) {
					t.Helper()
					if now := h.overlayArea(); now != area {
						t.Fatalf("%s: at %+v, was at %+v\n%s", what, now, area, h.screen())
					}
					lines := h.inside()
					keys := lines[len(lines)-1]
					if !strings.Contains(keys, "enter ") && !strings.Contains(keys, "tab goes on") || !strings.Contains(keys, "esc ") {
						t.Fatalf("%s: the last line does not say what the keys do: %q\n%s", what, keys, h.screen())
					}
				}
				check("opened")
				if area.Y != h.m.Layout.Body.Y {
					t.Errorf("it begins at %+v", area)
				}
				for _, letter := range "09:0 zz({\"" {
					h.write(string(letter))
					check(fmt.Sprintf("after %q", letter))
				}
				before, at := h.m.frame()
				h.press("enter")
				if after, now := h.m.frame(); after == before && now.Position == at.Position {
					t.Errorf("enter does not answer:\n%s", h.screen())
				}
			})
		}
	}
}

// Whom it notifies, who follows and the reason are in the first six lines at 80x24,
// and there is no warning before the first key.
func TestPeopleAndReasonAreInTheFirstSixLines(t *testing.T) {
	for _, name := range []string{"escalate", "next level", "hand off, why", "several"} {
		h := withAll(t, newAccount(), 80, 24, nil)
		crowd(h, newAccount(), 1)
		steps[name](h)
		lines := h.inside()
		at := func(text string) int {
			for i, l := range lines {
				if strings.Contains(l, text) {
					return i
				}
			}
			return -1
		}
		now, why := at("Notified now  "), at("Why")
		if now < 0 || why < now || why > 4 || at("│ │") > 5 {
			t.Errorf("%s:\n%s", name, h.screen())
		}
		if name != "next level" && at("If no answer  ") != now+1 { // after the last level nobody follows
			t.Errorf("%s: who follows is not told:\n%s", name, h.screen())
		}
		for _, l := range lines {
			if strings.HasPrefix(strings.TrimLeft(l, "│ "), "! ") || strings.Contains(l, "✗") {
				t.Errorf("%s: a warning before the first key: %q", name, l)
			}
		}
	}
}

// From 116 columns on the pane stays as it is beside a dialog, with its colours.
func TestThePaneStaysReadableBesideADialog(t *testing.T) {
	for _, size := range [][2]int{{116, 30}, {120, 30}, {200, 50}} {
		for name, open := range dialogs {
			h := withAll(t, newAccount(), size[0], size[1], withRunbooks)
			open(h)
			h.m.overlay = nil
			frame, _ := h.m.frame()
			bare := strings.Split(frame, "\n")
			d := h.m.actions.Dialog
			if d == nil {
				t.Fatal(name)
			}
			h.m.actions.Open(d.Request().Action, d.Groups)
			frame, _ = h.m.frame()
			covered := strings.Split(frame, "\n")
			pane := h.m.Layout.Pane
			for y := pane.Y; y < pane.Y+pane.Height; y++ {
				if got, want := h.m.From(covered[y], pane.X), h.m.From(bare[y], pane.X); visible(got) != visible(want) {
					t.Fatalf("%s at %v: line %d of the pane is %q, was %q", name, size, y, got, want)
				}
			}
		}
	}
}

// visible is a line of the pane from its edge on, without the colours of what is
// left of it.
func visible(line string) string { return line[strings.IndexAny(line, "│┌└"):] }

// What is typed finds the usual ends first, and says how long that is and in which
// zone.
func TestTypingFindsTheUsualEndsFirst(t *testing.T) {
	for _, c := range []struct{ typed, first, detail string }{
		{"", "30m", "until 12:30, in 30 m, UTC"},
		{"09", "until 09:00", "in 21 h"},
		{"9", "until 09:00", "in 21 h"},
		{"09:00", "until 09:00", "in 21 h"},
		{"2", "2h", "until 14:00, in 2 h, UTC"},
		{"2h", "2h", "until 14:00, in 2 h, UTC"},
		{"u", "until 09:00", "UTC"},
		{"17:30", "17:30", "until 17:30, in 5 h"},
		{"45m", "45m", "until 12:4"},
		{"8d", "8d", "not possible: PagerDuty snoozes for at most 7 days"},
	} {
		h := withAll(t, newAccount(), 110, 30, nil)
		h.put("Q1CHECKOUT")
		h.now = noon
		h.press("z")
		for _, r := range c.typed {
			h.send(keyPress(string(r)))
		}
		h.now = noon
		h.m.actions.Dialog.Rethink()
		h.send(nil)
		first := ""
		for _, l := range h.inside() {
			if strings.Contains(l, "▌") {
				first = l
			}
		}
		if !strings.Contains(first, "▌ "+c.first+" ") || !strings.Contains(first, c.detail) {
			t.Errorf("%q finds %q, want %s, %s", c.typed, first, c.first, c.detail)
		}
	}
}

// What can't be done whatever is chosen is refused before anything is chosen, with
// the reason; a target that can't be one says why before it is chosen.
func TestWhatCanNotBeDoneIsRefusedFirst(t *testing.T) {
	for _, c := range []struct {
		name string
		open func(h *harness)
		why  string
	}{
		{"snooze", func(h *harness) { h.press("z") }, "There is no incident to snooze"},
		{"urgency", func(h *harness) { h.named("change the urgency") }, "There is no incident to change"},
		{"merge", func(h *harness) { h.named("merge") }, "There is no incident to merge"},
		{"note", func(h *harness) { h.press("n") }, "There is no incident to put a note on"},
		{"resolve", func(h *harness) { h.press("r") }, "There is no incident to resolve"},
	} {
		for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 30}} {
			d := newAccount()
			h := withAll(t, d, size[0], size[1], nil)
			h.put("QueueBacklog")
			c.open(h)
			if h.m.mode() != keymap.InDialog {
				t.Fatalf("%s: no dialog", c.name)
			}
			h.dialog("✗ " + c.why)
			h.seesNot("Until  ", "Urgency  ", "Into  ")
			h.press("enter", "enter")
			d.expect(t)
		}
	}

	h := withAll(t, newAccount(), 120, 30, nil)
	snapshots := story(noon)
	i := &snapshots[0].Data.Incidents[0]
	i.AssignedVia, i.Assignments = sources.AssignedDirectly, []sources.Assignment{{User: userReference(ann), At: noon}}
	h.send(snapshotsMsg{list: snapshots})
	h.put("Q1CHECKOUT")
	h.press("h")
	h.write("okafor")
	h.dialog("not possible: ")
	h.press("enter")
	if h.m.actions.Dialog.Answered() {
		t.Fatal("a target that can't be one was taken")
	}
	h.dialog("Ann Okafor has it already, assigned directly.")
}

// After another answer was chosen, nothing of the plan for the one before is shown
// while the new one is made.
func TestAnotherAnswerShowsNothingOfTheOneBefore(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("Q1CHECKOUT")
	h.press("h")
	h.write("okafor")
	h.press("enter")
	h.dialog("Hand off to Ann Okafor", "Notified now  Ann Okafor")
	h.press("shift+tab")
	for range "okafor" {
		h.press("backspace")
	}
	h.write("ben")
	h.dialog("▌ Ben Ortiz")
	h.holdReplies = true
	h.press("enter")
	h.dialog("Hand off to Ben Ortiz", "Notified now  …")
	h.press("enter", "enter")
	h.dialog("working it out")
	d.expect(t)
	h.deliverHeld()
	h.dialog("Ben Ortiz")
	h.seesNot("has just changed")
	h.press("enter")
	d.expect(t, "note Q1CHECKOUT", "assign PBEN Q1CHECKOUT")
}
