package pagerduty

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"firstline/sources"
)

func asError(err error, e **sources.Error) bool { return errors.As(err, e) }

type userAnswer struct {
	ID       text        `json:"id"`
	Name     text        `json:"name"`
	Summary  text        `json:"summary"`
	Email    text        `json:"email"`
	URL      text        `json:"html_url"`
	TimeZone text        `json:"time_zone"`
	Role     text        `json:"role"`
	Teams    list[thing] `json:"teams"`
	// Rules are bare references, without an urgency, unless the request included
	// them.
	Rules wholeList[notificationRuleAnswer] `json:"notification_rules"`
}

type notificationRuleAnswer struct {
	Urgency text   `json:"urgency"`
	Delay   number `json:"start_delay_in_minutes"`
	Contact thing  `json:"contact_method"`
}

func (a *userAnswer) user() sources.User {
	name := a.Name
	if name == "" {
		name = a.Summary
	}
	return sources.User{
		ID: string(a.ID), Name: string(name), Email: string(a.Email), URL: string(a.URL),
		TimeZone: string(a.TimeZone), Teams: references(a.Teams), Role: string(a.Role),
	}
}

// userWithRules converts an answer that should have the notification rules.
func (a *userAnswer) userWithRules() sources.User {
	u := a.user()
	u.RulesRead = a.Rules.whole
	for _, r := range a.Rules.items {
		u.RulesRead = u.RulesRead && r.Urgency != ""
		u.Rules = append(u.Rules, sources.NotificationRule{
			Urgency: string(r.Urgency), Delay: minutes(r.Delay), Contact: strings.TrimSuffix(r.Contact.Type, "_reference"),
		})
	}
	return u
}

// minutes limits a number of minutes to a valid range.
func minutes(n number) time.Duration { return time.Duration(min(max(n, 0), 1e7)) * time.Minute }

// FindUsers reads the users whose name or email contains the query.
func (c *Client) FindUsers(ctx context.Context, query string) ([]sources.User, sources.Extent, error) {
	l, err := readUpTo[userAnswer](ctx, c, "looking for users", "/users", "users", url.Values{"query": {query}}, maxUserPages)
	if err != nil {
		return nil, sources.Extent{}, err
	}
	if l.more {
		l.missing = cmp.Or(l.missing, fmt.Sprintf("more than %d users fit", len(l.items)))
	}
	return convert(l.items, (*userAnswer).user), l.extent(), nil
}

// User reads one user with the notification rules. For a user that does not
// exist it returns a *sources.Error with NotFound.
func (c *Client) User(ctx context.Context, id string) (sources.User, error) {
	const what = "reading a user"
	if err := c.checkIDs(what, id); err != nil {
		return sources.User{}, err
	}
	var answer struct {
		User userAnswer `json:"user"`
	}
	if err := c.get(ctx, what, "/users/"+id, url.Values{"include[]": {"notification_rules"}}, &answer); err != nil {
		return sources.User{}, err
	}
	if string(answer.User.ID) != id {
		return sources.User{}, c.problem(what, sources.BadAnswer, "what answered is not PagerDuty's API, for it has no such user: check url under [pagerduty]", nil)
	}
	return answer.User.userWithRules(), nil
}

type serviceAnswer struct {
	ID      text        `json:"id"`
	Name    text        `json:"name"`
	Summary text        `json:"summary"`
	URL     text        `json:"html_url"`
	Status  text        `json:"status"`
	Policy  thing       `json:"escalation_policy"`
	Teams   list[thing] `json:"teams"`
	// AckTimeout is in seconds. Null means never.
	AckTimeout  number `json:"acknowledgement_timeout"`
	AutoResolve number `json:"auto_resolve_timeout"`
}

func (a *serviceAnswer) service() sources.Service {
	name := a.Name
	if name == "" {
		name = a.Summary
	}
	return sources.Service{
		ID: string(a.ID), Name: string(name), URL: string(a.URL), Status: string(a.Status),
		Policy: a.Policy.reference(), Teams: references(a.Teams),
		AckTimeout: seconds(a.AckTimeout), AutoResolve: seconds(a.AutoResolve),
	}
}

