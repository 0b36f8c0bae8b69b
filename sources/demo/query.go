package demo

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"firstline/sources/demo/metrics"
)

// maxPoints is Prometheus's own limit for a series.
const maxPoints = 11_000

// worth returns the value at which the alert fires.
func (a *activeAlert) worth() float64 {
	v, err := strconv.ParseFloat(a.value, 64)
	if err != nil {
		return 1
	}
	return v
}

func sample(at, value float64) []any {
	return []any{at, strconv.FormatFloat(value, 'g', 6, 64)}
}

func badData(w http.ResponseWriter, err error) {
	writeJSON(w, http.StatusBadRequest, obj{"status": "error", "errorType": "bad_data", "error": err.Error()})
}

// query evaluates an expression at a time.
func (p *Prometheus) query(w http.ResponseWriter, r *http.Request) {
	expression, err := asked(r)
	if err != nil {
		badData(w, err)
		return
	}
	at := seconds(p.cluster.now())
	if r.Form.Has("time") {
		if at, err = instant(r.Form, "time"); err != nil {
			badData(w, err)
			return
		}
	}
	found, err := metrics.Evaluate(expression, at, p.cluster.series())
	if err != nil {
		badData(w, err)
		return
	}
	if found.Scalar {
		success(w, obj{"resultType": "scalar", "result": sample(at, found.Vector[0].Value)})
		return
	}
	result := []obj{}
	for _, s := range found.Vector {
		result = append(result, obj{"metric": s.Labels, "value": sample(at, s.Value)})
	}
	success(w, obj{"resultType": "vector", "result": result})
}

// queryRange evaluates an expression at each step of a range.
func (p *Prometheus) queryRange(w http.ResponseWriter, r *http.Request) {
	expression, err := asked(r)
	if err != nil {
		badData(w, err)
		return
	}
	start, step, points, err := span(r.Form)
	if err != nil {
		badData(w, err)
		return
	}
	series := p.cluster.series()
	values := map[string][][]any{}
	result := []obj{}
	for n := range points {
		at := start + float64(n)*step
		found, err := metrics.Evaluate(expression, at, series)
		if err != nil {
			badData(w, err)
			return
		}
		for _, s := range found.Vector {
			key := metrics.Key(s.Labels)
			if values[key] == nil {
				result = append(result, obj{"metric": s.Labels, "values": key})
			}
			values[key] = append(values[key], sample(at, s.Value))
		}
	}
	for _, one := range result {
		one["values"] = values[one["values"].(string)]
		if one["metric"].(map[string]string) == nil {
			one["metric"] = obj{}
		}
	}
	success(w, obj{"resultType": "matrix", "result": result})
}

// asked parses the expression of a request.
func asked(r *http.Request) (parser.Expr, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	expression, err := metrics.Parse(r.Form.Get("query"))
	if err != nil {
		return nil, fmt.Errorf("invalid parameter \"query\": %w", err)
	}
	return expression, nil
}

// series returns all metrics of the story.
func (c *cluster) series() []metrics.Series {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Concat(c.metrics, c.alertSeries())
}

// span parses a range: its start and step in seconds, and the number of points.
func span(form url.Values) (start, step float64, points int, err error) {
	if start, err = instant(form, "start"); err != nil {
		return 0, 0, 0, err
	}
	end, err := instant(form, "end")
	if err != nil {
		return 0, 0, 0, err
	}
	if step, err = width(form.Get("step")); err != nil {
		return 0, 0, 0, err
	}
	switch {
	case end < start:
		return 0, 0, 0, errors.New(`invalid parameter "end": end timestamp must not be before start time`)
	case step <= 0:
		return 0, 0, 0, errors.New(`invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer`)
	case (end-start)/step > maxPoints:
		return 0, 0, 0, errors.New("exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)")
	}
	return start, step, int((end-start)/step) + 1, nil
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// instant parses a time as Prometheus does: Unix seconds or RFC 3339.
func instant(form url.Values, name string) (float64, error) {
	text := form.Get(name)
	if v, err := strconv.ParseFloat(text, 64); err == nil && finite(v) {
		return v, nil
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return seconds(t), nil
	}
	return 0, fmt.Errorf("invalid parameter %q: cannot parse %q to a valid timestamp", name, text)
}

// width parses a step: seconds, or a duration such as 15s.
func width(text string) (float64, error) {
	if v, err := strconv.ParseFloat(text, 64); err == nil && finite(v) {
		return v, nil
	}
	if d, err := model.ParseDuration(text); err == nil {
		return time.Duration(d).Seconds(), nil
	}
	return 0, fmt.Errorf("invalid parameter \"step\": cannot parse %q to a valid duration", text)
}
