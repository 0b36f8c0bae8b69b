package describe

import (
	"testing"
	"time"
)

var sunday = time.Date(2026, 3, 8, 2, 30, 0, 0, time.UTC)

// What was due is never said to come in 0 s.
func TestComing(t *testing.T) {
	for after, want := range map[time.Duration]string{
		90 * time.Minute: "in 1 h 30 m", 30 * time.Second: "in 30 s", 0: "in 0 s",
		-time.Second: "was due at 02:29", -5 * time.Minute: "was due at 02:25",
	} {
		if got := Coming(sunday.Add(after), sunday); got != want {
			t.Errorf("%v: %q, want %q", after, got, want)
		}
	}
}
