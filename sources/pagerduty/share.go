package pagerduty

import (
	"context"
	"net/http"
	"time"
)

const (
	// requestsAMinute is PagerDuty's limit for one person, where its answers did not
	// say it.
	requestsAMinute = 960
	// share is the part of the limit, one in so many, that reading the past takes.
	share = 3
)

// shares is the context key of a request that takes only a share of the limit.
type shares struct{}

// sharing returns a context whose requests take only a share of the limit.
func sharing(ctx context.Context) context.Context { return context.WithValue(ctx, shares{}, true) }

// waitForShare waits until a request of a share may be sent: the share is spread
// over the minute, and while fewer than leaveSpare requests of the minute are left
// for everybody, it waits for the next one.
func (t *transport) waitForShare(req *http.Request) *fault {
	ctx := req.Context()
	if in, _ := ctx.Value(shares{}).(bool); !in {
		return nil
	}
	t.mu.Lock()
	now, limit := t.now(), requestsAMinute
	if t.limit.of > 0 {
		limit = t.limit.of
	}
	at := now
	if t.nextShare.After(at) {
		at = t.nextShare
	}
	if t.limit.present && t.limit.remaining <= min(leaveSpare, limit/share) && t.limit.reset.After(at) {
		at = t.limit.reset
	}
	t.nextShare = at.Add(time.Minute * share / time.Duration(limit))
	t.mu.Unlock()
	if wait := at.Sub(now); wait > 0 {
		if err := t.sleep(ctx, wait); err != nil {
			return &fault{err: t.stopped(req, err, false)}
		}
	}
	return nil
}

// Budget is how many of the requests that PagerDuty allows a person in a minute are
// left, as its last answer said.
type Budget struct {
	// Left is how many are left of the Limit until Reset.
	Left, Limit int
	Reset       time.Time
	// Refused: an answer was that there were too many, and the wait lasts.
	Refused bool
	// Reported is false where no answer said it.
	Reported bool
}

// Budget returns what the last answers said of the limit.
func (c *Client) Budget() Budget {
	t := c.transport
	t.mu.Lock()
	defer t.mu.Unlock()
	return Budget{
		Left: t.limit.remaining, Limit: t.limit.of, Reset: t.limit.reset, Refused: t.limit.notBefore.After(t.now()),
		Reported: t.limit.present && t.limit.of > 0,
	}
}
