package graph_test

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"firstline/internal/expression"
	"firstline/internal/graph"
	"firstline/internal/triage"
	"firstline/sources"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

type labels = map[string]string

func alert(name string, more labels) triage.Alert {
	l := labels{"alertname": name}
	maps.Copy(l, more)
	return triage.Alert{Alert: sources.Alert{Labels: l, ActiveSince: noon, State: sources.AlertFiring}, Sources: []string{"prom"}}
}

func snapshot(name string, data sources.Data) sources.Snapshot {
	return sources.Snapshot{Source: sources.Source{Kind: sources.Prometheus, Name: name}, Data: data}
}

func TestQuestions(t *testing.T) {
	rule := sources.Rule{Name: "Errors", Query: `errors > 5`, For: time.Minute, Labels: labels{"severity": "critical", "text": "{{ $value }}"}}
	own := labels{"alertname": "Errors", "pod": "a", "job": "api", "severity": "critical"}
	sent := labels{"pod": "a", "job": "api", "severity": "critical", "cluster": "eu"}
	other := rule
	other.Query, other.Labels = `errors > 1`, labels{"severity": "warning"}
	linked := alert("Errors", sent)
	linked.GeneratorURL = "http://prom/graph?g0.expr=" + "up+%3D%3D+0" + "&g0.tab=1"
	for name, c := range map[string]struct {
		alerts []triage.Alert
		data   sources.Data
		drawn  string
		why    string
	}{
		"the rule": {alerts: []triage.Alert{alert("Errors", sent)}, data: sources.Data{Rules: []sources.Rule{rule}}, drawn: `errors`},
		"narrowed by the labels of its own copy": {
			alerts: []triage.Alert{alert("Errors", sent)}, data: sources.Data{Rules: []sources.Rule{rule}, Alerts: []*sources.Alert{{Labels: own}}}, drawn: `errors{job="api",pod="a"}`,
		},
		"narrowed by what all alerts share": {
			alerts: []triage.Alert{alert("Errors", sent), alert("Errors", labels{"pod": "b", "job": "api", "severity": "critical"})},
			data: sources.Data{Rules: []sources.Rule{rule}, Alerts: []*sources.Alert{
				{Labels: own}, {Labels: labels{"alertname": "Errors", "pod": "b", "job": "api", "severity": "critical"}}, {Labels: labels{"alertname": "Errors", "pod": "c", "job": "api", "severity": "critical"}},
			}},
			drawn: `errors{job="api"}`,
		},
		"the rule with its labels":          {alerts: []triage.Alert{alert("Errors", sent)}, data: sources.Data{Rules: []sources.Rule{other, rule}}, drawn: `errors`},
		"two rules with the same labels":    {alerts: []triage.Alert{alert("Errors", sent)}, data: sources.Data{Rules: []sources.Rule{rule, {Name: "Errors", Query: `up`}}}, why: "several rules"},
		"two of them, and the link":         {alerts: []triage.Alert{linked}, data: sources.Data{Rules: []sources.Rule{rule, {Name: "Errors", Query: `up == 0`}}}, drawn: `up`},
		"the link":                          {alerts: []triage.Alert{linked}, data: sources.Data{}, drawn: `up`},
		"neither rule nor link":             {alerts: []triage.Alert{alert("Errors", sent)}, data: sources.Data{}, why: "has no rule of this name"},
		"what an absent alert is about":     {alerts: []triage.Alert{alert("Down", nil)}, data: sources.Data{Rules: []sources.Rule{{Name: "Down", Query: `absent(up{job="a"})`}}, Alerts: []*sources.Alert{{Labels: labels{"alertname": "Down"}}}}, drawn: `up{job="a"}`},
		"what no expression can be made of": {alerts: []triage.Alert{alert("Odd", nil)}, data: sources.Data{Rules: []sources.Rule{{Name: "Odd", Query: `not promql (`}}}, drawn: `not promql (`},
	} {
		q := graph.Questions(triage.Group{Alerts: c.alerts}, []sources.Snapshot{{Source: sources.Source{Kind: sources.Alertmanager, Name: "am"}}, snapshot("prom", c.data)}, nil)
		if len(q) != 1 || q[0].Parts.Drawn != c.drawn || (q[0].Why == "") != (c.why == "") || !strings.Contains(q[0].Why, c.why) || q[0].Source != "prom" {
			t.Errorf("%s: %+v", name, q)
		}
	}
}

