package expression_test

import (
	"math"
	"strings"
	"testing"

	"firstline/internal/expression"
)

func TestTakeApart(t *testing.T) {
	for _, c := range []struct {
		text, drawn, operator string
		value                 float64
		why                   string
		loose                 bool
	}{
		{text: `x > 5`, drawn: `x`, operator: ">", value: 5},
		{text: `5 < x`, drawn: `x`, operator: ">", value: 5},
		{text: `5 >= x`, drawn: `x`, operator: "<=", value: 5},
		{text: `up == 0`, drawn: `up`, operator: "=="},
		{text: `up != 1`, drawn: `up`, operator: "!=", value: 1},
		{text: `((x)) > (5)`, drawn: `x`, operator: ">", value: 5},
		{text: `(x > -5)`, drawn: `x`, operator: ">", value: -5},
		{text: `x <= 5 * 60`, drawn: `x`, operator: "<=", value: 300},
		{text: `x < 2 ^ 3 % 5 - -1 / 4`, drawn: `x`, operator: "<", value: 3.25},
		{text: `x > +Inf`, drawn: `x`, why: "no finite number"},
		{text: `x > NaN`, drawn: `x`, why: "no finite number"},
		{text: `x > 1 / 0`, drawn: `x`, why: "no finite number"},
		{text: `x > pi()`, drawn: `x`, operator: ">", value: math.Pi},
		{text: `x > 1h`, drawn: `x`, operator: ">", value: 3600},
		{text: `rate(x[5m]) / rate(y[5m]) * 100 > 5`, drawn: `rate(x[5m]) / rate(y[5m]) * 100`, operator: ">", value: 5},
		{text: `histogram_quantile(0.99, sum by (le) (rate(x_bucket[5m]))) > 0.5`, drawn: `histogram_quantile(0.99, sum by (le) (rate(x_bucket[5m])))`, operator: ">", value: 0.5},
		{text: `max_over_time(x[1h:1m]) > 2`, drawn: `max_over_time(x[1h:1m])`, operator: ">", value: 2},
		{text: `x offset 5m > 2`, drawn: `x offset 5m`, operator: ">", value: 2},
		{text: `count(up == 0) > 3`, drawn: `count(up == 0)`, operator: ">", value: 3},
		{text: `absent(x) == 1`, drawn: `absent(x)`, operator: "==", value: 1},
		{text: `(x > bool 5) == 1`, drawn: `x > bool 5`, operator: "==", value: 1},
		{text: `x > 5 < 10`, drawn: `x`, why: "several times"},
		{text: `x > bool 5`, drawn: `x > bool 5`, why: "bool"},
		{text: `x > y`, drawn: `x`, why: "with other series"},
		{text: `x > on (job) y`, drawn: `x`, why: "with other series", loose: true},
		{text: `x > ignoring (le) group_left () y`, drawn: `x`, why: "with other series", loose: true},
		{text: `x > scalar(y)`, drawn: `x`, why: "a number that changes"},
		{text: `time() - 5 < x`, drawn: `x`, why: "a number that changes"},
		{text: `x > 5 and y < 3`, drawn: `x`, why: "(and)"},
		{text: `(x > 5) unless on (job) y`, drawn: `x`, why: "(unless)"},
		{text: `3 < x and (y or z) and on () hour() > 8`, drawn: `x`, why: "(and)"},
		{text: `x > 5 or y > 5`, drawn: `x > 5 or y > 5`, why: "(or)"},
		{text: `absent(up{job="a"})`, drawn: `up{job="a"}`, why: "nothing to draw (absent)", loose: true},
		{text: `absent_over_time(up{job="a"}[5m])`, drawn: `up{job="a"}`, why: "nothing to draw", loose: true},
		{text: `absent_over_time(sum(up)[5m:])`, drawn: `sum(up)`, why: "nothing to draw", loose: true},
		{text: `vector(1)`, drawn: `vector(1)`, why: "compares with nothing"},
		{text: `count(up == 0)`, drawn: `count(up == 0)`, why: "compares with nothing"},
		{text: `(x > 5) * 2`, drawn: `(x > 5) * 2`, why: "compares with nothing"},
		{text: `{"with.dot"} > 1`, drawn: `{__name__="with.dot"}`, operator: ">", value: 1},
		{text: `mad_over_time(x[5m]) > 1`, drawn: `mad_over_time(x[5m])`, operator: ">", value: 1},
		{text: `anchored > 1`, drawn: `anchored`, operator: ">", value: 1},
		{text: `x @ end() > 0.05`, drawn: `x @ end()`, why: "what has @ end() is drawn with its value at the end of the graph, not with those that the rule had"},
		{text: `0.05 < x @ start()`, drawn: `x @ start()`, why: "@ start()"},
		{text: `sum(rate(x[5m] @ end())) / 2 > 5`, drawn: `sum(rate(x[5m] @ end())) / 2`, why: "@ end()"},
		{text: `max_over_time((x @ end())[1h:1m]) > 5`, drawn: `max_over_time((x @ end())[1h:1m])`, why: "@ end()"},
		{text: `max_over_time(x[1h:1m] @ end() offset 5m) > 5`, drawn: `max_over_time(x[1h:1m] @ end() offset 5m)`, why: "@ end()"},
		{text: `max_over_time(rate(x[5m] @ start())[1h:]) > 5`, drawn: `max_over_time(rate(x[5m] @ start())[1h:])`, why: "@ start()"},
		{text: `x - y @ end() > 5`, drawn: `x - y @ end()`, why: "@ end()"},
		{text: `topk(scalar(y @ end()), x) > 5`, drawn: `topk(scalar(y @ end()), x)`, why: "@ end()"},
		{text: `x @ end() > y`, drawn: `x @ end()`, why: "with other series, and what has @ end()"},
		{text: `x > y @ end()`, drawn: `x`, why: "with other series"},
		{text: `absent(x @ end())`, drawn: `x @ end()`, why: "(absent), and what has @ end()", loose: true},
		{text: `x @ 1.5 > 5`, drawn: `x @ 1.500`, operator: ">", value: 5},
		{text: `rate(x[step() + 5m]) > 5`, drawn: `rate(x[step() + 5m])`, why: "step() is that of the graph, not the rule's"},
		{text: `x offset max_of(1m, (range())) > 5`, drawn: `x offset max_of(1m, (range()))`, why: "range() is that of the graph, not the rule's"},
		{text: `max_over_time(x[1h:-step()]) > 5`, drawn: `max_over_time(x[1h:-step()])`, why: "step() is that of the graph, not the rule's"},
		{text: `rate(x[2m * 2]) > 5`, drawn: `rate(x[2m * 2])`, operator: ">", value: 5},
		{text: `rate(x[5m]) default 0 > 5`, drawn: `rate(x[5m]) default 0 > 5`, why: "not PromQL"},
		{text: ``, why: "not PromQL"},
		{text: strings.Repeat("(", 1<<17), drawn: strings.Repeat("(", 1<<17), why: "not PromQL"},
	} {
		p := expression.TakeApart(c.text)
		if p.Drawn != c.drawn || p.Loose != c.loose {
			t.Errorf("%s: draws %s, loose %v", c.text, p.Drawn, p.Loose)
		}
		if fixed := strings.Contains(p.Why, "of the graph"); p.Fixed != fixed {
			t.Errorf("%s: fixed %v, why %q", c.text, p.Fixed, p.Why)
		}
		switch {
		case c.operator == "" && (p.Threshold != nil || !strings.Contains(p.Why, c.why)):
			t.Errorf("%s: threshold %v, why %q", c.text, p.Threshold, p.Why)
		case c.operator != "" && (p.Threshold == nil || *p.Threshold != expression.Threshold{Value: c.value, Operator: c.operator} || p.Why != ""):
			t.Errorf("%s: threshold %v, why %q", c.text, p.Threshold, p.Why)
		}
	}
}

