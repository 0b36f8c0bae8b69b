package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/internal/history/past"
)

// checkFairness compares a table with the figures of the people.
func (s *slow) checkFairness(t *testing.T, table Table, of map[string]map[string]float64) {
	t.Helper()
	sums, people := map[string]float64{}, 0
	for who, figures := range of {
		figures["on_call"] = s.minutes(func(at time.Time) bool { return s.isOnCall(who, at, func(past.Turn) bool { return true }) })
		if figures["on_call"] == 0 && figures["interruptions"] == 0 {
			continue
		}
		people++
		for _, id := range []string{"on_call", "interruptions", "sleep", "nights", "engaged"} {
			sums[id] += figures[id]
		}
	}
	if len(table.Rows) != people {
		t.Fatalf("there are %d people in %q, want %d", len(table.Rows), table.Rows, people)
	}
	for _, row := range table.Rows {
		who := strings.TrimSuffix(row[0], " (deleted)")
		figures := of[who]
		for n, id := range []string{"on_call", "interruptions", "sleep", "nights", "engaged"} {
			want := fmt.Sprintf("%.0f %%", 100*figures[id]/sums[id])
			switch {
			case s.zone(who) == nil && (id == "sleep" || id == "nights"):
				want = "?"
			case sums[id] == 0:
				want = "-"
			}
			if row[n+1] != want {
				t.Fatalf("%s of %s is %s, want %s", id, row[0], row[n+1], want)
			}
		}
	}
}

// minutes counts the minutes of the span in which something is so.
func (s *slow) minutes(is func(time.Time) bool) (n float64) {
	for at := s.o.Span.Since; at.Before(s.o.Span.Until); at = at.Add(time.Minute) {
		if is(at) {
			n++
		}
	}
	return n
}