// seconds limits a number of seconds to a valid range.
func seconds(n number) time.Duration { return time.Duration(min(max(n, 0), 1e9)) * time.Second }

type policyAnswer struct {
	ID      text                  `json:"id"`
	Name    text                  `json:"name"`
	Summary text                  `json:"summary"`
	URL     text                  `json:"html_url"`
	Loops   number                `json:"num_loops"`
	Rules   wholeList[ruleAnswer] `json:"escalation_rules"`
	Teams   wholeList[thing]      `json:"teams"`
}

// errOddRules is why a policy could not be understood.
var errOddRules = errors.New("its escalation rules have an unknown form")

// UnmarshalJSON refuses a policy without its levels, or without the targets of a
// level: it is counted as one that could not be understood, and not taken for one
// without levels.
func (a *policyAnswer) UnmarshalJSON(b []byte) error {
	type plain policyAnswer
	odd := func(r ruleAnswer) bool { return !r.Targets.whole }
	if !unmarshal(b, (*plain)(a)) || !a.Rules.whole || slices.ContainsFunc(a.Rules.items, odd) {
		return errOddRules
	}
	return nil
}

type ruleAnswer struct {
	Delay   number           `json:"escalation_delay_in_minutes"`
	Targets wholeList[thing] `json:"targets"`
	// Strategy is an object in practice, a string in PagerDuty's schema, and a
	// list of one object in an example there.
	Strategy strategyAnswer `json:"escalation_rule_assignment_strategy"`
}

// strategyAnswer is the name of an assignment strategy.
type strategyAnswer string

// UnmarshalJSON takes any JSON value.
func (s *strategyAnswer) UnmarshalJSON(b []byte) error {
	type object struct {
		Type text `json:"type"`
	}
	var (
		name text
		o    object
		many list[object]
	)
	switch {
	case isObject(b) && unmarshal(b, &o):
		name = o.Type
	case len(b) > 0 && b[0] == '[':
		if _ = many.UnmarshalJSON(b); len(many) > 0 {
			name = many[0].Type
		}
	case len(b) > 0 && b[0] == '"':
		_ = name.UnmarshalJSON(b)
	}
	*s = strategyAnswer(strings.TrimSuffix(string(name), "_reference"))
	return nil
}

func (a *policyAnswer) policy() sources.Policy {
	name := a.Name
	if name == "" {
		name = a.Summary
	}
	p := sources.Policy{
		ID: string(a.ID), Name: string(name), URL: string(a.URL), Loops: int(a.Loops), Teams: references(a.Teams.items), TeamsUnread: !a.Teams.whole,
	}
	for _, r := range a.Rules.items {
		p.Levels = append(p.Levels, sources.Level{
			Delay:    minutes(r.Delay),
			Targets:  references(r.Targets.items),
			Strategy: string(r.Strategy),
		})
	}
	return p
}

type onCallAnswer struct {
	User     onCallUser `json:"user"`
	Schedule thing      `json:"schedule"`
	Policy   thing      `json:"escalation_policy"`
	Level    number     `json:"escalation_level"`
	Start    moment     `json:"start"`
	End      moment     `json:"end"`
}

// errOddTimes is why an on-call entry could not be understood.
var errOddTimes = errors.New("its start or end has an unknown form")

// UnmarshalJSON refuses an entry whose start or end is not understood: the entry
// is counted, and not taken for one that always applies, as null does.
func (a *onCallAnswer) UnmarshalJSON(b []byte) error {
	type plain onCallAnswer
	if !unmarshal(b, (*plain)(a)) || a.Start.odd || a.End.odd {
		return errOddTimes
	}
	return nil
}

// onCallUser is a user on call. It is complete if the request included users.
type onCallUser struct {
	thing
	whole *sources.User
}

