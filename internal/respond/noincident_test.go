package respond

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
)

// That there is no incident is said of alerts only where PagerDuty's incidents
// were read whole; else the preview says what is unknown, and why.
func TestNoIncidentIsSaidOnlyWhereItIsProven(t *testing.T) {
	for cause, u := range map[string]triage.NotifiedUnknown{
		"":                            {},
		"pd does not answer":          {Cause: triage.PagerDutyFails, Source: "pd", Missing: "does not answer"},
		"pd is still being read":      {Cause: triage.IncidentsReading, Source: "pd"},
		"incidents of pd may be":      {Cause: triage.IncidentsMissing, Source: "pd", Missing: "only 10,000 are read"},
		"the alerts of 2 incidents a": {Cause: triage.AlertsUnread, Source: "pd", Incidents: 2},
	} {
		for _, r := range []Request{
			{Action: Acknowledge},
			{Action: NextLevel},
			{Action: HandOff, Target: Target{Kind: ToNextOnCall}},
			{Action: AddNote, Reason: "looking"},
			{Action: Resolve},
			{Action: Snooze, Until: fixture.Sunday.Add(time.Hour)},
			{Action: Merge, Into: "I1"},
			{Action: SetUrgency, Urgency: "low"},
			{Action: SetPriority, PriorityID: "PR1"},
		} {
			g := fixture.AlertsGroup()
			g.NotifiedUnknown = u
			r.Groups = []triage.Group{g}
			p := NewPlan(r, testData(Developer))
			said := strings.Join(p.Lines(), "\n") + p.Items[0].Sentence
			none, unknown := strings.Contains(said, "There is no incident"), strings.Contains(said, "Whether there is an incident")
			if none != (cause == "") || unknown == none || !strings.Contains(said, cause) {
				t.Errorf("%s where %q:\n%s", r.Action, cause, said)
			}
		}
	}
}
