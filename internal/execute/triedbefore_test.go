package execute

import (
	"strings"
	"testing"

	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
)

// A plan that refuses because the action came about already is no failure: the
// journal is asked for an earlier try first.
func TestRefusedSinceItWasDone(t *testing.T) {
	for _, tt := range []struct {
		name string
		// first is how the first try goes; nil: nobody tried before.
		first   func(*tries)
		between func(*tries)
		want    respond.Outcome
		says    string
	}{
		{"no earlier try", nil, func(x *tries) { x.fake.Incidents["I1"].Assignments[0].User = fixture.Eve }, respond.Refused, "no level after it"},
		{"it was killed", func(x *tries) { x.fake.Before["LEVEL"] = func() { x.journal.dead = true } }, nil, respond.Already, "The try of 02:30:00 did it"},
		{"its answer was lost", func(x *tries) {
			x.fake.Troubles["LEVEL"] = []fixture.Trouble{arrived}
			x.fake.Before["LEVEL"] = func() { x.fake.Troubles["incident"] = []fixture.Trouble{vanished, vanished, vanished} }
		}, nil, respond.Already, "The try of 02:30:00 did it"},
		{"it was done and reported", func(*tries) {}, nil, respond.Refused, "no level after it"},
		{"it may still come", func(x *tries) {
			x.fake.Troubles["LEVEL"] = []fixture.Trouble{vanished}
		}, func(x *tries) { x.fake.Incidents["I1"].Assignments[0].User = fixture.Bo }, respond.Unknown, MayComeText},
		{"it never came", func(x *tries) {
			x.fake.Troubles["LEVEL"] = []fixture.Trouble{vanished}
		}, func(x *tries) { x.fake.Incidents["I1"].Assignments[0].User = fixture.Bo; x.waited() }, respond.Refused, "no level"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := newTries(t, respond.Request{Action: respond.NextLevel, Reason: "why"})
			if tt.first != nil {
				tt.first(x)
				x.do()
			}
			x.readable()
			x.journal.dead = false
			if tt.between != nil {
				tt.between(x)
			}
			sent := x.fake.Writes()
			x.r.Groups = x.fake.Groups("I1")
			w := x.w
			w.Now = x.now
			p := respond.NewPlan(x.r, w)
			if p.Items[0].Refused == "" {
				t.Fatalf("not refused:\n%s", strings.Join(p.Lines(), "\n"))
			}
			got := x.send(p)
			if got.Outcome != tt.want || !strings.Contains(got.Sentence, tt.says) || got.EarlierUnknown || strings.Contains(got.Sentence, "once more") || x.fake.Writes() != sent {
				t.Errorf("%s: %s", got.Outcome, got.Sentence)
			}
			if (got.Attempt == "") != (tt.first == nil || tt.name == "it was done and reported") {
				t.Errorf("attempt %q", got.Attempt)
			}
			// What others decide since is still looked at by the same again.
			if again := x.send(p); again.Outcome == respond.Failed || x.fake.Writes() != sent {
				t.Errorf("again: %s: %s", again.Outcome, again.Sentence)
			}
		})
	}
}
