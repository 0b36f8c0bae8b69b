package graph

import (
	"math"
	"time"

	"firstline/internal/expression"
	"firstline/sources"
)

// steps are the times between two points of a graph.
var steps = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute,
	5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// RangeOf is what to ask for: a span of time up to a time, in at most so many
// points. It begins and ends at multiples of its step, so that the points stay
// where they are while time goes on.
func RangeOf(span time.Duration, to time.Time, points int) sources.Range {
	step := steps[len(steps)-1]
	for _, s := range steps {
		if span/s <= time.Duration(max(points, 1)) {
			step = s
			break
		}
	}
	to = to.Truncate(step)
	return sources.Range{From: to.Add(-span).Truncate(step), To: to, Step: step}
}

// Scale is the vertical axis.
type Scale struct {
	Low, High float64
	// Ticks are the values to write beside it, from low to high.
	Ticks []float64
	// Above and Below: the threshold is too far away to be on it.
	Above, Below bool
}

// farAway is how many times as high as the values a scale may get by the threshold.
const farAway = 20

// ScaleOf is a scale on which the values and the threshold are, with about so many
// ticks.
func ScaleOf(d Data, threshold *expression.Threshold, unit expression.Unit, ticks int) Scale {
	low, high := d.Low, d.High
	if !d.Any {
		low, high = 0, 0
		if threshold != nil && Drawable(threshold.Value) {
			low, high = threshold.Value, threshold.Value
		}
	}
	var s Scale
	if threshold != nil {
		// Values that never change have their own size as their height.
		height := max(high-low, math.Max(math.Abs(low), math.Abs(high))/2)
		switch v := threshold.Value; {
		case v > largest || d.Any && height > 0 && v-high > height*farAway:
			s.Above = true
		case v < -largest || d.Any && height > 0 && low-v > height*farAway:
			s.Below = true
		default:
			low, high = min(low, v), max(high, v)
		}
	}
	if low > 0 && low < (high-low)*2 {
		low = 0 // near enough to show where nothing is
	}
	if high == low {
		edge := max(math.Abs(high)/2, 1)
		if low >= 0 && low < edge {
			low = 0
		} else {
			low -= edge
		}
		high += edge
	}
	step := stepOf(high/float64(max(ticks, 1))-low/float64(max(ticks, 1)), unit)
	if step <= 0 || math.IsInf(step, 0) || math.IsInf(high-low, 0) {
		s.Low, s.High, s.Ticks = low, high, []float64{low, high}
		return s
	}
	s.Low, s.High = math.Floor(low/step)*step, math.Ceil(high/step)*step
	for i := range 100 {
		tick := s.Low + float64(i)*step
		if tick > s.High+step/2 {
			break
		}
		s.Ticks = append(s.Ticks, tick)
	}
	return s
}

// stepOf is a round number that is no less than the least.
func stepOf(least float64, unit expression.Unit) float64 {
	if unit == expression.Bytes || unit == expression.BytesPerSecond {
		power := 1.0
		for power*1024 <= least && power < 1e300 {
			power *= 1024
		}
		return power * round(least/power)
	}
	return round(least)
}

func round(least float64) float64 {
	if least <= 0 {
		return 0
	}
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, n := range []float64{1, 2, 2.5, 5} {
		if n*power >= least {
			return n * power
		}
	}
	return 10 * power
}
