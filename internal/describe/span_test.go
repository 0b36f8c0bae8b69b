package describe

import (
	"testing"
	"time"

	"firstline/internal/respond/fixture"
)

func TestSpan(t *testing.T) {
	for _, tt := range []struct{ d, want string }{
		{"0s", "0 s"},
		{"59.9s", "59 s"},
		{"60s", "1 m"},
		{"59m59s", "59 m"},
		{"47h", "47 h"},
		{"49h", "2 d"},
	} {
		if got := Span(mustDuration(t, tt.d)); got != tt.want {
			t.Errorf("span(%s) = %q, want %q", tt.d, got, tt.want)
		}
	}
	if got := Ago(fixture.Sunday.Add(5), fixture.Sunday); got != "just now" {
		t.Errorf("a clock that is ahead: %q", got)
	}
}

func mustDuration(t *testing.T, s string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
