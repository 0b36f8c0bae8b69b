package pagerduty

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/sources"
)

// withIncidents is what a request for incidents includes.
var withIncidents = []string{"priorities", "first_trigger_log_entries"}

// readIncident reads one incident, without its alerts.
func (c *Client) readIncident(ctx context.Context, what, id string) (*incidentAnswer, error) {
	if err := c.checkIDs(what, id); err != nil {
		return nil, err
	}
	var answer struct {
		Incident incidentAnswer `json:"incident"`
	}
	if err := c.get(ctx, what, "/incidents/"+id, url.Values{"include[]": withIncidents}, &answer); err != nil {
		return nil, err
	}
	if string(answer.Incident.ID) != id {
		return nil, c.problem(what, sources.BadAnswer, "what answered is not PagerDuty's API, for it has no such incident: check url under [pagerduty]", nil)
	}
	c.remember(&answer.Incident)
	return &answer.Incident, nil
}

// Incident reads one incident, open or not, with its alerts. If only the alerts
// cannot be read, AlertsRead is false.
func (c *Client) Incident(ctx context.Context, id string) (sources.Incident, error) {
	a, err := c.readIncident(ctx, "reading an incident", id)
	if err != nil {
		return sources.Incident{}, err
	}
	i := c.state.withFirst(c.incident(a))
	alerts, extent, err := c.readIncidentAlerts(ctx, id)
	if err != nil {
		if ctx.Err() != nil {
			return sources.Incident{}, err
		}
		c.log.Warn("an incident's alerts could not be read", "incident", id, "err", err)
		return i, nil
	}
	i.Alerts, i.AlertsRead = alerts, extent.Whole()
	c.state.setAlerts(id, a.version(), alerts, extent)
	return i, nil
}

// IncidentByNumber reads one incident, open or not, by its number.
func (c *Client) IncidentByNumber(ctx context.Context, number int) (sources.Incident, error) {
	const what = "reading an incident"
	var answer struct {
		Incident incidentAnswer `json:"incident"`
	}
	if err := c.get(ctx, what, "/incidents/"+strconv.Itoa(number), url.Values{"include[]": withIncidents}, &answer); err != nil {
		return sources.Incident{}, err
	}
	i := c.incident(&answer.Incident)
	if i.ID == "" || i.Number != number {
		return sources.Incident{}, c.problem(what, sources.BadAnswer, "what answered is not PagerDuty's API, for it has no such incident: check url under [pagerduty]", nil)
	}
	return i, nil
}

// IncidentsByKey reads the incidents with that incident key, or with an alert
// that has the key, open or not.
func (c *Client) IncidentsByKey(ctx context.Context, key string) ([]sources.Incident, error) {
	const what = "looking for an open incident"
	if key == "" {
		return nil, c.problem(what, sources.Rejected, "there is no incident key to look for", nil)
	}
	q := url.Values{
		"incident_key": {key},
		"date_range":   {"all"},
		"include[]":    withIncidents,
	}
	l, err := readList[incidentAnswer](ctx, c, what, "/incidents", "incidents", q)
	if err != nil {
		return nil, err
	}
	if l.lost > 0 || l.more {
		// An incident that was not understood might be the right one.
		return nil, c.problem(what, sources.BadAnswer, "not all of PagerDuty's answer could be understood", nil)
	}
	answers := l.items
	var incidents []sources.Incident
	for i := range answers {
		c.remember(&answers[i])
		incidents = append(incidents, c.incident(&answers[i]))
	}
	return incidents, nil
}

type noteAnswer struct {
	ID        text   `json:"id"`
	Content   text   `json:"content"`
	User      thing  `json:"user"`
	CreatedAt moment `json:"created_at"`
}

func (a *noteAnswer) note() sources.Note {
	return sources.Note{ID: string(a.ID), Content: string(a.Content), User: a.User.reference(), CreatedAt: a.CreatedAt.Time}
}

