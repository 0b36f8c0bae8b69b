package execute

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/respond"
	"firstline/sources"
)

// logTypes are PagerDuty's log entries that a write makes, as its schema names
// them. A merge and the asking of responders have none there.
var logTypes = map[respond.StepKind][]string{
	respond.StepAcknowledge: {"acknowledge"},
	respond.StepPolicy:      {"assign", "escalate"},
	respond.StepMove:        {"assign", "escalate"},
	respond.StepLevel:       {"assign", "escalate"},
	respond.StepAssign:      {"assign"},
	respond.StepResolve:     {"resolve"},
	respond.StepSnooze:      {"snooze"},
	respond.StepUrgency:     {"urgency_change"},
	respond.StepPriority:    {"field_value_change"},
}

// incidentSettlement looks at the incident, which shows most writes. What has
// gone on since, or looks the same either way, is in its log.
func (r *run) incidentSettlement(ctx context.Context, id string, b Begun) verdict {
	now, err := r.incidents().Incident(ctx, id)
	if err != nil {
		return r.gone(err)
	}
	if b.Step.Kind == respond.StepResponders {
		return r.respondersSettlement(now, b)
	}
	e := r.effectOf(b.Step, b.Seen)
	is := e.expected(now)
	if !is || !e.sure(now) {
		return r.logSettlement(ctx, now, is, b)
	}
	// Somebody else may have done the same, while this write is still held on its
	// way: who does something else then would be overtaken by it.
	if b.Step.Notifies() && r.now().Before(b.Until()) && r.logSettlement(ctx, now, is, b).outcome == respond.Failed {
		return verdict{outcome: respond.Unknown, sentence: fmt.Sprintf("%s is %s, and its log has no such entry by you.", describe.Incident(now), r.state(now))}
	}
	return cameAbout(describe.Incident(now) + " is " + r.state(now))
}

// logSettlement looks at the log of an incident, which is as the write makes it
// or is not.
func (r *run) logSettlement(ctx context.Context, now sources.Incident, is bool, b Begun) verdict {
	unclear := verdict{outcome: respond.Unknown, sentence: fmt.Sprintf("%s is %s, which does not show whether it came about: look at its timeline.", describe.Incident(now), r.state(now))}
	if len(logTypes[b.Step.Kind]) == 0 {
		if is && now.MergedInto == "" {
			return unclear
		}
		return didNot(describe.Incident(now) + " is " + r.state(now))
	}
	entries, extent, err := r.incidents().LogEntries(ctx, now.ID)
	if err != nil {
		return notRead(err)
	}
	perhaps := false
	for _, e := range entries {
		switch r.entryOf(e, b) {
		case itsOwn:
			return cameAbout(fmt.Sprintf("PagerDuty's log has it%s; now %s", describe.ByWhen(e.Agent, e.CreatedAt, r.whoOf, r.now()), r.state(now)))
		case perhapsIts:
			perhaps = true
		}
	}
	switch {
	case perhaps, nobodyAssigned(now):
		return unclear
	case !extent.Whole():
		return verdict{outcome: respond.Unknown, sentence: fmt.Sprintf("%s is %s, and its log is not complete, because %s: look at its timeline.",
			describe.Incident(now), r.state(now), extent.Why())}
	}
	return didNot(describe.Incident(now) + " is " + r.state(now))
}

// respondersSettlement checks the requests in the incident, and who was asked,
// which it lists besides.
func (r *run) respondersSettlement(now sources.Incident, b Begun) verdict {
	whom := clean.Line(cmp.Or(b.Step.UserName, b.Step.PolicyName))
	unclear := verdict{outcome: respond.Unknown, sentence: fmt.Sprintf("%s does not show whether %s was asked: look at its timeline.", describe.Incident(now), whom)}
	if b.Seen == nil {
		return unclear
	}
	is := another
	for _, p := range now.Responders {
		is = max(is, r.respondedTo(p, now, b))
	}
	switch {
	case is == itsOwn, r.askedSince(*b.Seen, now, b.Step):
		return cameAbout(whom + " was asked to join " + describe.Incident(now))
	case is == perhapsIts, now.Asked == nil, b.Seen.Asked == nil:
		return unclear
	}
	return didNot(whom + " was not asked to join " + describe.Incident(now))
}

// respondedTo reports whether a responder that an incident lists was asked by the
// write, which its requests may not show: who is new, or more than they say.
func (r *run) respondedTo(p sources.Responder, now sources.Incident, b Begun) of {
	mine := r.p.Me.ID != "" && p.By.ID == r.p.Me.ID
	target := b.Step.UserID != "" && p.User.ID == b.Step.UserID
	old := slices.ContainsFunc(b.Seen.Responders, func(q sources.Responder) bool {
		return q.User.ID == p.User.ID && q.At.Equal(p.At)
	})
	switch {
	case mine && target && !old && r.since(p.At, b.At) == datedAfter:
		return itsOwn
	case !mine && r.p.Me.ID != "" && p.By.ID != "", !target && b.Step.UserID != "" && p.User.ID != "", old && len(now.Asked) > 0:
		return another
	}
	return perhapsIts
}

// entryOf reports whether a log entry belongs to the write. If the person is
// unknown, any person's action may belong to it.
func (r *run) entryOf(e sources.LogEntry, b Begun) of {
	// The schema has no type of its own for a changed priority.
	otherType := e.Type == "" || b.Step.Kind == respond.StepPriority && strings.Contains(e.Type, "priority")
	if !otherType && !slices.Contains(logTypes[b.Step.Kind], e.Type) {
		return another
	}
	reached := len(b.Step.Recipients) == 0 || len(e.Assignees) == 0 ||
		slices.ContainsFunc(e.Assignees, func(a sources.Reference) bool { return slices.Contains(b.Step.Recipients, a.ID) })
	if !reached && b.Step.Kind == respond.StepAssign {
		return another
	}
	seen, same := b.seenBy(e.CreatedAt)
	agent, dated := r.agentOf(e.Agent), r.since(e.CreatedAt, b.At)
	switch {
	case agent == another, seen, dated == datedBefore:
		return another
	case same && dated != datedAfter && r.clockRead():
		return another // what changed the incident last before
	case same, agent == perhapsIts, dated != datedAfter, otherType, !reached:
		return perhapsIts
	}
	return itsOwn
}

// agentOf reports whether the agent of a log entry is the person who acts.
func (r *run) agentOf(agent sources.Reference) of {
	person := strings.HasPrefix(agent.Type, "user")
	service := strings.HasPrefix(agent.Type, "service") || strings.Contains(agent.Type, "integration")
	switch me := r.p.Me.ID; {
	case agent.ID != "" && agent.ID == me:
		return itsOwn
	case agent.ID != "" && (service || person && me != ""):
		return another
	}
	return perhapsIts
}

// clockRead reports whether PagerDuty's clock was read.
func (r *run) clockRead() bool {
	_, read := r.incidents().ServerTime(r.now())
	return read
}