func TestWhichPrometheus(t *testing.T) {
	with := sources.Data{Rules: []sources.Rule{{Name: "Errors", Query: "up"}}}
	failing := snapshot("prom", with)
	failing.Err = fmt.Errorf("x")
	routed := alert("Errors", nil)
	routed.Sources = []string{"am"}
	both := alert("Errors", nil)
	both.Sources = []string{"other", "prom"}
	grafana := with
	grafana.Unqueried = "no query"
	ofGrafana := alert("Errors", nil)
	ofGrafana.Sources = []string{"g"}
	for name, c := range map[string]struct {
		alert     triage.Alert
		snapshots []sources.Snapshot
		want      string
	}{
		"not one without queries":       {ofGrafana, []sources.Snapshot{snapshot("g", grafana), snapshot("prom", with)}, "prom"},
		"the only one with queries":     {routed, []sources.Snapshot{snapshot("g", grafana), snapshot("prom", sources.Data{})}, "prom"},
		"the one that has it":           {alert("Errors", nil), []sources.Snapshot{snapshot("other", with), snapshot("prom", with)}, "prom"},
		"the one that works":            {both, []sources.Snapshot{failing, snapshot("other", with)}, "other"},
		"the one with the rule":         {routed, []sources.Snapshot{snapshot("other", sources.Data{}), snapshot("prom", with)}, "prom"},
		"the only one":                  {routed, []sources.Snapshot{snapshot("other", sources.Data{})}, "other"},
		"none":                          {routed, nil, ""},
		"none of two that know nothing": {routed, []sources.Snapshot{snapshot("a", sources.Data{}), snapshot("b", sources.Data{})}, ""},
	} {
		q := graph.Questions(triage.Group{Alerts: []triage.Alert{c.alert}}, c.snapshots, nil)
		if q[0].Source != c.want || c.want == "" && !strings.Contains(q[0].Why, "no Prometheus") {
			t.Errorf("%s: %+v", name, q[0])
		}
	}
	for name, snapshots := range map[string][]sources.Snapshot{
		"alone": {snapshot("g", grafana)}, "beside another": {snapshot("prom", sources.Data{}), snapshot("g", grafana)},
	} {
		if q := graph.Questions(triage.Group{Alerts: []triage.Alert{ofGrafana}}, snapshots, nil); q[0].Source != "" || q[0].Why != "no query" {
			t.Errorf("what can't be queried, %s: %+v", name, q[0])
		}
	}
	two := graph.Questions(triage.Group{Alerts: []triage.Alert{alert("A", nil), alert("B", nil), alert("A", labels{"x": "y"})}}, nil, nil)
	if len(two) != 2 || two[0].Title != "A" || two[1].Title != "B" {
		t.Errorf("%+v", two)
	}
}

func series(l labels, values ...float64) sources.Series {
	s := sources.Series{Labels: l}
	for i, v := range values {
		s.Points = append(s.Points, sources.Point{At: noon.Add(time.Duration(i) * time.Minute), Value: v})
	}
	return s
}

