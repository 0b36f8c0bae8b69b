package triage

import (
	"testing"

	"firstline/sources"
)

// Alerts without an incident have no service when no label names one.
func TestAlertsWithoutAService(t *testing.T) {
	g := Join([]sources.Snapshot{metrics(sources.Data{Alerts: []*sources.Alert{metricAlert("alertname=X")}})}, Options{}, testNow)[0]
	if g.ServiceLabel() != "" || ByService.Heading(g) != "no service" {
		t.Errorf("label %q, heading %q", g.ServiceLabel(), ByService.Heading(g))
	}
}
