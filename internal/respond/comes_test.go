package respond

import (
	"testing"
	"time"

	"firstline/internal/respond/fixture"
)

// What was due is never said to come in 0 s.
func TestComes(t *testing.T) {
	for after, want := range map[time.Duration]string{
		90 * time.Minute: "in 1 h 30 m", 30 * time.Second: "in 30 s", 0: "in 0 s",
		-time.Second: "was due at 02:29", -5 * time.Minute: "was due at 02:25",
	} {
		if got := comes(fixture.Sunday.Add(after), fixture.Sunday); got != want {
			t.Errorf("%v: %q, want %q", after, got, want)
		}
	}
}
