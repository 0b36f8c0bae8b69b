package pagerduty

import (
	"encoding/json"
	"slices"
	"testing"

	"firstline/sources"
)

// What an answer refers to by its id alone has the name that the lists have, in
// lists of incidents and in what is read of one, and the list is made again once
// names are there.
func TestReferencesHaveTheNamesOfTheLists(t *testing.T) {
	const answer = `{"id":"P1","incident_number":7,"status":"acknowledged","title":"x","urgency":"high","updated_at":"2026-03-04T05:06:07Z",
		"service":{"id":"PS"},"escalation_policy":{"id":"PE","type":"escalation_policy_reference"},"teams":[{"id":"PT"}],
		"assignments":[{"assignee":{"id":"PU1","type":"user_reference"}},{"assignee":{"id":"PU9"}}],
		"acknowledgements":[{"acknowledger":{"id":"PU2"},"at":"2026-03-04T05:06:07Z"}],
		"last_status_change_by":{"id":"PU2","type":"user_reference"}}`
	var a incidentAnswer
	if err := json.Unmarshal([]byte(answer), &a); err != nil {
		t.Fatal(err)
	}
	c := &Client{}
	c.state.incidents = map[string]storedIncident{"P1": {incident: a.incident("pagerduty")}}
	if i := c.state.list(c.names())[0]; i.Service.Name != "" || i.Assignments[0].User.Name != "" {
		t.Errorf("names before any was read: %+v", i)
	}
	before := c.state.list(c.names())
	k := &c.catalog
	k.users.items = []sources.User{{ID: "PU1", Name: "Ann"}, {ID: "PU2", Name: "Bo"}}
	k.policies.items, k.services.items = []sources.Policy{{ID: "PE", Name: "Ops"}}, []sources.Service{{ID: "PS", Name: "checkout"}}
	k.teams.items = []sources.Reference{{ID: "PT", Name: "Payments"}}
	c.state.renamed()
	for name, i := range map[string]sources.Incident{"listed": c.state.list(c.names())[0], "read": c.incident(&a)} {
		got := []string{
			i.Service.Name, i.Policy.Name, i.Teams[0].Name, i.Assignments[0].User.Name, i.Assignments[1].User.Name, i.Acknowledgers[0].User.Name, i.ChangedBy.Name,
		}
		if want := []string{"checkout", "Ops", "Payments", "Ann", "", "Bo", "Bo"}; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if before[0].Assignments[0].User.Name != "" {
		t.Error("a list that others hold was changed")
	}
}
