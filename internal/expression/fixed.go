package expression

import "github.com/prometheus/prometheus/promql/parser"

// ofTheGraph says why an expression has other values in a graph than when a rule is
// evaluated at its times; "": it has the same. A rule is evaluated at one time, which
// is both the start and the end, while a graph has one start, end, range and step for
// all of its points.
func ofTheGraph(e parser.Expr) (why string) {
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		var at parser.ItemType
		var durations []*parser.DurationExpr
		switch n := n.(type) {
		case *parser.VectorSelector:
			at, durations = n.StartOrEnd, []*parser.DurationExpr{n.OriginalOffsetExpr}
		case *parser.MatrixSelector:
			durations = []*parser.DurationExpr{n.RangeExpr}
		case *parser.SubqueryExpr:
			at, durations = n.StartOrEnd, []*parser.DurationExpr{n.RangeExpr, n.StepExpr, n.OriginalOffsetExpr}
		}
		switch at {
		case parser.START:
			why = "what has @ start() is drawn with its value at the start of the graph, not with those that the rule had"
		case parser.END:
			why = "what has @ end() is drawn with its value at the end of the graph, not with those that the rule had"
		}
		for _, d := range durations {
			if d != nil && why == "" {
				why = durationOfTheGraph(d)
			}
		}
		return nil
	})
	return why
}

// durationOfTheGraph says the same of a duration.
func durationOfTheGraph(d *parser.DurationExpr) string {
	switch d.Op {
	case parser.STEP:
		return "step() is that of the graph, not the rule's"
	case parser.RANGE:
		return "range() is that of the graph, not the rule's"
	}
	for _, side := range []parser.Expr{d.LHS, d.RHS} {
		if p, is := side.(*parser.ParenExpr); is {
			side = p.Expr
		}
		if within, is := side.(*parser.DurationExpr); is && within != nil {
			if why := durationOfTheGraph(within); why != "" {
				return why
			}
		}
	}
	return ""
}
