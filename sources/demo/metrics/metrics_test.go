package metrics

import (
	"math"
	"slices"
	"testing"
)

// A counter grows by its rate, whatever it is made of.
func TestTotalsAreIntegrals(t *testing.T) {
	t.Parallel()
	const from = 1_795_000_000.0
	for name, s := range map[string]Signal{
		"steady": {Steady(3)}, "wave": {Wave(2, 600, 1)}, "rise": {Rise(5, from+300, 120)}, "late rise": {Rise(5, from-1e6, 120)},
		"between": {Between(4, from+100, from+200)}, "slope": {Slope(0.5, from+250)}, "jitter": Jitter(3, 4),
		"all": append(Jitter(3, 4), Steady(9), Rise(-5, from+300, 120)).Times(2),
	} {
		const step = 0.25
		sum := 0.0
		for n := range 2400 {
			sum += step * s.at(from+(float64(n)+0.5)*step)
		}
		if got := s.total(from+600) - s.total(from); math.Abs(got-sum) > 0.01*math.Max(1, math.Abs(sum)) {
			t.Errorf("%s: %v instead of %v", name, got, sum)
		}
	}
}

func TestEvaluate(t *testing.T) {
	t.Parallel()
	const now = 1_795_000_000
	series := []Series{
		{Labels: map[string]string{"__name__": "a", "pod": "x", "code": "200"}, Value: Signal{Steady(3)}},
		{Labels: map[string]string{"__name__": "a", "pod": "x", "code": "500"}, Value: Signal{Steady(1)}},
		{Labels: map[string]string{"__name__": "a", "pod": "y", "code": "200"}, Value: Signal{Steady(8)}},
		{Labels: map[string]string{"__name__": "c", "pod": "x"}, Value: Signal{Steady(2)}, Counter: true},
		{Labels: map[string]string{"__name__": "info", "pod": "x", "version": "v1"}, Value: Signal{Steady(1)}},
		{Labels: map[string]string{"__name__": "gone"}, Value: Signal{Steady(1)}, To: now - 100},
		{Labels: map[string]string{"__name__": "falls"}, Value: Signal{Steady(1000), Slope(-1, now-7200)}},
		{Labels: map[string]string{"__name__": "h_bucket", "le": "1"}, Value: Signal{Steady(50)}},
		{Labels: map[string]string{"__name__": "h_bucket", "le": "3"}, Value: Signal{Steady(90)}},
		{Labels: map[string]string{"__name__": "h_bucket", "le": "+Inf"}, Value: Signal{Steady(100)}},
	}
	for expression, want := range map[string][]float64{
		`a`: {1, 3, 8}, `a > 2`: {3, 8}, `2 < a`: {3, 8}, `a > bool 2`: {0, 1, 1}, `a{code=~"5.."}`: {1}, `-a{pod="y"}`: {-8},
		`sum by (pod) (a)`: {4, 8}, `sum without (code) (a)`: {4, 8}, `sum(a)`: {12}, `max(a)`: {8}, `min(a)`: {1}, `avg(a)`: {4}, `count(a)`: {3},
		`a{code="500"} / ignoring(code) a{code="200"}`: {1.0 / 3}, `a{code="500"} / on(pod) a{code="200"}`: {1.0 / 3},
		`a * on(pod) group_left(version) info`: {1, 3}, `a unless on(pod) info`: {8}, `a and on(pod) info`: {1, 3}, `info or a{pod="y"}`: {1, 8},
		`rate(c[5m])`: {2}, `increase(c[5m])`: {600}, `rate(c[5m] offset 1h)`: {2}, `irate(c[5m])`: {2},
		`gone`: {}, `gone offset 5m`: {1}, `absent(gone)`: {1}, `absent(a)`: {}, `avg_over_time(gone[5m])`: {1}, `count_over_time(a{pod="y"}[1m])`: {5, 5},
		`deriv(falls[10m])`: {-1}, `predict_linear(falls[10m], 3600)`: {1000 - 7200 - 3600}, `delta(falls[10m])`: {-600},
		`histogram_quantile(0.7, h_bucket)`: {2}, `histogram_quantile(0.95, h_bucket)`: {3}, `vector(7)`: {7}, `1 + 2 * 3`: {7}, `time()`: {now},
		`clamp_max(a, 2)`: {1, 2, 2}, `abs(-a{pod="y"})`: {8}, `3 > bool 2`: {1},
	} {
		e, err := Parse(expression)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Evaluate(e, now, series)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
			continue
		}
		got := []float64{}
		for _, s := range r.Vector {
			got = append(got, s.Value)
		}
		slices.Sort(got)
		if expression == `count_over_time(a{pod="y"}[1m])` {
			want = []float64{got[0]} // 4 or 5, by when the range begins
			if got[0] < 4 || got[0] > 5 {
				t.Errorf("%s: %v", expression, got)
			}
		}
		if !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) < 0.01*math.Max(1, math.Abs(b)) }) {
			t.Errorf("%s: %v instead of %v", expression, got, want)
		}
	}
	for _, expression := range []string{`topk(1, a)`, `label_replace(a, "x", "", "", "")`, `max_over_time(a[5m:1m])`, `a @ 5`, `"text"`, `quantile(0.5, a)`} {
		e, err := Parse(expression)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Evaluate(e, now, series); err == nil {
			t.Errorf("%s: no error", expression)
		}
	}
}

// No expression that parses makes it panic.
func FuzzEvaluate(f *testing.F) {
	for _, seed := range []string{`a > 2`, `rate(a[5m])`, `histogram_quantile(0.9, a)`, `a / on(x) group_left(y) b`, `sum by (x) (a) or b`, `predict_linear(a[1h], 2)`, `clamp_min(a, 1)`, `time() - a`} {
		f.Add(seed)
	}
	series := []Series{{Labels: map[string]string{"__name__": "a", "x": "1", "le": "1"}, Value: Signal{Steady(1)}}, {Labels: map[string]string{"__name__": "b", "x": "1", "le": "+Inf"}, Value: Signal{Steady(1)}, Counter: true}}
	f.Fuzz(func(_ *testing.T, expression string) {
		if e, err := Parse(expression); err == nil {
			_, _ = Evaluate(e, 1_795_000_000, series)
		}
	})
}
