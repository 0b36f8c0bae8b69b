package ui

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/ui/draft"
	"firstline/ui/handover"
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

func TestHandoverIsRead(t *testing.T) {
	d := newShiftMaker()
	h := withStory(t, 80, 24, d.with)
	h.hold = true
	h.press("H")
	h.sees("Putting it together")
	h.release()
	h.sees("# Shift handover", "- **errors** red", "e edit")
	h.press("esc")
	h.seesNot("# Shift handover")
	d.expect(t, nil)

	d.text = "# Shift handover\n" + strings.Repeat("- a line that is so long that it goes on below, where it stands under its own first word\n", 30) + "the end"
	h.press("H")
	h.sees("1–18 of ")
	h.seesNot("the end")
	h.press("G")
	h.sees("the end")
	h.press("k", "g")
	h.sees("# Shift handover")
	h.press("j")
	h.seesNot("# Shift handover")
	h.press("ctrl+d", "ctrl+u", "G")
	h.send(tea.WindowSizeMsg{Width: 200, Height: 50})
	h.sees("the end")
}

func TestHandoverIsEditedAndSaved(t *testing.T) {
	d := newShiftMaker()
	h := withStory(t, 80, 24, d.with)
	h.press("H", "e")
	h.write("Dear Ann")
	h.press("enter")
	h.send(tea.PasteMsg{Content: "watch \x1b[31mcheckout"})
	want := "Dear Ann\nwatch checkout# Shift handover\n\n## Open (2)\n\n- **errors** red"
	d.expect(t, map[draft.Key]string{handover.Key: want})
	h.press("esc")
	h.sees("as you left it", "Dear Ann", "watch checkout# Shift")
	h.press("esc")
	h.sees("The text is saved")

	// It is there after a restart, and is not made again by itself.
	h = withStory(t, 80, 24, d.with)
	h.press("H")
	h.sees("Dear Ann", "This is the text as you left it")
	if d.made != 1 {
		t.Errorf("it was made %d times", d.made)
	}
	h.press("ctrl+r")
	h.sees("ctrl-r once more drops that", "Dear Ann")
	h.press("j", "ctrl+r")
	h.sees("Dear Ann")
	h.press("ctrl+r")
	h.seesNot("Dear Ann", "as you left it")
	d.expect(t, nil)
}

// appender is an editor that adds a line.
type appender struct{ fault error }

func (a *appender) Text(_ context.Context, text string, _ io.Reader, _, _ io.Writer) (string, error) {
	return text + "\nfrom the editor\x1b]0;x\x07", a.fault
}

func (*appender) File(context.Context, string, int, io.Reader, io.Writer, io.Writer) error {
	return nil
}

func TestHandoverInTheEditor(t *testing.T) {
	d := newShiftMaker()
	editor := &appender{}
	h := withStory(t, 80, 24, func(o *Options) {
		d.with(o)
		o.Editor = editor
	})
	h.press("H", "ctrl+e")
	h.sees("from the editor", "as you left it")
	h.press("e", "ctrl+e", "esc")
	if got := h.handoverText(); strings.Count(got, "\nfrom the editor") != 2 || strings.Contains(got, "\x1b") {
		t.Errorf("the text is %q", got)
	}
	before := h.handoverText()
	editor.fault = errors.New("it broke")
	h.press("ctrl+e")
	h.sees("It broke.")
	if h.handoverText() != before {
		t.Errorf("the text is %q", h.handoverText())
	}
	h = withStory(t, 80, 24, d.with)
	h.press("H", "ctrl+e")
	h.sees("no editor can be started here")
}

func TestHandoverIsCopiedAndWritten(t *testing.T) {
	d := newShiftMaker()
	h := withStory(t, 80, 24, d.with)
	h.press("H", "y")
	if !strings.HasPrefix(h.clipboard, "# Shift handover") || strings.Contains(h.clipboard, "\x1b") {
		t.Errorf("the clipboard has %q", h.clipboard)
	}
	h.press("w")
	h.sees("Write it to the file handover-2026-")
	h.press("esc")
	h.seesNot("Write it to the file")
	h.press("w", "ctrl+u")
	h.write("night.md")
	h.press("enter")
	h.sees("Written to night.md")
	if got := d.files["night.md"]; got != h.clipboard {
		t.Errorf("the file has %q", got)
	}
	// A name that is taken stays to be changed.
	h.press("w", "ctrl+u")
	h.send(tea.PasteMsg{Content: "night.md\n"})
	h.press("enter")
	h.sees("choose another name", "Write it to the file")
	h.write("2")
	h.press("enter")
	h.sees("Written to night.md2")
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
	h.sees("Add a note · "+wording.Count(open, "group"), "Dear Ann", "enter sends")
	// Closed, the text is saved; and posting is done through the note's dialog.
	h.press("esc", "H")
	h.sees("Dear Ann")
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
	h.sees("Write it to the file")
	if h.clipboard == "" {
		t.Error("nothing was copied")
	}
	h.press("enter")
	h.sees("Add a note", "enter sends")
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
		h.sees("read-only", "# Shift handover")
		h.press("esc")
	}
	if got := account.acts(); len(got) > 0 {
		t.Errorf("done: %q", got)
	}
}

func TestHandoverNeedsASource(t *testing.T) {
	h := newHarness(t, 80, 24, nil)
	h.press("H")
	h.sees("no source is configured")
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
