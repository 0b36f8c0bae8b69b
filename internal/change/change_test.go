package change

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"firstline/internal/triage"
	"firstline/sources"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func TestWhen(t *testing.T) {
	p := Problem{Start: noon, End: noon.Add(time.Hour)}
	for at, want := range map[time.Duration]string{
		-4 * time.Minute: "4 min before", -119 * time.Minute: "119 min before", -150 * time.Minute: "2 h 30 min before",
		-20 * time.Hour: "20 h before", -50 * time.Hour: "2 days before", -40 * time.Second: "less than a minute before", 0: "at the start", 20 * time.Second: "at the start",
		12 * time.Minute: "during, 12 min after the start", 80 * time.Minute: "20 min after the end",
	} {
		if got := (Change{At: noon.Add(at)}).When(p); got != want {
			t.Errorf("%v: %q, want %q", at, got, want)
		}
	}
	// What a query shows at a step may have been at any time since the step before.
	for at, want := range map[time.Duration]string{0: "at the start", 4 * time.Minute: "at the start", 5 * time.Minute: "during, 5 min after the start", -time.Minute: "1 min before"} {
		if got := (Change{At: noon.Add(at), Within: 5 * time.Minute}).When(p); got != want {
			t.Errorf("within 5 minutes, %v: %q, want %q", at, got, want)
		}
	}
	if got := (Change{At: noon, Text: "x"}).Sentence(Problem{}); got != "x" {
		t.Errorf("an unknown start: %q", got)
	}
}

func TestProblemOf(t *testing.T) {
	alert := func(ago time.Duration) triage.Alert {
		return triage.Alert{Alert: sources.Alert{ActiveSince: noon.Add(-ago)}}
	}
	g := triage.Group{Since: noon, Incident: &sources.Incident{CreatedAt: noon.Add(-time.Minute)}, Alerts: []triage.Alert{alert(3 * time.Minute), alert(time.Second), {}}}
	if p := ProblemOf(&g); !p.Start.Equal(noon.Add(-3*time.Minute)) || !p.End.IsZero() {
		t.Errorf("%+v", p)
	}
	from, to := Problem{}.Window(noon)
	if !from.Equal(noon.Add(-24*time.Hour)) || !to.Equal(noon) {
		t.Errorf("the window of an unknown start: %v to %v", from, to)
	}
}

// series makes a series of one value for each minute: "1 1 _ 2 n" has none in the
// third and no number in the last.
func series(labels map[string]string, values string) sources.Series {
	s := sources.Series{Labels: labels}
	for i, v := range strings.Fields(values) {
		if v == "_" {
			continue
		}
		value := math.NaN()
		if v != "n" {
			value = float64(v[0] - '0')
		}
		s.Points = append(s.Points, sources.Point{At: noon.Add(time.Duration(i) * time.Minute), Value: value})
	}
	return s
}

