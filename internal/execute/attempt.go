package execute

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/notetext"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
)

// Attempt is one confirmed action on one group. Its id is random: it is made
// when a person confirms, is written to the journal before anything is sent,
// and is in the note's mark. The same action again is the same attempt only
// while the outcome of the earlier one is unknown. It then takes over its id,
// and does not repeat what the earlier one did.
type Attempt struct {
	ID string
	At time.Time
	// By is the email or name of who acts, PersonID their id in PagerDuty;
	// either may be empty.
	By, PersonID string
	Action       respond.Action
	// Target is to whom or to what: see targetKey. Neither the reason nor what
	// was tried belongs to it: they may change between two tries of the same.
	Target string
	Reason string
	// Run is the id of what was confirmed at once, with an attempt for each group.
	Run string
	// Shows: what it is done to shows, as last seen, what the action does. Then one
	// that is reported to be done is not done again either.
	Shows bool
	// Group is what it is done to.
	Group triage.Group
}

// attemptOpen is for how long an attempt whose outcome is not known can be
// taken over by another try. What is older is looked at by people.
const attemptOpen = 12 * time.Hour

// OpenSince is from when on an attempt may have begun to be taken over by one
// that begins at a.At.
func (a Attempt) OpenSince() time.Time { return a.At.Add(-attemptOpen) }

