package pagerduty

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"firstline/sources"
)

// mostChanges is how many change events are read of a service, and mostRelated of
// an incident: one page each.
const (
	mostChanges = pageSize
	mostRelated = pageSize
)

// changeAnswer is a change event as PagerDuty sends it.
type changeAnswer struct {
	ID       text              `json:"id"`
	At       moment            `json:"timestamp"`
	Summary  text              `json:"summary"`
	Tool     text              `json:"source"`
	Services list[thing]       `json:"services"`
	Links    list[*linkAnswer] `json:"links"`
	Reason   reasonAnswer      `json:"correlation_reason"`
}

type linkAnswer struct {
	Href text `json:"href"`
	Text text `json:"text"`
}

// errNoTime is why a change event is of no use.
var errNoTime = errors.New("it has no time")

// UnmarshalJSON refuses a change event without a time: it is counted, and not taken
// for a change of another time.
func (a *changeAnswer) UnmarshalJSON(b []byte) error {
	type plain changeAnswer
	if !isObject(b) || !unmarshal(b, (*plain)(a)) || a.At.IsZero() {
		return errNoTime
	}
	return nil
}

// reasonAnswer is why a change event is related to an incident.
type reasonAnswer string

// UnmarshalJSON takes any JSON value.
func (r *reasonAnswer) UnmarshalJSON(b []byte) error {
	*r = ""
	var o struct {
		Reason text `json:"reason"`
	}
	if isObject(b) && unmarshal(b, &o) {
		*r = reasonAnswer(o.Reason)
	}
	return nil
}

func (a *changeAnswer) event() sources.ChangeEvent {
	e := sources.ChangeEvent{
		ID: string(a.ID), At: a.At.Time, Summary: string(a.Summary), Tool: string(a.Tool),
		Services: references(a.Services), Related: string(a.Reason),
	}
	for _, l := range a.Links {
		if l != nil && l.Href != "" {
			e.Links = append(e.Links, sources.Link{Text: string(l.Text), Href: string(l.Href)})
		}
	}
	return e
}

// ChangeEvents reads the change events of a service in a time span, newest first.
func (c *Client) ChangeEvents(ctx context.Context, serviceID string, since, until time.Time) ([]sources.ChangeEvent, sources.Extent, error) {
	// PagerDuty refuses times that are not in UTC.
	query := url.Values{"since": {since.UTC().Format(time.RFC3339)}, "until": {until.UTC().Format(time.RFC3339)}}
	return c.readChangeEvents(ctx, changesOfService, serviceID, "/services/"+serviceID+"/change_events", query, mostChanges)
}

// RelatedChangeEvents reads the change events that PagerDuty relates to an
// incident, newest first.
func (c *Client) RelatedChangeEvents(ctx context.Context, incidentID string) ([]sources.ChangeEvent, sources.Extent, error) {
	return c.readChangeEvents(ctx, relatedChanges, incidentID, "/incidents/"+incidentID+"/related_change_events", nil, mostRelated)
}

func (c *Client) readChangeEvents(ctx context.Context, o offering, id, path string, query url.Values, most int) ([]sources.ChangeEvent, sources.Extent, error) {
	if err := c.checkIDs(o.doing(), id); err != nil {
		return nil, sources.Extent{}, err
	}
	l, err := askUnlessRefused(c, o, id, func() (listed[changeAnswer], error) {
		return readListBy[changeAnswer](ctx, c, o.doing(), path, "change_events", query, most, most)
	})
	if err != nil {
		return nil, sources.Extent{}, err
	}
	if l.more {
		l.missing = cmp.Or(l.missing, fmt.Sprintf("only the newest %d were read", len(l.items)))
	}
	events := convert(l.items, (*changeAnswer).event)
	slices.SortStableFunc(events, func(a, b sources.ChangeEvent) int { return b.At.Compare(a.At) })
	return events, l.extent(), nil
}
