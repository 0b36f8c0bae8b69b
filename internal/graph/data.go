package graph

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"firstline/internal/expression"
	"firstline/sources"
)

// MostDrawn is how many series are drawn at most.
const MostDrawn = 8

// Data is what is drawn of an answer.
type Data struct {
	// Lines are the series that are drawn, the worst first. Total is how many there
	// are.
	Lines []Line
	Total int
	// Unmatched: no series of the answer is one of the alerts', so that all are drawn.
	Unmatched bool
	// Shared are the labels that all have, as text.
	Shared string
	// Low and High are the least and the greatest value that is drawn, where there is
	// any.
	Low, High float64
	Any       bool
	// Infinite, Huge and Odd count the series that are drawn which have values without
	// a position on a scale: infinite ones, numbers that are too great, and NaN.
	Infinite, Huge, Odd int
	// Histograms counts series of native histograms, which are not drawn. Missing says
	// why series may be missing.
	Histograms int
	Missing    string
	Range      sources.Range
}

// Line is one series that is drawn.
type Line struct {
	// Name is the labels in which it differs from the others.
	Name   string
	Points []sources.Point
	// Last is its value at the end of the range, where it has one there.
	Last    float64
	Current bool
	// Beyond: the last value is beyond the threshold.
	Beyond bool
}

// Select chooses what to draw of an answer.
func Select(q Question, answer sources.Answer, r sources.Range) Data {
	d, belonging := choose(q, answer, r)
	ranked := rank(belonging, q.Parts.Threshold, r)
	var differ []string
	differ, d.Shared = compare(belonging)
	d.Low, d.High = math.Inf(1), math.Inf(-1)
	for _, s := range ranked[:min(len(ranked), MostDrawn)] {
		line := Line{Name: labelText(s.series.Labels, differ), Points: s.series.Points, Last: s.last, Current: s.current}
		line.Beyond = s.current && q.Parts.Threshold != nil && q.Parts.Threshold.Beyond(s.last)
		d.Lines = append(d.Lines, line)
		d.measure(line.Points)
	}
	return d
}

// choose finds the series of the alerts, or takes all where none is known to be.
func choose(q Question, answer sources.Answer, r sources.Range) (Data, []*sources.Series) {
	d := Data{Histograms: answer.Histograms, Missing: answer.Extent.Missing, Range: r}
	belonging := make([]*sources.Series, 0, len(answer.Series))
	for i := range answer.Series {
		if q.Belongs(answer.Series[i].Labels) {
			belonging = append(belonging, &answer.Series[i])
		}
	}
	if len(belonging) == 0 && len(answer.Series) > 0 {
		d.Unmatched = true
		for i := range answer.Series {
			belonging = append(belonging, &answer.Series[i])
		}
	}
	d.Total = len(belonging)
	return d, belonging
}

// Worst has one line: at each time the worst value of all series.
func Worst(q Question, answer sources.Answer, r sources.Range) Data {
	d, belonging := choose(q, answer, r)
	worst := map[int64]sources.Point{}
	for _, s := range belonging {
		for _, p := range s.Points {
			at := p.At.UnixMilli()
			if other, has := worst[at]; !has || badness(p.Value, q.Parts.Threshold) > badness(other.Value, q.Parts.Threshold) {
				worst[at] = p
			}
		}
	}
	line := Line{}
	for _, at := range slices.Sorted(maps.Keys(worst)) {
		line.Points = append(line.Points, worst[at])
	}
	_, d.Shared = compare(belonging)
	d.Low, d.High = math.Inf(1), math.Inf(-1)
	d.Lines = []Line{line}
	d.measure(line.Points)
	return d
}

// measure notes how great the values of a series are.
func (d *Data) measure(points []sources.Point) {
	var infinite, huge, odd int
	for _, p := range points {
		switch {
		case Drawable(p.Value):
			d.Low, d.High, d.Any = min(d.Low, p.Value), max(d.High, p.Value), true
		case math.IsNaN(p.Value):
			odd = 1
		case math.IsInf(p.Value, 0):
			infinite = 1
		default:
			huge = 1
		}
	}
	d.Infinite, d.Huge, d.Odd = d.Infinite+infinite, d.Huge+huge, d.Odd+odd
}

