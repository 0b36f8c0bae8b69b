package expression

import (
	"maps"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Narrow asks the server for less: those series of an expression that have all the
// labels are the same as before, and of the others fewer are left. It puts matchers
// only where that is certain, so what comes is still to be filtered.
func Narrow(text string, by map[string]string) string {
	e, err := parse(text)
	if err != nil {
		return text
	}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		if value := by[name]; value != "" && name != model.MetricNameLabel {
			narrow(e, labels.MustNewMatcher(labels.MatchEqual, name, value))
		}
	}
	narrowed := e.String()
	if Check(narrowed) != nil {
		return text
	}
	return narrowed
}

// keeping are the functions whose result for a set of labels comes from the series
// with these labels alone.
var keeping = makeSet(
	"abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "avg_over_time", "ceil", "changes", "clamp", "clamp_max",
	"clamp_min", "cos", "cosh", "count_over_time", "day_of_month", "day_of_week", "day_of_year", "days_in_month", "deg",
	"delta", "deriv", "double_exponential_smoothing", "exp", "first_over_time", "floor", "histogram_avg", "histogram_count",
	"histogram_sum", "histogram_stddev", "histogram_stdvar", "hour", "idelta", "increase", "irate", "last_over_time", "ln",
	"log10", "log2", "mad_over_time", "max_over_time", "min_over_time", "minute", "month", "predict_linear",
	"present_over_time", "quantile_over_time", "rad", "rate", "resets", "round", "sgn", "sin", "sinh", "sort", "sort_desc",
	"sqrt", "stddev_over_time", "stdvar_over_time", "sum_over_time", "tan", "tanh", "timestamp", "year",
)

// grouping are the aggregations whose result for a group comes from the group alone.
var grouping = map[parser.ItemType]bool{
	parser.SUM: true, parser.AVG: true, parser.MIN: true, parser.MAX: true, parser.COUNT: true, parser.STDDEV: true,
	parser.STDVAR: true, parser.GROUP: true, parser.QUANTILE: true, parser.TOPK: true, parser.BOTTOMK: true,
}

func makeSet(names ...string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// narrow puts the matcher where it changes nothing of the series that it matches.
func narrow(e parser.Expr, m *labels.Matcher) {
	switch e := e.(type) {
	case *parser.VectorSelector:
		if !slices.ContainsFunc(e.LabelMatchers, func(has *labels.Matcher) bool {
			return has.Name == m.Name && has.Type == m.Type && has.Value == m.Value
		}) {
			e.LabelMatchers = append(e.LabelMatchers, m)
		}
	case *parser.MatrixSelector:
		narrow(e.VectorSelector, m)
	case *parser.SubqueryExpr:
		narrow(e.Expr, m)
	case *parser.ParenExpr:
		narrow(e.Expr, m)
	case *parser.UnaryExpr:
		narrow(e.Expr, m)
	case *parser.AggregateExpr:
		if grouping[e.Op] && slices.Contains(e.Grouping, m.Name) != e.Without {
			narrow(e.Expr, m)
		}
	case *parser.Call:
		narrowCall(e, m)
	case *parser.BinaryExpr:
		narrowBinary(e, m)
	}
}

func narrowCall(e *parser.Call, m *labels.Matcher) {
	buckets := e.Func.Name == "histogram_quantile" || e.Func.Name == "histogram_fraction"
	if !keeping[e.Func.Name] && (!buckets || m.Name == model.BucketLabel) {
		return
	}
	for _, argument := range e.Args {
		// The numbers of a function are no series of its result.
		if kind := argument.Type(); kind == parser.ValueTypeVector || kind == parser.ValueTypeMatrix {
			narrow(argument, m)
		}
	}
}

func narrowBinary(e *parser.BinaryExpr, m *labels.Matcher) {
	switch left, right := e.LHS.Type() == parser.ValueTypeVector, e.RHS.Type() == parser.ValueTypeVector; {
	case left && !right:
		narrow(e.LHS, m)
		return
	case right && !left:
		narrow(e.RHS, m)
		return
	case !left || e.VectorMatching == nil:
		return
	}
	match := e.VectorMatching
	if match.FillValues.LHS != nil || match.FillValues.RHS != nil {
		return
	}
	// matched: only series with the same value of the label meet.
	matched := slices.Contains(match.MatchingLabels, m.Name) == match.On
	left, right := false, false
	switch {
	case e.Op == parser.LAND || e.Op == parser.LUNLESS:
		left, right = true, matched
	case slices.Contains(match.Include, m.Name):
	case matched:
		left, right = true, true
	case e.Op == parser.LOR:
	default:
		// The result has the label of the side with many series.
		left, right = match.Card == parser.CardManyToOne, match.Card == parser.CardOneToMany
	}
	if left {
		narrow(e.LHS, m)
	}
	if right {
		narrow(e.RHS, m)
	}
}
