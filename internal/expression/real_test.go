package expression_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/expression"
	"firstline/internal/realservers"
	"firstline/sources"
	"firstline/sources/prometheus"
)

// history is three hours of some metrics: x and y with gaps and NaN, and a histogram.
func history(from time.Time) string {
	var b strings.Builder
	random := rand.New(rand.NewPCG(1, 2))
	write := func(name, labels string, value func(i int) float64) {
		for i := range 180 {
			if v := value(i); !math.IsInf(v, -1) {
				fmt.Fprintf(&b, "%s{%s} %v %d\n", name, labels, v, from.Add(time.Duration(i)*time.Minute).Unix())
			}
		}
	}
	for _, name := range []string{"x", "y"} {
		fmt.Fprintf(&b, "# TYPE %s gauge\n", name)
		for _, a := range []string{"1", "2", "3"} {
			for _, c := range []string{"1", "2"} {
				write(name, fmt.Sprintf("a=%q,b=%q", a, c), func(i int) float64 {
					switch {
					case i%37 < 4:
						return math.Inf(-1) // a gap
					case i%23 == 0:
						return math.NaN()
					}
					return float64(random.IntN(12) - 4)
				})
			}
		}
	}
	b.WriteString("# TYPE one gauge\n")
	for _, a := range []string{"1", "2", "3"} {
		write("one", fmt.Sprintf("a=%q,b=%q", a, "of-one"), func(i int) float64 { return float64(i%3) + 1 })
	}
	b.WriteString("# TYPE h histogram\n")
	for _, a := range []string{"1", "2"} {
		for i, le := range []string{"1.0", "2.0", "+Inf"} {
			write("h_bucket", fmt.Sprintf("a=%q,le=%q", a, le), func(n int) float64 { return float64(n * (i + 1)) })
		}
	}
	return b.String()
}

