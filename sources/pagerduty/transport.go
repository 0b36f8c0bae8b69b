package pagerduty

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"firstline/internal/credentials"
	"firstline/internal/sending"
	"firstline/internal/serverclock"
	"firstline/sources"
)

// Bounds of one request.
const (
	// maxBody bounds an answer, unpacked. A page of 100 incidents is below 1
	// MB; alerts may have 512 kB of details each.
	maxBody = 32 << 20
	// requestTimeout bounds one attempt, including the body.
	requestTimeout = 30 * time.Second
	// maxAttempts is how often one request is sent at most.
	maxAttempts = 3
	// firstBackOff doubles with each attempt. Half of it is random.
	firstBackOff = 400 * time.Millisecond
)

// transport sends the requests of go-pagerduty. It implements pd.HTTPClient.
// Every error that it returns is a *sources.Error, and every answer is JSON
// with a 2xx status, read whole.
type transport struct {
	source    sources.Source
	base      *url.URL
	token     *credential
	client    *http.Client
	userAgent string
	now       func() time.Time
	sleep     func(context.Context, time.Duration) error
	log       *slog.Logger

	gate gate

	mu    sync.Mutex
	email string
	limit rateLimit
	skew  time.Duration // PagerDuty's clock minus ours
	count int           // of requests sent
	// nextShare is when the next request of a share may be sent; see sharing.
	nextShare time.Time

	clock serverclock.Clock
}

