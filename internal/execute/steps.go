package execute

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/respond"
	"firstline/sources"
)

// one carries out an item that is not part of a bulk acknowledgement.
func (r *run) one(ctx context.Context, at int) respond.Result {
	if v, yes := r.hindered(ctx); yes {
		return v.result()
	}
	if late := r.p.Items[at].Late(r.now()); late != "" { // those before it took long
		return verdict{outcome: respond.Refused, sentence: late}.result()
	}
	if v, yes := r.begin(ctx, at); yes {
		return v.result()
	}
	item := r.p.Items[at]
	if item.Steps[0].Kind.OfSilence() {
		return r.silences(ctx, item)
	}
	res := respond.Result{Incident: r.progress[item.Attempt].opened}
	var fresh sources.Incident
	if id := item.Steps[0].IncidentID; id != "" {
		var err error
		if fresh, err = r.incidents().Incident(ctx, id); err != nil {
			res := failed("Nothing was sent, because the incident could not be read just before", err).result()
			res.IncidentID = id
			return res
		}
		res.Incident = &fresh
		r.readAt = r.now()
		// What an earlier try did is no surprise.
		if v, yes := r.changed(item, fresh); yes && !r.progress[item.Attempt].notified {
			res := v.result()
			res.Incident = &fresh
			return res
		}
	}
	res = r.steps(ctx, item, item.Steps, res)
	if r.p.Action == respond.AddNote && res.Outcome == respond.Done && fresh.Status == sources.Resolved {
		res.Sentence += " " + describe.Already(fresh, r.whoOf, r.now())
	}
	return res
}

// steps carries out the writes in order, each only when those before it came
// about.
func (r *run) steps(ctx context.Context, item respond.Item, steps []respond.Step, res respond.Result) respond.Result {
	var said string
	before := r.progress[item.Attempt]
	res.NotePosted = before.noted
	for _, s := range steps {
		if before.skips(s, r.p.Action) {
			continue
		}
		if v := r.stillRight(ctx, s, res.Incident); !v.ok() {
			return v.on(res)
		}
	}
	sent := 0
	acted := before.acted() || res.Partly
	for n, s := range steps {
		if before.skips(s, r.p.Action) {
			continue
		}
		if item.So != "" && r.saidAlready(ctx, s) {
			res.Outcome, res.NotePosted, res.Sentence = respond.Already, true, item.So+" What you wrote is on the incident already."
			return res
		}
		sent++
		v := r.step(ctx, item, s, &res)
		if s.Kind == respond.StepNote && v.ok() {
			res.NotePosted = true
		}
		if !v.ok() {
			res.Partly = acted && v.outcome != respond.Already
			if n == 0 && len(steps) > 1 && v.outcome != respond.Already {
				v.sentence += " Nothing else was sent."
			}
			if res.NotePosted && item.OwnNote && s.Kind != respond.StepNote {
				v.sentence += r.correct(ctx, item, v, &res)
			}
			if said == "" && before.noted && s.Kind != respond.StepNote {
				said = "The note was on the incident already."
			}
			return partly(s, v, said, res)
		}
		acted = acted || s.Kind != respond.StepNote
		if s.Kind == respond.StepNote || s.Kind == respond.StepResolve && s.Resolution != "" {
			r.worded[item.Attempt] = true
		}
		switch {
		case r.p.Action == respond.Undo && said != "":
			said += " " + v.sentence
		case s.Kind != respond.StepNote || said == "":
			said = v.sentence
		}
		if s.Kind != respond.StepNote && item.Group.Incident != nil && res.Incident != nil {
			item.Group.Incident = res.Incident // what follows builds on it
		}
	}
	if before.noted && slices.ContainsFunc(steps, func(s respond.Step) bool { return s.Kind == respond.StepNote }) {
		at := before.at
		if !before.notedAt.IsZero() {
			at = before.notedAt
		}
		said += fmt.Sprintf(" The note is that of the try of %s.", r.clock().Second(at))
	}
	res.Partly = before.noteHeld
	switch {
	case before.noteHeld:
		return r.withoutNote(before, said, res)
	case sent == 0:
		v := r.came(before, res.Incident)
		res.Outcome, res.Sentence = v.outcome, v.sentence
	case before.notified:
		res.Outcome, res.Sentence = respond.Done, said+" "+r.came(before, res.Incident).sentence
	default:
		res.Outcome, res.Sentence = respond.Done, said
	}
	return res
}

// stillRight checks what a write relies on, before the note is posted: a refusal
// then leaves nothing behind. now is the incident, or nil.
func (r *run) stillRight(ctx context.Context, s respond.Step, now *sources.Incident) verdict {
	v := r.stillOnCall(ctx, s)
	if v.ok() && s.Kind == respond.StepLevel && s.From > 0 && now != nil {
		v = r.stillAtLevel(ctx, s, *now)
	}
	if v.ok() && s.Kind == respond.StepMerge {
		v = r.stillOpen(ctx, s.Into)
	}
	return v
}

