package respond

import (
	"context"
	"testing"

	"firstline/sources"
)

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
			d := doerOf(f)
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
			if res := doerOf(f).Do(context.Background(), p, nil)[0]; res.Outcome != Done || f.writes() == "" {
				t.Errorf("where writing is allowed: %+v, sent %q", res, f.writes())
			}
		})
	}
}
