package triage

import (
	"testing"

	"firstline/sources"
)

// A title that lists labels is without those that the row has columns for; every
// other title stays as it is.
func TestRowTitle(t *testing.T) {
	labels := map[string]string{"alertname": "HighErrorRate", "service": "checkout", "app": "checkout", "severity": "critical", "cluster": "prod-eu", "team": "payments", "summary": "too many (5xx) errors"}
	for _, c := range []struct {
		name, title string
		severity    string
		want        string
	}{
		{"Alertmanager's", "[FIRING:3] HighErrorRate checkout (prod-eu checkout critical payments)", "critical", "HighErrorRate (prod-eu payments)"},
		{"nothing is left inside", "[FIRING:3] HighErrorRate (checkout critical)", "critical", "HighErrorRate"},
		{"all inside", "[FIRING:3]  (HighErrorRate prod-eu checkout critical)", "critical", "(HighErrorRate prod-eu)"},
		{"only shown ones", "[FIRING:3] checkout (critical)", "critical", "HighErrorRate: checkout (critical)"},
		{"a value with blanks and parentheses", "HighErrorRate checkout (too many (5xx) errors)", "critical", "HighErrorRate (too many (5xx) errors)"},
		{"a sentence", "HighErrorRate: checkout is critical", "critical", "HighErrorRate: checkout is critical"},
		{"a sentence that begins so", "HighErrorRate checkout is down", "critical", "HighErrorRate checkout is down"},
		{"part of a word", "HighErrorRate checkout-db", "critical", "HighErrorRate checkout-db"},
		{"without the name", "prod-eu checkout", "critical", "HighErrorRate: prod-eu"},
	} {
		alert := Alert{Alert: sources.Alert{Labels: labels, State: sources.AlertFiring}, Severity: SeverityOf(c.severity)}
		g := Group{Title: c.title, Service: "checkout", Severity: Critical, SeverityText: c.severity, Incident: &sources.Incident{ID: "P1"}, Alerts: []Alert{alert, alert}}
		if got := g.RowTitle(Shared{}); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	g := Group{Title: "checkout critical", Service: "checkout", Severity: Critical, Incident: &sources.Incident{ID: "P1"}}
	if got := g.RowTitle(Shared{}); got != "checkout critical" {
		t.Errorf("without alerts nothing is known to be a label: %q", got)
	}
	g.SentLabels = map[string]string{"alertname": "checkout", "severity": "critical"}
	g.SentNames, g.Service = []string{"checkout"}, "shop"
	if got := g.RowTitle(Shared{}); got != "checkout" {
		t.Errorf("what was sent is not read: %q", got)
	}
	named := map[string]string{"alertname": "checkout", "service": "checkout"}
	g = Group{Title: "[FIRING:1] checkout", Service: "checkout", Incident: &sources.Incident{ID: "P1"}, Alerts: []Alert{{Alert: sources.Alert{Labels: named, State: sources.AlertFiring}}}}
	if got := g.RowTitle(Shared{}); got != "checkout" {
		t.Errorf("the alert's own name is dropped: %q", got)
	}
}

// Also where no source has the alerts any more, by the labels that were sent.
func TestRowTitleByWhatWasSent(t *testing.T) {
	for _, details := range []any{
		textOf("alertname=Lag severity=critical cluster=eu pod=a", "alertname=Lag severity=critical cluster=eu pod=b"),
		arrayOf("alertname=Lag severity=critical cluster=eu pod=a", "alertname=Lag severity=critical cluster=eu pod=b"),
	} {
		for title, want := range map[string]string{"[FIRING:2] Lag (eu critical)": "Lag (eu)", "[FIRING:2] Lag a (critical)": "Lag a (critical)"} {
			in := incident("P1", sent("k", details))
			in.Title = title
			groups := Join([]sources.Snapshot{pagerDuty(in)}, Options{}, testNow)
			if len(groups) != 1 || groups[0].RowTitle(Shared{}) != want {
				t.Errorf("%q: %+v, want %q", title, groups, want)
			}
		}
	}
}

// A sentence names an incident without the labels that Alertmanager's template adds.
func TestBriefTitle(t *testing.T) {
	for title, want := range map[string]string{
		"[FIRING:3] HighErrorRate checkout (prod-eu checkout critical payments)": "HighErrorRate checkout",
		"[FIRING:1, RESOLVED:2] DiskFull (node-4)":                               "DiskFull",
		"[RESOLVED] DiskFull node-4":                                             "DiskFull node-4",
		"[FIRING:1] (node-4)":                                                    "(node-4)",
		"Disk full (node-4)":                                                     "Disk full (node-4)",
		"[FIRING:1] Odd (a) b":                                                   "Odd (a) b",
		"[FIRING:1] Nested (a (b))":                                              "Nested (a (b))",
		"":                                                                       "",
	} {
		if got := BriefTitle(title); got != want {
			t.Errorf("%q is %q, want %q", title, got, want)
		}
	}
}
