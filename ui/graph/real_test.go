package graph_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"firstline/internal/realservers"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/sources/prometheus"
	"firstline/ui/graph"
	"firstline/ui/pane"
	"firstline/ui/queries"
)

// Every kind of expression is drawn, or it is said why not.
func TestExpressionsOfARealPrometheus(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	t.Parallel()
	from := time.Now().Add(-3 * time.Hour).Truncate(time.Minute)
	var history strings.Builder
	write := func(series string, value func(minute int) float64) {
		for i := range 120 {
			if v := value(i); !math.IsInf(v, 0) {
				fmt.Fprintf(&history, "%s %v %d\n", series, v, from.Add(time.Duration(i)*time.Minute).Unix())
			}
		}
	}
	history.WriteString("# TYPE x gauge\n")
	for _, pod := range []string{"a", "b"} {
		write(`x{pod="`+pod+`"}`, func(i int) float64 { return float64(i % 20) })
	}
	write(`x{pod="ends"}`, func(i int) float64 { return map[bool]float64{true: 1, false: math.Inf(1)}[i < 90] })
	history.WriteString("# TYPE odd gauge\n")
	write("odd", func(int) float64 { return math.NaN() })
	history.WriteString("# TYPE many gauge\n")
	for n := range 1000 {
		write(fmt.Sprintf(`many{pod="p%d"}`, n), func(i int) float64 { return float64(n + i) })
	}
	history.WriteString("# TYPE took_seconds histogram\n")
	for i, le := range []string{"0.1", "1.0", "+Inf"} {
		write(`took_seconds_bucket{le="`+le+`"}`, func(n int) float64 { return float64(n * (i + 1)) })
	}
	server := realservers.StartPrometheus(t, realservers.Options{History: history.String(), Rules: "groups: []\n"})
	client, err := prometheus.New(prometheus.Options{Name: "prom", URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	const axis, beyond, line = "┤", "beyond", "fires"
	for _, c := range []struct {
		query string
		want  []string
	}{
		{`x > 5`, []string{axis, beyond, line, "gone", "pod=a"}},
		{`x >= bool 5`, []string{axis, "(bool)"}},
		{`absent(missing)`, []string{"(absent)", "There is nothing to draw: prom has no such series"}},
		{`absent(x{pod="a"})`, []string{axis, "(absent)"}},
		{`missing > 1`, []string{line, "There is nothing to draw"}},
		{`x > 5 and x < 50`, []string{axis, "(and)"}},
		{`x > 5 or x < 3`, []string{axis, "(or)"}},
		{`x > 5 unless x > 1000`, []string{axis, "(unless)"}},
		{`histogram_quantile(0.9, sum by (le) (rate(took_seconds_bucket[10m]))) > 0.5`, []string{axis, beyond, "fires above 500 ms"}},
		{`max_over_time(x[10m:1m]) > 5`, []string{axis, beyond, line}},
		{`vector(1)`, []string{axis, "compares with nothing"}},
		{`vector(1) > 0`, []string{axis, beyond, line}},
		{`x offset 10m > 5`, []string{axis, line}},
		{`many > 1000`, []string{axis, beyond, "the worst 8 of 1000", "pod=p999"}},
		{`odd > 1`, []string{"All values are NaN (no number)."}},
		{`x / 0 > 1`, []string{"are NaN (no number) or infinite.", "+Inf", beyond}},
		{`x > 5 > 1`, []string{axis, "several times"}},
		{`x > on () group_left () count(odd)`, []string{axis, "with other series"}},
		{`x > scalar(count(odd))`, []string{axis, "a number that changes"}},
		{`x > time() / 0`, []string{axis, "a number that changes"}},
		{`count by (pod) (x) == 1`, []string{axis, beyond, "fires at 1"}},
		{`x / (x > bool 5) > 1000`, []string{axis, "3 series are infinite at times: not drawn.", "The line at 1 k is above what is drawn."}},
		{`x @ end() > 5`, []string{axis, "No threshold: what has @ end()"}},
		{`x @ start() > 5`, []string{axis, "No threshold: what has @ start()"}},
		{`x x`, []string{"! ", "refused"}},
	} {
		s := newScreen(120, 50)
		s.now = from.Add(119 * time.Minute)
		p := pane.New(s.Screen, pane.Options{
			PassedOn: func() []triage.Group { return nil },
			Tabs: func(p *pane.Pane) []pane.Tab {
				s.tab = graph.New(p, graph.Options{
					Queries: queries.New(s.Screen, queries.Options{
						Metrics: []sources.Metrics{client},
						Snapshots: func() []sources.Snapshot {
							return []sources.Snapshot{{Source: client.Source(), Data: sources.Data{Rules: s.rules}}}
						},
					}),
				})
				return []pane.Tab{s.tab}
			},
		})
		s.pane, s.rules[0].Query = p, c.query
		s.Context = t.Context()
		g := group("Q1")
		g.Alerts[0].Labels = map[string]string{"alertname": "Errors"}
		s.open(g)
		s.reads(t, c.want...)
	}
}
