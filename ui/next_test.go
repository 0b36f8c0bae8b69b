package ui

import (
	"testing"
)

// What relieves a row sends the cursor on, and the message says where; a note does
// not, and nor does an action that failed.
func TestAnActionGoesOnToTheNextRow(t *testing.T) {
	for _, size := range [][2]int{{60, 20}, {80, 24}, {120, 30}, {200, 50}} {
		for name, keys := range map[string][]string{
			"acknowledge": {"a", "a"}, "resolve": {"r", "enter"}, "hand off": {"h"},
		} {
			d := newAccount()
			h := withAll(t, d, size[0], size[1], nil)
			h.put("Q1CHECKOUT")
			h.press(keys...)
			if name == "hand off" {
				h.write("Ann")
			}
			for range 6 {
				if h.m.overlay != nil {
					h.press("enter")
				}
			}
			if h.m.overlay != nil {
				t.Fatalf("%s at %v is not sent:\n%s", name, size, h.screen())
			}
			g := h.m.list.Current()
			if g == nil || g.ID == "Q1CHECKOUT" || !g.WantsAttention() {
				t.Fatalf("%s at %v leaves the cursor on %+v:\n%s", name, size, g, h.screen())
			}
			if text := h.m.Messages.History[len(h.m.Messages.History)-1].Text; len(d.acts()) == 0 {
				t.Errorf("%s at %v did nothing: %s", name, size, text)
			}
			h.status("Next: " + g.Name())
		}
	}
	d := newAccount()
	h := withAll(t, d, 120, 30, nil)
	h.put("Q1CHECKOUT")
	h.press("n")
	h.write("looking")
	h.press("tab", "enter")
	if h.m.overlay != nil {
		t.Fatalf("the note is not sent:\n%s", h.screen())
	}
	h.seesNot("Next: ")
	if g := h.m.list.Current(); g.ID != "Q1CHECKOUT" {
		t.Errorf("a note sends the cursor to %s", g.ID)
	}
	d.fail = errUnreachable
	h.press("a", "a")
	h.seesNot("Next: ")
	if g := h.m.list.Current(); g.ID != "Q1CHECKOUT" {
		t.Errorf("what failed sends the cursor to %s", g.ID)
	}
}
