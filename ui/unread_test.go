package ui

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"firstline/sources"
)

// TestASeverityThatIsUnreadIsReadWhenItsDetailsAreShown: once for each state of
// the incident, and never for others.
func TestASeverityThatIsUnreadIsReadWhenItsDetailsAreShown(t *testing.T) {
	for name, tc := range map[string]struct {
		alert sources.IncidentAlert
		read  bool
		tab   string
		fails error
		asked int
		says  string
	}{
		"came with the incident":       {sources.IncidentAlert{Key: "k"}, true, "2", nil, 1, "not read yet"},
		"its alerts are not read":      {sources.IncidentAlert{Key: "k"}, false, "2", nil, 1, "not read yet"},
		"it can't be read":             {sources.IncidentAlert{Key: "k"}, true, "2", errors.New("no"), 1, "not read yet"},
		"read, and none told one":      {sources.IncidentAlert{ID: "A1", Key: "k"}, true, "2", nil, 0, ""},
		"one came along":               {sources.IncidentAlert{Key: "k", Severity: "critical"}, true, "2", nil, 0, ""},
		"the details are not shown":    {sources.IncidentAlert{Key: "k"}, true, "3", nil, 0, ""},
		"the details are not shown, 1": {sources.IncidentAlert{Key: "k"}, true, "1", nil, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			refreshed := 0
			h := newHarness(t, 120, 30, func(o *Options) {
				o.Refresh = func() { refreshed++ }
				o.ReadAlerts = func(_ context.Context, id string) error {
					asked = append(asked, id)
					return tc.fails
				}
			})
			in := sources.Incident{
				Source: "pagerduty", ID: "QALERT", Number: 6, Title: "Something", Status: sources.Triggered, CreatedAt: noon, UpdatedAt: noon,
				Alerts: []sources.IncidentAlert{tc.alert}, AlertsRead: tc.read, AlertCount: 1,
			}
			show := func() {
				h.send(snapshotsMsg{list: []sources.Snapshot{{
					Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, AsOf: noon,
					Data: sources.Data{Incidents: []sources.Incident{in}, Extents: sources.Extents{Incidents: sources.Whole}},
				}}})
			}
			show()
			h.press(tc.tab)
			h.tick(time.Second)
			show()
			if len(asked) != tc.asked || slices.Contains(asked, "") {
				t.Fatalf("asked for %q, want %d", asked, tc.asked)
			}
			if tc.says != "" {
				h.reads(tc.says)
			}
			if want := tc.asked > 0 && tc.fails == nil; (refreshed > 0) != want {
				t.Errorf("refreshed %d times", refreshed)
			}
			if tc.asked == 0 {
				return
			}
			in.UpdatedAt = noon.Add(time.Minute)
			show()
			if len(asked) != 2 {
				t.Errorf("asked %d times after it changed", len(asked))
			}
			in.Alerts, in.AlertsRead = []sources.IncidentAlert{{ID: "A1", Key: "k"}}, true
			show()
			if g := h.m.pane.Group; len(asked) != 2 || g == nil || g.SeverityUnread() {
				t.Errorf("asked %d times, %+v", len(asked), g)
			}
		})
	}
}
