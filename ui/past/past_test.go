package past

import (
	"testing"
	"time"

	"firstline/internal/history"
	"firstline/sources"
)

// TestEnd: the incident says when it was resolved where its log does not.
func TestEnd(t *testing.T) {
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	event := func(k history.Kind, minutes int) history.Event {
		return history.Event{Kind: k, At: at.Add(time.Duration(minutes) * time.Minute)}
	}
	in := func(s sources.IncidentStatus) sources.Incident {
		return sources.Incident{ID: "Q1", Status: s, ChangedAt: at.Add(time.Hour), ChangedBy: sources.Reference{Name: "Ann"}}
	}
	for name, tc := range map[string]struct {
		log      []history.Event
		incident sources.Incident
		minutes  int // zero: unknown
		by       string
		open     bool
	}{
		"nothing":                           {},
		"the log":                           {log: []history.Event{event(history.Triggered, 0), event(history.Resolved, 5)}, minutes: 5},
		"an empty log":                      {incident: in(sources.Resolved), minutes: 60, by: "Ann"},
		"a log without an end":              {log: []history.Event{event(history.Triggered, 0)}, incident: in(sources.Resolved), minutes: 60, by: "Ann"},
		"a log in which it is opened again": {log: []history.Event{event(history.Resolved, 5), event(history.Triggered, 9)}, incident: in(sources.Resolved), minutes: 60, by: "Ann"},
		"it is open":                        {incident: in(sources.Acknowledged), open: true},
	} {
		o := Opened{History: history.History{Events: tc.log}, Incident: tc.incident}
		end, by := o.end()
		want := at.Add(time.Duration(tc.minutes) * time.Minute)
		if tc.minutes == 0 {
			want = time.Time{}
		}
		if !end.Equal(want) || by != tc.by || o.open() != tc.open || o.Ends() == want.IsZero() {
			t.Errorf("%s: %v by %q, open %v", name, end, by, o.open())
		}
	}
}
