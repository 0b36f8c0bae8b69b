package execute

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/notetext"
	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/sources"
)

// typedCase is an action for which nothing is left to do.
type typedCase struct {
	name string
	r    respond.Request
	// is makes the incident so that nothing is left to do; so is the sentence
	// that says so.
	is func(*sources.Incident)
	so string
}

func typedCases() []typedCase {
	boHas := func(i *sources.Incident) {
		i.AssignedVia, i.Assignments = sources.AssignedDirectly, []sources.Assignment{{User: fixture.Bo, At: fixture.Sunday}}
	}
	resolved := func(i *sources.Incident) {
		*i = fixture.ResolvedIncident("I1", fixture.Ann, fixture.Sunday.Add(-time.Minute))
	}
	asked := func(state string) func(*sources.Incident) {
		return func(i *sources.Incident) {
			i.Responders = []sources.Responder{{User: fixture.Bo, State: state, At: fixture.Sunday.Add(-time.Minute), By: fixture.Ann}}
		}
	}
	toBo := respond.Target{Kind: respond.ToUser, ID: "UBO"}
	return []typedCase{
		{"acknowledge, acknowledged", respond.Request{Action: respond.Acknowledge}, func(i *sources.Incident) {
			*i = fixture.AcknowledgedIncident("I1", fixture.Ann, fixture.Sunday.Add(-time.Minute))
		}, "Already acknowledged by Ann Berg"},
		{"acknowledge, resolved", respond.Request{Action: respond.Acknowledge}, resolved, "Already resolved by Ann Berg"},
		{"escalate, resolved", respond.Request{Action: respond.Escalate}, resolved, "Already resolved by Ann Berg"},
		{"next level, resolved", respond.Request{Action: respond.NextLevel}, resolved, "Already resolved by Ann Berg"},
		{"hand off, resolved", respond.Request{Action: respond.HandOff, Target: toBo}, resolved, "Already resolved by Ann Berg"},
		{"hand off to who has it", respond.Request{Action: respond.HandOff, Target: toBo}, boHas, "ssigned to Bo Larsen"},
		{"escalate to who has it", respond.Request{Action: respond.Escalate, Target: toBo}, boHas, "ssigned to Bo Larsen"},
		{"ask who was asked", respond.Request{Action: respond.HandOff, Responders: true, Target: toBo}, asked("pending"), "Bo Larsen was asked already"},
		{"ask who has joined", respond.Request{Action: respond.HandOff, Responders: true, Target: toBo}, asked("joined"), "Bo Larsen has joined"},
		{"resolve, resolved", respond.Request{Action: respond.Resolve}, resolved, "Already resolved by Ann Berg"},
		{"snooze, resolved", respond.Request{Action: respond.Snooze, Until: fixture.Sunday.Add(time.Hour)}, resolved, "Already resolved by Ann Berg"},
		{"merge, resolved", respond.Request{Action: respond.Merge, Into: "I2"}, resolved, "Already resolved by Ann Berg"},
		{"urgency as it is", respond.Request{Action: respond.SetUrgency, Urgency: "low"}, func(i *sources.Incident) { i.Urgency = "low" }, "rgency of #12 Checkout errors is low"},
		{"priority as it is", respond.Request{Action: respond.SetPriority, PriorityID: "PR1"}, func(i *sources.Incident) { i.Priority = &sources.Priority{ID: "PR1", Name: "P1"} }, "riority of #12 Checkout errors is P1"},
	}
}

func typedData(f *fixture.Fake) respond.Data {
	w := planData(respond.Developer)
	w.Incidents = []sources.Incident{*f.Incidents["I1"], *f.Incidents["I2"]}
	return w
}

// Where nothing is left to do, what the responder typed is offered as a note,
// in their own words, and claims nothing.
func TestWhatWasTypedIsOfferedAsANote(t *testing.T) {
	for _, tt := range typedCases() {
		for _, own := range []bool{false, true} {
			f := fixture.NewFake()
			tt.is(f.Incidents["I1"])
			r := tt.r
			r.Groups = f.Groups("I1")
			r.Reason = "the disk is full"
			if own {
				r.Reason, r.Note = "", "the disk is full"
			}
			p := respond.NewPlan(r, typedData(f))
			preview := strings.Join(p.Lines(), "\n")
			if !p.Ready() || len(p.Recipients) > 0 || !strings.Contains(preview, tt.so) || !strings.Contains(preview, "Nothing of that changes") || !strings.Contains(preview, "  the disk is full") {
				t.Errorf("%s: the preview is\n%s", tt.name, preview)
			}
			res := doerOf(f).Do(t.Context(), p, nil)[0]
			if res.Outcome != respond.Already || !strings.Contains(res.Sentence, tt.so) || !res.NotePosted || !res.Over() || f.Writes() != "NOTE I1" {
				t.Errorf("%s: %+v, sent %s", tt.name, res, f.Writes())
			}
			if len(f.Noted["I1"]) != 1 || notetext.Unmarked(strings.TrimSpace(f.Noted["I1"][0].Content)) != "the disk is full" {
				t.Errorf("%s: notes %+v", tt.name, f.Noted["I1"])
			}
			// Given again it is there already.
			again := doerOf(f).Do(t.Context(), p, nil)[0]
			if again.Outcome != respond.Already || !strings.Contains(again.Sentence, "What you wrote is on the incident already.") || !again.Over() || len(f.Noted["I1"]) != 1 {
				t.Errorf("%s, again: %+v, sent %s", tt.name, again, f.Writes())
			}
			// Without words there is nothing to send.
			r.Reason, r.Note = "", ""
			if p = respond.NewPlan(r, typedData(f)); p.Ready() || !p.Items[0].Already {
				t.Errorf("%s: without words: %+v", tt.name, p.Items[0])
			}
		}
	}
}