func TestNarrow(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`x`, `x{a="1",b="2"}`},
		{`x{a="1",b=~".+"}`, `x{a="1",b="2",b=~".+"}`},
		{`-(rate(x[5m]))`, `-(rate(x{a="1",b="2"}[5m]))`},
		{`max_over_time(x[1h:1m])`, `max_over_time(x{a="1",b="2"}[1h:1m])`},
		{`sum(x)`, `sum(x)`},
		{`sum by (a) (x)`, `sum by (a) (x{a="1"})`},
		{`sum without (a) (x)`, `sum without (a) (x{b="2"})`},
		{`topk(3, x)`, `topk(3, x)`},
		{`topk by (a) (3, x)`, `topk by (a) (3, x{a="1"})`},
		{`limitk by (a) (3, x)`, `limitk by (a) (3, x)`},
		{`count_values by (a) ("a", x)`, `count_values by (a) ("a", x)`},
		{`quantile by (a) (scalar(y), x)`, `quantile by (a) (scalar(y), x{a="1"})`},
		{`histogram_quantile(0.9, sum by (le, a) (rate(x_bucket[5m])))`, `histogram_quantile(0.9, sum by (le, a) (rate(x_bucket{a="1"}[5m])))`},
		{`label_replace(x, "c", "$1", "a", "(.*)")`, `label_replace(x, "c", "$1", "a", "(.*)")`},
		{`label_join(x, "c", "-", "a")`, `label_join(x, "c", "-", "a")`},
		{`absent(x)`, `absent(x)`},
		{`x * scalar(y)`, `x{a="1",b="2"} * scalar(y)`},
		{`clamp(x, scalar(y), 3)`, `clamp(x{a="1",b="2"}, scalar(y), 3)`},
		{`vector(1)`, `vector(1)`},
		{`x / y`, `x{a="1",b="2"} / y{a="1",b="2"}`},
		{`x / on (a) y`, `x{a="1"} / on (a) y{a="1"}`},
		{`x / ignoring (a) y`, `x{b="2"} / ignoring (a) y{b="2"}`},
		{`x * on (a) group_left () y`, `x{a="1",b="2"} * on (a) group_left () y{a="1"}`},
		{`x * on (a) group_left (b) y`, `x{a="1"} * on (a) group_left (b) y{a="1"}`},
		{`x * on (a) group_right (b) y`, `x{a="1"} * on (a) group_right (b) y{a="1"}`},
		{`x * ignoring (b) group_right () y`, `x{a="1"} * ignoring (b) group_right () y{a="1",b="2"}`},
		{`x and on () y`, `x{a="1",b="2"} and on () y`},
		{`x unless ignoring (b) y`, `x{a="1",b="2"} unless ignoring (b) y{a="1"}`},
		{`x or y`, `x{a="1",b="2"} or y{a="1",b="2"}`},
		{`x or on (a) y`, `x{a="1"} or on (a) y{a="1"}`},
		{`sum(x) or vector(0)`, `sum(x) or vector(0)`},
		{`x + on (a) fill (0) y`, `x + on (a) fill (0) y`},
		{`not promql`, `not promql`},
	} {
		if got := expression.Narrow(c.text, map[string]string{"a": "1", "b": "2", "c": "", "__name__": "z"}); got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
	hostile := "\"} or vector(1) # \\ \n\xff"
	if got := expression.Narrow(`x`, map[string]string{"a": hostile}); expression.Check(got) != nil || strings.Contains(got, "or vector(1) # \\ \n") {
		t.Errorf("a hostile value made %q", got)
	}
}

