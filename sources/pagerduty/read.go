package pagerduty

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"firstline/internal/lazyregexp"
	"firstline/sources"
)

// How often full refreshes happen. See the package comment.
const (
	fullEvery    = 5 * time.Minute
	fullAPage    = 2 * time.Minute // a request in 2 minutes
	fullAtLatest = time.Hour
	// noFeedAPage replaces fullAPage when the token may not read the feed.
	noFeedAPage = 10 * time.Second
	// maxWindow is the longest range of time that PagerDuty searches.
	maxWindow  = 180 * 24 * time.Hour
	maxWindows = 3
)

// Read reads the open incidents, newest first, with everything that belongs to
// them, and passes on the result so far after each page. Failures of anything
// except the incidents themselves become warnings.
func (c *Client) Read(ctx context.Context, partial func(sources.Data)) (sources.Data, error) {
	return c.read(ctx, false, partial)
}

// Brief returns the client as a Reader that reads only what a list of the
// incidents needs. It omits what only actions need, such as teams and users.
func (c *Client) Brief() sources.Reader { return brief{c} }

type brief struct{ *Client }

// Read reads the open incidents, as Client.Read does.
func (b brief) Read(ctx context.Context, partial func(sources.Data)) (sources.Data, error) {
	return b.read(ctx, true, partial)
}

func (c *Client) read(ctx context.Context, brief bool, partial func(sources.Data)) (sources.Data, error) {
	select {
	case <-c.reading:
		defer func() { c.reading <- struct{}{} }()
	case <-ctx.Done():
		return sources.Data{}, c.problem("reading incidents", sources.Canceled, "it was stopped before PagerDuty answered", ctx.Err())
	}
	if partial == nil {
		partial = func(sources.Data) {}
	}
	show := func() { partial(c.data()) }
	if err := c.findTeams(ctx); err != nil {
		return sources.Data{}, err
	}
	catalog, begun := c.readCatalog, func() {}
	if brief {
		ctx = inPairs(ctx)
		b := &briefCatalog{client: c}
		defer b.running.Wait()
		catalog, begun = b.finish, func() { b.begin(ctx) }
	}
	if err := c.readIncidents(ctx, brief, show, begun); err != nil {
		return sources.Data{}, err
	}
	// The incidents are up to date, even if the rest did not fit into the
	// caller's time. The next Read continues.
	for _, more := range []func(context.Context, func()) error{catalog, c.readAlerts} {
		if err := more(ctx, show); err != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return sources.Data{}, err
		}
	}
	return c.data(), nil
}

// readIncidents updates the incidents, from the feed if that suffices. begun is
// called after the first page of a full refresh.
func (c *Client) readIncidents(ctx context.Context, brief bool, show, begun func()) error {
	if !c.fullDue() {
		if c.feedRefused() {
			return nil // the stored incidents must do until the next full refresh
		}
		enough, err := c.readChanges(ctx)
		if err != nil || enough {
			return err
		}
	}
	return c.readAll(ctx, brief, show, begun)
}

// fullDue reports whether it is time for a full refresh.
func (c *Client) fullDue() bool {
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	s := &c.state
	if s.fullAt.IsZero() {
		return true
	}
	every := min(max(fullEvery, time.Duration(s.fullPages)*fullAPage), fullAtLatest)
	if s.noFeed {
		// Only full refreshes: one page in each Read, many pages rarely.
		every = min(time.Duration(s.fullPages-1)*noFeedAPage, fullEvery)
	}
	age := c.now().Sub(s.fullAt)
	return age >= every || age < 0
}

// openIncidents returns the query for all open incidents. Without
// date_range=all PagerDuty omits incidents that are older than a month, open or
// not.
func (c *Client) openIncidents() url.Values {
	q := url.Values{
		"statuses[]": {string(sources.Triggered), string(sources.Acknowledged)},
		"date_range": {"all"},
		"sort_by":    {"created_at:desc"},
		"include[]":  withIncidents,
	}
	if teams := c.teams(); len(teams) > 0 {
		q["team_ids[]"] = teams
	}
	return q
}