// server is a real Prometheus with that history, and the range of it.
func server(t *testing.T) (sources.Metrics, sources.Range) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server")
	}
	from := time.Now().Add(-6 * time.Hour).Truncate(time.Minute)
	s := realservers.StartPrometheus(t, realservers.Options{History: history(from), Rules: "groups: []\n"})
	client, err := prometheus.New(prometheus.Options{Name: "prom", URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	return client, sources.Range{From: from, To: from.Add(3 * time.Hour), Step: time.Minute}
}

// values are the samples of an expression by series and time.
func values(t *testing.T, m sources.Metrics, text string, r sources.Range, only map[string]string) map[string]float64 {
	t.Helper()
	answer, err := m.QueryRange(t.Context(), text, r)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	all := map[string]float64{}
	for _, s := range answer.Series {
		belongs := true
		for name, value := range only {
			belongs = belongs && s.Labels[name] == value
		}
		if !belongs {
			continue
		}
		key := ""
		for _, name := range slices.Sorted(maps.Keys(s.Labels)) {
			key += name + "=" + s.Labels[name] + ","
		}
		for _, p := range s.Points {
			all[fmt.Sprint(key, p.At.Unix())] = p.Value
		}
	}
	return all
}

// The samples beyond the threshold are exactly those for which the server returns the
// series of the whole expression.
func TestThresholdIsWhereTheServerFires(t *testing.T) {
	t.Parallel()
	m, r := server(t)
	constants := []string{"0", "3", "-(2)", "2.5", "1 - 5 * 2", "7 % 4", "1"}
	n, fired := 0, 0
	for _, side := range []string{
		`x`, `sum by (a) (x)`, `x / y`, `-x`, `max_over_time(x[10m:1m])`, `x offset 7m`, `histogram_quantile(0.9, rate(h_bucket[5m]))`,
		`vector(1)`, `(x > bool 2)`, `x * on (a) group_left () one`, `x or y`, `count(x > 3)`, `absent(x{a="4"})`, `0 / (x - x)`, `topk(2, x)`,
	} {
		for i, operator := range []string{">", ">=", "<", "<=", "==", "!="} {
			constant := constants[(n+i)%len(constants)]
			n++
			for _, whole := range []string{
				fmt.Sprintf("(%s) %s %s", side, operator, constant), fmt.Sprintf("(%s %s (%s))", constant, operator, side),
			} {
				p := expression.TakeApart(whole)
				if p.Threshold == nil {
					t.Errorf("%s: no threshold: %s", whole, p.Why)
					continue
				}
				want := values(t, m, whole, r, nil)
				drawn := values(t, m, p.Drawn, r, nil)
				for key, value := range drawn {
					got, fires := want[key]
					if fires != p.Threshold.Beyond(value) || fires && math.Float64bits(got) != math.Float64bits(value) && got != value {
						t.Errorf("%s: %v at %s is beyond %v: %v, and the server has %v, %v", whole, value, key, *p.Threshold, p.Threshold.Beyond(value), got, fires)
						break
					}
					delete(want, key)
				}
				fired += len(drawn)
				if len(want) > 0 {
					t.Errorf("%s: the server fires where nothing is drawn: %v", whole, want)
				}
			}
		}
	}
	if fired < 10_000 {
		t.Errorf("only %d samples were compared", fired)
	}
}

// Narrowed or not, an expression has the same series with the labels.
func TestNarrowedIsTheSame(t *testing.T) {
	t.Parallel()
	m, r := server(t)
	for _, text := range []string{
		`x`, `-x`, `x > 3`, `x{a=~"1|2"}`, `sum(x)`, `sum by (a) (x)`, `sum without (a) (x)`, `topk(2, x)`, `topk by (a) (1, x)`, `topk without (b) (1, x)`,
		`quantile by (b) (0.5, x)`, `count_values by (a) ("a", x)`, `count_values by (a) ("b", x)`, `limitk_missing or x`, `rate(x[5m])`,
		`max_over_time(sum by (a) (x)[10m:1m])`, `histogram_quantile(0.9, rate(h_bucket[5m]))`, `histogram_quantile(0.9, sum by (le) (rate(h_bucket[5m])))`,
		`label_replace(x, "a", "1", "b", "2")`, `label_replace(x{b="1"}, "c", "$1", "a", "(.*)")`, `label_join(x, "c", "-", "a", "b")`, `absent(x{a="4"})`, `absent(x{a="4"}) or x`,
		`x / y`, `sum by (a) (x) / on (a) one`, `x * on (a) group_left () one`, `x{b="1"} * on (a) group_left (b) one`, `one * on (a) group_right () x`,
		`one * on (a) group_right (b) x{b="1"}`, `sum by (a) (x) - ignoring (b) one`, `x * ignoring (b) group_left () one`, `x > on (a) group_left () one`,
		`x and on () y`, `x and y > 2`, `x and on (a) one > 2`, `x unless on (a) one > 2`, `x unless on () one{a="2"} > 2`, `x unless ignoring (b) one > 1`,
		`x > 3 or y`, `x > 3 or on (a) y`, `x > 6 or on () y`, `x > 3 or ignoring (b) y`, `sum(x) or vector(0)`, `x * scalar(sum(y))`, `clamp(x, scalar(min(y)), 3)`, `scalar(x{a="1",b="1"}) * x`,
		`sort_desc(x)`, `timestamp(x)`, `hour(x)`, `x == bool 2`, `group by (a, b) (x) * 2`, `x offset 3m`, `stddev by (a) (x)`, `predict_linear(x[10m], 60)`,
	} {
		for _, by := range []map[string]string{{"a": "1"}, {"b": "2"}, {"a": "2", "b": "1"}, {"b": "of-one"}, {"le": "1.0"}, {"c": "2"}} {
			narrowed := expression.Narrow(text, by)
			if narrowed == expression.Narrow(text, nil) {
				continue
			}
			want, got := values(t, m, text, r, by), values(t, m, narrowed, r, by)
			if !maps.EqualFunc(want, got, func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }) {
				t.Errorf("%s by %v is %s: %d samples, want %d", text, by, narrowed, len(got), len(want))
			}
		}
	}
}
