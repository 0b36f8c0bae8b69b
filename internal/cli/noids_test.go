package cli

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

// The list names nobody and nothing by an id, but for the groups themselves.
func TestListNamesNobodyByAnID(t *testing.T) {
	now := time.Date(2026, 11, 22, 16, 54, 0, 0, time.UTC)
	user := func(id string) []sources.Assignment {
		return []sources.Assignment{{User: sources.Reference{ID: id}, At: now}}
	}
	in := sources.Incident{
		Source: "pagerduty", ID: "Q1", Number: 4, Title: "x", Status: sources.Triggered, Urgency: "high", CreatedAt: now.Add(-time.Hour), AlertsRead: true,
		Service: sources.Reference{ID: "PSERVICE"}, Policy: sources.Reference{ID: "PPOLICY"}, Teams: []sources.Reference{{ID: "PTEAM"}},
		Assignments: user("PANN"), Pending: []sources.PendingAction{{Type: "escalate", At: now.Add(time.Minute)}},
	}
	acked := in
	acked.ID, acked.Status, acked.Acknowledgers = "Q2", sources.Acknowledged, user("PBEN")
	snap := sources.Snapshot{Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, AsOf: now, Data: sources.Data{
		Incidents: []sources.Incident{in, acked}, Extents: sources.Extents{Incidents: sources.Whole},
		OnCalls: []sources.OnCall{{User: sources.Reference{ID: "PCHO"}, Policy: sources.Reference{ID: "PPOLICY"}, Level: 2}},
	}}
	ids := regexp.MustCompile(`P(SERVICE|POLICY|TEAM|ANN|BEN|CHO)`)
	groups := triage.Join([]sources.Snapshot{snap}, triage.Options{}, now)
	if len(groups) != 2 {
		t.Fatalf("%d groups", len(groups))
	}
	for _, g := range groups {
		row := strings.Join(table{columns: tableColumns, at: now}.row(&g), " | ")
		if found := ids.FindString(row); found != "" || !strings.Contains(row, "an unnamed user") || !strings.Contains(row, "an unnamed service") {
			t.Errorf("%q: %s", found, row)
		}
	}
}