// Where somebody is faster than the sending, what was typed is neither sent nor
// taken for sent.
func TestWhatWasTypedRemainsWhereSomebodyIsFaster(t *testing.T) {
	for _, tt := range typedCases() {
		f := fixture.NewFake()
		r := tt.r
		r.Groups, r.Reason = f.Groups("I1"), "the disk is full"
		p := respond.NewPlan(r, typedData(f))
		if !p.Ready() {
			t.Fatalf("%s: %s", tt.name, strings.Join(p.Lines(), "\n"))
		}
		tt.is(f.Incidents["I1"])
		res := doerOf(f).Do(t.Context(), p, nil)[0]
		if res.Outcome != respond.Already || !strings.Contains(res.Sentence, tt.so) {
			t.Errorf("%s: %+v", tt.name, res)
		}
		if carried := len(p.Items[0].Steps) > 1 || tt.r.Action == respond.Resolve; f.Writes() != "" || res.TextUnsent != carried || res.Over() == carried {
			t.Errorf("%s: unsent %v, sent %q: %s", tt.name, res.TextUnsent, f.Writes(), res.Sentence)
		}
	}
}

// With several groups the words go with those for which something is done.
func TestWhatWasTypedGoesWithWhatIsDone(t *testing.T) {
	f := fixture.NewFake()
	*f.Incidents["I2"] = fixture.ResolvedIncident("I2", fixture.Ann, fixture.Sunday)
	p := respond.NewPlan(respond.Request{Action: respond.Acknowledge, Groups: f.Groups("I1", "I2"), Reason: "on it"}, typedData(f))
	if !p.Items[0].Sends() || !p.Items[1].Already {
		t.Errorf("%s", strings.Join(p.Lines(), "\n"))
	}
	*f.Incidents["I1"] = fixture.ResolvedIncident("I1", fixture.Ann, fixture.Sunday)
	p = respond.NewPlan(respond.Request{Action: respond.Acknowledge, Groups: append(f.Groups("I1", "I2"), fixture.AlertsGroup()), Reason: "on it"}, typedData(f))
	if p.Items[0].So != "" {
		t.Errorf("before the choice: %s", strings.Join(p.Lines(), "\n"))
	}
}

// A hand-off to a person who already has the incident by its policy is a
// change, so it is planned, sent and verified by whether the incident is then
// assigned directly.
func TestHandingOffToWhoHasItByPolicy(t *testing.T) {
	for name, tt := range map[string]struct {
		via     sources.AssignedVia
		holders []sources.Reference
		warns   string // empty: nothing is sent
		direct  bool   // PagerDuty then reports that it is assigned directly
		outcome respond.Outcome
	}{
		"by policy":                   {sources.AssignedByPolicy, []sources.Reference{fixture.Bo}, "by Payments on call, and may escalate: assigned directly it does not", true, respond.Done},
		"by policy, and stays":        {sources.AssignedByPolicy, []sources.Reference{fixture.Bo}, "by Payments on call", false, respond.Unknown},
		"not told":                    {"", []sources.Reference{fixture.Bo}, "does not say whether directly", true, respond.Done},
		"directly":                    {sources.AssignedDirectly, []sources.Reference{fixture.Bo}, "", true, respond.Already},
		"by policy, with another":     {sources.AssignedByPolicy, []sources.Reference{fixture.Bo, fixture.Cy}, "-", true, respond.Done},
		"directly, with another":      {sources.AssignedDirectly, []sources.Reference{fixture.Bo, fixture.Cy}, "-", true, respond.Done},
		"another, by policy":          {sources.AssignedByPolicy, []sources.Reference{fixture.Cy}, "-", true, respond.Done},
		"another, directly":           {sources.AssignedDirectly, []sources.Reference{fixture.Cy}, "-", true, respond.Done},
		"nobody":                      {sources.AssignedByPolicy, nil, "-", true, respond.Done},
		"by policy, nobody was known": {sources.AssignedByPolicy, []sources.Reference{{}}, "-", true, respond.Done},
	} {
		f := fixture.NewFake()
		i := f.Incidents["I1"]
		i.AssignedVia, i.Assignments = tt.via, nil
		for _, u := range tt.holders {
			i.Assignments = append(i.Assignments, sources.Assignment{User: u, At: fixture.Sunday.Add(-time.Minute)})
		}
		p := respond.NewPlan(respond.Request{Action: respond.HandOff, Target: respond.Target{Kind: respond.ToUser, ID: "UBO"}, Groups: f.Groups("I1")}, planData(respond.Developer))
		warned := false
		for _, w := range p.Items[0].Warnings {
			warned = warned || strings.Contains(w, tt.warns)
		}
		if p.Ready() != (tt.warns != "") || warned != (len(tt.warns) > 1) {
			t.Errorf("%s:\n%s", name, strings.Join(p.Lines(), "\n"))
		}
		f.Troubles["ASSIGN"] = []fixture.Trouble{{}}
		f.Before["ASSIGN"] = func() {
			if tt.direct {
				f.Incidents["I1"].AssignedVia = sources.AssignedDirectly
			}
		}
		if res := doerOf(f).Do(t.Context(), p, nil)[0]; res.Outcome != tt.outcome {
			t.Errorf("%s: %+v", name, res)
		}
	}
}
