package respond

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"firstline/internal/triage"
	"firstline/sources"
)

func TestNoteCarriesTheContext(t *testing.T) {
	p := NewPlan(Request{
		Action: HandOff, Groups: []triage.Group{groupOf(incident("I1"))}, Target: Target{Kind: ToTeam, ID: "Payments"},
		Reason: "the runbook does not help\nand it gets worse", Tried: map[string][]string{"I1": {"1 Check the deploy", "", "2 Restart\x1b[31m"}},
	}, world(FirstLine))
	want := `Handed off to Payments by Dana Reyes (dana@example.com) with firstline.
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
	bare, mark := unmarked(p.Note)
	if bare != want || mark == "" {
		t.Errorf("note = %s, marked %q\nwant %s", bare, mark, want)
	}
	if p.Items[0].Steps[0].Note != p.Note || p.Summary != want {
		t.Error("what is sent is not what is shown")
	}
}

// The same done once more, later, has the same mark; anything else has another.
func TestMarks(t *testing.T) {
	markAfter := func(after time.Duration, r Request) string {
		w := world(Developer)
		w.Now = w.Now.Add(after)
		_, mark := unmarked(NewPlan(r, w).Items[0].Steps[0].Note)
		return mark
	}
	r := Request{Action: Escalate, Groups: []triage.Group{groupOf(incident("I1"))}, Reason: "why"}
	first := markAfter(0, r)
	if later := markAfter(20*time.Minute, r); first == "" || later != first {
		t.Errorf("first %q, later %q", first, later)
	}
	for name, change := range map[string]func(*Request){
		"another reason":   func(r *Request) { r.Reason = "because" },
		"another incident": func(r *Request) { r.Groups = []triage.Group{groupOf(incident("I2"))} },
		"another target":   func(r *Request) { r.Target = Target{Kind: ToUser, ID: "UBO"} },
		"more was tried":   func(r *Request) { r.Tried = map[string][]string{"I1": {"restarted"}} },
	} {
		other := r
		change(&other)
		if mark := markAfter(0, other); mark == "" || mark == first {
			t.Errorf("%s: %q, at first %q", name, mark, first)
		}
	}
	// Written anew by the responder, it is their own text.
	r.Note = NewPlan(r, world(Developer)).Note
	if p := NewPlan(r, world(Developer)); strings.Contains(p.Items[0].Steps[0].Note, "(firstline ") {
		t.Errorf("the note is %q", p.Items[0].Steps[0].Note)
	}
}

// A second try after a note went out, and what followed it too, pages nobody
// again.
func TestSecondTryPagesNobody(t *testing.T) {
	f := newFake()
	plan := func() Plan {
		g := groupOf(*f.incidents["I1"])
		return NewPlan(Request{Action: Escalate, Groups: []triage.Group{g}, Reason: "why"}, world(Developer))
	}
	if res := f.doer().Do(t.Context(), plan(), nil)[0]; res.Outcome != Done {
		t.Fatalf("= %+v", res)
	}
	paged := len(f.pages)
	res := f.doer().Do(t.Context(), plan(), nil)[0]
	if res.Outcome != Already || !strings.Contains(res.Sentence, "This was done") || len(f.pages) != paged || len(f.notes["I1"]) != 1 {
		t.Errorf("= %+v, paged %v, %d notes", res, f.pages[paged:], len(f.notes["I1"]))
	}
}

func TestNoteIsBounded(t *testing.T) {
	g := groupOf(incident("I1"))
	for n := range 500 {
		a := triage.Alert{Alert: sources.Alert{State: sources.AlertFiring, Labels: map[string]string{
			"alertname": strings.Repeat("ä", 300), "pod": fmt.Sprint(n), "service": strings.Repeat("z", 4000),
		}, GeneratorURL: "https://example.com/" + strings.Repeat("x", 10000)}}
		g.Alerts = append(g.Alerts, a)
	}
	g.Title = strings.Repeat("t", 9000)
	for _, reason := range []string{"", strings.Repeat("why ö ", 100), strings.Repeat("why ö ", 480)} {
		p := NewPlan(Request{Action: Escalate, Groups: []triage.Group{g}, Reason: reason}, world(Developer))
		note := p.Items[0].Steps[0].Note
		if len(note) > noteLimit || !utf8.ValidString(note) || strings.Contains(note, "�") {
			t.Errorf("a note of %d bytes, valid %v", len(note), utf8.ValidString(note))
		}
		if !strings.Contains(note, strings.TrimSpace(reason)) {
			t.Error("the responder's own words were cut")
		}
	}
	p := NewPlan(Request{Action: Escalate, Groups: []triage.Group{g}, Reason: strings.Repeat("w", noteLimit)}, world(Developer))
	if !strings.Contains(p.Refused, "shorten it") || p.Ready() {
		t.Errorf("too long by the responder's own words: %q", p.Refused)
	}
}

func TestOwnNoteTakesThePlace(t *testing.T) {
	one := []triage.Group{groupOf(incident("I1"))}
	p := NewPlan(Request{Action: Escalate, Groups: one, Reason: "r", Note: " mine\n "}, world(Developer))
	if p.Note != "mine" || p.Items[0].Steps[0].Note != "mine" {
		t.Errorf("note = %q", p.Note)
	}
	p = NewPlan(Request{Action: Escalate, Groups: append(one, groupOf(incident("I2"))), Note: "mine"}, world(Developer))
	for n, id := range []string{"I1", "I2"} {
		if note := p.Items[n].Steps[0].Note; !strings.HasPrefix(note, "mine\n\n") || !strings.Contains(note, "/incidents/"+id) {
			t.Errorf("of several each keeps its own context: %q", note)
		}
	}
	for _, r := range []Request{{Reason: "looking"}, {Note: "looking"}} {
		r.Action, r.Groups = AddNote, one
		if p := NewPlan(r, world(Developer)); p.Items[0].Steps[0].Note != "looking" {
			t.Errorf("note = %q", p.Items[0].Steps[0].Note)
		}
	}
	if p := NewPlan(Request{Action: AddNote, Groups: one, Note: " \n\t"}, world(Developer)); p.Refused != "The note is empty: write something." {
		t.Errorf("refused = %q", p.Refused)
	}
}

func TestAcknowledgingCarriesAReasonThatWasGiven(t *testing.T) {
	one := []triage.Group{groupOf(incident("I1"))}
	p := NewPlan(Request{Action: Acknowledge, Groups: one, Reason: "on it"}, world(Developer))
	if got := brief(p, p.Items[0]); got != "acknowledge I1; note I1" {
		t.Errorf("plan = %q", got)
	}
	if want := "Acknowledged by Dana Reyes (dana@example.com) with firstline.\nWhy: on it"; p.Note != want || p.Items[0].Steps[1].Note != want {
		t.Errorf("note = %q", p.Note)
	}
	if p := NewPlan(Request{Action: Acknowledge, Groups: one}, world(Developer)); p.Note != "" {
		t.Errorf("without words no note: %q", p.Note)
	}
}

func TestSpan(t *testing.T) {
	for _, tt := range []struct{ d, want string }{
		{"0s", "0 s"},
		{"59.9s", "59 s"},
		{"60s", "1 m"},
		{"59m59s", "59 m"},
		{"47h", "47 h"},
		{"49h", "2 d"},
	} {
		if got := span(mustDuration(t, tt.d)); got != tt.want {
			t.Errorf("span(%s) = %q, want %q", tt.d, got, tt.want)
		}
	}
	if got := ago(sunday.Add(5), sunday); got != "just now" {
		t.Errorf("a clock that is ahead: %q", got)
	}
}

func mustDuration(t *testing.T, s string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
