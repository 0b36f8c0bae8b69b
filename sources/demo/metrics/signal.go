// Package metrics evaluates PromQL over values that move in time by themselves: the
// metrics of the demo's Prometheus. It knows the usual functions, and refuses others.
package metrics

import "math"

// Signal is a value that moves in time, in Unix seconds: the sum of its parts.
type Signal []Part

// Part is a part of a signal. total is its integral from the demo's start to a time,
// so that a counter and its rate agree.
type Part struct {
	at, total func(t float64) float64
}

// Steady is a part that never changes.
func Steady(value float64) Part {
	return Part{func(float64) float64 { return value }, func(t float64) float64 { return value * t }}
}

// Wave goes up and down by height once in period seconds.
func Wave(height, period, phase float64) Part {
	w := 2 * math.Pi / period
	return Part{
		func(t float64) float64 { return height * math.Sin(w*t+phase) },
		func(t float64) float64 { return -height / w * math.Cos(w*t+phase) },
	}
}

// Rise goes from 0 to height around a time, mostly within width seconds.
func Rise(height, around, width float64) Part {
	w := width / 6
	return Part{
		func(t float64) float64 { return height / (1 + math.Exp(-(t-around)/w)) },
		func(t float64) float64 {
			x := (t - around) / w
			if x > 30 { // where log1p(exp(x)) is x, and exp may be infinite
				return height * w * x
			}
			return height * w * math.Log1p(math.Exp(x))
		},
	}
}

// Between is height from one time until another, and 0 at all others.
func Between(height, from, to float64) Part {
	return Part{
		func(t float64) float64 {
			if t >= from && t < to {
				return height
			}
			return 0
		},
		func(t float64) float64 { return height * (min(max(t, from), to) - from) },
	}
}

// Slope is 0 before a time, and then changes by a second.
func Slope(perSecond, from float64) Part {
	return Part{
		func(t float64) float64 { return perSecond * max(0, t-from) },
		func(t float64) float64 { return perSecond / 2 * max(0, t-from) * max(0, t-from) },
	}
}

// Jitter are small waves that look like noise, different for each seed.
func Jitter(height float64, seed int) Signal {
	s := float64(seed)
	return Signal{
		Wave(height/2, 97+7*math.Mod(s, 5), s), Wave(height/3, 211+13*math.Mod(s, 7), 2*s), Wave(height/4, 1013+31*math.Mod(s, 3), 3*s),
	}
}

func (s Signal) at(t float64) float64 {
	sum := 0.0
	for _, p := range s {
		sum += p.at(t)
	}
	return sum
}

func (s Signal) total(t float64) float64 {
	sum := 0.0
	for _, p := range s {
		sum += p.total(t)
	}
	return sum
}

// Times is the signal multiplied by a number.
func (s Signal) Times(factor float64) Signal {
	scaled := make(Signal, len(s))
	for i, p := range s {
		scaled[i] = Part{
			func(t float64) float64 { return factor * p.at(t) },
			func(t float64) float64 { return factor * p.total(t) },
		}
	}
	return scaled
}
