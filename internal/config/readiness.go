package config

import (
	"math"
	"time"

	"firstline/internal/readiness"
)

// readiness returns the limits of [readiness].
func (b *builder) readiness(f fileReadiness) readiness.Limits {
	l := readiness.Defaults()
	const day = 24 * time.Hour
	whole := func(key string, value *int, least, most int, set func(int)) {
		switch {
		case value == nil:
		case *value < least || *value > most:
			b.fault([]string{"readiness", key}, "%s is %d, but must be from %d to %d", key, *value, least, most)
		default:
			set(*value)
		}
	}
	number := func(key string, value *float64, most float64, set func(float64)) {
		switch {
		case value == nil:
		case math.IsNaN(*value) || *value < 0 || *value > most:
			b.fault([]string{"readiness", key}, "%s is %v, but must be from 0 to %v", key, *value, most)
		default:
			set(*value)
		}
	}
	whole("window_days", f.WindowDays, 7, 180, func(n int) { l.Window = time.Duration(n) * day })
	whole("back_days", f.BackDays, 1, 90, func(n int) { l.Back = n })
	whole("ahead_days", f.AheadDays, 1, 60, func(n int) { l.Ahead = time.Duration(n) * day })
	whole("levels", f.Levels, 1, 20, func(n int) { l.Levels = n })
	whole("people", f.People, 1, 20, func(n int) { l.People = n })
	const mostAWeek = 10_000
	number("interruptions", f.Interruptions, mostAWeek, func(v float64) { l.Interruptions = v })
	number("sleep", f.Sleep, mostAWeek, func(v float64) { l.Sleep = v })
	number("contained", f.Contained, 100, func(v float64) { l.Contained = v / 100 })
	number("unexplained", f.Unexplained, 100, func(v float64) { l.Unexplained = v / 100 })
	number("never_actionable", f.NeverActionable, 100, func(v float64) { l.NeverActionable = v / 100 })
	number("budget", f.Budget, 100, func(v float64) { l.Budget = v / 100 })
	return l
}
