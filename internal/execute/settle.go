package execute

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/respond"
	"firstline/internal/wording"
	"firstline/sources"
)

// Begun is a write that was about to be sent, and whose outcome was not
// recorded: the program was killed, or lost its disk.
type Begun struct {
	// Number is the journal's.
	Number int64
	At     time.Time
	// SentAt is when it was last sent, where that was later; zero: At.
	SentAt time.Time
	// By is the email or id of who it was sent as, PersonID the id where it was
	// known.
	By, PersonID string
	Action       respond.Action
	// GroupID and Title are of the group; IncidentID is the incident's, empty
	// where none was open.
	GroupID, Title, IncidentID string
	Step                       respond.Step
	// Attempt is the id of the attempt that it belongs to, which with its Last
	// write is done; empty in the journal of an older firstline.
	Attempt string
	Last    bool
	// Outcome is how it went as far as the journal knows, empty while it does
	// not, and Sentence says it.
	Outcome  respond.Outcome
	Sentence string
	// Account is the PagerDuty account, where there were several.
	Account string
	// Seen is the incident as it was just before; nil without one.
	Seen *sources.Incident
	// Anyway: it was sent though it was not known what came of a write before.
	Anyway bool
	// Service, Team, Target and Reason are for people who read the journal. Confirmed
	// are the sentences that the person was asked once more for and said yes to: that
	// somebody chose to wake a developer outside their hours is written down.
	Service, Team, Target, Reason string
	Confirmed                     []string
	// OutcomeAt is when the outcome was written down.
	OutcomeAt time.Time
	// SentAgain: a later write has the same effect, so what shows the effect may
	// be that one's.
	SentAgain bool
}

// Repeats reports whether a later write on the same has the effect of b.
func (b Begun) Repeats(later Begun) bool {
	switch {
	case later.Number <= b.Number, b.Step.Kind == respond.StepNote: // each note has its mark
		return false
	case later.GroupID != b.GroupID && (b.IncidentID == "" || later.IncidentID != b.IncidentID):
		return false
	case b.Step.Key() == later.Step.Key():
		return true
	}
	return b.Step.Notifies() && later.Step.Notifies() && (b.Step.PolicyID != "" && b.Step.PolicyID == later.Step.PolicyID ||
		b.Step.UserID != "" && b.Step.UserID == later.Step.UserID)
}

// Settlement is the result of settling a write.
type Settlement struct {
	Begun
	// Outcome is Done, Failed (it was not carried out) or Unknown (it is
	// unknown, and another read would not help). It is empty when reading
	// failed, or does not show it yet: it then must be settled later.
	Outcome  respond.Outcome
	Sentence string
	Err      error
	// MayComeUntil is until when it may still be carried out; zero where it may
	// not any more, or was.
	MayComeUntil time.Time
}

// Settled reports whether there is nothing left to find out.
func (s Settlement) Settled() bool { return s.Outcome != "" }

// SettleAgain is how long to wait before a write that could not be settled is read
// again.
const SettleAgain = 30 * time.Second

// Settle finds out what became of writes, by reading alone: it sends none of
// them again. The journal gets each outcome. What can't be read now is left as
// it is, and a failure that the others would meet as well ends the reading.
func (d *Doer) Settle(ctx context.Context, begun []Begun) []Settlement {
	out := make([]Settlement, len(begun))
	r := newRun(d, respond.Plan{})
	for i, b := range begun {
		out[i].Begun = b
		if v, yes := r.hindered(ctx); yes {
			out[i].Sentence, out[i].Err = v.sentence, v.err
			continue
		}
		r.p = respond.Plan{Action: b.Action, Account: b.Account, Me: sources.Reference{ID: cmp.Or(b.PersonID, idOf(b.By))}, By: b.By}
		v := r.settlement(ctx, b)
		r.minds(v.err)
		out[i].Outcome, out[i].Err, out[i].MayComeUntil = v.outcome, v.err, v.until
		out[i].Sentence = fmt.Sprintf("%s: %s", r.titleOf(b), v.sentence)
		if v.outcome != "" {
			r.record(ctx, b.Number, verdict{outcome: v.outcome, sentence: "Found out later: " + v.sentence})
			if v.outcome == respond.Done && b.Attempt != "" && b.Last && r.d.Journal != nil && r.journalErr == nil {
				r.journalErr = r.d.Journal.End(ctx, b.Attempt, respond.Done, "Found out later: "+clean.Line(v.sentence), r.now())
			}
			if r.journalErr != nil {
				out[i].Outcome, out[i].Err, r.journalErr = "", r.journalErr, nil
			}
		}
	}
	return out
}

