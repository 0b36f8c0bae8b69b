package cli

import (
	"context"
	"slices"
	"time"

	"firstline/internal/record"
	"firstline/internal/respond"
)

// tried are the steps that were ticked and the commands that were run on the
// screen for the groups of a request, for the notes that go along with it.
func (s *setup) tried(ctx context.Context, r respond.Request) map[string][]string {
	if s.state == nil || !r.Action.Passes() {
		return nil
	}
	tried := map[string][]string{}
	for _, g := range r.Groups {
		ticks, err := s.state.Ticks(ctx, g.ID)
		var runs []record.Run
		if err == nil {
			runs, err = s.state.Runs(ctx, g.ID)
		}
		var remarks []record.Remark
		if err == nil {
			remarks, err = s.state.Remarks(ctx, time.Time{})
		}
		if err != nil {
			s.log.Warn("what was tried can't be read", "group", g.ID, "why", err)
			continue
		}
		remarks = slices.DeleteFunc(remarks, func(m record.Remark) bool { return m.GroupID != g.ID })
		if lines := record.Tried(ticks, runs, remarks); len(lines) > 0 {
			tried[g.ID] = lines
		}
	}
	return tried
}
