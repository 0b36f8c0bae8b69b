package demo

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
)

// maxPoints is Prometheus's own limit for a series.
const maxPoints = 11_000

// curve returns the value of a rule's expression at a time (Unix seconds): low
// before the alert began, and then rising to the value at which it fired.
func (a *activeAlert) curve(at float64) float64 {
	rise := 1 / (1 + math.Exp(-(at-float64(a.since.Unix()))/120))
	return a.worth() * (0.1 + 0.9*rise)
}

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

// query returns the current value of a rule's expression for each of its
// alerts. Other expressions have no series here.
func (p *Prometheus) query(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		badData(w, err)
		return
	}
	c := p.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	at := seconds(c.now())
	if r.Form.Has("time") {
		t, err := instant(r.Form, "time")
		if err != nil {
			badData(w, err)
			return
		}
		at = t
	}
	result := []obj{}
	for _, a := range c.active {
		if a.rule.query == r.Form.Get("query") {
			result = append(result, obj{"metric": a.labels, "value": sample(at, a.curve(at))})
		}
	}
	success(w, obj{"resultType": "vector", "result": result})
}

func (p *Prometheus) queryRange(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		badData(w, err)
		return
	}
	start, step, points, err := span(r.Form)
	if err != nil {
		badData(w, err)
		return
	}
	c := p.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	result := []obj{}
	for _, a := range c.active {
		if a.rule.query != r.Form.Get("query") {
			continue
		}
		values := make([][]any, 0, points)
		for n := range points {
			at := start + float64(n)*step
			values = append(values, sample(at, a.curve(at)))
		}
		result = append(result, obj{"metric": a.labels, "values": values})
	}
	success(w, obj{"resultType": "matrix", "result": result})
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
