package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/keyboard"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// click clicks a cell, as slowly as separate clicks are.
func (h *harness) click(x, y int) {
	h.t.Helper()
	h.now = h.now.Add(500 * ms)
	h.send(keyboard.Typed{Msg: tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}, At: h.now})
	h.send(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
}

// clickOn clicks the first place of a text on the screen.
func (h *harness) clickOn(text string) {
	h.t.Helper()
	x, y := h.find(text)
	h.click(x, y)
}

func (h *harness) find(text string) (x, y int) {
	h.t.Helper()
	for y, line := range strings.Split(h.screen(), "\n") {
		if before, _, found := strings.Cut(line, text); found {
			return h.m.WidthOf(before), y
		}
	}
	h.t.Fatalf("the screen does not show %q:\n%s", text, h.screen())
	return 0, 0
}

func (h *harness) wheel(x, y int, button tea.MouseButton) {
	h.t.Helper()
	h.send(tea.MouseWheelMsg{X: x, Y: y, Button: button})
}

func withMouse(o *Options) { o.Mouse = true }

func TestTheMouseIsOffUntilAKey(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	first := h.m.list.CurrentRow().ID
	h.clickOn("search")
	if h.m.View().MouseMode != tea.MouseModeNone || h.m.list.CurrentRow().ID != first {
		t.Error("a click acts although the mouse is off")
	}
	h.press("ctrl+t")
	h.status("The mouse acts in firstline")
	if h.m.View().MouseMode == tea.MouseModeNone {
		t.Error("the terminal is not asked for the mouse")
	}
	h.press("ctrl+t")
	h.status("The mouse is the terminal's again")
	if h.m.View().MouseMode != tea.MouseModeNone {
		t.Error("the mouse is still on")
	}
}

func TestClicks(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 30}, {200, 50}} {
		h := withStory(t, size[0], size[1], func(o *Options) { withMouse(o); withRunbooks(o); newAccount().with(o) })
		list, high := h.m.Layout.List, 1
		if h.m.list.Roomy {
			high = 2
		}
		h.click(10, list.Y+1+2*high)
		if h.m.list.Cursor != 2 || h.m.pane.Focused {
			t.Errorf("%v: the cursor is at %d", size, h.m.list.Cursor)
		}
		h.click(list.X+1, list.Y+1+high)
		if id := h.m.list.CurrentRow().ID; h.m.list.Cursor != 1 || !h.m.list.Selected[id] {
			t.Errorf("%v: a click on the mark does not select", size)
		}
		h.click(list.X+2, list.Y+1+high)
		if len(h.m.list.Selected) != 0 {
			t.Errorf("%v: a second one does not deselect", size)
		}
		if pane := h.m.Layout.Pane; !pane.Empty() {
			h.clickOn("Timeline")
			if !h.m.pane.Focused {
				t.Errorf("%v: the pane does not have the keys", size)
			}
			h.press("esc")
		}
		h.click(10, list.Y+1)
		h.send(keyboard.Typed{Msg: tea.MouseClickMsg{X: 10, Y: list.Y + 1, Button: tea.MouseLeft}, At: h.now.Add(150 * ms)})
		if !h.m.pane.Focused || h.m.list.Cursor != 0 {
			t.Errorf("%v: a double click does not open", size)
		}
		h.clickOn("? help")
		h.sees("Keys")
		h.clickOn("esc close")
		if h.m.overlay != nil {
			t.Errorf("%v: the help is still open", size)
		}
		h.click(-1, -1)
		h.click(1000, 1000)
	}
}

// A click on the button confirms as enter does: only what was on the screen long
// enough, and no double click does.
func TestAClickConfirmsOnlyWhatWasRead(t *testing.T) {
	d := newAccount()
	h := withStory(t, 120, 30, func(o *Options) { withMouse(o); d.with(o) })
	h.put("Q1CHECKOUT")
	h.clickOn("ack  ")
	if h.m.mode() != keymap.InDialog {
		t.Fatalf("no dialog is open:\n%s", h.screen())
	}
	h.press("esc", "e")
	h.write("It needs first line.")
	x, y := h.find("[ Escalate")
	h.click(x+2, y)
	if !h.m.actions.Confirms() || len(d.acts()) != 0 {
		t.Fatalf("the button did not go on: %v\n%s", d.acts(), h.screen())
	}
	x, y = h.find("[ Escalate")
	at := h.now.Add(20 * ms)
	send := func() { h.send(keyboard.Typed{Msg: tea.MouseClickMsg{X: x + 2, Y: y, Button: tea.MouseLeft}, At: at}) }
	send()
	if len(d.acts()) != 0 {
		t.Fatalf("a click that came too fast sent %v", d.acts())
	}
	h.sees("too fast to be read")
	at = at.Add(room.LeastSeen)
	send()
	if len(d.acts()) != 0 {
		t.Fatalf("a double click sent %v", d.acts())
	}
	h.sees("double click")
	h.now = at
	h.click(x+2, y-2)
	if len(d.acts()) != 0 {
		t.Fatalf("a click beside the button sent %v", d.acts())
	}
	h.click(x+2, y)
	d.expect(t, "note Q1CHECKOUT", "policy")
}

