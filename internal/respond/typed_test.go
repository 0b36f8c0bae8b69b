package respond

import (
	"strings"
	"testing"
	"time"

	"firstline/sources"
)

// typedCase is an action for which nothing is left to do.
type typedCase struct {
	name string
	r    Request
	// is makes the incident so that nothing is left to do; so is the sentence
	// that says so.
	is func(*sources.Incident)
	so string
}

func typedCases() []typedCase {
	boHas := func(i *sources.Incident) {
		i.AssignedVia, i.Assignments = sources.AssignedDirectly, []sources.Assignment{{User: bo, At: sunday}}
	}
	resolved := func(i *sources.Incident) { *i = resolvedIncident("I1", ann, sunday.Add(-time.Minute)) }
	asked := func(state string) func(*sources.Incident) {
		return func(i *sources.Incident) {
			i.Responders = []sources.Responder{{User: bo, State: state, At: sunday.Add(-time.Minute), By: ann}}
		}
	}
	toBo := Target{Kind: ToUser, ID: "UBO"}
	return []typedCase{
		{"acknowledge, acknowledged", Request{Action: Acknowledge}, func(i *sources.Incident) { *i = acknowledgedIncident("I1", ann, sunday.Add(-time.Minute)) }, "Already acknowledged by Ann Berg"},
		{"acknowledge, resolved", Request{Action: Acknowledge}, resolved, "Already resolved by Ann Berg"},
		{"escalate, resolved", Request{Action: Escalate}, resolved, "Already resolved by Ann Berg"},
		{"next level, resolved", Request{Action: NextLevel}, resolved, "Already resolved by Ann Berg"},
		{"hand off, resolved", Request{Action: HandOff, Target: toBo}, resolved, "Already resolved by Ann Berg"},
		{"hand off to who has it", Request{Action: HandOff, Target: toBo}, boHas, "ssigned to Bo Larsen"},
		{"escalate to who has it", Request{Action: Escalate, Target: toBo}, boHas, "ssigned to Bo Larsen"},
		{"ask who was asked", Request{Action: HandOff, Responders: true, Target: toBo}, asked("pending"), "Bo Larsen was asked already"},
		{"ask who has joined", Request{Action: HandOff, Responders: true, Target: toBo}, asked("joined"), "Bo Larsen has joined"},
		{"resolve, resolved", Request{Action: Resolve}, resolved, "Already resolved by Ann Berg"},
		{"snooze, resolved", Request{Action: Snooze, Until: sunday.Add(time.Hour)}, resolved, "Already resolved by Ann Berg"},
		{"merge, resolved", Request{Action: Merge, Into: "I2"}, resolved, "Already resolved by Ann Berg"},
		{"urgency as it is", Request{Action: SetUrgency, Urgency: "low"}, func(i *sources.Incident) { i.Urgency = "low" }, "rgency of #12 Checkout errors is low"},
		{"priority as it is", Request{Action: SetPriority, PriorityID: "PR1"}, func(i *sources.Incident) { i.Priority = &sources.Priority{ID: "PR1", Name: "P1"} }, "riority of #12 Checkout errors is P1"},
	}
}

func typedWorld(f *fake) World {
	w := world(Developer)
	w.Incidents = []sources.Incident{*f.incidents["I1"], *f.incidents["I2"]}
	return w
}

// Where nothing is left to do, what the responder typed is offered as a note,
// in their own words, and claims nothing.
func TestWhatWasTypedIsOfferedAsANote(t *testing.T) {
	for _, tt := range typedCases() {
		for _, own := range []bool{false, true} {
			f := newFake()
			tt.is(f.incidents["I1"])
			r := tt.r
			r.Groups = f.groups("I1")
			r.Reason = "the disk is full"
			if own {
				r.Reason, r.Note = "", "the disk is full"
			}
			p := NewPlan(r, typedWorld(f))
			preview := strings.Join(p.Lines(), "\n")
			if !p.Ready() || len(p.Pages) > 0 || !strings.Contains(preview, tt.so) || !strings.Contains(preview, "Nothing of that changes") || !strings.Contains(preview, "  the disk is full") {
				t.Errorf("%s: the preview is\n%s", tt.name, preview)
			}
			res := doerOf(f).Do(t.Context(), p, nil)[0]
			if res.Outcome != Already || !strings.Contains(res.Sentence, tt.so) || !res.NotePosted || !res.Over() || f.writes() != "NOTE I1" {
				t.Errorf("%s: %+v, sent %s", tt.name, res, f.writes())
			}
			if len(f.notes["I1"]) != 1 || Unmarked(strings.TrimSpace(f.notes["I1"][0].Content)) != "the disk is full" {
				t.Errorf("%s: notes %+v", tt.name, f.notes["I1"])
			}
			// Given again it is there already.
			again := doerOf(f).Do(t.Context(), p, nil)[0]
			if again.Outcome != Already || !strings.Contains(again.Sentence, "What you wrote is on the incident already.") || !again.Over() || len(f.notes["I1"]) != 1 {
				t.Errorf("%s, again: %+v, sent %s", tt.name, again, f.writes())
			}
			// Without words there is nothing to send.
			r.Reason, r.Note = "", ""
			if p = NewPlan(r, typedWorld(f)); p.Ready() || !p.Items[0].Already {
				t.Errorf("%s: without words: %+v", tt.name, p.Items[0])
			}
		}
	}
}

