package respond

import (
	"strings"
	"testing"

	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// The name of a group in a plan, its results and its note has no number of
// alerts from the time when the title was made.
func TestTitlesCountNothing(t *testing.T) {
	alert := triage.Alert{Alert: sources.Alert{State: sources.AlertFiring, Labels: map[string]string{"alertname": "DiskFull"}}}
	for title, want := range map[string]string{
		"[FIRING:3] DiskFull db (prod)":                    "DiskFull db (prod)",
		"[FIRING:3, RESOLVED:1] DiskFull db":               "DiskFull db",
		"[firing:12] DiskFull":                             "DiskFull",
		"[RESOLVED] DiskFull db":                           "DiskFull db",
		"DiskFull db":                                      "DiskFull db",
		"[FIRING:4]":                                       "DiskFull",
		"[FIRING:2] shop (monitoring/k8s)":                 "DiskFull: shop (monitoring/k8s)",
		"[INC-7] DiskFull":                                 "[INC-7] DiskFull",
		"[FIRING:1] DiskFull \x1b[31m<b>now</b>":           "DiskFull now",
		"[FIRING:3] the disk that [FIRING:2] DiskFull had": "the disk that [FIRING:2] DiskFull had",
	} {
		w := testData(Developer)
		i := fixture.Incident("I1")
		i.Title, i.Status = title, sources.Triggered
		g := triage.Group{ID: i.ID, Incident: &i, Title: title, State: triage.Triggered, Alerts: []triage.Alert{alert}}
		p := NewPlan(Request{Action: Escalate, Groups: []triage.Group{g}, Reason: "x", Target: Target{Kind: ToFirstLine}}, w)
		if p.Items[0].Title != want {
			t.Errorf("%q is called %q, want %q", title, p.Items[0].Title, want)
		}
		text := strings.Join(p.Lines(), "\n") + p.Note
		if begin := strings.ToLower(strings.TrimSpace(title)); strings.HasPrefix(begin, "[firing") && strings.Contains(strings.ToLower(text), begin[:9]) && !strings.Contains(want, "[FIRING") {
			t.Errorf("%q:\n%s", title, text)
		}
	}
}
