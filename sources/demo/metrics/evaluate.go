package metrics

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
)

// Series is one series of the demo.
type Series struct {
	// Labels are with __name__.
	Labels map[string]string
	// Value is its value, or for a Counter how much it grows by in a second.
	Value   Signal
	Counter bool
	// From and To are when it begins and ends, in Unix seconds. Zero means always.
	From, To float64
}

// scrapeInterval is the time between two samples, in seconds.
const scrapeInterval = 15.0

// zero is when counters that always exist were zero, in Unix seconds.
const zero = 1_700_000_000

func (s *Series) exists(t float64) bool {
	return (s.From == 0 || t >= s.From) && (s.To == 0 || t < s.To)
}

func (s *Series) at(t float64) float64 {
	if !s.Counter {
		return s.Value.at(t)
	}
	from := s.From
	if from == 0 {
		from = zero
	}
	return s.Value.total(t) - s.Value.total(from)
}

// Sample is a value with its labels.
type Sample struct {
	Labels map[string]string
	Value  float64
}

// Result is what an expression evaluates to: a vector, unless Scalar is true: then
// it is one Sample without labels.
type Result struct {
	Vector []Sample
	Scalar bool
}

// Parse parses an expression.
func Parse(expression string) (parser.Expr, error) {
	return parser.NewParser(parser.Options{}).ParseExpr(expression)
}

// Evaluate evaluates an expression at a time in Unix seconds. An expression beyond
// what the demo knows is an error.
func Evaluate(e parser.Expr, at float64, series []Series) (Result, error) {
	return evaluation{series, at}.of(e)
}

// evaluation evaluates expressions at one time.
type evaluation struct {
	series []Series
	at     float64
}

func unknown(what string) error { return fmt.Errorf("the demo's Prometheus does not know %s", what) }

func scalar(v float64) Result { return Result{[]Sample{{Value: v}}, true} }

func (e evaluation) of(x parser.Expr) (Result, error) {
	switch x := x.(type) {
	case *parser.NumberLiteral:
		return scalar(x.Val), nil
	case *parser.ParenExpr:
		return e.of(x.Expr)
	case *parser.StepInvariantExpr:
		return e.of(x.Expr)
	case *parser.UnaryExpr:
		r, err := e.of(x.Expr)
		if err == nil && x.Op == parser.SUB {
			r = r.each(func(v float64) float64 { return -v })
		}
		return r, err
	case *parser.VectorSelector:
		return e.selected(x)
	case *parser.Call:
		return e.call(x)
	case *parser.AggregateExpr:
		return e.aggregate(x)
	case *parser.BinaryExpr:
		return e.binary(x)
	}
	return Result{}, unknown(fmt.Sprintf("%s as it is used here", x.Type()))
}

// each changes all values and drops the metric's name.
func (r Result) each(change func(float64) float64) Result {
	changed := Result{make([]Sample, len(r.Vector)), r.Scalar}
	for i, s := range r.Vector {
		changed.Vector[i] = Sample{without(s.Labels, model.MetricNameLabel), change(s.Value)}
	}
	return changed
}

func without(labels map[string]string, names ...string) map[string]string {
	rest := maps.Clone(labels)
	for _, name := range names {
		delete(rest, name)
	}
	return rest
}

// matching returns the series that a selector selects.
func (e evaluation) matching(s *parser.VectorSelector) []*Series {
	var found []*Series
	for i := range e.series {
		one := &e.series[i]
		fits := true
		for _, m := range s.LabelMatchers {
			fits = fits && m.Matches(one.Labels[m.Name])
		}
		if fits {
			found = append(found, one)
		}
	}
	return found
}

func (e evaluation) selected(s *parser.VectorSelector) (Result, error) {
	if s.Timestamp != nil || s.StartOrEnd != 0 || s.OriginalOffsetExpr != nil {
		return Result{}, unknown("@ and computed offsets")
	}
	at := e.at - s.OriginalOffset.Seconds()
	var r Result
	for _, one := range e.matching(s) {
		if one.exists(at) {
			r.Vector = append(r.Vector, Sample{one.Labels, one.at(at)})
		}
	}
	return r, nil
}

