package cli

import (
	"context"

	"firstline/internal/respond"
	"firstline/internal/silencing"
	"firstline/sources"
)

// ackEnder ends, after each read of an Alertmanager, this person's
// acknowledging silences of alerts that have resolved since. Like every write,
// it is planned, recorded in the journal, verified, and refused when read-only.
func (f *feed) ackEnder(ctx context.Context) func(sources.Snapshot) {
	var ends silencing.AckEnds
	return func(snap sources.Snapshot) {
		s := f.inUse()
		if snap.Source.Kind != sources.Alertmanager || s.settings.ReadOnly {
			return
		}
		for _, id := range ends.Find(snap, s.settings.Email, s.now()) {
			plan := respond.NewPlan(respond.Request{
				Action: respond.ExpireSilence, SilenceID: id, Reason: "what it acknowledged has resolved",
			}, respond.NewData([]sources.Snapshot{snap}, s.settings, s.now()))
			for _, r := range s.doer().Do(ctx, plan, nil) {
				s.log.Info("ended a silence that acknowledged", "silence", id, "outcome", string(r.Outcome), "sentence", r.Sentence)
			}
		}
	}
}
