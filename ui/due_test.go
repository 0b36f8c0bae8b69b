package ui

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/list"
)

// What PagerDuty was to do by now is shown with the time at which it was due, in
// the row and in the details, and is never said to come in 0 s.
func TestWhatWasDue(t *testing.T) {
	h := newHarness(t, 160, 30, nil)
	incident := func(kind string, status sources.IncidentStatus, at time.Time) *sources.Incident {
		return &sources.Incident{ID: "Q1", Status: status, Pending: []sources.PendingAction{{Type: kind, At: at}}}
	}
	for _, tt := range []struct {
		name  string
		group func(at time.Time) triage.Group
		// words of the row and the details, before and after it is due
		row, rowDue, details, detailsDue string
	}{
		{"escalation", func(at time.Time) triage.Group {
			return triage.Group{ID: "Q1", State: triage.Triggered, EscalatesAt: at, EscalatesTo: []string{"Ben"}, Incident: incident("escalate", sources.Triggered, at)}
		}, "escalates in 5m", "escalation was due 11:55", "escalates 12:05 (in 5m) to Ben", "the escalation was due 11:55 (5m ago) to Ben"},
		{"end of an acknowledgement or a snooze", func(at time.Time) triage.Group {
			return triage.Group{ID: "Q1", State: triage.Acknowledged, AckEnds: at, Incident: incident("unacknowledge", sources.Acknowledged, at)}
		}, "acked until 12:05", "end was due 11:55", "the acknowledgement ends 12:05 (in 5m)", "the end of the acknowledgement was due 11:55 (5m ago)"},
		{"resolve", func(at time.Time) triage.Group {
			return triage.Group{ID: "Q1", State: triage.Triggered, ResolvesAt: at, Incident: incident("resolve", sources.Triggered, at)}
		}, "resolves in 5m", "resolve was due 11:55", "resolves by itself 12:05 (in 5m)", "the resolve was due 11:55 (5m ago)"},
		{"change of urgency", func(at time.Time) triage.Group {
			return triage.Group{ID: "Q1", State: triage.Triggered, Incident: incident("urgency_change", sources.Triggered, at)}
		}, "", "", "urgency changes 12:05 (in 5m)", "the change of urgency was due 11:55 (5m ago)"},
	} {
		for after, want := range map[time.Duration][2]string{5 * time.Minute: {tt.row, tt.details}, -5 * time.Minute: {tt.rowDue, tt.detailsDue}} {
			g := tt.group(noon.Add(after))
			h.m.list.Now = noon
			r := list.NewRow(g, triage.Shared{}, nil, noon, func(at time.Time) string { return h.m.Clock(at, noon) })
			left, near := h.m.list.LeftOf(r)
			note := h.m.list.NoteFor(r, left, near, 60)
			if want[0] != "" && !strings.HasSuffix(note, want[0]) || strings.Contains(note, "0s") {
				t.Errorf("%s: the row says %q, want %q", tt.name, note, want[0])
			}
			if narrow := h.m.list.NoteFor(r, left, near, list.NarrowNote); strings.Contains(narrow, "0s") || len(narrow) > list.NarrowNote {
				t.Errorf("%s: the narrow row says %q", tt.name, narrow)
			} else if tt.name == "escalation" && after < 0 && narrow != "due 11:55" {
				t.Errorf("%s: the narrow row says %q", tt.name, narrow)
			}
			plain, _ := detailsOf(t, g, 100)
			if !strings.Contains(plain, want[1]) {
				t.Errorf("%s: want %q in the details\n%s", tt.name, want[1], plain)
			}
		}
	}
}