func TestTheWheelScrollsWhatIsUnderIt(t *testing.T) {
	h := newHarness(t, 120, 20, func(o *Options) { withMouse(o); withRunbooks(o) })
	h.send(snapshotsMsg{list: fleet(noon, 60)})
	list, pane := h.m.Layout.List, h.m.Layout.Pane
	cursor := h.m.list.CurrentRow().ID
	h.wheel(list.X+5, list.Y+3, tea.MouseWheelDown)
	if h.m.list.Offset != 3 || h.m.list.Cursor != 3 {
		t.Errorf("the list begins at %d, its cursor is at %d", h.m.list.Offset, h.m.list.Cursor)
	}
	h.wheel(list.X+5, list.Y+3, tea.MouseWheelUp)
	if h.m.list.Offset != 0 || h.m.list.Cursor != 3 || h.m.list.CurrentRow().ID == cursor {
		t.Errorf("back, the list begins at %d, its cursor is at %d", h.m.list.Offset, h.m.list.Cursor)
	}
	h.press("?")
	before := h.screen()
	h.wheel(60, 8, tea.MouseWheelDown)
	if h.screen() == before {
		t.Error("the wheel does not scroll the help")
	}
	h.wheel(60, 8, tea.MouseWheelUp)
	h.wheel(60, 8, tea.MouseWheelLeft)
	if h.screen() != before {
		t.Error("the help is not where it was")
	}
	h.press("esc", "2")
	at := h.m.pane.Offset()
	h.wheel(pane.X+5, pane.Y+3, tea.MouseWheelDown)
	if h.m.pane.Offset() == at || h.m.pane.Focused {
		t.Errorf("the pane begins at %d", h.m.pane.Offset())
	}
}

func TestTheDivider(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 30}, {200, 50}} {
		var stored []int
		h := withStory(t, size[0], size[1], func(o *Options) {
			withMouse(o)
			o.StoreSplit = func(percent int) { stored = append(stored, percent) }
		})
		first := h.m.Layout
		h.press(">")
		if h.m.Layout == first || h.m.Layout.Share() < first.Share() {
			t.Errorf("%v: > moves it from %d to %d", size, first.Share(), h.m.Layout.Share())
		}
		for range 40 {
			h.press("<")
		}
		least := h.m.Layout
		h.press("<", ">")
		if h.m.Layout == least {
			t.Errorf("%v: > moves nothing after < went on at the end", size)
		}
		x, y, toX, toY := first.Pane.X-1, first.List.Y+2, first.Pane.X+1, first.List.Y+9
		h.press("=")
		if h.m.Layout != first {
			t.Errorf("%v: = does not put it back", size)
		}
		if !first.Beside() {
			x, y, toX, toY = 20, first.Pane.Y-1, 30, first.Pane.Y+1
		}
		h.send(keyboard.Typed{Msg: tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}, At: h.now})
		h.send(tea.MouseMotionMsg{X: toX, Y: toY, Button: tea.MouseLeft})
		n := len(stored)
		if l := h.m.Layout; first.Beside() && l.Pane.X <= first.Pane.X || !first.Beside() && l.Pane.Y <= first.Pane.Y {
			t.Errorf("%v: it was dragged from %+v to %+v", size, first, l)
		}
		h.send(tea.MouseReleaseMsg{X: toX, Y: toY})
		if len(stored) != n+1 || stored[n] != h.m.hands.Split {
			t.Errorf("%v: it is stored %v", size, stored)
		}
		h.send(tea.MouseMotionMsg{X: x, Y: y})
		if len(stored) != n+1 {
			t.Errorf("%v: it is still dragged", size)
		}
	}
	h := withStory(t, 70, 20, nil)
	h.press(">")
	h.status("list and pane are not both on the screen")
}

// Press presses each key of the table.
func TestPress(t *testing.T) {
	for _, e := range newHarness(t, 120, 30, nil).m.Keys {
		for _, name := range e.Binding.Keys() {
			if got := keymap.Press(name).String(); got != name {
				t.Errorf("%s is pressed as %s", name, got)
			}
		}
	}
	for _, name := range []string{"f1", "f12", "alt+<", "ctrl+_", "alt+enter", "shift+tab", "f"} {
		if got := keymap.Press(name).String(); got != name {
			t.Errorf("%s is pressed as %s", name, got)
		}
	}
}

// Wherever one clicks or scrolls, in every room, the screen is still drawn.
func TestClicksEverywhere(t *testing.T) {
	for _, keys := range []string{"", "?", "m", ":", "F", "S", "/", "e", "h", "z", "n", "a", "enter", "v"} {
		h := withStory(t, 120, 30, func(o *Options) { withMouse(o); withRunbooks(o); newAccount().with(o) })
		for y := 0; y < 30 && !h.quit; y++ {
			if h.m.overlay == nil && keys != "" {
				h.press("esc", keys)
			}
			for x := 2 + y%5; x < 120; x += 29 {
				h.click(x, y)
				h.wheel(x, y, tea.MouseWheelDown)
			}
			if lines := strings.Count(h.screen(), "\n"); lines != 29 {
				t.Fatalf("%s: after clicks in line %d the screen has %d lines", keys, y, lines+1)
			}
		}
	}
}

