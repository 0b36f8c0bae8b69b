package escalation

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"firstline/sources"
)

// For what PagerDuty should have done by now, and has not, the text says that
// it was due, never that it will come.
func TestWhatWasDue(t *testing.T) {
	for _, tt := range []struct {
		name, kind, urgency string
		status              sources.IncidentStatus
		ahead, past         string
	}{
		{"acknowledged", "unacknowledge", High, sources.Acknowledged, "The acknowledgement ends at ", "The end of the acknowledgement was due at "},
		{"low urgency", "urgency_change", Low, sources.Triggered, "PagerDuty changes the urgency at ", "The change of its urgency was due at "},
	} {
		for _, after := range []time.Duration{5 * time.Minute, -5 * time.Minute} {
			at := now.Add(after)
			i := sources.Incident{
				ID: "I", Status: tt.status, Urgency: tt.urgency, AssignedVia: sources.AssignedByPolicy, Policy: sources.Reference{ID: "P"},
				Assignments: []sources.Assignment{{User: user("Ann"), At: now.Add(-time.Hour)}},
				Pending:     []sources.PendingAction{{Type: tt.kind, At: at}},
			}
			text, err := json.Marshal(OfIncident(i, policyOf(2, 0, on(1, "Ann"), on(2, "Bo")), nil, Case{Now: now}))
			if err != nil {
				t.Fatal(err)
			}
			want, bad := tt.ahead, tt.past
			if after < 0 {
				want, bad = bad, want
			}
			if when := at.UTC().Format(time.RFC3339); !strings.Contains(string(text), want+when) || strings.Contains(string(text), bad) {
				t.Errorf("%s, %v: want %q in\n%s", tt.name, after, want+when, text)
			}
		}
	}
}
