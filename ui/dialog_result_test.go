package ui

import "testing"

// Of several groups some are done and one is refused: each result is in the
// history while its dialog is open, what is done leaves the selection, and the
// dialog offers no try that sends nothing.
func TestAPartOfSeveralIsReported(t *testing.T) {
	for _, way := range []string{"esc", "enter"} {
		d := newAccount()
		h := withAll(t, d, 100, 30, nil)
		h.put("Q1CHECKOUT")
		h.press("space")
		h.put("Q2REPLICA")
		h.press("space")
		alone := ""
		for _, g := range h.m.list.Groups {
			if g.Incident == nil {
				alone = g.ID
			}
		}
		h.put(alone)
		h.press("space", "z")
		h.write("2h")
		h.press("enter", "enter")
		h.dialog("✓", "✗", "the rest can't be sent · esc closes")
		h.seesNot("try again", "saves the text")
		texts := map[string]bool{}
		for _, m := range h.m.Messages.History {
			texts[m.Text] = true
		}
		if len(texts) < 4 {
			t.Errorf("the messages are %v", texts)
		}
		if n := len(h.m.list.Selected); n != 1 || !h.m.list.Selected[alone] {
			t.Errorf("selected are %v", h.m.list.Selected)
		}
		h.press(way)
		if h.m.actions.Dialog != nil {
			t.Fatalf("%s leaves the dialog open:\n%s", way, h.screen())
		}
		h.press("m")
		h.dialog("Snoozed", "no incident")
	}
}
