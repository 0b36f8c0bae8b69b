package respond

import (
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

func TestTriedTravels(t *testing.T) {
	at := time.Date(2026, 11, 23, 3, 12, 0, 0, time.UTC)
	want := []TriedStep{
		{"Check the deploy (twice)", "Dana", at},
		{"$ kubectl get pods (exit 1, 1.2s)", "Max Müller", at.Add(time.Minute)},
		{"No time, no name", "Ann", at.Add(time.Hour)},
	}
	head := headOf(Request{
		Action: Escalate, Reason: "it does not help\n- not a step", Groups: []triage.Group{groupOf(incident("I1"))},
		Tried: map[string][]string{"I1": {want[0].Line(), want[1].Line(), TriedStep{Text: want[2].Text}.Line()}},
	}, "First line", World{})
	note := sources.Note{Content: head + "\n\nCheckout is down\n- an alert", User: sources.Reference{Name: "Ann"}, CreatedAt: at.Add(time.Hour)}
	got := TriedIn([]sources.Note{{Content: "- no step of ours"}, note, note})
	if !slices.Equal(got, want) {
		t.Errorf("from\n%s\ngot %+v", head, got)
	}
	long := TriedStep{Text: strings.Repeat("long ", 200), By: "Dana", At: at}
	back := TriedIn([]sources.Note{{Content: "Tried:\n- " + long.Line()}})
	if len(back) != 1 || !back[0].Is(long.Text) || back[0].Is("long") {
		t.Errorf("a long step comes back as %+v", back)
	}
}

// With several groups each note tells what was tried for its own.
func TestTriedOfSeveralGroups(t *testing.T) {
	groups := []triage.Group{groupOf(incident("I1")), groupOf(incident("I2")), groupOf(incident("I3"))}
	p := NewPlan(Request{
		Action: Escalate, Reason: "why", Groups: groups, Tried: map[string][]string{"I1": {"restarted"}, "I3": {"rolled back"}},
	}, world(Developer))
	want := []string{"Tried:\n- restarted", "", "Tried:\n- rolled back"}
	for i, item := range p.Items {
		note := item.Steps[0].Note
		if (want[i] == "") != !strings.Contains(note, "Tried:") || !strings.Contains(note, want[i]) || !strings.Contains(note, "Why: why") {
			t.Errorf("%s has the note %q", item.ID, note)
		}
	}
	if strings.Contains(p.Note, "Tried:") {
		t.Errorf("what one group tried is in what all share: %q", p.Note)
	}
}

func FuzzTriedIn(f *testing.F) {
	f.Add("Tried:\n- a (b, 2026-11-23 03:12 UTC)\n- c", "text (x", "a, (b)")
	f.Fuzz(func(t *testing.T, content, text, by string) {
		for _, step := range TriedIn([]sources.Note{{Content: content}}) {
			if step.Text == "" || strings.ContainsAny(step.Text+step.By, "\n\x1b") {
				t.Errorf("%q gives %+v", content, step)
			}
		}
		// What firstline writes comes back as it was.
		step := TriedStep{Text: text, By: by, At: time.Date(2026, 11, 23, 3, 12, 0, 0, time.UTC)}
		back := TriedIn([]sources.Note{{Content: triedHeading + "\n- " + step.Line()}})
		if stepText(text) == "" {
			return
		}
		if len(back) != 1 || !back[0].Is(text) || !back[0].At.Equal(step.At) {
			t.Errorf("%q comes back as %+v", step.Line(), back)
		}
	})
}