// idOf returns the user's id if by is one, and not an email.
func idOf(by string) string {
	if strings.Contains(by, "@") {
		return ""
	}
	return by
}

// titleOf returns the name of a write for a person.
func (r *run) titleOf(b Begun) string {
	what := b.Action.On(wording.Shorten(clean.Line(b.Title), 60))
	if b.Step.Kind == respond.StepNote && b.Action != respond.AddNote {
		what += " (the note)"
	}
	return fmt.Sprintf("Begun at %s, %s", r.clock().Second(b.At), what)
}

// notRead is no verdict: it stays to be settled.
func notRead(err error) verdict {
	return verdict{sentence: "it can't be read now whether it came about: " + describe.Explain(err) + ".", err: err}
}

func cameAbout(how string) verdict {
	return verdict{outcome: respond.Done, sentence: "it came about, " + how + "."}
}

func didNot(how string) verdict {
	return verdict{outcome: respond.Failed, sentence: "it did not come about, " + how + "."}
}

// reading returns what a read shows now of one write.
func (r *run) reading(ctx context.Context, b Begun) verdict {
	if b.Step.Kind.OfSilence() {
		return r.silenceSettlement(ctx, b)
	}
	if r.incidents() == nil {
		return verdict{outcome: respond.Unknown, sentence: "no PagerDuty is configured any more to look at."}
	}
	if b.Step.Kind == respond.StepOpen {
		return r.openSettlement(ctx, b)
	}
	id := b.Step.IncidentID
	if id == "" {
		id = b.IncidentID
	}
	ofNote := b.Step.Kind == respond.StepNote || b.Step.Kind == respond.StepCorrect
	if id == "" && ofNote {
		// The note of an incident that was opened just before.
		opened, err := r.incidents().IncidentsByKey(ctx, b.GroupID)
		if err != nil {
			return notRead(err)
		}
		i, is := r.openedSince(opened, b.At)
		switch is {
		case another:
			return didNot("because no incident is open for it")
		case perhapsIts:
			return verdict{outcome: respond.Unknown, sentence: openUnclear(*i)}
		}
		id = i.ID
	}
	if ofNote {
		return r.noteSettlement(ctx, id, b)
	}
	return r.incidentSettlement(ctx, id, b)
}

// gone settles a write on an incident that no longer exists and cannot show
// anything.
func (r *run) gone(err error) verdict {
	if sources.ReasonOf(err) == sources.NotFound {
		return verdict{outcome: respond.Unknown, sentence: "the incident is gone from PagerDuty."}
	}
	return notRead(err)
}

func (r *run) openSettlement(ctx context.Context, b Begun) verdict {
	if b.Step.Open == nil {
		return verdict{outcome: respond.Unknown, sentence: "what was to be opened was not written down."}
	}
	all, err := r.incidents().IncidentsByKey(ctx, b.Step.Open.Key)
	if err != nil {
		return notRead(err)
	}
	switch i, is := r.openedSince(all, b.At); {
	case is == another:
		return didNot("no incident is open for it")
	case is == perhapsIts:
		return verdict{outcome: respond.Unknown, sentence: openUnclear(*i)}
	case i.Status == sources.Resolved:
		return cameAbout(fmt.Sprintf("%s was opened, and is resolved%s", describe.Incident(*i), describe.ByWhen(i.ChangedBy, i.ChangedAt, r.whoOf, r.now())))
	default:
		return cameAbout(fmt.Sprintf("%s is open, %s", describe.Incident(*i), r.holders(*i)))
	}
}