// A paste is text where text is typed, and nothing anywhere else: no key is pressed.
// Fields of one line get one line, and nothing steers the terminal.
func TestPastes(t *testing.T) {
	const pasted = "one\ntwo\r\n\tthree\x1b[31m q\x03\x1b[201~a"
	line := func(text string) bool {
		return !strings.ContainsAny(text, "\n\r\t\x1b\x03") && strings.Contains(text, "three")
	}
	input := func(h *harness) string { return h.m.overlay.(room.Inputter).Input().Text }
	for _, c := range []struct {
		keys  []string
		typed func(h *harness) string
		good  func(string) bool
	}{
		{nil, func(h *harness) string { return h.m.list.CurrentRow().ID }, func(id string) bool { return id == "Q1CHECKOUT" }},
		{[]string{"/"}, func(h *harness) string { return h.m.list.Prompt.Input.Value() }, line},
		{[]string{"enter", "/"}, func(h *harness) string { return h.m.pane.Runbook.SearchTitle() }, func(s string) bool { return strings.Contains(s, "three") && !strings.ContainsAny(s, "\n\t") }},
		{[]string{"h"}, func(h *harness) string { return h.text(h.overlayArea()) }, func(s string) bool { return strings.Contains(s, "three") && !strings.ContainsAny(s, "\t\x1b") }},
		{[]string{"e"}, func(h *harness) string { return h.m.actions.Dialog.Text.Value() }, func(s string) bool {
			return strings.HasPrefix(s, "one\ntwo\n") && !strings.ContainsAny(s, "\x1b\x03\r")
		}},
		{[]string{"n"}, func(h *harness) string { return h.m.actions.Dialog.Text.Value() }, func(s string) bool {
			return strings.HasPrefix(s, "one\ntwo\n") && !strings.ContainsAny(s, "\x1b\x03\r")
		}},
		{[]string{":"}, input, line},
		{[]string{"?", "/"}, input, line},
		{[]string{"enter", "J", "d"}, input, line},
		{[]string{"s"}, input, func(s string) bool { return strings.Contains(s, "one\ntwo\n") && !strings.ContainsAny(s, "\x1b\x03\r") }},
		{[]string{"a"}, func(h *harness) string { return h.text(h.overlayArea()) }, func(s string) bool { return !strings.Contains(s, "three") }},
		{[]string{"F"}, func(h *harness) string { return h.text(h.overlayArea()) }, func(s string) bool { return !strings.Contains(s, "three") }},
		{[]string{"enter", "O"}, func(h *harness) string { return h.screen() }, func(s string) bool { return !strings.Contains(s, "three") }},
		{[]string{"?"}, func(h *harness) string { return string(rune('a' + h.m.mode())) }, func(s string) bool { return s == string(rune('a'+keymap.InReader)) }},
	} {
		d := newAccount()
		h := withStory(t, 120, 30, func(o *Options) { withRunbooks(o); d.with(o) })
		h.put("Q1CHECKOUT")
		h.press(c.keys...)
		h.now = h.now.Add(time.Second)
		mode := h.m.mode()
		h.send(tea.PasteMsg{Content: pasted})
		if got := c.typed(h); !c.good(got) || h.m.mode() != mode || len(d.acts()) > 0 || h.quit {
			t.Errorf("%v: %q", c.keys, got)
		}
	}
}

// A large paste presses no key, and what of it has no room is not left out in silence.
func TestALargePaste(t *testing.T) {
	pasted := strings.Repeat("a line that is pasted, q\n", 40_000)
	for _, keys := range [][]string{{"n"}, {"e"}, {"/"}, {":"}, {"h"}, {"?"}, nil} {
		d := newAccount()
		h := withStory(t, 80, 24, func(o *Options) { withRunbooks(o); d.with(o) })
		h.put("Q1CHECKOUT")
		h.press(keys...)
		mode := h.m.mode()
		h.send(tea.PasteMsg{Content: pasted})
		if h.m.mode() != mode || len(d.acts()) > 0 || h.quit || strings.Count(h.screen(), "\n") != 23 {
			t.Errorf("%v: after the paste\n%s", keys, h.screen())
		}
		if len(keys) == 0 || keys[0] != "n" && keys[0] != "e" {
			continue
		}
		// A field has at most 10,000 lines, and says what it leaves out.
		if got := h.m.actions.Dialog.Text.Value(); !strings.HasPrefix(pasted, got) || len(got) < 200_000 || !strings.Contains(h.screen(), "has no room here") {
			t.Errorf("%v: %d bytes of %d are there:\n%s", keys, len(got), len(pasted), h.screen())
		}
		h.press("ctrl+u")
		h.send(tea.PasteMsg{Content: pasted[:100_000]})
		if got := h.m.actions.Dialog.Text.Value(); !strings.Contains(got, pasted[:90_000]) {
			t.Errorf("%v: a smaller one is not whole: %d bytes", keys, len(got))
		}
	}
}
