package earlier_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/internal/change"
	"firstline/internal/earlier"
	"firstline/internal/realservers"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/sources/prometheus"
)

// weeks is a history in which two pods of checkout fired three times, and its version
// changed.
func weeks(now time.Time) string {
	var b strings.Builder
	write := func(series string, from, to time.Duration) {
		for at := from; at >= to; at -= time.Minute {
			fmt.Fprintf(&b, "%s 1 %d\n", series, now.Add(-at).Unix())
		}
	}
	b.WriteString("# TYPE ALERTS gauge\n")
	for _, pod := range []string{"a", `b\"c`} {
		series := `ALERTS{alertname="HighErrorRate",alertstate="firing",service="checkout",pod="` + pod + `"}`
		write(series, 9*24*time.Hour, 9*24*time.Hour-40*time.Minute)
		write(series, 30*time.Hour, 29*time.Hour)
	}
	write(`ALERTS{alertname="HighErrorRate",alertstate="firing",service="search",pod="a"}`, 50*time.Hour, 49*time.Hour)
	write(`ALERTS{alertname="HighErrorRate",alertstate="pending",service="checkout",pod="a"}`, 60*time.Hour, 59*time.Hour)
	b.WriteString("# TYPE build_info gauge\n")
	write(`build_info{service="checkout",version="1"}`, 20*time.Hour, 10*time.Hour)
	write(`build_info{service="checkout",version="2"}`, 10*time.Hour, 3*time.Hour)
	write(`build_info{service="search",version="7"}`, 8*time.Hour, 3*time.Hour)
	return b.String()
}

// TestWithARealPrometheus: the queries are understood, and mean what they should.
func TestWithARealPrometheus(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a server")
	}
	now := time.Now().Truncate(2 * time.Minute) // the step of 28 hours
	s := realservers.StartPrometheus(t, realservers.Options{History: weeks(now), Rules: "groups: []\n"})
	client, err := prometheus.New(prometheus.Options{Name: "prom", URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	g := triage.Group{ID: "G", Service: "checkout", Since: now.Add(-4 * time.Hour), Alerts: []triage.Alert{{
		Alert: sources.Alert{Labels: map[string]string{"alertname": "HighErrorRate", "service": "checkout"}}, Sources: []string{"prom"},
	}}}
	metrics := []sources.Metrics{client}

	found := earlier.Find(t.Context(), []earlier.Source{earlier.Alerts{Metrics: metrics, ServiceLabels: []string{"service"}}}, earlier.QuestionOf(g, now), earlier.Found{})
	if len(found.Missing()) > 0 || len(found.Times) != 2 {
		t.Fatalf("%d times, missing %q", len(found.Times), found.Missing())
	}
	for i, want := range []struct{ ago, lasted time.Duration }{{30 * time.Hour, time.Hour}, {9 * 24 * time.Hour, 40 * time.Minute}} {
		one := found.Times[i]
		// The last sample counts for five minutes more, and steps are five minutes apart.
		lasted, _ := one.Lasted()
		if late := one.Began.Sub(now.Add(-want.ago)); late < 0 || late > one.Within || lasted < want.lasted-one.Within || lasted > want.lasted+2*one.Within {
			t.Errorf("it began %v ago and lasted %v, want %v and %v", now.Sub(one.Began), lasted, want.ago, want.lasted)
		}
	}

	r := change.Reader{
		Metrics: metrics, Now: func() time.Time { return now }, ServiceOf: func(labels map[string]string) string { return labels["service"] },
		Queries: []change.Query{{Title: "version $version", Expression: `max by (service, version) (build_info{service=~"$service|search"})`}},
	}
	what := r.Of(t.Context(), g)
	var texts []string
	for _, c := range what.Changes() {
		texts = append(texts, c.Sentence(what.Problem))
	}
	const want, seen = "version 2, 6 h before", "prom: version 1 was first seen 16 h before,"
	if strings.Join(texts, "; ") != want || len(what.Missing()) != 1 || !strings.HasPrefix(what.Missing()[0], seen) {
		t.Errorf("%q, missing %q, want %q and %q", texts, what.Missing(), want, seen)
	}
}