// openedSince returns the incident that a write opened, or may have opened, even
// if it is resolved by now.
func (r *run) openedSince(all []sources.Incident, at time.Time) (*sources.Incident, of) {
	if i, ok := openOne(all); ok {
		return &i, itsOwn
	}
	var perhaps *sources.Incident
	for _, i := range all {
		switch r.since(i.CreatedAt, at) {
		case datedAfter:
			return &i, itsOwn
		case undated:
			perhaps = &i
		}
	}
	if perhaps != nil {
		return perhaps, perhapsIts
	}
	return nil, another
}

// openUnclear says that an incident may be the one that a write opened.
func openUnclear(i sources.Incident) string {
	return fmt.Sprintf("%s is %s, and its times do not show whether it was opened by it: look at its timeline.", describe.Incident(i), i.Status)
}

// openedBy is the incident that a write opened which came about; nil where it
// can't be read.
func (r *run) openedBy(ctx context.Context, b Begun) *sources.Incident {
	if b.Step.Open == nil {
		return nil
	}
	all, err := r.incidents().IncidentsByKey(ctx, b.Step.Open.Key)
	if err != nil {
		return nil
	}
	i, is := r.openedSince(all, b.At)
	if is != itsOwn {
		return nil
	}
	return i
}

func (r *run) silenceSettlement(ctx context.Context, b Begun) verdict {
	if b.Step.Silence == nil {
		return verdict{outcome: respond.Unknown, sentence: "the silence was not written down."}
	}
	want := *b.Step.Silence
	silencers := r.silencersOf(b.Step)
	if len(silencers) == 0 {
		return verdict{outcome: respond.Unknown, sentence: fmt.Sprintf("the Alertmanager %s is not configured any more.", clean.Line(want.Source))}
	}
	if b.Step.Kind != respond.StepSilence {
		return r.changedSilenceSettlement(ctx, silencers[0], b)
	}
	// All of a cluster know it, once it was made: one that can't be read may have
	// what the others do not know yet.
	var unread error
	undated := false
	for _, silencer := range silencers {
		all, err := allSilences(ctx, silencer)
		if errors.Is(err, errNoList) {
			return verdict{outcome: respond.Unknown, sentence: describe.Explain(errNoList) + "."}
		}
		if err != nil {
			unread = cmp.Or(unread, err)
			continue
		}
		for _, s := range all {
			if s.Comment != want.Comment || s.CreatedBy != want.CreatedBy || !sameMatchers(s.Matchers, want.Matchers) {
				continue
			}
			undated = undated || s.StartsAt.IsZero()
			if s.StartsAt.After(b.At.Add(-settleSkew)) {
				r.earlierSilences[b.Step.Key()] = s.ID
				return cameAbout("the silence lasts until " + r.clock().Near(s.EndsAt, r.now()))
			}
		}
	}
	switch {
	case unread != nil:
		return notRead(unread)
	case undated:
		return verdict{outcome: respond.Unknown, sentence: "there is such a silence, which does not say since when: look at it."}
	}
	return didNot("there is no such silence")
}

func (r *run) changedSilenceSettlement(ctx context.Context, silencer sources.Silencer, b Begun) verdict {
	now, err := silencer.Silence(ctx, b.Step.Silence.ID)
	switch {
	case sources.ReasonOf(err) == sources.NotFound:
		return cameAbout("the silence is gone")
	case err != nil:
		return notRead(err)
	case b.Step.Kind == respond.StepExpire && now.State == "expired",
		b.Step.Kind == respond.StepExtend && now.EndsAt.Sub(b.Step.Until).Abs() < 2*time.Second:
		return cameAbout("the silence is " + clean.Line(now.State))
	}
	if now.State == "" || now.EndsAt.IsZero() {
		return verdict{outcome: respond.Unknown, sentence: "the silence does not say until when it lasts: look at it."}
	}
	return didNot("the silence lasts until " + r.clock().Near(now.EndsAt, r.now()))
}
