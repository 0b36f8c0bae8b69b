package execute

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/describe"
	"firstline/internal/respond"
	"firstline/internal/wording"
	"firstline/sources"
)

// pauses are how long to wait before each look at what a write did. PagerDuty
// may show an older state for a moment.
var pauses = []time.Duration{0, 400 * time.Millisecond, 1500 * time.Millisecond}

// await reads an incident until it is as expected, a few times at most. It
// gives the incident as last read and whether it came to be so.
func (r *run) await(ctx context.Context, id string, expected func(sources.Incident) bool) (*sources.Incident, bool, error) {
	var last *sources.Incident
	err := r.reads(ctx, func(ctx context.Context) (bool, error) {
		i, err := r.incidents().Incident(ctx, id)
		if err != nil {
			return false, err
		}
		last = &i
		return expected(i), nil
	})
	return last, last != nil && expected(*last), err
}

// reads calls look until it finds what it looks for, or has looked a few
// times, or time is up. It goes on after ctx ended, but not for long.
func (r *run) reads(ctx context.Context, read func(context.Context) (bool, error)) error {
	switch sources.ReasonOf(r.stop) {
	case sources.Unreachable, sources.RateLimited, sources.Unauthorized:
		return r.stop // known to fail, and slow to
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTime)
	defer cancel()
	var err error
	for _, pause := range pauses {
		if pause > 0 {
			if waitErr := r.wait(ctx, pause); waitErr != nil {
				return err
			}
		}
		var found bool
		found, err = read(ctx)
		if err == nil {
			r.unreachable = 0
		}
		if found {
			return nil
		}
	}
	return err
}

// effect is the verdict on a write to an incident, by reading it.
type effect struct {
	// expected reports whether the incident shows the effect of the write.
	expected func(sources.Incident) bool
	// certain means that only the write can have had this effect. proves, if it
	// is not nil, decides this for an incident.
	certain bool
	proves  func(sources.Incident) bool
	// settles: an incident that another acknowledged or resolved just then is
	// as good.
	orHandled bool
	// done is the sentence when it is so; what names the write in a sentence
	// that says it is not: "the escalation".
	done func(sources.Incident) string
	what string
	// begun is the write, for effects that only the log shows.
	begun Begun
}

// sure reports whether an incident that is as expected is so by the write.
func (e effect) sure(i sources.Incident) bool { return e.certain || e.proves != nil && e.proves(i) }

// verify finds out the outcome of a write that ended with err. It never repeats
// the write.
func (r *run) verify(ctx context.Context, id string, err error, e effect) (verdict, *sources.Incident) {
	if err != nil && !lost(err) {
		return r.notDone(ctx, id, err, e)
	}
	began := r.now()
	last, is, readErr := r.await(ctx, id, e.expected)
	switch {
	case err == nil && is:
		return verdict{outcome: respond.Done, sentence: e.done(*last)}, last
	case err == nil && last == nil:
		return r.notReadBack(id, readErr, e)
	case err == nil && e.orHandled && describe.Already(*last, r.whoOf, r.now()) != "":
		return verdict{outcome: respond.Already, sentence: describe.Already(*last, r.whoOf, r.now())}, last
	case err == nil:
		return r.unknown(nil, "PagerDuty accepted %s, but the incident does not show it: now %s. Look before you repeat it.", e.what, r.state(*last)), last
	case is && e.sure(*last):
		return verdict{outcome: respond.Done, sentence: e.done(*last)}, last
	case last == nil:
		return r.readFailed(err, readErr, e.what), nil
	}
	return r.byLog(ctx, *last, is, err, e, began), last
}

// notReadBack is the verdict on a write that PagerDuty accepted and that could
// not be read back: what its answer says of the incident is known.
func (r *run) notReadBack(id string, why error, e effect) (verdict, *sources.Incident) {
	answer, ok := r.answered[id]
	if ok && e.expected(answer) {
		return verdict{outcome: respond.Done, sentence: fmt.Sprintf("%s So says PagerDuty's answer; it was not read back, because %s.", e.done(answer), describe.Explain(why))}, &answer
	}
	v := r.unknown(nil, "%s was sent, and PagerDuty answered ok, but its answer does not show it, and it was not read back, because %s. Look before you repeat it.",
		wording.Sentence(e.what), describe.Explain(why))
	if !ok {
		return v, nil
	}
	return v, &answer
}

