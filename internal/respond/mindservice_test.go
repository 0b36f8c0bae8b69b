package respond

import (
	"slices"
	"strings"
	"testing"

	"firstline/internal/respond/fixture"
	"firstline/sources"
)

// Before an incident is opened on a service that opens none, the plan says so.
func TestAServiceThatOpensNoIncidentsIsSaid(t *testing.T) {
	requests := map[string]Request{
		"escalate":    {Action: Escalate, Reason: "why"},
		"acknowledge": {Action: Acknowledge, Instead: ByIncident},
	}
	for name, r := range requests {
		for _, c := range []struct{ status, want string }{
			{"disabled", "is disabled"},
			{"maintenance", "is in a maintenance window"},
			{"active", ""},
			{"warning", ""},
			{"critical", ""},
			{"", ""},
			{"a word of tomorrow", ""},
		} {
			data := fixture.PagerDutyData()
			for i := range data.Services {
				data.Services[i].Status = c.status
			}
			w := NewData([]sources.Snapshot{
				{Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, Data: data, AsOf: fixture.Sunday},
				{Source: sources.Source{Kind: sources.Alertmanager, Name: "am-eu"}, Data: fixture.AlertsData(), AsOf: fixture.Sunday},
			}, settings(Developer), fixture.Sunday)
			r.Groups = nil
			g := fixture.AlertsGroup()
			g.ServiceID = "SCHK"
			r.Groups = append(r.Groups, g)
			warned := slices.ContainsFunc(NewPlan(r, w).Preview().Of(PreviewWarning), func(l PreviewLine) bool {
				return strings.Contains(l.Text, "The PagerDuty service checkout "+c.want)
			})
			if warned != (c.want != "") {
				t.Errorf("%s, %q: warned %v", name, c.status, warned)
			}
		}
	}
}
