package execute

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/sources"
)

// TestUndoGivesBackWhatWasThere: the writes of an undo, whom they notify, and
// what is said of what is not restored.
func TestUndoGivesBackWhatWasThere(t *testing.T) {
	assigned := func(users ...sources.Reference) []sources.Assignment {
		var all []sources.Assignment
		for _, u := range users {
			all = append(all, sources.Assignment{User: u, At: fixture.Sunday.Add(-time.Hour)})
		}
		return all
	}
	toFirst := respond.Step{Kind: respond.StepPolicy, IncidentID: "I1", PolicyID: "PFIRST", PolicyName: "Ops first line"}
	toBo := respond.Step{Kind: respond.StepAssign, IncidentID: "I1", UserID: "UBO", UserName: "Bo Larsen"}
	level2 := respond.Step{Kind: respond.StepLevel, IncidentID: "I1", PolicyID: "PPAY", PolicyName: "Payments on call", Level: 2, From: 1}
	moved := respond.Step{Kind: respond.StepMove, IncidentID: "I1", PolicyID: "PFIRST", PolicyName: "Ops first line", ServiceID: "SOPS", ServiceName: "ops"}
	for _, tt := range []struct {
		name     string
		before   func(*sources.Incident)
		did      respond.Step
		planData func(*respond.Data)
		steps    string
		notified string
		says     []string
	}{
		{"escalated from level 1", nil, toFirst, nil, "policy I1->PPAY", "UANN|UEVE", nil},
		{
			"escalated from level 2", func(i *sources.Incident) { i.Assignments = assigned(fixture.Eve) }, toFirst, func(w *respond.Data) { w.Policies[1].Loops = 2 }, "policy I1->PPAY; level I1 0->2", "UANN,UEVE|",
			[]string{"PagerDuty counts how often Payments on call has begun again"},
		},
		{"handed off from level 2", func(i *sources.Incident) { i.Assignments = assigned(fixture.Eve) }, toBo, nil, "policy I1->PPAY; level I1 0->2", "UANN,UEVE|", nil},
		{"next level", nil, level2, nil, "level I1 0->1", "UANN|UEVE", nil},
		{"handed off from one person", func(i *sources.Incident) {
			i.AssignedVia, i.Assignments = sources.AssignedDirectly, assigned(fixture.Cy)
		}, toBo, nil, "assign I1->UCY", "UCY|", nil},
		{"handed off from several", func(i *sources.Incident) {
			i.AssignedVia, i.Assignments = sources.AssignedDirectly, assigned(fixture.Cy, fixture.Eve)
		}, toBo, nil, "assign I1->UCY", "UCY,UEVE|", nil},
		{
			"escalated from a person", func(i *sources.Incident) {
				i.AssignedVia, i.Assignments = sources.AssignedDirectly, assigned(fixture.Cy)
			}, toFirst, nil, "assign I1->UCY", "UCY|",
			[]string{"has the escalation policy Ops first line instead of Payments on call"},
		},
		{
			"one of several may not have it any more", func(i *sources.Incident) {
				i.AssignedVia, i.Assignments = sources.AssignedDirectly, assigned(fixture.Cy, fixture.Eve)
			}, toBo,
			func(w *respond.Data) { w.Users[3].Role = "read_only_user" }, "assign I1->UEVE", "UEVE|",
			[]string{"Cy Park may only read in PagerDuty"},
		},
		{
			"acknowledged by me", func(i *sources.Incident) { i.Status, i.Acknowledgers = sources.Acknowledged, assigned(fixture.Dana) }, toFirst, nil,
			"policy I1->PPAY; acknowledge I1", "UANN|",
			[]string{"does not escalate while it is acknowledged"},
		},
		{"acknowledged by Ann until a time", func(i *sources.Incident) {
			i.Status, i.Acknowledgers = sources.Acknowledged, assigned(fixture.Ann)
			i.Pending = []sources.PendingAction{{Type: "unacknowledge", At: fixture.Sunday.Add(time.Hour)}}
		}, toFirst, nil, "policy I1->PPAY; acknowledge I1", "UANN|", []string{"was acknowledged by Ann Berg; now it is by you", "Its acknowledgement ended Sun 03:30"}},
		{"of low urgency", func(i *sources.Incident) { i.Urgency = "low" }, toFirst, nil, "policy I1->PPAY; urgency I1->low", "UANN|", []string{"Its urgency is low"}},
		{
			"the shift changed", func(i *sources.Incident) { i.Assignments = assigned(fixture.Cy) }, toFirst, nil, "assign I1->UCY", "UCY|",
			[]string{"How #12 Checkout errors was assigned is not known"},
		},
		{
			"the shift changed, by the policy", func(i *sources.Incident) {
				i.AssignedVia, i.Assignments = sources.AssignedByPolicy, assigned(fixture.Cy)
			}, toFirst, nil,
			"policy I1->PPAY", "UANN|UEVE",
			[]string{"which level it was on is not known", "Cy Park had #12 Checkout errors and is not on call at level 1 now"},
		},
		{"moved to another service", nil, moved, nil, "move I1->SCHK PPAY", "UANN|UEVE", nil},
		{"nobody is on call there any more", func(i *sources.Incident) { i.AssignedVia = sources.AssignedByPolicy }, toFirst, func(w *respond.Data) { w.OnCalls = w.OnCalls[:2] }, "", "|", []string{"can't be given back", "Nobody is on call at Payments on call"}},
		{"who is on call is not known", nil, toFirst, func(w *respond.Data) { w.Extents.OnCalls = nil }, "", "|", []string{"can't be given back", "is not known"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			i := fixture.Incident("I1")
			if tt.before != nil {
				tt.before(&i)
			}
			after := i
			after.Policy, after.Status, after.Acknowledgers, after.Urgency, after.Assignments = fixture.Ref(tt.did.PolicyID, ""), sources.Triggered, nil, "high", assigned(fixture.Bo)
			w := planData(respond.Developer)
			w.Me = &w.Users[0]
			if tt.planData != nil {
				tt.planData(&w)
			}
			done := respond.Plan{Action: respond.Escalate, Items: []respond.Item{{Group: fixture.GroupOf(i), ID: "I1", Steps: []respond.Step{{Kind: respond.StepNote, IncidentID: "I1"}, tt.did}}}}
			p, stays := respond.UndoOf(done, []respond.Result{{Outcome: respond.Done, Incident: &after}}, w, respond.Facts{})
			steps := ""
			if len(p.Items) > 0 {
				steps = brief(p, p.Items[0])
			}
			if steps != tt.steps || notified(p) != tt.notified {
				t.Errorf("%q notifies %s, want %q and %s", steps, notified(p), tt.steps, tt.notified)
			}
			said := strings.Join(append(append(stays, p.Follows...), p.Refused), "\n")
			for _, s := range tt.says {
				if !strings.Contains(said, s) {
					t.Errorf("not said: %q in\n%s", s, said)
				}
			}
			for _, item := range p.Items {
				for _, s := range item.Steps {
					if len(s.Recipients) > 0 && !strings.Contains(item.Sentence, "notifies") && s.Kind != respond.StepAssign {
						t.Errorf("%q does not say whom it notifies: %s", s.Kind, item.Sentence)
					}
				}
			}
			if tt.steps == "" {
				return
			}
			// What is planned is done, and each write is in the journal.
			f := fixture.NewFake()
			now := after
			f.Incidents["I1"] = &now
			j := &memory{}
			d := doerOf(f)
			d.Journal = j
			f.Turns = w.OnCalls
			if res := d.Do(t.Context(), p, nil); res[0].Outcome != respond.Done {
				t.Fatalf("%+v\n%s", res[0], f.Writes())
			}
			if got := strings.Count(f.Writes(), ";") + 1; got != len(p.Items[0].Steps) || len(j.intents) != got || j.open() > 0 {
				t.Errorf("sent %s, wrote down %d", f.Writes(), len(j.intents))
			}
			for _, in := range j.intents {
				if in.Action != respond.Undo {
					t.Errorf("written down as %s", in.Action)
				}
			}
		})
	}
}
