package ui

import (
	"reflect"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// frames has a frame drawn soon after something may have changed, and none while
// nothing does. Bubble Tea itself draws at the ticks of a clock: a key waits for
// the next one, and a program that has nothing to do wakes up for each. So the
// clock is set to tick when a frame is wanted, and to rest afterwards.
//
// Bubble Tea's clock is private and has no setter: clockOf reads the field. Where
// a later version has no such field, its frames come at the usual rate.
type frames struct {
	// find finds Bubble Tea's clock; nil where it has no such field.
	find func() clock
	now  func() time.Time

	mu    sync.Mutex
	clock clock
	// next is when the last frame was wanted that was asked for.
	next time.Time
	rest *time.Timer
}

// clock is a time.Ticker.
type clock interface{ Reset(time.Duration) }

const (
	// framesPerSecond is how many frames there are at most, such as while a key is
	// held. It is also the most that Bubble Tea allows.
	framesPerSecond = 120
	betweenFrames   = time.Second / framesPerSecond
	// soon is when a frame is drawn that is not too early after another one: Bubble
	// Tea takes the new view in that time.
	soon = 500 * time.Microsecond
	// restAfter is when the clock rests after a frame: it has ticked once more for a
	// view that came just too late for the frame.
	restAfter = 2 * betweenFrames
	// slow is the rate at rest. A frame that was missed on a busy machine is drawn
	// then.
	slow = 100 * time.Millisecond
)

func newFrames(program *tea.Program) *frames {
	return &frames{now: time.Now, find: func() clock {
		if c := clockOf(program); c != nil {
			return c
		}
		return nil
	}}
}

// clockOf is the clock at whose ticks Bubble Tea draws; nil before it draws, and
// where this version has none. Only the goroutine of Update and View may call it.
func clockOf(program *tea.Program) *time.Ticker {
	field := reflect.ValueOf(program).Elem().FieldByName("ticker")
	if !field.IsValid() || field.Type() != reflect.TypeFor[*time.Ticker]() {
		return nil
	}
	return (*time.Ticker)(field.UnsafePointer())
}

// want asks for a frame: a view was made.
func (f *frames) want() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.clock == nil {
		if f.clock = f.find(); f.clock == nil {
			return
		}
	}
	now := f.now()
	if now.Before(f.next) {
		return // the frame that is due shows this view, or the one after it
	}
	wait := max(soon, f.next.Add(betweenFrames).Sub(now))
	f.next = now.Add(wait)
	f.clock.Reset(wait)
	if f.rest == nil {
		f.rest = time.AfterFunc(wait+restAfter, f.slowDown)
	} else {
		f.rest.Reset(wait + restAfter)
	}
}

// slowDown lets the clock rest, unless another frame was asked for meanwhile.
func (f *frames) slowDown() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.now().Before(f.next.Add(restAfter)) {
		f.clock.Reset(slow)
	}
}

// stop ends the frames.
func (f *frames) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.rest != nil {
		f.rest.Stop()
	}
}
