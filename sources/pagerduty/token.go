package pagerduty

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"firstline/internal/clean"
	"firstline/sources"
)

// The types of token, as Options and the configuration name them.
const (
	// RESTToken is a user's or an account's REST API token, which is valid
	// until it is revoked.
	RESTToken = "token"
	// BearerToken is an OAuth access token, which expires after hours or days.
	BearerToken = "bearer"
)

// renewPause is the least time between two requests for a new token, which may
// make a password manager ask for a fingerprint.
const renewPause = time.Minute

// credential is the token that requests are sent with.
type credential struct {
	bearer bool // as in the options; otherwise the form of the token decides
	rest   bool
	from   string
	renew  func(context.Context) (string, error)
	now    func() time.Time

	// renewing holds a value while nobody requests a new token.
	renewing chan struct{}
	asked    time.Time // time of the last request; guarded by renewing

	mu    sync.Mutex
	token string
}

func newCredential(o Options) (*credential, error) {
	c := &credential{from: o.TokenFrom, renew: o.RenewToken, now: o.Now, renewing: make(chan struct{}, 1)}
	c.renewing <- struct{}{}
	switch strings.ToLower(o.TokenType) {
	case "":
	case RESTToken:
		c.rest = true
	case BearerToken:
		c.bearer = true
	default:
		return nil, fmt.Errorf("token_type %q of [pagerduty] is not known: it is %q or %q", clean.Line(o.TokenType), RESTToken, BearerToken)
	}
	var err error
	c.token, err = checkToken(o.Token)
	return c, err
}

// checkToken returns the token without surrounding space. The error never
// contains it.
func checkToken(raw string) (string, error) {
	token := strings.TrimSpace(raw)
	if token == "" {
		return "", fmt.Errorf("there is no PagerDuty token: set PAGERDUTY_TOKEN, or token_keyring, token_file or token_command under [pagerduty]")
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fmt.Errorf("the PagerDuty token has a character that no token has, such as a space or a line break: copy it again")
	}
	return token, nil
}

// current returns the token to send.
func (c *credential) current() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.token
}

// The prefixes of OAuth access tokens, by the region of the account.
const (
	prefixUS = "pdus+"
	prefixEU = "pdeu+"
)

func (c *credential) isBearer(token string) bool {
	return c.bearer || !c.rest && (strings.HasPrefix(token, prefixUS) || strings.HasPrefix(token, prefixEU))
}

// header returns the value of Authorization for a token.
func (c *credential) header(token string) string {
	if c.isBearer(token) {
		return "Bearer " + token
	}
	return "Token token=" + token
}

// replace looks for a token other than used, which PagerDuty did not accept,
// and reports whether there is one to try. It asks the token's source at most
// once a minute. One request asks at a time, and the others that wait share its
// result. If there is no token, why is the end of a sentence about the attempt.
func (c *credential) replace(ctx context.Context, used string) (found bool, why string) {
	if c.renew == nil {
		return false, ""
	}
	select {
	case <-c.renewing:
	case <-ctx.Done():
		return false, ""
	}
	defer func() { c.renewing <- struct{}{} }()
	if c.current() != used {
		return true, ""
	}
	now := c.now()
	if !c.asked.IsZero() && now.Sub(c.asked) < renewPause {
		return false, ""
	}
	c.asked = now
	token, err := c.renew(ctx)
	if err == nil {
		token, err = checkToken(token)
	}
	switch {
	case err != nil:
		return false, "; it was asked for again: " + sources.Sentence(err)
	case token == used:
		return false, "; it was asked for again and is still the same"
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token = token
	return true, ""
}

// source names the source of the token.
func (c *credential) source() string {
	if c.from == "" {
		return "PAGERDUTY_TOKEN (or token_keyring, token_file, token_command)"
	}
	return c.from
}

// refusedAdvice says what to do about a token that PagerDuty does not accept.
func (c *credential) refusedAdvice(token, host string) string {
	if !c.isBearer(token) {
		return fmt.Sprintf("PagerDuty does not accept the REST token: create a new one and give it to %s, or set region \"eu\" under [pagerduty] for an account in Europe", c.source())
	}
	switch {
	case strings.HasPrefix(token, prefixEU) && "https://"+host == usAddress:
		return "PagerDuty does not accept the OAuth token, which is of an account in Europe: set region \"eu\" under [pagerduty]"
	case strings.HasPrefix(token, prefixUS) && "https://"+host == euAddress:
		return "PagerDuty does not accept the OAuth token, which is of an account in the US: set region \"us\" under [pagerduty]"
	case c.renew == nil:
		return fmt.Sprintf("PagerDuty does not accept the OAuth token, which has probably expired: log in again, give the new one to %s and start firstline again (a token_command is asked again by itself)", c.source())
	}
	return fmt.Sprintf("PagerDuty does not accept the OAuth token, which has probably expired: log in again and check that %s gives a new one", c.source())
}

// forbiddenAdvice says what to do about a token that may not do something.
func (c *credential) forbiddenAdvice(token string) string {
	if c.isBearer(token) {
		return "the OAuth token may not do this: log in again with a scope that may (such as incidents.write), as a user with the right role"
	}
	return "the token may not do this: use a token of a user with the right role (a read-only token can only look)"
}
