package pagerduty

import (
	"context"
	"net/url"
	"slices"
	"time"

	"firstline/sources"
)

const (
	// overlap is how far back of the newest entry the feed is read again.
	overlap = time.Minute
	// maxFeedPages of changes and maxReread incidents that came as bare
	// references: above that a full refresh is cheaper.
	maxFeedPages = 3
	maxReread    = 10
)

// feedEntry is a log entry of the delta feed.
type feedEntry struct {
	ID        text           `json:"id"`
	CreatedAt moment         `json:"created_at"`
	Incident  incidentAnswer `json:"incident"`
}

// startFeed sets the feed to begin where a full refresh began.
func (c *Client) startFeed(start time.Time) {
	at := c.transport.serverTime(start).Add(-overlap)
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	c.state.cursor, c.state.seen = at, nil
}

func (c *Client) feedRefused() bool {
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	return c.state.noFeed
}

// readChanges takes in what changed since the last read. enough is false when
// a full refresh has to do it.
func (c *Client) readChanges(ctx context.Context) (enough bool, err error) {
	const what = "reading what changed"
	c.state.mu.Lock()
	cursor, seen := c.state.cursor, c.state.seen
	c.state.mu.Unlock()
	q := url.Values{
		"since":       {cursor.UTC().Format(time.RFC3339)},
		"is_overview": {"true"},
		"include[]":   {"incidents"},
	}
	if teams := c.teams(); len(teams) > 0 {
		q["team_ids[]"] = teams
	}
	var entries []feedEntry
	for offset := 0; ; offset += pageSize {
		if offset >= maxFeedPages*pageSize {
			return false, nil
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
		if !p.more || len(p.items) == 0 {
			break
		}
	}
	met := make(map[string]bool, len(entries))
	newest := cursor.Add(overlap)
	var bare []string
	for i := range entries {
		e := &entries[i]
		met[string(e.ID)] = true
		if e.CreatedAt.After(newest) {
			newest = e.CreatedAt.Time
		}
		if id := string(e.Incident.ID); !seen[string(e.ID)] && id != "" {
			if e.Incident.whole() {
				c.remember(&e.Incident)
			} else if !slices.Contains(bare, id) {
				bare = append(bare, id)
			}
		}
	}
	if len(bare) > maxReread {
		return false, nil
	}
	for _, id := range bare {
		if _, err := c.readIncident(ctx, what, id); err != nil {
			if sources.ReasonOf(err) != sources.NotFound {
				return false, err
			}
			c.forget(id)
		}
	}
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	c.state.cursor, c.state.seen = newest.Add(-overlap), met
	return true, nil
}
