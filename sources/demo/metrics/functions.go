package metrics

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
)

// overTime are the functions of the samples in a range: nil means no result.
var overTime = map[string]func(values, times []float64) (float64, bool){
	"irate":           lastIncreasePerSecond,
	"deriv":           func(v, t []float64) (float64, bool) { s, _, ok := line(v, t); return s, ok },
	"changes":         func(v, _ []float64) (float64, bool) { return changes(v), true },
	"resets":          func([]float64, []float64) (float64, bool) { return 0, true },
	"avg_over_time":   func(v, _ []float64) (float64, bool) { return sum(v) / float64(len(v)), true },
	"sum_over_time":   func(v, _ []float64) (float64, bool) { return sum(v), true },
	"count_over_time": func(v, _ []float64) (float64, bool) { return float64(len(v)), true },
	"min_over_time":   func(v, _ []float64) (float64, bool) { return slices.Min(v), true },
	"max_over_time":   func(v, _ []float64) (float64, bool) { return slices.Max(v), true },
	"last_over_time":  func(v, _ []float64) (float64, bool) { return v[len(v)-1], true },
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}

func increasePerSecond(v, t []float64) (float64, bool) {
	n := len(v) - 1
	if n < 1 {
		return 0, false
	}
	return (v[n] - v[0]) / (t[n] - t[0]), true
}

// increase is by how much a value grew in a range. As in Prometheus it goes on to the
// ends of the range where the samples come near to them, else half an interval.
func increase(v, t []float64, from, to float64) (float64, bool) {
	n := len(v) - 1
	if n < 1 {
		return 0, false
	}
	beyond := func(gap float64) float64 {
		if gap > 1.1*scrapeInterval {
			return scrapeInterval / 2
		}
		return gap
	}
	length := t[n] - t[0]
	return (v[n] - v[0]) * (length + beyond(t[0]-from) + beyond(to-t[n])) / length, true
}

func lastIncreasePerSecond(v, t []float64) (float64, bool) {
	n := len(v)
	if n < 2 {
		return 0, false
	}
	return increasePerSecond(v[n-2:], t[n-2:])
}

func changes(v []float64) float64 {
	n := 0
	for i := 1; i < len(v); i++ {
		if v[i] != v[i-1] {
			n++
		}
	}
	return float64(n)
}

// line returns the slope of the line through values by least squares, and its value
// at the last time.
func line(v, t []float64) (perSecond, last float64, ok bool) {
	n := float64(len(v))
	if n < 2 {
		return 0, 0, false
	}
	end := t[len(t)-1]
	var x, y, xy, xx float64
	for i := range v {
		d := t[i] - end
		x, y, xy, xx = x+d, y+v[i], xy+d*v[i], xx+d*d
	}
	perSecond = (n*xy - x*y) / (n*xx - x*x)
	return perSecond, (y - perSecond*x) / n, true
}

// perSample are the functions of each value.
var perSample = map[string]func(float64) float64{
	"abs": math.Abs, "ceil": math.Ceil, "floor": math.Floor, "sqrt": math.Sqrt, "exp": math.Exp, "ln": math.Log,
}

func (e evaluation) call(x *parser.Call) (Result, error) {
	name := x.Func.Name
	if f, there := overTime[name]; there || name == "rate" || name == "increase" || name == "delta" || name == "predict_linear" {
		return e.overTime(x, name, f)
	}
	if f, there := perSample[name]; there {
		r, err := e.of(x.Args[0])
		return r.each(f), err
	}
	switch name {
	case "time":
		return scalar(e.at), nil
	case "vector":
		r, err := e.of(x.Args[0])
		r.Scalar = false
		return r, err
	case "absent":
		r, err := e.of(x.Args[0])
		if err != nil || len(r.Vector) > 0 {
			return Result{}, err
		}
		return Result{Vector: []Sample{{Labels: map[string]string{}, Value: 1}}}, nil
	case "clamp_min", "clamp_max":
		r, err := e.of(x.Args[0])
		if err != nil {
			return Result{}, err
		}
		limit, err := e.of(x.Args[1])
		if err != nil {
			return Result{}, err
		}
		bound := limit.Vector[0].Value
		if name == "clamp_min" {
			return r.each(func(v float64) float64 { return math.Max(v, bound) }), nil
		}
		return r.each(func(v float64) float64 { return math.Min(v, bound) }), nil
	case "histogram_quantile":
		return e.quantile(x)
	}
	return Result{}, unknown(name)
}

func (e evaluation) overTime(x *parser.Call, name string, f func(v, t []float64) (float64, bool)) (Result, error) {
	found, samples, times, end, err := e.window(x.Args[0])
	if err != nil {
		return Result{}, err
	}
	ahead, length := 0.0, x.Args[0].(*parser.MatrixSelector).Range.Seconds()
	if name == "predict_linear" {
		r, err := e.of(x.Args[1])
		if err != nil {
			return Result{}, err
		}
		ahead = r.Vector[0].Value
	}
	var r Result
	for i, one := range found {
		values := samples[i]
		var v float64
		var ok bool
		switch name {
		case "predict_linear":
			var slope, last float64
			slope, last, ok = line(values, times[i])
			v = last + slope*(end-times[i][len(times[i])-1]+ahead)
		case "rate":
			v, ok = increase(values, times[i], end-length, end)
			v /= length
		case "increase", "delta":
			v, ok = increase(values, times[i], end-length, end)
		default:
			v, ok = f(values, times[i])
		}
		if ok {
			r.Vector = append(r.Vector, Sample{without(one.Labels, model.MetricNameLabel), v})
		}
	}
	return r, nil
}

// bucket is a bucket of a histogram: how many values are up to its bound.
type bucket struct{ bound, count float64 }

// quantile interpolates within the bucket that has the quantile, as Prometheus does.
func (e evaluation) quantile(x *parser.Call) (Result, error) {
	q, err := e.of(x.Args[0])
	if err != nil {
		return Result{}, err
	}
	r, err := e.of(x.Args[1])
	if err != nil {
		return Result{}, err
	}
	histograms, labels := map[string][]bucket{}, map[string]map[string]string{}
	for _, s := range r.Vector {
		bound, err := strconv.ParseFloat(s.Labels["le"], 64)
		if err != nil {
			continue
		}
		rest := without(s.Labels, "le", model.MetricNameLabel)
		key := Key(rest)
		histograms[key], labels[key] = append(histograms[key], bucket{bound, s.Value}), rest
	}
	var all Result
	for _, key := range slices.Sorted(maps.Keys(histograms)) {
		all.Vector = append(all.Vector, Sample{labels[key], interpolate(q.Vector[0].Value, histograms[key])})
	}
	return all, nil
}

func interpolate(q float64, buckets []bucket) float64 {
	slices.SortFunc(buckets, func(a, b bucket) int {
		if a.bound < b.bound {
			return -1
		}
		return 1
	})
	last := buckets[len(buckets)-1]
	if !math.IsInf(last.bound, 1) || last.count == 0 || len(buckets) < 2 {
		return math.NaN()
	}
	rank := q * last.count
	i := slices.IndexFunc(buckets, func(b bucket) bool { return b.count >= rank })
	switch {
	case i < 0, i == len(buckets)-1:
		return buckets[len(buckets)-2].bound
	case i == 0:
		return buckets[0].bound * rank / buckets[0].count
	}
	below := buckets[i-1]
	return below.bound + (buckets[i].bound-below.bound)*(rank-below.count)/(buckets[i].count-below.count)
}
