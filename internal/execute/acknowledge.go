package execute

import (
	"context"
	"fmt"
	"slices"

	"firstline/internal/describe"
	"firstline/internal/respond"
	"firstline/sources"
)

// ackChunk is how many incidents one request acknowledges. PagerDuty accepts
// 250; with fewer the read just before the write is only seconds old.
const ackChunk = 50

// pending is an incident that is about to be acknowledged.
type pending struct {
	at     int // in the plan
	item   respond.Item
	fresh  sources.Incident
	number int64 // of the intent
	effect effect
	err    error
	tried  bool
}

// acknowledgeAll acknowledges the incidents of the plan, many in one request.
// PagerDuty accepts all of a request or nothing, so a refused request is split
// until the faulty incident is alone.
func (r *run) acknowledgeAll(ctx context.Context) {
	var all []int
	for i, item := range r.p.Items {
		if !r.done[i] && item.Steps[0].Kind == respond.StepAcknowledge && item.Steps[0].IncidentID != "" {
			all = append(all, i)
		}
	}
	for chunk := range slices.Chunk(all, ackChunk) {
		ready := r.readAll(ctx, chunk)
		begun := r.now()
		for _, p := range ready {
			p.number = r.intent(ctx, p.item, p.item.Steps[0], &p.fresh)
			p.effect = r.effectOf(p.item.Steps[0], &p.fresh)
		}
		r.sent = begun // of the first of them: writing many down may take a while
		r.send(ctx, ready)
		for _, p := range ready {
			r.acknowledged(ctx, p)
		}
	}
}

// readAll looks at incidents just before they are acknowledged, and finishes
// those that need no acknowledgement or can't be read.
func (r *run) readAll(ctx context.Context, chunk []int) []*pending {
	var ready []*pending
	for _, at := range chunk {
		if v, yes := r.hindered(ctx); yes {
			r.finish(ctx, at, v.result())
			continue
		}
		if v, yes := r.begin(ctx, at); yes {
			r.finish(ctx, at, v.result())
			continue
		}
		item := r.p.Items[at]
		id := item.Steps[0].IncidentID
		fresh, err := r.incidents().Incident(ctx, id)
		if len(ready) == 0 {
			r.readAt = r.now()
		}
		if err != nil {
			res := failed("Nothing was sent, because the incident could not be read just before", err).result()
			res.IncidentID = id
			r.finish(ctx, at, res)
			continue
		}
		if v, yes := r.changed(item, fresh); yes {
			res := v.result()
			res.Incident = &fresh
			r.finish(ctx, at, res)
			continue
		}
		ready = append(ready, &pending{at: at, item: item, fresh: fresh})
	}
	return ready
}

// send sends one request, and two halves of it where it was refused for what
// may be the fault of one. One whose answer was lost is not sent again.
func (r *run) send(ctx context.Context, all []*pending) {
	if len(all) == 0 {
		return
	}
	ids, numbers := make([]string, len(all)), make([]int64, len(all))
	for i, p := range all {
		ids[i], numbers[i] = p.fresh.ID, p.number
	}
	err := r.write(ctx, func(ctx context.Context) error { return r.incidents().Acknowledge(ctx, ids...) }, numbers...)
	if err != nil && len(all) > 1 && !lost(err) && ofOne(err) {
		half := len(all) / 2
		r.send(ctx, all[:half])
		r.send(ctx, all[half:])
		return
	}
	for _, p := range all {
		p.err, p.tried = err, true
	}
}

// ofOne reports whether a refusal may be the fault of one incident among many.
func ofOne(err error) bool {
	switch sources.ReasonOf(err) {
	case sources.RateLimited, sources.Unauthorized, sources.Unreachable, sources.Canceled, sources.UnknownRequester, sources.MissingAbility:
		return false
	}
	return true
}

// acknowledged reads back one incident and finishes its item, with its note
// where one goes along.
func (r *run) acknowledged(ctx context.Context, p *pending) {
	v, last := r.verify(ctx, p.fresh.ID, p.err, p.effect)
	if last == nil {
		last = &p.fresh
	} else if v.ok() {
		v.sentence += r.reopened(ctx, p.fresh, *last)
	}
	r.record(ctx, p.number, v)
	res := v.result()
	res.Incident = last
	if v.ok() && len(p.item.Steps) > 1 {
		rest := r.steps(ctx, p.item, p.item.Steps[1:], respond.Result{Incident: last, Partly: true})
		rest.Sentence = v.sentence + " " + rest.Sentence
		if rest.Outcome == respond.Failed || rest.Outcome == respond.Refused {
			rest.Outcome, rest.TextUnsent, rest.Partly = respond.Done, true, false
			rest.Sentence += " " + textUnsent
		}
		res = rest
	}
	r.finish(ctx, p.at, res)
}

// reopened says that an acknowledgement may have opened an incident again that
// somebody resolved just before: PagerDuty's schema has it that way, its list of
// errors has a refusal. Such an incident is with whoever acknowledged it.
func (r *run) reopened(ctx context.Context, before, now sources.Incident) string {
	if slices.Equal(respond.AssigneeIDs(before), respond.AssigneeIDs(now)) || before.ID == "" {
		return ""
	}
	entries, extent, err := r.incidents().LogEntries(ctx, now.ID)
	if err == nil {
		for _, e := range entries {
			if e.Type == "resolve" && !e.CreatedAt.Before(r.readAt.Add(-clockSlack)) && !e.CreatedAt.Before(before.ChangedAt) {
				return fmt.Sprintf(" It was resolved%s, and the acknowledgement opened it again: now %s.", describe.ByWhen(e.Agent, e.CreatedAt, r.whoOf, r.now()), r.holders(now))
			}
		}
		if extent.Whole() {
			return ""
		}
	}
	return fmt.Sprintf(" It is %s now: whether it was resolved meanwhile, and is open again by this, is unknown. Look at its timeline.", r.holders(now))
}
