package syncing

import (
	"context"
	"os"
	"runtime"
	"testing"
	"time"

	"firstline/internal/report"
	"firstline/sources"
	"firstline/sources/demo"
)

// BenchmarkLargePast reads 90 days with 20,000 incidents and 200,000 log entries, and
// makes a report of them. The time that the sync waits for its share of the requests
// passes on the account's clock only.
func BenchmarkLargePast(b *testing.B) {
	if testing.Short() {
		b.Skip("it takes a minute")
	}
	for b.Loop() {
		d := demo.Large(demo.Size{Users: 40, Services: 60, Policies: 12, Teams: 6, Levels: 2, Schedules: 1}, start)
		a := newAccount(b, d)
		a.AddPast(demo.Past{From: start.AddDate(0, 0, -90), Until: start.Add(-4 * time.Hour), Incidents: 20_000, EntriesEach: 10})
		before := heap()
		began := time.Now()
		r, requests := a.sync(90)
		b.ReportMetric(float64(requests), "requests")
		b.ReportMetric(float64(r.Entries), "entries")
		b.ReportMetric(a.Now().Sub(start).Minutes(), "minutes-of-waiting")
		b.ReportMetric(time.Since(began).Seconds(), "s-sync-with-server")
		b.ReportMetric(float64(heap()-before)/1e6, "MB-after-sync")
		a.advance(time.Hour)
		_, requests = a.sync(90)
		b.ReportMetric(float64(requests), "requests-later")
		if err := a.store.Close(); err != nil {
			b.Fatal(err)
		}
		info, err := os.Stat(a.path)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/1e6, "MB-database")
		a.open()

		before = heap()
		began = time.Now()
		span := sources.Span{Since: start.AddDate(0, 0, -90), Until: a.Now()}
		h, err := a.store.Past(context.Background(), "", span)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s-load")
		made := report.New(h, report.Options{Span: span, By: report.ByPerson, FirstLine: "PELARGE1"})
		b.ReportMetric(time.Since(began).Seconds(), "s-report")
		b.ReportMetric(float64(heap()-before)/1e6, "MB-report")
		if len(h.Incidents) != 20_000 || len(made.Rows) == 0 {
			b.Fatalf("%d incidents, %d rows", len(h.Incidents), len(made.Rows))
		}
		runtime.KeepAlive(made)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
