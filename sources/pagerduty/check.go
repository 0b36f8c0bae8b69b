package pagerduty

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"firstline/sources"
)

// TokenKind is the kind of token of the client.
type TokenKind string

// The kinds of token. A user token acts as its user. An account token acts as
// the user with the email in the request, and requires one.
const (
	UserToken    TokenKind = "user"
	AccountToken TokenKind = "account"
	UnknownToken TokenKind = "unknown"
)

// Report is the result of Check.
type Report struct {
	// Host is the host of the API.
	Host  string
	Token TokenKind
	// Me is the user as whom writes are made. It is nil when unknown.
	Me *sources.User
	// Proof says how the account reports the alerts of an incident: with the
	// incidents, or by a request for each. It is empty when unknown.
	Proof string
	// Missing are sentences about missing or unusual things, and what to do.
	Missing []string
}

// Check asks PagerDuty for the user and tries what reading needs. It changes
// nothing, so a read-only token is noticed only when it is used for a write. It
// returns an error when the first request fails, and then makes no other.
func (c *Client) Check(ctx context.Context) (Report, error) {
	r := Report{Host: c.base.Host, Token: UnknownToken}
	configured := c.transport.from()
	me, kind, err := c.whoAmI(ctx)
	if err != nil {
		return r, err
	}
	r.Token, r.Me = kind, me
	switch {
	case me == nil && configured == "":
		r.Missing = append(r.Missing, byCode[2016].sentence)
	case me == nil:
		r.Missing = append(r.Missing, byCode[1008].sentence)
	case kind == UserToken && configured != "" && !strings.EqualFold(configured, me.Email):
		r.Missing = append(r.Missing, fmt.Sprintf(
			"the token is %s's but [me] email is %s: actions are made as %s; use your own token", me.Email, configured, me.Email))
	}
	if err := c.findTeams(ctx); err != nil {
		r.Missing = append(r.Missing, sources.Sentence(err))
	}
	tries := []struct{ what, path, field, then string }{
		{"incidents", "/incidents", "incidents", "nothing can be shown"},
		{"the log", "/log_entries", "log_entries", "changes show late"},
		{"on-calls", "/oncalls", "oncalls", "who will be notified is not shown"},
		{"services", "/services", "services", "owners are not known"},
		{"escalation policies", "/escalation_policies", "escalation_policies", "there is nothing to escalate to"},
		{"users", "/users", "users", "there is nobody to hand off to"},
	}
	for _, t := range tries {
		q := url.Values{}
		if t.path == "/oncalls" && r.Me != nil {
			q.Set("user_ids[]", r.Me.ID) // never the whole account
		}
		if _, err := readPage[thing](ctx, c, "checking "+t.what, t.path, t.field, q, 0, 1); err != nil {
			if ctx.Err() != nil {
				return r, err
			}
			r.Missing = append(r.Missing, fmt.Sprintf("%s can't be read, so %s: %s", t.what, t.then, sources.Sentence(err)))
		}
	}
	r.Proof = c.proof(ctx)
	if c.withoutResponders(ctx) {
		r.Missing = append(r.Missing, "the account's plan does not include asking further responders to join: handing off assigns instead")
	}
	return r, nil
}

// withoutResponders reports whether the account's plan is known to lack
// requests to join an incident.
func (c *Client) withoutResponders(ctx context.Context) bool {
	const what = "checking the account's plan"
	var answer map[string]json.RawMessage
	if c.get(ctx, what, "/abilities", nil, &answer) != nil {
		return false
	}
	abilities, err := pageOf[text](c, what, "abilities", answer)
	return err == nil && abilities.lost == 0 && !slices.Contains(abilities.items, "coordinated_responding")
}

// proof says how first alerts are reported, according to the open incidents or,
// without any, to some of the last ones.
func (c *Client) proof(ctx context.Context) string {
	with, opened := c.state.proofs()
	of := "open"
	if opened == 0 {
		of = "last"
		p, err := readPage[incidentAnswer](ctx, c, "checking the log entries of incidents", "/incidents", "incidents", url.Values{"include[]": {"first_trigger_log_entries"}}, 0, pageSize/4)
		if err != nil {
			return ""
		}
		for i := range p.items {
			a := &p.items[i]
			if !a.whole() || a.AlertCounts.present && a.AlertCounts.All == 0 {
				continue
			}
			opened++
			if a.Trigger.first().present {
				with++
			}
		}
	}
	switch {
	case opened == 0:
		return ""
	case with == opened:
		return fmt.Sprintf("the first alerts come with the incidents (all of %d %s ones)", opened, of)
	case with == 0:
		return fmt.Sprintf("no first alert comes with its incident (none of %d %s ones): each incident is asked about by a request of its own", opened, of)
	}
	return fmt.Sprintf("the first alerts come with %d of %d %s incidents; the others are asked about one by one", with, opened, of)
}