func TestWhatASeriesShows(t *testing.T) {
	v := func(version string) map[string]string {
		return map[string]string{"version": version, "service": "checkout"}
	}
	on := func(pod string) map[string]string { return map[string]string{"version": "1", "pod": pod} }
	of := func(service string) map[string]string { return map[string]string{"version": "1", "service": service} }
	all := func(s ...sources.Series) []sources.Series { return s }
	const counts = "changes(x[5m]) > 0"
	for name, tc := range map[string]struct {
		title  string
		series []sources.Series
		want   []string // minute and text
		// seen is what was first seen where the data begins.
		seen string
	}{
		"nothing":                           {title: "deploy $version"},
		"what was there at first":           {title: "deploy $version", series: all(series(v("1"), "1 1 1"))},
		"a series begins":                   {title: "deploy ${service} $version", series: all(series(v("1"), "1 1 1 _ _"), series(v("2"), "_ _ 1 1 1")), want: []string{"2 deploy checkout 2"}},
		"a series begins at the first step": {title: "deploy $version", series: all(series(v("1"), "1 _ _ _"), series(v("2"), "_ 1 1 1")), want: []string{"1 deploy 2"}},
		"it goes back":                      {title: "deploy $version", series: all(series(v("1"), "1 1 _ _ _ _ _ _ 1"), series(v("2"), "_ 1 1 1 1 1 1 1 1")), want: []string{"1 deploy 2", "8 deploy 1"}},
		"it goes back after one step":       {title: "deploy $version", series: all(series(v("1"), "1 1 _ 1 1"), series(v("2"), "_ _ 1 _ _")), want: []string{"2 deploy 2", "3 deploy 1"}},
		"it goes back, and has one title":   {title: "deploy", series: all(series(v("1"), "1 1 _ _ _ _ _ _ _ 1"), series(v("2"), "_ _ 1 1 1 1 1 1 1 _")), want: []string{"2 deploy", "9 deploy"}},
		"it goes back after a gap":          {title: "deploy $version", series: all(series(v("1"), "1 1 _ _ _ _ _ 1"), series(v("2"), "_ _ _ 1 1 _ _ _")), want: []string{"3 deploy 2", "7 deploy 1"}},
		"a value changes":                   {title: "deploy", series: all(series(nil, "3 3 4 4 4 4 4 4 5 5")), want: []string{"2 deploy", "8 deploy"}},
		"no number stays no number":         {title: "deploy", series: all(series(nil, "n n n"))},
		"several at once are one":           {title: "deploy", series: all(series(v("0"), "1 1 1 1"), series(v("1"), "_ 1 1 1"), series(v("2"), "_ _ 1 1")), want: []string{"1 deploy x2"}},

		"a gap in a series":                       {title: "deploy $version", series: all(series(v("1"), "1 1 _ 1 1"))},
		"a long gap in a series":                  {title: "deploy $version", series: all(series(v("1"), "1 1 _ _ _ _ _ _ 1 1"))},
		"two gaps in a series":                    {title: "deploy $version", series: all(series(v("1"), "1 _ _ 1 _ _ _ _ _ _ 1 1"))},
		"a gap in a series, and another value":    {title: "deploy", series: all(series(nil, "1 1 _ _ 2 2")), want: []string{"4 deploy"}},
		"a gap in the data":                       {title: "deploy $version", series: all(series(v("1"), "1 1 _ _ _ 1 1"), series(v("2"), "1 1 _ _ _ 1 1"))},
		"a gap that ends at two times":            {title: "deploy $version", series: all(series(v("1"), "1 1 _ _ _ 1 1"), series(v("2"), "1 1 _ _ 1 1 1"))},
		"a gap that begins and ends at two times": {title: "deploy $version", series: all(series(v("1"), "1 1 _ _ _ 1 1"), series(v("2"), "1 _ _ _ 1 1 1"))},
		"a gap, and then another value":           {title: "deploy $version", series: all(series(v("1"), "1 1 _ _ _ 1 1"), series(v("2"), "1 1 _ _ _ 2 2")), want: []string{"5 deploy 2"}},
		"a gap, and then another one":             {title: "deploy $version", series: all(series(v("1"), "1 1 _ _ _ 1 1"), series(v("2"), "1 1 _ _ _ _ _"), series(v("3"), "_ _ _ _ _ 1 1")), want: []string{"5 deploy 3"}},
		"a gap in one of two that say the same":   {title: "deploy $version", series: all(series(on("a"), "1 1 _ _ 1 1"), series(on("b"), "1 1 1 1 1 1"))},
		"one restarts after the other":            {title: "deploy $version", series: all(series(on("a"), "1 1 1 _ _ 1 1"), series(on("b"), "1 _ _ _ 1 1 1"))},
		"a gap while another service has values":  {title: "deploy $version", series: all(series(v("1"), "1 1 _ _ 1 1"), series(of("search"), "1 1 1 1 1 1"))},

		"the data begins":                             {title: "deploy $version", series: all(series(v("1"), "_ _ 1 1")), seen: "1 was first seen 2 min before,"},
		"the data of two begins":                      {title: "deploy $version", series: all(series(v("1"), "_ _ 1 1"), series(v("2"), "_ _ _ 1")), seen: "1 and 1 other were first seen 2 min before,"},
		"the data begins, and then something":         {title: "deploy $version", series: all(series(v("1"), "_ _ 1 1 _"), series(v("2"), "_ _ _ _ 1")), want: []string{"4 deploy 2"}, seen: "deploy 1 was first seen"},
		"a service begins where another has been":     {title: "deploy $version", series: all(series(v("1"), "_ _ 1 1"), series(of("search"), "1 1 1 1")), want: []string{"2 deploy 1"}},
		"the data of all services begins":             {title: "deploy $version", series: all(series(v("1"), "_ _ 1 1"), series(of("search"), "_ _ 1 1")), seen: "deploy 1 was first seen"},
		"a query that has values only after a change": {title: counts, series: all(series(v("1"), "_ 1 1 _ _ _ _ _ _ 1 1")), want: []string{"1 " + counts, "9 " + counts}},
		"a label of the group":                        {title: "deploy $team$nothing", series: all(series(v("1"), "1 _"), series(nil, "_ 1")), want: []string{"1 deploy payments"}},
		"a dollar, and control codes":                 {title: "$$1 $version", series: all(series(v("1"), "1 _"), series(v("\x1b[31m2\n"), "_ 1")), want: []string{"1 $1 2"}},
		"an empty title":                              {title: "$nothing", series: all(series(v("1"), "1 _"), series(nil, "_ 1")), want: []string{"1 a change without a title"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := sources.Range{From: noon, To: noon.Add(time.Hour), Step: time.Minute}
			another := func(labels map[string]string) bool { return labels["service"] == "search" }
			changes, missing := Query{Title: tc.title, Expression: tc.title}.in(sources.Answer{Series: tc.series}, r, map[string]string{"team": "payments", "version": "0"}, "prom", another, Problem{Start: noon.Add(4 * time.Minute)})
			var got []string
			for _, c := range changes {
				text := fmt.Sprintf("%d %s", int(c.At.Sub(noon).Minutes()), c.Text)
				if c.Count > 1 {
					text += fmt.Sprintf(" x%d", c.Count)
				}
				got = append(got, text)
			}
			if seen := strings.Join(missing, "\n"); !reflect.DeepEqual(got, tc.want) || (tc.seen == "") != (seen == "") || !strings.Contains(seen, tc.seen) {
				t.Errorf("got %q, %q", got, missing)
			}
		})
	}
}