func TestSelect(t *testing.T) {
	r := sources.Range{From: noon, To: noon.Add(2 * time.Minute), Step: time.Minute}
	nan := math.NaN()
	answer := sources.Answer{Series: []sources.Series{
		series(labels{"job": "api", "pod": "low"}, 1, 9, 2), series(labels{"job": "api", "pod": "high"}, 1, 2, 8),
		series(labels{"job": "api", "pod": "gone"}, 99, 99), series(labels{"job": "api", "pod": "nan"}, 1, 2, nan), series(labels{"job": "api", "pod": "worse"}, 3, 10, 2),
	}}
	for operator, want := range map[string]string{
		">": "high worse low nan gone", "<": "low worse high nan gone", "==": "high low worse nan gone", "!=": "low worse high nan gone", "": "high worse low nan gone",
	} {
		q := graph.Question{}
		if operator != "" {
			q.Parts.Threshold = &expression.Threshold{Operator: operator, Value: 8}
		}
		d := graph.Select(q, answer, r)
		var names []string
		for _, l := range d.Lines {
			names = append(names, strings.TrimPrefix(l.Name, "pod="))
		}
		got := strings.Join(names, " ")
		if got != want || d.Shared != "job=api" || d.Total != 5 || d.Low != 1 || d.High != 99 {
			t.Errorf("%q: %s, shared %q, %+v", operator, got, d.Shared, d)
		}
	}
	q := graph.Question{Alerts: []map[string]string{{"alertname": "E", "job": "api", "pod": "low", "severity": "page"}}, Own: map[string]bool{"severity": true}}
	if d := graph.Select(q, answer, r); d.Total != 1 || d.Unmatched || d.Lines[0].Name != "" || d.Shared != "job=api pod=low" {
		t.Errorf("%+v", d)
	}
	q.Alerts[0]["pod"] = "unknown"
	if d := graph.Select(q, answer, r); d.Total != 5 || !d.Unmatched {
		t.Errorf("%+v", d)
	}
	q.Alerts, q.Parts.Loose = []map[string]string{{"alertname": "E", "job": "api"}}, true
	if d := graph.Select(q, answer, r); d.Total != 5 || d.Unmatched {
		t.Errorf("%+v", d)
	}
	if d := graph.Select(graph.Question{}, sources.Answer{}, r); d.Total != 0 || d.Any || len(d.Lines) != 0 {
		t.Errorf("%+v", d)
	}
}

func TestManySeries(t *testing.T) {
	var answer sources.Answer
	for i := range 1000 {
		answer.Series = append(answer.Series, series(labels{"pod": fmt.Sprint(i), "__name__": "x"}, float64(i)))
	}
	d := graph.Select(graph.Question{Parts: expression.Parts{Threshold: &expression.Threshold{Operator: ">=", Value: 999}}}, answer, sources.Range{From: noon, To: noon, Step: time.Minute})
	if d.Total != 1000 || len(d.Lines) != graph.MostDrawn || d.Lines[0].Name != "pod=999" || !d.Lines[0].Beyond || d.Lines[1].Beyond || d.Shared != "x" {
		t.Errorf("%+v", d.Lines)
	}
}

func TestConnected(t *testing.T) {
	at := func(minutes float64, value float64) sources.Point {
		return sources.Point{At: noon.Add(time.Duration(minutes * float64(time.Minute))), Value: value}
	}
	for _, c := range []struct {
		a, b sources.Point
		want bool
	}{
		{at(0, 1), at(1, 2), true}, {at(0, 1), at(2, 2), false}, {at(0, math.NaN()), at(1, 2), false}, {at(0, 1), at(1, math.Inf(1)), false},
	} {
		if got := graph.Connected(c.a, c.b, time.Minute); got != c.want {
			t.Errorf("%v, %v: %v", c.a, c.b, got)
		}
	}
	l := graph.Line{Points: []sources.Point{at(0, 1), at(1, 2), at(3, 4)}}
	for minute, want := range map[float64]string{0: "1 true", 1: "2 true", 2: "0 false", 3: "4 true", 4: "0 false", -1: "0 false"} {
		value, has := l.At(at(minute, 0).At, time.Minute)
		if got := fmt.Sprint(value, has); got != want {
			t.Errorf("at %v: %s", minute, got)
		}
	}
}

