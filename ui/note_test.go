package ui

import (
	"strings"
	"testing"

	"firstline/ui/draft"
)

func TestTheNoteThatGoesAlongCanBeWrittenByHand(t *testing.T) {
	d, s := newAccount(), newShelf()
	h := withStory(t, 80, 24, func(o *Options) { d.with(o); o.Drafts = s })
	h.put("Q1CHECKOUT")
	h.press("e")
	h.write("No idea.")
	h.press("enter", "n")
	h.dialog("The whole note, in your own words", "Why: No idea.")
	h.press("ctrl+u") // empties the line
	h.write("Please look. ")
	h.press("enter")
	h.press("esc", "e", "tab", "tab", "pgdown", "pgdown", "pgdown", "pgdown")
	h.dialog("Please look.")
	if s.saved[draft.Key{Action: "escalate note", Groups: "Q1CHECKOUT"}] == "" {
		t.Errorf("the note is not kept: %v", s.saved)
	}
	h.press("enter")
	d.expect(t, "note Q1CHECKOUT", "policy POPS Q1CHECKOUT")
	if note := d.acts()[0]; !strings.Contains(note, "Please look.") {
		t.Errorf("the note that was sent: %q", note)
	}
	s.expect(t, nil)
}

func TestAnEmptiedNoteIsWrittenAgain(t *testing.T) {
	h := withStory(t, 80, 24, func(o *Options) { newAccount().with(o); o.Editor = &typist{leaves: " \n"} })
	h.put("Q1CHECKOUT")
	h.press("e", "enter", "ctrl+e")
	h.dialog("The whole note, in your own words")
	h.press("tab")
	h.dialog("enter sends")
	if r := h.m.actions.Dialog.Request(); r.Note != "" || h.m.actions.Dialog.Plan.Note == "" {
		t.Errorf("the request's note is %q, the plan's %q", r.Note, h.m.actions.Dialog.Plan.Note)
	}
}

func TestNoHintOfADialogIsCut(t *testing.T) {
	for name, keys := range map[string][]string{
		"acknowledge": {"a"}, "reason": {"e"}, "escalate": {"e", "enter"}, "its note": {"e", "enter", "n"},
		"note": {"n"}, "send the note": {"n", "x", "tab"}, "empty note": {"n", "tab"},
	} {
		h := withStory(t, 80, 24, newAccount().with)
		h.put("Q1CHECKOUT")
		h.press(keys...)
		for line := range strings.Lines(h.screen()) {
			if _, hint, found := strings.Cut(line, "│ ["); found && strings.Contains(hint, "…") {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}
