package ui

import (
	"context"
	"slices"
	"testing"
	"time"

	"firstline/internal/history"
	"firstline/internal/record"
	"firstline/internal/triage"
	"firstline/sources"
)

// What a note says of a step is shown to whoever takes over.
func TestANoteSaysThatAStepDidNotHelp(t *testing.T) {
	notes := []sources.Note{{CreatedAt: noon, Content: "Tried:\n- Look at the pods: kubectl -n prod get pods [did not help: all run] (Ben Ortiz, 2026-03-10 11:58 UTC)"}}
	h := readRunbook(t, func(o *Options) {
		o.History = func(context.Context, triage.Group, []sources.User) (history.History, error) {
			return history.History{Tried: record.TriedIn(notes)}, nil
		}
	})
	h.reads("• did not help: all run, 11:58 by Ben")
	h.seesNot("Tried besides")
}

// What a responder says of a step is shown to the next reader, of another alert too,
// and goes along in notes.
func TestAStepDidNotHelp(t *testing.T) {
	store := newMemory()
	h := readRunbook(t, func(o *Options) { o.Memory = store })
	h.press("J", "d")
	h.sees("This step", "Look at the pods", "did not help", "wrong", "enter says it to the next reader")
	h.checkFrame("remark")
	h.write("it was the disk")
	h.press("enter")
	h.reads("✗ did not help: it was the disk, 12:00 by Dana")
	h.press("d")
	h.sees("it was the disk", "take it back")
	h.press("tab", "enter")
	h.reads("✗ wrong: it was the disk")
	if len(store.remarks) != 1 || store.remarks[0].Kind != record.Wrong || store.remarks[0].GroupID == "" {
		t.Fatalf("stored %+v", store.remarks)
	}
	group := *h.m.pane.Group
	tried := h.m.pane.Runbook.Memory.Tried(append(h.m.list.Sources.Groups[:0:0], group))[group.ID]
	if !slices.ContainsFunc(tried, func(line string) bool {
		return line == "Look at the pods: kubectl -n prod get pods [wrong: it was the disk] (Dana Diaz, 2026-03-10 12:00 UTC)"
	}) {
		t.Errorf("the note says %q", tried)
	}
	if len(store.openings) != 1 || store.openings[0].GroupID != group.ID || store.openings[0].By != "Dana Diaz" {
		t.Errorf("openings %+v", store.openings)
	}
	h.press("d")
	h.write(" of the node")
	h.press("esc")
	h.reads("✗ wrong: it was the disk, 12:00")
	h.press("d")
	h.sees("it was the disk of the node") // what was typed is there again
	h.press("tab", "enter")
	h.seesNot("it was the disk")

	// Another alert, another person, another terminal.
	other := store.remarks[0]
	other.GroupID, other.By, other.Kind, other.Why, other.At = "other", "Ben Ortiz", record.DidNotHelp, "no such pod", other.At.Add(-30*time.Hour)
	if err := store.SetRemark(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	h.tick(2 * time.Minute)
	h.reads("✗ did not help: no such pod", "for another alert")
}

// What was typed about a step and not said outlives the program, with what it says of
// the step, until it is said.
func TestARemarkThatWasNotSaidIsStored(t *testing.T) {
	drafts, store := newShelf(), newMemory()
	options := func(o *Options) { o.Memory, o.Drafts = store, drafts }
	h := readRunbook(t, options)
	h.press("J", "d")
	h.press("esc")
	if len(drafts.saved) > 0 {
		t.Errorf("nothing was typed, and %v is stored", drafts.saved)
	}
	h.press("d", "tab")
	h.write("all of them run")
	if len(drafts.saved) != 1 || len(store.remarks) > 0 {
		t.Fatalf("drafts %v, remarks %v", drafts.saved, store.remarks)
	}
	h = readRunbook(t, options)
	h.run(h.m.drafts.Load(t.Context(), h.m.actions.TakeDrafts))
	h.press("J", "d")
	h.sees("all of them run")
	h.press("enter")
	h.reads("✗ wrong: all of them run")
	if len(drafts.saved) > 0 || len(store.remarks) != 1 {
		t.Errorf("drafts %v, remarks %v", drafts.saved, store.remarks)
	}
}
