package respond

import (
	"fmt"
	"testing"
	"time"

	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// BenchmarkNewPlan plans for 300 selected groups in a large account: a key
// press must not wait for it.
func BenchmarkNewPlan(b *testing.B) {
	data := fixture.PagerDutyData()
	for n := range 2000 {
		data.OnCalls = append(data.OnCalls, sources.OnCall{User: fixture.Ann, Policy: fixture.Ref(fmt.Sprint("P", n/3), ""), Level: n%3 + 1})
	}
	alerts := fixture.AlertsData()
	var groups, bare []triage.Group
	for n := range 10000 {
		a := &sources.Alert{Fingerprint: fmt.Sprint("x", n), State: sources.AlertFiring, ActiveSince: fixture.Sunday.Add(-time.Hour), Labels: map[string]string{
			"alertname": fmt.Sprint("A", n%50), "service": "checkout", "pod": fmt.Sprint(n), "cluster": "eu",
		}}
		alerts.Alerts = append(alerts.Alerts, a)
		if n < 300 {
			g := fixture.GroupOf(fixture.Incident(fmt.Sprint("I", n)))
			groups = append(groups, g)
			g.ID, g.Incident, g.Alerts = fmt.Sprint("g", n), nil, fixture.TriageAlerts([]*sources.Alert{a})
			bare = append(bare, g)
		}
	}
	w := NewData([]sources.Snapshot{
		{Source: sources.Source{Kind: sources.PagerDuty, Name: "pd"}, Data: data, AsOf: fixture.Sunday},
		{Source: sources.Source{Kind: sources.Alertmanager, Name: "am-eu"}, Data: alerts, AsOf: fixture.Sunday},
	}, settings(Developer), fixture.Sunday)
	for name, r := range map[string]Request{
		"escalate": {Action: Escalate, Groups: groups, Reason: "why"},
		"silence":  {Action: Acknowledge, Groups: bare, Instead: BySilence},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if p := NewPlan(r, w); !p.Ready() {
					b.Fatal(p.Refused)
				}
			}
		})
	}
}
