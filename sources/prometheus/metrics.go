package prometheus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"firstline/internal/promapi"
	"firstline/sources"
)

const (
	// maxSeries and maxPoints bound what is read of one answer. Prometheus itself
	// refuses more than 11,000 points for a series.
	maxSeries = 5_000
	maxPoints = 2_000_000
	// queryTimeout is when the server gives up, before the client does.
	queryTimeout = "25s"
)

var _ sources.Metrics = (*Client)(nil)

// Query evaluates an expression at a time, by /api/v1/query.
func (c *Client) Query(ctx context.Context, expression string, at time.Time) (sources.Answer, error) {
	return c.evaluate(ctx, "/api/v1/query", url.Values{"query": {expression}, "time": {unix(at)}})
}

// QueryRange evaluates an expression at each step of a range, by /api/v1/query_range.
func (c *Client) QueryRange(ctx context.Context, expression string, r sources.Range) (sources.Answer, error) {
	return c.evaluate(ctx, "/api/v1/query_range", url.Values{
		"query": {expression}, "start": {unix(r.From)}, "end": {unix(r.To)}, "step": {strconv.FormatFloat(r.Step.Seconds(), 'f', -1, 64)},
	})
}

// unix writes a time as Prometheus reads it: in seconds.
func unix(t time.Time) string { return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', -1, 64) }

func (c *Client) evaluate(ctx context.Context, path string, query url.Values) (sources.Answer, error) {
	const doing = "asking for metrics"
	query.Set("timeout", queryTimeout)
	var a answerReader
	err := c.api.GetStream(ctx, doing, path, query, func(s *promapi.Stream) error { return a.read(c.api, doing, s) })
	if err != nil {
		return sources.Answer{}, err
	}
	return a.answer(), nil
}

// answerReader reads the answer to one query.
type answerReader struct {
	series []sources.Series
	// scalar are the two parts of a scalar: its time and its value.
	scalar []json.RawMessage
	kind   string
	// points counts those that were read, omitted the series beyond a limit, odd
	// those that can't be decoded, histograms those with native histograms.
	points, omitted, odd, histograms int
	// listed means that there was a list of series.
	listed          bool
	status, message string
	warnings        []string
}

func (a *answerReader) read(api *promapi.Client, doing string, s *promapi.Stream) error {
	err := s.Object(func(name string) error { return a.member(s, name) })
	if err == nil {
		err = s.End()
	}
	if err = answered(api, doing, s, a.status, a.message, err); err != nil {
		return err
	}
	if !a.listed || a.odd > 0 && len(a.series) == 0 && a.histograms == 0 {
		return api.OtherForm(doing, nil)
	}
	switch a.kind {
	case "matrix", "vector":
		if len(a.scalar) == 0 {
			return nil
		}
	case "scalar":
		if point, ok := pointOf(a.scalar); ok && len(a.series) == 0 {
			a.series = []sources.Series{{Points: []sources.Point{point}}}
			return nil
		}
	case "string":
		return api.Failure(doing, sources.Rejected, "the expression is a text and has no values", nil)
	}
	return api.OtherForm(doing, nil)
}

func (a *answerReader) member(s *promapi.Stream, name string) error {
	switch {
	case name == "status":
		return s.Decode(&a.status)
	case name == "error":
		return s.Decode(&a.message)
	case name == "warnings":
		return s.Decode(&a.warnings)
	case name != "data":
		return s.Skip()
	case s.Peek() != '{':
		return s.Decode(&struct{}{}) // null, or another form
	}
	return s.Object(func(name string) error {
		switch {
		case name == "resultType":
			return s.Decode(&a.kind)
		case name != "result":
			return s.Skip()
		case s.Peek() != '[':
			return s.Decode(&[]struct{}{})
		}
		s.Forget()
		a.listed = true
		return s.List(func() error { return a.element(s) })
	})
}

// element reads a series, or a part of a scalar.
func (a *answerReader) element(s *promapi.Stream) error {
	e, err := s.Element()
	if err != nil {
		return err
	}
	if !json.Valid(e.Raw) {
		return promapi.ErrDamaged
	}
	if e.Raw[0] != '{' {
		a.scalar = append(a.scalar, append(json.RawMessage(nil), e.Raw...))
		return nil
	}
	if len(a.series) >= maxSeries || a.points >= maxPoints {
		a.omitted++
		return nil
	}
	var one struct {
		Metric     promapi.Texts     `json:"metric"`
		Value      []json.RawMessage `json:"value"`
		Values     points            `json:"values"`
		Histogram  json.RawMessage   `json:"histogram"`
		Histograms json.RawMessage   `json:"histograms"`
	}
	if err := json.Unmarshal(e.Raw, &one); err != nil {
		a.odd++
		return nil //nolint:nilerr // one odd series hides no others
	}
	if one.Histogram != nil || one.Histograms != nil {
		a.histograms++
	}
	if one.Value != nil {
		point, ok := pointOf(one.Value)
		if !ok {
			a.odd++
			return nil
		}
		one.Values = append(one.Values, point)
	}
	if len(one.Values) > 0 {
		a.points += len(one.Values)
		a.series = append(a.series, sources.Series{Labels: one.Metric, Points: one.Values})
	} else if one.Histogram == nil && one.Histograms == nil {
		a.odd++
	}
	return nil
}

func (a *answerReader) answer() sources.Answer {
	answer := sources.Answer{Series: a.series, Extent: sources.Whole, Histograms: a.histograms}
	var missing []string
	if a.omitted > 0 {
		missing = append(missing, fmt.Sprintf("only %d of %d series are read", len(a.series), len(a.series)+a.omitted))
	}
	if a.odd > 0 {
		missing = append(missing, fmt.Sprintf("%d series have an unknown form", a.odd))
	}
	if len(a.warnings) > 0 {
		missing = append(missing, "the server warns: "+a.warnings[0])
	}
	answer.Extent.Missing = strings.Join(missing, ", and ")
	return answer
}

// points are the values of a series: a list of pairs, of a time in seconds and a
// value.
type points []sources.Point

// UnmarshalJSON decodes a list of pairs.
func (p *points) UnmarshalJSON(b []byte) error {
	var pairs [][]json.RawMessage
	if err := json.Unmarshal(b, &pairs); err != nil {
		return fmt.Errorf("reading values: %w", err)
	}
	list := make(points, 0, len(pairs))
	for _, pair := range pairs {
		point, ok := pointOf(pair)
		if !ok {
			return errors.New("a value has an unknown form")
		}
		list = append(list, point)
	}
	*p = list
	return nil
}

// pointOf decodes a pair of a time in seconds and a value in a string, which may be
// NaN, +Inf or -Inf.
func pointOf(pair []json.RawMessage) (sources.Point, bool) {
	if len(pair) != 2 || len(pair[1]) < 2 || pair[1][0] != '"' {
		return sources.Point{}, false
	}
	at, err := strconv.ParseFloat(string(pair[0]), 64)
	const farthest = 1e11 // seconds; beyond is no time of a person's
	if err != nil || !(at > -farthest && at < farthest) {
		return sources.Point{}, false
	}
	value, err := strconv.ParseFloat(string(pair[1][1:len(pair[1])-1]), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return sources.Point{}, false
	}
	return sources.Point{At: time.UnixMilli(int64(at * 1000)), Value: value}, true
}