func newTransport(source sources.Source, base *url.URL, token *credential, o Options) *transport {
	under := o.Transport
	if under == nil {
		own := http.DefaultTransport.(*http.Transport).Clone() // proxies from the environment, HTTP/2
		own.MaxIdleConnsPerHost = 2
		under = own
	}
	t := &transport{
		source:    source,
		base:      base,
		token:     token,
		userAgent: o.UserAgent,
		now:       o.Now,
		sleep:     sleep,
		log:       o.Log,
		gate:      newGate(),
		email:     o.Email,
	}
	if o.Sleep != nil {
		t.sleep = o.Sleep
	}
	t.client = &http.Client{Transport: under, CheckRedirect: checkRedirect}
	return t
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// redirectError reports a redirect that was not followed.
type redirectError struct{ to string }

func (e *redirectError) Error() string { return "redirect to " + e.to }

// checkRedirect follows a redirect only for a read and only on the same host
// and scheme: the token must not go elsewhere, and a write must not change into
// another request on the way.
func checkRedirect(next *http.Request, via []*http.Request) error {
	first := via[0]
	if first.Method != http.MethodGet || len(via) > 3 ||
		next.URL.Scheme != first.URL.Scheme || next.URL.Host != first.URL.Host {
		return &redirectError{to: next.URL.Scheme + "://" + next.URL.Host}
	}
	return nil
}

// doing is the context key of a request's purpose, for its error.
type doing struct{}

func doingOf(ctx context.Context) string {
	if s, ok := ctx.Value(doing{}).(string); ok {
		return s
	}
	return "asking PagerDuty"
}

// Do sends req, and repeats it if that is safe and may help. It returns JSON or
// a *sources.Error.
func (t *transport) Do(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != t.base.Scheme || req.URL.Host != t.base.Host {
		return nil, t.failure(req, sources.Forbidden, "the request was for another host than "+t.base.Host+" and was not sent", nil)
	}
	var body []byte
	if req.Body != nil {
		var err error
		body, err = io.ReadAll(req.Body)
		_ = req.Body.Close()
		if err != nil {
			return nil, t.failure(req, sources.Rejected, "the request could not be built", err)
		}
	}
	renewed := false
	for attempt := 1; ; attempt++ {
		resp, fault := t.once(req, body)
		if fault == nil {
			return resp, nil
		}
		// PagerDuty's own 401 means that nothing was done: even a write may be
		// sent again with another token.
		if fault.err.Status == http.StatusUnauthorized && !renewed {
			renewed = true
			found, why := t.token.replace(req.Context(), fault.token)
			if found && !fault.err.Unknown {
				t.log.Info("the PagerDuty token was renewed", "doing", fault.err.Doing)
				attempt--
				continue
			}
			fault.err.Sentence += why
		}
		if attempt == maxAttempts || !fault.repeatable || req.Context().Err() != nil {
			return nil, fault.err
		}
		t.log.Debug("asking PagerDuty again", "doing", fault.err.Doing, "attempt", attempt, "because", fault.err.Sentence)
		if fault.err.Reason == sources.RateLimited {
			continue // once waits until the limit is reset
		}
		pause := firstBackOff << (attempt - 1)
		pause = pause/2 + rand.N(pause/2)
		if t.sleep(req.Context(), pause) != nil {
			return nil, fault.err
		}
	}
}

// fault is a failed attempt, and whether a repetition is safe and may help.
type fault struct {
	err        *sources.Error
	repeatable bool
	token      string // that it was sent with
}

// once makes one attempt. Attempts are serialized, but for some reads; see gate.
func (t *transport) once(req *http.Request, body []byte) (*http.Response, *fault) {
	ctx := req.Context()
	if fault := t.waitForShare(req); fault != nil {
		return nil, fault
	}
	leave, err := t.gate.enter(ctx, isWrite(req) || !mayPair(ctx) || !t.room(), func() {
		t.reportWait(ctx, t.limited()) // the previous request waits for the limit
	})
	if err != nil {
		return nil, &fault{err: t.stopped(req, err, false)}
	}
	defer leave()
	if err := ctx.Err(); err != nil {
		return nil, &fault{err: t.stopped(req, err, false)}
	}
	if err := t.waitForLimit(req); err != nil {
		return nil, &fault{err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	ctx, watch := sending.Watching(ctx)
	attempt := req.Clone(ctx)
	attempt.Header.Set("User-Agent", t.userAgent)
	token := t.token.current()
	attempt.Header.Set("Authorization", t.token.header(token))
	if email := t.from(); email != "" {
		attempt.Header.Set("From", email)
	} else {
		attempt.Header.Del("From")
	}
	if body != nil {
		attempt.Body = io.NopCloser(bytes.NewReader(body))
		attempt.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		attempt.ContentLength = int64(len(body))
	}
	t.mu.Lock()
	t.count++
	t.mu.Unlock()
	if isWrite(req) {
		sources.Sends(ctx)
	}
	start := t.now()
	resp, err := t.client.Do(attempt)
	if err != nil {
		return nil, t.broken(req, err, watch.NeverLeft())
	}
	if isSuccess(resp) { // otherwise the date may be a proxy's, with its own clock
		t.clock.Compare(resp.Header, start, t.now())
	}
	t.learn(resp)
	resp, fault := t.read(req, resp, token)
	if fault != nil {
		fault.token = token
	}
	return resp, fault
}

// read reads the whole answer to a request with a token and classifies it.
func (t *transport) read(req *http.Request, resp *http.Response, token string) (*http.Response, *fault) {
	credentials.Add(token)
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	_ = resp.Body.Close()
	if !isSuccess(resp) {
		// PagerDuty, or a proxy, may repeat the token.
		answer = []byte(credentials.Hide(string(answer), http.Header{"Authorization": {token}}))
		return nil, t.refused(req, resp, answer, token) // its body is optional
	}
	switch {
	case err != nil:
		return nil, t.broken(req, err, false)
	case len(answer) > maxBody:
		e := t.failure(req, sources.BadAnswer, "PagerDuty's answer is longer than 32 MB and was not read", nil)
		return nil, &fault{err: t.mayHaveHappened(req, e, resp.StatusCode)}
	case resp.StatusCode != http.StatusNoContent && !isJSON(resp, answer):
		return nil, &fault{err: t.webPage(req, resp)}
	}
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	resp.ContentLength = int64(len(answer))
	return resp, nil
}

func isSuccess(resp *http.Response) bool { return resp.StatusCode/100 == 2 }

// isJSON looks at the body when the header does not say.
func isJSON(resp *http.Response, body []byte) bool {
	kind, _, _ := strings.Cut(strings.ToLower(resp.Header.Get("Content-Type")), ";")
	kind = strings.TrimSpace(kind)
	if kind == "application/json" || strings.HasSuffix(kind, "+json") {
		return true
	}
	body = bytes.TrimLeft(body, " \t\r\n")
	return kind != "text/html" && len(body) > 0 && (body[0] == '{' || body[0] == '[')
}

// from returns the email as whom requests are made.
func (t *transport) from() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.email
}

// actAs sets the email when none is configured, because the answer to a user
// token contains it. Otherwise it sets PagerDuty's spelling of the configured
// one.
func (t *transport) actAs(email string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if isEmail(email) && (t.email == "" || strings.EqualFold(t.email, email)) {
		t.email = email
	}
}

// sent returns how many requests were sent.
func (t *transport) sent() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count
}

// isWrite reports whether the request changes something.
func isWrite(req *http.Request) bool {
	return req.Method != http.MethodGet && req.Method != http.MethodHead && !strings.Contains(req.URL.Path, analyticsPath)
}

// failure returns an error about req.
func (t *transport) failure(req *http.Request, r sources.Reason, sentence string, err error) *sources.Error {
	return &sources.Error{
		Source:   t.source,
		Doing:    doingOf(req.Context()),
		Reason:   r,
		Sentence: sentence,
		Err:      err,
	}
}

// mayHaveHappened marks e when req is a write whose outcome is unknown.
func (t *transport) mayHaveHappened(req *http.Request, e *sources.Error, status int) *sources.Error {
	e.Status = status
	if isWrite(req) {
		e.Unknown = true
		e.Sentence += "; it is not known whether it was done: check before doing it again"
	}
	return e
}

// stopped returns the error of a request whose context ended.
func (t *transport) stopped(req *http.Request, err error, sent bool) *sources.Error {
	e := t.failure(req, sources.Canceled, "it was stopped before PagerDuty answered", err)
	if errors.Is(err, context.DeadlineExceeded) {
		e.Reason = sources.Unreachable
		e.Sentence = "PagerDuty did not answer in the time there was: check the network and try again"
	}
	if sent {
		return t.mayHaveHappened(req, e, 0)
	}
	return e
}
