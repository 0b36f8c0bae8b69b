package respond

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// A note says that something is not there only where somebody looked for it.
func TestNoteSaysNoAbsenceThatNobodyChecked(t *testing.T) {
	unknown := func(because string) triage.Over { return triage.Over{State: triage.OverUnknown, Because: because} }
	for _, tt := range []struct {
		name   string
		change func(*triage.Group)
		says   string // "": nothing of alerts
	}{
		{"no source is configured", func(g *triage.Group) { g.Over = unknown(triage.NoMetrics) }, ""},
		{"no source is configured, the incident tells its alerts", func(g *triage.Group) { g.Over, g.SentNames = unknown(triage.NoMetrics), []string{"X"} }, "Whether it still fires is unknown: no Prometheus or Alertmanager is configured."},
		{"nobody joined it", func(*triage.Group) {}, ""},
		{"a source is down", func(g *triage.Group) { g.Over = unknown("prom-eu does not answer") }, "Whether an alert that is active belongs to it is not known: prom-eu does not answer."},
		{"it does not tell its alerts", func(g *triage.Group) { g.Over = unknown("what was sent to PagerDuty does not name its alerts") }, "Whether an alert that is active belongs to it is not known: what was sent"},
		{"its alerts are unread", func(g *triage.Group) { g.AlertsUnread = true }, "It is not known which alerts belong to it: alerts not read yet."},
		{"it is over", func(g *triage.Group) { g.Over = triage.Over{State: triage.IsOver} }, "It no longer fires."},
		{"active", func(g *triage.Group) { g.Alerts = fixture.TriageAlerts(fixture.AlertsData().Alerts[:2]) }, "Still active: 2 alerts"},
		{"active, and more are unread", func(g *triage.Group) {
			g.Alerts, g.AlertsUnread, g.UnreadCount = fixture.TriageAlerts(fixture.AlertsData().Alerts[:2]), true, 3
		}, "It may be more: 3 alerts not read yet."},
		{"active when it was read", func(g *triage.Group) {
			g.Alerts, g.Over = fixture.TriageAlerts(fixture.AlertsData().Alerts[:2]), unknown("am-eu does not answer since 02:20")
		}, "Whether it still fires is unknown: am-eu does not answer since 02:20. It was 2 alerts"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := fixture.GroupOf(fixture.Incident("I1"))
			g.Alerts, g.RunbookURL = nil, ""
			tt.change(&g)
			p := NewPlan(Request{Action: Escalate, Groups: []triage.Group{g}, Reason: "why"}, testData(Developer))
			note := p.Note
			if !strings.Contains(note, tt.says) {
				t.Errorf("want %q in\n%s", tt.says, note)
			}
			for _, bad := range []string{"No alert", "no runbook", "Nothing was tried", "Tried:"} {
				if strings.Contains(note, bad) {
					t.Errorf("%q is said in\n%s", bad, note)
				}
			}
			if tt.says == "" && strings.Contains(note, "alert") {
				t.Errorf("something is said of alerts:\n%s", note)
			}
			if g.FiringUnknown() != "" && strings.Contains(note, "Still active") {
				t.Errorf("it is said to be active:\n%s", note)
			}
		})
	}
}

// So with what the join makes of an account without any other source.
func TestNoteWithoutPrometheus(t *testing.T) {
	data := fixture.PagerDutyData()
	i := fixture.Incident("I1")
	i.AlertsRead = true
	data.Incidents = []sources.Incident{i}
	groups := triage.Join([]sources.Snapshot{{Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, Data: data, AsOf: fixture.Sunday}}, triage.Options{}, fixture.Sunday.Add(time.Second))
	p := NewPlan(Request{Action: Escalate, Groups: groups, Reason: "why"}, testData(Developer))
	if len(groups) != 1 || strings.Contains(p.Note, "Prometheus") || !strings.Contains(p.Note, "Checkout errors") {
		t.Errorf("%d groups; the note:\n%s", len(groups), p.Note)
	}
}