// Where somebody is faster than the sending, what was typed is neither sent nor
// taken for sent.
func TestWhatWasTypedIsKeptWhereSomebodyIsFaster(t *testing.T) {
	for _, tt := range typedCases() {
		f := newFake()
		r := tt.r
		r.Groups, r.Reason = f.groups("I1"), "the disk is full"
		p := NewPlan(r, typedWorld(f))
		if !p.Ready() {
			t.Fatalf("%s: %s", tt.name, strings.Join(p.Lines(), "\n"))
		}
		tt.is(f.incidents["I1"])
		res := doerOf(f).Do(t.Context(), p, nil)[0]
		if res.Outcome != Already || !strings.Contains(res.Sentence, tt.so) {
			t.Errorf("%s: %+v", tt.name, res)
		}
		if carried := len(p.Items[0].Steps) > 1 || tt.r.Action == Resolve; f.writes() != "" || res.TextUnsent != carried || res.Over() == carried {
			t.Errorf("%s: unsent %v, sent %q: %s", tt.name, res.TextUnsent, f.writes(), res.Sentence)
		}
	}
}

// With several groups the words go with those for which something is done.
func TestWhatWasTypedGoesWithWhatIsDone(t *testing.T) {
	f := newFake()
	*f.incidents["I2"] = resolvedIncident("I2", ann, sunday)
	p := NewPlan(Request{Action: Acknowledge, Groups: f.groups("I1", "I2"), Reason: "on it"}, typedWorld(f))
	if !p.Items[0].Sends() || !p.Items[1].Already {
		t.Errorf("%s", strings.Join(p.Lines(), "\n"))
	}
	*f.incidents["I1"] = resolvedIncident("I1", ann, sunday)
	p = NewPlan(Request{Action: Acknowledge, Groups: append(f.groups("I1", "I2"), alertsGroup()), Reason: "on it"}, typedWorld(f))
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
		outcome Outcome
	}{
		"by policy":                   {sources.AssignedByPolicy, []sources.Reference{bo}, "by Payments on call, and may escalate: assigned directly it does not", true, Done},
		"by policy, and stays":        {sources.AssignedByPolicy, []sources.Reference{bo}, "by Payments on call", false, Unknown},
		"not told":                    {"", []sources.Reference{bo}, "does not say whether directly", true, Done},
		"directly":                    {sources.AssignedDirectly, []sources.Reference{bo}, "", true, Already},
		"by policy, with another":     {sources.AssignedByPolicy, []sources.Reference{bo, cy}, "-", true, Done},
		"directly, with another":      {sources.AssignedDirectly, []sources.Reference{bo, cy}, "-", true, Done},
		"another, by policy":          {sources.AssignedByPolicy, []sources.Reference{cy}, "-", true, Done},
		"another, directly":           {sources.AssignedDirectly, []sources.Reference{cy}, "-", true, Done},
		"nobody":                      {sources.AssignedByPolicy, nil, "-", true, Done},
		"by policy, nobody was known": {sources.AssignedByPolicy, []sources.Reference{{}}, "-", true, Done},
	} {
		f := newFake()
		i := f.incidents["I1"]
		i.AssignedVia, i.Assignments = tt.via, nil
		for _, u := range tt.holders {
			i.Assignments = append(i.Assignments, sources.Assignment{User: u, At: sunday.Add(-time.Minute)})
		}
		p := NewPlan(Request{Action: HandOff, Target: Target{Kind: ToUser, ID: "UBO"}, Groups: f.groups("I1")}, world(Developer))
		warned := false
		for _, w := range p.Items[0].Warnings {
			warned = warned || strings.Contains(w, tt.warns)
		}
		if p.Ready() != (tt.warns != "") || warned != (len(tt.warns) > 1) {
			t.Errorf("%s:\n%s", name, strings.Join(p.Lines(), "\n"))
		}
		f.troubles["ASSIGN"] = []trouble{{}}
		f.before["ASSIGN"] = func() {
			if tt.direct {
				f.incidents["I1"].AssignedVia = sources.AssignedDirectly
			}
		}
		if res := doerOf(f).Do(t.Context(), p, nil)[0]; res.Outcome != tt.outcome {
			t.Errorf("%s: %+v", name, res)
		}
	}
}