// byLog is the verdict on a write whose answer was lost, where the incident as it
// is does not prove it: others may have gone on since, or it is so without it.
// The look began at a time.
func (r *run) byLog(ctx context.Context, now sources.Incident, is bool, cause error, e effect, began time.Time) verdict {
	var logged verdict
	err := r.reads(ctx, func(ctx context.Context) (bool, error) {
		logged = r.logSettlement(ctx, now, is, e.begun)
		return logged.outcome != "", logged.err
	})
	if err != nil {
		return r.unknown(cause, "The answer to %s was lost, and its log could not be read: %s. Now %s: look before you repeat it.", e.what, describe.Explain(err), r.state(now))
	}
	handled := describe.Already(now, r.whoOf, r.now())
	switch {
	case logged.outcome == respond.Done:
		return verdict{outcome: respond.Done, sentence: fmt.Sprintf("%s came about: %s", wording.Sentence(e.what), strings.TrimPrefix(logged.sentence, "it came about, "))}
	case is && (e.begun.Step.Kind == respond.StepAcknowledge || e.begun.Step.Kind == respond.StepResolve), e.orHandled && handled != "":
		return verdict{outcome: respond.Already, sentence: handled}
	case logged.outcome == respond.Unknown:
		return r.unknown(cause, "The answer to %s was lost, and the incident does not show it: now %s. Look before you repeat it.", e.what, r.state(now))
	}
	return r.notShown(began, cause, e.what, "PagerDuty", r.state(now))
}

// notDone returns the verdict on a write that PagerDuty refused, from a read of
// the incident: a refusal that says "already resolved" alone proves nothing.
func (r *run) notDone(ctx context.Context, id string, err error, e effect) (verdict, *sources.Incident) {
	reason := sources.ReasonOf(err)
	claims := slices.Contains([]sources.Reason{sources.AlreadyAcknowledged, sources.AlreadyResolved, sources.AlreadyMerged}, reason)
	v := failed(wording.Sentence(e.what)+" did not come about", err)
	if slices.Contains([]sources.Reason{sources.RateLimited, sources.Unreachable, sources.Canceled}, reason) || errors.Is(err, errReadOnly) {
		return v, nil // no answer, or one that asks for rest
	}
	wasRead := false
	last, _, readErr := r.await(ctx, id, func(i sources.Incident) bool {
		first := !wasRead
		wasRead = true
		// What it claims may show a moment later.
		return first && !claims || i.Status != sources.Triggered || e.expected(i)
	})
	switch {
	case last == nil && sources.ReasonOf(readErr) == sources.NotFound:
		v.sentence = fmt.Sprintf("%s did not come about: the incident is gone from PagerDuty, or may not be shown to you any more.", wording.Sentence(e.what))
	case last == nil && claims:
		v = verdict{outcome: respond.Unknown, sentence: fmt.Sprintf("%s did not come about. PagerDuty says that the incident is %s, but it is unknown whether that is so: reading it failed, %s.",
			wording.Sentence(e.what), reason, describe.Explain(readErr)), err: err}
	case last == nil:
		v.sentence += " How the incident is now is unknown: reading it failed."
	case last.Status == sources.Resolved:
		v = verdict{outcome: respond.Already, sentence: respond.ResolvedAlready(*last, r.p.Action, r.whoOf, r.now())}
		if last.MergedInto != "" {
			v.sentence = wording.Sentence(string(sources.AlreadyMerged)) + " into another incident."
		}
	case e.orHandled && describe.Already(*last, r.whoOf, r.now()) != "":
		v = verdict{outcome: respond.Already, sentence: describe.Already(*last, r.whoOf, r.now())}
	case e.expected(*last) && e.sure(*last):
		v = verdict{outcome: respond.Already, sentence: fmt.Sprintf("PagerDuty refused %s, and it is so already: %s is %s.", e.what, describe.Incident(*last), r.state(*last))}
	case claims:
		v.sentence = fmt.Sprintf("%s did not come about. PagerDuty says that the incident is %s, but reading it says otherwise: now %s. Look again.",
			wording.Sentence(e.what), reason, r.state(*last))
	}
	return v, last
}

// state describes the state of an incident.
func (r *run) state(i sources.Incident) string {
	return fmt.Sprintf("%s, with %s, %s", i.Status, describe.Label(i.Policy, "escalation policy"), r.holders(i))
}
