package respond

import (
	"testing"

	"firstline/sources"
)

// TestSettleDoesNotGuess: what no reading shows is unknown, for saying that it
// did not come about would make somebody ask people twice.
func TestSettleDoesNotGuess(t *testing.T) {
	for _, tt := range []struct {
		name   string
		step   Step
		status sources.IncidentStatus
		want   Outcome
	}{
		{"asked responders", Step{Kind: StepResponders, IncidentID: "I1", UserID: "UBO"}, sources.Triggered, Unknown},
		{"merged, or resolved by another", Step{Kind: StepMerge, IncidentID: "I1", Into: "I2"}, sources.Resolved, Unknown},
		{"not merged", Step{Kind: StepMerge, IncidentID: "I1", Into: "I2"}, sources.Triggered, Failed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake()
			f.incidents["I1"].Status = tt.status
			seen := incident("I1")
			got := doerOf(f).Settle(t.Context(), []Begun{{At: sunday.Add(-2 * heldFor), Action: Merge, IncidentID: "I1", Step: tt.step, Seen: &seen}})
			if got[0].Outcome != tt.want || f.writes() != "" {
				t.Errorf("= %+v, sent %q", got[0], f.writes())
			}
		})
	}
}

// A read without any requests proves nothing about a later one: its requests
// may be older.
func TestAskedSinceNeedsBothReadings(t *testing.T) {
	request := sources.ResponderRequest{By: ann, Targets: []sources.Reference{{ID: "UBO"}}}
	none, one, two := []sources.ResponderRequest{}, []sources.ResponderRequest{request}, []sources.ResponderRequest{request, request}
	for _, tt := range []struct {
		before, now []sources.ResponderRequest
		want        bool
	}{{none, one, true}, {one, two, true}, {one, one, false}, {none, none, false}, {nil, one, false}, {none, nil, false}} {
		r := run{d: &Doer{}}
		if got := r.askedSince(sources.Incident{Asked: tt.before}, sources.Incident{Asked: tt.now}, Step{UserID: "UBO"}); got != tt.want {
			t.Errorf("from %d to %d requests: %v", len(tt.before), len(tt.now), got)
		}
	}
}
