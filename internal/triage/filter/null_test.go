package filter

import (
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

// What is null or deleted in PagerDuty stays visible: it has a name for people,
// a heading, and is found by filters.
func TestNullAndDeleted(t *testing.T) {
	var (
		nothing  = sources.Reference{}
		byID     = sources.Reference{ID: "PX", Type: "service_reference"}
		nameless = sources.Reference{ID: "PX", Type: "service_reference", Deleted: true}
		deleted  = sources.Reference{ID: "PX", Name: "checkout", Deleted: true}
		user     = sources.Reference{ID: "PU", Type: "user_reference", Deleted: true}
	)
	assigned := func(users ...sources.Reference) func(*sources.Incident) {
		return func(in *sources.Incident) {
			for _, u := range users {
				in.Assignments = append(in.Assignments, sources.Assignment{User: u})
			}
		}
	}
	service := func(s sources.Reference) func(*sources.Incident) {
		return func(in *sources.Incident) { in.Service = s }
	}
	tests := []struct {
		name    string
		change  func(*sources.Incident)
		label   string // of the service
		matches string
		not     string // filters that don't match, by spaces
	}{
		{"no service", service(nothing), "no service", `service=""`, "service=PX service=x"},
		{"a service with an id alone", service(byID), "an unnamed service", `service=PX service="an unnamed service"`, `service=""`},
		{"a deleted service without a name", service(nameless), "a deleted service", `service="a deleted service"`, `service=""`},
		{"a deleted service", service(deleted), "checkout (deleted)", "service=checkout", `service=""`},
		{"no assignee", assigned(), "Everything", `assignee=""`, "assignee=PU"},
		{"a deleted assignee without a name", assigned(user), "Everything", `assignee="a deleted user" assignee=PU "deleted user"`, `assignee="" mine`},
		{"an assignee of whom nothing is told", assigned(nothing), "Everything", `assignee="no user"`, `assignee="" mine`},
		{"a deleted assignee and another", assigned(user, sources.Reference{ID: "U2", Name: "Ann"}), "Everything", "assignee=Ann assignee=PU", `assignee=""`},
		{"no policy", func(in *sources.Incident) { in.Policy = nothing }, "Everything", `policy=""`, "policy=PX"},
		{"a deleted policy", func(in *sources.Incident) { in.Policy = nameless }, "Everything", `policy="a deleted service"`, `policy=""`},
		{"no title", func(in *sources.Incident) { in.Title = "" }, "Everything", `title="" service=everything`, "title=x"},
		{"a team without a name", func(in *sources.Incident) { in.Teams = []sources.Reference{{ID: "T1"}, {ID: "T2", Name: "shop"}} }, "Everything", "team=shop", `team=""`},
		{"nothing at all", func(in *sources.Incident) {
			*in = sources.Incident{Source: "pd", ID: in.ID, Status: sources.Triggered, AlertsRead: true}
		}, "no service", `service="" assignee="" policy="" title="" team="" urgency="" severity="" unowned paged`, "mine unpaged stale"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := sources.Incident{
				Source: "pd", ID: "P1", Title: "incident P1", Status: sources.Triggered, Urgency: "high",
				CreatedAt: testNow.Add(-59 * time.Minute), AlertsRead: true, Service: sources.Reference{ID: "PSVC", Name: "Everything"},
			}
			test.change(&in)
			pd := sources.Snapshot{
				Source: sources.Source{Kind: sources.PagerDuty, Name: "pd"}, AsOf: testNow, Data: sources.Data{Incidents: []sources.Incident{in}},
			}
			// What has no id or name is not found by having none.
			pd.Data.Services = []sources.Service{{Policy: sources.Reference{ID: "WRONG"}, Teams: []sources.Reference{{Name: "wrong"}}}}
			pd.Data.Me = &sources.User{}
			groups := triage.Join([]sources.Snapshot{pd}, triage.Options{}, testNow)
			if len(groups) != 1 || groups[0].ID != "P1" {
				t.Fatalf("the incident makes %+v", groups)
			}
			g := groups[0]
			if g.ServiceLabel() != test.label {
				t.Errorf("service %q, want %q", g.ServiceLabel(), test.label)
			}
			if h := triage.ByService.Heading(g); h != test.label {
				t.Errorf("heading %q, want %q", h, test.label)
			}
			if g.OwnerPolicyID != "" || g.Team == "wrong" || g.Mine {
				t.Errorf("owner %q, team %q, mine %v", g.OwnerPolicyID, g.Team, g.Mine)
			}
			f, err := Parse(test.matches, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !f.Match(g, testNow) {
				t.Errorf("%s does not match %+v", test.matches, g)
			}
			for _, not := range strings.Fields(test.not) {
				f, err := Parse(not, nil)
				if err != nil {
					t.Fatal(err)
				}
				if f.Match(g, testNow) {
					t.Errorf("%s matches", not)
				}
			}
			if slices.Contains(Values(groups, "service"), "") || slices.Contains(Values(groups, "assignee"), "") {
				t.Error("nothing is offered as a value")
			}
		})
	}
}