// withoutNote returns the result of writes that were sent anyway, without the
// note, whose outcome is unknown. It is not over: a repetition settles the
// note, and posts it if it did not arrive.
func (r *run) withoutNote(before progress, said string, res respond.Result) respond.Result {
	v := *before.note
	v.outcome = respond.Unknown
	v.sentence = strings.TrimSpace(fmt.Sprintf("%s The note of the try of %s was not posted again, because it is unknown whether it came about: %s Once that is known, the same again does the rest.",
		said, r.clock().Second(before.at), v.sentence))
	return v.on(res)
}

// textUnsent is said where what the responder typed went nowhere.
const textUnsent = "What you wrote was not sent: add it as a note."

// partly is the result when a step did not come about after others had.
func partly(s respond.Step, v verdict, said string, res respond.Result) respond.Result {
	res = v.on(res)
	if said == "" {
		return res
	}
	switch {
	case res.NotePosted:
		res.Sentence = "The note is on the incident. " + v.sentence
	case s.Kind == respond.StepAcknowledge && v.outcome == respond.Already:
		res.Sentence = said + " " + v.sentence // nothing is amiss
	case s.Kind == respond.StepNote && v.outcome != respond.Unknown:
		// What it goes along with is done.
		res.Outcome, res.TextUnsent, res.Partly = respond.Done, true, false
		res.Sentence = said + " " + v.sentence + " " + textUnsent
	default:
		res.Sentence = said + " " + v.sentence
		if v.outcome == respond.Already || v.outcome == respond.Refused {
			res.Outcome = respond.Failed
		}
	}
	return res
}

func (r *run) step(ctx context.Context, item respond.Item, s respond.Step, res *respond.Result) verdict {
	if s.IncidentID == "" && res.Incident != nil {
		s.IncidentID = res.Incident.ID
	}
	switch s.Kind {
	case respond.StepNote:
		return r.postNote(ctx, item, s, res)
	case respond.StepOpen:
		return r.open(ctx, item, s, res)
	case respond.StepResponders:
		return r.askResponders(ctx, item, s, res)
	case respond.StepCorrect:
		return verdict{outcome: respond.Refused, sentence: "A note is corrected by what put it there."}
	case respond.StepSilence, respond.StepExtend, respond.StepExpire:
		return verdict{outcome: respond.Refused, sentence: "A silence goes to Alertmanager, not to PagerDuty."}
	case respond.StepPolicy, respond.StepMove, respond.StepLevel, respond.StepAssign, respond.StepAcknowledge, respond.StepResolve, respond.StepSnooze, respond.StepMerge, respond.StepUrgency, respond.StepPriority:
		return r.change(ctx, item, s, res)
	}
	return verdict{outcome: respond.Refused, sentence: fmt.Sprintf("%q is no step that can be done here.", s.Kind)}
}

// change is a write that changes the incident itself.
func (r *run) change(ctx context.Context, item respond.Item, s respond.Step, res *respond.Result) verdict {
	if v := r.stillFresh(ctx, item, s, res); !v.ok() {
		return v
	}
	before := res.Incident
	e := r.effectOf(s, before)
	number := r.intent(ctx, item, s, before)
	err := r.write(ctx, func(ctx context.Context) error { return r.sendStep(ctx, s) }, number)
	v, last := r.verify(ctx, s.IncidentID, err, e)
	if sources.ReasonOf(err) == sources.NotFound && !lost(err) && last != nil && v.outcome == respond.Failed {
		// The incident is there, so it is whom it should go to.
		switch s.Kind {
		case respond.StepPolicy, respond.StepMove:
			v.sentence = policyGone(s)
		case respond.StepAssign:
			v.sentence = fmt.Sprintf("PagerDuty has no user %s any more: choose another target.", clean.Line(s.UserName))
		}
	}
	if last != nil {
		if s.Kind == respond.StepAcknowledge && v.ok() && before != nil {
			v.sentence += r.reopened(ctx, *before, *last)
		}
		res.Incident = last
	}
	r.record(ctx, number, v)
	return v
}

func policyGone(s respond.Step) string {
	return fmt.Sprintf("The escalation policy %s is gone from PagerDuty: choose another target.", clean.Line(s.PolicyName))
}

// freshFor is how long a look at an incident counts as just before a write.
const freshFor = 2 * time.Second

// stillFresh looks at the incident again where what came before the write took
// long, such as a note that had to wait for PagerDuty's rate limit. An
// acknowledgement is always looked before: PagerDuty may open a resolved incident
// again by it.
func (r *run) stillFresh(ctx context.Context, item respond.Item, s respond.Step, res *respond.Result) verdict {
	acks := s.Kind == respond.StepAcknowledge
	if res.Incident == nil || !acks && (item.Group.Incident == nil || r.now().Sub(r.readAt) <= freshFor) {
		return verdict{outcome: respond.Done}
	}
	fresh, err := r.incidents().Incident(ctx, res.Incident.ID)
	if err != nil {
		return failed("Nothing more was sent, because the incident could not be read just before", err)
	}
	r.readAt = r.now()
	res.Incident = &fresh
	if acks && fresh.Status == sources.Resolved {
		return verdict{outcome: respond.Already, sentence: describe.Already(fresh, r.whoOf, r.now())}
	}
	if item.Group.Incident == nil {
		return verdict{outcome: respond.Done}
	}
	if v, yes := r.changed(item, fresh); yes {
		return v
	}
	return verdict{outcome: respond.Done}
}

