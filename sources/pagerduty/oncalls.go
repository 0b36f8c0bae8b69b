package pagerduty

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"firstline/sources"
)

// How long the on-calls of a policy are valid: until the first turn ends, but
// at most this long, and longer if the answer has many pages.
const (
	onCallsFor   = 5 * time.Minute
	onCallsAPage = 2 * time.Minute
)

const (
	// fewPolicies is the number of policies up to which all policies of an
	// account are read. In larger accounts only the needed ones are.
	fewPolicies = 50
	// maxChunk is how many policies one request asks about.
	maxChunk = 25
	// maxChunkPages bounds the pages of one answer, and maxOnCallPages the
	// pages of one Read. The next Read continues.
	maxChunkPages  = 10
	maxOnCallPages = 20
	// longestQuery limits addresses to less than the 4 kB above which PagerDuty
	// answers 414.
	longestQuery = 3000
	// upcomingSpan is how far ahead the next turns of a schedule are read.
	upcomingSpan = 14 * 24 * time.Hour
)

// onCallCache has the on-calls by escalation policy. The account's on-calls are
// never read as a whole: there is an entry for each policy, level, user and
// schedule, which exceeds the paging limit in large accounts.
type onCallCache struct {
	byPolicy map[string]policyOnCalls
	// mine are the on-calls of the person who acts.
	mine cached[sources.OnCall]
	// users are the users in the entries, by id.
	users map[string]sources.User
	// trouble is the last failure.
	trouble string

	// list, extents and people are returned to callers. They are replaced after
	// a read, and never changed.
	list    []sources.OnCall
	extents map[string]sources.Extent
	people  []sources.User
}

// policyOnCalls are the on-calls of one policy, from one read.
type policyOnCalls struct {
	onCalls []sources.OnCall
	extent  sources.Extent
	due     time.Time
	// asked is when it was last requested by Client.OnCalls.
	asked time.Time
}

// askedFor is how long the on-calls of a policy stay in the cache after a
// request for them, if nothing else needs them.
const askedFor = 10 * time.Minute

// onCallPart is the answer of one request, or of several for a long list, about
// policies or schedules.
type onCallPart struct {
	ids    []string
	list   listed[onCallAnswer]
	extent sources.Extent
	// gone is set when PagerDuty has no object with the one requested id.
	gone error
}

// OnCalls reads the current on-calls of the policies, for all levels.
func (c *Client) OnCalls(ctx context.Context, policyIDs ...string) ([]sources.OnCall, sources.Extent, error) {
	const what = "reading who is on call"
	if err := c.checkIDs(what, policyIDs...); err != nil {
		return nil, sources.Extent{}, err
	}
	var all []sources.OnCall
	var gone error
	extent := sources.Whole
	err := c.eachChunk(ctx, what, "escalation_policy_ids[]", policyIDs, nil, func(p onCallPart) bool {
		all = append(all, c.storeOnCalls(p, true)...)
		extent, gone = extent.And(p.levelled()), cmp.Or(p.gone, gone)
		return true
	})
	if err == nil && len(policyIDs) == 1 {
		err = gone
	}
	if err != nil {
		return nil, sources.Extent{}, err
	}
	return all, extent, nil
}

// OnCallsUntil reads the on-calls of the policies from now until a time, for
// all levels.
func (c *Client) OnCallsUntil(ctx context.Context, until time.Time, policyIDs ...string) ([]sources.OnCall, sources.Extent, error) {
	return c.onCallsUntil(ctx, until, "escalation_policy_ids[]", policyIDs)
}

// Upcoming reads the turns of the schedules in the next two weeks.
func (c *Client) Upcoming(ctx context.Context, scheduleIDs ...string) ([]sources.OnCall, sources.Extent, error) {
	return c.onCallsUntil(ctx, c.now().Add(upcomingSpan), "schedule_ids[]", scheduleIDs)
}

