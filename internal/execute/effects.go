package execute

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/respond"
	"firstline/sources"
)

// sendStep is the write of a step that changes an incident.
func (r *run) sendStep(ctx context.Context, s respond.Step) error {
	switch s.Kind {
	case respond.StepAcknowledge:
		return r.incidents().Acknowledge(ctx, s.IncidentID)
	case respond.StepPolicy:
		return r.incidents().SetPolicy(ctx, s.PolicyID, s.IncidentID)
	case respond.StepMove:
		return r.incidents().Move(ctx, s.IncidentID, s.ServiceID, s.PolicyID)
	case respond.StepLevel:
		return r.incidents().SetLevel(ctx, s.Level, s.IncidentID)
	case respond.StepAssign:
		return r.incidents().Assign(ctx, s.Assignees(), s.IncidentID)
	case respond.StepResolve:
		return r.incidents().Resolve(ctx, s.Resolution, s.IncidentID)
	case respond.StepSnooze:
		// PagerDuty takes whole seconds. Less would end it the minute before.
		left := s.Until.Sub(r.now()) + time.Second - 1
		return r.incidents().Snooze(ctx, s.IncidentID, left.Truncate(time.Second))
	case respond.StepMerge:
		return r.incidents().Merge(ctx, s.Into, s.IncidentID)
	case respond.StepUrgency:
		return r.incidents().SetUrgency(ctx, s.Urgency, s.IncidentID)
	case respond.StepPriority:
		return r.incidents().SetPriority(ctx, s.PriorityID, s.IncidentID)
	}
	return &sources.Error{Reason: sources.Rejected, Sentence: fmt.Sprintf("%q is no change of an incident", s.Kind), Doing: "sending"}
}

// effectOf describes how to verify a write that is about to be sent.
func (r *run) effectOf(s respond.Step, before *sources.Incident) effect {
	e := r.effect(s, before)
	e.begun = Begun{At: r.now(), Action: r.p.Action, Step: s, Seen: before}
	return e
}

func (r *run) effect(s respond.Step, before *sources.Incident) effect {
	switch s.Kind {
	case respond.StepPolicy, respond.StepMove, respond.StepLevel, respond.StepAssign:
		return r.passEffect(s, before)
	case respond.StepResolve:
		return effect{
			expected: func(i sources.Incident) bool { return i.Status == sources.Resolved },
			// It may be another's doing.
			proves: func(i sources.Incident) bool {
				return r.p.Me.ID != "" && i.ChangedBy.ID == r.p.Me.ID && i.MergedInto == ""
			},
			done: func(i sources.Incident) string { return "Resolved " + describe.Incident(i) + "." },
			what: "the resolve",
		}
	case respond.StepSnooze:
		return effect{
			expected: func(i sources.Incident) bool { return snoozedUntil(i, s.Until) },
			certain:  before != nil && !snoozedUntil(*before, s.Until),
			done: func(i sources.Incident) string {
				return fmt.Sprintf("Snoozed %s until %s.", describe.Incident(i), describe.WallClock(s.Until, s.Until))
			},
			what: "the snooze",
		}
	case respond.StepMerge:
		return effect{
			// Somebody else may have resolved it, unless PagerDuty reports the
			// incident into which it was merged.
			expected: func(i sources.Incident) bool {
				return i.Status == sources.Resolved && (i.MergedInto == "" || i.MergedInto == s.Into)
			},
			proves: func(i sources.Incident) bool { return s.Into != "" && i.MergedInto == s.Into },
			done:   func(i sources.Incident) string { return "Merged " + describe.Incident(i) + "." },
			what:   "the merge",
		}
	case respond.StepUrgency:
		return effect{
			expected: func(i sources.Incident) bool { return i.Urgency == s.Urgency },
			certain:  before != nil && before.Urgency != s.Urgency,
			done: func(i sources.Incident) string {
				return fmt.Sprintf("The urgency of %s is %s now.", describe.Incident(i), s.Urgency)
			},
			what: "the change of the urgency",
		}
	case respond.StepPriority:
		has := func(i sources.Incident) bool { return i.Priority != nil && i.Priority.ID == s.PriorityID }
		return effect{
			expected: has,
			certain:  before != nil && !has(*before),
			done: func(i sources.Incident) string {
				return fmt.Sprintf("The priority of %s is %s now.", describe.Incident(i), clean.Line(s.PriorityName))
			},
			what: "the change of the priority",
		}
	}
	return r.ackEffect()
}

