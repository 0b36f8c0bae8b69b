package ui

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/record"
	"firstline/ui/draft"
)

// shelf stores drafts in memory.
type shelf struct {
	mu    sync.Mutex
	saved map[draft.Key]string
	fail  error
	// saves counts the attempts.
	saves int
}

func newShelf() *shelf { return &shelf{saved: map[draft.Key]string{}} }

func (s *shelf) with(o *Options) {
	newAccount().with(o)
	o.Drafts = s
}

func (s *shelf) Drafts(context.Context) ([]record.Draft, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return nil, s.fail
	}
	var list []record.Draft
	for key, text := range s.saved {
		list = append(list, record.Draft{Action: key.Action, Groups: key.Groups, Text: text})
	}
	return list, nil
}

func (s *shelf) SaveDraft(_ context.Context, d record.Draft) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saves++
	if s.fail != nil {
		return s.fail
	}
	if d.Text == "" {
		delete(s.saved, draft.Key{Action: d.Action, Groups: d.Groups})
	} else {
		s.saved[draft.Key{Action: d.Action, Groups: d.Groups}] = d.Text
	}
	return nil
}

func (s *shelf) expect(t *testing.T, want map[draft.Key]string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.saved) != len(want) {
		t.Fatalf("kept: %v, want %v", s.saved, want)
	}
	for key, text := range want {
		if s.saved[key] != text {
			t.Fatalf("kept: %v, want %v", s.saved, want)
		}
	}
}

func TestWhatIsTypedIsSavedUntilItIsSent(t *testing.T) {
	s := newShelf()
	h := withStory(t, 80, 24, s.with)
	h.put("Q1CHECKOUT")
	h.press("e")
	h.write("The roll-back")
	h.send(tea.PasteMsg{Content: " did not help"})
	s.expect(t, map[draft.Key]string{{Action: "escalate", Groups: "Q1CHECKOUT"}: "The roll-back did not help", {Action: "escalate pasted", Groups: "Q1CHECKOUT"}: "yes"})
	h.press("esc")
	s.expect(t, map[draft.Key]string{{Action: "escalate", Groups: "Q1CHECKOUT"}: "The roll-back did not help", {Action: "escalate pasted", Groups: "Q1CHECKOUT"}: "yes"})

	// The next start finds it, for the same action on the same group alone.
	h = withStory(t, 80, 24, s.with)
	h.put("Q1CHECKOUT")
	h.press("n")
	h.seesNot("The roll-back")
	h.press("esc", "e")
	h.dialog("The roll-back did not help")
	h.press("enter", "enter")
	s.expect(t, nil)
}

func TestADraftReachesADialogThatIsOpenAlready(t *testing.T) {
	s := newShelf()
	s.saved[draft.Key{Action: "escalate", Groups: "Q1CHECKOUT"}] = "from the last run"
	h := newHarness(t, 80, 24, s.with)
	*h.m.drafts = *draft.New(s)
	h.send(snapshotsMsg{list: story(noon)})
	h.put("Q1CHECKOUT")
	h.press("e")
	h.seesNot("from the last run")
	h.run(h.m.drafts.Load(t.Context(), h.m.actions.TakeDrafts))
	h.dialog("from the last run")
}

func TestWhatIsTypedBeforeTheDraftsCameStays(t *testing.T) {
	s := newShelf()
	s.saved[draft.Key{Action: "escalate", Groups: "Q1CHECKOUT"}] = "from the last run"
	h := newHarness(t, 80, 24, s.with)
	*h.m.drafts = *draft.New(s)
	h.send(snapshotsMsg{list: story(noon)})
	h.put("Q1CHECKOUT")
	h.press("e")
	load := h.m.drafts.Load(t.Context(), h.m.actions.TakeDrafts)()
	h.write("newer")
	h.send(load)
	if got := h.m.actions.Dialog.Text.Value(); got != "newer" {
		t.Errorf("the dialog holds %q", got)
	}
}

func TestAStoreThatFailsIsReportedOnceAndTriedAgain(t *testing.T) {
	s := newShelf()
	h := withStory(t, 80, 24, s.with)
	s.fail = errors.New("the disk is full")
	h.put("Q1CHECKOUT")
	h.press("e")
	h.write("a")
	if s.saves != 1 {
		t.Errorf("a failing store was asked %d times for one key", s.saves)
	}
	h.write("b")
	h.press("esc", "m")
	h.dialog("What you type is not saved for the next start: the disk is full.")
	times := 0
	for _, message := range h.m.Messages.History {
		if strings.Contains(message.Text, "not saved") {
			times++
		}
	}
	if times != 1 {
		t.Errorf("told %d times", times)
	}
	s.fail = nil
	h.press("esc", "e")
	h.write("c")
	s.expect(t, map[draft.Key]string{{Action: "escalate", Groups: "Q1CHECKOUT"}: "abc"})
}

// The program's end saves what the delay still held back, and what a saving
// that was begun held, whatever came of it.
func TestTheEndSavesWhatWasNotSavedYet(t *testing.T) {
	s := newShelf()
	h := withStory(t, 80, 24, s.with)
	h.put("Q1CHECKOUT")
	h.press("e")
	h.hold = true
	h.write("typed and at once left")
	s.expect(t, nil)
	late := h.m.drafts.Save(t.Context())
	h.write("!")
	h.m.drafts.Flush(t.Context())
	s.expect(t, map[draft.Key]string{{Action: "escalate", Groups: "Q1CHECKOUT"}: "typed and at once left!"})
	late() // it was begun before, and undoes nothing
	s.expect(t, map[draft.Key]string{{Action: "escalate", Groups: "Q1CHECKOUT"}: "typed and at once left!"})
}

// typist is an editor that writes what a test says.
type typist struct {
	got, leaves string
	fail        error
	file        string
	line        int
}

func (p *typist) Text(_ context.Context, text string, _ io.Reader, _, _ io.Writer) (string, error) {
	p.got = text
	return p.leaves, p.fail
}

func (p *typist) File(_ context.Context, path string, line int, _ io.Reader, _, _ io.Writer) error {
	p.file, p.line = path, line
	return p.fail
}

func TestTheReasonCanBeWrittenInAnEditor(t *testing.T) {
	s, p := newShelf(), &typist{leaves: "written \x1b[31mat leisure\n"}
	h := withStory(t, 80, 24, func(o *Options) { s.with(o); o.Editor = p })
	h.put("Q1CHECKOUT")
	h.press("e")
	h.write("begun")
	h.press("ctrl+e")
	if p.got != "begun" {
		t.Errorf("the editor got %q", p.got)
	}
	h.dialog("written at leisure")
	s.expect(t, map[draft.Key]string{{Action: "escalate", Groups: "Q1CHECKOUT"}: "written at leisure"})

	p.fail = errors.New("running the editor \"vi\": exit status 1")
	h.press("ctrl+e")
	h.dialog("written at leisure")
	h.status("Running the editor \"vi\": exit status 1.")
}

func TestWithoutAnEditorTheKeySaysSo(t *testing.T) {
	h := withStory(t, 80, 24, newAccount().with)
	h.put("Q1CHECKOUT")
	h.press("e", "ctrl+e")
	h.status("No editor can be started here.")
}
