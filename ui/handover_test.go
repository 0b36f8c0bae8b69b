package ui

import (
	"context"
	"errors"
	"strings"
	"testing"

	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// shiftMaker makes the text of a shift and remembers the files that were written.
type shiftMaker struct {
	*shelf
	text  string
	made  int
	files map[string]string
}

func newShiftMaker() *shiftMaker {
	return &shiftMaker{shelf: newShelf(), text: "# Shift handover\n\n## Open (2)\n\n- **errors** \x1b[31mred", files: map[string]string{}}
}

func (d *shiftMaker) with(o *Options) {
	d.shelf.with(o)
	o.Handover = d
}

func (d *shiftMaker) Text(_ context.Context, groups []triage.Group, snapshots []sources.Snapshot) string {
	d.made++
	if len(groups) == 0 || len(snapshots) == 0 {
		return "nothing is known"
	}
	return d.text
}

func (d *shiftMaker) Write(_ context.Context, path, text string) error {
	if _, there := d.files[path]; there {
		return errors.New(path + " is there already: choose another name")
	}
	d.files[path] = text
	return nil
}

func TestHandoverIsPosted(t *testing.T) {
	d := newShiftMaker()
	account := newAccount()
	h := withStory(t, 80, 24, func(o *Options) {
		d.with(o)
		account.with(o)
	})
	open := 0
	for _, g := range h.m.list.Sources.Groups {
		if g.Incident != nil {
			open++
		}
	}
	h.press("H", "e")
	h.write("Dear Ann ")
	h.press("esc", "p")
	h.dialog("Add a note · "+wording.Count(open, "group"), "Dear Ann", "enter sends")
	// Closed, the text is saved; and posting is done through the note's dialog.
	h.press("esc", "H")
	h.dialog("Dear Ann")
	h.press("p", "enter")
	if got := account.acts(); len(got) != open {
		t.Fatalf("done: %q, want %d notes", got, open)
	}
	for _, act := range account.acts() {
		if !strings.Contains(act, "Dear Ann # Shift handover") {
			t.Errorf("done: %q", act)
		}
	}
	d.expect(t, nil)
	h.press("H")
	h.seesNot("Dear Ann")
}

func TestHandoverIsPostedOnWhatIsSelected(t *testing.T) {
	d := newShiftMaker()
	account := newAccount()
	h := withStory(t, 80, 24, func(o *Options) {
		d.with(o)
		account.with(o)
	})
	h.put("Q1CHECKOUT")
	h.press("space", "H", "A")
	h.dialog("Write it to the file")
	if h.clipboard == "" {
		t.Error("nothing was copied")
	}
	h.press("enter")
	h.dialog("Add a note", "enter sends")
	h.press("enter")
	if got := account.acts(); len(got) != 1 || !strings.Contains(got[0], "Q1CHECKOUT") {
		t.Errorf("done: %q", got)
	}
	if len(d.files) != 1 {
		t.Errorf("written: %v", d.files)
	}
}

func TestHandoverReadOnlyPostsNothing(t *testing.T) {
	d := newShiftMaker()
	account := newAccount()
	h := withStory(t, 80, 24, func(o *Options) {
		d.with(o)
		account.with(o)
		o.Respond.ReadOnly = true
	})
	for _, key := range []string{"p", "A"} {
		h.press("H", key)
		h.status("read-only")
		h.dialog("# Shift handover")
		h.press("esc")
	}
	if got := account.acts(); len(got) > 0 {
		t.Errorf("done: %q", got)
	}
}

func TestHandoverNeedsASource(t *testing.T) {
	h := newHarness(t, 80, 24, nil)
	h.press("H")
	h.status("no source is configured")
}

// TestHandoverHoldsTheFrame: no text breaks the screen, however it is wide.
func TestHandoverHoldsTheFrame(t *testing.T) {
	d := newShiftMaker()
	d.text = "# \x1b[2J宽字符🧑‍🚒\n\n" + strings.Repeat(" ", 200) + "- " + strings.Repeat("宽", 300) + "\n\n- a\tb\r\n" + strings.Repeat("x", 500) + "\xff\xfe\u202e"
	for _, size := range [][2]int{{60, 15}, {80, 24}, {200, 50}} {
		h := withStory(t, size[0], size[1], d.with)
		for _, keys := range [][]string{{"H"}, {"G"}, {"e"}, {"esc", "w"}, {"esc", "ctrl+r"}} {
			h.press(keys...)
			h.checkFrame(strings.Join(keys, " "))
			frame, _ := h.m.frame()
			hostile(t, frame)
		}
	}
}
