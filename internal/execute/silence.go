package execute

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/respond"
	"firstline/internal/silencing"
	"firstline/internal/wording"
	"firstline/sources"
)

// alertRead is what an Alertmanager was read for, and when.
type alertRead struct {
	data silencing.Alertmanager
	at   time.Time
}

// silences makes, extends or ends the silences of an item.
func (r *run) silences(ctx context.Context, item respond.Item) respond.Result {
	var res respond.Result
	before, sent := r.progress[item.Attempt], 0
	var unread []string
	for n, s := range item.Steps {
		if before.skips(s, r.p.Action) {
			if id := r.earlierSilences[s.Key()]; id != "" {
				res.SilenceIDs = append(res.SilenceIDs, id)
			}
			continue
		}
		sent++
		v, id := r.silenceStep(ctx, item, s, res.SilenceIDs)
		if id != "" {
			res.SilenceIDs = append(res.SilenceIDs, id)
		}
		if v.unread != "" && !slices.Contains(unread, v.unread) {
			unread = append(unread, v.unread)
		}
		if v.ok() || v.outcome == respond.Already && len(item.Steps) > 1 && s.Kind != respond.StepSilence {
			continue
		}
		res = v.on(res)
		res.Partly = n > 0 && v.outcome != respond.Already
		if res.Partly {
			res.Sentence = fmt.Sprintf("%d of %d silences were %s, but: %s", n, len(item.Steps), map[respond.StepKind]string{
				respond.StepSilence: "made", respond.StepExtend: "extended", respond.StepExpire: "ended",
			}[s.Kind], v.sentence)
		}
		return res
	}
	if sent == 0 {
		v := r.came(before, nil)
		res.Outcome, res.Sentence = v.outcome, v.sentence
		return res
	}
	res.Outcome = respond.Done
	silences := wording.Count(len(item.Steps), "silence")
	switch r.p.Action {
	case respond.Acknowledge:
		res.Sentence = fmt.Sprintf("Acknowledged by %s until %s.", silences, r.clock().Near(r.now().Add(silencing.AckSilence), r.now()))
	case respond.ExtendSilence:
		res.Sentence = fmt.Sprintf("Extended %s until %s.", silences, describe.WallClock(r.p.Until, r.p.Until))
	case respond.ExpireSilence, respond.Undo:
		res.Sentence = fmt.Sprintf("Ended %s.", silences)
	default:
		res.Sentence = fmt.Sprintf("Made %s until %s.", silences, describe.WallClock(r.p.Until, r.p.Until))
	}
	res.Sentence = strings.Join(append([]string{res.Sentence}, unread...), " ")
	return res
}

// silenceStep carries out one step; made are the ids of the silences that the
// steps before it made. Where the Alertmanager surely did not do it, the next
// member of its cluster is asked.
func (r *run) silenceStep(ctx context.Context, item respond.Item, s respond.Step, made []string) (verdict, string) {
	silencers := r.silencersOf(s)
	if len(silencers) == 0 {
		return verdict{outcome: respond.Refused, sentence: fmt.Sprintf("The Alertmanager %s can't be silenced from here.", clean.Line(s.Silence.Source))}, ""
	}
	var first verdict
	for n, silencer := range silencers {
		var v verdict
		var id string
		var err error
		if n < len(silencers)-1 {
			err = r.unreadable(ctx, silencer)
		}
		if err != nil {
			v = failed("Nothing was sent, because "+clean.Line(silencer.Source().Name)+" could not be read just before", err)
		} else {
			v, id = r.silenceIn(ctx, silencer, item, s, made)
		}
		if n == 0 {
			first = v
		}
		if v.outcome != respond.Failed || !mayServeElsewhere(v.err) || ctx.Err() != nil {
			if n > 0 && v.ok() {
				v.sentence += fmt.Sprintf(" %s did it, because %s failed.", clean.Line(silencer.Source().Name), clean.Line(s.Silence.Source))
			}
			return v, id
		}
	}
	return first, ""
}

