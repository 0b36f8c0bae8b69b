package respond

import (
	"context"
	"fmt"
	"slices"
	"time"

	"firstline/internal/clean"
	"firstline/sources"
)

// one carries out an item that is not part of a bulk acknowledgement.
func (r *run) one(ctx context.Context, item Item) Result {
	if v, yes := r.hindered(ctx); yes {
		return Result{Outcome: v.outcome, Sentence: v.sentence, Err: v.err}
	}
	if item.Steps[0].Kind == StepSilence {
		return r.silences(ctx, item)
	}
	res := Result{}
	var fresh sources.Incident
	if id := item.Steps[0].IncidentID; id != "" {
		var err error
		if fresh, err = r.d.Incidents.Incident(ctx, id); err != nil {
			v := failed("Nothing was sent, because the incident could not be read just before", err)
			return Result{Outcome: v.outcome, Sentence: v.sentence, Err: v.err, IncidentID: id}
		}
		res.Incident = &fresh
		r.readAt = r.now()
		if v, yes := r.changed(item, fresh); yes {
			return Result{Outcome: v.outcome, Sentence: v.sentence, Incident: &fresh}
		}
	}
	return r.steps(ctx, item, item.Steps, res)
}

// steps carries out the writes in order, each only when those before it came
// about.
func (r *run) steps(ctx context.Context, item Item, steps []Step, res Result) Result {
	var said string
	// Whom the paging write would wake is looked up before the note goes out,
	// so that a refusal leaves nothing behind.
	for _, s := range steps {
		if v := r.stillOnCall(ctx, s); !v.ok() {
			res.Outcome, res.Sentence, res.Err = v.outcome, v.sentence, v.err
			return res
		}
	}
	for n, s := range steps {
		v := r.step(ctx, item, s, &res)
		if s.Kind == StepNote && v.ok() {
			res.NotePosted = true
		}
		if !v.ok() {
			if n == 0 && len(steps) > 1 && v.outcome != Already {
				v.sentence += " Nothing else was sent."
			}
			return partly(s, v, said, res)
		}
		if s.Kind != StepNote || said == "" {
			said = v.sentence
		}
	}
	res.Outcome, res.Sentence = Done, said
	return res
}

// partly is the result when a step did not come about after others had.
func partly(s Step, v verdict, said string, res Result) Result {
	res.Outcome, res.Sentence, res.Err = v.outcome, v.sentence, v.err
	if said == "" {
		return res
	}
	switch {
	case res.NotePosted:
		res.Sentence = "The note stands, but: " + v.sentence
	case s.Kind == StepAcknowledge && v.outcome == Already:
		res.Sentence = said + " " + v.sentence
	default:
		res.Sentence = said + " But: " + v.sentence
		if v.outcome == Already || v.outcome == Refused {
			res.Outcome = Failed
		}
	}
	return res
}

func (r *run) step(ctx context.Context, item Item, s Step, res *Result) verdict {
	if s.IncidentID == "" && res.Incident != nil {
		s.IncidentID = res.Incident.ID
	}
	switch s.Kind {
	case StepNote:
		return r.postNote(ctx, item, s, res.Incident)
	case StepOpen:
		return r.open(ctx, item, s, res)
	case StepPolicy, StepAssign, StepAcknowledge:
		return r.change(ctx, item, s, res)
	}
	return verdict{outcome: Refused, sentence: fmt.Sprintf("%q is no step that can be done here.", s.Kind)}
}

// change is a write that changes the incident itself.
func (r *run) change(ctx context.Context, item Item, s Step, res *Result) verdict {
	if v := r.stillFresh(ctx, item, res); !v.ok() {
		return v
	}
	before := res.Incident
	e := r.effectOf(s, before)
	number := r.intent(ctx, item, s, before)
	err := r.write(ctx, func(ctx context.Context) error {
		switch s.Kind {
		case StepPolicy:
			return r.d.Incidents.SetPolicy(ctx, s.PolicyID, s.IncidentID)
		case StepAssign:
			return r.d.Incidents.Assign(ctx, []string{s.UserID}, s.IncidentID)
		default:
			return r.d.Incidents.Acknowledge(ctx, s.IncidentID)
		}
	})
	v, last := r.verify(ctx, s.IncidentID, err, e)
	if sources.ReasonOf(err) == sources.NotFound && !lost(err) {
		// The incident was just there, so it is whom it should go to.
		switch s.Kind {
		case StepPolicy:
			v.sentence = policyGone(s)
		case StepAssign:
			v.sentence = fmt.Sprintf("PagerDuty has no user %s any more: choose another target.", clean.Line(s.UserName))
		}
	}
	if last != nil {
		res.Incident = last
	}
	r.settle(ctx, number, v)
	return v
}

