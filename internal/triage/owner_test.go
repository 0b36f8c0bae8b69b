package triage

import (
	"testing"

	"firstline/sources"
)

func TestOwner(t *testing.T) {
	rules := []ServiceRule{
		{Name: "checkout", Team: "payments", Match: mustMatchers(t, `app=~"shop-.*"`), PagerDuty: "PSHOP", Policy: "POLICY-RULE", Runbook: "checkout.md"},
		{Name: "search", PagerDuty: "Search Service"},
		{Name: "named"},
	}
	services := []sources.Service{
		{ID: "PSHOP", Name: "Shop", Policy: sources.Reference{ID: "POLICY-SHOP"}, Teams: []sources.Reference{{Name: "Team Shop"}}},
		{ID: "PSEARCH", Name: "Search Service", Policy: sources.Reference{ID: "POLICY-SEARCH"}, Teams: []sources.Reference{{Name: "Team Search"}}},
		{ID: "PDB", Name: "Database", Policy: sources.Reference{ID: "POLICY-DB"}},
	}
	on := func(id, name string) *sources.Incident {
		in := incident("P1", sent(keyFor("alertname=X"), nil))
		in.Service = sources.Reference{ID: id, Name: name}
		return &in
	}
	teamed := func(in *sources.Incident) *sources.Incident {
		in.Teams = []sources.Reference{{Name: "Team of the incident"}}
		return in
	}
	type want struct{ service, team, policy, id, runbook string }
	tests := []struct {
		name   string
		alerts []string
		in     *sources.Incident
		o      Options
		want   want
	}{
		{"matchers", []string{"alertname=X app=shop-web service=web team=x"}, nil, Options{}, want{"checkout", "payments", "POLICY-RULE", "PSHOP", "checkout.md"}},
		{"matchers before PagerDuty's service", []string{"alertname=X app=shop-web"}, on("PDB", "Database"), Options{}, want{"checkout", "payments", "POLICY-RULE", "PDB", "checkout.md"}},
		{"PagerDuty's service by id", nil, on("PSHOP", "Shop"), Options{}, want{"checkout", "payments", "POLICY-RULE", "PSHOP", "checkout.md"}},
		{"PagerDuty's service by name", nil, on("PSEARCH", "Search Service"), Options{}, want{"search", "Team Search", "POLICY-SEARCH", "PSEARCH", ""}},
		{"PagerDuty's service itself", []string{"alertname=X service=web"}, on("PDB", "Database"), Options{}, want{"Database", "", "POLICY-DB", "PDB", ""}},
		{"a [[service]] by its name alone", []string{"alertname=X service=named"}, nil, Options{}, want{"named", "", "", "", ""}},
		{"the label chain", []string{"alertname=X job=j app=a"}, nil, Options{}, want{"a", "", "", "", ""}},
		{"the label chain as configured", []string{"alertname=X job=j app=a"}, nil, Options{ServiceLabels: []string{"job"}}, want{"j", "", "", "", ""}},
		{"the label is a service of PagerDuty", []string{"alertname=X service=database"}, nil, Options{}, want{"database", "", "POLICY-DB", "PDB", ""}},
		{"the most frequent one", []string{"alertname=X service=a pod=1", "alertname=X service=b pod=2", "alertname=X service=b pod=3"}, nil, Options{}, want{"b", "", "", "", ""}},
		{"team by label", []string{"alertname=X owner=o"}, nil, Options{}, want{"", "o", "", "", ""}},
		{"team by configured label", []string{"alertname=X squad=s owner=o"}, nil, Options{TeamLabels: []string{"squad"}}, want{"", "s", "", "", ""}},
		{"team by label before PagerDuty", []string{"alertname=X team=t"}, teamed(on("PDB", "Database")), Options{}, want{"Database", "t", "POLICY-DB", "PDB", ""}},
		{"team by incident", nil, teamed(on("PDB", "Database")), Options{}, want{"Database", "Team of the incident", "POLICY-DB", "PDB", ""}},
		{"an incident without a service", nil, on("", ""), Options{}, want{}},
		{"nothing is known", []string{"alertname=X"}, nil, Options{}, want{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := sources.Data{Routing: "route: {receiver: pd, group_by: [alertname]}"}
			for _, labels := range test.alerts {
				d.Alerts = append(d.Alerts, routedAlert(labels))
			}
			pd := pagerDuty()
			pd.Data.Services = services
			pd.Data.Policies = []sources.Policy{{ID: "POLICY-RULE", Name: "Payments"}}
			if test.in != nil {
				pd.Data.Incidents = []sources.Incident{*test.in}
			}
			test.o.Services = rules
			groups := Join([]sources.Snapshot{manager(d), pd}, test.o, testNow)
			if len(groups) != 1 {
				t.Fatalf("%d groups", len(groups))
			}
			g := groups[0]
			if got := (want{g.Service, g.Team, g.OwnerPolicyID, g.ServiceID, g.ServiceRunbook}); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestRunbookURL(t *testing.T) {
	const good = "https://runbooks.example.com/x"
	tests := []struct {
		name        string
		annotations string
		details     any
		links       []sources.Link
		want        string
	}{
		{name: "runbook_url", annotations: "link=https://a.example.com/ runbook_url=" + good, want: good},
		{name: "runbook", annotations: "runbook=" + good, want: good},
		{name: "runbookURL", annotations: "runbookURL=" + good, want: good},
		{name: "sop", annotations: "sop=" + good, want: good},
		{name: "link", annotations: "link=" + good, want: good},
		{name: "an error in place of it", annotations: "runbook_url='<error expanding template: x>' sop=" + good, want: good},
		{name: "no web address", annotations: "runbook_url=file:///etc/passwd"},
		{name: "what was sent", details: map[string]any{"runbook_url": good}, want: good},
		{name: "what was sent, in other letters", details: map[string]any{"runbookURL": good}, want: good},
		{
			name:    "the annotation that was sent",
			details: "Labels:\n - alertname = X\nAnnotations:\n - runbook_url = " + good + "\nSource: \n", want: good,
		},
		{name: "a link of that name", links: []sources.Link{{Text: "Graph", Href: "https://g.example.com/"}, {Text: "Runbook (wiki)", Href: good}}, want: good},
		{name: "a link with that address", links: []sources.Link{{Text: "docs", Href: good}}, want: good},
		{name: "another link", links: []sources.Link{{Text: "Graph", Href: "https://g.example.com/"}}},
		{name: "an unsafe link", links: []sources.Link{{Text: "Runbook", Href: "javascript:alert(1)"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ev := sent(keyFor("alertname=X"), test.details)
			ev.Links = test.links
			a := routedAlert("alertname=X")
			a.Annotations = set(test.annotations)
			groups := Join([]sources.Snapshot{manager(sources.Data{Routing: simpleRouting, Alerts: []*sources.Alert{a}}), pagerDuty(incident("P1", ev))}, Options{}, testNow)
			if got := groupByID(t, groups, "P1").RunbookURL; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// The owner's policy is configured by id or by name; what is not found, or is
// several, is no id.
func TestTheOwnersPolicyIsFoundByIDOrName(t *testing.T) {
	policies := []sources.Policy{{ID: "PSOLO", Name: "Solo"}, {ID: "PTWO", Name: "Twice"}, {ID: "PTWO2", Name: "twice "}, {ID: "Solo2", Name: "PSOLO"}, {ID: "PNONE"}}
	services := []sources.Service{{ID: "PS", Name: "chk", Policy: sources.Reference{ID: "PDEFAULT", Name: "Default"}}}
	for name, tc := range map[string]struct {
		typed    string
		policies []sources.Policy
		id       string
	}{
		"by id":                        {"PSOLO", policies, "PSOLO"},
		"by name":                      {"Solo", policies, "PSOLO"},
		"by name in another case":      {"SOLO", policies, "PSOLO"},
		"by name with spaces":          {"  solo ", policies, "PSOLO"},
		"an id that is a name as well": {"Solo2", policies, "Solo2"},
		"two of the name":              {"Twice", policies, ""},
		"none":                         {"Pay", policies, ""},
		"what was not read":            {"Solo", nil, ""},
		"an id that was not read":      {"PSOLO", nil, ""},
		"an id that a service tells":   {"PDEFAULT", nil, "PDEFAULT"},
		"not configured":               {"", policies, "PDEFAULT"},
	} {
		in := incident("P1")
		in.Service = sources.Reference{ID: "PS", Name: "chk"}
		pd := pagerDuty(in)
		pd.Data.Services, pd.Data.Policies = services, tc.policies
		g := groupByID(t, Join([]sources.Snapshot{pd}, Options{Services: []ServiceRule{{Name: "chk", Policy: tc.typed}}}, testNow), "P1")
		if g.OwnerPolicyID != tc.id || g.OwnerPolicyTyped != tc.typed || !g.Owned() {
			t.Errorf("%s: %q, typed %q, owned %v; want %q", name, g.OwnerPolicyID, g.OwnerPolicyTyped, g.Owned(), tc.id)
		}
	}
}
