package execute

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/internal/weekhours"
	"firstline/sources"
)

// Whatever the account looks like, whatever is asked for, and whatever others
// do between the preview and the write: nobody is notified whom the preview did
// not name, and nothing is sent for a plan that says it sends nothing.
func TestNobodyIsNotifiedWhomThePreviewDoesNotName(t *testing.T) {
	notified := 0
	rapid.Check(t, func(t *rapid.T) {
		f := fixture.NewFake()
		users := []sources.Reference{fixture.Dana, fixture.Ann, fixture.Bo, fixture.Cy, fixture.Eve}
		policies := []string{"PFIRST", "PPAY", "PEMPTY", "PLATE"}
		onCall := rapid.Custom(func(t *rapid.T) sources.OnCall {
			o := sources.OnCall{
				User:   rapid.SampledFrom(users).Draw(t, "user"),
				Policy: fixture.Ref(rapid.SampledFrom(policies).Draw(t, "policy"), ""),
				Level:  rapid.IntRange(1, 3).Draw(t, "level"),
			}
			if rapid.Bool().Draw(t, "shift") {
				o.Schedule = fixture.Ref("S1", "Shift")
				o.Start = fixture.Sunday.Add(time.Duration(rapid.IntRange(-3, 1).Draw(t, "start")) * time.Hour)
				o.End = o.Start.Add(2 * time.Hour)
			}
			return o
		})
		f.Turns = rapid.SliceOfN(onCall, 0, 10).Draw(t, "on call")
		data := fixture.PagerDutyData()
		data.OnCalls = slices.Clone(f.Turns)
		w := respond.NewData([]sources.Snapshot{
			{Source: sources.Source{Kind: sources.PagerDuty, Name: "pd"}, Data: data, AsOf: fixture.Sunday},
			{Source: sources.Source{Kind: sources.Alertmanager, Name: "am-eu"}, Data: fixture.AlertsData(), AsOf: fixture.Sunday},
		}, settings(rapid.SampledFrom([]respond.Role{respond.Developer, respond.FirstLine}).Draw(t, "role")), fixture.Sunday)
		if rapid.Bool().Draw(t, "nobody knows me") {
			w.Me = nil
		}

		always, err := weekhours.Parse("daily 00:00-24:00 UTC")
		if err != nil {
			t.Fatal(err)
		}
		office, err := weekhours.Parse("Mon-Fri 09:00-17:00 Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		w.Settings.Services = map[string]respond.ServiceSettings{"checkout": {
			Move:    rapid.Bool().Draw(t, "move"),
			Hours:   rapid.SampledFrom([]weekhours.Hours{{}, always, office}).Draw(t, "hours"),
			Outside: rapid.SampledFrom([]respond.Outside{respond.OutsideFirstLine, respond.OutsideHighUrgency, respond.OutsideAlways}).Draw(t, "outside"),
		}}
		f.NextTurns = []sources.OnCall{{User: fixture.Bo, Schedule: fixture.Ref("S1", "Shift"), Start: fixture.Sunday.Add(3 * time.Hour), End: fixture.Sunday.Add(6 * time.Hour)}}
		f.Silences = []sources.Silence{{
			ID: "s0", Source: "am-eu", State: "active", EndsAt: fixture.Sunday.Add(time.Hour),
			Matchers: []sources.Matcher{{Name: "alertname", Value: "DiskFull", Equal: true}},
		}}
		w.Alertmanagers[0].Silences = slices.Clone(f.Silences)

		groups := []triage.Group{fixture.AlertsGroup(), fixture.StrayGroup()}
		for _, id := range []string{"I1", "I2", "I3"} {
			f.Incidents[id].Policy = fixture.Ref(rapid.SampledFrom(policies).Draw(t, "policy of "+id), "")
			f.Incidents[id].Urgency = rapid.SampledFrom([]string{"high", "low"}).Draw(t, "urgency of "+id)
			groups = append(groups, f.Groups(id)...)
		}
		targets := append(respond.Targets(w, ""), respond.Target{})
		r := respond.Request{
			Action:  rapid.SampledFrom(respond.Actions()).Draw(t, "action"),
			Groups:  rapid.SliceOfN(rapid.SampledFrom(groups), 1, 4).Draw(t, "groups"),
			Target:  rapid.SampledFrom(targets).Draw(t, "target"),
			Instead: rapid.SampledFrom([]respond.Instead{respond.ChooseLater, respond.BySilence, respond.ByIncident}).Draw(t, "instead"),
			Reason:  "why",
			Until:   fixture.Sunday.Add(time.Duration(rapid.IntRange(-1, 200).Draw(t, "until")) * time.Hour),
			Into:    rapid.SampledFrom([]string{"", "I1", "I2", "nothing"}).Draw(t, "into"),
			Urgency: rapid.SampledFrom([]string{"high", "low", "loud"}).Draw(t, "urgency"),
			Matchers: rapid.SampledFrom([][]sources.Matcher{
				nil, {{Name: "alertname", Value: ".+", Regex: true, Equal: true}}, {{Name: "node", Value: "n1", Equal: true}}, {{Name: "x", Equal: true}},
			}).Draw(t, "matchers"),
			PriorityID: rapid.SampledFrom([]string{"PR1", "p2", "P9"}).Draw(t, "priority"),
			SilenceID:  rapid.SampledFrom([]string{"", "s0", "s9"}).Draw(t, "silence"),
			Responders: rapid.Bool().Draw(t, "responders"),
			Confirmed:  rapid.Bool().Draw(t, "confirmed"),
		}
		found, err := respond.ReadFacts(context.Background(), f, r, w)
		if err != nil {
			t.Fatal(err)
		}
		r.Facts = found
		p := respond.NewPlan(r, w)

		// Others act in between.
		switch rapid.IntRange(0, 3).Draw(t, "meanwhile") {
		case 1:
			f.Turns = rapid.SliceOfN(onCall, 0, 10).Draw(t, "on call now")
		case 2:
			i := rapid.SampledFrom([]string{"I1", "I2", "I3"}).Draw(t, "whose")
			*f.Incidents[i] = fixture.AcknowledgedIncident(i, fixture.Ann, fixture.Sunday)
		case 3:
			name := rapid.SampledFrom([]string{
				"NOTE", "POLICY", "ASSIGN", "OPEN", "ACK", "incident", "notes", "LEVEL", "MOVE", "RESPONDERS", "RESOLVE",
				"SNOOZE", "MERGE", "URGENCY", "PRIORITY", "SILENCE", "EXPIRE", "log", "silence",
			}).Draw(t, "call")
			f.Troubles[name] = []fixture.Trouble{{Err: fixture.LostAnswer(), Happens: rapid.Bool().Draw(t, "happens")}}
		}
		results := doerOf(f).Do(context.Background(), p, nil)
		if len(results) != len(p.Items) {
			t.Fatalf("%d results for %d items", len(results), len(p.Items))
		}

		named := map[string]bool{}
		for _, one := range p.Recipients {
			named[one.UserID] = named[one.UserID] || one.Now
			if !strings.Contains(strings.Join(p.Lines(), "\n"), one.Name) {
				t.Fatalf("%s is not shown", one.Name)
			}
		}
		for _, id := range f.Notified {
			notified++
			if !named[id] {
				t.Fatalf("%s was notified, but the preview named %v\n%s", id, named, strings.Join(p.Lines(), "\n"))
			}
		}
		if (!p.Ready() && !slices.ContainsFunc(p.Items, respond.Item.Sends) || len(p.Confirm) > 0 && !r.Confirmed) && f.Writes() != "" {
			t.Fatalf("the plan sends nothing, but %s", f.Writes())
		}
		for id, notes := range f.Noted {
			seen := map[string]bool{}
			for _, n := range notes {
				if seen[n.Content] {
					t.Fatalf("note twice on %s", id)
				}
				seen[n.Content] = true
			}
		}
		for _, res := range results {
			if res.Outcome == "" || res.Sentence == "" {
				t.Fatalf("no answer: %+v", res)
			}
		}
	})
	if notified == 0 {
		t.Error("nobody was ever notified: the property is empty")
	}
}

// Planning is pure: the same request in the same planData is the same plan, and
// the request is as it was.
func TestNewPlanIsPure(t *testing.T) {
	groups := []triage.Group{fixture.GroupOf(fixture.Incident("I1")), fixture.AlertsGroup(), fixture.GroupOf(fixture.Incident("I1"))}
	r := respond.Request{Action: respond.Escalate, Groups: groups, Reason: "why", Tried: map[string][]string{"I1": {"a"}}}
	one := fmt.Sprintf("%+v", respond.NewPlan(r, planData(respond.Developer)).Lines())
	two := fmt.Sprintf("%+v", respond.NewPlan(r, planData(respond.Developer)).Lines())
	if one != two || len(groups) != 3 || groups[2].ID != "I1" {
		t.Errorf("%s\n%s", one, two)
	}
}
