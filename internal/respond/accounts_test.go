package respond_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	. "firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// accountNamed is the fixture's account under a name, with ids of its own and the same names.
func accountNamed(t *testing.T, name string) sources.Snapshot {
	t.Helper()
	d := fixture.PagerDutyData()
	d.Me = &d.Users[0]
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	own := string(text)
	for _, id := range []string{"UDANA", "UANN", "UBO", "UCY", "UEVE", "PFIRST", "PPAY", "PEMPTY", "PLATE", "SCHK", "SOPS", "TPAY", "TTWO", "TNONE", "PR1", "PR2"} {
		own = strings.ReplaceAll(own, `"`+id+`"`, `"`+id+"-"+name+`"`)
	}
	d = sources.Data{}
	if err := json.Unmarshal([]byte(own), &d); err != nil {
		t.Fatal(err)
	}
	return sources.Snapshot{Source: sources.Source{Kind: sources.PagerDuty, Name: name}, AsOf: fixture.Sunday, Data: d}
}

func groupIn(account, id string) triage.Group {
	i := fixture.Incident(id)
	i.Source = account
	i.Service.ID, i.Policy.ID, i.Assignments[0].User.ID = "SCHK-"+account, "PPAY-"+account, "UANN-"+account
	g := fixture.GroupOf(i)
	g.Account, g.ServiceID, g.OwnerPolicyID = account, "SCHK-"+account, "PPAY-"+account
	return g
}

func alertsIn(account string) triage.Group {
	g := fixture.AlertsGroup()
	g.Account, g.ServiceID, g.OwnerPolicyID = account, "", ""
	if account != "" {
		g.ServiceID, g.OwnerPolicyID = "SCHK-"+account, "PPAY-"+account
	}
	return g
}

// TestPlansAreOfOneAccount: whatever is done to groups of several accounts, in any order,
// each write of the plan names objects of the plan's account alone, and groups of another
// one are refused.
func TestPlansAreOfOneAccount(t *testing.T) {
	s := Settings{Role: Developer, Email: "dana@example.com", FirstLineName: "First line", FirstLinePolicy: "Ops first line", HasPagerDuty: true}
	w := NewData([]sources.Snapshot{accountNamed(t, "us"), accountNamed(t, "eu")}, s, fixture.Sunday)
	groups := map[string]triage.Group{"us": groupIn("us", "Q1"), "eu": groupIn("eu", "Q2"), "alerts us": alertsIn("us"), "alerts eu": alertsIn("eu"), "alerts": alertsIn("")}
	requests := map[string]Request{
		"ack":              {Action: Acknowledge, Instead: ByIncident},
		"escalate":         {Action: Escalate},
		"to the owner":     {Action: Escalate, Target: Target{Kind: ToOwner}},
		"to a team":        {Action: HandOff, Target: Target{Kind: ToTeam, ID: "Payments"}},
		"to a person":      {Action: HandOff, Target: Target{Kind: ToUser, ID: "bo@example.com"}},
		"to a policy":      {Action: HandOff, Target: Target{Kind: ToPolicy, ID: "Payments on call"}},
		"to a policy's id": {Action: HandOff, Target: Target{Kind: ToPolicy, ID: "PPAY-eu"}},
		"note":             {Action: AddNote, Reason: "x"},
		"resolve":          {Action: Resolve, Reason: "x"},
		"priority":         {Action: SetPriority, PriorityID: "P1"},
	}
	sent := map[string]int{}
	for what, r := range requests {
		for _, names := range [][]string{{"us"}, {"eu"}, {"alerts us"}, {"alerts eu"}, {"alerts"}, {"us", "eu"}, {"eu", "us"}, {"alerts us", "eu"}, {"eu", "alerts us"}, {"alerts", "us"}, {"alerts eu", "alerts us"}} {
			r.Groups = nil
			for n, name := range names {
				g := groups[name]
				g.ID = fmt.Sprint(g.ID, n)
				r.Groups = append(r.Groups, g)
			}
			plan := NewPlan(r, w)
			text, err := json.Marshal(plan.Items)
			if err != nil {
				t.Fatal(err)
			}
			other := map[string]string{"us": "-eu", "eu": "-us"}[plan.Account]
			sends := slices.ContainsFunc(plan.Items, Item.Sends)
			if sends && (other == "" || strings.Contains(string(text), other+`"`)) {
				t.Errorf("%s of %q in the account %q: %s", what, names, plan.Account, text)
			}
			for n, item := range plan.Items {
				g := r.Groups[n]
				if g.Incident != nil && item.Sends() && g.Incident.Source != plan.Account {
					t.Errorf("%s of %q in the account %q: %q is sent", what, names, plan.Account, names[n])
				}
				if item.Sends() {
					sent[what]++
				}
			}
		}
	}
	for what := range requests {
		if sent[what] < 4 {
			t.Errorf("%s is sent %d times only", what, sent[what])
		}
	}
}