// unreadable is why an Alertmanager can't be read, nil where it can: where it is
// not even that, a write whose answer says little is not tried.
func (r *run) unreadable(ctx context.Context, silencer sources.Silencer) error {
	_, err := r.readAlertmanager(ctx, silencer)
	if errors.Is(err, errNoList) {
		return nil
	}
	return err
}

func (r *run) silenceIn(ctx context.Context, silencer sources.Silencer, item respond.Item, s respond.Step, made []string) (verdict, string) {
	if s.Kind != respond.StepSilence {
		return r.changeSilence(ctx, silencer, item, s), s.Silence.ID
	}
	for _, id := range made {
		// Alertmanagers that did not report a cluster may be one.
		found, err := silencer.Silence(ctx, id)
		if err == nil && found.State != "expired" && sameMatchers(found.Matchers, s.Silence.Matchers) {
			return verdict{outcome: respond.Done, sentence: "Silenced."}, id
		}
	}
	return r.silence(ctx, silencer, item, s)
}

// silencersOf are those that can carry out a step, the first choice first.
func (r *run) silencersOf(s respond.Step) []sources.Silencer {
	var found []sources.Silencer
	for _, name := range append([]string{s.Silence.Source}, s.Members...) {
		at := slices.IndexFunc(r.d.Silencers, func(one sources.Silencer) bool { return one.Source().Name == name })
		if at >= 0 {
			found = append(found, r.d.Silencers[at])
		}
	}
	return found
}

// mayServeElsewhere reports whether another member of the cluster may do what
// one failed to do, without doing it twice.
func mayServeElsewhere(err error) bool {
	if err == nil || lost(err) {
		return false
	}
	switch sources.ReasonOf(err) {
	case sources.Unreachable, sources.ServerFailed, sources.RateLimited, sources.NotAnAPI, sources.BadAnswer,
		sources.Unauthorized, sources.Forbidden, sources.NotFound:
		return true
	}
	return false
}

// silence makes one silence. It begins now, and one that acknowledges lasts
// from now, not from the preview.
func (r *run) silence(ctx context.Context, silencer sources.Silencer, item respond.Item, s respond.Step) (verdict, string) {
	if v := r.stillExact(ctx, silencer, item, s); !v.ok() {
		return v, ""
	}
	silence := *s.Silence
	silence.Source = silencer.Source().Name
	s.Silence = &silence
	silence.StartsAt = r.now()
	if r.p.Action == respond.Acknowledge {
		silence.EndsAt = silence.StartsAt.Add(silencing.AckSilence)
	}
	if !silence.EndsAt.After(silence.StartsAt) {
		return verdict{outcome: respond.Refused, sentence: "The end of the silence is past by now. Nothing was sent; choose a later one."}, ""
	}
	number := r.intent(ctx, item, s, nil)
	var id string
	err := r.write(ctx, func(ctx context.Context) error {
		var err error
		id, err = silencer.CreateSilence(ctx, silence)
		return err
	}, number)
	v := r.silenced(ctx, silencer, s, &id, err)
	r.record(ctx, number, v)
	return v, id
}

