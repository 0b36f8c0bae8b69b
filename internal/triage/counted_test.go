package triage

import (
	"testing"
	"time"

	"firstline/sources"
)

// Each group is counted as one thing, in the words of filters and JSON, and only what fires
// is unpaged.
func TestStanding(t *testing.T) {
	for _, c := range []struct {
		g    Group
		want CountedAs
	}{
		{Group{State: Triggered, Incident: &sources.Incident{}}, "triggered"},
		{Group{State: Acknowledged, Incident: &sources.Incident{}}, "acknowledged"},
		{Group{State: Firing, Unpaged: true}, "unpaged"},
		{Group{State: Firing, NotifiedUnknown: NotifiedUnknown{Cause: AlertsUnread}}, "firing"},
		{Group{State: Firing, NotifiedUnknown: NotifiedUnknown{Cause: NoPagerDuty}}, "firing"},
		{Group{State: Pending, Unpaged: true}, "pending"},
		{Group{State: Silenced, Unpaged: true}, "silenced"},
		{Group{State: Resolved}, "resolved"},
	} {
		if got := c.g.CountedAs(); got != c.want {
			t.Errorf("%s, unpaged %v: %s, want %s", c.g.State, c.g.Unpaged, got, c.want)
		}
	}
	var c Counts
	for i, s := range EachCountedAs() {
		for range i + 1 {
			c.Add(s)
		}
		if c.Of(s) != i+1 {
			t.Errorf("%d are %s, want %d", c.Of(s), s, i+1)
		}
	}
	if c.Total() != 28 {
		t.Errorf("%d in all", c.Total())
	}
}

// An acknowledgement is called a snooze only where it lasts longer than one of the
// service could.
func TestSnoozedNeedsProof(t *testing.T) {
	for _, c := range []struct {
		name    string
		service *sources.Service
		status  sources.IncidentStatus
		changed time.Time
		ends    time.Duration // after now
		want    bool
	}{
		{"longer than the service's", &sources.Service{ID: "S1", AckTimeout: time.Hour}, sources.Acknowledged, testNow, 6 * time.Hour, true},
		{"as long as the service's", &sources.Service{ID: "S1", AckTimeout: time.Hour}, sources.Acknowledged, testNow, time.Hour, false},
		{"the service gives no end", &sources.Service{ID: "S1"}, sources.Acknowledged, testNow, 6 * time.Hour, true},
		{"short, and the service's time may be unread", &sources.Service{ID: "S1"}, sources.Acknowledged, testNow, 30 * time.Minute, false},
		{"the service is not read", nil, sources.Acknowledged, testNow, 6 * time.Hour, false},
		{"when it changed is not told", &sources.Service{ID: "S1", AckTimeout: time.Hour}, sources.Acknowledged, time.Time{}, 6 * time.Hour, false},
		{"changed since", &sources.Service{ID: "S1", AckTimeout: time.Hour}, sources.Acknowledged, testNow.Add(5*time.Hour + 30*time.Minute), 6 * time.Hour, false},
		{"triggered", &sources.Service{ID: "S1", AckTimeout: time.Hour}, sources.Triggered, testNow, 6 * time.Hour, false},
	} {
		d := sources.Data{Incidents: []sources.Incident{{
			Source: "pd", ID: "P1", Title: "x", Status: c.status, UpdatedAt: c.changed, CreatedAt: testNow.Add(-time.Hour), AlertsRead: true,
			Service: sources.Reference{ID: "S1"}, Pending: []sources.PendingAction{{Type: "unacknowledge", At: testNow.Add(c.ends)}},
		}}, Extents: sources.Extents{Incidents: sources.Whole}}
		if c.service != nil {
			d.Services = []sources.Service{*c.service}
		}
		groups := Join([]sources.Snapshot{{Source: sources.Source{Kind: sources.PagerDuty, Name: "pd"}, AsOf: testNow, Data: d}}, Options{}, testNow)
		if len(groups) != 1 || groups[0].Snoozed != c.want {
			t.Errorf("%s: %+v, want snoozed %v", c.name, groups, c.want)
		}
	}
}
