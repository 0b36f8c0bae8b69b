package sources

import "time"

// Now returns the wall clock time. Times of time.Now compare by a clock that
// stops while the machine is suspended, so that yesterday's answer would be
// seconds old in the morning.
func Now() time.Time { return time.Now().Round(0) }

// begun is when the program began, by both clocks.
var begun = time.Now()

// suspended returns how long the machine has been suspended since the program
// began, or by how much its clock was set.
func suspended() time.Duration {
	now := time.Now()
	return now.Round(0).Sub(begun.Round(0)) - now.Sub(begun)
}
