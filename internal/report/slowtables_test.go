package report

import (
	"fmt"
	"math"
	"slices"
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

// checkCompensation pays each minute for itself.
func (s *slow) checkCompensation(t *testing.T, table Table) {
	t.Helper()
	for _, row := range table.Rows {
		who := strings.TrimSuffix(row[0], " (deleted)")
		zone := s.zone(who)
		if zone == nil && s.o.Compensation.OutsideBusiness {
			if row[1] != "?" || row[3] != "?" {
				t.Fatalf("without a zone it is %q", row)
			}
			continue
		}
		paid := func(at time.Time) bool {
			if !s.o.Compensation.OutsideBusiness {
				return true
			}
			local := at.In(zone)
			weekend := local.Weekday() == time.Saturday || local.Weekday() == time.Sunday
			return weekend || local.Hour() < 8 || local.Hour() >= 18
		}
		level := func(is func(past.Turn) bool) func(time.Time) bool {
			return func(at time.Time) bool { return paid(at) && s.isOnCall(who, at, is) }
		}
		first := level(func(turn past.Turn) bool { return turn.Level == 1 })
		second := level(func(turn past.Turn) bool { return turn.Level > 1 })
		onCall := math.Ceil(s.minutes(first)/15) / 4
		level2 := math.Ceil(s.minutes(func(at time.Time) bool { return second(at) && !first(at) })/15) / 4
		acked := s.ackedBy(who)
		until, calledOut := time.Time{}, 0.0
		for at := s.o.Span.Since; at.Before(s.o.Span.Until); at = at.Add(time.Minute) {
			busy := slices.ContainsFunc(acked, func(i *past.Incident) bool { return s.isEngaged(i, who, at) })
			if busy && paid(at) && !at.Before(until) {
				until = at.Add(20 * time.Minute)
				calledOut += 1.0 / 3
			}
		}
		if want := []string{fmt.Sprintf("%.2f", onCall), fmt.Sprintf("%.2f", level2), fmt.Sprintf("%.2f", calledOut)}; !slices.Equal(row[1:4], want) {
			t.Fatalf("the time of %s is %q, want %q", who, row, want)
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