// changeSilence extends or ends one silence, as it is now.
func (r *run) changeSilence(ctx context.Context, silencer sources.Silencer, item respond.Item, s respond.Step) verdict {
	name, id := clean.Line(silencer.Source().Name), s.Silence.ID
	fresh, err := silencer.Silence(ctx, id)
	switch {
	case err != nil:
		return failed("Nothing was sent, because the silence could not be read just before", err)
	case fresh.State == "expired" && s.Kind == respond.StepExpire:
		return verdict{outcome: respond.Already, sentence: "The silence has ended already."}
	case fresh.State == "expired":
		return verdict{outcome: respond.Refused, sentence: "The silence has ended since the preview: make a new one."}
	case !sameMatchers(fresh.Matchers, s.Silence.Matchers):
		return verdict{outcome: respond.Refused, sentence: "The silence was changed since the preview: it matches " + silencing.QuoteMatchers(fresh.Matchers) + " now. Nothing was sent; look again."}
	case s.Kind == respond.StepExtend && !fresh.EndsAt.Before(s.Until):
		return verdict{outcome: respond.Already, sentence: "The silence lasts until " + describe.WallClock(fresh.EndsAt, s.Until) + " already."}
	}
	number := r.intent(ctx, item, s, nil)
	err = r.write(ctx, func(ctx context.Context) error {
		if s.Kind == respond.StepExpire {
			return silencer.ExpireSilence(ctx, id)
		}
		longer := fresh
		longer.EndsAt = s.Until
		newID, err := silencer.CreateSilence(ctx, longer)
		if newID != "" {
			id = newID
		}
		return err
	}, number)
	v := r.silenceChanged(ctx, silencer, s, id, err)
	if v.outcome == respond.Failed && err != nil && !lost(err) {
		v = failed("The silence in "+name+" was not changed", err)
	}
	r.record(ctx, number, v)
	return v
}

// silenceChanged is the verdict on a change of a silence, by reading it.
func (r *run) silenceChanged(ctx context.Context, silencer sources.Silencer, s respond.Step, id string, err error) verdict {
	if err != nil && !lost(err) {
		return verdict{outcome: respond.Failed, sentence: "", err: err}
	}
	var is bool
	began := r.now()
	readErr := r.reads(ctx, func(ctx context.Context) (bool, error) {
		now, err := silencer.Silence(ctx, id)
		if err != nil {
			return false, err
		}
		if is = now.State == "expired"; s.Kind == respond.StepExtend {
			is = now.State != "expired" && now.EndsAt.Sub(s.Until).Abs() < 2*time.Second
		}
		return is, nil
	})
	name := clean.Line(silencer.Source().Name)
	switch {
	case is:
		return verdict{outcome: respond.Done, sentence: "Changed."}
	case err == nil && readErr != nil && s.Kind == respond.StepExpire:
		// Its answer has no content that distinguishes it from another's.
		return r.unknown(readErr, "%s was answered, but whether the silence is over is unknown, for looking failed: %s. Look at its silences before you repeat it.", name, describe.Explain(readErr))
	case err == nil && readErr != nil:
		return acceptedAlone(name, readErr)
	case readErr != nil:
		return r.readFailed(err, readErr, "the change of the silence")
	case err == nil:
		return r.unknown(nil, "%s accepted it, but does not show it. Look at its silences before you repeat it.", name)
	}
	return r.notShown(began, err, "the change of the silence", name, "")
}

// stillExact looks just before a silence is made, where the Alertmanager can
// be read: it must match no alert that the preview did not list. What the
// responder's own matchers match may grow; that is what they are for.
func (r *run) stillExact(ctx context.Context, silencer sources.Silencer, item respond.Item, s respond.Step) verdict {
	if s.Chosen {
		return verdict{outcome: respond.Done}
	}
	am, err := r.readAlertmanager(ctx, silencer)
	if err != nil {
		return verdict{outcome: respond.Done} // the write will say why
	}
	if quiet := respond.QuietAlready(item.Group, respond.Data{Alertmanagers: []silencing.Alertmanager{am}}); quiet != "" && r.p.Action == respond.Acknowledge {
		return verdict{outcome: respond.Already, sentence: quiet}
	}
	if other, is := silencing.OtherMatched(am, item.Group, s.Silence.Matchers, r.p.Triage); is {
		return verdict{outcome: respond.Refused, sentence: fmt.Sprintf(
			"The silence would now also match an alert that the preview did not show: %s. Nothing was sent; look again.", other)}
	}
	return verdict{outcome: respond.Done}
}

