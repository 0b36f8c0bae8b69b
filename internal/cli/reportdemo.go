package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/record"
	"firstline/runbooks"
)

// recordDemo records what the responders of the demo's past did with runbooks, as if
// they had worked on this machine.
func recordDemo(ctx context.Context, s *setup, h *past.History) error {
	for n := range h.Incidents {
		i := &h.Incidents[n]
		at := slices.IndexFunc(s.library.Runbooks(), func(rb *runbooks.Runbook) bool { return strings.HasSuffix(rb.Path, "/"+i.Alert+".md") })
		acked := slices.IndexFunc(i.Entries, func(e past.Entry) bool { return e.Kind == past.Acknowledge && e.By != "" })
		if i.Alert == "" || at < 0 || acked < 0 || n%3 == 0 { // not everybody works here
			continue
		}
		rb, by, when := s.library.Runbooks()[at], h.People[i.Entries[acked].By].Name, i.Entries[acked].At
		if err := s.state.AddOpening(ctx, record.Opening{GroupID: i.ID, Runbook: rb.Path, By: by, At: when}); err != nil {
			return err
		}
		steps := rb.Steps(nil)
		for k := range min(len(steps), 1+n%4) {
			step, when := steps[k], when.Add(time.Duration(k+1)*time.Minute)
			if err := s.state.SetTick(ctx, record.Tick{GroupID: i.ID, Runbook: rb.Path, Step: step.ID, Text: step.Text, Done: true, By: by, At: when}); err != nil {
				return err
			}
			if n%5 == 0 && k == 0 {
				if err := s.state.SetRemark(ctx, record.Remark{GroupID: i.ID, Runbook: rb.Path, Step: step.ID, Text: step.Text, Kind: record.DidNotHelp, By: by, At: when}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
