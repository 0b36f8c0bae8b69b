package respond

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"firstline/internal/notetext"
	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

func TestNoteCarriesTheContext(t *testing.T) {
	p := NewPlan(Request{
		Action: HandOff, Groups: []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}, Target: Target{Kind: ToTeam, ID: "Payments"},
		Reason: "the runbook does not help\nand it gets worse", Tried: map[string][]string{"I1": {"1 Check the deploy", "", "2 Restart\x1b[31m"}},
	}, testData(FirstLine))
	want := `Dana Reyes (dana@example.com) asks to hand this off to Payments, with firstline.
Why: the runbook does not help
and it gets worse
Tried:
- 1 Check the deploy
- 2 Restart

Checkout errors
Service: checkout
Since: 2026-11-22 02:18 UTC (12 m ago)
Still active: 2 alerts HighErrorRate with cluster=eu service=checkout: It hurts
- firing pod=a, since 2026-11-22 02:18 UTC
- firing pod=b, since 2026-11-22 02:18 UTC
Incident: https://example.pagerduty.com/incidents/I1
Runbook: https://runbooks.example.com/checkout.md
Graph: https://prometheus.example.com/graph?g0.expr=up`
	if p.Note != want {
		t.Errorf("note = %s\nwant %s", p.Note, want)
	}
	if p.Items[0].Steps[0].Note != p.Note || p.Summary != want {
		t.Error("what is sent is not what is shown")
	}
}

func TestNoteIsBounded(t *testing.T) {
	g := fixture.GroupOf(fixture.Incident("I1"))
	for n := range 500 {
		a := triage.Alert{Alert: sources.Alert{State: sources.AlertFiring, Labels: map[string]string{
			"alertname": strings.Repeat("ä", 300), "pod": fmt.Sprint(n), "service": strings.Repeat("z", 4000),
		}, GeneratorURL: "https://example.com/" + strings.Repeat("x", 10000)}}
		g.Alerts = append(g.Alerts, a)
	}
	g.Title = strings.Repeat("t", 9000)
	for _, reason := range []string{"", strings.Repeat("why ö ", 100), strings.Repeat("why ö ", 480)} {
		p := NewPlan(Request{Action: Escalate, Groups: []triage.Group{g}, Reason: reason}, testData(Developer))
		note := p.Items[0].Steps[0].Note
		note = notetext.Marked(note, NewAttemptID())
		if len(note) > notetext.Limit || !utf8.ValidString(note) || strings.Contains(note, "�") {
			t.Errorf("a note of %d bytes, valid %v", len(note), utf8.ValidString(note))
		}
		if !strings.Contains(note, strings.TrimSpace(reason)) {
			t.Error("the responder's own words were cut")
		}
	}
	p := NewPlan(Request{Action: Escalate, Groups: []triage.Group{g}, Reason: strings.Repeat("w", notetext.Limit)}, testData(Developer))
	if !strings.Contains(p.Refused, "shorten it") || p.Ready() {
		t.Errorf("too long by the responder's own words: %q", p.Refused)
	}
}

func TestOwnNoteReplacesTheWrittenOne(t *testing.T) {
	one := []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}
	p := NewPlan(Request{Action: Escalate, Groups: one, Reason: "r", Note: " mine\n "}, testData(Developer))
	if p.Note != "mine" || p.Items[0].Steps[0].Note != "mine\n\n"+beforehand {
		t.Errorf("note = %q, sends %q", p.Note, p.Items[0].Steps[0].Note)
	}
	p = NewPlan(Request{Action: Escalate, Groups: append(one, fixture.GroupOf(fixture.Incident("I2"))), Note: "mine"}, testData(Developer))
	for n, id := range []string{"I1", "I2"} {
		if note := p.Items[n].Steps[0].Note; !strings.HasPrefix(note, "mine\n\n") || !strings.Contains(note, "/incidents/"+id) {
			t.Errorf("of several each keeps its own context: %q", note)
		}
	}
	for _, r := range []Request{{Reason: "looking"}, {Note: "looking"}} {
		r.Action, r.Groups = AddNote, one
		if p := NewPlan(r, testData(Developer)); p.Items[0].Steps[0].Note != "looking" {
			t.Errorf("note = %q", p.Items[0].Steps[0].Note)
		}
	}
	if p := NewPlan(Request{Action: AddNote, Groups: one, Note: " \n\t"}, testData(Developer)); p.Refused != "The note is empty: write something." {
		t.Errorf("refused = %q", p.Refused)
	}
}

