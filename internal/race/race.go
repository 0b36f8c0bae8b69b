// Package race makes tests shorter while the race detector is on, which makes them three
// to six times as long. It is for tests of many cases, or of large ones, that differ in
// what is sent or drawn, and not in how goroutines meet: they play a part of them with
// it. CI plays the others without it, and finds these tests by the name of this package.
package race

import "testing"

// Skip skips a test without goroutines while the race detector is on.
func Skip(t testing.TB) {
	t.Helper()
	if Enabled {
		t.Skip("played without the race detector only")
	}
}

// Plays reports whether a test plays its nth case: each of them, but one of so many
// while the race detector is on.
func Plays(n, of int) bool { return !Enabled || n%of == 0 }
