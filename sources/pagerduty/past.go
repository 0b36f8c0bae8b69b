package pagerduty

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"

	"firstline/sources"
)

var _ sources.Past = (*Client)(nil)

// spanOf returns the parameters of a span of time.
func spanOf(span sources.Span, teamIDs []string) url.Values {
	q := url.Values{"since": {span.Since.UTC().Format(time.RFC3339)}, "until": {span.Until.UTC().Format(time.RFC3339)}}
	if len(teamIDs) > 0 {
		q["team_ids[]"] = teamIDs
	}
	return q
}

// readSpan reads a list of a span of time. It asks for the length of the list first,
// so that a list beyond PagerDuty's paging costs one request.
func readSpan[A, T any](ctx context.Context, c *Client, what, path, field string, query url.Values, to func(*A) T) (sources.Batch[T], error) {
	ctx = sharing(ctx)
	var b sources.Batch[T]
	for offset := 0; offset+pageSize <= offsetCap; offset += pageSize {
		q := query
		if offset == 0 {
			q = maps.Clone(query)
			q.Set("total", "true")
		}
		p, err := readPage[A](ctx, c, what, path, field, q, offset, pageSize)
		if err != nil {
			return sources.Batch[T]{}, err
		}
		if p.total > offsetCap {
			return sources.Batch[T]{TooMany: true, Total: p.total}, nil
		}
		b.Items = append(b.Items, convert(p.items, to)...)
		b.Lost += p.lost
		switch {
		case !p.more:
			return b, nil
		case len(p.items)+p.lost == 0:
			return sources.Batch[T]{}, c.problem(what, sources.BadAnswer, incomplete, nil)
		}
	}
	return sources.Batch[T]{TooMany: true}, nil
}

// PastLog reads the log entries of a span, with all notifications.
func (c *Client) PastLog(ctx context.Context, span sources.Span, teamIDs []string) (sources.Batch[sources.LogEntry], error) {
	q := spanOf(span, teamIDs)
	q.Set("is_overview", "false")
	q["include[]"] = []string{"channels"}
	return readSpan(ctx, c, "reading the history", "/log_entries", "log_entries", q, (*logAnswer).entry)
}

// IncidentsBegun reads the incidents that began in a span, as they are now.
func (c *Client) IncidentsBegun(ctx context.Context, span sources.Span, teamIDs []string) (sources.Batch[sources.Incident], error) {
	q := spanOf(span, teamIDs)
	q["statuses[]"] = []string{string(sources.Triggered), string(sources.Acknowledged), string(sources.Resolved)}
	q.Set("sort_by", "created_at:asc")
	q["include[]"] = withIncidents
	return readSpan(ctx, c, "reading past incidents", "/incidents", "incidents", q, c.pastIncident)
}

// pastIncident converts an incident without changing what the screen shows.
func (c *Client) pastIncident(a *incidentAnswer) sources.Incident {
	i := a.incident(c.source.Name)
	if first := a.Trigger.first(); first.present {
		i.Alerts = []sources.IncidentAlert{first.alert}
	}
	return i
}

// IncidentAlone reads one incident, open or not, without its other alerts.
func (c *Client) IncidentAlone(ctx context.Context, id string) (sources.Incident, error) {
	const what = "reading a past incident"
	if err := c.checkIDs(what, id); err != nil {
		return sources.Incident{}, err
	}
	var answer struct {
		Incident incidentAnswer `json:"incident"`
	}
	if err := c.get(sharing(ctx), what, "/incidents/"+id, url.Values{"include[]": withIncidents}, &answer); err != nil {
		return sources.Incident{}, err
	}
	if string(answer.Incident.ID) != id {
		return sources.Incident{}, c.problem(what, sources.BadAnswer, "what answered is not PagerDuty's API, for it has no such incident: check url under [pagerduty]", nil)
	}
	return c.pastIncident(&answer.Incident), nil
}

// PastOnCalls reads who was on call for the policies in a span.
func (c *Client) PastOnCalls(ctx context.Context, span sources.Span, policyIDs []string) (sources.Batch[sources.OnCall], error) {
	const what = "reading who was on call"
	if err := c.checkIDs(what, policyIDs...); err != nil {
		return sources.Batch[sources.OnCall]{}, err
	}
	q := spanOf(span, nil)
	q["escalation_policy_ids[]"] = policyIDs
	return readSpan(ctx, c, what, "/oncalls", "oncalls", q, (*onCallAnswer).onCall)
}

// MaxPolicies is how many policies one call of PastOnCalls may ask for.
const MaxPolicies = maxChunk

// AllUsers reads all users.
func (c *Client) AllUsers(ctx context.Context) ([]sources.User, sources.Extent, error) {
	l, err := readList[userAnswer](sharing(ctx), c, "reading users", "/users", "users", nil)
	return convert(l.items, (*userAnswer).user), l.extent(), err
}

// PoliciesOf reads the escalation policies of teams, or all.
func (c *Client) PoliciesOf(ctx context.Context, teamIDs []string) ([]sources.Policy, sources.Extent, error) {
	var q url.Values
	if len(teamIDs) > 0 {
		q = url.Values{"team_ids[]": teamIDs}
	}
	l, err := readList[policyAnswer](sharing(ctx), c, "reading escalation policies", "/escalation_policies", "escalation_policies", q)
	return convert(l.items, (*policyAnswer).policy), l.extent(), err
}

// TeamsNamed finds teams by id or name.
func (c *Client) TeamsNamed(ctx context.Context, names []string) ([]sources.Reference, error) {
	const what = "looking up teams"
	l, err := readList[thing](sharing(ctx), c, what, "/teams", "teams", nil)
	if err != nil {
		return nil, err
	}
	ids, missing := matchTeams(names, l.items)
	if len(missing) > 0 {
		return nil, c.problem(what, sources.NotFound, fmt.Sprintf("PagerDuty has no team %s: write its id or its exact name", strings.Join(missing, ", ")), nil)
	}
	found := make([]sources.Reference, 0, len(ids))
	for _, id := range ids {
		for i := range l.items {
			if l.items[i].ID == id {
				found = append(found, l.items[i].reference())
				break
			}
		}
	}
	return found, nil
}