func (r *run) readAlertmanager(ctx context.Context, silencer sources.Silencer) (silencing.Alertmanager, error) {
	reader, ok := silencer.(sources.Reader)
	if !ok {
		return silencing.Alertmanager{}, errNoList
	}
	name := silencer.Source().Name
	if read, ok := r.alerts[name]; ok && r.now().Sub(read.at) < onCallAge {
		return read.data, nil
	}
	data, err := reader.Read(ctx, func(sources.Data) {})
	if err != nil {
		return silencing.Alertmanager{}, err
	}
	am := silencing.NewAlertmanager(name, data)
	if r.alerts == nil {
		r.alerts = map[string]alertRead{}
	}
	r.alerts[name] = alertRead{am, r.now()}
	return am, nil
}

// silenced is the verdict on a silence, by reading it.
func (r *run) silenced(ctx context.Context, silencer sources.Silencer, s respond.Step, id *string, err error) verdict {
	name := clean.Line(silencer.Source().Name)
	if err != nil && !lost(err) {
		return failed("No silence was made in "+name, err)
	}
	if err != nil {
		began := r.now()
		found, readErr := r.findSilence(ctx, silencer, *s.Silence)
		for _, member := range r.silencersOf(s) {
			// The others of a cluster know it too, once it was made.
			if found == "" && member != silencer {
				found, _ = r.findSilence(ctx, member, *s.Silence)
			}
		}
		switch {
		case found != "":
			*id = found
			return verdict{outcome: respond.Done, sentence: "Silenced."}
		case readErr != nil:
			return r.readFailed(err, readErr, "the silence")
		}
		return r.notShown(began, err, "the silence", name, "")
	}
	var state string
	readErr := r.reads(ctx, func(ctx context.Context) (bool, error) {
		s, err := silencer.Silence(ctx, *id)
		state = s.State
		return err == nil && s.State != "expired", err
	})
	switch {
	case readErr != nil:
		return acceptedAlone(name, readErr)
	case state == "expired":
		return verdict{outcome: respond.Failed, sentence: fmt.Sprintf("%s made the silence, but it has ended already: compare the clocks.", name)}
	}
	return verdict{outcome: respond.Done, sentence: "Silenced."}
}

// acceptedAlone is the verdict on a silence that is known from the answer to its
// request alone.
func acceptedAlone(name string, why error) verdict {
	sentence := fmt.Sprintf("%s answered ok, with the id of the silence; it was not read back, because %s.", name, describe.Explain(why))
	return verdict{outcome: respond.Done, sentence: sentence, unread: sentence}
}

// errCantLook: the Alertmanager can't be asked for its silences.
var errNoList = &sources.Error{Reason: sources.Rejected, Sentence: "its silences can't be listed", Doing: "reading silences"}

// allSilences reads what silences there are, or fails.
func allSilences(ctx context.Context, silencer sources.Silencer) ([]sources.Silence, error) {
	switch from := silencer.(type) {
	case interface {
		Silences(ctx context.Context) ([]sources.Silence, error)
	}:
		return from.Silences(ctx)
	case sources.Reader:
		data, err := from.Read(ctx, func(sources.Data) {})
		return data.Silences, err
	}
	return nil, errNoList
}

// findSilence looks for a silence whose answer was lost.
func (r *run) findSilence(ctx context.Context, silencer sources.Silencer, made sources.Silence) (string, error) {
	var id string
	err := r.reads(ctx, func(ctx context.Context) (bool, error) {
		all, err := allSilences(ctx, silencer)
		if err != nil {
			return false, err
		}
		for _, s := range all {
			// EndsAt is ours to the second, so an earlier one is not taken
			// for this.
			near := s.EndsAt.Sub(made.EndsAt).Abs() < 2*time.Second
			if s.State != "expired" && near && s.Comment == made.Comment && s.CreatedBy == made.CreatedBy && sameMatchers(s.Matchers, made.Matchers) {
				id = s.ID
			}
		}
		return id != "", nil
	})
	return id, err
}

func sameMatchers(a, b []sources.Matcher) bool {
	if len(a) != len(b) {
		return false
	}
	for _, m := range a {
		if !slices.Contains(b, m) {
			return false
		}
	}
	return true
}
