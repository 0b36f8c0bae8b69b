package queries_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"firstline/internal/expression"
	"firstline/internal/graph"
	"firstline/sources"
	"firstline/ui/queries"
	"firstline/ui/room"
	"firstline/ui/roomtest"
)

// metrics is a Prometheus that gives the answers of a test, and notes what it is asked.
type metrics struct {
	name   string
	fails  error
	asked  []string
	ranges []sources.Range
	// ended counts the questions whose context had ended.
	ended int
}

func (m *metrics) Source() sources.Source {
	return sources.Source{Kind: sources.Prometheus, Name: m.name}
}

func (m *metrics) Query(context.Context, string, time.Time) (sources.Answer, error) {
	return sources.Answer{}, errors.New("not asked")
}

func (m *metrics) QueryRange(ctx context.Context, expression string, r sources.Range) (sources.Answer, error) {
	m.asked, m.ranges = append(m.asked, expression), append(m.ranges, r)
	if ctx.Err() != nil {
		m.ended++
	}
	return sources.Answer{Extent: sources.Whole, Series: []sources.Series{{Points: []sources.Point{{At: r.To, Value: 1}}}}}, m.fails
}

// asking are queries on a clock that a test moves.
type asking struct {
	*queries.Queries
	screen *room.Screen
	prom   *metrics
	now    time.Time
	offset time.Duration
	pauses []time.Duration
}

func newAsking() *asking {
	a := &asking{prom: &metrics{name: "prom"}, now: roomtest.Noon}
	a.screen, _ = roomtest.Screen(80, 24, nil)
	a.screen.TimeNow = func() time.Time { return a.now }
	a.Queries = queries.New(a.screen, queries.Options{
		Metrics: []sources.Metrics{a.prom},
		Snapshots: func() []sources.Snapshot {
			return []sources.Snapshot{{Source: a.prom.Source(), Data: sources.Data{ClockOffset: a.offset}}}
		},
		Pause: func(_ context.Context, d time.Duration) bool {
			a.pauses = append(a.pauses, d)
			return true
		},
	})
	return a
}

// wish is a wish for an expression of the last hour, or of the hour up to an end.
func (a *asking) wish(expr string, end time.Time) *queries.Wish {
	w := a.Wish(graph.Question{Source: "prom", Title: expr, Parts: expression.Parts{Drawn: expr}}, time.Hour, end, 120)
	return &w
}

// after moves the clock and lets somebody follow.
func (a *asking) after(d time.Duration, by queries.Asker, wishes ...*queries.Wish) {
	a.now = a.now.Add(d)
	roomtest.Run(a.Follow(by, wishes...))
}

func (a *asking) want(t *testing.T, what string, asked ...string) {
	t.Helper()
	if !slices.Equal(a.prom.asked, asked) {
		t.Errorf("%s: asked %v, want %v", what, a.prom.asked, asked)
	}
}

// TestOneAfterTheOther: what was not asked for the longest time comes first, and each
// question some time after the one before.
func TestOneAfterTheOther(t *testing.T) {
	a := newAsking()
	wishes := []*queries.Wish{a.wish("x", time.Time{}), a.wish("y", time.Time{}), a.wish("z", time.Time{})}
	a.after(0, queries.Rows, wishes...)
	a.after(0, queries.Rows, wishes...)
	a.want(t, "at once", "x")
	if !slices.Equal(a.pauses, []time.Duration{300 * time.Millisecond}) {
		t.Errorf("it waits %v", a.pauses)
	}
	for range 5 {
		a.after(300*time.Millisecond, queries.Rows, wishes...)
	}
	a.want(t, "each once", "x", "y", "z")
	for range 4 {
		a.after(time.Minute, queries.Rows, wishes...)
	}
	a.want(t, "in turn", "x", "y", "z", "x", "y", "z", "x")
}

