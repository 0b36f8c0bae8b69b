package handover_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/record"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/draft"
	"firstline/ui/handover"
	"firstline/ui/room"
	"firstline/ui/roomtest"
)

// maker makes the text of a shift, stores its draft, and remembers the files that
// were written.
type maker struct {
	text   string
	made   int
	files  map[string]string
	drafts map[draft.Key]string
}

func newMaker() *maker {
	return &maker{
		text: "# Shift handover\n\n## Open (2)\n\n- **errors** \x1b[31mred", files: map[string]string{}, drafts: map[draft.Key]string{},
	}
}

func (m *maker) Text(_ context.Context, groups []triage.Group, snapshots []sources.Snapshot) string {
	m.made++
	if len(groups) == 0 || len(snapshots) == 0 {
		return "nothing is known"
	}
	return m.text
}

func (m *maker) Write(_ context.Context, path, text string) error {
	if _, there := m.files[path]; there {
		return errors.New(path + " is there already: choose another name")
	}
	m.files[path] = text
	return nil
}

func (m *maker) Drafts(context.Context) (list []record.Draft, err error) {
	for key, text := range m.drafts {
		list = append(list, record.Draft{Action: key.Action, Groups: key.Groups, Text: text})
	}
	return list, nil
}

func (m *maker) SaveDraft(_ context.Context, d record.Draft) error {
	m.drafts[draft.Key{Action: d.Action, Groups: d.Groups}] = d.Text
	maps.DeleteFunc(m.drafts, func(_ draft.Key, text string) bool { return text == "" })
	return nil
}

// harness is the room, opened.
type harness struct {
	*testing.T
	*room.Screen
	host   *roomtest.Host
	drafts *draft.Drafts
	room   *handover.Room
	posted string
}

// open opens the handover, with the drafts of the maker. It returns what makes the
// text.
func open(t *testing.T, m *maker, width, height int) (*harness, tea.Cmd) {
	t.Helper()
	h := &harness{T: t, drafts: draft.New(m)}
	list, _ := m.Drafts(t.Context())
	h.drafts.Take(list)
	h.Screen, h.host = roomtest.Screen(width, height, handover.Keys(func() string { return h.host.NoEditor() }, func() string { return "" }))
	var cmd tea.Cmd
	h.room, cmd = handover.New(h.Screen, handover.Options{
		Maker: m, Drafts: h.drafts, Post: func(text string) { h.posted = text },
		Open: func() ([]triage.Group, []sources.Snapshot) {
			return make([]triage.Group, 1), make([]sources.Snapshot, 1)
		},
	})
	return h, cmd
}

func opened(t *testing.T, m *maker) *harness {
	t.Helper()
	h, cmd := open(t, m, 80, 24)
	roomtest.Run(cmd)
	return h
}

func (h *harness) press(keys ...string) {
	roomtest.Press(h.room, keys...)
	roomtest.Run(h.drafts.Save(h.Context))
}

func (h *harness) write(text string) {
	roomtest.Write(h.room, text)
	roomtest.Run(h.drafts.Save(h.Context))
}

func (h *harness) paste(text string) {
	roomtest.Run(h.room.Paste(tea.PasteMsg{Content: text}))
	roomtest.Run(h.drafts.Save(h.Context))
}

func (h *harness) shows() string {
	return roomtest.Shows(h.Screen, h.room) + "\n" + h.Bare(h.StatusText(h.Width))
}

func (h *harness) sees(wanted ...string) {
	h.Helper()
	for _, w := range wanted {
		if !strings.Contains(h.shows(), w) {
			h.Fatalf("the room does not show %q:\n%s", w, h.shows())
		}
	}
}

func (h *harness) seesNot(unwanted ...string) {
	h.Helper()
	for _, u := range unwanted {
		if strings.Contains(h.shows(), u) {
			h.Fatalf("the room shows %q:\n%s", u, h.shows())
		}
	}
}

func expect(t *testing.T, m *maker, want map[draft.Key]string) {
	t.Helper()
	if !maps.Equal(m.drafts, want) {
		t.Fatalf("saved: %v, want %v", m.drafts, want)
	}
}

