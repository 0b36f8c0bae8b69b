package reply_test

import (
	"context"
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/reply"
)

// asks begins requests whose values arrive in got.
type asks struct {
	loader reply.Loader
	got    []int
}

func (a *asks) start(value int) tea.Cmd {
	return reply.Start(&a.loader, func() int { return value }, reply.Nothing(func(v int) { a.got = append(a.got, v) }))
}

func (a *asks) replace(value int) tea.Cmd {
	return reply.Replace(&a.loader, func() int { return value }, reply.Nothing(func(v int) { a.got = append(a.got, v) }))
}

func deliver(cmd tea.Cmd) tea.Cmd { return cmd().(reply.Message).Deliver() }

func (a *asks) expect(t *testing.T, want ...int) {
	t.Helper()
	if !slices.Equal(a.got, want) {
		t.Errorf("took %v, want %v", a.got, want)
	}
}

func TestAnOldReplyAfterTheNewOneIsDropped(t *testing.T) {
	var a asks
	first := a.replace(1)
	second := a.replace(2)
	deliver(second)
	deliver(first)
	a.expect(t, 2)
}

func TestAnOldReplyBeforeTheNewOneIsDropped(t *testing.T) {
	var a asks
	first := a.replace(1)
	second := a.replace(2)
	deliver(first)
	if !a.loader.Busy() {
		t.Error("the old reply ended the new request")
	}
	deliver(second)
	a.expect(t, 2)
}

func TestAReplyIsTakenOnce(t *testing.T) {
	var a asks
	cmd := a.start(1)
	deliver(cmd)
	deliver(cmd)
	a.expect(t, 1)
}

func TestOneRequestAtATime(t *testing.T) {
	var a asks
	first := a.start(1)
	if a.start(2) != nil {
		t.Error("a second request was begun beside the first")
	}
	deliver(first)
	deliver(a.start(3))
	a.expect(t, 1, 3)
}

func TestADroppedRequestStillHasToEnd(t *testing.T) {
	var a asks
	first := a.start(1)
	a.loader.Drop()
	if a.start(2) != nil {
		t.Error("a request was begun beside one that was dropped")
	}
	deliver(first)
	deliver(a.start(3))
	a.expect(t, 3)
}

func TestListenTakesUntilItEnds(t *testing.T) {
	values := make(chan int, 3)
	var l reply.Loader
	var got []int
	wait := reply.Listen(&l, reply.From(values), reply.Nothing(func(v int) { got = append(got, v) }))
	values <- 1
	values <- 2
	close(values)
	for wait != nil {
		wait = deliver(wait)
	}
	if !slices.Equal(got, []int{1, 2}) || l.Busy() {
		t.Errorf("took %v, busy %v", got, l.Busy())
	}
}

func TestADroppedStreamEnds(t *testing.T) {
	values := make(chan int, 3)
	var l reply.Loader
	taken := 0
	wait := reply.Listen(&l, reply.From(values), reply.Nothing(func(int) { taken++ }))
	values <- 1
	l.Drop()
	if deliver(wait) != nil || taken != 0 {
		t.Errorf("a dropped stream goes on; %d values were taken", taken)
	}
}

// Until waits for values, and no longer than its context.
func TestUntil(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	values := make(chan string, 1)
	next := reply.Until(ctx, values)
	values <- "a"
	if value, more := next(); value != "a" || !more {
		t.Errorf("the first is %q, %v", value, more)
	}
	end()
	if _, more := next(); more {
		t.Error("there is more after the end")
	}
	close(values)
	if _, more := reply.Until(t.Context(), values)(); more {
		t.Error("there is more in a closed channel")
	}
}
