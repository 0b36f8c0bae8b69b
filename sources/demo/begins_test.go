package demo

import (
	"testing"
	"time"
)

// No incident of the demo is older than its history.
func TestPastBegins(t *testing.T) {
	now := time.Date(2026, 11, 28, 3, 0, 0, 0, time.UTC)
	for _, b := range monthsBefore(now) {
		if at := now.Add(b.at); at.Before(PastBegins(now)) {
			t.Fatalf("something happens on %s, and the history begins on %s", at, PastBegins(now))
		}
	}
}
