package change

import (
	"slices"
	"time"

	"firstline/sources"
)

// spoken are the points of a series, and what it says.
type spoken struct {
	text   string
	points []sources.Point
}

// gap is the time without a value between two points of a series, in milliseconds.
type gap struct {
	from, to int64
	text     string
}

// away finds what other series said while one had no value.
type away struct {
	said  []spoken
	step  time.Duration
	asked map[gap]bool
}

// others reports whether the query had other series in a gap. Without any, the data
// has a gap, and what goes on as before did not change. A series that went away at
// the same time, and came back sooner, does not count; nor does one that says the
// same and was there before or after.
func (a *away) others(g gap) bool {
	found, asked := a.asked[g]
	if !asked {
		found = slices.ContainsFunc(a.said, func(s spoken) bool { return a.other(s, g) })
		a.asked[g] = found
	}
	return found
}

func (a *away) other(s spoken, g gap) bool {
	i := after(s.points, g.from)
	if i == len(s.points) || s.points[i].At.UnixMilli() >= g.to {
		return false
	}
	if i > 0 {
		left, back := s.points[i-1], s.points[i]
		if left.At.UnixMilli() == g.from && s.text == g.text {
			return false
		}
		if !a.lacks(left, back) && i+1 < len(s.points) {
			left, back = back, s.points[i+1] // it left a step later
		}
		step := a.step.Milliseconds()
		began, ended := left.At.UnixMilli()-g.from, back.At.UnixMilli()-g.to
		if a.lacks(left, back) && same(left.Value, back.Value) && max(began, -began) <= step && ended <= step {
			return false
		}
	}
	if s.text != g.text {
		return true
	}
	n := after(s.points, g.to-1)
	return n == len(s.points) || s.points[n].At.UnixMilli() != g.to
}

// lacks reports whether there are steps without a value between two points.
func (a *away) lacks(before, after sources.Point) bool {
	return after.At.Sub(before.At) > a.step+a.step/2
}

// after is the index of the first point after a time.
func after(points []sources.Point, at int64) int {
	i, _ := slices.BinarySearchFunc(points, at, func(p sources.Point, at int64) int {
		if p.At.UnixMilli() <= at {
			return -1
		}
		return 1
	})
	return i
}

// first is the time of the first point of all series.
func first(all []sources.Series) time.Time {
	var at time.Time
	for _, s := range all {
		if len(s.Points) > 0 && (at.IsZero() || s.Points[0].At.Before(at)) {
			at = s.Points[0].At
		}
	}
	return at
}
