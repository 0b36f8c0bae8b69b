package cli

import (
	"context"
	"encoding/json"
	"time"

	"firstline/internal/history"
	"firstline/internal/respond"
	"firstline/internal/store"
)

// history reads what happened to groups.
func (s *setup) history() history.Reader {
	var r history.Reader
	if s.account != nil {
		r.Incidents = s.account
	}
	if s.state != nil {
		r.Journal = journal{s.state}
	}
	return r
}

var _ history.Journal = journal{}

// Acts are the writes since a time on the groups or incidents with these ids;
// without ids all.
func (j journal) Acts(ctx context.Context, since time.Time, ids ...string) ([]history.Act, error) {
	entries, err := j.state.Journal(ctx, since, ids...)
	acts := make([]history.Act, len(entries))
	for i, e := range entries {
		acts[i] = actOf(e)
	}
	return acts, err
}

func actOf(e store.Entry) history.Act {
	var sent written
	// An entry of another version may have another step: it is shown without
	// it.
	_ = json.Unmarshal(e.Intent, &sent)
	return history.Act{
		At: e.At, By: e.By, Action: respond.Action(e.Action), GroupID: e.GroupID, IncidentID: e.IncidentID,
		Title: e.Title, Service: e.Service, Team: e.Team, Target: e.Target, Reason: e.Reason, Step: sent.Step,
		Outcome: respond.Outcome(e.Outcome), Sentence: e.Sentence, OutcomeAt: e.OutcomeAt,
	}
}
