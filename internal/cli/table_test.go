package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/runbooks"
	"firstline/sources"
)

// What the table and the JSON say of what is not known, is null or deleted.
func TestRowsOfTheTable(t *testing.T) {
	now := time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC)
	deleted := sources.Reference{ID: "PX", Type: "user_reference", Deleted: true}
	open := func(change func(*sources.Incident)) *sources.Incident {
		in := &sources.Incident{ID: "P1", Status: sources.Triggered, AlertsRead: true}
		change(in)
		return in
	}
	none := open(func(*sources.Incident) {})
	unread := open(func(in *sources.Incident) { in.AlertsRead = false })
	nobody := open(func(in *sources.Incident) { in.Assignments = []sources.Assignment{} })
	for _, c := range []struct {
		name  string
		group triage.Group
		table []string // parts of the row
		json  string   // parts of the JSON, without spaces
	}{
		{"all null", triage.Group{Incident: none}, []string{"no service", "(no title)", "-"}, `"service":null,"alerts_read":true,"alerts_unread":0`},
		{"no severity, high urgency", triage.Group{Incident: none, Urgency: "high"}, []string{"-"}, `"severity":null`},
		{"a rule that fails", triage.Group{Incident: none, Title: "x", Over: triage.Over{State: triage.OverUnknown, Because: "the rule X of p fails"}, Alerts: []triage.Alert{{Alert: sources.Alert{State: sources.AlertFiring, ActiveSince: now}}}}, []string{"1?", "x (firing unknown: the rule X of p fails)"}, `"no_longer_firing":null,"firing_unknown_because":"theruleXofpfails"`},
		{"no severity, a priority", triage.Group{Incident: open(func(in *sources.Incident) { in.Priority = &sources.Priority{Name: "P1"} }), Title: "x"}, []string{"-", "x (priority P1)"}, `"severity":null,"severity_text":null,"severity_unread":false`},
		{"a priority in JSON", triage.Group{Incident: open(func(in *sources.Incident) { in.Priority = &sources.Priority{Name: "Critical"} })}, []string{"-"}, `"priority":"Critical"`},
		{"severity not read", triage.Group{Incident: unread, Urgency: "high"}, []string{"…"}, `"severity":null,"severity_text":null,"severity_unread":true`},
		{"a deleted assignee", triage.Group{Incident: open(func(in *sources.Incident) { in.Assignments = []sources.Assignment{{User: deleted}} })}, []string{"a deleted user"}, `"assignees":[{"id":"PX","name":"adeleteduser"}]`},
		{"assignees not told", triage.Group{Incident: none, State: triage.Triggered}, []string{"?"}, `"assignees":[],"acknowledgers":[],"assignees_known":false,"nobody_notified":null`},
		{
			"no assignee",
			triage.Group{Incident: nobody, State: triage.Triggered, Title: "x"},
			[]string{"nobody", "x (assigned to nobody, why is unknown)"},
			`"assignees_known":true,"nobody_notified":null`,
		},
		{
			"nobody on call",
			triage.Group{Incident: nobody, State: triage.Triggered, Title: "x", WhyNobody: "nobody is on call at Ops"},
			[]string{"nobody", "x (nobody was notified: nobody is on call at Ops)"},
			`"nobody_notified":"nobodyisoncallatOps"`,
		},
		{"a deleted service", triage.Group{Incident: open(func(in *sources.Incident) { in.Service = sources.Reference{ID: "PS", Deleted: true} })}, []string{"a deleted service"}, `"service":{"id":"PS","name":"adeletedservice"}`},
		{"a deleted policy", triage.Group{Incident: open(func(in *sources.Incident) { in.Policy = sources.Reference{Name: "Ops", Deleted: true} })}, nil, `"escalation_policy":{"id":"","name":"Ops"}`},
		{"alerts not read", triage.Group{Incident: unread, AlertsUnread: true, Title: "x"}, []string{"…", "x (alerts not read yet)"}, `"alerts_read":false,"alerts_unread":null`},
		{"three of them", triage.Group{Incident: unread, AlertsUnread: true, UnreadCount: 3, Title: "x"}, []string{"x (3 alerts not read yet)"}, `"alerts_read":false,"alerts_unread":3`},
		{
			"not known if paged",
			triage.Group{Title: "x", NotifiedUnknown: triage.NotifiedUnknown{Cause: triage.AlertsUnread, Incidents: 2}},
			[]string{"x (not known whether somebody was notified: the alerts of 2 incidents are not read yet)"},
			`"nobody_paged":null,"paged_unknown_because":"thealertsof2incidentsarenotreadyet"`,
		},
		{"no PagerDuty", triage.Group{Title: "x", NotifiedUnknown: triage.NotifiedUnknown{Cause: triage.NoPagerDuty}}, []string{"x"}, `"paged_unknown_because":"noPagerDutyaccountisconfigured"`},
		{
			"several alerts in Prometheus",
			triage.Group{Title: "x", Alerts: []triage.Alert{{Originals: []map[string]string{{"pod": "a"}, {"pod": "b"}}}}},
			[]string{"x (2 alerts in Prometheus)"},
			`"originals":[{"pod":"a"},{"pod":"b"}]`,
		},
		{"nobody paged", triage.Group{Title: "x", Unpaged: true, Why: "pending"}, []string{"x (nobody was notified: pending)"}, `"nobody_paged":"pending","paged_unknown_because":null`},
	} {
		row := table{columns: tableColumns, at: now}.row(&c.group)
		for _, want := range c.table {
			found := false
			for _, cell := range row {
				found = found || cell == want
			}
			if !found {
				t.Errorf("%s: no cell is %q: %q", c.name, want, row)
			}
		}
		text, err := json.Marshal(groupOf([]triage.Group{c.group}, runbooks.Open(runbooks.Options{})))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.ReplaceAll(string(text), " ", ""), c.json) {
			t.Errorf("%s: %s is missing in\n%s", c.name, c.json, text)
		}
	}
}
