package lazy

import (
	"context"
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/reply"
)

// screen is a cursor on groups with a clock that the test moves.
type screen struct {
	t     *testing.T
	now   time.Time
	cache Cache[string]
	reads []string
	taken int
	// failed: reads fail. waiting: replies wait in replies.
	failed, waiting bool
	replies         []reply.Message
}

func newScreen(t *testing.T) *screen {
	d := &screen{t: t, now: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)}
	d.cache = Cache[string]{For: time.Minute, Retry: 10 * time.Second, Time: time.Minute, Pause: func(context.Context, time.Duration) bool { return true }}
	return d
}

// show has a group shown for some time; the screen asks every 10 ms.
func (d *screen) show(id string, how time.Duration) {
	d.t.Helper()
	for end := d.now.Add(how); d.now.Before(end); d.now = d.now.Add(10 * time.Millisecond) {
		d.run(d.cache.Follow(d.t.Context(), d.now, id, func(ctx context.Context, before string) (string, bool) {
			d.reads = append(d.reads, id)
			if ctx.Err() != nil {
				d.t.Errorf("%s is read in a context that has ended", id)
			}
			return before + id, d.failed
		}, func() { d.taken++ }))
	}
}

func (d *screen) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	r, is := cmd().(reply.Message)
	switch {
	case !is:
		d.t.Fatal("no reply")
	case d.waiting:
		d.replies = append(d.replies, r)
	default:
		r.Deliver()
	}
}

// TestGroupsThatArePassedAreNotRead: switching quickly reads nothing until the
// cursor rests, and at most one read begins in each 300 ms.
func TestGroupsThatArePassedAreNotRead(t *testing.T) {
	d := newScreen(t)
	for i := range 100 {
		d.show(fmt.Sprint(i), 50*time.Millisecond)
	}
	if len(d.reads) != 0 {
		t.Errorf("%d reads while the cursor never rested", len(d.reads))
	}
	for i := range 10 {
		before := len(d.reads)
		d.show(fmt.Sprint("slow", i), Rest+20*time.Millisecond)
		if n := len(d.reads) - before; n != 1 {
			t.Errorf("%d reads in the rest on one group", n)
		}
	}
	d.show("", time.Hour/60)
	if len(d.reads) != 10 {
		t.Error("something was read while nothing is shown")
	}
}

func TestWhatWasReadIsValidForATime(t *testing.T) {
	d := newScreen(t)
	d.show("a", 50*time.Second)
	if len(d.reads) != 1 || d.taken != 1 || d.cache.Of("a").Value != "a" || d.cache.Of("a").At.IsZero() {
		t.Fatalf("%d reads, %+v", len(d.reads), d.cache.Of("a"))
	}
	d.show("a", 20*time.Second)
	if len(d.reads) != 2 || d.cache.Of("a").Value != "aa" {
		t.Errorf("%d reads after it was old, %q", len(d.reads), d.cache.Of("a").Value)
	}
	d.failed = true
	d.cache.Forget()
	d.show("a", 25*time.Second)
	if len(d.reads) != 5 {
		t.Errorf("%d reads, want one more and two after failures", len(d.reads))
	}
	d.now = d.now.Add(-time.Hour) // the clock was set back
	d.show("a", time.Second)
	if len(d.reads) != 6 {
		t.Errorf("%d reads after the clock was set back", len(d.reads))
	}
}

// TestASlowReadThatFailsIsNotRepeatedAtOnce: what ran into its timeout is read again
// after the pause, and not because it began long ago.
func TestASlowReadThatFailsIsNotRepeatedAtOnce(t *testing.T) {
	d := newScreen(t)
	d.failed, d.waiting = true, true
	d.show("a", 40*time.Second)
	for _, r := range d.replies {
		r.Deliver()
	}
	d.replies, d.waiting = nil, false
	reads := len(d.reads)
	d.show("a", 8*time.Second)
	if len(d.reads) != reads {
		t.Errorf("%d more reads at once", len(d.reads)-reads)
	}
	d.show("a", 4*time.Second)
	if len(d.reads) != reads+1 {
		t.Errorf("%d more reads after the pause", len(d.reads)-reads)
	}
}

// TestAReadIsGivenUp: what nobody looks at any more is given up, and not stored.
func TestAReadIsGivenUp(t *testing.T) {
	d := newScreen(t)
	started := make(chan context.Context, 1)
	d.show("a", Rest-10*time.Millisecond)
	d.now = d.now.Add(time.Second)
	cmd := d.cache.Follow(t.Context(), d.now, "a", func(ctx context.Context, _ string) (string, bool) {
		started <- ctx
		<-ctx.Done()
		return "late", true
	}, func() { d.taken++ })
	done := make(chan tea.Msg)
	go func() { done <- cmd() }()
	<-started
	if !d.cache.Reading("a") || d.cache.Reading("b") {
		t.Error("a is being read")
	}
	d.show("b", time.Second) // the one under way has to end first
	(<-done).(reply.Message).Deliver()
	if d.taken != 0 || !d.cache.Of("a").At.IsZero() {
		t.Errorf("what was given up was stored: %+v", d.cache.Of("a"))
	}
	d.show("b", time.Second)
	if len(d.reads) != 1 || d.reads[0] != "b" {
		t.Errorf("read %v", d.reads)
	}
}

func TestOldGroupsAreForgotten(t *testing.T) {
	d := newScreen(t)
	for i := range most + 5 {
		d.show(fmt.Sprint(i), time.Second)
	}
	if len(d.cache.entries) != most || len(d.cache.order) != most || !d.cache.Of("0").At.IsZero() {
		t.Errorf("%d are remembered", len(d.cache.entries))
	}
}
