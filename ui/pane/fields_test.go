package pane

import (
	"strings"
	"testing"
	"time"
)

// TestAges: clocks agree to a second, and nothing was read in the future.
func TestAges(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	w := &Writer{}
	w.Location = time.UTC
	f := NewFields(w, now, 80)
	for ahead, want := range map[time.Duration][2]string{
		-time.Minute:           {"(1m ago)", "(1m ago)"},
		0:                      {"(0s ago)", "(0s ago)"},
		time.Millisecond:       {"(just now)", "(just now)"},
		999 * time.Millisecond: {"(just now)", "(just now)"},
		time.Second:            {"(in 1s)", "(just now)"},
		time.Minute:            {"(in 1m)", "(just now)"},
	} {
		at := now.Add(ahead)
		if got := f.Moment(at); !strings.HasSuffix(got, want[0]) {
			t.Errorf("%v ahead: %q", ahead, got)
		}
		if got := f.AsRead(at); !strings.HasPrefix(got, "as read ") || !strings.HasSuffix(got, want[1]) {
			t.Errorf("read %v ahead: %q", ahead, got)
		}
	}
}
