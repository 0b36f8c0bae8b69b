package report

import (
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/history/past/pasttest"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// large is a history of 90 days until the middle of November, with 12 policies.
func large(b *testing.B) (past.History, sources.Span) {
	return pasttest.Large(instant(b, "2026-11-18T00:00Z"), 12)
}

// BenchmarkReport makes a report of 90 days, and compares it with the 90 days before.
func BenchmarkReport(b *testing.B) {
	h, span := large(b)
	for b.Loop() {
		if r := New(h, Options{Span: span, By: ByPerson, FirstLine: pasttest.PolicyID(1)}); len(r.Rows) != pasttest.People {
			b.Fatalf("%d rows", len(r.Rows))
		}
	}
}

// BenchmarkDocument writes such a report as a page, with its plots.
func BenchmarkDocument(b *testing.B) {
	h, span := large(b)
	r := New(h, Options{Span: span, By: ByPerson, FirstLine: pasttest.PolicyID(1)})
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
