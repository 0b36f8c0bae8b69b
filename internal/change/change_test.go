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
	for name, tc := range map[string]struct {
		title  string
		series []sources.Series
		want   []string // minute and text
	}{
		"nothing":                       {"deploy $version", nil, nil},
		"what was there at first":       {"deploy $version", []sources.Series{series(v("1"), "1 1 1")}, nil},
		"a series begins":               {"deploy ${service} $version", []sources.Series{series(v("1"), "1 1 1 _ _"), series(v("2"), "_ _ 1 1 1")}, []string{"2 deploy checkout 2"}},
		"it goes back":                  {"deploy $version", []sources.Series{series(v("1"), "1 1 _ _ _ _ _ _ 1"), series(v("2"), "_ 1 1 1 1 1 1 1 1")}, []string{"1 deploy 2", "8 deploy 1"}},
		"a query that mostly is empty":  {"deploy", []sources.Series{series(v("1"), "_ 1 1 _ _ _ _ _ _ 1 1")}, []string{"1 deploy", "9 deploy"}},
		"a value changes":               {"deploy", []sources.Series{series(nil, "3 3 4 4 4 4 4 4 5 5")}, []string{"2 deploy", "8 deploy"}},
		"no number stays no number":     {"deploy", []sources.Series{series(nil, "n n n")}, nil},
		"several at once are one":       {"deploy", []sources.Series{series(v("1"), "_ 1 1 1"), series(v("2"), "_ _ 1 1")}, []string{"1 deploy x2"}},
		"a gap in the data":             {"deploy $version", []sources.Series{series(v("1"), "1 1 _ _ _ 1 1"), series(v("2"), "1 1 _ _ _ 1 1")}, nil},
		"a gap, and then another value": {"deploy $version", []sources.Series{series(v("1"), "1 1 _ _ _ 1 1"), series(v("2"), "1 1 _ _ _ 2 2")}, []string{"5 deploy 1", "5 deploy 2"}},
		"a gap, and then another one":   {"deploy $version", []sources.Series{series(v("1"), "1 1 _ _ _ 1 1"), series(v("2"), "1 1 _ _ _ _ _"), series(v("3"), "_ _ _ _ _ 1 1")}, []string{"5 deploy 1", "5 deploy 3"}},
		"a label of the group":          {"deploy $team$nothing", []sources.Series{series(nil, "_ 1")}, []string{"1 deploy payments"}},
		"a dollar, and control codes":   {"$$1 $version", []sources.Series{series(v("\x1b[31m2\n"), "_ 1")}, []string{"1 $1 2"}},
		"an empty title":                {"$nothing", []sources.Series{series(nil, "_ 1")}, []string{"1 a change without a title"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := sources.Range{From: noon, To: noon.Add(time.Hour), Step: time.Minute}
			changes, missing := Query{Title: tc.title}.in(sources.Answer{Series: tc.series}, r, map[string]string{"team": "payments", "version": "0"}, "prom")
			var got []string
			for _, c := range changes {
				text := fmt.Sprintf("%d %s", int(c.At.Sub(noon).Minutes()), c.Text)
				if c.Count > 1 {
					text += fmt.Sprintf(" x%d", c.Count)
				}
				got = append(got, text)
			}
			if !reflect.DeepEqual(got, tc.want) || missing != "" {
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
	changes, missing := Query{Title: "x"}.in(sources.Answer{Series: []sources.Series{s}}, r, nil, "prom")
	if len(changes) != mostOfQuery || !strings.Contains(missing, "shows 999 changes") || !changes[mostOfQuery-1].At.Equal(s.Points[999].At) {
		t.Errorf("%d changes, %q", len(changes), missing)
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
	if missing := []string{"eu: pod is not looked for: its alerts have no label pod in common"}; !reflect.DeepEqual(f.Missing(), missing) {
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
