package respond

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/sources"
)

// Facts is what a plan needs to know and no source reports by itself.
type Facts struct {
	// Logs are incidents' log entries by the id of the incident. They show the
	// level that an incident is on.
	Logs map[string][]sources.LogEntry
	// OnCalls are of the policies in OnCallExtents, from now until Until.
	OnCalls       []sources.OnCall
	OnCallExtents map[string]sources.Extent
	Until         time.Time
	// Users are those that the target may be one of.
	// UsersExtent is whole where PagerDuty has no others by that name.
	Users       []sources.User
	UsersExtent sources.Extent
	// Upcoming are the next turns on the schedules of those on call.
	Upcoming       []sources.OnCall
	UpcomingExtent sources.Extent
	// Rules are those who are notified, at once or later, with their
	// notification rules, by id.
	Rules map[string]sources.User
	// Notes are those that need not be posted again: see execute.ReadNotes.
	Notes []PostedNote
	// Trouble are sentences on what could not be read.
	Trouble []string
}

// ReadFacts reads what the plan of a request needs in addition to the Data: who
// is on call for its policies, now and later, the target user, the log for
// NextLevel, the coming turns for ToNextOnCall, and the notification rules of
// the people to notify. It waits for PagerDuty, so it is called off the
// screen's event loop. Its result goes into Request.Facts. With an error it
// returns what it read before.
func ReadFacts(ctx context.Context, incidents sources.Incidents, r Request, w Data) (Facts, error) {
	var facts Facts
	if incidents == nil {
		return facts, nil
	}
	w = w.For(r)
	incidents = sources.OfAccount(incidents, w.Account)
	if err := facts.readUser(ctx, incidents, r.Target, w); err != nil {
		return facts, err
	}
	if err := facts.readOnCalls(ctx, incidents, w, w.policiesFor(r)); err != nil {
		return facts, err
	}
	if r.Action == NextLevel {
		facts.Logs = map[string][]sources.LogEntry{}
		for _, g := range r.Groups {
			if g.Incident == nil {
				continue
			}
			entries, _, err := incidents.LogEntries(ctx, g.Incident.ID)
			if err != nil {
				return facts, err
			}
			facts.Logs[g.Incident.ID] = entries
		}
	}
	if (r.Action == HandOff || r.Action == Escalate) && r.Target.Kind == ToNextOnCall {
		w = w.with(facts)
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
			return facts, nil
		}
		var err error
		if facts.Upcoming, facts.UpcomingExtent, err = incidents.Upcoming(ctx, schedules...); err != nil {
			return facts, err
		}
	}
	facts.readRules(ctx, incidents, func(k Facts) []Recipient {
		r.Facts = k
		return NewPlan(r, w).Recipients
	})
	return facts, nil
}

// FactsKey changes when ReadFacts would have to read again.
func FactsKey(r Request, w Data) string {
	w = w.For(r)
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s %s %s %v", r.Action, r.Target.Kind, r.Target.ID, r.Target.PolicyID, r.Urgency, r.Responders)
	for _, g := range r.Groups {
		if g.Incident != nil {
			fmt.Fprintf(&b, " %s %s", g.Incident.ID, g.Incident.UpdatedAt)
		}
	}
	policies := w.policiesFor(r)
	for _, o := range w.OnCalls {
		if slices.Contains(policies, o.Policy.ID) {
			fmt.Fprintf(&b, " %s %d %s %s %s %s", o.Policy.ID, o.Level, o.User.ID, o.Schedule.ID, o.Start, o.End)
		}
	}
	return b.String()
}

// mostRules bounds how many users are read for one plan.
const mostRules = 10

// readRules reads the notification rules of the people whom a plan would
// notify, now or later, the soonest first. plan makes the plan from what is
// known so far. For people whose rules were not read, whether target or on call
// for a level, the plan has to say that it is unknown whether PagerDuty
// notifies them.
func (k *Facts) readRules(ctx context.Context, incidents sources.Incidents, plan func(Facts) []Recipient) {
	k.Rules = map[string]sources.User{}
	for _, u := range k.Users {
		if u.RulesRead {
			k.Rules[u.ID] = u
		}
	}
	var causes []string
	without := map[string][]string{} // those whose rules were not read, by cause
	fail := func(cause, name string) {
		if len(without[cause]) == 0 {
			causes = append(causes, cause)
		}
		if !slices.Contains(without[cause], name) {
			without[cause] = append(without[cause], name)
		}
	}
	tried := map[string]bool{}
	for _, recipient := range plan(*k) {
		if _, ok := k.Rules[recipient.UserID]; ok || tried[recipient.UserID] {
			continue
		}
		switch {
		case recipient.UserID == "":
			fail("PagerDuty does not say who that is", recipient.Name)
			continue
		case len(tried) == mostRules:
			fail(fmt.Sprintf("those of %d others were read", mostRules), recipient.Name)
			continue
		}
		tried[recipient.UserID] = true
		u, err := incidents.User(ctx, recipient.UserID)
		switch {
		case err == nil:
			k.Rules[recipient.UserID] = u
			if !u.RulesRead {
				fail("PagerDuty does not report their notification rules", recipient.Name)
			}
		case sources.ReasonOf(err) == sources.NotFound && recipient.Level == 0:
			k.Rules[recipient.UserID] = sources.User{ID: recipient.UserID, Name: recipient.Name, Role: deletedUser}
		default:
			cause, _ := describe.Cause(err)
			fail("reading their notification rules failed: "+cause, recipient.Name)
		}
	}
	for _, cause := range causes {
		k.Trouble = append(k.Trouble, fmt.Sprintf("Whether PagerDuty notifies %s is not known, because %s.", describe.Few(without[cause], 5), cause))
	}
}

// deletedUser is the role of a user whom PagerDuty does not have any more.
const deletedUser = "deleted"

// cannotBeAssigned says why PagerDuty assigns no incident to a user, in words
// that follow their name; empty where it does.
func cannotBeAssigned(u sources.User) string {
	switch u.Role {
	case deletedUser:
		return "is not a user of PagerDuty any more"
	case "read_only_user", "read_only_limited_user":
		return "may only read in PagerDuty, so nothing can be assigned to them"
	}
	return ""
}

// readUser looks for the user who is a target where the list of users is not
// whole: another one may go by the same name, so that only an id or an email
// is found in it.
func (k *Facts) readUser(ctx context.Context, incidents sources.Incidents, t Target, w Data) error {
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

// turnOf returns the turn on a schedule through which an incident is assigned:
// the lowest level of its policy for which an assignee is on call.
func (w Data) turnOf(i sources.Incident) (turn sources.OnCall, ok bool) {
	for _, o := range w.OnCalls {
		if o.Policy.ID != i.Policy.ID || o.Schedule.ID == "" || !escalation.Covers(o, w.Now) || !assignedTo(i, o.User.ID) {
			continue
		}
		if !ok || o.Level < turn.Level {
			turn, ok = o, true
		}
	}
	return turn, ok
}