func (r *run) ackEffect() effect {
	return effect{
		expected: func(i sources.Incident) bool {
			return i.Status == sources.Acknowledged && (r.p.Me.ID == "" || respond.AcknowledgedBy(i, r.p.Me.ID))
		},
		// Where it is not known who the person is, it may be another's.
		certain:   r.p.Me.ID != "",
		orHandled: true,
		done:      func(i sources.Incident) string { return "Acknowledged " + describe.Incident(i) + "." },
		what:      "the acknowledgement",
	}
}

// onCallRead is who a policy would page, and when that was asked.
type onCallRead struct {
	all    []sources.OnCall
	extent sources.Extent
	at     time.Time
}

// policy is the policy of a step as it was read.
func (o onCallRead) policy(s respond.Step) escalation.Policy {
	p := escalation.Policy{ID: s.PolicyID, Name: s.PolicyName, OnCallsRead: o.extent}
	for _, entry := range o.all {
		if entry.Policy.ID == s.PolicyID {
			p.OnCalls = append(p.OnCalls, entry)
		}
	}
	return p
}

// onCallAge is how old what was read of a policy may be in a bulk.
const onCallAge = 15 * time.Second

// stillOnCall checks that a write would page nobody whom the preview did not
// name: shifts change while a dialog is open.
func (r *run) stillOnCall(ctx context.Context, s respond.Step) verdict {
	if s.PolicyID == "" || !slices.Contains([]respond.StepKind{respond.StepPolicy, respond.StepMove, respond.StepLevel, respond.StepResponders, respond.StepOpen}, s.Kind) {
		return verdict{outcome: respond.Done}
	}
	read, ok := r.onCalls[s.PolicyID]
	if !ok || r.now().Sub(read.at) > onCallAge {
		onCalls, extent, err := r.incidents().OnCalls(ctx, s.PolicyID)
		if sources.ReasonOf(err) == sources.NotFound {
			return verdict{outcome: respond.Refused, sentence: policyGone(s), err: err}
		}
		if err != nil {
			return failed("Nothing was sent, because who is on call at "+clean.Line(s.PolicyName)+" could not be read just before", err)
		}
		read = onCallRead{onCalls, extent, r.now()}
		if r.onCalls == nil {
			r.onCalls = map[string]onCallRead{}
		}
		r.onCalls[s.PolicyID] = read
	}
	if !read.extent.Whole() {
		return verdict{outcome: respond.Refused, sentence: fmt.Sprintf("Who is on call at %s could not be read wholly, because %s. Nothing was sent.",
			clean.Line(s.PolicyName), clean.Line(read.extent.Why()))}
	}
	policy := read.policy(s)
	users := escalation.OfPolicy(policy, escalation.Case{Now: r.now()}).Now
	if s.Kind == respond.StepLevel {
		users = escalation.Stage{}
		users.People, users.Missing = policy.OnCall(s.Level, r.now(), r.now())
	}
	switch {
	case len(users.People) > 0:
	case users.Missing != "":
		return verdict{outcome: respond.Refused, sentence: fmt.Sprintf("Who is on call at %s is not known: %s. Nothing was sent.", clean.Line(s.PolicyName), clean.Line(users.Missing))}
	default:
		return verdict{outcome: respond.Refused, sentence: fmt.Sprintf("Nobody is on call at %s any more: choose another target. Nothing was sent.", clean.Line(s.PolicyName))}
	}
	var unnamed []string
	for _, p := range users.People {
		if !slices.Contains(s.Recipients, p.User.ID) {
			unnamed = append(unnamed, r.whoOf(p.User))
		}
	}
	if len(unnamed) > 0 {
		return verdict{outcome: respond.Refused, sentence: fmt.Sprintf("Who is on call at %s changed since the preview: it would notify %s. Nothing was sent; look again.",
			clean.Line(s.PolicyName), describe.List(unnamed))}
	}
	return verdict{outcome: respond.Done}
}

// stillOpen looks just before a merge whether the incident that is merged into
// is open: once for all that are merged into it.
func (r *run) stillOpen(ctx context.Context, id string) verdict {
	if r.targets == nil {
		r.targets = map[string]verdict{}
	}
	if v, found := r.targets[id]; found {
		return v
	}
	v := verdict{outcome: respond.Done}
	i, err := r.incidents().Incident(ctx, id)
	switch {
	case err != nil:
		return failed("Nothing was sent, because the incident to merge into could not be read just before", err)
	case i.Status == sources.Resolved:
		v = verdict{outcome: respond.Refused, sentence: fmt.Sprintf("%s, which it was to be merged into, is resolved%s. Nothing was sent; choose another.",
			describe.Incident(i), describe.ByWhen(i.ChangedBy, i.ChangedAt, r.whoOf, r.now()))}
	}
	r.targets[id] = v
	return v
}
