package triage

import (
	"testing"

	"firstline/sources"
)

// TestOwnerInSeveralAccounts: what a group belongs to is looked for in the account of its
// incident. Without one, a name that several accounts have is no answer.
func TestOwnerInSeveralAccounts(t *testing.T) {
	account := func(name string, services []sources.Service, policies ...sources.Policy) sources.Snapshot {
		return sources.Snapshot{Source: sources.Source{Kind: sources.PagerDuty, Name: name}, AsOf: testNow, Data: sources.Data{
			Services: services, Policies: policies,
			Extents: sources.Extents{Incidents: sources.Whole, Services: sources.Whole, Policies: sources.Whole},
		}}
	}
	service := func(id, name string) sources.Service {
		return sources.Service{ID: id, Name: name, Policy: sources.Reference{ID: "POLICY-" + id}, Teams: []sources.Reference{{Name: "Team " + id}}}
	}
	us := account("us", []sources.Service{service("US1", "checkout"), service("US2", "search")}, sources.Policy{ID: "PUS", Name: "Owners"}, sources.Policy{ID: "PONE", Name: "Only here"})
	eu := account("eu", []sources.Service{service("EU1", "Checkout"), service("EU3", "mail")}, sources.Policy{ID: "PEU", Name: "owners"})
	on := func(account string, s sources.Service) *sources.Incident {
		in := incident("P1", sent(keyFor("alertname=X"), nil))
		in.Source, in.Service = account, sources.Reference{ID: s.ID, Name: s.Name}
		return &in
	}
	type want struct{ account, id, policy, team string }
	rule := func(r ServiceRule) []ServiceRule { return []ServiceRule{r} }
	for what, test := range map[string]struct {
		service string
		in      *sources.Incident
		rules   []ServiceRule
		want    want
	}{
		"an incident of the first":             {in: on("us", us.Data.Services[0]), want: want{"us", "US1", "POLICY-US1", "Team US1"}},
		"an incident of the second":            {in: on("eu", eu.Data.Services[0]), want: want{"eu", "EU1", "POLICY-EU1", "Team EU1"}},
		"an incident, and an id of the other":  {in: on("eu", us.Data.Services[0]), want: want{account: "eu", id: "US1"}},
		"a policy that both have":              {in: on("eu", eu.Data.Services[0]), rules: rule(ServiceRule{Name: "checkout", PagerDuty: "checkout", Policy: "Owners"}), want: want{"eu", "EU1", "PEU", "Team EU1"}},
		"a policy that the other has":          {in: on("eu", eu.Data.Services[0]), rules: rule(ServiceRule{Name: "checkout", PagerDuty: "checkout", Policy: "Only here"}), want: want{"eu", "EU1", "", "Team EU1"}},
		"a mapped service of the other":        {in: on("eu", eu.Data.Services[1]), rules: rule(ServiceRule{Name: "mail", PagerDuty: "search"}), want: want{"eu", "EU3", "POLICY-EU3", "Team EU3"}},
		"alerts of a service that both have":   {service: "checkout"},
		"alerts of a service that one has":     {service: "mail", want: want{"eu", "EU3", "POLICY-EU3", "Team EU3"}},
		"alerts mapped by id":                  {service: "checkout", rules: rule(ServiceRule{Name: "checkout", PagerDuty: "EU1"}), want: want{"eu", "EU1", "POLICY-EU1", "Team EU1"}},
		"alerts mapped by a name of both":      {service: "x", rules: rule(ServiceRule{Name: "x", PagerDuty: "Checkout"})},
		"alerts with a policy that one has":    {service: "x", rules: rule(ServiceRule{Name: "x", Policy: "Only here"}), want: want{"us", "", "PONE", ""}},
		"alerts with a policy that both have":  {service: "x", rules: rule(ServiceRule{Name: "x", Policy: "Owners"})},
		"alerts whose service tells which":     {service: "mail", rules: rule(ServiceRule{Name: "mail", Policy: "Owners"}), want: want{"eu", "EU3", "PEU", "Team EU3"}},
		"alerts of a service that nobody has":  {service: "y"},
		"an incident of an account not read":   {in: on("ap", us.Data.Services[0]), want: want{account: "ap", id: "US1"}},
		"an incident without a service at all": {in: on("us", sources.Service{}), want: want{account: "us"}},
	} {
		t.Run(what, func(t *testing.T) {
			snapshots := []sources.Snapshot{us, eu}
			if test.in != nil {
				for i := range snapshots {
					if snapshots[i].Source.Name == test.in.Source {
						snapshots[i].Data.Incidents = []sources.Incident{*test.in}
					}
				}
				if test.in.Source == "ap" {
					ap := account("ap", nil)
					ap.Data.Incidents = []sources.Incident{*test.in}
					snapshots = append(snapshots, ap)
				}
			} else {
				snapshots = append(snapshots, manager(sources.Data{
					Routing: "route: {receiver: pd, group_by: [alertname]}", Alerts: []*sources.Alert{routedAlert("alertname=X service=" + test.service)},
				}))
			}
			groups := Join(snapshots, Options{Services: test.rules}, testNow)
			if len(groups) != 1 {
				t.Fatalf("%d groups", len(groups))
			}
			g := groups[0]
			if got := (want{g.Account, g.ServiceID, g.OwnerPolicyID, g.Team}); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
