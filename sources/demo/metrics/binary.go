package metrics

import (
	"math"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
)

func (e evaluation) binary(x *parser.BinaryExpr) (Result, error) {
	left, err := e.of(x.LHS)
	if err != nil {
		return Result{}, err
	}
	right, err := e.of(x.RHS)
	if err != nil {
		return Result{}, err
	}
	switch {
	case x.Op.IsSetOperator():
		return set(x, left.Vector, right.Vector), nil
	case left.Scalar && right.Scalar:
		v, holds, err := operate(x, left.Vector[0].Value, right.Vector[0].Value)
		if x.Op.IsComparisonOperator() {
			v = truth(holds)
		}
		return scalar(v), err
	case right.Scalar:
		return vectorAnd(x, left.Vector, func(v float64) (float64, bool, error) { return operate(x, v, right.Vector[0].Value) })
	case left.Scalar:
		return vectorAnd(x, right.Vector, func(v float64) (float64, bool, error) { return operate(x, left.Vector[0].Value, v) })
	}
	return vectors(x, left.Vector, right.Vector)
}

func truth(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}

// operate returns the result of an operator, or whether a comparison holds.
func operate(x *parser.BinaryExpr, a, b float64) (v float64, holds bool, err error) {
	switch x.Op {
	case parser.ADD:
		return a + b, true, nil
	case parser.SUB:
		return a - b, true, nil
	case parser.MUL:
		return a * b, true, nil
	case parser.DIV:
		return a / b, true, nil
	case parser.MOD:
		return math.Mod(a, b), true, nil
	case parser.POW:
		return math.Pow(a, b), true, nil
	case parser.EQLC:
		return a, a == b, nil
	case parser.NEQ:
		return a, a != b, nil
	case parser.GTR:
		return a, a > b, nil
	case parser.LSS:
		return a, a < b, nil
	case parser.GTE:
		return a, a >= b, nil
	case parser.LTE:
		return a, a <= b, nil
	}
	return 0, false, unknown(x.Op.String())
}

// vectorAnd operates on each sample of a vector and a number.
func vectorAnd(x *parser.BinaryExpr, all []Sample, with func(float64) (float64, bool, error)) (Result, error) {
	var r Result
	for _, s := range all {
		v, holds, err := with(s.Value)
		if err != nil {
			return Result{}, err
		}
		if one, there := result(x, s, v, holds); there {
			r.Vector = append(r.Vector, one)
		}
	}
	return r, nil
}

// result is the sample of an operation: a comparison without bool passes the sample
// on where it holds.
func result(x *parser.BinaryExpr, s Sample, v float64, holds bool) (Sample, bool) {
	switch {
	case !x.Op.IsComparisonOperator():
		return Sample{without(s.Labels, model.MetricNameLabel), v}, true
	case x.ReturnBool:
		return Sample{without(s.Labels, model.MetricNameLabel), truth(holds)}, true
	}
	return s, holds
}

// signature identifies what a label set is matched by.
func signature(m *parser.VectorMatching, labels map[string]string) string {
	if m.On {
		matched := map[string]string{}
		for _, name := range m.MatchingLabels {
			matched[name] = labels[name]
		}
		return Key(matched)
	}
	return Key(without(labels, append(slices.Clone(m.MatchingLabels), model.MetricNameLabel)...))
}

func set(x *parser.BinaryExpr, left, right []Sample) Result {
	there := func(all []Sample) map[string]bool {
		keys := map[string]bool{}
		for _, s := range all {
			keys[signature(x.VectorMatching, s.Labels)] = true
		}
		return keys
	}
	var r Result
	switch rights := there(right); x.Op {
	case parser.LOR:
		lefts := there(left)
		r.Vector = slices.Clone(left)
		for _, s := range right {
			if !lefts[signature(x.VectorMatching, s.Labels)] {
				r.Vector = append(r.Vector, s)
			}
		}
	default:
		for _, s := range left {
			if rights[signature(x.VectorMatching, s.Labels)] == (x.Op == parser.LAND) {
				r.Vector = append(r.Vector, s)
			}
		}
	}
	return r
}

func vectors(x *parser.BinaryExpr, left, right []Sample) (Result, error) {
	m := x.VectorMatching
	if m.Card == parser.CardOneToMany {
		return Result{}, unknown("group_right")
	}
	one := map[string]Sample{}
	for _, s := range right {
		one[signature(m, s.Labels)] = s
	}
	var r Result
	for _, s := range left {
		other, matched := one[signature(m, s.Labels)]
		if !matched {
			continue
		}
		v, holds, err := operate(x, s.Value, other.Value)
		if err != nil {
			return Result{}, err
		}
		sample, there := result(x, s, v, holds)
		if !there {
			continue
		}
		switch {
		case m.Card == parser.CardManyToOne:
			labels := without(sample.Labels)
			for _, name := range m.Include {
				labels[name] = other.Labels[name]
			}
			sample.Labels = labels
		case m.On && (!x.Op.IsComparisonOperator() || x.ReturnBool):
			labels := map[string]string{}
			for _, name := range m.MatchingLabels {
				if v := sample.Labels[name]; v != "" {
					labels[name] = v
				}
			}
			sample.Labels = labels
		default:
			sample.Labels = without(sample.Labels, m.MatchingLabels...)
			if m.On {
				sample.Labels = s.Labels
			}
		}
		r.Vector = append(r.Vector, sample)
	}
	return r, nil
}