// TestWhichAccount: the account of a request is that of its first incident, of its alerts,
// or the only one that has the target.
func TestWhichAccount(t *testing.T) {
	s := Settings{Role: Developer, Email: "dana@example.com", FirstLinePolicy: "Ops first line", HasPagerDuty: true, Emails: map[string]string{"eu": "dana@example.org"}}
	us, eu := accountNamed(t, "us"), accountNamed(t, "eu")
	eu.Data.Policies = append(eu.Data.Policies, sources.Policy{ID: "PONLY", Name: "Only here"})
	w := NewData([]sources.Snapshot{us, eu}, s, fixture.Sunday)
	for what, test := range map[string]struct {
		r    Request
		want string
	}{
		"an incident":                   {Request{Groups: []triage.Group{groupIn("eu", "Q1")}}, "eu"},
		"an incident after alerts":      {Request{Groups: []triage.Group{alertsIn("us"), groupIn("eu", "Q1")}}, "eu"},
		"alerts":                        {Request{Groups: []triage.Group{alertsIn("us")}}, "us"},
		"alerts of nobody":              {Request{Groups: []triage.Group{alertsIn("")}}, ""},
		"a target that both have":       {Request{Action: HandOff, Target: Target{Kind: ToPolicy, ID: "Late"}, Groups: []triage.Group{alertsIn("")}}, ""},
		"a target that one has":         {Request{Action: HandOff, Target: Target{Kind: ToPolicy, ID: "Only here"}, Groups: []triage.Group{alertsIn("")}}, "eu"},
		"a target that one has, by id":  {Request{Action: HandOff, Target: Target{Kind: ToUser, ID: "UBO-us"}, Groups: []triage.Group{alertsIn("")}}, "us"},
		"an incident of one not read":   {Request{Groups: []triage.Group{groupIn("ap", "Q1")}}, "ap"},
		"nothing":                       {Request{}, ""},
		"the owner of alerts of nobody": {Request{Action: Escalate, Target: Target{Kind: ToOwner}, Groups: []triage.Group{alertsIn("")}}, ""},
	} {
		got := w.For(test.r)
		if got.Account != test.want {
			t.Errorf("%s: %q, want %q", what, got.Account, test.want)
		}
		switch {
		case test.want == "ap" && (len(got.Users) > 0 || got.Me != nil):
			t.Errorf("%s: people of other accounts are known", what)
		case test.want == "eu" && (got.Me == nil || got.Me.ID != "UDANA-eu" || got.Settings.Email != "dana@example.org"):
			t.Errorf("%s: as %+v", what, got.Me)
		}
		if again := got.For(test.r); again.Account != test.want {
			t.Errorf("%s: a second time %q", what, again.Account)
		}
	}
	one := NewData([]sources.Snapshot{us}, s, fixture.Sunday)
	if got := one.For(Request{Groups: []triage.Group{groupIn("us", "Q1")}}); got.Account != "" || len(got.Accounts()) != 1 {
		t.Errorf("the only account is %q", got.Account)
	}
}
