package pagerduty

import (
	"context"
	"net/url"
	"slices"
	"time"

	"firstline/sources"
)

const (
	// overlap is how far before the newest entry the next read of the feed
	// begins.
	overlap = time.Minute
	// maxFeedPages bounds the pages of changes and maxReread the incidents that
	// are bare references. Beyond them a full refresh is cheaper.
	maxFeedPages = 3
	maxReread    = 10
)

// feedEntry is a log entry of the delta feed.
type feedEntry struct {
	Incident incidentAnswer
	triggerAnswer
}

// UnmarshalJSON takes any JSON value.
func (e *feedEntry) UnmarshalJSON(b []byte) error {
	*e = feedEntry{}
	var o struct {
		Incident incidentAnswer `json:"incident"`
	}
	if isObject(b) && unmarshal(b, &o) {
		e.Incident = o.Incident
		return e.triggerAnswer.UnmarshalJSON(b)
	}
	return nil
}

// startFeed sets where the feed begins, after the first full refresh: at the
// last update in the list, which is a time of PagerDuty's clock. After an empty
// list it begins at start. Later refreshes do not move the feed.
func (c *Client) startFeed(start, updated time.Time) {
	at := updated
	if at.IsZero() {
		at = start
		if theirs := c.transport.serverTime(start); theirs.Before(at) {
			at = theirs
		}
	}
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	if c.state.cursor.IsZero() {
		c.state.cursor = at.Add(-overlap)
	}
}

func (c *Client) feedRefused() bool {
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	return c.state.noFeed
}

// readChanges stores what changed since the last read. enough is false when a
// full refresh is necessary.
func (c *Client) readChanges(ctx context.Context) (enough bool, err error) {
	const what = "reading what changed"
	c.state.mu.Lock()
	cursor, seen := c.state.cursor, c.state.seen
	c.state.mu.Unlock()
	q := url.Values{
		"since":       {cursor.UTC().Format(time.RFC3339)},
		"is_overview": {"true"},
		"include[]":   {"incidents", "channels"},
	}
	if teams := c.teams(); len(teams) > 0 {
		q["team_ids[]"] = teams
	}
	var entries []feedEntry
	enough = true
	for offset := 0; ; offset += pageSize {
		if offset >= maxFeedPages*pageSize {
			enough = false
			break
		}
		p, err := readPage[feedEntry](ctx, c, what, "/log_entries", "log_entries", q, offset, pageSize)
		switch sources.ReasonOf(err) {
		case "":
		case sources.Forbidden, sources.MissingAbility, sources.NotFound:
			c.state.mu.Lock()
			c.state.noFeed = true
			c.state.mu.Unlock()
			return false, nil
		default:
			return false, err
		}
		entries = append(entries, p.items...)
		if p.more && len(p.items) == 0 {
			enough = false // it was cut short: other changes are unknown
			break
		}
		news := slices.ContainsFunc(p.items, func(e feedEntry) bool { _, old := seen[string(e.ID)]; return !old })
		if !p.more || !news { // the newest come first, so the rest was seen before
			break
		}
	}
	bare, newest := c.takeIn(entries, seen)
	if len(bare) > maxReread {
		enough = false
	}
	if enough {
		if err := c.readAgain(ctx, what, bare); err != nil {
			return false, err
		}
	}
	for i := range entries {
		if e := &entries[i]; e.isTrigger() {
			c.state.meetTrigger(string(e.Incident.ID), e.Incident.Trigger.ID != "" && e.Incident.Trigger.ID == e.ID, &e.triggerAnswer)
		}
	}
	// A full refresh that follows shows what is omitted here.
	if at := newest.Add(-overlap); at.After(cursor) {
		cursor = at
	}
	still := make(map[string]time.Time, len(entries))
	for i := range entries {
		still[string(entries[i].ID)] = entries[i].CreatedAt.Time
	}
	for id, at := range seen {
		if !at.Before(cursor) {
			still[id] = at
		}
	}
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	c.state.cursor, c.state.seen = cursor, still
	if !enough {
		c.state.fullAt = time.Time{} // until one succeeds
	}
	return enough, nil
}

// takeIn stores the incidents of entries that were not seen before. bare are
// the incidents that are only references, newest is the time of the newest
// entry.
func (c *Client) takeIn(entries []feedEntry, seen map[string]time.Time) (bare []string, newest time.Time) {
	done := map[string]bool{"": true}
	for i := range entries {
		e := &entries[i]
		if e.CreatedAt.After(newest) {
			newest = e.CreatedAt.Time
		}
		id := string(e.Incident.ID)
		if _, old := seen[string(e.ID)]; old || done[id] {
			continue
		}
		done[id] = true // the first entry of an incident is its newest
		if e.Incident.whole() {
			c.remember(&e.Incident)
		} else {
			bare = append(bare, id)
		}
	}
	return bare, newest
}

// readAgain reads incidents one by one.
func (c *Client) readAgain(ctx context.Context, what string, ids []string) error {
	for _, id := range ids {
		if _, err := c.readIncident(ctx, what, id); err != nil {
			if sources.ReasonOf(err) != sources.NotFound {
				return err
			}
			c.forget(id)
		}
	}
	return nil
}
