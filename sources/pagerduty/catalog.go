package pagerduty

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"firstline/sources"
)

// How long data that changes slowly stays valid. Lists of many pages stay valid
// longer.
const (
	catalogFor     = 30 * time.Minute
	catalogAPage   = 10 * time.Minute
	catalogRetry   = time.Minute
	refusedRetry   = 10 * time.Minute
	mostStaleAfter = time.Hour
)

// maxUserPages bounds the pages of users that are listed. In larger accounts
// users are searched for instead (FindUsers).
const maxUserPages = 3

// catalog is the data that changes slowly.
type catalog struct {
	mu       sync.Mutex
	onCalls  onCallCache
	services cached[sources.Service]
	policies cached[sources.Policy]
	users    cached[sources.User]
	teams    cached[sources.Reference]
	// priorities rarely change, and not every account has them.
	priorities cached[sources.Priority]
	me         identity

	// people are the users together with those in the on-calls. It is nil after
	// either changed.
	people []sources.User
}

// cached is a list, how much of it was read, when it is read again, and the
// last failure.
type cached[T any] struct {
	items   []T
	extent  sources.Extent
	due     time.Time
	trouble string
}

// extentOf returns the Extent of the list. If it was never read, it has the
// reason.
func (k *cached[T]) extentOf() sources.Extent {
	if !k.extent.Read && k.trouble != "" {
		return sources.Extent{Missing: k.trouble}
	}
	return k.extent
}

// identity is the user whose token is used.
type identity struct {
	cached[sources.User] // one or none
	kind                 TokenKind
}

// readServices reads the services if they are due.
func (c *Client) readServices(ctx context.Context) error {
	return refresh(ctx, c, &c.catalog.services, "services", catalogFor, catalogAPage, c.listServices)
}

// readCatalog reads what is due. Its failures become warnings, except for the
// end of ctx.
func (c *Client) readCatalog(ctx context.Context, show func()) error {
	k := &c.catalog
	steps := []func(context.Context) error{
		c.readMe,
		func(ctx context.Context) error {
			return refresh(ctx, c, &k.policies, "escalation policies", catalogFor, catalogAPage, c.listPolicies)
		},
		c.readServices,
		func(ctx context.Context) error { return c.readOnCalls(ctx, false) },
		func(ctx context.Context) error {
			return refresh(ctx, c, &k.users, "users", catalogFor, catalogAPage, c.listUsers)
		},
		func(ctx context.Context) error {
			return refresh(ctx, c, &k.teams, "teams", catalogFor, catalogAPage, c.listTeams)
		},
		func(ctx context.Context) error {
			return refresh(ctx, c, &k.priorities, "priorities", mostStaleAfter, catalogAPage, c.listPriorities)
		},
	}
	before := c.transport.sent()
	unreachable := 0 // steps in a row
	for _, step := range steps {
		err := step(ctx)
		if sources.ReasonOf(err) == sources.Unreachable {
			unreachable++
		} else {
			unreachable = 0
		}
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return err
		case sources.ReasonOf(err) == sources.RateLimited, unreachable == 2:
			return nil // the other requests would wait and fail as well
		}
	}
	if c.transport.sent() != before {
		show()
	}
	return nil
}

// refresh reads a list when it is due and stores it. After a failure the old
// list stays.
func refresh[T any](ctx context.Context, c *Client, k *cached[T], name string, goodFor, aPage time.Duration,
	read func(context.Context) ([]T, int, sources.Extent, error),
) error {
	c.catalog.mu.Lock()
	wait := c.now().Before(k.due)
	c.catalog.mu.Unlock()
	if wait {
		return nil
	}
	items, pages, extent, err := read(ctx)
	if err == nil {
		defer c.state.renamed() // once the list is stored
	}
	c.catalog.mu.Lock()
	defer c.catalog.mu.Unlock()
	if err != nil {
		k.trouble = name + " could not be read: " + sources.Sentence(err)
		k.due = c.now().Add(retryAfter(err))
		return err
	}
	every := min(max(goodFor, time.Duration(pages)*aPage), mostStaleAfter)
	k.items, k.extent, k.trouble, k.due = items, extent, "", c.now().Add(every)
	c.catalog.people = nil
	return nil
}

