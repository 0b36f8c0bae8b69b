package readiness

import (
	"time"

	"firstline/sources"
)

// Limits are what a service needs. [readiness] of the configuration sets them.
type Limits struct {
	// Window is the time in which incidents are counted.
	Window time.Duration
	// Back is for how many days a service under first line may be beyond a limit before
	// it should go back to its owner.
	Back int
	// Ahead is how far ahead there must be no gap.
	Ahead time.Duration
	// Levels is how many levels there must be, People how many on each of them.
	Levels, People int
	// Interruptions and Sleep are how many interruptions a week may have, all and in
	// sleep hours.
	Interruptions, Sleep float64
	// Contained is the least part that first line contains; Unexplained and
	// NeverActionable are the most of the escalations and incidents. All are from 0 to 1.
	Contained, Unexplained, NeverActionable float64
	// Budget is the least part of an error budget that is left, from 0 to 1.
	Budget float64
}

const day = 24 * time.Hour

// Defaults returns the limits of a configuration that sets none.
func Defaults() Limits {
	return Limits{
		Window: 28 * day, Back: 14, Ahead: 30 * day, Levels: 2, People: 2,
		Interruptions: 5, Sleep: 1, Contained: 0.6, Unexplained: 0.1, NeverActionable: 0.1, Budget: 0.1,
	}
}

// Spans returns the spans whose loads a service is judged by, up to a time: the window,
// and the same window on each day before, of those after which it should go back.
func (l Limits) Spans(until time.Time) []sources.Span {
	spans := make([]sources.Span, max(l.Back, 1))
	for n := range spans {
		end := until.Add(-time.Duration(n) * day)
		spans[n] = sources.Span{Since: end.Add(-l.Window), Until: end}
	}
	return spans
}
