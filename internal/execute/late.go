package execute

import (
	"context"
	"fmt"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/respond"
)

// heldFor is the longest time after which a write may still be carried out,
// whatever its answer was and whether or not anybody still waits for one. Our
// client gives up after 30 s, and what it wrote until then may be in transit
// for as long again. Gateways in between usually give up after 60 s (an API
// gateway after 30 s, a content network after 100 s). There may be two in a
// row, and one that answered 504 has not recalled what it passed on. That makes
// 3 minutes; one more is slack.
const heldFor = 4 * time.Minute

// MayComeText goes before the time until when a write may still be carried out, in
// all sentences that say so.
const MayComeText = "may still be carried out until"

// comeUntil is until when a write that was last sent at a time may be carried
// out: a full minute, so that what is said is what holds.
func comeUntil(sent time.Time) time.Time {
	return sent.Add(heldFor + time.Minute - 1).Truncate(time.Minute)
}

// sent is when a write was last sent, as far as it is known: it was written down
// before, and again where it had to wait.
func (b Begun) sent() time.Time {
	if !b.SentAt.IsZero() {
		return b.SentAt
	}
	return b.At
}

// Until returns the time until which a write with an unknown outcome may still
// be carried out.
func (b Begun) Until() time.Time { return comeUntil(b.sent()) }

// untilText is a time until when something may come about, as a person reads it.
func (r *run) untilText(t time.Time) string { return r.clock().Minute(t) }

// until is until when what was sent last may be carried out.
func (r *run) until() time.Time { return comeUntil(r.sent) }

// goesOut is called just before a write is sent, and before each further time
// that it is. Where it waited since it was written down, the journal learns it.
func (r *run) goesOut(ctx context.Context, numbers []int64) {
	now := r.now()
	if waited := now.Sub(r.sent); waited >= 0 && waited < time.Second {
		return
	}
	r.sent = now
	for _, number := range numbers {
		if r.d.Journal == nil || number == 0 {
			continue
		}
		if err := r.d.Journal.Sent(ctx, number, now); err != nil {
			r.journalErr = err
		}
	}
}

// unknown returns the verdict on a write when neither its answer nor a read
// shows whether it was done.
func (r *run) unknown(cause error, format string, args ...any) verdict {
	return verdict{outcome: respond.Unknown, sentence: fmt.Sprintf(format, args...), err: cause, until: r.until()}
}

// readFailed is the verdict on a write whose answer was lost where looking failed
// as well.
func (r *run) readFailed(cause, why error, what string) verdict {
	return r.unknown(cause, "The answer to %s was lost, and looking failed as well: %s. It may have happened, or may still happen until %s: look before you repeat it.",
		what, describe.Explain(why), r.untilText(r.until()))
}

// notShown is the verdict on a write whose answer was lost and which a look that
// began at a time does not show. That proves that it was not done only where the
// look began when nobody could carry it out any more: a gateway that answered 504
// may pass on a second later what it holds. who was looked at; now says how it
// is, empty where that says nothing.
func (r *run) notShown(began time.Time, cause error, what, who, now string) verdict {
	if until := r.until(); began.Before(until) {
		if now != "" {
			now = ". Now " + now
		}
		return r.unknown(cause, "The answer to %s was lost. %s does not show it yet, and it %s %s%s: look before you try again.",
			what, who, MayComeText, r.untilText(until), now)
	}
	if now != "" {
		now = ": now " + now
	}
	return verdict{outcome: respond.Failed, sentence: fmt.Sprintf("The answer to %s was lost, and %s does not show it%s. Look again before you repeat it.", what, who, now), err: cause}
}

// settlement is the verdict on a write that was begun, by reading. As long as it
// may be carried out only that it was done is final.
func (r *run) settlement(ctx context.Context, b Begun) verdict {
	began := r.now()
	if b.sent().After(began) {
		// The clock was set back since, so the elapsed time is unknown: the
		// wait begins again.
		b.SentAt = began
		if r.d.Journal != nil && b.Number != 0 {
			if err := r.d.Journal.Sent(ctx, b.Number, began); err != nil {
				r.journalErr = err
			}
		}
	}
	v := r.reading(ctx, b)
	until := b.Until()
	shown := v.outcome == respond.Done || v.outcome == respond.Already
	switch {
	case !began.Before(until), shown && !b.SentAgain:
		return v
	case shown:
		v.outcome, v.until = "", until
		v.sentence = fmt.Sprintf("the same was sent again and may be what shows, so it %s %s.", MayComeText, r.untilText(until))
		return v
	}
	switch v.outcome {
	case respond.Failed:
		v.sentence = fmt.Sprintf("%s does not show it yet, and it %s %s.", r.systemOf(b), MayComeText, r.untilText(until))
	default:
		v.sentence += fmt.Sprintf(" It %s %s.", MayComeText, r.untilText(until))
	}
	v.outcome, v.until = "", until
	return v
}

// systemOf names the system that a write went to.
func (r *run) systemOf(b Begun) string {
	if b.Step.Silence != nil {
		return clean.Line(b.Step.Silence.Source)
	}
	return "PagerDuty"
}

// unlessItComes makes the result of another try unknown where it says that an
// action was not done, and the try before may have done it or may do so yet.
func (r *run) unlessItComes(item respond.Item, res *respond.Result) {
	p := r.progress[item.Attempt]
	mayCome := r.now().Before(p.until)
	if !p.open || r.wrote[item.Attempt] && !mayCome || res.Outcome != respond.Failed && res.Outcome != respond.Refused {
		return
	}
	also := ""
	if mayCome {
		also = ", and it " + MayComeText + " " + r.untilText(p.until)
		res.MayComeUntil = p.until
	}
	res.Outcome = respond.Unknown
	res.Sentence = fmt.Sprintf("It is unknown whether the try of %s came about%s. %s", r.clock().Second(p.at), also, res.Sentence)
}
