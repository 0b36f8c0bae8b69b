package cli

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

// What was due is never said to come in 0 s.
func TestTableSaysWhatWasDue(t *testing.T) {
	now := time.Date(2026, 11, 22, 16, 54, 0, 0, time.Local)
	for _, tt := range []struct {
		name  string
		after time.Duration
		want  string
	}{
		{"ahead", 14 * time.Minute, "(escalates in 14m to Ben)"},
		{"now", 0, "(escalates in 0s to Ben)"},
		{"overdue", -5 * time.Minute, "(escalation to Ben was due 16:49)"},
		{"overdue by a second", -time.Second, "(escalation to Ben was due 16:53)"},
		{"overdue since the day before", -24 * time.Hour, "(escalation to Ben was due 21 Nov 16:54)"},
		{"acknowledged", 14 * time.Minute, "(acknowledged until 17:08)"},
		{"acknowledged, overdue", -5 * time.Minute, "(acknowledged, the end was due 16:49)"},
	} {
		g := triage.Group{Title: "x", State: triage.Triggered, Incident: &sources.Incident{ID: "P1"}, EscalatesAt: now.Add(tt.after), EscalatesTo: []string{"Ben"}}
		if strings.HasPrefix(tt.name, "ack") {
			g.EscalatesAt, g.AckEnds = time.Time{}, now.Add(tt.after)
		}
		if title := titleCell(g, triage.Shared{}, now); !strings.Contains(title, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, title, tt.want)
		}
	}
}

// An incident whose alerts are all silenced says so in the table.
func TestTableSaysWhatIsSilenced(t *testing.T) {
	now := time.Date(2026, 11, 22, 16, 54, 0, 0, time.Local)
	alert := func(state sources.AlertState) triage.Alert { return triage.Alert{Alert: sources.Alert{State: state}} }
	silence := []sources.Silence{{EndsAt: now.Add(time.Hour)}}
	for _, tt := range []struct {
		name string
		g    triage.Group
		want string
	}{
		{"all", triage.Group{Alerts: []triage.Alert{alert(sources.AlertSilenced)}, Silences: silence}, "x (silenced until 17:54)"},
		{"one of two", triage.Group{Alerts: []triage.Alert{alert(sources.AlertSilenced), alert(sources.AlertFiring)}, Silences: silence}, "x"},
		{"inhibited", triage.Group{Alerts: []triage.Alert{alert(sources.AlertInhibited)}, InhibitedBy: []string{"NodeDown"}}, "x (inhibited by NodeDown)"},
		{"until is not known", triage.Group{Alerts: []triage.Alert{alert(sources.AlertSilenced)}}, "x (silenced)"},
		{"no alerts", triage.Group{}, "x"},
	} {
		tt.g.Title, tt.g.State, tt.g.Incident = "x", triage.Triggered, &sources.Incident{ID: "P1"}
		if title := titleCell(tt.g, triage.Shared{}, now); title != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, title, tt.want)
		}
	}
}
