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
