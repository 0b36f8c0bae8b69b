package ui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"charm.land/bubbles/v2/textarea"

	"firstline/internal/race"
	"firstline/ui/draw"
)

// wholeField checks what a field with lines shows: its cursor, no blank row while a
// line is hidden, and how many are.
func wholeField(t *testing.T, h *harness, area *textarea.Model) {
	t.Helper()
	cursor := area.Cursor()
	if cursor == nil || cursor.Y < 0 || cursor.Y >= area.Height() {
		t.Errorf("the cursor %v is not in %d rows", cursor, area.Height())
	}
	above, below := draw.HiddenRows(area)
	lines := strings.Split(area.Value(), "\n") // none of them is wrapped
	if got := above + below; got != max(len(lines)-area.Height(), 0) {
		t.Errorf("%d and %d are hidden of %d lines in %d rows", above, below, len(lines), area.Height())
	}
	shown := h.screen()
	for i, line := range lines {
		if hidden := i < above || i >= above+area.Height(); !hidden && !strings.Contains(shown, "│ "+line) {
			t.Errorf("line %d, %q, is not shown:\n%s", i, line, shown)
		}
	}
	said := ""
	switch {
	case above > 0 && below > 0:
		said = fmt.Sprintf("▲ %d · ▼ %d more line", above, below)
	case above > 0:
		said = fmt.Sprintf("▲ %d more line", above)
	case below > 0:
		said = fmt.Sprintf("▼ %d more line", below)
	}
	if said == "" && strings.Contains(shown, " more line") || !strings.Contains(shown, said) {
		t.Errorf("%q is not said:\n%s", said, shown)
	}
}

// Whatever is written in the matchers of a silence, in a note or in a reason, the
// line with the cursor is shown, and what is hidden is counted.
func TestFieldsShowTheLineWithTheCursor(t *testing.T) {
	race.Skip(t)
	for _, key := range []string{"s", "n", "e"} {
		for _, size := range sizes {
			h := withAll(t, newAccount(), size[0], size[1], nil)
			h.press(key)
			d := h.m.actions.Dialog
			area := &d.Text
			if key == "s" {
				area = &d.Matchers
			}
			steps := rand.New(rand.NewPCG(1, 2))
			for n := range 40 {
				switch steps.IntN(6) {
				default:
					h.press("ctrl+j")
					h.write(fmt.Sprintf("l%d=x", n))
				case 0:
					h.press("up", "up")
				case 1:
					h.press("backspace", "backspace")
				}
				wholeField(t, h, area)
			}
		}
	}
}

// The matchers have as many rows as they have lines where there is room.
func TestSevenMatchersAreShownWhole(t *testing.T) {
	for _, size := range sizes {
		h := withAll(t, newAccount(), size[0], size[1], nil)
		h.press("s")
		area := &h.m.actions.Dialog.Matchers
		area.SetValue("")
		for n := range 7 {
			if n > 0 {
				h.press("ctrl+j")
			}
			h.write(fmt.Sprintf("l%d=x", n))
		}
		wholeField(t, h, area)
		if size[1] >= 24 && area.Height() < 7 {
			t.Errorf("%v: seven matchers have %d rows:\n%s", size, area.Height(), h.screen())
		}
	}
}