// passEffect is of the writes that bring in somebody else.
func (r *run) passEffect(s respond.Step, before *sources.Incident) effect {
	did, what := "Escalated", "the escalation"
	switch r.p.Action {
	case respond.HandOff:
		did, what = "Handed off", "the hand-off"
	case respond.Undo:
		did, what = "Given back", "giving it back"
	}
	switch s.Kind {
	case respond.StepAssign:
		there := func(i sources.Incident) bool { return respond.AssignedDirectly(i, s.Assignees()) }
		return effect{
			expected: there,
			// One that was with them already shows nothing.
			certain: before == nil || !there(*before),
			done:    func(i sources.Incident) string { return fmt.Sprintf("%s: now %s.", did, r.holders(i)) },
			what:    what,
		}
	case respond.StepLevel:
		// The level itself is not reported; the assignees show it.
		there := func(i sources.Incident) bool {
			return len(i.Assignments) > 0 && !slices.ContainsFunc(i.Assignments, func(a sources.Assignment) bool { return !slices.Contains(s.Recipients, a.User.ID) })
		}
		return effect{
			expected: there,
			certain:  before != nil && !there(*before),
			done: func(i sources.Incident) string {
				return fmt.Sprintf("%s to level %d of %s: now %s.", did, s.Level, clean.Line(s.PolicyName), r.holders(i))
			},
			what: what,
		}
	}
	there := func(i sources.Incident) bool {
		return i.Policy.ID == s.PolicyID && (s.Kind != respond.StepMove || i.Service.ID == s.ServiceID)
	}
	return effect{
		expected: there,
		// What it had before shows nothing: it is the same either way.
		certain: before != nil && before.Policy.ID != s.PolicyID,
		done: func(i sources.Incident) string {
			moved := ""
			if s.Kind == respond.StepMove {
				moved = ", moved to " + describe.Label(i.Service, "service")
			}
			return fmt.Sprintf("%s to %s%s: now %s.", did, clean.Line(s.PolicyName), moved, r.holders(i))
		},
		what: what,
	}
}

// clockSlack is how far PagerDuty's clock may be from ours, and how long a
// write may have waited.
const clockSlack = 2 * time.Minute

// snoozedUntil reports whether an incident's acknowledgement ends then. What is
// asked for is for how long, so one that was carried out late ends later.
func snoozedUntil(i sources.Incident, until time.Time) bool {
	return i.Status == sources.Acknowledged && slices.ContainsFunc(i.Pending, func(p sources.PendingAction) bool {
		late := p.At.Sub(until)
		return p.Type == "unacknowledge" && late > -clockSlack && late < heldFor+clockSlack
	})
}

// askResponders asks further people to join.
func (r *run) askResponders(ctx context.Context, item respond.Item, s respond.Step, res *respond.Result) verdict {
	if v := r.stillFresh(ctx, item, s, res); !v.ok() {
		return v
	}
	var users, policies []string
	if s.UserID != "" {
		users = []string{s.UserID}
	} else {
		policies = []string{s.PolicyID}
	}
	whom := clean.Line(s.UserName)
	if whom == "" {
		whom = clean.Line(s.PolicyName)
	}
	before := res.Incident
	number := r.intent(ctx, item, s, before)
	err := r.write(ctx, func(ctx context.Context) error {
		return r.incidents().AskResponders(ctx, s.IncidentID, s.Note, users, policies)
	}, number)
	v := verdict{outcome: respond.Done, sentence: fmt.Sprintf("Asked %s to join %s.", whom, describe.Incident(*before))}
	switch {
	case lost(err):
		began := r.now()
		now, is, readErr := r.await(ctx, s.IncidentID, func(i sources.Incident) bool { return r.askedSince(*before, i, s) })
		switch {
		case is:
			res.Incident = now
		case now == nil:
			v = r.readFailed(err, readErr, "asking "+whom)
		case now.Asked == nil || before.Asked == nil:
			v = r.unknown(err, "The answer to asking %s was lost, and the incident does not show whether they were asked. Look at its timeline before you repeat it.", whom)
		default:
			v = r.notShown(began, err, "asking "+whom, "PagerDuty", "")
		}
	case err != nil:
		var now *sources.Incident
		v, now = r.notDone(ctx, s.IncidentID, err, effect{
			expected: func(i sources.Incident) bool { return r.askedSince(*before, i, s) }, certain: true, what: "asking " + whom + " to join",
		})
		if now != nil {
			res.Incident = now
		}
	}
	r.record(ctx, number, v)
	return v
}

// askedSince reports whether one read of an incident has a request that the
// other does not have. If one of them has none at all, that proves nothing.
func (r *run) askedSince(before, now sources.Incident, s respond.Step) bool {
	return before.Asked != nil && now.Asked != nil && r.timesAsked(now, s) > r.timesAsked(before, s)
}

// timesAsked is how often this responder asked the step's target to join.
func (r *run) timesAsked(i sources.Incident, s respond.Step) int {
	n := 0
	for _, q := range i.Asked {
		mine := r.p.Me.ID == "" || q.By.ID == "" || q.By.ID == r.p.Me.ID
		if mine && slices.ContainsFunc(q.Targets, func(t sources.Reference) bool { return t.ID == cmp.Or(s.UserID, s.PolicyID) }) {
			n++
		}
	}
	return n
}

// stillAtLevel looks just before an escalation to a level whether the incident
// is where the preview said: somebody, or PagerDuty itself, may have been
// faster.
func (r *run) stillAtLevel(ctx context.Context, s respond.Step, i sources.Incident) verdict {
	entries, _, err := r.incidents().LogEntries(ctx, s.IncidentID)
	if err != nil {
		return failed("Nothing was sent, because the incident's log could not be read just before", err)
	}
	if on := escalation.LevelOf(i, r.onCalls[s.PolicyID].policy(s), entries, r.now()); on.Level != s.From {
		return verdict{outcome: respond.Refused, sentence: fmt.Sprintf("%s is not on level %d of %s any more. Nothing was sent; look again.",
			describe.Incident(i), s.From, clean.Line(s.PolicyName))}
	}
	return verdict{outcome: respond.Done}
}
