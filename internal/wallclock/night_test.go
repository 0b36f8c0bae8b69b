package wallclock_test

import (
	"testing"
	"time"

	"firstline/internal/wallclock"
)

func TestSleeps(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for text, want := range map[string]bool{
		"2026-11-23T21:59:59+01:00": false, "2026-11-23T22:00:00+01:00": true, "2026-11-24T03:00:00+01:00": true,
		"2026-11-24T07:59:59+01:00": true, "2026-11-24T08:00:00+01:00": false, "2026-11-23T13:00:00Z": false,
		// The hours are those of the clock on the wall, on both sides of a change.
		"2026-10-24T20:30:00Z": true, "2026-10-25T06:59:00Z": true, "2026-10-25T07:00:00Z": false, "2026-10-25T20:30:00Z": false,
		"2026-03-29T05:59:00Z": true, "2026-03-29T06:00:00Z": false,
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := wallclock.Sleeps(at, berlin); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
