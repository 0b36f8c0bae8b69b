package expression

import (
	"math"

	"github.com/prometheus/prometheus/promql/parser"
)

// valueOf is the value of an expression that is a number at all times.
func valueOf(e parser.Expr) (value float64, constant bool) {
	switch e := e.(type) {
	case *parser.NumberLiteral:
		return e.Val, true
	case *parser.ParenExpr:
		return valueOf(e.Expr)
	case *parser.UnaryExpr:
		value, constant = valueOf(e.Expr)
		if e.Op == parser.SUB {
			value = -value
		}
		return value, constant
	case *parser.Call:
		return math.Pi, e.Func.Name == "pi"
	case *parser.BinaryExpr:
		left, constantLeft := valueOf(e.LHS)
		right, constantRight := valueOf(e.RHS)
		if constantLeft && constantRight {
			return arithmetic(e.Op, left, right)
		}
	}
	return 0, false
}

// arithmetic calculates as Prometheus does.
func arithmetic(op parser.ItemType, left, right float64) (value float64, constant bool) {
	switch op {
	case parser.ADD:
		return left + right, true
	case parser.SUB:
		return left - right, true
	case parser.MUL:
		return left * right, true
	case parser.DIV:
		return left / right, true
	case parser.POW:
		return math.Pow(left, right), true
	case parser.MOD:
		return math.Mod(left, right), true
	case parser.ATAN2:
		return math.Atan2(left, right), true
	}
	return 0, false
}
