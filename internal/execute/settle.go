package execute

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/notetext"
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

// settleSkew is by how much PagerDuty's clock may lag behind ours when a log
// entry is taken for a write's.
const settleSkew = 10 * time.Second

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
		r.p = respond.Plan{Action: b.Action, Me: sources.Reference{ID: cmp.Or(b.PersonID, idOf(b.By))}, By: b.By}
		v := r.settlement(ctx, b)
		r.minds(v.err)
		out[i].Outcome, out[i].Err, out[i].MayComeUntil = v.outcome, v.err, v.until
		out[i].Sentence = fmt.Sprintf("%s: %s", titleOf(b), v.sentence)
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
func titleOf(b Begun) string {
	what := b.Action.On(wording.Shorten(clean.Line(b.Title), 60))
	if b.Step.Kind == respond.StepNote && b.Action != respond.AddNote {
		what += " (the note)"
	}
	return fmt.Sprintf("Begun at %s, %s", b.At.Local().Format("15:04:05"), what)
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
	if r.d.Incidents == nil {
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
		opened, err := r.d.Incidents.IncidentsByKey(ctx, b.GroupID)
		if err != nil {
			return notRead(err)
		}
		i := openedSince(opened, b.At)
		if i == nil {
			return didNot("because no incident is open for it")
		}
		id = i.ID
	}
	if ofNote {
		return r.noteSettlement(ctx, id, b)
	}
	return r.incidentSettlement(ctx, id, b)
}

func (r *run) noteSettlement(ctx context.Context, id string, b Begun) verdict {
	notes, err := r.d.Incidents.Notes(ctx, id)
	if err != nil {
		return r.gone(err)
	}
	for _, n := range notes {
		if r.isNote(n, b) {
			return cameAbout("the note is on the incident")
		}
	}
	return didNot("the note is not on the incident")
}

// isNote reports whether a note is the one that was begun.
func (r *run) isNote(n sources.Note, b Begun) bool {
	switch {
	case b.Step.Kind == respond.StepCorrect:
		return notetext.SameText(n.Content, b.Step.Note)
	case b.Attempt != "":
		return notetext.HasMark(n, b.Attempt)
	}
	// The marks of older versions were made of the text.
	return r.sameNote(n, b.Step.Note) && (n.CreatedAt.IsZero() || n.CreatedAt.After(b.At.Add(-settleSkew)))
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
	all, err := r.d.Incidents.IncidentsByKey(ctx, b.Step.Open.Key)
	if err != nil {
		return notRead(err)
	}
	switch i := openedSince(all, b.At); {
	case i == nil:
		return didNot("no incident is open for it")
	case i.Status == sources.Resolved:
		return cameAbout(fmt.Sprintf("%s was opened, and is resolved%s", describe.Incident(*i), describe.ByWhen(i.ChangedBy, i.ChangedAt, r.whoOf, r.now())))
	default:
		return cameAbout(fmt.Sprintf("%s is open, %s", describe.Incident(*i), r.holders(*i)))
	}
}

// openedSince returns the incident that a write opened, even if it is resolved
// by now, or nil.
func openedSince(all []sources.Incident, at time.Time) *sources.Incident {
	if i, ok := openOne(all); ok {
		return &i
	}
	for _, i := range all {
		if i.CreatedAt.After(at.Add(-settleSkew)) {
			return &i
		}
	}
	return nil
}

// openedBy is the incident that a write opened which came about; nil where it
// can't be read.
func (r *run) openedBy(ctx context.Context, b Begun) *sources.Incident {
	if b.Step.Open == nil {
		return nil
	}
	all, err := r.d.Incidents.IncidentsByKey(ctx, b.Step.Open.Key)
	if err != nil {
		return nil
	}
	return openedSince(all, b.At)
}

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
	now, err := r.d.Incidents.Incident(ctx, id)
	if err != nil {
		return r.gone(err)
	}
	if b.Step.Kind == respond.StepResponders {
		return r.respondersSettlement(now, b)
	}
	e := r.effectOf(b.Step, b.Seen)
	is := e.expected(now)
	if is && e.sure(now) {
		return cameAbout(describe.Incident(now) + " is " + r.state(now))
	}
	return r.logSettlement(ctx, now, is, b)
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
	entries, extent, err := r.d.Incidents.LogEntries(ctx, now.ID)
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
	case perhaps:
		return unclear
	case !extent.Whole():
		return verdict{outcome: respond.Unknown, sentence: fmt.Sprintf("%s is %s, and its log is not complete, because %s: look at its timeline.",
			describe.Incident(now), r.state(now), extent.Missing)}
	}
	return didNot(describe.Incident(now) + " is " + r.state(now))
}

// respondersSettlement checks the requests in the incident.
func (r *run) respondersSettlement(now sources.Incident, b Begun) verdict {
	whom := clean.Line(cmp.Or(b.Step.UserName, b.Step.PolicyName))
	switch {
	case now.Asked == nil || b.Seen == nil || b.Seen.Asked == nil:
		return verdict{outcome: respond.Unknown, sentence: fmt.Sprintf("%s does not show whether %s was asked: look at its timeline.", describe.Incident(now), whom)}
	case r.askedSince(*b.Seen, now, b.Step):
		return cameAbout(whom + " was asked to join " + describe.Incident(now))
	}
	return didNot(whom + " was not asked to join " + describe.Incident(now))
}

// of says whether a log entry is a write's.
type of int

const (
	another of = iota
	perhapsIts
	itsOwn
)

// entryOf reports whether a log entry belongs to the write. If the person is
// unknown, any person's action may belong to it.
func (r *run) entryOf(e sources.LogEntry, b Begun) of {
	since := b.At.Add(-settleSkew)
	if b.Seen != nil && b.Seen.UpdatedAt.After(since) {
		since = b.Seen.UpdatedAt // by the same clock as the entry
	}
	if !slices.Contains(logTypes[b.Step.Kind], e.Type) || e.CreatedAt.Before(since) {
		return another
	}
	if len(b.Step.Pages) > 0 && len(e.Assignees) > 0 &&
		!slices.ContainsFunc(e.Assignees, func(a sources.Reference) bool { return slices.Contains(b.Step.Pages, a.ID) }) {
		return another
	}
	person := strings.HasPrefix(e.Agent.Type, "user")
	switch {
	case b.Seen != nil && e.CreatedAt.Equal(b.Seen.UpdatedAt) && !b.Seen.CreatedAt.Equal(b.Seen.UpdatedAt):
		return perhapsIts // or what changed the incident last before
	case e.Agent.ID == "", r.p.Me.ID == "" && person:
		return perhapsIts
	case !person, e.Agent.ID != r.p.Me.ID:
		return another
	}
	return itsOwn
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
			if s.Comment == want.Comment && s.CreatedBy == want.CreatedBy && sameMatchers(s.Matchers, want.Matchers) && s.StartsAt.After(b.At.Add(-settleSkew)) {
				r.earlierSilences[b.Step.Key()] = s.ID
				return cameAbout("the silence lasts until " + wording.Clock(s.EndsAt))
			}
		}
	}
	if unread != nil {
		return notRead(unread)
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
	return didNot("the silence lasts until " + wording.Clock(now.EndsAt))
}