// readAll pages through all open incidents. For a brief read it asks PagerDuty
// for their number, which saves the overlap of the pages and allows to ask for two
// at once.
func (c *Client) readAll(ctx context.Context, brief bool, show, begun func()) error {
	start := c.now()
	c.state.beginFull()
	w := walk{client: c, seen: map[string]bool{}, show: show, begun: begun, count: brief}
	q := c.openIncidents()
	whole, err := w.pages(ctx, q)
	for n := 1; err == nil && !whole && n <= maxWindows && !w.oldest.IsZero(); n++ {
		// Offsets end at 10,000: continue from the oldest incident so far.
		w.count = false
		q.Del("date_range")
		q.Set("until", w.oldest.Add(time.Second).UTC().Format(time.RFC3339))
		q.Set("since", w.oldest.Add(-maxWindow).UTC().Format(time.RFC3339))
		whole, err = w.pages(ctx, q)
	}
	if err != nil {
		return err
	}
	var warnings []string
	extent := sources.Whole
	switch {
	case w.windowed || !whole:
		extent.Missing = "there are more open incidents than PagerDuty lists"
		warnings = append(warnings, fmt.Sprintf("there are more open incidents than PagerDuty lists: %d are shown, older ones may be missing; resolve old ones or set teams under [pagerduty]", len(w.seen)))
	case w.cut:
		extent.Missing = incomplete
		warnings = append(warnings, "not all open incidents are shown: "+incomplete)
	case w.lost > 0:
		extent.Missing = fmt.Sprintf("%d of the open incidents could not be understood", w.lost)
		warnings = append(warnings, extent.Missing+": they are not shown; see PagerDuty's web page")
	}
	c.state.finishFull(start, w.read, extent, warnings)
	c.startFeed(start, w.updated)
	return nil
}

// walk pages through the open incidents.
type walk struct {
	client   *Client
	show     func()
	begun    func() // called after the first page
	seen     map[string]bool
	oldest   time.Time // of those read, by creation
	updated  time.Time // the last update of any of them
	read     int       // pages
	count    bool      // ask for their number
	windowed bool      // there were more than offsets reach
	lost     int       // number of elements that could not be understood
	cut      bool      // a page was empty but reported that there is more
}

// pages reads the pages of one query. Incidents that are resolved meanwhile
// move the others up, past a page that was already read. So each page begins
// with the last incident of the previous one, and if a page has none that was
// seen before, pages steps back half a page. If PagerDuty reports the total,
// the pages do not overlap, and are read again with overlap when the total was
// not reached. whole is false when the cap of offset paging ended it.
func (w *walk) pages(ctx context.Context, q url.Values) (whole bool, err error) {
	w.windowed = q.Get("until") != ""
	steppedBack := false
	total := 0
	if w.count {
		q.Set("total", "true")
	}
	var next ahead
	ctx, cancel := context.WithCancel(ctx)
	defer next.running.Wait()
	defer cancel()
	for offset := 0; offset < offsetCap; {
		limit := min(pageSize, offsetCap-offset)
		p, err := next.read(ctx, w.client, q, offset, limit, total)
		if err != nil {
			return false, err
		}
		if offset == 0 && w.count {
			q.Del("total")
			w.count, total = false, p.total
		}
		if w.read == 0 {
			w.begun()
		}
		w.read++
		met := offset == 0 || len(p.items) == 0 || total > 0
		w.lost += p.lost
		for i := range p.items {
			a := &p.items[i]
			if !a.whole() {
				w.lost++
			}
			met = met || w.seen[string(a.ID)]
			w.seen[string(a.ID)] = true
			w.client.remember(a)
			if w.oldest.IsZero() || (!a.CreatedAt.IsZero() && a.CreatedAt.Before(w.oldest)) {
				w.oldest = a.CreatedAt.Time
			}
			if a.UpdatedAt.After(w.updated) {
				w.updated = a.UpdatedAt.Time
			}
		}
		w.show()
		switch {
		case !met && !steppedBack:
			offset, steppedBack = max(0, offset-pageSize/2), true
			continue
		case (!p.more || len(p.items) == 0) && len(w.seen) < total:
			total, offset = 0, 0
			continue
		case !p.more || len(p.items) == 0:
			w.cut = w.cut || p.more && p.lost == 0
			return true, nil
		}
		steppedBack = false
		offset += len(p.items)
		if total == 0 {
			offset = max(offset-1, offset-len(p.items)+1)
		}
		if offset+1 >= offsetCap {
			return false, nil
		}
	}
	return false, nil
}

