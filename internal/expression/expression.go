// Package expression takes the expressions of alerting rules apart for graphs: what
// to draw, and the line beyond which a sample fires. It reads PromQL with
// Prometheus's own parser, and knows no server.
package expression

import (
	"fmt"
	"math"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// Parts are what a graph of an alerting expression is made of.
type Parts struct {
	// Drawn is the expression to draw.
	Drawn string
	// Threshold is where samples of Drawn fire. Without one Why says why, in words
	// that follow "no threshold: ".
	Threshold *Threshold
	Why       string
	// Fixed: Drawn has values at the times of the graph that it did not have when the
	// rule was evaluated there, and Why says so.
	Fixed bool
	// Loose: the series of Drawn have other labels than the alerts.
	Loose bool
}

// Threshold is what a rule compares with.
type Threshold struct {
	Value float64
	// Operator is >, >=, <, <=, == or !=, as if the series were on its left.
	Operator string
}

// Beyond reports whether a sample fires. As in Prometheus a NaN is different from
// every number, and neither above nor below.
func (t Threshold) Beyond(value float64) bool {
	switch t.Operator {
	case ">":
		return value > t.Value
	case ">=":
		return value >= t.Value
	case "<":
		return value < t.Value
	case "<=":
		return value <= t.Value
	case "==":
		return value == t.Value
	}
	return value != t.Value
}

// The parsers: what only newer servers accept is tried last, because it takes some
// words from the names of metrics.
var (
	plain = parser.NewParser(parser.Options{})
	newer = parser.NewParser(parser.Options{
		EnableExperimentalFunctions: true, ExperimentalDurationExpr: true,
		EnableExtendedRangeSelectors: true, EnableBinopFillModifiers: true,
	})
)

// most bounds the length of an expression that is parsed.
const most = 64 << 10

// parse reads an expression.
func parse(text string) (parser.Expr, error) {
	if len(text) > most {
		return nil, fmt.Errorf("it has more than %d bytes", most)
	}
	e, err := plain.ParseExpr(text)
	if err == nil {
		return e, nil
	}
	if e, newErr := newer.ParseExpr(text); newErr == nil {
		return e, nil
	}
	return nil, err
}

// Check returns why Prometheus's parser does not take the text, or nil.
func Check(text string) error {
	_, err := parse(text)
	return err
}

// TakeApart takes an alerting expression apart. Text that is no PromQL is to be
// drawn as it is: the server may know it.
func TakeApart(text string) Parts {
	e, err := parse(text)
	if err != nil {
		return Parts{Drawn: text, Why: "the expression is not PromQL that firstline can read"}
	}
	p, drawn := takeApart(bare(e))
	if why := ofTheGraph(drawn); why != "" {
		p.Threshold, p.Fixed = nil, true
		if p.Why != "" {
			why = p.Why + ", and " + why
		}
		p.Why = why
	}
	p.Drawn = drawn.String()
	if Check(p.Drawn) != nil {
		return Parts{Drawn: text, Why: "the expression can't be taken apart"}
	}
	return p
}

// takeApart returns the parts but for the text that is drawn, and what to draw.
func takeApart(e parser.Expr) (Parts, parser.Expr) {
	switch e := e.(type) {
	case *parser.BinaryExpr:
		switch {
		case e.Op == parser.LOR:
			return Parts{Why: "the rule fires on one thing or another (or)"}, e
		case e.Op == parser.LAND:
			return Parts{Why: "the rule also asks for something else (and)"}, compared(e)
		case e.Op == parser.LUNLESS:
			return Parts{Why: "the rule also asks that something else is not so (unless)"}, compared(e)
		case e.Op.IsComparisonOperator():
			return comparison(e)
		}
	case *parser.Call:
		if strings.HasPrefix(e.Func.Name, "absent") && len(e.Args) == 1 {
			return Parts{Why: "the rule fires while there is nothing to draw (" + e.Func.Name + ")", Loose: true}, compared(content(e.Args[0]))
		}
	}
	return Parts{Why: "the rule compares with nothing: it fires while its expression has a result"}, e
}

// comparison takes a comparison apart.
func comparison(e *parser.BinaryExpr) (Parts, parser.Expr) {
	if e.ReturnBool {
		return Parts{Why: "the rule has the result 0 or 1 (bool), and fires on both"}, e
	}
	operator, side := operators[e.Op], bare(e.LHS)
	limit, constant := valueOf(e.RHS)
	if !constant {
		if limit, constant = valueOf(e.LHS); constant {
			operator, side = flipped[operator], bare(e.RHS)
		}
	}
	switch within, is := side.(*parser.BinaryExpr); {
	case constant && (math.IsNaN(limit) || math.IsInf(limit, 0)):
		return Parts{Why: "the rule compares with no finite number"}, side
	case constant && is && within.Op.IsComparisonOperator() && !within.ReturnBool:
		return Parts{Why: "the rule compares several times"}, compared(side)
	case constant:
		return Parts{Threshold: &Threshold{limit, operator}}, side
	case e.RHS.Type() == parser.ValueTypeScalar:
		return Parts{Why: "the rule compares with a number that changes"}, compared(side)
	case e.LHS.Type() == parser.ValueTypeScalar:
		return Parts{Why: "the rule compares with a number that changes"}, compared(e.RHS)
	}
	m := e.VectorMatching
	loose := m != nil && (m.On || len(m.MatchingLabels) > 0 || m.Card != parser.CardOneToOne)
	return Parts{Why: "the rule compares series with other series", Loose: loose}, compared(side)
}

var operators = map[parser.ItemType]string{
	parser.GTR: ">", parser.GTE: ">=", parser.LSS: "<", parser.LTE: "<=", parser.EQLC: "==", parser.NEQ: "!=",
}

// flipped are the operators with their sides exchanged.
var flipped = map[string]string{">": "<", ">=": "<=", "<": ">", "<=": ">=", "==": "==", "!=": "!="}

// bare takes the parentheses off.
func bare(e parser.Expr) parser.Expr {
	for {
		p, is := e.(*parser.ParenExpr)
		if !is {
			return e
		}
		e = p.Expr
	}
}

// content is the vector below a range.
func content(e parser.Expr) parser.Expr {
	switch e := bare(e).(type) {
	case *parser.MatrixSelector:
		return e.VectorSelector
	case *parser.SubqueryExpr:
		return e.Expr
	default:
		return e
	}
}

// compared is what an expression compares, with the labels of its result: it takes
// comparisons with constants off, and what is asked besides.
func compared(e parser.Expr) parser.Expr {
	e = bare(e)
	b, is := e.(*parser.BinaryExpr)
	switch {
	case !is:
		return e
	case b.Op == parser.LAND || b.Op == parser.LUNLESS:
		return compared(b.LHS)
	case !b.Op.IsComparisonOperator() || b.ReturnBool:
		return e
	}
	if _, constant := valueOf(b.RHS); constant {
		return compared(b.LHS)
	}
	if _, constant := valueOf(b.LHS); constant {
		return compared(b.RHS)
	}
	return e
}