func TestRangeOf(t *testing.T) {
	for _, span := range []time.Duration{15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour} {
		for _, points := range []int{0, 1, 40, 140, 400, 1000} {
			r := graph.RangeOf(span, noon.Add(17*time.Second), points)
			if n := int(r.To.Sub(r.From) / r.Step); points > 40 && n > points+1 || r.To.After(noon.Add(17*time.Second)) || r.To.Sub(r.From) < span || r.Step <= 0 || r.To.Truncate(r.Step) != r.To {
				t.Errorf("%v in %d points: %+v", span, points, r)
			}
		}
	}
}

func TestScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Float64Range(-10, 10), rapid.Float64Range(-1e300, 1e300), rapid.SampledFrom([]float64{0, 1, 5, 1e-9, -3}))
		a, b := value.Draw(t, "a"), value.Draw(t, "b")
		d := graph.Data{Any: rapid.Bool().Draw(t, "any"), Low: min(a, b), High: max(a, b)}
		var threshold *expression.Threshold
		if rapid.Bool().Draw(t, "threshold") {
			threshold = &expression.Threshold{Value: rapid.OneOf(value, rapid.Float64()).Draw(t, "value"), Operator: ">"}
		}
		s := graph.ScaleOf(d, threshold, expression.Unit(rapid.IntRange(0, 5).Draw(t, "unit")), rapid.IntRange(1, 8).Draw(t, "ticks"))
		tolerance := (math.Abs(s.High) + math.Abs(s.Low)) * 1e-9
		switch {
		case s.High < s.Low || s.High == s.Low || len(s.Ticks) < 2 || len(s.Ticks) > 100 || math.IsNaN(s.Low) || math.IsNaN(s.High):
			t.Fatalf("%+v", s)
		case d.Any && (d.Low < s.Low-tolerance || d.High > s.High+tolerance):
			t.Fatalf("%+v does not have %v to %v", s, d.Low, d.High)
		case threshold != nil && math.Abs(threshold.Value) <= 1e300 && !s.Above && !s.Below && (threshold.Value < s.Low-tolerance || threshold.Value > s.High+tolerance):
			t.Fatalf("%+v does not have the threshold %v", s, threshold.Value)
		case !slices.IsSorted(s.Ticks):
			t.Fatalf("%v", s.Ticks)
		}
	})
	far := graph.ScaleOf(graph.Data{Any: true, Low: 1, High: 2}, &expression.Threshold{Value: 1e9, Operator: ">"}, expression.Plain, 4)
	if !far.Above || far.High > 5 {
		t.Errorf("%+v", far)
	}
	near := graph.ScaleOf(graph.Data{Any: true, Low: 0.02, High: 0.093}, &expression.Threshold{Value: 0.05, Operator: ">"}, expression.Ratio, 4)
	if near.Low != 0 || near.High != 0.1 || len(near.Ticks) != 5 {
		t.Errorf("%+v", near)
	}
}