// TestWhenItIsAskedAgain is a table of answers: how long after one the question is not
// asked again, and after what time it is.
func TestWhenItIsAskedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		fails        error
		not, is      time.Duration
		past, wanted bool // of a time in the past; wanted: it is asked again at all
		everyLeast   time.Duration
	}{
		"an answer":                {not: 29 * time.Second, is: 31 * time.Second, wanted: true},
		"an answer of rows":        {not: 59 * time.Second, is: 61 * time.Second, wanted: true, everyLeast: time.Minute},
		"an answer about the past": {not: time.Hour, is: 24 * time.Hour, past: true},
		"no network":               {fails: &sources.Error{Reason: sources.Unreachable}, not: 29 * time.Second, is: 31 * time.Second, wanted: true},
		"no network, of the past":  {fails: &sources.Error{Reason: sources.Unreachable}, not: 29 * time.Second, is: 31 * time.Second, wanted: true, past: true},
		"rejected":                 {fails: &sources.Error{Reason: sources.Rejected, Status: 422}, not: 4 * time.Minute, is: 6 * time.Minute, wanted: true},
		"not paid for":             {fails: &sources.Error{Reason: sources.Rejected, Status: 402}, not: 59 * time.Minute, is: 61 * time.Minute, wanted: true},
		"forbidden":                {fails: &sources.Error{Reason: sources.Forbidden, Status: 403}, not: 59 * time.Minute, is: 61 * time.Minute, wanted: true},
		"not found":                {fails: &sources.Error{Reason: sources.NotFound, Status: 404}, not: 59 * time.Minute, is: 61 * time.Minute, wanted: true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, after := range []time.Duration{c.not, c.is} {
				a := newAsking()
				a.prom.fails = c.fails
				end := time.Time{}
				if c.past {
					end = roomtest.Noon.Add(-time.Hour)
				}
				w := a.wish("x", end)
				w.Every = c.everyLeast
				a.after(0, queries.Graph, w)
				a.after(after, queries.Graph, w)
				want := 1
				if after == c.is && c.wanted {
					want = 2
				}
				if len(a.prom.asked) != want {
					t.Errorf("after %v it was asked %d times, want %d", after, len(a.prom.asked), want)
				}
			}
		})
	}
}

// TestARefusalHoldsForTheSource: after one the others are not asked either, until
// somebody reads everything again.
func TestARefusalHoldsForTheSource(t *testing.T) {
	a := newAsking()
	a.prom.fails = &sources.Error{Reason: sources.Forbidden, Status: 403}
	x, y := a.wish("x", time.Time{}), a.wish("y", time.Time{})
	a.after(0, queries.Graph, x)
	a.after(time.Minute, queries.Graph, y)
	a.want(t, "after a refusal", "x")
	if r := a.Of(x.Key); r == nil || !r.Refused || r.Err == nil {
		t.Errorf("it is remembered as %+v", r)
	}
	a.Refresh()
	a.prom.fails = nil
	a.after(time.Second, queries.Graph, y)
	a.want(t, "read again", "x", "y")
}

// TestAFailureLeavesTheAnswer: what was read stays, with the failure beside it.
func TestAFailureLeavesTheAnswer(t *testing.T) {
	a := newAsking()
	w := a.wish("x", time.Time{})
	a.after(0, queries.Graph, w)
	a.prom.fails = errors.New("no network")
	a.after(time.Minute, queries.Graph, w)
	if r := a.Of(w.Key); r.Err == nil || !r.At.Equal(roomtest.Noon) || len(r.Data.Lines) != 1 {
		t.Errorf("after a failure there is %+v", r)
	}
	a.prom.fails = nil
	a.after(time.Minute, queries.Graph, w)
	if r := a.Of(w.Key); r.Err != nil || !r.At.Equal(roomtest.Noon.Add(2*time.Minute)) {
		t.Errorf("after an answer there is %+v", r)
	}
}