// teams returns the ids of the configured teams.
func (c *Client) teams() []string {
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	return c.state.teamIDs
}

// findTeams looks up the ids of the configured teams once. PagerDuty filters
// only by id, and a name in the form of an id is still a name.
func (c *Client) findTeams(ctx context.Context) error {
	c.state.mu.Lock()
	done := c.state.teamsRead || len(c.teamNames) == 0
	c.state.mu.Unlock()
	if done {
		return nil
	}
	const what = "looking up the teams of [pagerduty]"
	teams, err := readList[thing](ctx, c, what, "/teams", "teams", nil)
	if err != nil {
		return err
	}
	ids, missing := matchTeams(c.teamNames, teams.items)
	if teams.more {
		// A name in the form of an id may be the id of a team that was not
		// listed.
		for _, typed := range c.teamNames {
			if quoted := fmt.Sprintf("%q", typed); idForm.MatchString(typed) && slices.Contains(missing, quoted) {
				ids = append(ids, typed)
				missing = slices.DeleteFunc(missing, func(m string) bool { return m == quoted })
			}
		}
	}
	if extent := teams.extent(); len(missing) > 0 && !extent.Whole() {
		return c.problem(what, sources.NotFound, fmt.Sprintf(
			"the team %s is not among those that could be read, because %s: write its id in teams under [pagerduty]", strings.Join(missing, ", "), extent.Why()), nil)
	}
	if len(missing) > 0 {
		return c.problem(what, sources.NotFound, fmt.Sprintf(
			"PagerDuty has no team %s: write its id or its exact name in teams under [pagerduty]", strings.Join(missing, ", ")), nil)
	}
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	c.state.teamIDs, c.state.teamsRead = ids, true
	c.state.listed = nil
	return nil
}

// idForm matches the form of PagerDuty's ids.
var idForm = lazyregexp.New(`^P[A-Z0-9]{5,}$`)

// matchTeams finds each wanted team by id, else by name, ignoring case.
func matchTeams(wanted []string, teams []thing) (ids, missing []string) {
	added := map[string]bool{}
	for _, want := range wanted {
		found := ""
		for _, t := range teams {
			if t.ID == want {
				found = t.ID
				break
			}
			if strings.EqualFold(t.label(), strings.TrimSpace(want)) {
				found = t.ID
			}
		}
		switch {
		case found == "":
			missing = append(missing, fmt.Sprintf("%q", want))
		case !added[found]:
			added[found] = true
			ids = append(ids, found)
		}
	}
	return ids, missing
}

// data returns everything that was read, as a Data that is never changed.
func (c *Client) data() sources.Data {
	d := sources.Data{Incidents: c.state.list(c.names()), ClockOffset: c.transport.clock.Offset()}
	var trouble string
	d.Extents.Incidents, d.Extents.Alerts, trouble = c.state.extents(d.Incidents)
	c.state.mu.Lock()
	d.More = c.state.moreAlerts
	d.Warnings = append(d.Warnings, c.state.warnings...)
	if c.state.noFeed {
		d.Warnings = append(d.Warnings, "the token may not read PagerDuty's log, so changes of many incidents show up to 5 minutes late")
	}
	c.state.mu.Unlock()
	c.catalog.fill(&d)
	if trouble != "" {
		d.Warnings = append(d.Warnings, trouble)
	}
	return d
}
