package expression

import (
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// Unit is what the values of an expression measure.
type Unit int

// The units. Plain is a number of anything.
const (
	Plain Unit = iota
	Bytes
	BytesPerSecond
	Seconds
	Ratio // of one
	Percent
)

// UnitOf guesses the unit of an expression from the end of the name of its metric,
// where nothing that is done with the metric changes the unit.
func UnitOf(text string) Unit {
	e, err := parse(text)
	if err != nil {
		return Plain
	}
	return unitOf(e)
}

// sameUnit are the functions whose result has the unit of what they are about.
var sameUnit = makeSet(
	"abs", "avg_over_time", "ceil", "clamp", "clamp_max", "clamp_min", "delta", "first_over_time", "floor", "idelta", "increase",
	"label_join", "label_replace", "last_over_time", "max_over_time", "min_over_time", "predict_linear", "quantile_over_time",
	"round", "sort", "sort_desc", "stddev_over_time", "sum_over_time", "histogram_quantile",
)

func unitOf(e parser.Expr) Unit {
	switch e := e.(type) {
	case *parser.VectorSelector:
		return unitOfName(e.Name)
	case *parser.MatrixSelector:
		return unitOf(e.VectorSelector)
	case *parser.SubqueryExpr:
		return unitOf(e.Expr)
	case *parser.ParenExpr:
		return unitOf(e.Expr)
	case *parser.UnaryExpr:
		return unitOf(e.Expr)
	case *parser.AggregateExpr:
		switch e.Op {
		case parser.COUNT, parser.COUNT_VALUES, parser.GROUP, parser.STDVAR:
			return Plain
		}
		return unitOf(e.Expr)
	case *parser.Call:
		return unitOfCall(e)
	case *parser.BinaryExpr:
		left, right := unitOf(e.LHS), unitOf(e.RHS)
		switch {
		case e.Op == parser.LAND, e.Op == parser.LUNLESS, e.Op.IsComparisonOperator() && !e.ReturnBool:
			return left
		case left == right && (e.Op == parser.LOR || e.Op == parser.ADD || e.Op == parser.SUB):
			return left
		}
	}
	return Plain
}

func unitOfCall(e *parser.Call) Unit {
	for _, argument := range e.Args {
		if kind := argument.Type(); kind != parser.ValueTypeVector && kind != parser.ValueTypeMatrix {
			continue
		}
		unit := unitOf(argument)
		switch rate := e.Func.Name == "rate" || e.Func.Name == "irate" || e.Func.Name == "deriv"; {
		case sameUnit[e.Func.Name]:
			return unit
		case rate && unit == Bytes:
			return BytesPerSecond
		case rate && isBuckets(argument):
			return unit // which histogram_quantile is about
		}
	}
	return Plain
}

// isBuckets reports whether a range is one of buckets.
func isBuckets(e parser.Expr) bool {
	m, is := e.(*parser.MatrixSelector)
	if !is {
		return false
	}
	v, is := m.VectorSelector.(*parser.VectorSelector)
	return is && strings.HasSuffix(v.Name, "_bucket")
}

func unitOfName(name string) Unit {
	name = strings.TrimSuffix(strings.TrimSuffix(name, "_total"), "_bucket")
	for suffix, unit := range map[string]Unit{"_bytes": Bytes, "_seconds": Seconds, "_ratio": Ratio, "_percent": Percent} {
		if strings.HasSuffix(name, suffix) && !strings.HasSuffix(name, "_timestamp"+suffix) {
			return unit
		}
	}
	return Plain
}