// TestTheGraphComesFirst: the graph ends a question of the rows, and not the
// other way round. What the ended one brings is dropped.
func TestTheGraphComesFirst(t *testing.T) {
	a := newAsking()
	x, y := a.wish("x", time.Time{}), a.wish("y", time.Time{})
	held := a.Follow(queries.Rows, x)
	a.now = a.now.Add(time.Second)
	ofGraph := a.Follow(queries.Graph, y)
	if ofGraph == nil {
		t.Fatal("the graph waits for the rows")
	}
	a.now = a.now.Add(time.Second)
	if a.Follow(queries.Rows, x) != nil {
		t.Error("the rows end the question of the graph")
	}
	roomtest.Run(held)
	if r := a.Of(x.Key); a.prom.ended != 1 || !r.At.IsZero() || r.Err != nil {
		t.Errorf("%d ended, and of the ended one %+v is taken", a.prom.ended, r)
	}
	roomtest.Run(ofGraph)
	if r := a.Of(y.Key); r.At.IsZero() {
		t.Error("the answer of the graph is lost")
	}
	a.after(time.Second, queries.Rows, x) // it is asked again at once
	a.want(t, "in the end", "x", "y", "x")
}

// TestStop: a question ends when who asked it shows nothing any more, and goes on where
// somebody else wants it too.
func TestStop(t *testing.T) {
	a := newAsking()
	x := a.wish("x", time.Time{})
	held := a.Follow(queries.Graph, x)
	a.Stop(queries.Rows)
	a.Stop(queries.Graph)
	roomtest.Run(held)
	if r := a.Of(x.Key); a.prom.ended != 1 || !r.At.IsZero() {
		t.Errorf("%d ended, %+v", a.prom.ended, r)
	}

	a = newAsking()
	x = a.wish("x", time.Time{})
	held = a.Follow(queries.Rows, x)
	if cmd := a.Follow(queries.Graph, x); cmd != nil {
		t.Error("the same question is asked twice")
	}
	a.Stop(queries.Rows)
	roomtest.Run(held)
	if r := a.Of(x.Key); a.prom.ended != 0 || r.At.IsZero() {
		t.Errorf("%d ended, %+v", a.prom.ended, r)
	}
}

// TestOldAnswersMakeRoom: a reply to one that made room meanwhile changes nothing.
func TestOldAnswersMakeRoom(t *testing.T) {
	a := newAsking()
	first := a.wish("first", time.Time{})
	a.after(0, queries.Graph, first)
	var wishes []*queries.Wish
	for n := range 200 {
		wishes = append(wishes, a.wish(fmt.Sprint("x", n), time.Time{}))
		a.after(time.Second, queries.Graph, wishes[n])
	}
	stored := 0
	for _, w := range wishes {
		if a.Of(w.Key) != nil {
			stored++
		}
	}
	if stored != 128 || a.Of(first.Key) != nil || a.Of(wishes[199].Key) == nil {
		t.Errorf("%d answers are there", stored)
	}
}

// TestTheClockOfTheSource: the end of the time is now on the source's clock, and does
// not come to be asked again when this machine's clock is set back.
func TestTheClockOfTheSource(t *testing.T) {
	a := newAsking()
	a.offset = 10 * time.Minute
	w := a.wish("x", time.Time{})
	a.after(0, queries.Graph, w)
	if to := a.prom.ranges[0].To; to.Sub(roomtest.Noon) < 9*time.Minute || to.Sub(roomtest.Noon) > 11*time.Minute {
		t.Errorf("asked until %v", to)
	}
	a.after(-time.Hour, queries.Graph, w)
	if len(a.prom.asked) != 2 {
		t.Error("after the clock was set back nothing is read any more")
	}
}

// TestNobodyToAsk: a source that has no Prometheus is not asked.
func TestNobodyToAsk(t *testing.T) {
	a := newAsking()
	w := a.Wish(graph.Question{Source: "other", Parts: expression.Parts{Drawn: "x"}}, time.Hour, time.Time{}, 120)
	if cmd := a.Follow(queries.Graph, &w); cmd != nil || !a.Can() {
		t.Error("a source without Prometheus is asked")
	}
	s, _ := roomtest.Screen(80, 24, nil)
	if queries.New(s, queries.Options{}).Can() {
		t.Error("there is nobody to ask, and it can")
	}
}