// window returns the samples of each selected series in a range of time.
func (e evaluation) window(x parser.Expr) ([]*Series, [][]float64, [][]float64, float64, error) {
	m, ok := x.(*parser.MatrixSelector)
	if !ok {
		return nil, nil, nil, 0, unknown("subqueries")
	}
	s, ok := m.VectorSelector.(*parser.VectorSelector)
	if !ok || s.Timestamp != nil || s.StartOrEnd != 0 || s.OriginalOffsetExpr != nil || m.RangeExpr != nil {
		return nil, nil, nil, 0, unknown("@ and computed ranges")
	}
	end := e.at - s.OriginalOffset.Seconds()
	length := m.Range.Seconds()
	var (
		found  []*Series
		values [][]float64
		times  [][]float64
	)
	for _, one := range e.matching(s) {
		v, ts := one.samples(end, length)
		if len(v) > 0 {
			found, values, times = append(found, one), append(values, v), append(times, ts)
		}
	}
	return found, values, times, end, nil
}

// samples are the values in a range, with their times. In a long one they are few, but
// the first and the last are as they would be.
func (s *Series) samples(end, length float64) (values, times []float64) {
	every := scrapeInterval
	if length > 7200 {
		every = length / 480
	}
	add := func(t float64) {
		if s.exists(t) && t >= end-length && t <= end && (len(times) == 0 || t > times[len(times)-1]) {
			values, times = append(values, s.at(t)), append(times, t)
		}
	}
	add(math.Ceil(max(end-length, s.From)/scrapeInterval) * scrapeInterval)
	for t := math.Ceil((end-length)/every) * every; t <= end; t += every {
		add(t)
	}
	last := end
	if s.To != 0 {
		last = min(end, s.To-1)
	}
	add(math.Floor(last/scrapeInterval) * scrapeInterval)
	return values, times
}

func (e evaluation) aggregate(x *parser.AggregateExpr) (Result, error) {
	if !slices.Contains([]parser.ItemType{parser.SUM, parser.AVG, parser.COUNT, parser.GROUP, parser.MIN, parser.MAX}, x.Op) {
		return Result{}, unknown(x.Op.String())
	}
	r, err := e.of(x.Expr)
	if err != nil {
		return Result{}, err
	}
	groups := map[string][]Sample{}
	var order []string
	for _, s := range r.Vector {
		labels := map[string]string{}
		if x.Without {
			labels = without(s.Labels, append(slices.Clone(x.Grouping), model.MetricNameLabel)...)
		} else {
			for _, name := range x.Grouping {
				if v := s.Labels[name]; v != "" {
					labels[name] = v
				}
			}
		}
		key := Key(labels)
		if _, there := groups[key]; !there {
			order = append(order, key)
		}
		groups[key] = append(groups[key], Sample{labels, s.Value})
	}
	var all Result
	for _, key := range order {
		g := groups[key]
		values := make([]float64, len(g))
		sum := 0.0
		for i, s := range g {
			values[i], sum = s.Value, sum+s.Value
		}
		switch x.Op {
		case parser.SUM:
		case parser.AVG:
			sum /= float64(len(g))
		case parser.COUNT:
			sum = float64(len(g))
		case parser.GROUP:
			sum = 1
		case parser.MIN:
			sum = slices.Min(values)
		case parser.MAX:
			sum = slices.Max(values)
		}
		all.Vector = append(all.Vector, Sample{g[0].Labels, sum})
	}
	return all, nil
}

// Key identifies a label set.
func Key(labels map[string]string) string {
	var key strings.Builder
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if labels[name] != "" {
			fmt.Fprintf(&key, "%q=%q,", name, labels[name])
		}
	}
	return key.String()
}
