package notetext

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// Annotations are written for pages too: a note has their text.
func TestNotesHaveNoMarkup(t *testing.T) {
	for annotation, want := range map[string]string{
		"Hi &amp; a &lt; b":             "Hi & a < b",
		"<b>Hi</b> &amp; a < b":         "Hi & a < b",
		"one<br>two":                    "one two",
		"kubectl delete pod <pod>":      "kubectl delete pod <pod>",
		`<script>alert("x")</script>ok`: "ok",
	} {
		a := triage.Alert{}
		a.Labels, a.Annotations = map[string]string{"alertname": "X"}, map[string]string{"summary": annotation}
		if line := alertLine(a, AlertText{}, nil, wording.Clock); line != "X: "+want {
			t.Errorf("%q: %q", annotation, line)
		}
		if shared := sharedText([]triage.Alert{a, a}); shared.describe() != " X: "+want {
			t.Errorf("%q: %q", annotation, shared.describe())
		}
		text := Context(triage.Group{Incident: &sources.Incident{}, Title: "[FIRING:1] " + annotation, Alerts: []triage.Alert{a}}, time.Now())
		if !strings.HasPrefix(text, want+"\n") || !strings.Contains(text, "- X: "+want) {
			t.Errorf("%q: %q", annotation, text)
		}
	}
}