// UnmarshalJSON takes any JSON value.
func (u *onCallUser) UnmarshalJSON(b []byte) error {
	*u = onCallUser{}
	_ = u.thing.UnmarshalJSON(b)
	var whole userAnswer
	if isObject(b) && unmarshal(b, &whole) && whole.ID != "" && whole.Email != "" {
		user := whole.user()
		u.whole = &user
	}
	return nil
}

func (a *onCallAnswer) onCall() sources.OnCall {
	return sources.OnCall{
		User: a.User.person(), Policy: a.Policy.reference(), Schedule: a.Schedule.reference(),
		Level: int(a.Level), Start: a.Start.Time, End: a.End.Time,
	}
}

// listUsers reads the users of an account that has few.
func (c *Client) listUsers(ctx context.Context) ([]sources.User, int, sources.Extent, error) {
	l, err := readUpTo[userAnswer](ctx, c, "reading users", "/users", "users", nil, maxUserPages)
	if l.more {
		l.missing = cmp.Or(l.missing, fmt.Sprintf("PagerDuty has more users than the %d that are listed", len(l.items)))
	}
	return convert(l.items, (*userAnswer).user), l.pages, l.extent(), err
}

func (c *Client) listServices(ctx context.Context) ([]sources.Service, int, sources.Extent, error) {
	l, err := readList[serviceAnswer](ctx, c, "reading services", "/services", "services", nil)
	return convert(l.items, (*serviceAnswer).service), l.pages, l.extent(), err
}

func (c *Client) listPolicies(ctx context.Context) ([]sources.Policy, int, sources.Extent, error) {
	l, err := readList[policyAnswer](ctx, c, "reading escalation policies", "/escalation_policies", "escalation_policies", withStrategies())
	return convert(l.items, (*policyAnswer).policy), l.pages, l.extent(), err
}

// withStrategies includes the assignment strategies of levels.
func withStrategies() url.Values {
	return url.Values{"include[]": {"escalation_rule_assignment_strategies"}}
}

func (c *Client) listTeams(ctx context.Context) ([]sources.Reference, int, sources.Extent, error) {
	l, err := readList[thing](ctx, c, "reading teams", "/teams", "teams", nil)
	return convert(l.items, func(t *thing) sources.Reference { return t.reference() }), l.pages, l.extent(), err
}

// listPriorities reads the account's priorities, the most severe first.
// PagerDuty refuses the request of an account whose plan has none; that is not
// an error.
func (c *Client) listPriorities(ctx context.Context) ([]sources.Priority, int, sources.Extent, error) {
	l, err := readList[thing](ctx, c, "reading priorities", "/priorities", "priorities", nil)
	switch sources.ReasonOf(err) {
	case sources.MissingAbility, sources.Forbidden, sources.NotFound:
		return nil, 1, sources.Whole, nil
	}
	all := convert(l.items, func(t *thing) sources.Priority {
		return sources.Priority{ID: t.ID, Name: t.label(), Color: t.Color, Order: t.Order}
	})
	slices.SortStableFunc(all, func(a, b sources.Priority) int { return cmp.Compare(b.Order, a.Order) })
	return all, l.pages, l.extent(), err
}

func convert[A, T any](answers []A, to func(*A) T) []T {
	items := make([]T, 0, len(answers))
	for i := range answers {
		items = append(items, to(&answers[i]))
	}
	return items
}

// Policy reads one escalation policy. For a policy that does not exist it
// returns a *sources.Error with NotFound.
func (c *Client) Policy(ctx context.Context, id string) (sources.Policy, error) {
	const what = "reading an escalation policy"
	if err := c.checkIDs(what, id); err != nil {
		return sources.Policy{}, err
	}
	var answer struct {
		Policy policyAnswer `json:"escalation_policy"`
	}
	if err := c.get(ctx, what, "/escalation_policies/"+id, withStrategies(), &answer); err != nil {
		return sources.Policy{}, err
	}
	if string(answer.Policy.ID) != id {
		return sources.Policy{}, c.problem(what, sources.BadAnswer, "what answered is not PagerDuty's API, for it has no such escalation policy: check url under [pagerduty]", nil)
	}
	return answer.Policy.policy(), nil
}
