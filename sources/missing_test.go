package sources

import (
	"slices"
	"testing"
	"time"
)

// A source is whole only if each list that it has was read whole.
func TestMissing(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	part := Extent{Read: true, Missing: "of x"}
	pagerDuty := func(e Extents) Snapshot { return Snapshot{Source: Source{Kind: PagerDuty}, Data: Data{Extents: e}} }
	of := func(k Kind, e Extents) Snapshot { return Snapshot{Source: Source{Kind: k}, Data: Data{Extents: e}} }
	for name, c := range map[string]struct {
		of   Snapshot
		want []string
	}{
		"Prometheus":                   {of(Prometheus, Extents{Alerts: Whole, Rules: Whole}), nil},
		"Prometheus, alerts in part":   {of(Prometheus, Extents{Alerts: part, Rules: Whole}), []string{"not all active alerts are known, because of x"}},
		"Prometheus, alerts unread":    {of(Prometheus, Extents{Rules: Whole}), []string{"not all active alerts are known, because it has not been read yet"}},
		"Prometheus, rules in part":    {of(Prometheus, Extents{Alerts: Whole, Rules: part}), []string{"not all alerting rules are known, because of x"}},
		"Alertmanager":                 {of(Alertmanager, Extents{Alerts: Whole, Silences: Whole}), nil},
		"Alertmanager, silences":       {of(Alertmanager, Extents{Alerts: Whole, Silences: part}), []string{"not all silences are known, because of x"}},
		"Alertmanager, both":           {of(Alertmanager, Extents{Alerts: part, Silences: part}), []string{"not all active alerts are known, because of x", "not all silences are known, because of x"}},
		"PagerDuty":                    {pagerDuty(Extents{Incidents: Whole, Alerts: Whole, Services: Whole}), nil},
		"PagerDuty, incidents":         {pagerDuty(Extents{Incidents: part, Services: Whole}), []string{"not all open incidents are known, because of x"}},
		"PagerDuty, incidents unread":  {pagerDuty(Extents{Services: Whole}), []string{"not all open incidents are known, because it has not been read yet"}},
		"PagerDuty, services":          {pagerDuty(Extents{Incidents: Whole, Services: Extent{Missing: "of x"}}), []string{"which team owns what is not all known, because of x"}},
		"PagerDuty, on-calls":          {pagerDuty(Extents{Incidents: Whole, OnCalls: map[string]Extent{"P1": Whole, "P2": part}}), []string{"who is on call at 1 escalation policy is not known, because of x"}},
		"PagerDuty, alerts of one":     {Snapshot{Source: Source{Kind: PagerDuty}, Data: Data{Incidents: []Incident{{}, {AlertsRead: true}}, Extents: Extents{Incidents: Whole, Alerts: part}}}, []string{"not all alerts of 1 of 2 incidents are read, because of x"}},
		"an answer of a failed source": {Snapshot{Source: Source{Kind: Prometheus}, Err: &Error{}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c.of.AsOf = now
			if got := c.of.Missing(); !slices.Equal(got, c.want) {
				t.Errorf("missing is %q, want %q", got, c.want)
			}
			if want := c.want == nil && c.of.Err == nil; c.of.Whole() != want {
				t.Errorf("whole is %v, want %v", c.of.Whole(), want)
			}
			c.of.Partial = true
			if c.of.Whole() {
				t.Error("what is being read is whole")
			}
		})
	}
}
