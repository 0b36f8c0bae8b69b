package execute

import (
	"testing"

	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/sources"
)

// TestSettleDoesNotGuess: what no reading shows is unknown, for saying that it
// did not come about would make somebody ask people twice.
func TestSettleDoesNotGuess(t *testing.T) {
	for _, tt := range []struct {
		name   string
		step   respond.Step
		status sources.IncidentStatus
		want   respond.Outcome
	}{
		{"asked responders", respond.Step{Kind: respond.StepResponders, IncidentID: "I1", UserID: "UBO"}, sources.Triggered, respond.Unknown},
		{"merged, or resolved by another", respond.Step{Kind: respond.StepMerge, IncidentID: "I1", Into: "I2"}, sources.Resolved, respond.Unknown},
		{"not merged", respond.Step{Kind: respond.StepMerge, IncidentID: "I1", Into: "I2"}, sources.Triggered, respond.Failed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := fixture.NewFake()
			f.Incidents["I1"].Status = tt.status
			seen := fixture.Incident("I1")
			got := doerOf(f).Settle(t.Context(), []Begun{{At: fixture.Sunday.Add(-2 * heldFor), Action: respond.Merge, IncidentID: "I1", Step: tt.step, Seen: &seen}})
			if got[0].Outcome != tt.want || f.Writes() != "" {
				t.Errorf("= %+v, sent %q", got[0], f.Writes())
			}
		})
	}
}

// A read without any requests proves nothing about a later one: its requests
// may be older.
func TestAskedSinceNeedsBothReadings(t *testing.T) {
	request := sources.ResponderRequest{By: fixture.Ann, Targets: []sources.Reference{{ID: "UBO"}}}
	none, one, two := []sources.ResponderRequest{}, []sources.ResponderRequest{request}, []sources.ResponderRequest{request, request}
	for _, tt := range []struct {
		before, now []sources.ResponderRequest
		want        bool
	}{{none, one, true}, {one, two, true}, {one, one, false}, {none, none, false}, {nil, one, false}, {none, nil, false}} {
		r := run{d: &Doer{}}
		if got := r.askedSince(sources.Incident{Asked: tt.before}, sources.Incident{Asked: tt.now}, respond.Step{UserID: "UBO"}); got != tt.want {
			t.Errorf("from %d to %d requests: %v", len(tt.before), len(tt.now), got)
		}
	}
}
