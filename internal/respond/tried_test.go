package respond

import (
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/record"
	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

func TestTriedTravels(t *testing.T) {
	at := time.Date(2026, 11, 23, 3, 12, 0, 0, time.UTC)
	want := []record.TriedStep{
		{Text: "Check the deploy (twice)", By: "Dana", At: at},
		{Text: "$ kubectl get pods (exit 1, 1.2s)", By: "Max Müller", At: at.Add(time.Minute)},
		{Text: "No time, no name", By: "Ann", At: at.Add(time.Hour)},
	}
	head := headOf(Request{
		Action: Escalate, Reason: "it does not help\n- not a step", Groups: []triage.Group{fixture.GroupOf(fixture.Incident("I1"))},
		Tried: map[string][]string{"I1": {want[0].Line(), want[1].Line(), record.TriedStep{Text: want[2].Text}.Line()}},
	}, "First line", Data{})
	note := sources.Note{Content: head + "\n\nCheckout is down\n- an alert", User: sources.Reference{Name: "Ann"}, CreatedAt: at.Add(time.Hour)}
	got := record.TriedIn([]sources.Note{{Content: "- no step of ours"}, note, note})
	if !slices.Equal(got, want) {
		t.Errorf("from\n%s\ngot %+v", head, got)
	}
	long := record.TriedStep{Text: strings.Repeat("long ", 200), By: "Dana", At: at}
	back := record.TriedIn([]sources.Note{{Content: "Tried:\n- " + long.Line()}})
	if len(back) != 1 || !back[0].Is(long.Text) || back[0].Is("long") {
		t.Errorf("a long step comes back as %+v", back)
	}
}

// With several groups each note has what was tried for its own.
func TestTriedOfSeveralGroups(t *testing.T) {
	groups := []triage.Group{fixture.GroupOf(fixture.Incident("I1")), fixture.GroupOf(fixture.Incident("I2")), fixture.GroupOf(fixture.Incident("I3"))}
	p := NewPlan(Request{
		Action: Escalate, Reason: "why", Groups: groups, Tried: map[string][]string{"I1": {"restarted"}, "I3": {"rolled back"}},
	}, testData(Developer))
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
