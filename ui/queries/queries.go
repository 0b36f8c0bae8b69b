// Package queries asks the Prometheuses for what is on the screen: one question at a
// time, each some time after the one before. What was read is remembered, with its
// age, for all who show it. Reads that take several requests wait for the cursor to
// rest, see ui/lazy.
package queries

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/graph"
	"firstline/sources"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// LeastPoints is how many points a line has at least, where its time allows it.
const LeastPoints = 120

// How long an answer may take, how often what is shown is asked again, after what time
// it is asked again after a failure, of an expression that the server rejects and after
// a refusal, and how many answers are remembered: more than there are rows on a screen.
const (
	answerTime   = 30 * time.Second
	leastEvery   = 15 * time.Second
	mostEvery    = 2 * time.Minute
	retryAfter   = 30 * time.Second
	rejectedFor  = 5 * time.Minute
	refusedFor   = time.Hour
	mostAnswers  = 128
	statusPaying = 402
)

// Options are what questions need besides the screen.
type Options struct {
	// Metrics are the Prometheuses that can be asked.
	Metrics []sources.Metrics
	// Snapshots are what the sources said.
	Snapshots func() []sources.Snapshot
	// Pause waits off the loop; nil: reply.Pause.
	Pause func(ctx context.Context, d time.Duration) bool
}

// Key is a question for a time.
type Key struct {
	question   string
	span, step time.Duration
	end        time.Time
}

// Wish is what somebody wants to show.
type Wish struct {
	Key      Key
	question graph.Question
	points   int
	// Every is the least time after which it is asked again.
	Every time.Duration
}

// Read is an answer as it was last read.
type Read struct {
	Data graph.Data
	// At is when it was read, zero: not yet. Err is why it failed when it was last asked
	// for, and Refused says that it is not asked again soon.
	At      time.Time
	Err     error
	Refused bool
	tried   time.Time
}

// Asker is who wants something. What the first one wants does not wait for the others.
type Asker int

// Those who want something.
const (
	Graph Asker = iota // the graph that a person looks at
	Rows
)

// Queries are what was asked and read. They are used on the loop alone.
type Queries struct {
	screen  *room.Screen
	options Options
	read    map[Key]*Read
	order   []Key // the first asked first
	// refused are the sources that refused, until when they are not asked again.
	refused map[string]time.Time
	// asking is the question under way, asked the last one, by whom; cancel ends it.
	asking, waiting reply.Loader
	asked           Key
	by              Asker
	cancel          context.CancelFunc
	// taken are called when something was read.
	taken []func(Key)
}

// New makes queries that asked nothing yet.
func New(s *room.Screen, o Options) *Queries {
	if o.Pause == nil {
		o.Pause = reply.Pause
	}
	return &Queries{screen: s, options: o, read: map[Key]*Read{}, refused: map[string]time.Time{}}
}

// Configure has other Prometheuses asked. What was read is asked again.
func (q *Queries) Configure(metrics []sources.Metrics) {
	q.stop()
	q.options.Metrics = metrics
	q.read, q.order = map[Key]*Read{}, nil
	clear(q.refused)
}

// Can reports whether there is anybody to ask.
func (q *Queries) Can() bool { return len(q.options.Metrics) > 0 }

// Snapshots are what the sources said.
func (q *Queries) Snapshots() []sources.Snapshot { return q.options.Snapshots() }

// OnTaken has a function called when something was read.
func (q *Queries) OnTaken(taken func(Key)) { q.taken = append(q.taken, taken) }

// Wish is the wish for a question in a span of time with at most so many points. end is
// the end of the time; zero: now.
func (q *Queries) Wish(question graph.Question, span time.Duration, end time.Time, points int) Wish {
	w := Wish{question: question, points: points}
	r := q.rangeOf(w, span, end)
	w.Key = Key{question: question.Key(), span: span, step: r.Step, end: end}
	return w
}

// rangeOf is the time of a wish, as its source's clock has it.
func (q *Queries) rangeOf(w Wish, span time.Duration, end time.Time) sources.Range {
	at := cmp.Or(end, q.screen.TimeNow())
	for _, s := range q.options.Snapshots() {
		if s.Source.Name == w.question.Source {
			at = at.Add(s.Data.ClockOffset)
			break
		}
	}
	return graph.RangeOf(span, at, w.points)
}

// Of is what was read for a question; nil: it was not asked.
func (q *Queries) Of(k Key) *Read { return q.read[k] }

// Refresh has all asked again, also those who refused.
func (q *Queries) Refresh() {
	clear(q.refused)
	for _, r := range q.read {
		r.tried = time.Time{}
	}
}

