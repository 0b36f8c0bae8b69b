package respond

import (
	"context"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

// quietWorld is am-eu with a silence on the disk alert.
func quietWorld(w World) (World, triage.Group) {
	s := sources.Silence{
		Source: "am-eu", ID: "s0", State: "active", CreatedBy: "ann@example.com", Comment: "moving", EndsAt: sunday.Add(time.Hour),
		Matchers: []sources.Matcher{{Name: "alertname", Value: "DiskFull", Equal: true}},
	}
	alerts := alertsData().Alerts
	alerts[3].SilencedBy = []string{"s0"}
	w.Alertmanagers = []Alertmanager{{Name: "am-eu", Alerts: alerts, Silences: []sources.Silence{s}}}
	g := strayGroup()
	g.Silences = []sources.Silence{s}
	return w, g
}

// possible is a request of each action that has something to send.
func possible(action Action, g triage.Group) Request {
	r := Request{
		Action: action, Groups: []triage.Group{g}, Reason: "why", Instead: BySilence, Until: sunday.Add(2 * time.Hour),
		Into: "I2", Urgency: "low", PriorityID: "PR1", Confirmed: true,
	}
	if action == HandOff {
		r.Target = Target{Kind: ToUser, ID: "UBO"}
	}
	return r
}

// TestReadOnlyRefusesEveryAction goes through all actions there are: the plan
// refuses, and so does the one door of the Doer for a plan that was made where
// writing is allowed.
func TestReadOnlyRefusesEveryAction(t *testing.T) {
	for _, action := range Actions() {
		t.Run(string(action), func(t *testing.T) {
			g := groupOf(incident("I1"))
			w := world(Developer)
			if action == Silence {
				g = alertsGroup()
			}
			if action == ExtendSilence || action == ExpireSilence {
				w, g = quietWorld(w)
			}
			w.Incidents = []sources.Incident{incident("I1"), incident("I2")}
			r := possible(action, g)
			p := NewPlan(r, w)
			if !p.Ready() {
				t.Fatalf("the test asks for what can't be: %+v", p)
			}

			f := newFake()
			f.silences = w.Alertmanagers[0].Silences
			d := f.doer()
			d.ReadOnly = true
			for _, res := range d.Do(context.Background(), p, nil) {
				if res.Outcome != Refused || res.Sentence != readOnlySentence {
					t.Errorf("result = %+v", res)
				}
			}
			if f.writes() != "" {
				t.Errorf("read-only sent %s", f.writes())
			}

			w.Settings.ReadOnly = true
			refused := NewPlan(r, w)
			if refused.Refused != readOnlySentence || refused.Ready() || len(refused.Pages)+len(refused.Confirm)+len(refused.Choices) > 0 || len(refused.Items[0].Steps) > 0 {
				t.Errorf("plan = %+v", refused)
			}

			// And the same plan is sent where writing is allowed.
			f = newFake()
			f.silences = w.Alertmanagers[0].Silences
			if res := f.doer().Do(context.Background(), p, nil)[0]; res.Outcome != Done || f.writes() == "" {
				t.Errorf("where writing is allowed: %+v, sent %q", res, f.writes())
			}
		})
	}
}