// Notes reads an incident's notes, newest first. PagerDuty returns them in one
// page.
func (c *Client) Notes(ctx context.Context, id string) ([]sources.Note, error) {
	const what = "reading the notes of an incident"
	if err := c.checkIDs(what, id); err != nil {
		return nil, err
	}
	var answer map[string]json.RawMessage
	if err := c.get(ctx, what, "/incidents/"+id+"/notes", nil, &answer); err != nil {
		return nil, err
	}
	p, err := pageOf[noteAnswer](c, what, "notes", answer)
	if err != nil {
		return nil, err
	}
	if more := strings.Trim(string(answer["more"]), `"`) == "true"; more || p.lost > 0 {
		// A note that was not understood might be the right one.
		return nil, c.problem(what, sources.BadAnswer, "not all of PagerDuty's answer could be understood", nil)
	}
	notes := convert(p.items, (*noteAnswer).note)
	slices.SortStableFunc(notes, func(a, b sources.Note) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return notes, nil
}

// ServerTime returns PagerDuty's time at a time of this machine's clock. It
// reports false while no answer had a date.
func (c *Client) ServerTime(ours time.Time) (time.Time, bool) { return c.transport.clock.Time(ours) }

type logAnswer struct {
	ID        text          `json:"id"`
	Type      text          `json:"type"`
	Summary   text          `json:"summary"`
	CreatedAt moment        `json:"created_at"`
	Agent     thing         `json:"agent"`
	Incident  thing         `json:"incident"`
	Service   thing         `json:"service"`
	User      thing         `json:"user"`
	Assignees list[thing]   `json:"assignees"`
	Level     number        `json:"escalation_level"`
	Note      text          `json:"note"`
	Channel   channelAnswer `json:"channel"`
}

// channelAnswer is the channel of an entry. Its type decides about its other
// fields. The text of a note is in its summary.
type channelAnswer struct {
	Type, Summary, Content text
	Level                  number
	// Notification is the type of a notification.
	Notification text
}

// UnmarshalJSON takes any JSON value.
func (c *channelAnswer) UnmarshalJSON(b []byte) error {
	*c = channelAnswer{}
	var o struct {
		Type    text   `json:"type"`
		Summary text   `json:"summary"`
		Content text   `json:"content"`
		Level   number `json:"escalation_level"`
		// Notification is an object.
		Notification json.RawMessage `json:"notification"`
	}
	if !isObject(b) || !unmarshal(b, &o) {
		return nil
	}
	*c = channelAnswer{Type: o.Type, Summary: o.Summary, Content: o.Content, Level: o.Level}
	var how struct {
		Type text `json:"type"`
	}
	if isObject(o.Notification) && unmarshal(o.Notification, &how) {
		c.Notification = how.Type
	}
	return nil
}

func (a *logAnswer) entry() sources.LogEntry {
	e := sources.LogEntry{
		ID:        string(a.ID),
		Type:      strings.TrimSuffix(strings.TrimSuffix(string(a.Type), "_reference"), "_log_entry"),
		Summary:   string(a.Summary),
		CreatedAt: a.CreatedAt.Time,
		Agent:     a.Agent.reference(),
		Incident:  a.Incident.reference(),
		Service:   a.Service.reference(),
		Assignees: references(a.Assignees),
		Level:     int(max(a.Level, a.Channel.Level, 0)),
		Note:      string(a.Note),
		Way:       strings.TrimSuffix(string(a.Channel.Notification), "_notification"),
	}
	switch {
	case (e.Type == "annotate" || e.Type == "") && e.Note == "":
		e.Note = string(a.Channel.Content)
		if e.Note == "" {
			e.Note = string(a.Channel.Summary)
		}
	case e.Type == "notify" && len(e.Assignees) == 0:
		e.Assignees = references([]thing{a.User}) // the person who was notified
	}
	return e
}

// LogEntries reads the whole log of an incident, newest first. Few entries have
// a Level: PagerDuty's schema does not define it.
func (c *Client) LogEntries(ctx context.Context, id string) ([]sources.LogEntry, sources.Extent, error) {
	const what = "reading the history of an incident"
	if err := c.checkIDs(what, id); err != nil {
		return nil, sources.Extent{}, err
	}
	l, err := readList[logAnswer](ctx, c, what, "/incidents/"+id+"/log_entries", "log_entries", url.Values{"include[]": {"channels"}})
	if err != nil {
		return nil, sources.Extent{}, err
	}
	entries := convert(l.items, (*logAnswer).entry)
	for _, e := range entries {
		if e.Incident.ID != "" && e.Incident.ID != id {
			return nil, sources.Extent{}, c.problem(what, sources.BadAnswer, "PagerDuty answered with the history of another incident", nil)
		}
	}
	slices.SortStableFunc(entries, func(a, b sources.LogEntry) int { return b.CreatedAt.Compare(a.CreatedAt) })
	extent := l.extent()
	if !slices.ContainsFunc(entries, func(e sources.LogEntry) bool { return e.Type == "trigger" }) {
		extent.Missing = cmp.Or(extent.Missing, "it has no entry of how the incident began")
	}
	return entries, extent, nil
}

// Log reads the overview entries of all incidents (of the configured teams) in
// a time span, newest first.
func (c *Client) Log(ctx context.Context, since, until time.Time) ([]sources.LogEntry, sources.Extent, error) {
	const what = "reading what happened in a time"
	query := url.Values{
		"since":       {since.UTC().Format(time.RFC3339)},
		"until":       {until.UTC().Format(time.RFC3339)},
		"is_overview": {"true"},
		"include[]":   {"channels"},
	}
	if teams := c.teams(); len(teams) > 0 {
		query["team_ids[]"] = teams
	}
	l, err := readList[logAnswer](ctx, c, what, "/log_entries", "log_entries", query)
	if err != nil {
		return nil, sources.Extent{}, err
	}
	entries := convert(l.items, (*logAnswer).entry)
	slices.SortStableFunc(entries, func(a, b sources.LogEntry) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return entries, l.extent(), nil
}
