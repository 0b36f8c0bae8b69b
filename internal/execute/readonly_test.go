package execute

import (
	"context"
	"testing"

	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/sources"
)

// TestReadOnlyRefusesEveryAction goes through all actions there are: the plan
// refuses, and so does the one door of the Doer for a plan that was made where
// writing is allowed.
func TestReadOnlyRefusesEveryAction(t *testing.T) {
	for _, action := range respond.Actions() {
		t.Run(string(action), func(t *testing.T) {
			g := fixture.GroupOf(fixture.Incident("I1"))
			w := planData(respond.Developer)
			if action == respond.Silence {
				g = fixture.AlertsGroup()
			}
			if action == respond.ExtendSilence || action == respond.ExpireSilence {
				w, g = quietData(w)
			}
			w.Incidents = []sources.Incident{fixture.Incident("I1"), fixture.Incident("I2")}
			r := possible(action, g)
			p := respond.NewPlan(r, w)
			if !p.Ready() {
				t.Fatalf("the test asks for what can't be: %+v", p)
			}

			f := fixture.NewFake()
			f.Silences = w.Alertmanagers[0].Silences
			d := doerOf(f)
			d.ReadOnly = true
			for _, res := range d.Do(context.Background(), p, nil) {
				if res.Outcome != respond.Refused || res.Sentence != respond.ReadOnlySentence {
					t.Errorf("result = %+v", res)
				}
			}
			if f.Writes() != "" {
				t.Errorf("read-only sent %s", f.Writes())
			}

			w.Settings.ReadOnly = true
			refused := respond.NewPlan(r, w)
			if refused.Refused != respond.ReadOnlySentence || refused.Ready() || len(refused.Recipients)+len(refused.Confirm)+len(refused.Choices) > 0 || len(refused.Items[0].Steps) > 0 {
				t.Errorf("plan = %+v", refused)
			}

			// And the same plan is sent where writing is allowed.
			f = fixture.NewFake()
			f.Silences = w.Alertmanagers[0].Silences
			if res := doerOf(f).Do(context.Background(), p, nil)[0]; res.Outcome != respond.Done || f.Writes() == "" {
				t.Errorf("where writing is allowed: %+v, sent %q", res, f.Writes())
			}
		})
	}
}
