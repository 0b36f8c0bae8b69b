package sources

import (
	"context"
	"time"
)

// Metrics answers queries in PromQL. sources/prometheus implements it. Errors are
// *Error.
type Metrics interface {
	// Source returns the source that it asks.
	Source() Source
	// Query evaluates an expression at a time. Each series of its Answer has one
	// point, and a scalar is one series without labels.
	Query(ctx context.Context, expression string, at time.Time) (Answer, error)
	// QueryRange evaluates an expression at each step of a range.
	QueryRange(ctx context.Context, expression string, r Range) (Answer, error)
}

// Range is a range of time with both its ends, and the time between two points in
// it.
type Range struct {
	From, To time.Time
	Step     time.Duration
}

// Answer is what an expression evaluates to.
type Answer struct {
	Series []Series
	// Extent says why series may be missing or values wrong: a limit, or a warning
	// of the server.
	Extent Extent
	// Histograms counts the series with values that are native histograms, which
	// have no points here.
	Histograms int
}

// Series are the values of one label set.
type Series struct {
	// Labels are as sent. __name__ is among them where the expression has a metric's
	// name.
	Labels map[string]string
	// Points are in the order of time, without the times at which it had no value.
	Points []Point
}

// Point is a value at a time. It may be infinite or no number.
type Point struct {
	At    time.Time
	Value float64
}
