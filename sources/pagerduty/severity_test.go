package pagerduty

import "testing"

// TestAnAlertReadByItselfStays: alerts that were read by a request replace the
// first alert that came with the incident.
func TestAnAlertReadByItselfStays(t *testing.T) {
	c, _, f := newFakeClient(t, 1, nil)
	f.channel = `{"type":"api","incident_key":"k%s","details":{"firing":"Labels:\n - alertname = X\n"}}`
	if i := readNow(t, c).Incidents[0]; !i.AlertsRead || len(i.Alerts) != 1 || i.Alerts[0].ID != "" {
		t.Fatalf("what came with it is %+v", i.Alerts)
	}
	if _, err := c.Incident(t.Context(), "P000001"); err != nil {
		t.Fatal(err)
	}
	f.set("P000001", "acknowledged")
	for range 2 {
		if i := readNow(t, c).Incidents[0]; !i.AlertsRead || len(i.Alerts) != 1 || i.Alerts[0].ID == "" || i.Alerts[0].Severity == "" {
			t.Errorf("it is %+v", i.Alerts)
		}
	}
}
