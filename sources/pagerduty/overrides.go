package pagerduty

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"time"

	"firstline/sources"
)

type overrideAnswer struct {
	ID    text   `json:"id"`
	User  thing  `json:"user"`
	Start moment `json:"start"`
	End   moment `json:"end"`
}

// errNoSpan is why an override could not be understood.
var errNoSpan = errors.New("it has no start or no end")

// UnmarshalJSON refuses an override without a start or an end: it is counted, and
// not taken for one that always applies.
func (a *overrideAnswer) UnmarshalJSON(b []byte) error {
	type plain overrideAnswer
	if !isObject(b) || !unmarshal(b, (*plain)(a)) || a.Start.IsZero() || a.End.IsZero() {
		return errNoSpan
	}
	return nil
}

// Overrides reads the overrides of a schedule from now until a time, the earliest
// first. PagerDuty lists all of them in one answer.
func (c *Client) Overrides(ctx context.Context, scheduleID string, until time.Time) ([]sources.Override, sources.Extent, error) {
	what := scheduleOverrides.doing()
	if err := c.checkIDs(what, scheduleID); err != nil {
		return nil, sources.Extent{}, err
	}
	span := url.Values{
		"since": {c.now().UTC().Format(time.RFC3339)}, "until": {until.UTC().Format(time.RFC3339)},
		"overflow": {"true"}, // else PagerDuty cuts them at the ends of the span
	}
	l, err := askUnlessRefused(c, scheduleOverrides, scheduleID, func() (listed[overrideAnswer], error) {
		var answer map[string]json.RawMessage
		if err := c.get(ctx, what, "/schedules/"+scheduleID+"/overrides", span, &answer); err != nil {
			return listed[overrideAnswer]{}, err
		}
		p, err := pageOf[overrideAnswer](c, what, "overrides", answer)
		return listed[overrideAnswer]{items: p.items, lost: p.lost, more: string(answer["more"]) == "true"}, err
	})
	if err != nil {
		return nil, sources.Extent{}, err
	}
	if l.more {
		l.missing = "PagerDuty lists only some of them"
	}
	overrides := convert(l.items, func(a *overrideAnswer) sources.Override {
		return sources.Override{ID: string(a.ID), User: a.User.person(), Schedule: sources.Reference{ID: scheduleID}, Start: a.Start.Time, End: a.End.Time}
	})
	slices.SortStableFunc(overrides, func(a, b sources.Override) int { return a.Start.Compare(b.Start) })
	return overrides, l.extent(), nil
}