// retryAfter returns when to try again. Refusals are permanent for a long time.
func retryAfter(err error) time.Duration {
	switch sources.ReasonOf(err) {
	case sources.Forbidden, sources.MissingAbility, sources.NotFound, sources.Rejected, sources.Unauthorized:
		return refusedRetry
	}
	return catalogRetry
}

// fill copies the catalog into d.
func (k *catalog) fill(d *sources.Data) {
	k.mu.Lock()
	defer k.mu.Unlock()
	d.OnCalls, d.Services, d.Policies = k.onCalls.list, k.services.items, k.policies.items
	d.Users, d.Teams, d.Priorities = k.users.items, k.teams.items, k.priorities.items
	if len(k.onCalls.people) > 0 {
		if k.people == nil {
			k.people = withPeople(k.users.items, k.onCalls.people)
		}
		d.Users = k.people
	}
	e := &d.Extents
	e.Services, e.Policies, e.Users = k.services.extentOf(), k.policies.extentOf(), k.users.extentOf()
	e.Teams, e.Priorities, e.OnCalls = k.teams.extentOf(), k.priorities.extentOf(), k.onCalls.extents
	e.Mine = k.onCalls.mine.extentOf()
	if len(k.me.items) > 0 && k.policies.extent.Whole() && !slices.ContainsFunc(k.policies.items, func(p sources.Policy) bool { return !e.OnCalls[p.ID].Whole() }) {
		e.Mine = sources.Whole // the list of all is complete, so ours is too
	}
	if len(k.me.items) > 0 {
		me := k.me.items[0]
		d.Me = &me
	}
	for _, trouble := range []string{
		k.me.trouble, k.onCalls.trouble, k.policies.trouble, k.services.trouble,
		k.users.trouble, k.teams.trouble, k.priorities.trouble,
	} {
		if trouble != "" {
			d.Warnings = append(d.Warnings, trouble)
		}
	}
}

// readMe reads the user of the token. /users/me works only for user tokens. An
// account token gets 400 there and acts as the user with the configured email.
func (c *Client) readMe(ctx context.Context) error {
	k := &c.catalog
	k.mu.Lock()
	wait := c.now().Before(k.me.due)
	k.mu.Unlock()
	if wait {
		return nil
	}
	who, kind, err := c.whoAmI(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		k.me.trouble = "who we are in PagerDuty could not be read: " + sources.Sentence(err)
		k.me.due = c.now().Add(retryAfter(err))
		return err
	}
	k.me.kind, k.me.items, k.me.trouble, k.me.due = kind, nil, "", c.now().Add(catalogFor)
	switch email := c.transport.from(); {
	case who != nil:
		k.me.items = []sources.User{*who}
	case email == "":
		k.me.trouble = "the token belongs to the account and not to a user: set [me] email, else nothing can be acknowledged or escalated"
	default:
		k.me.trouble = "PagerDuty knows no user with the email " + email + ": correct [me] email, else nothing can be acknowledged or escalated"
	}
	return nil
}

// whoAmI asks for the user of the token. It returns nil when PagerDuty has no
// such user.
func (c *Client) whoAmI(ctx context.Context) (*sources.User, TokenKind, error) {
	const what = "asking who we are"
	var answer struct {
		User userAnswer `json:"user"`
	}
	err := c.get(ctx, what, "/users/me", nil, &answer)
	var e *sources.Error
	switch {
	case err == nil && answer.User.ID != "":
		user := answer.User.user()
		c.transport.actAs(user.Email)
		return &user, UserToken, nil
	case err == nil:
		return nil, UnknownToken, c.problem(what, sources.BadAnswer, "what answered is not PagerDuty's API, for it names no user: check url under [pagerduty]", nil)
	case !asError(err, &e) || e.Status != 400:
		return nil, UnknownToken, err
	}
	email := c.transport.from()
	if email == "" {
		return nil, AccountToken, nil
	}
	found, err := readList[userAnswer](ctx, c, what, "/users", "users", url.Values{"query": {email}})
	if err != nil {
		return nil, AccountToken, err
	}
	for _, u := range found.items {
		if strings.EqualFold(string(u.Email), email) {
			user := u.user()
			c.transport.actAs(user.Email)
			return &user, AccountToken, nil
		}
	}
	if extent := found.extent(); !extent.Whole() {
		return nil, AccountToken, c.problem(what, sources.BadAnswer, "it is not known which user has the email "+email+", because "+extent.Why(), nil)
	}
	return nil, AccountToken, nil
}