// largest is the greatest value that is drawn: one near the end of what numbers can be
// leaves no room for a scale.
const largest = 1e300

// Drawable reports whether a value has its position on a scale.
func Drawable(value float64) bool { return math.Abs(value) <= largest }

// ranked is a series with what it is sorted by.
type ranked struct {
	series     *sources.Series
	last       float64
	current    bool
	now, worst float64
}

// rank sorts series: the worst now is first, and of equals the one that was worse. A
// series without a value at the end of the range comes after those with one.
func rank(all []*sources.Series, threshold *expression.Threshold, r sources.Range) []ranked {
	list := make([]ranked, 0, len(all))
	for _, s := range all {
		one := ranked{series: s, worst: math.Inf(-1), now: math.Inf(-1), last: math.NaN()}
		for _, p := range s.Points {
			one.worst = max(one.worst, badness(p.Value, threshold))
		}
		if n := len(s.Points); n > 0 {
			one.last = s.Points[n-1].Value
			one.current = r.To.Sub(s.Points[n-1].At) < r.Step
			one.now = badness(one.last, threshold)
		}
		list = append(list, one)
	}
	slices.SortStableFunc(list, func(a, b ranked) int {
		if a.current != b.current {
			if a.current {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.now, a.now), cmp.Compare(b.worst, a.worst))
	})
	return list
}

// badness grows the further a value is on the bad side of the threshold.
func badness(value float64, threshold *expression.Threshold) float64 {
	if math.IsNaN(value) {
		return math.Inf(-1)
	}
	if threshold == nil {
		return value
	}
	switch threshold.Operator {
	case "<", "<=":
		return -value
	case "==":
		return -math.Abs(value - threshold.Value)
	case "!=":
		return math.Abs(value - threshold.Value)
	}
	return value
}

// compare returns the names of the labels in which series differ, and the others as
// text.
func compare(all []*sources.Series) (differ []string, same string) {
	names := map[string]bool{}
	for _, s := range all {
		for name := range s.Labels {
			names[name] = true
		}
	}
	var equal []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if slices.ContainsFunc(all, func(s *sources.Series) bool { return s.Labels[name] != all[0].Labels[name] }) {
			differ = append(differ, name)
		} else {
			equal = append(equal, name)
		}
	}
	if len(all) > 0 {
		same = labelText(all[0].Labels, equal)
	}
	return differ, same
}

// labelText writes labels of some names, that of the metric first.
func labelText(labels map[string]string, names []string) string {
	var metric string
	var parts []string
	for _, name := range names {
		switch value, has := labels[name]; {
		case name == "__name__":
			metric = value
		case has:
			parts = append(parts, name+"="+value)
		default:
			parts = append(parts, "no "+name)
		}
	}
	if metric != "" {
		parts = append([]string{metric}, parts...)
	}
	return strings.Join(parts, " ")
}

// Connected reports whether a line goes from a point to the next: what is missing
// between them is not bridged.
func Connected(a, b sources.Point, step time.Duration) bool {
	return Drawable(a.Value) && Drawable(b.Value) && b.At.Sub(a.At) < step+step/2
}

// At is the value of a line at a step of the range; false: it has none there.
func (l Line) At(at time.Time, step time.Duration) (value float64, has bool) {
	i, _ := slices.BinarySearchFunc(l.Points, at.Add(-step/2), func(p sources.Point, t time.Time) int { return p.At.Compare(t) })
	if i == len(l.Points) || l.Points[i].At.Sub(at) > step/2 {
		return 0, false
	}
	return l.Points[i].Value, true
}

// Worse reports whether a value is worse than another, as the threshold has it.
func (q Question) Worse(value, other float64) bool {
	return badness(value, q.Parts.Threshold) > badness(other, q.Parts.Threshold)
}
