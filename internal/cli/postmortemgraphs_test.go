package cli

import (
	"testing"

	"firstline/sources"
)

// TestSentAlerts: the alerts of an incident that has ended are those that were sent.
func TestSentAlerts(t *testing.T) {
	firing := "Labels:\n - alertname = HighErrorRate\n - service = checkout\nAnnotations:\nSource: http://prom.example.com/graph?g0.expr=up\n"
	all := sentAlerts(&sources.Incident{Source: "pagerduty", Alerts: []sources.IncidentAlert{{Details: map[string]any{"firing": firing}}, {Details: "free text"}, {}}})
	if len(all) != 1 || all[0].Name() != "HighErrorRate" || all[0].Labels["service"] != "checkout" || all[0].GeneratorURL != "http://prom.example.com/graph?g0.expr=up" {
		t.Errorf("the alerts are %+v", all)
	}
}
