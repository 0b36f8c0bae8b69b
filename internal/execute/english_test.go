package execute

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"firstline/internal/escalation"
	"firstline/internal/race"
	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
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
	race.Skip(t)
	direct, nobody, deleted := fixture.Incident("I1"), fixture.Incident("I1"), fixture.Incident("I1")
	direct.AssignedVia = sources.AssignedDirectly
	nobody.Assignments = nil
	deleted.AssignedVia, deleted.Assignments = sources.AssignedDirectly, []sources.Assignment{{User: sources.Reference{ID: "UX"}, At: fixture.Sunday}}
	low := fixture.Incident("I1")
	low.Urgency = "low"
	groups := map[string]triage.Group{
		"triggered": fixture.GroupOf(fixture.Incident("I1")), "direct": fixture.GroupOf(direct), "with nobody": fixture.GroupOf(nobody), "with a deleted user": fixture.GroupOf(deleted), "low": fixture.GroupOf(low),
		"acknowledged": fixture.GroupOf(fixture.AcknowledgedIncident("I1", fixture.Ann, fixture.Sunday)), "resolved": fixture.GroupOf(fixture.ResolvedIncident("I1", fixture.Ann, fixture.Sunday)), "alerts": fixture.AlertsGroup(), "stray": fixture.StrayGroup(),
	}
	var requests []respond.Request
	for _, a := range respond.Actions() {
		r := respond.Request{Action: a, Reason: "why", Until: fixture.Sunday.Add(time.Hour), Into: "I2", Urgency: "high", PriorityID: "PR1"}
		requests = append(requests, r)
		if a == respond.Escalate || a == respond.HandOff {
			for _, to := range []respond.Target{{Kind: respond.ToUser, ID: "UBO"}, {Kind: respond.ToUser, ID: "UANN"}, {Kind: respond.ToOwner}, {Kind: respond.ToNextOnCall}, {Kind: respond.ToPolicy, ID: "PLATE"}, {Kind: respond.ToPolicy, ID: "PEMPTY"}} {
				r.Target = to
				requests = append(requests, r)
				r.Responders = a == respond.HandOff
				requests = append(requests, r)
			}
		}
		if a == respond.Acknowledge {
			r.Instead = respond.ByIncident
			requests = append(requests, r)
		}
	}
	for _, without := range []bool{false, true} {
		for _, r := range requests {
			for kind, g := range groups {
				what := string(r.Action) + " " + kind
				f := fixture.NewFake()
				if g.Incident != nil {
					i := *g.Incident
					f.Incidents["I1"] = &i
				}
				w := planData(respond.Developer)
				if without {
					w = dataWithoutPagerDuty()
				}
				w.Incidents = []sources.Incident{*f.Incidents["I2"]}
				for n := range w.Policies {
					w.Policies[n].Loops = 1
				}
				r.Groups = []triage.Group{g}
				r.Facts = respond.Facts{}
				if !without {
					r.Facts, _ = respond.ReadFacts(t.Context(), f, r, w)
				}
				p := respond.NewPlan(r, w)
				preview := p.Preview()
				for _, l := range preview.Of(respond.PreviewRefused, respond.PreviewChoice, respond.PreviewEnd, respond.PreviewOffer, respond.PreviewConfirm, respond.PreviewWarning, respond.PreviewChange, respond.PreviewStep, respond.PreviewUnchanged) {
					reads(t, what, l.Text)
				}
				if !p.Ready() {
					continue
				}
				for _, fault := range []error{nil, fixture.RefusedWith(sources.NobodyOnCall), fixture.RefusedWith(sources.AlreadyResolved), fixture.RefusedWith(sources.Forbidden), fixture.LostAnswer()} {
					f := fixture.NewFake()
					if g.Incident != nil {
						i := *g.Incident
						f.Incidents["I1"] = &i
					}
					for _, call := range []string{"ACK", "POLICY", "ASSIGN", "LEVEL", "RESPONDERS", "RESOLVE", "SNOOZE", "MERGE", "URGENCY", "PRIORITY", "OPEN"} {
						if fault != nil {
							f.Troubles[call] = []fixture.Trouble{{Err: fault}}
						}
					}
					res := doerOf(f).Do(t.Context(), p, nil)
					reads(t, what, res[0].Sentence)
					undo, stays := respond.UndoOf(p, res, w, respond.Facts{})
					for _, s := range stays {
						reads(t, "undo of "+what, s)
					}
					for _, l := range undo.Preview().Of(respond.PreviewRefused, respond.PreviewEnd, respond.PreviewOffer, respond.PreviewConfirm, respond.PreviewWarning, respond.PreviewChange, respond.PreviewStep) {
						reads(t, "undo of "+what, l.Text)
					}
				}
			}
		}
	}
	for loops := 1; loops <= 3; loops++ {
		f := escalation.Forecast{Policy: fixture.Ref("P", "Pay"), Now: escalation.Stage{Level: 2}, End: escalation.End{Kind: escalation.Repeats, Loops: loops}}
		reads(t, "repeats", f.Sentence(func(time.Time) string { return "" }))
	}
	if strings.Count("a: b: c: d", ":") != 3 || !awkward[0].MatchString("a: b: c: d") {
		t.Error("three colons pass")
	}
}
