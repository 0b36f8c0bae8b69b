package ui

import (
	"strings"
	"testing"

	"firstline/ui/dialog"
)

// What can't be done for a group is said at once, with its reason and without a
// field to write in; where it can be done there is one.
func TestWhatCannotBeDoneAsksForNoText(t *testing.T) {
	for _, size := range sizes {
		for _, key := range []string{"n", "E", "r", "z"} {
			h := withAll(t, newAccount(), size[0], size[1], nil)
			alone := ""
			for _, g := range h.m.list.Groups {
				if g.Incident == nil {
					alone = g.ID
				}
			}
			h.put(alone)
			h.press(key)
			h.dialog("✗", "incident", "nothing can be sent")
			if d := h.m.actions.Dialog; d.Field != dialog.SendField {
				t.Errorf("%s has a field:\n%s", key, h.screen())
			}
			h.press("esc")
			h.put("Q1CHECKOUT")
			h.press(key)
			refused := key == "E" // by the plan: no level follows
			if d := h.m.actions.Dialog; (d.Field == dialog.SendField) != refused || strings.Contains(h.screen(), "nothing can be sent") != refused {
				t.Errorf("%s: a field is there only where it can be done:\n%s", key, h.screen())
			}
		}
	}
}

// The keys of a text with lines say what enter and tab do.
func TestANoteSaysWhatEnterDoes(t *testing.T) {
	h := withAll(t, newAccount(), 80, 24, nil)
	h.put("Q1CHECKOUT")
	h.press("n")
	h.dialog("tab goes on · enter new line")
	h.write("one")
	h.press("enter")
	if got := h.m.actions.Dialog.Text.Value(); got != "one\n" {
		t.Errorf("enter wrote %q", got)
	}
}
