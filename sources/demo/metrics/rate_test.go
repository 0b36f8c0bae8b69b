package metrics

import (
	"math"
	"testing"
)

// A counter that began within the range counts only for the time since then, however
// long the range is.
func TestRateOfACounterThatBegan(t *testing.T) {
	const now = 1_795_000_000.0
	for ago, want := range map[float64]map[float64]float64{ // seconds ago, range, rate of one a second
		0:    {300: 1, 3600: 1, 86400: 1, 259200: 1},
		600:  {300: 1, 3600: 1.0 / 6, 86400: 600.0 / 86400, 259200: 600.0 / 259200},
		1200: {300: 1, 3600: 1.0 / 3, 259200: 1200.0 / 259200},
	} {
		for length, rate := range want {
			s := &Series{Value: Signal{Steady(1)}, Counter: true}
			if ago > 0 {
				s.From = now - ago
			}
			values, times := s.samples(now, length)
			got, ok := increase(values, times, now-length, now)
			if got /= length; !ok || math.Abs(got-rate) > 0.03*rate {
				t.Errorf("began %v s ago, over %v s: %v, want %v", ago, length, got, rate)
			}
		}
	}
}