// SubjectIDs returns the ids under which the journal may have the subject of
// the action: actions on alerts before their incident was opened have the key
// that opened it.
func (a Attempt) SubjectIDs() []string {
	ids := []string{a.Group.ID}
	if i := a.Group.Incident; i != nil {
		ids = append(ids, i.ID, i.Key)
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
}

// SamePerson reports whether two attempts may be by the same person. A journal
// belongs to one login, so they are unless it shows that they are not.
func (a Attempt) SamePerson(by, personID string) bool {
	if a.PersonID != "" && personID != "" {
		return a.PersonID == personID
	}
	if strings.Contains(a.By, "@") && strings.Contains(by, "@") {
		return strings.EqualFold(a.By, by)
	}
	return true
}

// Earlier is what the journal knows of the attempt that is begun.
type Earlier struct {
	// ID is the attempt's: the new one's, or that of an earlier try whose
	// outcome is open.
	ID string
	// Retry: there was an earlier try, at At, with Reason. Writes are what it
	// began, oldest first; one without a step can't be read.
	Retry  bool
	At     time.Time
	Reason string
	Writes []Begun
	// Pending are writes of other attempts on the same subject whose outcome is
	// unknown, oldest first.
	Pending []Begun
	// PendingErr is why Pending could not be read.
	PendingErr error
	// UnderWay: another firstline is carrying it out now.
	UnderWay bool
	// Done: it came about, as the sentence says, in a run that was cut short.
	Done     bool
	Sentence string
}

// progress is what is known of an item's attempt before this try of it.
type progress struct {
	retry bool
	// over: an earlier try did all of it.
	over bool
	// last: the last write of an earlier try came about.
	last bool
	at   time.Time
	// noted: its note is on the incident. notified: its write that notifies
	// somebody came about, as the sentence says. did are the keys of the writes
	// that came about; see Step.key.
	// notedAt is when the note was posted, where another attempt did it.
	noted, notified bool
	notedAt         time.Time
	did             map[string]bool
	sentence        string
	// opened is the incident that it opened.
	opened *sources.Incident
	// note says why it is unknown whether the note arrived, other why this is
	// unknown of another write that may not be repeated. open means that it is
	// unknown of any write, even one that may be repeated. until is the last
	// time at which one of these may still be carried out.
	note, other *verdict
	open        bool
	until       time.Time
	// keepsNote: the note is not posted, because it may be there or come yet.
	noteHeld bool
	// reworded: the earlier try had other words of the responder.
	reworded bool
}

// undecided reports whether it is unknown of some write that may not be
// repeated whether it was carried out.
func (p progress) undecided() bool { return p.note != nil || p.other != nil }

// acted reports whether an earlier try did a write other than a note.
func (p progress) acted() bool {
	for key := range p.did {
		if key != (respond.Step{Kind: respond.StepNote}).Key() {
			return true
		}
	}
	return false
}

// skips reports whether an earlier try did this write. Of the steps of an undo
// several notify; else one does, and there is but one.
func (p progress) skips(s respond.Step, a respond.Action) bool {
	return p.did[s.Key()] || s.Kind == respond.StepNote && (p.noted || p.noteHeld) || a != respond.Undo && s.Notifies() && p.notified
}

// begin writes down the attempt of an item before anything of it is sent, and
// finds out what an earlier try of the same did. It gives a verdict where
// nothing may be sent now.
func (r *run) begin(ctx context.Context, at int) (verdict, bool) {
	item := &r.p.Items[at]
	if item.Attempt == "" {
		item.Attempt = respond.NewAttemptID()
	}
	attempt := Attempt{
		ID: item.Attempt, At: r.now(), By: cmp.Or(r.d.Email, r.p.By), PersonID: r.p.Me.ID, Action: r.p.Action,
		Target: r.p.TargetKey(*item), Reason: r.p.Reason, Group: item.Group, Run: r.id, Shows: r.shows(*item),
	}
	var earlier Earlier
	if r.d.Journal != nil {
		var err error
		earlier, err = r.d.Journal.Begin(ctx, attempt)
		switch {
		case err != nil && ctx.Err() != nil: // nothing is sent either
		case err != nil:
			r.journalErr = err
		case earlier.UnderWay:
			return verdict{outcome: respond.Refused, sentence: fmt.Sprintf(
				"Another firstline has been doing the same since %s: look at what comes of it. Nothing was sent.", r.clock().Second(earlier.At))}, true
		default:
			item.Attempt = earlier.ID
			r.begun[item.Attempt] = true
		}
		if earlier.Done {
			r.progress[item.Attempt] = progress{retry: true, over: true, at: earlier.At, reworded: r.reworded(*item, earlier)}
			return verdict{outcome: respond.Already, sentence: r.doneBefore(*item, earlier)}, true
		}
	}
	item.Steps = slices.Clone(item.Steps)
	for n, s := range item.Steps {
		if s.Kind == respond.StepNote {
			item.Steps[n].Note = notetext.Marked(s.Note, item.Attempt)
		}
	}
	p := progress{retry: earlier.Retry, at: earlier.At}
	if earlier.Retry {
		p.reworded = r.reworded(*item, earlier)
		r.readEarlier(ctx, &p, earlier.Writes)
	}
	r.reuseNote(ctx, &p, *item, attempt)
	v, refused := r.holdBack(&p, *item)
	r.progress[item.Attempt] = p
	if !refused {
		v, refused = r.pending(ctx, *item, earlier)
	}
	return v, refused
}

// triedBefore returns the verdict on an item that the plan refuses where an
// earlier try of the same did it, or may have: what it did may be why, as an
// incident on its last level has no next one.
func (r *run) triedBefore(ctx context.Context, at int) (verdict, bool) {
	item := &r.p.Items[at]
	if r.d.Journal == nil || r.incidents() == nil || r.d.ReadOnly || r.p.Refused == respond.ReadOnlySentence || item.Refused == "" || item.Group.Incident == nil || ctx.Err() != nil {
		return verdict{}, false
	}
	v, found := r.begin(ctx, at)
	p := r.progress[item.Attempt]
	switch {
	case found:
		v.anyway = false // it is refused all the same
		return v, true
	case p.last:
		p.notified = false // to do it once more is refused
		return r.came(p, item.Group.Incident), true
	case !p.retry:
		r.end(ctx, *item, verdict{outcome: respond.Refused, sentence: item.Refused}.result())
		item.Attempt, r.journalErr = "", nil // nothing is sent, with a journal or without
	}
	return verdict{}, false
}

// doneBefore says that an earlier try did the action, whose result nobody was
// shown. Others may have changed the incident since then; the person decides
// whether to do it again.
func (r *run) doneBefore(item respond.Item, earlier Earlier) string {
	sentence := fmt.Sprintf("The try of %s did it: %s", r.clock().Second(earlier.At), earlier.Sentence)
	if i := item.Group.Incident; i != nil && !r.shows(item) {
		sentence += fmt.Sprintf(" Since then it was changed: %s is %s. Nothing was sent now; the same again is sent.", describe.Incident(*i), r.state(*i))
	}
	return sentence
}

// reworded reports whether the responder's words in an item are others than in
// the earlier try of it.
func (r *run) reworded(item respond.Item, earlier Earlier) bool {
	if !r.carriesText(item) {
		return false
	}
	if !item.OwnNote {
		reason := clean.Line(r.p.Reason)
		return reason != "" && reason != clean.Line(earlier.Reason)
	}
	for _, b := range earlier.Writes {
		for _, s := range item.Steps {
			if b.Step.Kind == s.Kind && (s.Kind == respond.StepNote && notetext.SameText(notetext.Unmarked(b.Step.Note), notetext.Unmarked(s.Note)) ||
				s.Kind == respond.StepResolve && notetext.SameText(b.Step.Resolution, s.Resolution)) {
				return false
			}
		}
	}
	return true
}

// pending returns the verdict on an item that notifies, where another action on
// the same may still be carried out: whichever arrives last decides who has the
// incident, and both notify.
func (r *run) pending(ctx context.Context, item respond.Item, earlier Earlier) (verdict, bool) {
	if r.p.Anyway || !slices.ContainsFunc(item.Steps, respond.Step.Notifies) {
		return verdict{}, false
	}
	if err := earlier.PendingErr; err != nil {
		return verdict{outcome: respond.Refused, anyway: true, err: err, sentence: fmt.Sprintf(
			"Whether another action on this may still be carried out is unknown, because the journal could not be read: %s. Nothing was sent now: look before you try again.",
			strings.TrimRight(clean.Line(err.Error()), "."))}, true
	}
	for _, b := range earlier.Pending {
		if !b.Step.Notifies() || !r.now().Before(b.Until()) {
			continue
		}
		if v := r.settlement(ctx, b); v.outcome != "" {
			r.record(ctx, b.Number, verdict{outcome: v.outcome, sentence: "Found out later: " + v.sentence})
			continue
		}
		return verdict{outcome: respond.Refused, anyway: true, sentence: fmt.Sprintf(
			"%s: it is unknown whether that came about, and it %s %s, after this. Nothing was sent now: look before you try again.",
			r.titleOf(b), MayComeText, r.untilText(b.Until()))}, true
	}
	return verdict{}, false
}

// holdBack returns the verdict on another try of writes that may have been
// carried out, or may still be: nothing is sent, unless the person asks for it.
// Then notifying writes are sent again, but a note is not: a second one informs
// nobody, and the first may still arrive. Writes that follow a note are not
// sent either while the outcome of the note is unknown: the notified people
// read the note, and a note that arrives later must not describe what was never
// sent.
func (r *run) holdBack(p *progress, item respond.Item) (verdict, bool) {
	if !p.undecided() {
		return verdict{}, false
	}
	alone := !slices.ContainsFunc(item.Steps, func(s respond.Step) bool { return s.Kind != respond.StepNote })
	mayCome := r.now().Before(p.until)
	if r.p.Anyway && (!alone || !mayCome) {
		p.noteHeld = p.note != nil && !alone
		return verdict{}, false
	}
	v := p.note
	if p.other != nil {
		v = p.other
	}
	held := verdict{outcome: respond.Unknown, err: v.err, until: v.until, anyway: !alone || !mayCome, partly: p.acted()}
	if p.other == nil && !alone && !slices.ContainsFunc(item.Steps, func(s respond.Step) bool { return s.Kind != respond.StepNote && !p.did[s.Key()] }) {
		// Sending would do nothing more: the note is not sent again with the rest.
		held.anyway = false
		held.sentence = fmt.Sprintf("The try of %s did it: %s Only its note is unknown: %s Nothing was sent now.",
			r.clock().Second(p.at), p.sentence, v.sentence)
		return held, true
	}
	held.sentence = fmt.Sprintf("It is unknown whether the try of %s came about: %s Nothing was sent now: look before you try again.",
		r.clock().Second(p.at), v.sentence)
	return held, true
}

// shows reports whether an incident as last seen shows what an item does to it.
func (r *run) shows(item respond.Item) bool {
	i := item.Group.Incident
	if i == nil {
		return true // whether one is open is read before it is opened
	}
	for _, s := range item.Steps {
		if s.Notifies() && s.Kind != respond.StepResponders && s.Kind != respond.StepOpen && !r.effectOf(s, i).expected(*i) {
			return false
		}
	}
	return true
}

// readEarlier finds out what the writes of an earlier try did: from the journal, and
// if that does not say, from PagerDuty.
func (r *run) readEarlier(ctx context.Context, p *progress, writes []Begun) {
	// open are the verdicts on unknown writes, by their keys.
	open := map[string]verdict{}
	for _, b := range writes {
		if b.Step.Kind == "" {
			open[""] = verdict{outcome: respond.Unknown, sentence: "what it sent can't be read in the journal."}
			continue
		}
		if b.Step.Kind == respond.StepCorrect {
			continue // the note exists, corrected or not
		}
		if note := (respond.Step{Kind: respond.StepNote}); b.Step.Kind != respond.StepNote && !b.Anyway {
			if v, undecided := open[note.Key()]; undecided { // what follows a note is sent only when it came about
				p.came(Begun{Step: note}, v)
			}
		}
		v := verdict{outcome: b.Outcome, sentence: cmp.Or(b.Sentence, "it came about.")}
		if v.outcome == "" || v.outcome == respond.Unknown {
			v = r.settlement(ctx, b)
			if v.outcome == respond.Done || v.outcome == respond.Failed {
				r.record(ctx, b.Number, verdict{outcome: v.outcome, sentence: "Found out later: " + v.sentence})
			}
		}
		switch {
		case v.outcome == respond.Done || v.outcome == respond.Already:
			p.came(b, v)
			switch b.Step.Kind {
			case respond.StepOpen:
				p.opened = r.openedBy(ctx, b)
			case respond.StepSilence:
				r.silenceSettlement(ctx, b) // for its id
			}
		case v.outcome == respond.Failed:
		case b.Step.MayRepeat():
			p.open, p.until = true, latest(p.until, v.until)
		default:
			open[b.Step.Key()] = v
		}
	}
	for key, v := range open {
		switch {
		case p.did[key]:
			continue
		case key == (respond.Step{Kind: respond.StepNote}).Key():
			p.note = &v
		default:
			p.other = &v
		}
		p.open, p.until = true, latest(p.until, v.until)
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// came takes in that a write of an earlier try came about.
func (p *progress) came(b Begun, v verdict) {
	if p.did == nil {
		p.did = map[string]bool{}
	}
	p.did[b.Step.Key()] = true
	p.last = p.last || b.Last
	switch {
	case b.Step.Kind == respond.StepNote:
		p.noted = true
	case b.Step.Notifies():
		p.notified = true
	case b.Step.Kind == respond.StepResolve && b.Step.Resolution != "":
		p.noted = true // PagerDuty stores it as a note
	}
	if b.Step.Kind != respond.StepNote {
		p.sentence = v.sentence
	}
}

// addsToEarlier corrects the result of a try that failed after an earlier one that
// did something, or may have: the action as a whole has not failed.
func (r *run) addsToEarlier(item respond.Item, res *respond.Result) {
	p := r.progress[item.Attempt]
	if !p.retry || res.Outcome != respond.Failed || !p.acted() && !p.undecided() && !r.now().Before(p.until) {
		return
	}
	res.Outcome, res.Partly = respond.Unknown, res.Partly || p.acted()
	at := r.clock().Second(p.at)
	switch {
	case p.acted():
		res.Sentence += fmt.Sprintf(" The try of %s did a part: %s", at, p.sentence)
	default:
		res.Sentence += fmt.Sprintf(" It is unknown whether the try of %s came about.", at)
	}
}

// end writes down what came of an attempt. One whose outcome is not known stays
// open, so that the next try takes it over.
func (r *run) end(ctx context.Context, item respond.Item, res respond.Result) {
	if !r.begun[item.Attempt] {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTime)
	defer cancel()
	outcome := res.Outcome
	if p := r.progress[item.Attempt]; p.retry && outcome != respond.Done && outcome != respond.Already && (p.undecided() || !r.wrote[item.Attempt] || r.now().Before(p.until)) {
		outcome = respond.Unknown // this try changed nothing of what is not known of the one before
	}
	if err := r.d.Journal.End(ctx, item.Attempt, outcome, res.Sentence, r.now()); err != nil {
		r.journalErr = err
	}
}

// came is the verdict on an item that an earlier try did.
func (r *run) came(p progress, i *sources.Incident) verdict {
	sentence := fmt.Sprintf("The try of %s did it: %s", r.clock().Second(p.at), p.sentence)
	if i != nil {
		sentence = fmt.Sprintf("The try of %s did it: %s is %s.", r.clock().Second(p.at), describe.Incident(*i), r.state(*i))
	}
	if p.notified {
		sentence += " Do it once more to notify again."
	}
	return verdict{outcome: respond.Already, sentence: sentence}
}
