package report

import (
	"cmp"
	"fmt"
	"slices"

	"firstline/internal/feedback"
	"firstline/internal/history/past"
	"firstline/internal/wording"
)

// runbooks sums up for each service what responders did with its runbooks.
func (c *computation) runbooks() Table {
	t := NewTable(RunbooksTable)
	switch {
	case c.unread != "":
		t.Unknown = c.unread
		return t
	case c.o.Recorded == nil:
		t.Unknown = "what was done on this machine was not read"
		return t
	}
	services, unknown := map[string]past.Name{}, map[string]bool{} // by group
	for n := range c.h.Incidents {
		if i := &c.h.Incidents[n]; i.Read() && c.wants(i) {
			services[i.ID] = i.Service
		}
	}
	parts := map[string]*feedback.Facts{}
	names := map[string]string{}
	// of returns the facts of a group's service, or nil.
	of := func(group string) *feedback.Facts {
		service, found := services[group]
		if !found {
			unknown[group] = true
			return nil
		}
		if parts[service.ID] == nil {
			parts[service.ID] = &feedback.Facts{Steps: c.o.Recorded.Steps}
			names[service.ID] = named([]past.Name{service}, "service")[0].Name
		}
		return parts[service.ID]
	}
	r := c.o.Recorded
	for _, o := range r.Openings {
		if c.in(o.At) {
			if f := of(o.GroupID); f != nil {
				f.Openings = append(f.Openings, o)
			}
		}
	}
	for _, tick := range r.Ticks {
		if c.in(tick.At) {
			if f := of(tick.GroupID); f != nil {
				f.Ticks = append(f.Ticks, tick)
			}
		}
	}
	for _, run := range r.Runs {
		if c.in(run.At) {
			if f := of(run.GroupID); f != nil {
				f.Runs = append(f.Runs, run)
			}
		}
	}
	for _, m := range r.Remarks {
		if c.in(m.At) {
			if f := of(m.GroupID); f != nil {
				f.Remarks = append(f.Remarks, m)
			}
		}
	}
	for _, f := range parts {
		f.Escalations = r.Escalations // those of other groups do not count
	}
	for id, f := range parts {
		t.Rows = append(t.Rows, feedbackRow(names[id], feedback.Of(*f)))
	}
	slices.SortFunc(t.Rows, func(a, b []string) int { return cmp.Compare(a[0], b[0]) })
	if len(unknown) > 0 && c.o.Team == "" && c.o.Service == "" {
		t.Doubt = "not counted: " + wording.Count(len(unknown), "alert group") + " without an incident in the stored history"
	}
	return t
}

// feedbackRow sums up the sections of the runbooks of a service.
func feedbackRow(name string, sections []feedback.Section) []string {
	paths := map[string]bool{}
	var opened, escalated, afterAll, done, failed, didNotHelp, wrong int
	unknown := false
	for _, s := range sections {
		paths[s.Runbook] = true
		opened += s.Opened
		escalated += s.Escalations
		afterAll += s.AfterAllSteps
		unknown = unknown || s.StepsUnknown && s.Escalations > 0
		for _, step := range s.Steps {
			done += step.Done
			failed += step.Failed
			didNotHelp += step.DidNotHelp
			wrong += step.Wrong
		}
	}
	after := fmt.Sprint(afterAll)
	if unknown {
		after = "?"
	}
	row := []string{name}
	for _, n := range []int{len(paths), opened, escalated} {
		row = append(row, fmt.Sprint(n))
	}
	row = append(row, after)
	for _, n := range []int{done, failed, didNotHelp, wrong} {
		row = append(row, fmt.Sprint(n))
	}
	return row
}
