package respond

import (
	"strings"
	"testing"

	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// Each action's words make a sentence wherever they are: with something that it
// is done to, with nothing left for it, and done before by an earlier try.
func TestActionsMakeSentences(t *testing.T) {
	want := map[Action]struct{ on, nothing string }{
		Acknowledge:   {"acknowledge X", "nothing to acknowledge"},
		Escalate:      {"escalate X", "nothing to escalate"},
		NextLevel:     {"escalate X to the next level", "nothing to escalate"},
		HandOff:       {"hand off X", "nothing to hand off"},
		AddNote:       {"add a note to X", "nothing to note"},
		Resolve:       {"resolve X", "nothing to resolve"},
		Snooze:        {"snooze X", "nothing to snooze"},
		Merge:         {"merge X", "nothing to merge"},
		SetUrgency:    {"change the urgency of X", "nothing to change"},
		SetPriority:   {"change the priority of X", "nothing to change"},
		Silence:       {"silence X", "nothing to silence"},
		ExtendSilence: {"extend a silence of X", "nothing to extend"},
		ExpireSilence: {"end a silence of X", "nothing to end"},
		Undo:          {"undo X", "nothing to undo"},
	}
	who := func(r sources.Reference) string { return r.Name }
	resolved := fixture.ResolvedIncident("I1", fixture.Ann, fixture.Sunday)
	for _, a := range append(Actions(), Undo) {
		w, ok := want[a]
		if !ok {
			t.Errorf("%s is not tried here", a)
			continue
		}
		if got := a.On("X"); got != w.on {
			t.Errorf("%s on something is %q, want %q", a, got, w.on)
		}
		if got := "nothing to " + a.verb(); got != w.nothing {
			t.Errorf("%s with nothing left is %q, want %q", a, got, w.nothing)
		}
		if got := ResolvedAlready(resolved, a, who, fixture.Sunday); strings.Contains(got, ": ") && !strings.HasSuffix(got, ": "+w.nothing+".") {
			t.Errorf("%s of what is resolved says %q", a, got)
		}
		if got := (Plan{Action: a, Items: []Item{{Title: "X"}}}).headline(); !strings.EqualFold(got, w.on) {
			t.Errorf("the preview of %s is headed %q, want %q", a, got, w.on)
		}
		// What is planned for what is over, and without PagerDuty.
		for name, r := range map[string]Request{
			"resolved": {Action: a, Groups: []triage.Group{fixture.GroupOf(resolved)}, Urgency: "high", PriorityID: "PR1", Into: "I2", Reason: "why"},
			"alerts":   {Action: a, Groups: []triage.Group{fixture.AlertsGroup()}, Urgency: "high", PriorityID: "PR1", Into: "I2", Reason: "why"},
		} {
			for _, data := range []Data{testData(Developer), dataWithoutPagerDuty()} {
				if a == Undo {
					continue // it is planned by UndoOf
				}
				for _, item := range NewPlan(r, data).Items {
					said := item.Sentence + " " + item.Refused
					if _, after, found := strings.Cut(said, "nothing to "); found && !strings.HasPrefix("nothing to "+after, w.nothing) && !strings.HasPrefix(after, "make a silence in") && !strings.HasPrefix(after, "silence.") {
						t.Errorf("%s of %s says %q", a, name, said)
					}
					if strings.Contains(said, "no incident to "+a.Words()+".") && strings.Contains(a.Words(), " ") {
						t.Errorf("%s of %s says %q", a, name, said)
					}
				}
			}
		}
	}
}
