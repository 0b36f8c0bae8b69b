package respond

import (
	"context"

	"firstline/sources"
)

// Known is what a plan needs to know and no source reports by itself.
type Known struct {
	// Logs are incidents' log entries by the id of the incident: they tell the
	// level that an incident is on.
	Logs map[string][]sources.LogEntry
	// Upcoming are the next turns on the schedules of those on call.
	Upcoming []sources.OnCall
}

// LookUp reads what the plan of a request needs besides the World: the log for
// NextLevel, the coming turns for ToNextOnCall, and nothing for the others. It
// waits for PagerDuty, so it is called off the screen's loop; its answer goes
// into Request.Known.
func LookUp(ctx context.Context, incidents sources.Incidents, r Request, w World) (Known, error) {
	var known Known
	if incidents == nil {
		return known, nil
	}
	if r.Action == NextLevel {
		known.Logs = map[string][]sources.LogEntry{}
		for _, g := range r.Groups {
			if g.Incident == nil {
				continue
			}
			entries, _, err := incidents.LogEntries(ctx, g.Incident.ID)
			if err != nil {
				return known, err
			}
			known.Logs[g.Incident.ID] = entries
		}
	}
	if r.Action == HandOff && r.Target.Kind == ToNextOnCall {
		var schedules []string
		for _, g := range r.Groups {
			if g.Incident == nil {
				continue
			}
			if o, ok := w.turnOf(*g.Incident); ok {
				schedules = append(schedules, o.Schedule.ID)
			}
		}
		if len(schedules) == 0 {
			return known, nil
		}
		var err error
		if known.Upcoming, _, err = incidents.Upcoming(ctx, schedules...); err != nil {
			return known, err
		}
	}
	return known, nil
}

// turnOf is the turn on a schedule by which an incident is with whom it is
// assigned to: the lowest level of its policy at which one of them stands.
func (w World) turnOf(i sources.Incident) (turn sources.OnCall, ok bool) {
	for _, o := range w.OnCalls {
		if o.Policy.ID != i.Policy.ID || o.Schedule.ID == "" || !covers(o, w.Now) || !assignedTo(i, o.User.ID) {
			continue
		}
		if !ok || o.Level < turn.Level {
			turn, ok = o, true
		}
	}
	return turn, ok
}