func FuzzTakeApart(f *testing.F) {
	for _, text := range []string{`x > 5`, `5 * 60 < (sum by (a) (rate(x{b=~"c|d"}[5m])))`, `absent(up)`, `a and on (b) c unless d or e`, `x[5m:1m] @ end() > bool 1`, `{"a.b", c="\xff"} == -1e300`, `max_over_time(x[5m+1m]) > 1h`} {
		f.Add(text, "b", "c")
	}
	f.Fuzz(func(t *testing.T, text, name, value string) {
		valid := expression.Check(text) == nil
		p := expression.TakeApart(text)
		if (p.Threshold == nil) == (p.Why == "") {
			t.Errorf("threshold %v, why %q", p.Threshold, p.Why)
		}
		if !valid {
			if p.Drawn != text {
				t.Errorf("draws %q", p.Drawn)
			}
			return
		}
		for _, drawn := range []string{p.Drawn, expression.Narrow(p.Drawn, map[string]string{name: value})} {
			if err := expression.Check(drawn); err != nil {
				t.Errorf("%q does not parse again: %v", drawn, err)
			}
		}
	})
}

func TestUnitOf(t *testing.T) {
	for text, want := range map[string]expression.Unit{
		`node_memory_MemAvailable_bytes`: expression.Bytes, `rate(node_network_receive_bytes_total[5m])`: expression.BytesPerSecond,
		`sum by (a) (rate(x_seconds_total[5m]))`: expression.Plain, `histogram_quantile(0.99, sum by (le) (rate(x_seconds_bucket[5m])))`: expression.Seconds,
		`x_ratio`: expression.Ratio, `max(x_percent)`: expression.Percent, `count(x_bytes)`: expression.Plain, `x_bytes / 1024`: expression.Plain,
		`x_bytes - y_bytes`: expression.Bytes, `x_bytes + y_seconds`: expression.Plain, `x_bytes > bool 5`: expression.Plain, `time() - x_timestamp_seconds`: expression.Plain,
		`-max_over_time((x_bytes)[5m:])`: expression.Bytes, `x_bytes and y`: expression.Bytes, `vector(1)`: expression.Plain, `not promql`: expression.Plain, `x_timestamp_seconds`: expression.Plain,
	} {
		if got := expression.UnitOf(text); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
