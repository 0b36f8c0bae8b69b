package graph

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/graph"
	"firstline/sources"
	"firstline/ui/reply"
)

// How far apart two questions are, how long an answer may take, how often what is
// shown is asked again, after what time it is asked again after a failure, of an expression that the server
// rejects and after a refusal, and how many answers are remembered.
const (
	apartInTime  = 300 * time.Millisecond
	answerTime   = 30 * time.Second
	leastEvery   = 15 * time.Second
	mostEvery    = 2 * time.Minute
	retryAfter   = 30 * time.Second
	rejectedFor  = 5 * time.Minute
	refusedFor   = time.Hour
	mostAnswers  = 32
	statusPaying = 402
)

// key is a question for a time.
type key struct {
	question   string
	span, step time.Duration
	end        time.Time
}

// read is an answer as it was last read.
type read struct {
	data graph.Data
	// at is when it was read, zero: not yet. tried is when it was last asked for, and
	// err is why that failed.
	at, tried time.Time
	err       error
	refused   bool
}

// answers are what was asked and read.
type answers struct {
	read  map[key]*read
	order []key
	// refused are the sources that refused, until when they are not asked again.
	refused map[string]time.Time
	// asking is the question under way, asked the last one, asking for which began at
	// last; cancel ends it.
	asking, waiting reply.Loader
	asked           key
	last            time.Time
	cancel          context.CancelFunc
	// drawn was drawn last, for a graph.
	drawn   read
	drawnOf view
}

// view is which graph of a group is shown, and when.
type view struct {
	groupID  string
	at, span int
	end      time.Time
}

// readOf is what was read for a question. Where the alerts of a group have just
// changed, it is what was drawn before.
func (t *Tab) readOf(k key) read {
	of := view{t.groupID, t.at, t.span, t.end}
	got := t.read[k]
	switch {
	case got != nil && (!got.at.IsZero() || got.err != nil):
		t.drawn, t.drawnOf = *got, of
	case t.drawnOf != of:
		t.drawn, t.drawnOf = read{}, of
	}
	return t.drawn
}

// stop ends the question under way: nobody looks.
func (a *answers) stop() {
	if a.cancel != nil {
		a.cancel()
		a.cancel = nil
		a.asking.Drop()
		if r := a.read[a.asked]; r != nil && r.at.IsZero() && r.err == nil {
			r.tried = time.Time{}
		}
	}
}

// every is how often an answer is asked for again.
func (k key) every(r *read) time.Duration {
	switch {
	case sources.ReasonOf(r.err) == sources.Rejected:
		return rejectedFor
	case r.err != nil:
		return retryAfter
	}
	return min(max(k.step, leastEvery), mostEvery)
}

// due reports whether a question is to be asked.
func (a *answers) due(k key, source string, now time.Time) bool {
	if until, is := a.refused[source]; is && now.Before(until) {
		return false
	}
	r := a.read[k]
	switch {
	case r == nil || r.tried.IsZero():
		return true
	case !k.end.IsZero() && r.err == nil:
		return false // what is past stays
	}
	return now.Sub(r.tried) >= k.every(r)
}

// follow asks for what is wanted when that is due, and not too soon after the last
// question.
func (a *answers) follow(t *Tab) tea.Cmd {
	q, k, wanted := t.wanted()
	now := t.pane.TimeNow()
	metrics := t.metrics(q.Source)
	if !wanted || metrics == nil || a.cancel != nil && a.asked == k || !a.due(k, q.Source, now) {
		return nil
	}
	if wait := a.last.Add(apartInTime).Sub(now); wait > 0 && !a.last.IsZero() {
		ctx, pause := t.pane.Context, t.options.Pause
		return reply.Start(&a.waiting, func() bool { return pause(ctx, wait) }, reply.Nothing(func(bool) {}))
	}
	a.stop()
	a.remember(k)
	a.read[k].tried, a.last, a.asked = now, now, k
	r := graph.RangeOf(k.span, t.clock(q.Source, orNow(k.end, now)), t.points())
	ctx, cancel := context.WithTimeout(t.pane.Context, answerTime)
	a.cancel = cancel
	text, done := q.Parts.Drawn, t.pane.TimeNow
	return reply.Replace(&a.asking, func() read {
		defer cancel()
		answer, err := metrics.QueryRange(ctx, text, r)
		if err != nil {
			return read{err: err, tried: done()}
		}
		return read{data: graph.Select(q, answer, r), at: done()}
	}, reply.Nothing(func(got read) { t.take(k, q.Source, got) }))
}

func orNow(at, now time.Time) time.Time {
	if at.IsZero() {
		return now
	}
	return at
}

// metrics is the Prometheus of a name.
func (t *Tab) metrics(source string) sources.Metrics {
	for _, m := range t.options.Metrics {
		if m.Source().Name == source {
			return m
		}
	}
	return nil
}

// remember makes room for an answer.
func (a *answers) remember(k key) {
	if a.read[k] != nil {
		return
	}
	a.read[k] = &read{}
	a.order = append(a.order, k)
	if len(a.order) > mostAnswers {
		delete(a.read, a.order[0])
		a.order = a.order[1:]
	}
}

// take takes an answer. After a failure what was read before stays.
func (t *Tab) take(k key, source string, got read) {
	t.cancel = nil
	r := t.read[k]
	if r == nil {
		return
	}
	if got.err == nil {
		got.tried = r.tried
		*r = got
	} else {
		r.err, r.refused = got.err, refusal(got.err)
		if r.refused {
			t.refused[source] = got.tried.Add(refusedFor)
		}
	}
	t.pane.Invalidate()
}

// refusal reports whether asking again soon would be refused again: by the plan, the
// rights or the address.
func refusal(err error) bool {
	var e *sources.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Reason {
	case sources.Forbidden, sources.NotFound, sources.MissingAbility:
		return true
	}
	return e.Status == statusPaying
}