func TestAQueryThatChangesAllTheTime(t *testing.T) {
	var s sources.Series
	for i := range 1000 {
		s.Points = append(s.Points, sources.Point{At: noon.Add(time.Duration(i) * 10 * time.Minute), Value: float64(i)})
	}
	r := sources.Range{From: noon, Step: 10 * time.Minute}
	changes, missing := Query{Title: "x"}.in(sources.Answer{Series: []sources.Series{s}}, r, nil, "prom", nil, Problem{})
	if len(changes) != mostOfQuery || !strings.Contains(missing[0], "shows 999 changes") || !changes[mostOfQuery-1].At.Equal(s.Points[999].At) {
		t.Errorf("%d changes, %q", len(changes), missing)
	}
}

// TestChangeEventsOfTheFuture: they are counted, once each, and listed only where
// the clock of a tool may be ahead.
func TestChangeEventsOfTheFuture(t *testing.T) {
	for ahead, want := range map[time.Duration]string{
		-time.Second: "", 0: "", skew: "", skew + time.Second: "1 change event is dated in the future", 20 * time.Minute: "1 change event is dated in the future",
	} {
		e := sources.ChangeEvent{ID: "C1", At: noon.Add(ahead), Summary: "deploy"}
		pd := &events{service: []sources.ChangeEvent{e}, related: []sources.ChangeEvent{e}, extent: sources.Whole}
		r := Reader{Events: pd, Account: "pagerduty", Now: func() time.Time { return noon }}
		f := r.Of(t.Context(), group())
		if got := strings.Join(f.Missing(), "\n"); got != want || (len(f.Changes()) == 0) != (want != "") || f.Failed() {
			t.Errorf("%v ahead: %v, %q", ahead, f.Changes(), got)
		}
	}
	if _, future := ofEvents("x", []sources.ChangeEvent{{At: noon.Add(time.Hour)}, {At: noon.Add(time.Hour)}}, nil, noon); future != 2 {
		t.Errorf("%d without an id", future)
	}
}

