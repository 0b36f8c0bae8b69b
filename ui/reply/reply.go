// Package reply brings what is read or computed off the loop back onto it, and
// drops a reply that comes too late.
//
// A Loader is one question. Start asks it unless it is being asked,
// Replace asks it again at once, Listen asks for one thing after another, and
// Begin is for programs that take the terminal. Whatever the way, the reply
// comes back as a Message, and Deliver hands it on only while it answers the
// request that is wanted now. No caller checks that itself.
package reply

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Loader is one question, with at most one reply that is wanted. Its zero value
// is ready to use, on the loop alone.
type Loader struct {
	// last is the number of the latest request, wanted that of the request
	// whose reply is wanted; 0: none is.
	last, wanted uint64
	// busy: the latest request has not been answered.
	busy bool
}

// Busy reports whether the latest request has not been answered.
func (l *Loader) Busy() bool { return l.busy }

// Drop says that the reply to the request under way is not wanted any more. The
// loader stays busy until it has come.
func (l *Loader) Drop() { l.wanted = 0 }

// Request is a question that was asked.
type Request struct {
	loader *Loader
	number uint64
	// more: other replies to the same request follow.
	more bool
}

// Begin begins a request. It takes the place of the one under way, whose reply
// is then late.
func (l *Loader) Begin() Request {
	l.last++
	l.wanted, l.busy = l.last, true
	return Request{loader: l, number: l.last}
}

// Message is a reply on its way to the loop.
type Message struct {
	request Request
	take    func() tea.Cmd
}

// Reply answers the request: take is called on the loop, unless it is too late.
func (r Request) Reply(take func() tea.Cmd) Message { return Message{r, take} }

// late reports whether the request is not the one whose reply is wanted.
func (r Request) late() bool { return r.number != r.loader.wanted }

// Deliver hands a reply on to who asked. A reply that comes too late changes
// nothing.
func (m Message) Deliver() tea.Cmd {
	r := m.request
	if r.number == r.loader.last && !r.more {
		r.loader.busy = false
	}
	if r.late() {
		return nil
	}
	if !r.more {
		r.loader.wanted = 0
	}
	return m.take()
}

// Start does work off the loop and takes what it brings, unless a request of
// the loader is under way.
func Start[T any](l *Loader, work func() T, take func(T) tea.Cmd) tea.Cmd {
	if l.busy {
		return nil
	}
	return Replace(l, work, take)
}

// Replace does work off the loop and takes what it brings. What a request under
// way brings is dropped.
func Replace[T any](l *Loader, work func() T, take func(T) tea.Cmd) tea.Cmd {
	r := l.Begin()
	return func() tea.Msg {
		value := work()
		return r.Reply(func() tea.Cmd { return take(value) })
	}
}

// Listen takes one value after another, each waited for off the loop, until
// there are no more or Drop is called.
func Listen[T any](l *Loader, next func() (value T, more bool), take func(T) tea.Cmd) tea.Cmd {
	r := l.Begin()
	var wait tea.Cmd
	wait = func() tea.Msg {
		value, more := next()
		if !more {
			return r.Reply(func() tea.Cmd { return nil })
		}
		one := r
		one.more = true
		return one.Reply(func() tea.Cmd { return tea.Batch(take(value), wait) })
	}
	return wait
}

// From is a next for Listen: the values of a channel.
func From[T any](values <-chan T) func() (T, bool) {
	return func() (T, bool) {
		value, more := <-values
		return value, more
	}
}

// Until is a next for Listen: the values of a channel, until ctx ends.
func Until[T any](ctx context.Context, values <-chan T) func() (T, bool) {
	return func() (value T, more bool) {
		select {
		case value, more = <-values:
			return value, more
		case <-ctx.Done():
			return value, false
		}
	}
}

// Nothing is a take that needs no command, as most do not.
func Nothing[T any](take func(T)) func(T) tea.Cmd {
	return func(value T) tea.Cmd {
		take(value)
		return nil
	}
}

// Pause waits; false: ctx ended before. It is for work off the loop.
func Pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
