// Package execute carries out the plans of package respond: it looks again just
// before it sends, sends once, verifies by reading, and settles later what could
// not be verified. The journal has each write before and after it is sent.
//
// A wrong write wakes a person. So nothing here repeats a write whose answer was
// lost, or notifies somebody whom the preview did not name.
package execute

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/respond"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// Doer carries plans out.
type Doer struct {
	// Incidents is PagerDuty; nil without one.
	Incidents sources.Incidents
	Silencers []sources.Silencer
	// ReadOnly refuses every write.
	ReadOnly bool
	// Now is the clock; nil: sources.Now.
	Now func() time.Time
	// Email is whom actions are taken as; the journal names it where the plan
	// does not know a person.
	Email string
	// Journal may be nil.
	Journal Journal
	// Wait waits between looks at what a write did; nil: a timer. It returns
	// early with ctx's error.
	Wait func(ctx context.Context, d time.Duration) error
}

// readTime bounds the looks at what a write did. They go on after ctx ends:
// somebody who quits should still leave a journal that knows.
const readTime = 10 * time.Second

// errReadOnly is what the gate answers in read-only mode.
var errReadOnly = errors.New("this is read-only")

// Do carries a plan out and gives each item's result, in the plan's order. It
// looks at each incident just before it writes, writes once, and reads back
// what came of it. One failure does not stop the others, unless all others
// would fail by the same. report may be nil; it is called from this goroutine
// as each result is known.
func (d *Doer) Do(ctx context.Context, p respond.Plan, report func(respond.Result)) []respond.Result {
	p.Items = slices.Clone(p.Items)
	r := newRun(d, p)
	r.report, r.results, r.done = report, make([]respond.Result, len(p.Items)), make([]bool, len(p.Items))
	for i, item := range p.Items {
		if verdict, ended := r.unsent(item); ended {
			if v, found := r.triedBefore(ctx, i); found {
				verdict = v
			}
			r.finish(ctx, i, verdict.result())
		}
	}
	r.acknowledgeAll(ctx)
	for i := range p.Items {
		if !r.done[i] {
			r.finish(ctx, i, r.one(ctx, i))
		}
	}
	r.endRun(ctx)
	return r.results
}

// endRun writes down that everything was tried, if it was.
func (r *run) endRun(ctx context.Context) {
	if r.d.Journal == nil || len(r.begun) == 0 || r.cutShort {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTime)
	defer cancel()
	// What fails here only makes the next try of the same ask first.
	_ = r.d.Journal.EndRun(ctx, r.id)
}

func newRun(d *Doer, p respond.Plan) *run {
	return &run{d: d, p: p, id: respond.NewAttemptID(), begun: map[string]bool{}, wrote: map[string]bool{}, worded: map[string]bool{}, progress: map[string]progress{}, earlierSilences: map[string]string{}}
}

// run is one Do.
type run struct {
	d       *Doer
	p       respond.Plan
	report  func(respond.Result)
	results []respond.Result
	done    []bool
	// stop is a failure that every further request would meet as well;
	// unreachable counts the failures in a row to get through.
	stop        error
	unreachable int
	onCalls     map[string]onCallRead
	// targets are the verdicts on the incidents that others are merged into.
	targets map[string]verdict
	// alerts are what the Alertmanagers were read for in this run.
	alerts map[string]alertRead
	// begun are the attempts that the journal has, wrote those for which this run
	// sent something, worded those for which it sent the responder's words.
	// progress is what earlier tries of each did.
	begun, wrote, worded map[string]bool
	// earlierSilences are the ids of silences that earlier tries made, by the keys of
	// their steps.
	earlierSilences map[string]string
	// id is the run's; cutShort: something was not tried, or is not known.
	id       string
	cutShort bool
	progress map[string]progress
	// readAt is when the incident being acted upon was last read, sent when the
	// last write was sent.
	readAt, sent time.Time
	// answered are the incidents in the answer to the last write, as it says that
	// they are.
	answered map[string]sources.Incident
	// journalErr is why the last intent could not be written down.
	journalErr error
}

// verdict is how a part of an action ended.
type verdict struct {
	outcome  respond.Outcome
	sentence string
	err      error
	// until is until when what was sent may still be carried out; zero where it
	// may not.
	until time.Time
	// anyway: Request.Anyway would send all the same.
	anyway bool
	// unread is a sentence that says why a silence was not read back.
	unread string
	// partly: see Result.Partly.
	partly bool
}