func (c *Client) onCallsUntil(ctx context.Context, until time.Time, key string, ids []string) ([]sources.OnCall, sources.Extent, error) {
	const what = "reading who is on call next"
	if err := c.checkIDs(what, ids...); err != nil {
		return nil, sources.Extent{}, err
	}
	span := url.Values{"since": {c.now().UTC().Format(time.RFC3339)}, "until": {until.UTC().Format(time.RFC3339)}}
	var all []sources.OnCall
	extent := sources.Whole
	err := c.eachChunk(ctx, what, key, ids, span, func(p onCallPart) bool {
		all = append(all, convert(p.list.items, (*onCallAnswer).onCall)...)
		extent = extent.And(p.levelled())
		c.catalog.meet(p.list.items)
		return true
	})
	if err != nil {
		return nil, sources.Extent{}, err
	}
	return all, extent, nil
}

// meet adds the users that are complete in on-call entries and were not met before, so
// that the next snapshot has their time zones.
func (k *catalog) meet(answers []onCallAnswer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	before := len(k.onCalls.users)
	k.onCalls.meet(answers)
	if len(k.onCalls.users) == before {
		return
	}
	people := make([]sources.User, 0, len(k.onCalls.users))
	for _, id := range slices.Sorted(maps.Keys(k.onCalls.users)) {
		people = append(people, k.onCalls.users[id])
	}
	k.onCalls.people, k.people = people, nil
}

// eachChunk reads the on-calls of the objects with these ids, some at a time,
// in their order, and passes each part to take until it returns false. It
// halves parts that are too long, or that contain an id unknown to PagerDuty.
func (c *Client) eachChunk(ctx context.Context, what, key string, wanted []string, more url.Values, take func(onCallPart) bool) error {
	var parts [][]string
	seen := map[string]bool{}
	length := 0
	for _, id := range wanted {
		if seen[id] {
			continue
		}
		seen[id] = true
		length += len(url.QueryEscape(key)) + len(id) + 2
		if n := len(parts); n == 0 || len(parts[n-1]) == maxChunk || length > longestQuery {
			parts, length = append(parts, nil), 0
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], id)
	}
	for len(parts) > 0 {
		ids := parts[0]
		parts = parts[1:]
		q := url.Values{key: ids, "include[]": {"users"}}
		maps.Copy(q, more)
		l, err := readUpTo[onCallAnswer](ctx, c, what, "/oncalls", "oncalls", q, maxChunkPages)
		if len(ids) > 1 && (err == nil && l.more || sources.ReasonOf(err) == sources.NotFound) {
			half := len(ids) / 2
			parts = slices.Insert(parts, 0, ids[:half], ids[half:])
			continue
		}
		p := onCallPart{ids: ids}
		if sources.ReasonOf(err) == sources.NotFound {
			p.gone, l.more, l.missing = err, true, "PagerDuty does not know it, or this token may not see it"
		} else if err != nil {
			return err
		} else if l.more {
			l.missing = cmp.Or(l.missing, fmt.Sprintf("PagerDuty lists more than %d entries for it", len(l.items)))
		}
		p.list, p.extent = l, l.extent()
		if key == "escalation_policy_ids[]" {
			p.attribute()
		}
		if !take(p) {
			return nil
		}
	}
	return nil
}

// attribute assigns entries without a policy to their policy, if possible.
func (p *onCallPart) attribute() {
	for i := range p.list.items {
		policy := &p.list.items[i].Policy
		switch {
		case policy.ID != "":
		case len(p.ids) == 1:
			policy.ID = p.ids[0]
		case p.extent.Whole():
			p.extent.Missing = "PagerDuty did not say which policy an entry belongs to"
		}
	}
}

// levelled returns the extent. It is not whole when an entry has no level,
// because it is then unknown who is on call for a level.
func (p *onCallPart) levelled() sources.Extent {
	extent := p.extent
	for i := range p.list.items {
		extent = withLevel(extent, int(p.list.items[i].Level))
	}
	return extent
}

// withLevel returns the extent of a list with an entry of that level.
func withLevel(extent sources.Extent, level int) sources.Extent {
	if level < 1 && extent.Whole() {
		extent.Missing = "PagerDuty did not say on which level an entry is"
	}
	return extent
}

