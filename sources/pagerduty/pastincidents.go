package pagerduty

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/sources"
)

// mostPast is how many past incidents are read, and resolvedPages how many pages
// of the resolved incidents of a service.
const (
	mostPast      = 50
	resolvedPages = 2
)

// pastAnswer is a past incident as PagerDuty sends it.
type pastAnswer struct {
	Incident struct {
		ID        text   `json:"id"`
		Title     text   `json:"title"`
		CreatedAt moment `json:"created_at"`
	} `json:"incident"`
	Score score `json:"score"`
}

// errNoIncident is why a past incident is of no use.
var errNoIncident = errors.New("it has no incident")

// UnmarshalJSON refuses an entry without an incident: it is counted.
func (a *pastAnswer) UnmarshalJSON(b []byte) error {
	type plain pastAnswer
	if !isObject(b) || !unmarshal(b, (*plain)(a)) || !plainID.MatchString(string(a.Incident.ID)) {
		return errNoIncident
	}
	return nil
}

// score is a number, perhaps in quotes, that is not negative.
type score float64

// UnmarshalJSON takes any JSON value.
func (s *score) UnmarshalJSON(b []byte) error {
	*s = 0
	if f, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64); err == nil && f >= 0 && f < 1e15 {
		*s = score(f)
	}
	return nil
}

func (a *pastAnswer) past() sources.PastIncident {
	return sources.PastIncident{
		ID: string(a.Incident.ID), Title: string(a.Incident.Title), CreatedAt: a.Incident.CreatedAt.Time, Score: float64(a.Score),
	}
}

// PastIncidents reads the incidents that PagerDuty finds similar to an incident,
// the most similar first.
func (c *Client) PastIncidents(ctx context.Context, incidentID string) ([]sources.PastIncident, sources.Extent, error) {
	if err := c.checkIDs(pastIncidents.doing(), incidentID); err != nil {
		return nil, sources.Extent{}, err
	}
	l, err := askUnlessRefused(c, pastIncidents, incidentID, func() (listed[pastAnswer], error) {
		return readListBy[pastAnswer](ctx, c, pastIncidents.doing(), "/incidents/"+incidentID+"/past_incidents", "past_incidents", nil, mostPast, mostPast)
	})
	if err != nil {
		return nil, sources.Extent{}, err
	}
	if l.more {
		l.missing = cmp.Or(l.missing, fmt.Sprintf("only the %d most similar ones were read", len(l.items)))
	}
	past := convert(l.items, (*pastAnswer).past)
	slices.SortStableFunc(past, func(a, b sources.PastIncident) int { return cmp.Compare(b.Score, a.Score) })
	return past, l.extent(), nil
}

// ResolvedIncidents reads the resolved incidents of a service that began since a
// time, newest first, in at most two requests. Their alerts are not read but for
// the first ones, which come with them.
func (c *Client) ResolvedIncidents(ctx context.Context, serviceID string, since time.Time) ([]sources.Incident, sources.Extent, error) {
	const what = "reading the resolved incidents of a service"
	if err := c.checkIDs(what, serviceID); err != nil {
		return nil, sources.Extent{}, err
	}
	query := url.Values{
		"statuses[]":    {string(sources.Resolved)},
		"service_ids[]": {serviceID},
		"since":         {since.UTC().Format(time.RFC3339)},
		"until":         {c.now().Add(time.Minute).UTC().Format(time.RFC3339)},
		"sort_by":       {"created_at:desc"},
		"include[]":     withIncidents,
	}
	l, err := readUpTo[incidentAnswer](ctx, c, what, "/incidents", "incidents", query, resolvedPages)
	if err != nil {
		return nil, sources.Extent{}, err
	}
	if l.more {
		l.missing = cmp.Or(l.missing, fmt.Sprintf("only the newest %d were read", len(l.items)))
	}
	var incidents []sources.Incident
	for i := range l.items {
		a := &l.items[i]
		if !a.whole() || sources.IncidentStatus(a.Status) != sources.Resolved || a.Service.ID != "" && a.Service.ID != serviceID {
			l.lost++ // it is not what was asked for
			continue
		}
		one := c.incident(a)
		if first := a.Trigger.first(); first.present {
			one.Alerts = []sources.IncidentAlert{first.alert}
		}
		incidents = append(incidents, one)
	}
	return incidents, l.extent(), nil
}