// result is the verdict as a whole result.
func (v verdict) result() respond.Result {
	return respond.Result{Outcome: v.outcome, Sentence: v.sentence, Err: v.err, MayComeUntil: v.until, EarlierUnknown: v.anyway, Partly: v.partly}
}

// on is a result with the verdict on its last write.
func (v verdict) on(r respond.Result) respond.Result {
	r.Outcome, r.Sentence, r.Err, r.MayComeUntil = v.outcome, v.sentence, v.err, v.until
	return r
}

func (v verdict) ok() bool { return v.outcome == respond.Done }

// unsent returns the verdict on an item for which the plan sends nothing.
func (r *run) unsent(item respond.Item) (verdict, bool) {
	switch {
	case r.p.Refused == "" && item.Refused == "" && item.Already:
		return verdict{outcome: respond.Already, sentence: item.Sentence}, true
	case r.d.ReadOnly:
		return verdict{outcome: respond.Refused, sentence: respond.ReadOnlySentence, err: errReadOnly}, true
	case r.p.Refused != "" || item.Refused != "":
		return verdict{outcome: respond.Refused, sentence: cmp.Or(item.Refused, r.p.Refused)}, true
	case len(r.p.Confirm) > 0 && !r.p.Confirmed:
		return verdict{outcome: respond.Refused, sentence: "It was not confirmed: " + r.p.Confirm[0]}, true
	case item.NeedsChoice:
		return verdict{outcome: respond.Refused, sentence: cmp.Or(item.Sentence, "A choice is needed first.")}, true
	case len(item.Steps) == 0:
		return verdict{outcome: respond.Refused, sentence: "There is nothing to do."}, true
	case item.Late(r.now()) != "":
		return verdict{outcome: respond.Refused, sentence: item.Late(r.now())}, true
	}
	for _, s := range item.Steps {
		if !s.Kind.OfSilence() && r.incidents() == nil {
			return verdict{outcome: respond.Refused, sentence: "No PagerDuty is configured to send this to."}, true
		}
	}
	return verdict{}, false
}

// finish stores and reports the result of an item.
func (r *run) finish(ctx context.Context, i int, res respond.Result) {
	item := r.p.Items[i]
	res.GroupID, res.Title, res.Attempt = item.ID, item.Title, item.Attempt
	r.cutShort = r.cutShort || res.Outcome == respond.Unknown
	r.unlessItComes(item, &res)
	if item.So != "" && res.Outcome == respond.Done {
		res.Outcome, res.Sentence = respond.Already, item.So+" "+res.Sentence
	}
	if res.Outcome == respond.Already && !res.NotePosted && !r.progress[item.Attempt].over && r.carriesText(item) {
		res.TextUnsent = true
		res.Sentence += " " + textUnsent
	}
	if p := r.progress[item.Attempt]; p.reworded && !r.worded[item.Attempt] && (p.over || p.noted || p.note != nil) {
		res.TextUnsent = true
		res.Sentence += fmt.Sprintf(" What you wrote this time was not sent, since the try of %s had other words: send it with `firstline note`, or as a note.",
			r.clock().Second(p.at))
	}
	r.addsToEarlier(item, &res)
	r.end(ctx, item, res)
	if res.Incident != nil && res.IncidentID == "" {
		res.IncidentID = res.Incident.ID
	}
	if r.journalErr != nil {
		res.Sentence += " (It could not be written to the journal: " + clean.Line(r.journalErr.Error()) + ".)"
		r.journalErr = nil
	}
	res.Sentence = clean.Line(res.Sentence)
	r.results[i], r.done[i] = res, true
	r.minds(res.Err)
	if r.report != nil {
		r.report(res)
	}
}

// carriesText reports whether a write of an item carries what the responder
// typed.
func (r *run) carriesText(item respond.Item) bool {
	return (clean.Line(r.p.Reason) != "" || item.OwnNote) && slices.ContainsFunc(item.Steps, func(s respond.Step) bool {
		return s.Kind == respond.StepNote || s.Kind == respond.StepResolve && s.Resolution != ""
	})
}

// minds notes failures that the following items would meet as well, so that a
// bulk neither hammers a server that asked for a rest nor waits for three
// hundred time-outs.
func (r *run) minds(err error) {
	switch sources.ReasonOf(err) {
	case sources.RateLimited, sources.Unauthorized, sources.Canceled, sources.UnknownRequester:
		r.stop = err
	case sources.Unreachable:
		if r.unreachable++; r.unreachable >= 2 {
			r.stop = err
		}
	case "":
		if err == nil {
			r.unreachable = 0
		}
	}
}