// storeOnCalls stores what was read of policies. asked means that a caller
// requested them.
func (c *Client) storeOnCalls(p onCallPart, asked bool) []sources.OnCall {
	k := &c.catalog
	now := c.now()
	onCalls := convert(p.list.items, (*onCallAnswer).onCall)
	k.mu.Lock()
	defer k.mu.Unlock()
	cache := &k.onCalls
	if cache.byPolicy == nil {
		cache.byPolicy = map[string]policyOnCalls{}
	}
	every := min(max(onCallsFor, time.Duration(p.list.pages)*onCallsAPage), mostStaleAfter)
	for _, id := range p.ids {
		one := policyOnCalls{extent: p.extent, due: now.Add(every), asked: cache.byPolicy[id].asked}
		if asked {
			one.asked = now
		}
		for _, o := range onCalls {
			if o.Policy.ID != id {
				continue
			}
			one.onCalls = append(one.onCalls, o)
			one.extent = withLevel(one.extent, o.Level)
			switch {
			case o.End.IsZero():
			case !o.End.After(now): // by a clock that differs from ours
				one.due = minTime(one.due, now.Add(catalogRetry))
			default:
				one.due = minTime(one.due, o.End.Add(time.Second))
			}
		}
		cache.byPolicy[id] = one
	}
	cache.meet(p.list.items)
	k.publishOnCalls(now, nil)
	return onCalls
}

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// meet stores the users that are complete in the entries.
func (o *onCallCache) meet(answers []onCallAnswer) {
	for i := range answers {
		if u := answers[i].User.whole; u != nil {
			if o.users == nil {
				o.users = map[string]sources.User{}
			}
			o.users[u.ID] = *u
		}
	}
}

// publishOnCalls replaces the lists for callers. If needed is not nil, it drops
// policies that are no longer needed.
func (k *catalog) publishOnCalls(now time.Time, needed map[string]bool) {
	o := &k.onCalls
	list, extents := []sources.OnCall{}, map[string]sources.Extent{}
	for _, id := range slices.Sorted(maps.Keys(o.byPolicy)) {
		one := o.byPolicy[id]
		if needed != nil && !needed[id] && now.Sub(one.asked) > askedFor {
			delete(o.byPolicy, id)
			continue
		}
		list = append(list, one.onCalls...)
		extents[id] = one.extent
	}
	for _, mine := range o.mine.items {
		if _, read := extents[mine.Policy.ID]; !read {
			list = append(list, mine)
		}
	}
	people := make([]sources.User, 0, len(o.users))
	for _, id := range slices.Sorted(maps.Keys(o.users)) {
		people = append(people, o.users[id])
	}
	o.list, o.extents, o.people, k.people = list, extents, people, nil
}

// withPeople returns users together with those of more that are missing in it.
func withPeople(users, more []sources.User) []sources.User {
	all := slices.Clone(users)
	have := make(map[string]bool, len(users))
	for _, u := range users {
		have[u.ID] = true
	}
	for _, u := range more {
		if !have[u.ID] {
			all = append(all, u)
		}
	}
	return all
}

// readOnCalls reads the on-calls of the needed policies that are due, and those
// of the token's user.
func (c *Client) readOnCalls(ctx context.Context, brief bool) error {
	const what = "reading who is on call"
	needed, all := c.neededPolicies(brief)
	now := c.now()
	k := &c.catalog
	k.mu.Lock()
	due := slices.DeleteFunc(slices.Clone(needed), func(id string) bool {
		one, read := k.onCalls.byPolicy[id]
		return read && now.Before(one.due)
	})
	if len(due) > 0 { // those due within a minute are included
		due = slices.DeleteFunc(slices.Clone(needed), func(id string) bool {
			one, read := k.onCalls.byPolicy[id]
			return read && now.Add(time.Minute).Before(one.due)
		})
	}
	k.mu.Unlock()
	err := error(nil)
	if len(due) > 0 {
		err = c.readDueOnCalls(ctx, what, due)
	}
	if err == nil && !all && !brief {
		err = c.readMyOnCalls(ctx)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case err != nil:
		k.onCalls.trouble = "who is on call could not be read: " + sources.Sentence(err)
	case len(due) > 0:
		k.onCalls.trouble = ""
		wanted := map[string]bool{}
		for _, id := range needed {
			wanted[id] = true
		}
		k.publishOnCalls(now, wanted)
	}
	return err
}