func TestMarks(t *testing.T) {
	text := func(g triage.Group, wait time.Duration) string {
		var all []string
		rule := sources.Rule{Name: "E", Query: "up == 0", For: wait}
		for _, m := range graph.Marks(g, graph.Questions(g, []sources.Snapshot{snapshot("prom", sources.Data{Rules: []sources.Rule{rule}})}, []graph.Configured{{Title: "E", Expression: "up"}})[0]) {
			all = append(all, fmt.Sprintf("%c%d", m.Letter, int(m.At.Sub(noon)/time.Minute)))
		}
		return strings.Join(all, " ")
	}
	own, sent, pending := alert("E", nil), alert("E", nil), alert("E", nil)
	sent.Clusters = []string{"am"}
	pending.State = sources.AlertPending
	late := alert("X", nil)
	late.ActiveSince, late.State = noon.Add(2*time.Minute), sources.AlertPending
	incident := &sources.Incident{CreatedAt: noon.Add(7 * time.Minute), Acknowledgers: []sources.Assignment{{At: noon.Add(9 * time.Minute)}, {}}}
	for name, c := range map[string]struct {
		g    triage.Group
		want string
	}{
		"of a Prometheus":      {triage.Group{Alerts: []triage.Alert{own}, Incident: incident}, "B0 F5 I7 A9"},
		"of an Alertmanager":   {triage.Group{Alerts: []triage.Alert{sent}}, "B-5 F0"},
		"pending":              {triage.Group{Alerts: []triage.Alert{pending}}, "B0"},
		"of another alert":     {triage.Group{Alerts: []triage.Alert{late, own}}, "B2"},
		"without any":          {triage.Group{}, ""},
		"the first of several": {triage.Group{Alerts: []triage.Alert{sent, own}}, "B-5 F0"},
	} {
		if got := text(c.g, 5*time.Minute); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if got := text(triage.Group{Alerts: []triage.Alert{own}}, 0); got != "F0" {
		t.Errorf("without for: %s", got)
	}
}

// Rules with one name have graphs of their own: with their own threshold, series and
// times.
func TestRulesWithOneName(t *testing.T) {
	critical := sources.Rule{Name: "Cmp", Query: "ratio > 0.05", For: 10 * time.Minute, Labels: labels{"severity": "critical"}}
	info := sources.Rule{Name: "Cmp", Query: "ratio > 0.15", Labels: labels{"severity": "info"}}
	plain, other := sources.Rule{Name: "Cmp", Query: "ratio > 0.05"}, sources.Rule{Name: "Cmp", Query: "ratio > 0.15", For: time.Minute}
	at := func(minutes int, severity, link string, clusters ...string) triage.Alert {
		a := alert("Cmp", labels{"severity": severity, "pod": severity})
		a.ActiveSince, a.Clusters = noon.Add(time.Duration(minutes)*time.Minute), clusters
		if link != "" {
			a.GeneratorURL = "http://prom/graph?" + url.Values{"g0.expr": {link}}.Encode()
		}
		return a
	}
	for name, c := range map[string]struct {
		rules  []sources.Rule
		alerts []triage.Alert
		want   string
	}{
		"told apart by labels":             {[]sources.Rule{info, critical}, []triage.Alert{at(20, "critical", ""), at(3, "info", "")}, ">0.05 critical B20 F30; >0.15 info F3"},
		"the other first":                  {[]sources.Rule{critical, info}, []triage.Alert{at(3, "info", ""), at(20, "critical", "")}, ">0.15 info F3; >0.05 critical B20 F30"},
		"sent by an Alertmanager":          {[]sources.Rule{critical, info}, []triage.Alert{at(20, "critical", critical.Query, "am"), at(3, "info", info.Query, "am")}, ">0.05 critical B10 F20; >0.15 info F3"},
		"several of one":                   {[]sources.Rule{critical, info}, []triage.Alert{at(20, "critical", ""), at(3, "info", ""), at(5, "critical", "")}, ">0.05 critical,critical B5 F15; >0.15 info F3"},
		"told apart by links":              {[]sources.Rule{plain, other}, []triage.Alert{at(20, "a", other.Query), at(3, "b", plain.Query)}, ">0.15 a B20 F21; >0.05 b F3"},
		"one of them with a link":          {[]sources.Rule{plain, other}, []triage.Alert{at(20, "a", other.Query), at(3, "b", "")}, ">0.15 a B20 F21; several rules"},
		"without rules, links":             {nil, []triage.Alert{at(20, "a", other.Query), at(3, "b", plain.Query)}, ">0.15 a F20; >0.05 b F3"},
		"without rules, one with a link":   {nil, []triage.Alert{at(3, "b", ""), at(20, "a", other.Query)}, ">0.15 a,b F3"},
		"the same rule in two groups":      {[]sources.Rule{critical, critical}, []triage.Alert{at(20, "critical", ""), at(3, "critical", "")}, ">0.05 critical,critical B3 F13"},
		"labels that something else wrote": {[]sources.Rule{critical}, []triage.Alert{at(20, "critical", ""), at(3, "x", "")}, ">0.05 critical,x B3 F13"},
	} {
		g := triage.Group{Alerts: c.alerts}
		var all []string
		keys := map[string]bool{}
		for _, q := range graph.Questions(g, []sources.Snapshot{snapshot("prom", sources.Data{Rules: c.rules})}, nil) {
			if q.Why != "" {
				if strings.Contains(q.Why, "several rules") {
					all = append(all, "several rules")
				} else {
					all = append(all, q.Why)
				}
				continue
			}
			if keys[q.Key()] {
				t.Errorf("%s: two graphs have one key", name)
			}
			keys[q.Key()] = true
			var of []string
			for _, a := range q.Alerts {
				of = append(of, a["severity"])
			}
			text := fmt.Sprint(q.Parts.Threshold.Operator, q.Parts.Threshold.Value, " ", strings.Join(of, ","))
			for _, m := range graph.Marks(g, q) {
				text += fmt.Sprintf(" %c%d", m.Letter, int(m.At.Sub(noon)/time.Minute))
			}
			all = append(all, text)
		}
		if got := strings.Join(all, "; "); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	// The threshold decides which series are drawn.
	a, b := graph.Question{Parts: expression.TakeApart("x > 5")}, graph.Question{Parts: expression.TakeApart("x < 5")}
	if a.Key() == b.Key() {
		t.Error("two thresholds have one key")
	}
}

func TestConfigured(t *testing.T) {
	for _, c := range []struct {
		graph             graph.Configured
		title, expression string
	}{
		{graph.Configured{Title: "requests", Expression: `sum(rate(x{service="$service"}[5m]))`}, "", ""},
		{graph.Configured{Title: "requests", Expression: `x{a='$a', b=~"${b}.*"} > 5`}, "", ""},
		{graph.Configured{Expression: `x`}, "needs a title", ""},
		{graph.Configured{Title: "x", Expression: " "}, "", "needs a query"},
		{graph.Configured{Title: "x", Expression: `x{a=$a}`}, "", "within quotes"},
		{graph.Configured{Title: "x", Expression: `sum(x`}, "", "not PromQL"},
	} {
		title, text := c.graph.Check()
		if (title == "") != (c.title == "") || !strings.Contains(title, c.title) || (text == "") != (c.expression == "") || !strings.Contains(text, c.expression) {
			t.Errorf("%+v: %q, %q", c.graph, title, text)
		}
	}
	configured := []graph.Configured{{Title: "requests", Expression: `x{service="$service",pod="$pod"} > 5`}}
	questions := func(g triage.Group) graph.Question {
		all := graph.Questions(g, []sources.Snapshot{snapshot("prom", sources.Data{})}, configured)
		return all[len(all)-1]
	}
	g := triage.Group{Service: "api", Alerts: []triage.Alert{alert("E", labels{"pod": "a\"} or up #"})}}
	q := questions(g)
	if q.Title != "requests" || q.Source != "prom" || q.Why != "" || q.Parts.Drawn != `x{pod="a\"} or up #",service="api"}` || q.Parts.Threshold == nil || q.Alerts != nil {
		t.Errorf("%+v", q)
	}
	g.Alerts = append(g.Alerts, alert("E", labels{"pod": "b"}))
	if q := questions(g); !strings.Contains(q.Why, "no common label pod") || q.Parts.Drawn != "" {
		t.Errorf("%+v", q)
	}
	configured[0].Expression = `x @ end() > 5`
	if q := questions(g); q.Parts.Threshold != nil || !strings.Contains(q.Parts.Why, "@ end()") {
		t.Errorf("%+v", q)
	}
	configured[0].Expression = `x{service="$service",pod="$pod"} > 5`
	if q := questions(triage.Group{SentLabels: labels{"pod": "a", "service": "x"}}); q.Parts.Drawn != `x{pod="a",service="x"}` {
		t.Errorf("%+v", q)
	}
}