// hindered is the verdict on an item that is not even tried.
func (r *run) hindered(ctx context.Context) (verdict, bool) {
	if err := ctx.Err(); err != nil {
		r.cutShort = true
		return verdict{outcome: respond.Failed, sentence: "Not tried: it was cancelled before.", err: err}, true
	}
	if r.stop != nil {
		r.cutShort = true
		return verdict{outcome: respond.Failed, sentence: "Not tried: " + describe.Explain(r.stop) + ".", err: r.stop}, true
	}
	return verdict{}, false
}

// incidents are those of the plan's account.
func (r *run) incidents() sources.Incidents { return sources.OfAccount(r.d.Incidents, r.p.Account) }

func (r *run) now() time.Time {
	if r.d.Now != nil {
		return r.d.Now()
	}
	return sources.Now()
}

// clock writes times for sentences.
func (r *run) clock() wallclock.Clock { return wallclock.Of(r.now()) }

func (r *run) wait(ctx context.Context, d time.Duration) error {
	if r.d.Wait != nil {
		return r.d.Wait(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// write is the one door through which everything that is sent passes. numbers
// are those that intent gave.
func (r *run) write(ctx context.Context, send func(context.Context) error, numbers ...int64) error {
	if r.d.ReadOnly {
		return errReadOnly
	}
	if err := ctx.Err(); err != nil {
		return &sources.Error{
			Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, Doing: "sending",
			Reason: sources.Canceled, Sentence: "It was cancelled before it was sent.", Err: err,
		}
	}
	r.answered = map[string]sources.Incident{}
	ctx = sources.ReportAnswers(ctx, func(i sources.Incident) { r.answered[i.ID] = i })
	return send(sources.ReportSends(ctx, func() { r.goesOut(ctx, numbers) }))
}

// lost reports whether a write's error leaves it open if it happened. One that
// nobody classified says nothing, so it does.
func lost(err error) bool {
	if err == nil || errors.Is(err, errReadOnly) {
		return false
	}
	return sources.IsUnknown(err) || sources.ReasonOf(err) == ""
}

// intent records what is about to be sent. A journal that fails must not
// prevent an acknowledgement; the result says so.
func (r *run) intent(ctx context.Context, item respond.Item, step respond.Step, seen *sources.Incident) int64 {
	r.sent = r.now()
	if r.d.Journal == nil {
		return 0
	}
	target := item.Target
	if target.IsZero() {
		target = r.p.Target
	}
	r.wrote[item.Attempt] = true
	g := item.Group
	b := Begun{
		At: r.sent, By: cmp.Or(r.d.Email, r.p.Me.ID, r.p.By), PersonID: r.p.Me.ID, Action: r.p.Action,
		GroupID: g.ID, Title: g.Title, Service: g.Service, Team: g.Team, Target: cmp.Or(target.Name, target.ID, string(target.Kind)),
		Reason: r.p.Reason, Step: step, Seen: seen, Confirmed: r.p.Confirm,
		Account: r.p.Account, Anyway: r.progress[item.Attempt].undecided(), Attempt: item.Attempt, Last: len(item.Steps) > 0 && item.Steps[len(item.Steps)-1].Kind == step.Kind,
	}
	if g.Incident != nil {
		b.IncidentID = g.Incident.ID
	}
	number, err := r.d.Journal.Intent(ctx, b)
	if err != nil {
		if ctx.Err() == nil { // else nothing is sent either, and the result says so
			r.journalErr = err
		}
		return 0
	}
	return number
}

// record writes down how it went, also after ctx ended.
func (r *run) record(ctx context.Context, number int64, v verdict) {
	if r.d.Journal == nil || number == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTime)
	defer cancel()
	if err := r.d.Journal.Outcome(ctx, number, v.outcome, clean.Line(v.sentence), r.now()); err != nil {
		r.journalErr = err
	}
}

// whoOf names a user for this responder.
func (r *run) whoOf(ref sources.Reference) string {
	if r.p.Me.ID != "" && ref.ID == r.p.Me.ID {
		return "you"
	}
	return describe.Name(ref)
}

// failed is the verdict on a request that failed before anything was sent.
func failed(what string, err error) verdict {
	return verdict{outcome: respond.Failed, sentence: describe.Failure(what, err), err: err}
}
