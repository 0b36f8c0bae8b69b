package room

import (
	"cmp"
	"time"
)

// Burst is the time between two keys below which no person typed the second:
// they come from a paste that the terminal does not mark, or from a program.
const Burst = 30 * time.Millisecond

// Typing is how the keys come.
type Typing struct {
	// Last is when something was typed last, known to this screen or not.
	Last time.Time
	// At is when the key was read that is handled now; hasty: it came in a
	// burst.
	At    time.Time
	Hasty bool
	// Run is how many keys of a burst came so far.
	Run int
	// Refused says why the last key did not confirm; empty: it was no such key.
	// It is shown until the next key that is in no burst.
	Refused string
}

// LeastPoured is how many keys of a burst nobody types: two may come at once under
// quick hands.
const LeastPoured = 4

// Note takes the time at which something was typed; followed: the next came
// within a burst after it.
func (t *Typing) Note(at time.Time, followed bool) {
	t.Hasty = followed || !t.Last.IsZero() && at.Sub(t.Last) < Burst
	t.At, t.Last = at, at
	t.Run++
	if !t.Hasty {
		t.Refused, t.Run = "", 0
	}
}

// LeastSeen is how long a question is on the screen before it can be confirmed:
// nobody presses a key sooner because of what they read.
const LeastSeen = 150 * time.Millisecond

// Question is an overlay whose question a key confirms only once it was read.
type Question interface {
	Overlay
	// NoteSeen notes what of the question is on the screen.
	NoteSeen()
	// ReadOn shows more of what must be seen first; it returns false when all was
	// seen.
	ReadOn() bool
	// ReadableFrom is the time from which on the question may be confirmed.
	ReadableFrom() time.Time
}

// MayConfirm reports whether a key with a name may confirm what the open room asks,
// if any is open. Where it may not, the room shows more, or the screen says why.
func (s *Screen) MayConfirm(open Overlay, name string) bool {
	question, asks := open.(Question)
	if !s.Typing.Hasty && asks && question.ReadOn() {
		return false
	}
	if !s.Typing.Hasty && (!asks || !s.Typing.At.Before(question.ReadableFrom())) {
		return true
	}
	s.Typing.Refused = "that came too fast to be read: press " + cmp.Or(name, "it") + " again"
	return false
}