// Stop ends the question under way, where somebody has asked it who shows nothing now.
func (q *Queries) Stop(by Asker) {
	if q.by == by {
		q.stop()
	}
}

func (q *Queries) stop() {
	if q.cancel != nil {
		q.cancel()
		q.cancel = nil
		q.asking.Drop()
		if r := q.read[q.asked]; r != nil && r.At.IsZero() && r.Err == nil {
			r.tried = time.Time{}
		}
	}
}

// every is how often an answer is asked for again.
func (w *Wish) every(r *Read) time.Duration {
	switch {
	case sources.ReasonOf(r.Err) == sources.Rejected:
		return max(rejectedFor, w.Every)
	case r.Err != nil:
		return max(retryAfter, w.Every)
	}
	return max(min(max(w.Key.step, leastEvery), mostEvery), w.Every)
}

// due reports whether a question is to be asked.
func (q *Queries) due(w *Wish, now time.Time) bool {
	if until, is := q.refused[w.question.Source]; is && now.Before(until) {
		return false
	}
	r := q.read[w.Key]
	switch {
	case r == nil || r.tried.IsZero():
		return true
	case !w.Key.end.IsZero() && r.Err == nil:
		return false // what is past stays
	}
	return now.Sub(r.tried) >= w.every(r) || now.Before(r.tried) // the clock was set back
}

// Follow asks for one of the wishes that are due, and not too soon after the last
// question: for the one that was not asked for the longest time. A question under way
// that nobody wants any more is ended.
func (q *Queries) Follow(by Asker, wishes ...*Wish) tea.Cmd {
	if q.cancel != nil {
		switch {
		case slices.ContainsFunc(wishes, func(w *Wish) bool { return w.Key == q.asked }):
			q.by = min(q.by, by)
			return nil
		case q.by < by:
			return nil
		case by == Rows:
			q.stop()
		}
	}
	now := q.screen.TimeNow()
	var next *Wish
	for _, w := range wishes {
		if q.due(w, now) && q.metrics(w.question.Source) != nil && (next == nil || q.tried(w.Key).Before(q.tried(next.Key))) {
			next = w
		}
	}
	if next == nil {
		return nil
	}
	if wait := q.screen.Pace.Wait(now); wait > 0 {
		ctx, pause := q.screen.Context, q.options.Pause
		return reply.Start(&q.waiting, func() bool { return pause(ctx, wait) }, reply.Nothing(func(bool) {}))
	}
	return q.ask(by, *next, now)
}

func (q *Queries) tried(k Key) time.Time {
	if r := q.read[k]; r != nil {
		return r.tried
	}
	return time.Time{}
}

func (q *Queries) ask(by Asker, w Wish, now time.Time) tea.Cmd {
	q.stop()
	q.remember(w.Key)
	q.read[w.Key].tried, q.asked, q.by = now, w.Key, by
	q.screen.Pace.Begin(now)
	r := q.rangeOf(w, w.Key.span, w.Key.end)
	ctx, cancel := context.WithTimeout(q.screen.Context, answerTime)
	q.cancel = cancel
	metrics, done := q.metrics(w.question.Source), q.screen.TimeNow
	return reply.Replace(&q.asking, func() Read {
		defer cancel()
		answer, err := metrics.QueryRange(ctx, w.question.Parts.Drawn, r)
		if err != nil {
			return Read{Err: err, tried: done()}
		}
		return Read{Data: graph.Select(w.question, answer, r), At: done()}
	}, reply.Nothing(func(got Read) { q.take(w, got) }))
}

// metrics is the Prometheus of a name; nil: none has it.
func (q *Queries) metrics(source string) sources.Metrics {
	for _, m := range q.options.Metrics {
		if m.Source().Name == source {
			return m
		}
	}
	return nil
}

// remember makes room for an answer.
func (q *Queries) remember(k Key) {
	if q.read[k] != nil {
		return
	}
	q.read[k] = &Read{}
	q.order = append(q.order, k)
	if len(q.order) > mostAnswers {
		delete(q.read, q.order[0])
		q.order = q.order[1:]
	}
}

// take takes an answer. After a failure what was read before stays.
func (q *Queries) take(w Wish, got Read) {
	q.cancel = nil
	r := q.read[w.Key]
	if r == nil {
		return
	}
	if got.Err == nil {
		got.tried = r.tried
		*r = got
	} else {
		// From now on: what ran into its timeout began long ago.
		r.Err, r.Refused, r.tried = got.Err, refusal(got.Err), got.tried
		if r.Refused {
			q.refused[w.question.Source] = got.tried.Add(refusedFor)
		}
	}
	for _, taken := range q.taken {
		taken(w.Key)
	}
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
