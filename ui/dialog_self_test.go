package ui

import "testing"

// Who hands a group to themselves has it still: the cursor stays. The choice of
// people says who is oneself.
func TestWhoHandsOffToThemselvesIsNotRelieved(t *testing.T) {
	for name, stays := range map[string]bool{"dana": true, "ben": false} {
		h := withStory(t, 100, 30, newAccount().with)
		h.put("Q1CHECKOUT")
		at := h.m.list.Current().ID
		h.press("h")
		h.write(name)
		if stays {
			h.dialog("Dana Diaz (you)")
		} else {
			h.seesNot("(you)")
		}
		h.press("enter")
		h.write("x")
		h.press("enter", "enter")
		if h.m.actions.Dialog != nil {
			t.Fatalf("%s: the dialog is open:\n%s", name, h.screen())
		}
		if got := h.m.list.Current().ID; (got == at) != stays {
			t.Errorf("%s: the cursor is on %s:\n%s", name, got, h.screen())
		}
		if stays {
			h.seesNot("Next: ")
		} else {
			h.sees("Next: ")
		}
	}
}
