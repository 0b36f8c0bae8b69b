package cli

import (
	"context"
	"time"

	"firstline/internal/execute"
	"firstline/internal/history"
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
func (j journal) Acts(ctx context.Context, since time.Time, ids ...string) ([]execute.Begun, error) {
	entries, err := j.state.Journal(ctx, since, ids...)
	acts := make([]execute.Begun, len(entries))
	for i, e := range entries {
		// An entry of another version may have another step: it is shown without it.
		acts[i], _, _ = begunOf(e)
	}
	return acts, err
}
