package respond

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"firstline/internal/escalation"
	"firstline/internal/triage"
	"firstline/sources"
)

// awkward are sentences that a person at night has to read twice, and words that
// the glossary has others for.
var awkward = []*regexp.Regexp{
	regexp.MustCompile(`:[^:]*:[^:]*: `),
	regexp.MustCompile(`#(\d+) \[#\d+\]`),
	regexp.MustCompile(`assigned directly, assigned`),
	regexp.MustCompile(`\b[Pp]age(d|s)?\b`),
	regexp.MustCompile(`up to once`),
	regexp.MustCompile(`\.\.|\bBut: `),
}

// reads reports awkward words in a sentence.
func reads(t *testing.T, what, sentence string) {
	t.Helper()
	// Times and links have colons of their own.
	bare := regexp.MustCompile(`\d:\d|://`).ReplaceAllString(sentence, "")
	for _, a := range awkward {
		if a.MatchString(bare) {
			t.Errorf("%s reads badly (%s): %s", what, a, sentence)
		}
	}
}

// TestSentencesReadWell: what plans, previews, undos and results say, over all
// actions, kinds of group and refusals.
func TestSentencesReadWell(t *testing.T) {
	direct, nobody, deleted := incident("I1"), incident("I1"), incident("I1")
	direct.AssignedVia = sources.AssignedDirectly
	nobody.Assignments = nil
	deleted.AssignedVia, deleted.Assignments = sources.AssignedDirectly, []sources.Assignment{{User: sources.Reference{ID: "UX"}, At: sunday}}
	low := incident("I1")
	low.Urgency = "low"
	groups := map[string]triage.Group{
		"triggered": groupOf(incident("I1")), "direct": groupOf(direct), "with nobody": groupOf(nobody), "with a deleted user": groupOf(deleted), "low": groupOf(low),
		"acknowledged": groupOf(acknowledgedIncident("I1", ann, sunday)), "resolved": groupOf(resolvedIncident("I1", ann, sunday)), "alerts": alertsGroup(), "stray": strayGroup(),
	}
	var requests []Request
	for _, a := range Actions() {
		r := Request{Action: a, Reason: "why", Until: sunday.Add(time.Hour), Into: "I2", Urgency: "high", PriorityID: "PR1"}
		requests = append(requests, r)
		if a == Escalate || a == HandOff {
			for _, to := range []Target{{Kind: ToUser, ID: "UBO"}, {Kind: ToUser, ID: "UANN"}, {Kind: ToOwner}, {Kind: ToNextOnCall}, {Kind: ToPolicy, ID: "PLATE"}, {Kind: ToPolicy, ID: "PEMPTY"}} {
				r.Target = to
				requests = append(requests, r)
				r.Responders = a == HandOff
				requests = append(requests, r)
			}
		}
		if a == Acknowledge {
			r.Instead = ByIncident
			requests = append(requests, r)
		}
	}
	for _, without := range []bool{false, true} {
		for _, r := range requests {
			for kind, g := range groups {
				what := string(r.Action) + " " + kind
				f := newFake()
				if g.Incident != nil {
					i := *g.Incident
					f.incidents["I1"] = &i
				}
				w := world(Developer)
				if without {
					w = worldWithoutPagerDuty()
				}
				w.Incidents = []sources.Incident{*f.incidents["I2"]}
				for n := range w.Policies {
					w.Policies[n].Loops = 1
				}
				r.Groups = []triage.Group{g}
				r.Known = Known{}
				if !without {
					r.Known, _ = LookUp(t.Context(), f, r, w)
				}
				p := NewPlan(r, w)
				preview := p.Preview()
				for _, l := range preview.Of(PreviewRefused, PreviewChoice, PreviewEnd, PreviewOffer, PreviewConfirm, PreviewWarning, PreviewChange, PreviewStep, PreviewUnchanged) {
					reads(t, what, l.Text)
				}
				if !p.Ready() {
					continue
				}
				for _, fault := range []error{nil, refusedWith(sources.NobodyOnCall), refusedWith(sources.AlreadyResolved), refusedWith(sources.Forbidden), lostAnswer()} {
					f := newFake()
					if g.Incident != nil {
						i := *g.Incident
						f.incidents["I1"] = &i
					}
					for _, call := range []string{"ACK", "POLICY", "ASSIGN", "LEVEL", "RESPONDERS", "RESOLVE", "SNOOZE", "MERGE", "URGENCY", "PRIORITY", "OPEN"} {
						if fault != nil {
							f.troubles[call] = []trouble{{err: fault}}
						}
					}
					res := doerOf(f).Do(t.Context(), p, nil)
					reads(t, what, res[0].Sentence)
					undo, stays := UndoOf(p, res, sunday, w, Known{})
					for _, s := range stays {
						reads(t, "undo of "+what, s)
					}
					for _, l := range undo.Preview().Of(PreviewRefused, PreviewEnd, PreviewOffer, PreviewConfirm, PreviewWarning, PreviewChange, PreviewStep) {
						reads(t, "undo of "+what, l.Text)
					}
				}
			}
		}
	}
	for loops := 1; loops <= 3; loops++ {
		f := escalation.Forecast{Policy: ref("P", "Pay"), Now: escalation.Stage{Level: 2}, End: escalation.End{Kind: escalation.Repeats, Loops: loops}}
		reads(t, "repeats", f.Sentence(func(time.Time) string { return "" }))
	}
	if strings.Count("a: b: c: d", ":") != 3 || !awkward[0].MatchString("a: b: c: d") {
		t.Error("three colons pass")
	}
}