// readDueOnCalls asks about as many policies as one Read may.
func (c *Client) readDueOnCalls(ctx context.Context, what string, due []string) error {
	pages, read := 0, map[string]bool{}
	err := c.eachChunk(ctx, what, "escalation_policy_ids[]", due, nil, func(p onCallPart) bool {
		c.storeOnCalls(p, false)
		for _, id := range p.ids {
			read[id] = true
		}
		pages += p.list.pages
		return pages < maxOnCallPages
	})
	if err == nil {
		return nil
	}
	k := &c.catalog
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.onCalls.byPolicy == nil {
		k.onCalls.byPolicy = map[string]policyOnCalls{}
	}
	for _, id := range due {
		if read[id] {
			continue
		}
		one := k.onCalls.byPolicy[id]
		one.due = c.now().Add(retryAfter(err))
		if !one.extent.Read {
			one.extent.Missing = "it could not be read: " + sources.Sentence(err)
		}
		k.onCalls.byPolicy[id] = one
	}
	k.publishOnCalls(c.now(), nil)
	return err
}

// readMyOnCalls reads the on-calls of the token's user.
func (c *Client) readMyOnCalls(ctx context.Context) error {
	k := &c.catalog
	k.mu.Lock()
	me := ""
	if len(k.me.items) > 0 {
		me = k.me.items[0].ID
	}
	wait := me == "" || c.now().Before(k.onCalls.mine.due)
	k.mu.Unlock()
	if wait || !plainID.MatchString(me) {
		return nil
	}
	l, err := readUpTo[onCallAnswer](ctx, c, "reading where we are on call", "/oncalls", "oncalls", url.Values{"user_ids[]": {me}}, 1)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		k.onCalls.mine.due = c.now().Add(retryAfter(err))
		return err
	}
	k.onCalls.mine = cached[sources.OnCall]{items: convert(l.items, (*onCallAnswer).onCall), extent: l.extent(), due: c.now().Add(onCallsFor)}
	k.publishOnCalls(c.now(), nil)
	return nil
}

// neededPolicies returns the ids of the policies whose on-calls the screen and
// plans need: those of the configuration, of the open incidents and of their
// services, most incidents first. In an account with few policies it returns
// all. A brief Read needs only those in which an incident will still escalate,
// or through which it was assigned to nobody.
func (c *Client) neededPolicies(brief bool) (ids []string, all bool) {
	policies, services := c.state.inUse(brief)
	k := &c.catalog
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.policies.extent.Whole() && len(k.policies.items) <= fewPolicies {
		for _, p := range k.policies.items {
			ids = append(ids, p.ID)
		}
		all = true
	}
	seen := map[string]bool{}
	for _, id := range ids {
		seen[id] = true
	}
	add := func(id string) {
		if plainID.MatchString(id) && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	for _, typed := range c.policyNames {
		if !brief {
			add(k.policyID(typed))
		}
	}
	for _, s := range k.services.items {
		if brief {
			break
		}
		if slices.ContainsFunc(c.serviceNames, func(name string) bool { return s.ID == name || strings.EqualFold(s.Name, name) }) {
			add(s.Policy.ID)
		}
		policies[s.Policy.ID] += services[s.ID]
	}
	byUse := slices.SortedFunc(maps.Keys(policies), func(a, b string) int {
		return cmp.Or(cmp.Compare(policies[b], policies[a]), cmp.Compare(a, b))
	})
	for _, id := range byUse {
		if policies[id] > 0 {
			add(id)
		}
	}
	return ids, all
}

// policyID returns the id of the policy with this id or name, or "" when
// unknown.
func (k *catalog) policyID(typed string) string {
	hits := sources.Named(k.policies.items, typed, (*sources.Policy).Names)
	switch {
	case len(hits) == 1:
		return hits[0].ID
	case len(hits) > 1, k.policies.extent.Whole(), !idForm.MatchString(typed):
		return "" // not found, or the name is ambiguous
	}
	return typed
}