func TestHandoverIsRead(t *testing.T) {
	m := newMaker()
	h, making := open(t, m, 80, 24)
	h.sees("Putting it together")
	roomtest.Run(making)
	h.sees("# Shift handover", "- **errors** red")
	h.press("esc")
	if !h.host.Closed {
		t.Error("esc does not close it")
	}
	expect(t, m, nil)

	m.text = "# Shift handover\n" + strings.Repeat("- a line that is so long that it goes on below, where it is under its own first word\n", 30) + "the end"
	h = opened(t, m)
	h.sees("1–18 of ")
	h.seesNot("the end")
	h.press("G")
	h.sees("the end")
	h.press("k", "g")
	h.sees("# Shift handover")
	h.press("j")
	h.seesNot("# Shift handover")
	h.press("ctrl+d", "ctrl+u", "G")
	roomtest.Resize(h.Screen, h.room, 200, 50)
	h.sees("the end")
}

func TestHandoverIsEditedAndSaved(t *testing.T) {
	m := newMaker()
	h := opened(t, m)
	h.press("e")
	h.write("Dear Ann")
	h.press("enter")
	h.paste("watch \x1b[31mcheckout")
	want := "Dear Ann\nwatch checkout# Shift handover\n\n## Open (2)\n\n- **errors** red"
	expect(t, m, map[draft.Key]string{handover.Key: want})
	h.press("esc")
	h.sees("as you left it", "Dear Ann", "watch checkout# Shift")
	h.press("esc")
	h.sees("The text is saved")

	// It is there after a restart, and is not made again by itself.
	h = opened(t, m)
	h.sees("Dear Ann", "This is the text as you left it")
	if m.made != 1 {
		t.Errorf("it was made %d times", m.made)
	}
	h.press("ctrl+r")
	h.sees("ctrl-r once more drops that", "Dear Ann")
	h.press("j", "ctrl+r")
	h.sees("Dear Ann")
	h.press("ctrl+r")
	h.seesNot("Dear Ann", "as you left it")
	expect(t, m, nil)
}

func TestHandoverInTheEditor(t *testing.T) {
	h := opened(t, newMaker())
	h.press("ctrl+e")
	h.sees("no editor can be started here")
	h.host.Editor = func(text string) (string, error) { return text + "\nfrom the editor", nil }
	h.press("ctrl+e")
	h.sees("from the editor", "as you left it")
	h.press("e", "ctrl+e", "esc")
	if got := h.room.Text(); strings.Count(got, "\nfrom the editor") != 2 {
		t.Errorf("the text is %q", got)
	}
	before := h.room.Text()
	h.host.Editor = func(string) (string, error) { return "", errors.New("it broke") }
	h.press("ctrl+e")
	if h.room.Text() != before {
		t.Errorf("the text is %q", h.room.Text())
	}
}

func TestHandoverIsCopiedAndWritten(t *testing.T) {
	m := newMaker()
	h := opened(t, m)
	h.press("y")
	if !strings.HasPrefix(h.host.Copied, "# Shift handover") || strings.Contains(h.host.Copied, "\x1b") {
		t.Errorf("the clipboard has %q", h.host.Copied)
	}
	h.press("w")
	h.sees("Write it to the file handover-2026-")
	h.press("esc")
	h.seesNot("Write it to the file")
	h.press("w", "ctrl+u")
	h.write("night.md")
	h.press("enter")
	h.sees("Written to night.md")
	if got := m.files["night.md"]; got != h.host.Copied {
		t.Errorf("the file has %q", got)
	}
	// A name that is taken stays to be changed.
	h.press("w", "ctrl+u")
	h.paste("night.md\n")
	h.press("enter")
	h.sees("choose another name", "Write it to the file")
	h.write("2")
	h.press("enter")
	h.sees("Written to night.md2")
}

// Posting gives the text to the note's dialog, all three copies and writes it
// first.
func TestHandoverIsGivenToTheNote(t *testing.T) {
	m := newMaker()
	h := opened(t, m)
	h.press("p")
	if h.posted != h.room.Text() || !h.host.Closed {
		t.Errorf("posted is %q", h.posted)
	}
	h = opened(t, newMaker())
	h.press("A")
	if h.posted != "" || h.host.Copied == "" {
		t.Errorf("posted is %q, copied %q", h.posted, h.host.Copied)
	}
	h.press("enter")
	if h.posted != h.room.Text() {
		t.Errorf("posted is %q", h.posted)
	}
}
