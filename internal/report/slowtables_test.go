package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/sources"
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

// checkCompare says what Analytics would say by its definitions: no figure differs.
func (s *slow) checkCompare(t *testing.T) {
	t.Helper()
	var theirs []sources.AnalyzedIncident
	for n := range s.h.Incidents {
		i := &s.h.Incidents[n]
		if !s.in(i.CreatedAt) {
			continue
		}
		m := map[string]float64{}
		for _, id := range []string{"total", "business_hour", "off_hour", "sleep_hour"} {
			m[id+"_interruptions"] = 0
		}
		m["engaged_seconds"], m["manual_escalation_count"], m["timeout_escalation_count"] = 0, 0, 0
		for who := range s.h.People {
			if d := s.disturbed(i, who); len(d) > 0 {
				m["total_interruptions"]++
				if zone := s.zone(who); zone != nil {
					switch key := d[0].In(zone).Format("Mon 15"); {
					case key[4:] < "08" || key[4:] >= "22":
						m["sleep_hour_interruptions"]++
					case key[:1] == "S" || key[4:] >= "18":
						m["off_hour_interruptions"]++
					default:
						m["business_hour_interruptions"]++
					}
				}
			}
			for at := i.CreatedAt; at.Before(s.o.Span.Until); at = at.Add(time.Minute) {
				if s.isEngaged(i, who, at) {
					m["engaged_seconds"] += 60
				}
			}
		}
		for _, e := range i.Entries {
			_, acked := m["seconds_to_first_ack"]
			switch {
			case e.Kind == past.Acknowledge && e.By != "" && !acked:
				m["seconds_to_first_ack"] = e.At.Sub(i.CreatedAt).Seconds()
			case e.Kind == past.Escalate && e.By != "":
				m["manual_escalation_count"]++
			case e.Kind == past.Escalate:
				m["timeout_escalation_count"]++
			case e.Kind == past.Resolve && i.Status == sources.Resolved && i.MergedInto == "":
				m["seconds_to_resolve"] = e.At.Sub(i.CreatedAt).Seconds()
			}
		}
		theirs = append(theirs, sources.AnalyzedIncident{ID: i.ID, Metrics: m})
	}
	table := Compare(s.h, s.o, theirs, sources.Extent{Read: true})
	for _, row := range table.Rows {
		if row[1] != row[2] || row[3] != "0" {
			t.Fatalf("it differs in %q", row)
		}
	}
	if len(table.Rows) != len(metrics)+1 {
		t.Fatalf("the table is %+v", table)
	}
}

// checkLoads asks of each interruption whether it is of the service.
func (s *slow) checkLoads(t *testing.T, of map[string]map[string]float64) {
	t.Helper()
	o := s.o
	for _, service := range ServicesOf(&s.h, o) {
		o.SLOs = append(o.SLOs, ServiceSLOs{Service: past.Name{ID: service.ID, Name: service.ID}})
	}
	table := tableOf(New(s.h, o), SLOTable)
	sum := 0.0
	for _, row := range table.Rows {
		want := 0
		for n := range s.h.Incidents {
			if i := &s.h.Incidents[n]; i.Service.ID == row[0] {
				for who := range s.h.People {
					if d := s.disturbed(i, who); len(d) > 0 && s.in(d[0]) {
						want++
					}
				}
			}
		}
		if row[2] != fmt.Sprint(want) {
			t.Fatalf("%s has %s interruptions, want %d", row[0], row[2], want)
		}
		sum += float64(want)
	}
	all := 0.0
	for _, figures := range of {
		all += figures["interruptions"]
	}
	if sum != all {
		t.Fatalf("the services have %v interruptions, the people %v", sum, all)
	}
}

// checkEscalations adds the rows up: they are the figures.
func (s *slow) checkEscalations(t *testing.T, r *Report, want map[string]float64) {
	t.Helper()
	table := tableOf(*r, EscalationsTable)
	if table.Unknown != "" {
		return
	}
	for n, id := range []string{"to_owner", "to_first_line", "returned", "exceptions"} {
		sum := 0
		for _, row := range table.Rows {
			one, err := strconv.Atoi(row[n+1])
			if err != nil {
				t.Fatal(err)
			}
			sum += one
		}
		if float64(sum) != want[id] {
			t.Fatalf("%s are %d in %q, want %v", id, sum, table.Rows, want[id])
		}
	}
}

// ackedBy returns the incidents that a person acknowledged.
func (s *slow) ackedBy(who string) (all []*past.Incident) {
	for n := range s.h.Incidents {
		if slices.ContainsFunc(s.h.Incidents[n].Entries, func(e past.Entry) bool { return e.Kind == past.Acknowledge && e.By == who }) {
			all = append(all, &s.h.Incidents[n])
		}
	}
	return all
}