func TestNone(t *testing.T) {
	for want, parts := range map[string][]Part{
		"none since 12:00":             {{From: "a"}, {From: "b"}},
		"not known: b does not answer": {{From: "a"}, {From: "b", Missing: []string{"b does not answer"}, Failed: true}},
		"not known: the plan has none": {{From: "a", Missing: []string{"the plan has none"}}, {From: "b"}},
	} {
		if got := (Found{Parts: parts}).None("12:00"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestStepsOfAWindow(t *testing.T) {
	for _, window := range []time.Duration{time.Hour, 25 * time.Hour, 8 * 24 * time.Hour, 400 * 24 * time.Hour} {
		if s := step(window); s < time.Minute || window/s > 1500 {
			t.Errorf("%v: %v", window, s)
		}
	}
}

func TestCheckOfAQuery(t *testing.T) {
	for expression, want := range map[string]string{
		`x{service="$service"}`: "", `x{a='${b}', c=~"a$"}`: "", "x{a=`$b`}": "", `x{a="\"$b"}`: "", `x{a="b"} $c`: "within quotes", `$x`: "within quotes", `x{`: "this is not PromQL", `x{a="$b"} +`: "this is not PromQL", "": "needs a query", " ": "needs a query",
	} {
		title, inExpression := Query{Title: "x", Expression: expression}.Check()
		if title != "" || (want == "") != (inExpression == "") || !strings.Contains(inExpression, want) {
			t.Errorf("%s: %q, want %q", expression, inExpression, want)
		}
	}
	if title, _ := (Query{Title: "\x00 ", Expression: "x"}).Check(); title == "" {
		t.Error("no title passed")
	}
}

// FuzzValueInAQuery: a label's value never leaves the quotes around it.
func FuzzValueInAQuery(f *testing.F) {
	for _, s := range []string{"checkout", `a"} or vector(1)`, "`", `\`, `'`, "a\nb", "\xff", "é"} {
		f.Add(s)
	}
	p := parser.NewParser(parser.Options{})
	f.Fuzz(func(t *testing.T, value string) {
		for _, quote := range []string{`"`, `'`, "`"} {
			expression, _ := Query{Expression: "x{a=" + quote + "$b" + quote + "}"}.For(map[string]string{"b": value})
			e, err := p.ParseExpr(expression)
			if err != nil {
				if !strings.Contains(err.Error(), "UTF-8") {
					t.Fatalf("%s: %v", expression, err)
				}
				continue
			}
			selector, is := e.(*parser.VectorSelector)
			if !is || len(selector.LabelMatchers) != 2 {
				t.Fatalf("%s is %v", expression, e)
			}
			for _, m := range selector.LabelMatchers {
				if m.Name == "a" && quote != "`" && m.Value != value {
					t.Fatalf("%s has the value %q, want %q", expression, m.Value, value)
				}
			}
		}
	})
}

type events struct {
	service, related []sources.ChangeEvent
	extent           sources.Extent
	err              error
	asked            []string
}

func (e *events) ChangeEvents(_ context.Context, id string, since, until time.Time) ([]sources.ChangeEvent, sources.Extent, error) {
	e.asked = append(e.asked, id+" "+until.Sub(since).String())
	return e.service, e.extent, e.err
}

func (e *events) RelatedChangeEvents(_ context.Context, id string) ([]sources.ChangeEvent, sources.Extent, error) {
	e.asked = append(e.asked, id)
	return e.related, e.extent, e.err
}

type metrics struct {
	name   string
	answer sources.Answer
	err    error
	asked  []string
}

func (m *metrics) Source() sources.Source {
	return sources.Source{Kind: sources.Prometheus, Name: m.name}
}

func (m *metrics) Query(context.Context, string, time.Time) (sources.Answer, error) {
	panic("not asked")
}

func (m *metrics) QueryRange(_ context.Context, expression string, _ sources.Range) (sources.Answer, error) {
	m.asked = append(m.asked, expression)
	return m.answer, m.err
}

func group() triage.Group {
	return triage.Group{
		ID: "Q1", ServiceID: "PS", Service: "Checkout", Services: []string{"checkout"}, Since: noon, Incident: &sources.Incident{ID: "Q1", CreatedAt: noon},
		Alerts: []triage.Alert{{Alert: sources.Alert{Labels: map[string]string{"service": "checkout"}}, Sources: []string{"eu"}}},
	}
}

func TestReader(t *testing.T) {
	deploy := sources.ChangeEvent{ID: "C1", At: noon.Add(-4 * time.Minute), Summary: "deploy checkout v2.4.1", Tool: "ci"}
	related := deploy
	related.Related = "most_recent"
	pd := &events{service: []sources.ChangeEvent{deploy, {ID: "C0", At: noon.Add(-time.Hour), Summary: "\x1b[1m"}}, related: []sources.ChangeEvent{related}, extent: sources.Whole}
	eu := &metrics{name: "eu", answer: sources.Answer{Extent: sources.Whole, Series: []sources.Series{
		{Labels: map[string]string{"service": "checkout", "version": "1"}, Points: []sources.Point{{At: noon.Add(-24 * time.Hour), Value: 1}}},
		{Labels: map[string]string{"service": "checkout", "version": "2"}, Points: []sources.Point{{At: noon.Add(-2 * time.Minute), Value: 1}}},
		{Labels: map[string]string{"service": "search", "version": "3"}, Points: []sources.Point{{At: noon.Add(-2 * time.Minute), Value: 1}}},
	}}}
	us := &metrics{name: "us"}
	r := Reader{
		Events: pd, Account: "pagerduty", Metrics: []sources.Metrics{us, eu}, Now: func() time.Time { return noon.Add(10 * time.Minute) },
		Queries:   []Query{{"version $version", `build_info{service="$service"}`}, {"pod", `x{pod="$pod"}`}},
		ServiceOf: func(labels map[string]string) string { return labels["service"] },
	}
	f := r.Of(t.Context(), group())
	var got []string
	for _, c := range f.Changes() {
		got = append(got, c.Sentence(f.Problem)+" ["+c.From+"] "+c.Related)
	}
	want := []string{"a change without a summary, 60 min before [pagerduty] ", "deploy checkout v2.4.1, 4 min before [pagerduty] most_recent", "version 2, 2 min before [eu] "}
	if !reflect.DeepEqual(got, want) || f.Failed() {
		t.Errorf("got %q, failed %v", got, f.Failed())
	}
	if missing := []string{"eu: “pod” is not looked for: the alerts have no label pod in common, which its query needs"}; !reflect.DeepEqual(f.Missing(), missing) {
		t.Errorf("missing %q", f.Missing())
	}
	if asked := []string{"PS 24h10m0s", "Q1"}; !reflect.DeepEqual(pd.asked, asked) {
		t.Errorf("PagerDuty was asked %q", pd.asked)
	}
	if !reflect.DeepEqual(eu.asked, []string{`build_info{service="checkout"}`}) || us.asked != nil {
		t.Errorf("asked %q and %q", eu.asked, us.asked)
	}

	// A source that fails leaves what was read of it before, and says why.
	pd.err, pd.service, pd.related = &sources.Error{Reason: sources.Unreachable, Sentence: "no answer"}, nil, nil
	again := r.Of(t.Context(), group()).With(f)
	if n := len(again.Changes()); n != 3 || !again.Failed() || !slices.Contains(again.Missing(), "no answer") || !again.Parts[0].AsOf.Equal(f.To) {
		t.Errorf("%d changes, %q", n, again.Missing())
	}
	// What the plan refuses is said, and does not have to be asked again soon.
	pd.err = &sources.Error{Reason: sources.MissingAbility, Sentence: "the plan has none"}
	if again := r.Of(t.Context(), group()); again.Failed() || again.Missing()[0] != "the plan has none" {
		t.Errorf("failed %v, %q", again.Failed(), again.Missing())
	}
	g := group()
	g.ServiceID, g.Incident = "", nil
	if again := r.Of(t.Context(), g); !strings.Contains(again.Missing()[0], "service in PagerDuty is not known") {
		t.Errorf("%q", again.Missing())
	}
	eu.err = &sources.Error{Reason: sources.Unreachable, Sentence: "connection refused"}
	r.Queries = append(r.Queries[:1], r.Queries[0])
	eu.asked = nil
	if again := r.Of(t.Context(), g); len(eu.asked) != 1 || !again.Failed() {
		t.Errorf("a server that does not answer was asked %d times", len(eu.asked))
	}
	if (&Reader{}).Reads() || (*Reader)(nil).Reads() || !r.Reads() {
		t.Error("what there is to read")
	}
}

// What cannot be looked for is named without the variables of its title.
func TestNames(t *testing.T) {
	for _, c := range []struct{ title, want string }{
		{"release $version of $service runs", "“release … of checkout runs”"},
		{"${version} for $$5 \x1b[1m", "“… for $5”"},
		{"pod", "“pod”"},
	} {
		if got := (Query{Title: c.title}).name(map[string]string{"service": "checkout"}); got != c.want {
			t.Errorf("%s: %s, want %s", c.title, got, c.want)
		}
	}
	q := Query{Title: "release $version", Expression: `x{service="$service",pod="$pod"}`}
	r := Reader{Queries: []Query{q}, Metrics: []sources.Metrics{&metrics{name: "eu"}}, Now: func() time.Time { return noon }}
	g := group()
	for _, want := range []string{
		"eu: “release …” is not looked for: the alerts have no label pod in common, which its query needs",
		"eu: “release …” is not looked for: no alert of the incident is known, and its query needs the labels service, pod",
	} {
		if got := r.Of(t.Context(), g).Missing(); !slices.Equal(got, []string{want}) {
			t.Errorf("%q, want %q", got, want)
		}
		g.Alerts, g.SentLabels = nil, nil
	}
}