// A note that precedes its action is true even if the program is killed between
// the two: it says what is asked for, or that it was written before.
func TestNotesAreTrueBeforeTheAction(t *testing.T) {
	first := NewPlan(Request{Action: Escalate, Groups: []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}, Reason: "why"}, testData(Developer)).Note
	asks, _, _ := strings.Cut(first, "\n")
	toBo := Target{Kind: ToUser, ID: "UBO"}
	for name, tt := range map[string]struct {
		r      Request
		framed bool
	}{
		"escalate":                     {Request{Action: Escalate}, false},
		"escalate, in own words":       {Request{Action: Escalate, Note: "Escalated to ops, they know it."}, true},
		"escalate, its words kept":     {Request{Action: Escalate, Note: asks + "\nThey know it."}, false},
		"hand off":                     {Request{Action: HandOff, Target: toBo}, false},
		"hand off, in own words":       {Request{Action: HandOff, Target: toBo, Note: "Handed off to Bo."}, true},
		"ask to join, in own words":    {Request{Action: HandOff, Target: toBo, Responders: true, Note: "Asked Bo."}, true},
		"next level":                   {Request{Action: NextLevel}, false},
		"next level, in own words":     {Request{Action: NextLevel, Note: "Escalated."}, true},
		"acknowledge, in own words":    {Request{Action: Acknowledge, Note: "Acknowledged."}, false}, // it follows
		"a note":                       {Request{Action: AddNote, Note: "Handed off to Bo by telephone."}, false},
		"what was framed is not twice": {Request{Action: NextLevel, Note: "Escalated.\n\n" + beforehand}, true},
	} {
		tt.r.Groups = []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}
		if tt.r.Note == "" {
			tt.r.Reason = "why"
		}
		p := NewPlan(tt.r, testData(Developer))
		for n, s := range p.Items[0].Steps {
			if s.Kind != StepNote {
				continue
			}
			before := n < len(p.Items[0].Steps)-1
			asked := regexp.MustCompile(`^[^\n]* asks [^\n]*with firstline\.`).MatchString(s.Note)
			if framed := strings.Count(s.Note, beforehand); framed != map[bool]int{true: 1, false: 0}[tt.framed] || before && !asked && framed == 0 {
				t.Errorf("%s: %q", name, s.Note)
			}
			if !strings.Contains(strings.Join(p.Lines(), "\n"), beforehand) && tt.framed {
				t.Errorf("%s: the preview does not show it:\n%s", name, strings.Join(p.Lines(), "\n"))
			}
		}
	}
}

func TestAcknowledgingCarriesAReasonThatWasGiven(t *testing.T) {
	one := []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}
	p := NewPlan(Request{Action: Acknowledge, Groups: one, Reason: "on it"}, testData(Developer))
	if got := brief(p, p.Items[0]); got != "acknowledge I1; note I1" {
		t.Errorf("plan = %q", got)
	}
	if want := "Acknowledged by Dana Reyes (dana@example.com) with firstline.\nWhy: on it"; p.Note != want || p.Items[0].Steps[1].Note != want {
		t.Errorf("note = %q", p.Note)
	}
	if p := NewPlan(Request{Action: Acknowledge, Groups: one}, testData(Developer)); p.Note != "" {
		t.Errorf("without words no note: %q", p.Note)
	}
}
