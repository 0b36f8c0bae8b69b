package cli

import (
	"context"
	"fmt"
	"time"

	"firstline/internal/change"
	"firstline/internal/triage"
)

// changes reads what changed around problems.
func (s *setup) changes() *change.Reader {
	r := &change.Reader{Metrics: s.metrics, Queries: s.config.Changes, Now: s.now}
	if s.account != nil {
		r.Events, r.Account = s.account, s.account.Source().Name
	}
	groupOf := triage.GroupsOfRules(s.triage)
	r.ServiceOf = func(labels map[string]string) string { return groupOf(labels, nil).Service }
	return r
}

// The most groups whose changes are read for a list, and the time for all of them.
const (
	mostWithChanges = 50
	changesTime     = 2 * time.Minute
)

// changeJSON is a change in list --json --changes.
type changeJSON struct {
	At time.Time `json:"at"`
	// Within: it may have been so many seconds earlier.
	Within  float64 `json:"within_seconds"`
	Text    string  `json:"text"`
	When    *string `json:"when"`
	Source  string  `json:"source"`
	Tool    *string `json:"tool"`
	URL     *string `json:"url"`
	Related *string `json:"related"`
	Count   int     `json:"count"`
}

// addChanges adds to the groups of a list what changed around their problems, one
// group after the other.
func (s *setup) addChanges(ctx context.Context, l reading, out *listJSON) {
	ctx, cancel := context.WithTimeout(ctx, changesTime)
	defer cancel()
	byID := map[string]triage.Group{}
	for _, members := range triage.Problems(l.groups) {
		g := triage.Merged(members)
		byID[g.ID] = g
	}
	reader, unread := s.changes(), ""
	if !reader.Reads() {
		unread = "neither PagerDuty nor a [[change]] is configured"
	}
	for i := range out.Groups {
		g := &out.Groups[i]
		switch {
		case unread != "":
		case i >= mostWithChanges:
			unread = fmt.Sprintf("the changes of at most %d groups are read: use --filter", mostWithChanges)
		case ctx.Err() != nil:
			unread = "the time for reading changes is over: use --filter"
		}
		if unread != "" {
			g.ChangesMissing = &[]string{unread}
			continue
		}
		found := reader.Of(ctx, byID[g.ID])
		changes, missing := []changeJSON{}, listOrNone(found.Missing())
		for _, c := range found.Changes() {
			changes = append(changes, changeJSON{
				At: c.At.UTC(), Within: c.Within.Seconds(), Text: c.Text, When: textOf(c.When(found.Problem)), Source: c.From,
				Tool: textOf(c.Tool), URL: textOf(c.Link), Related: textOf(c.Related), Count: max(c.Count, 1),
			})
		}
		for k := range missing {
			missing[k] = oneLine(missing[k])
		}
		g.ChangesMissing = &missing
		if len(changes) > 0 || len(missing) == 0 {
			g.Changes = &changes // that it is empty says that there are none
		}
	}
}
