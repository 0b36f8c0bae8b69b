package room

import "time"

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
