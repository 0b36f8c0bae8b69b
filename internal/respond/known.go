package respond

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"firstline/sources"
)

// Known is what a plan needs to know and no source reports by itself.
type Known struct {
	// Logs are incidents' log entries by the id of the incident: they tell the
	// level that an incident is on.
	Logs map[string][]sources.LogEntry
	// OnCalls are of the policies in OnCallExtents.
	OnCalls       []sources.OnCall
	OnCallExtents map[string]sources.Extent
	// Users are those that the target may be one of.
	// UsersExtent is whole where PagerDuty has no others by that name.
	Users       []sources.User
	UsersExtent sources.Extent
	// Upcoming are the next turns on the schedules of those on call.
	Upcoming       []sources.OnCall
	UpcomingExtent sources.Extent
}

// LookUp reads what the plan of a request needs besides the World: who is on
// call at the policies that it is about, the user who is its target, the log
// for NextLevel, the coming turns for ToNextOnCall. It waits for PagerDuty, so
// it is called off the screen's loop; its answer goes into Request.Known. What
// was read before an error is in it.
func LookUp(ctx context.Context, incidents sources.Incidents, r Request, w World) (Known, error) {
	var known Known
	if incidents == nil {
		return known, nil
	}
	if err := known.lookUpUser(ctx, incidents, r.Target, w); err != nil {
		return known, err
	}
	if err := known.lookUpOnCalls(ctx, incidents, w, w.policiesFor(r)); err != nil {
		return known, err
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
		w = w.with(known)
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
		if known.Upcoming, known.UpcomingExtent, err = incidents.Upcoming(ctx, schedules...); err != nil {
			return known, err
		}
	}
	return known, nil
}

// lookUpUser looks for the user who is a target where the list of users is not
// whole: another one may go by the same name, so that only an id or an email
// is found in it.
func (k *Known) lookUpUser(ctx context.Context, incidents sources.Incidents, t Target, w World) error {
	typed := strings.TrimSpace(cmp.Or(t.ID, t.Name))
	if t.Kind != ToUser || typed == "" || w.Extents.Users.Whole() || slices.ContainsFunc(w.Users, func(u sources.User) bool {
		return u.ID == typed || strings.EqualFold(u.Email, typed)
	}) {
		return nil
	}
	if !strings.ContainsAny(typed, "@ ") {
		u, err := incidents.User(ctx, typed)
		if err == nil {
			k.Users = []sources.User{u}
			return nil
		}
		if sources.ReasonOf(err) != sources.NotFound {
			return err
		}
	}
	var err error
	k.Users, k.UsersExtent, err = incidents.FindUsers(ctx, typed)
	return err
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
