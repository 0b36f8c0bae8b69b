package pagerduty

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"firstline/sources"
)

var _ sources.Analytics = (*Client)(nil)

// analyticsPath is the beginning of the paths of Analytics, which are read by POST.
const analyticsPath = "/analytics/"

// analyzedPage is how many incidents Analytics lists at a time, analyzedPages the most
// of such pages that are read.
const (
	analyzedPage  = 1000
	analyzedPages = 30
)

// analyzedAnswer is an incident as Analytics sends it.
type analyzedAnswer struct {
	id      string
	created time.Time
	metrics map[string]float64
}

// errNotAnalyzed is why an incident of Analytics is of no use.
var errNotAnalyzed = errors.New("it has no id")

// UnmarshalJSON takes all numbers, whatever their names.
func (a *analyzedAnswer) UnmarshalJSON(b []byte) error {
	var fields map[string]json.RawMessage
	if !isObject(b) || !unmarshal(b, &fields) {
		return errNotAnalyzed
	}
	var id text
	var created moment
	_, _ = id.UnmarshalJSON(fields["id"]), created.UnmarshalJSON(fields["created_at"]) // they never fail
	if !plainID.MatchString(string(id)) {
		return errNotAnalyzed
	}
	a.id, a.created, a.metrics = string(id), created.Time, map[string]float64{}
	for name, raw := range fields {
		if f, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64); err == nil && f >= 0 && f < 1e15 {
			a.metrics[name] = f
		}
		switch string(raw) {
		case "true":
			a.metrics[name] = 1
		case "false":
			a.metrics[name] = 0
		}
	}
	return nil
}

func (a *analyzedAnswer) incident() sources.AnalyzedIncident {
	return sources.AnalyzedIncident{ID: a.id, CreatedAt: a.created, Metrics: a.metrics}
}

type analyzedFilters struct {
	Start    string   `json:"created_at_start"`
	End      string   `json:"created_at_end"`
	Services []string `json:"service_ids"`
}

type analyzedQuestion struct {
	Filters analyzedFilters `json:"filters"`
	Limit   int             `json:"limit"`
	Order   string          `json:"order"`
	OrderBy string          `json:"order_by"`
	After   string          `json:"starting_after,omitempty"`
}

// AnalyzedIncidents reads what Analytics says of the incidents of services that began
// in a span.
func (c *Client) AnalyzedIncidents(ctx context.Context, span sources.Span, serviceIDs []string) ([]sources.AnalyzedIncident, sources.Extent, error) {
	if err := c.checkIDs(analytics.doing(), serviceIDs...); err != nil {
		return nil, sources.Extent{}, err
	}
	l, err := askUnlessRefused(c, analytics, "", func() (listed[analyzedAnswer], error) {
		return c.analyzed(sharing(ctx), analyzedQuestion{
			Filters: analyzedFilters{span.Since.UTC().Format(time.RFC3339), span.Until.UTC().Format(time.RFC3339), serviceIDs},
			Limit:   analyzedPage, Order: "asc", OrderBy: "created_at",
		})
	})
	if err != nil {
		return nil, sources.Extent{}, err
	}
	if l.more {
		l.missing = cmp.Or(l.missing, fmt.Sprintf("only the oldest %d were read", len(l.items)))
	}
	return convert(l.items, (*analyzedAnswer).incident), l.extent(), nil
}

func (c *Client) analyzed(ctx context.Context, question analyzedQuestion) (l listed[analyzedAnswer], err error) {
	for range analyzedPages {
		var answer map[string]json.RawMessage
		if err := c.call(ctx, analytics.doing(), http.MethodPost, analyticsPath+"raw/incidents", nil, question, &answer); err != nil {
			return l, err
		}
		p, err := pageOf[analyzedAnswer](c, analytics.doing(), "data", answer)
		if err != nil {
			return l, err
		}
		l.items, l.lost = append(l.items, p.items...), l.lost+p.lost
		var last text
		_ = last.UnmarshalJSON(answer["last"]) // it never fails
		l.more = strings.Trim(string(answer["more"]), `"`) == "true"
		switch {
		case !l.more:
			return l, nil
		case last == "" || string(last) == question.After:
			return l, c.problem(analytics.doing(), sources.BadAnswer, incomplete, nil)
		}
		question.After = string(last)
	}
	return l, nil
}
