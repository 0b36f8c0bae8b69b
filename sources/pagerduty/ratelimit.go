package pagerduty

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"firstline/sources"
)

// Bounds of waits for the rate limit. PagerDuty counts by the minute.
const (
	// longestWait bounds the wait that one "ratelimit-reset" may ask for.
	longestWait = 60 * time.Second
	// usualWait is the wait after a 429 without that header.
	usualWait = 5 * time.Second
)

// rateLimit is the last limit in PagerDuty's headers.
type rateLimit struct {
	// remaining requests until reset. present is false while no answer had
	// them.
	remaining int
	present   bool
	// of is the limit of a minute, or 0 while no answer had it.
	of    int
	reset time.Time
	// notBefore is when the next request may be sent after a 429.
	notBefore time.Time
}

// learn reads the limit and the clock from an answer's headers.
func (t *transport) learn(resp *http.Response) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		t.skew = date.Sub(t.now())
	}
	reset, haveReset := resetTime(resp.Header.Get("ratelimit-reset"))
	if haveReset {
		t.limit.reset = t.now().Add(reset)
	}
	if n, err := strconv.Atoi(strings.TrimSpace(resp.Header.Get("ratelimit-remaining"))); err == nil && n >= 0 {
		t.limit.remaining, t.limit.present = n, haveReset
	}
	if n, err := strconv.Atoi(strings.TrimSpace(resp.Header.Get("ratelimit-limit"))); err == nil && n > 0 {
		t.limit.of = n
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		wait := usualWait
		if haveReset {
			wait = max(reset, time.Second)
		}
		t.limit.notBefore = t.now().Add(min(wait, longestWait))
	}
}

// resetTime parses ratelimit-reset: seconds until the reset, not a time.
func resetTime(header string) (time.Duration, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(header), 64)
	if err != nil || n != n || n < 0 {
		return 0, false
	}
	return time.Duration(min(n, longestWait.Seconds()) * float64(time.Second)), true
}

// waitForLimit waits until a 429 is over. It returns an error at once if the
// caller's deadline is earlier.
func (t *transport) waitForLimit(req *http.Request) *sources.Error {
	ctx := req.Context()
	wait := t.limited()
	if wait <= 0 {
		return nil
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
		return t.tooMany(req, wait)
	}
	t.reportWait(ctx, wait)
	if err := t.sleep(ctx, wait); err != nil {
		return t.stopped(req, err, false)
	}
	return nil
}

// reportWait reports to the screen why a request waits.
func (t *transport) reportWait(ctx context.Context, wait time.Duration) {
	if wait > 0 {
		sources.Waits(ctx, fmt.Sprintf("PagerDuty asks to wait %d s.", int(math.Ceil(wait.Seconds()))))
	}
}

// limited returns how long the limit still lasts.
func (t *transport) limited() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.limit.notBefore.Sub(t.now())
}

// spare reports whether more than n requests of this minute are left.
func (t *transport) spare(n int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.limit.present || t.limit.remaining > n || !t.now().Before(t.limit.reset)
}

// serverTime converts our time to PagerDuty's clock.
func (t *transport) serverTime(ours time.Time) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return ours.Add(t.skew)
}

func (t *transport) tooMany(req *http.Request, wait time.Duration) *sources.Error {
	wait = max(wait, 0).Round(time.Second)
	e := t.failure(req, sources.RateLimited, fmt.Sprintf(
		"PagerDuty gets too many requests from this user (all terminals and tools together): try again in %d s", int(wait.Seconds())), nil)
	e.Status, e.RetryAfter = http.StatusTooManyRequests, wait
	return e
}
