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

// TokenKind is what kind of token the client has.
type TokenKind string

// The kinds of token. A user token acts as its user; an account token acts as
// the user whose email is sent along, and needs one.
const (
	UserToken    TokenKind = "user"
	AccountToken TokenKind = "account"
	UnknownToken TokenKind = "unknown"
)

// Report is what Check found.
type Report struct {
	// Host is where the API is.
	Host  string
	Token TokenKind
	// Me is the user whom writes are made as; nil when that can't be told.
	Me *sources.User
	// Proof says how the account tells which alerts an incident is of: with
	// the incidents, or by a request for each. Empty where it can't be told.
	Proof string
	// Missing are sentences about what is missing or odd, and what to do.
	Missing []string
}

// Check asks PagerDuty who we are and tries what reading needs. It changes
// nothing, so a token that may only read shows first when it is used. The
// error is of the first question; without an answer to it the rest is not
// asked.
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
			q.Set("user_ids[]", r.Me.ID) // never the whole account's
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

// withoutResponders reports whether it is known that the account's plan does not
// include asking others to join.
func (c *Client) withoutResponders(ctx context.Context) bool {
	const what = "checking the account's plan"
	var answer map[string]json.RawMessage
	if c.get(ctx, what, "/abilities", nil, &answer) != nil {
		return false
	}
	abilities, err := pageOf[text](c, what, "abilities", answer)
	return err == nil && abilities.lost == 0 && !slices.Contains(abilities.items, "coordinated_responding")
}

// proof tells how first alerts come, by the open incidents or, where none is
// open, by some of the last ones.
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
			if !a.whole() || a.AlertCounts.told && a.AlertCounts.All == 0 {
				continue
			}
			opened++
			if a.Trigger.first().told {
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