func policyGone(s Step) string {
	return fmt.Sprintf("The escalation policy %s is gone from PagerDuty: choose another target.", clean.Line(s.PolicyName))
}

// freshFor is how long a look at an incident counts as just before a write.
const freshFor = 2 * time.Second

// stillFresh looks at the incident again where what came before the write took
// long, such as a note that had to wait for PagerDuty's rate limit.
func (r *run) stillFresh(ctx context.Context, item Item, res *Result) verdict {
	if item.Group.Incident == nil || res.Incident == nil || r.now().Sub(r.readAt) <= freshFor {
		return verdict{outcome: Done}
	}
	fresh, err := r.d.Incidents.Incident(ctx, res.Incident.ID)
	if err != nil {
		return failed("The incident could not be read just before", err)
	}
	r.readAt = r.now()
	res.Incident = &fresh
	if v, yes := r.changed(item, fresh); yes {
		return v
	}
	return verdict{outcome: Done}
}

// effectOf says how to tell that a write came about.
func (r *run) effectOf(s Step, before *sources.Incident) effect {
	did := map[Action]string{Escalate: "Escalated", HandOff: "Handed off"}[r.p.Action]
	what := map[Action]string{Escalate: "the escalation", HandOff: "the hand-off"}[r.p.Action]
	switch s.Kind {
	case StepPolicy:
		return effect{
			expected: func(i sources.Incident) bool { return i.Policy.ID == s.PolicyID },
			// The policy it had before shows nothing: it is the same either way.
			certain: before != nil && before.Policy.ID != s.PolicyID,
			done: func(i sources.Incident) string {
				return fmt.Sprintf("%s to %s: now %s.", did, clean.Line(s.PolicyName), r.holders(i))
			},
			what: what,
		}
	case StepAssign:
		return effect{
			expected: func(i sources.Incident) bool { return onlyAssignee(i, s.UserID) },
			certain:  true,
			done:     func(i sources.Incident) string { return fmt.Sprintf("%s: now %s.", did, r.holders(i)) },
			what:     what,
		}
	}
	return r.ackEffect()
}

func (r *run) ackEffect() effect {
	return effect{
		expected: func(i sources.Incident) bool {
			return i.Status == sources.Acknowledged && (r.p.Me.ID == "" || acknowledgedBy(i, r.p.Me.ID))
		},
		certain: true,
		settles: true,
		done:    func(i sources.Incident) string { return "Acknowledged " + incidentName(i) + "." },
		what:    "the acknowledgement",
	}
}

// onCallRead is who a policy would page, and when that was asked.
type onCallRead struct {
	users []sources.Reference
	at    time.Time
}

// onCallAge is how old what was read of a policy may be in a bulk.
const onCallAge = 15 * time.Second

// stillOnCall checks that a write would page nobody whom the preview did not
// name: shifts change while a dialog is open.
func (r *run) stillOnCall(ctx context.Context, s Step) verdict {
	if s.PolicyID == "" || s.Kind != StepPolicy && s.Kind != StepOpen {
		return verdict{outcome: Done}
	}
	read, ok := r.onCalls[s.PolicyID]
	if !ok || r.now().Sub(read.at) > onCallAge {
		onCalls, err := r.d.Incidents.OnCalls(ctx, s.PolicyID)
		if sources.ReasonOf(err) == sources.NotFound {
			return verdict{Refused, policyGone(s), err}
		}
		if err != nil {
			return failed("Nothing was sent, because who is on call at "+clean.Line(s.PolicyName)+" could not be read just before", err)
		}
		users, _ := pagedAtOnce(onCalls, s.PolicyID, r.now())
		read = onCallRead{users, r.now()}
		if r.onCalls == nil {
			r.onCalls = map[string]onCallRead{}
		}
		r.onCalls[s.PolicyID] = read
	}
	if len(read.users) == 0 {
		return verdict{outcome: Refused, sentence: fmt.Sprintf("Nobody is on call at %s any more: choose another target. Nothing was sent.", clean.Line(s.PolicyName))}
	}
	var unnamed []string
	for _, u := range read.users {
		if !slices.Contains(s.Pages, u.ID) {
			unnamed = append(unnamed, r.whoOf(u))
		}
	}
	if len(unnamed) > 0 {
		return verdict{outcome: Refused, sentence: fmt.Sprintf("Who is on call at %s changed since the preview: it would page %s. Nothing was sent; look again.",
			clean.Line(s.PolicyName), list(unnamed))}
	}
	return verdict{outcome: Done}
}
