package report

import (
	"fmt"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// large is a history of 90 days with 20,000 incidents and 200,000 log entries.
func large(b *testing.B) (past.History, sources.Span) {
	span := sources.Span{Since: instant(b, "2026-08-20T00:00Z"), Until: instant(b, "2026-11-18T00:00Z")}
	h := past.History{People: map[string]past.Person{}, Log: []sources.Span{span}, OnCalls: []sources.Span{span}}
	who := func(n int) string { return fmt.Sprintf("u%d", n%40) }
	zones := []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata"}
	for n := range 40 {
		h.People[who(n)] = past.Person{ID: who(n), Name: who(n), Zone: zones[n%3]}
	}
	for day := range 90 {
		for policy := range 12 {
			from := span.Since.AddDate(0, 0, day)
			h.Turns = append(h.Turns, past.Turn{Policy: past.Name{ID: fmt.Sprintf("p%d", policy)}, Level: 1, Person: who(day + policy), Start: from, End: from.AddDate(0, 0, 1)})
		}
	}
	for n := range 20_000 {
		at := span.Since.Add(time.Duration(n) * 388 * time.Second)
		i := past.Incident{
			ID: fmt.Sprintf("i%d", n), CreatedAt: at, ChangedAt: at.Add(time.Hour), ReadAt: span.Until, Status: sources.Resolved, DetailsRead: true,
			Service: past.Name{ID: fmt.Sprintf("s%d", n%60)}, Policy: past.Name{ID: fmt.Sprintf("p%d", n%12)}, Alert: fmt.Sprintf("a%d", n%420),
		}
		for k, kind := range []past.Kind{past.Trigger, past.Assign, past.Notify, past.Notify, past.Acknowledge, past.Escalate, past.Notify, past.Acknowledge, past.Note, past.Resolve} {
			e := past.Entry{Hash: uint64(n<<8 + k), At: at.Add(time.Duration(k) * 5 * time.Minute), Kind: kind, Way: past.Push}
			switch kind {
			case past.Assign, past.Notify, past.Escalate:
				e.To = []string{who(n + k/5)}
			case past.Trigger:
			default:
				e.By = who(n + k/5)
			}
			i.Entries = append(i.Entries, e)
		}
		h.Incidents = append(h.Incidents, i)
	}
	return h, span
}

// BenchmarkReport makes a report of 90 days, and compares it with the 90 days before.
func BenchmarkReport(b *testing.B) {
	h, span := large(b)
	for b.Loop() {
		if r := New(h, Options{Span: span, By: ByPerson, FirstLine: "p1"}); len(r.Rows) != 40 {
			b.Fatalf("%d rows", len(r.Rows))
		}
	}
}

// BenchmarkDocument writes such a report as a page, with its plots.
func BenchmarkDocument(b *testing.B) {
	h, span := large(b)
	r := New(h, Options{Span: span, By: ByPerson, FirstLine: "p1"})
	for b.Loop() {
		b.ReportMetric(float64(len(r.HTML(wallclock.In(time.UTC), span.Until))), "bytes")
	}
}

// BenchmarkNight counts the interruptions of one night of it.
func BenchmarkNight(b *testing.B) {
	h, span := large(b)
	night := LastNight(span.Until)
	for b.Loop() {
		if n := NewNight(h, night, "u1"); n.Interruptions == 0 {
			b.Fatalf("%+v", n)
		}
	}
}
