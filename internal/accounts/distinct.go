package accounts

import (
	"fmt"
	"slices"

	"firstline/internal/clean"
	"firstline/sources"
)

// Distinct returns what was read of an account or, where it has a service or an
// escalation policy of another one of these, why it is not used: it is the same account,
// and each incident would be there twice.
func Distinct(snap sources.Snapshot, others ...sources.Snapshot) sources.Snapshot {
	isOther := func(s sources.Snapshot) bool { return s.Source.Kind == sources.PagerDuty && s.Source != snap.Source }
	if snap.Source.Kind != sources.PagerDuty || !slices.ContainsFunc(others, isOther) {
		return snap
	}
	ids := map[string]bool{}
	for i := range snap.Data.Services {
		ids[snap.Data.Services[i].ID] = true
	}
	for i := range snap.Data.Policies {
		ids[snap.Data.Policies[i].ID] = true
	}
	delete(ids, "")
	for i := range others {
		if other := &others[i]; isOther(*other) && has(&other.Data, ids) {
			name := clean.Line(other.Source.Name)
			// It was read: what an earlier run stored does not take its position.
			return sources.Snapshot{Source: snap.Source, AsOf: snap.AsOf, Revision: ^snap.Revision, FailingSince: snap.AsOf, Err: &sources.Error{
				Source: snap.Source, Doing: "reading", Reason: sources.Misconfigured,
				Sentence: fmt.Sprintf("misconfigured: its token is of the same PagerDuty account as that of %s: remove one of the two from the configuration, or give it another token", name),
			}}
		}
	}
	return snap
}

func has(d *sources.Data, ids map[string]bool) bool {
	for i := range d.Services {
		if ids[d.Services[i].ID] {
			return true
		}
	}
	for i := range d.Policies {
		if ids[d.Policies[i].ID] {
			return true
		}
	}
	return false
}
