// Package fetch fetches runbooks from URLs: Markdown as it is, web pages
// converted to Markdown, and the raw form of code hosts' blob pages. A fetched
// runbook is cached with its date and used when the network is down.
//
// A runbook_url is written by whoever writes alerts. So a fetch is bounded in
// size and time, sends a token only to the host that it is configured for, and
// reaches into a private network only to the hosts that are configured for
// this.
package fetch

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"firstline/internal/clean"
	"firstline/internal/network"
	"firstline/runbooks"
)

const (
	// maxBytes bounds a runbook. The longest in public collections has some
	// tens of kilobytes.
	maxBytes = 2 << 20
	// timeLimit bounds a fetch with all its redirects.
	timeLimit = 10 * time.Second
	// freshFor is how long a cached page is used without asking the server.
	freshFor = 5 * time.Minute

	// failedFor is how long a server that failed is not asked for the same page
	// again.
	failedFor = 30 * time.Second
	// maxFailures bounds the remembered failures.
	maxFailures = 1000

	maxRedirects = 5
)

// Page is a fetched runbook in the cache.
type Page struct {
	URL       string
	FetchedAt time.Time
	// ETag and LastModified are the validators for the next request.
	ETag, LastModified string
	// Markdown is the text, converted if the page was HTML.
	Markdown string
}

func (p Page) fetched(stale string) runbooks.Fetched {
	return runbooks.Fetched{URL: p.URL, Markdown: p.Markdown, At: p.FetchedAt, LastModified: p.LastModified, Stale: stale}
}

// Cache stores pages between runs.
type Cache interface {
	Page(ctx context.Context, url string) (Page, bool, error)
	SetPage(ctx context.Context, p Page) error
}

// Options configure a Fetcher.
type Options struct {
	// Cache may be nil: nothing is stored then.
	Cache Cache
	// Tokens return the bearer token of a host ("raw.githubusercontent.com"),
	// by its name in lower case. They are called each time that a token is
	// sent, and their errors are shown.
	Tokens map[string]func(context.Context) (string, error)
	// Hosts, in lower case, may be on this machine or a private network. A
	// runbook_url can reach no other host there.
	Hosts     []string
	UserAgent string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Fetcher fetches runbooks. It is safe for concurrent use.
type Fetcher struct {
	options Options
	// lookup and dial access the network. Tests replace them.
	lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	dial   func(ctx context.Context, address netip.AddrPort) (net.Conn, error)
	proxy  func(*http.Request) (*url.URL, error)

	mu       sync.Mutex
	failures map[string]failure  // by address
	doubts   map[string]doubtful // by address
}

var _ runbooks.Fetcher = (*Fetcher)(nil)

// failure is the time and the error of the last failed fetch.
type failure struct {
	at  time.Time
	why *Error
}

// New makes a fetcher.
func New(o Options) *Fetcher {
	if o.Now == nil {
		o.Now = time.Now
	}
	var dialer net.Dialer
	return &Fetcher{
		options: o,
		lookup: func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		},
		dial: func(ctx context.Context, address netip.AddrPort) (net.Conn, error) {
			return dialer.DialContext(ctx, "tcp", address.String())
		},
		proxy: http.ProxyFromEnvironment,
	}
}

// Error is why a runbook could not be fetched, with a sentence for a person.
type Error struct {
	URL      string
	Sentence string
	Err      error
}

// Error returns the URL and the sentence.
func (e *Error) Error() string {
	return fmt.Sprintf("fetching the runbook %s: %s", clean.Line(e.URL), e.Sentence)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Fetch returns the runbook at a URL as Markdown: from the cache while that is
// fresh, else from the server, else the last cached copy. An error is an
// *Error.
func (f *Fetcher) Fetch(ctx context.Context, rawURL string) (runbooks.Fetched, error) {
	address := clean.URL(rawURL)
	if address == "" {
		return runbooks.Fetched{}, &Error{URL: rawURL, Sentence: "the runbook_url is not an http or https address; mend the alert's annotation."}
	}
	target, err := url.Parse(address)
	if err != nil {
		return runbooks.Fetched{}, &Error{URL: rawURL, Sentence: "the runbook_url can't be read; mend the alert's annotation.", Err: err}
	}
	target.Fragment = ""
	key := target.String()

	var cached Page
	var have bool
	if f.options.Cache != nil {
		// A cache that cannot be read only costs a request.
		cached, have, _ = f.options.Cache.Page(ctx, key)
	}
	if have && f.options.Now().Sub(cached.FetchedAt) < freshFor {
		return cached.fetched(""), nil
	}
	if d, ok := f.doubtAbout(key); ok && have {
		return f.inDoubt(cached, d), nil
	}
	page, why, failed := f.fresh(ctx, rawURL, target, cached)
	switch {
	case failed != nil && have:
		return cached.fetched(failed.Sentence), nil
	case failed != nil:
		return runbooks.Fetched{}, failed
	case why != "":
		d := doubtful{f.options.Now(), page, why}
		f.setDoubt(key, d)
		if have {
			return f.inDoubt(cached, d), nil
		}
		only := page.fetched("")
		only.Doubt = why
		return only, nil
	}
	if f.options.Cache != nil {
		// Without the cache the page is still current.
		_ = f.options.Cache.SetPage(ctx, page)
	}
	return page.fetched(""), nil
}

// inDoubt returns the stored copy with the page that the server sends now.
func (f *Fetcher) inDoubt(stored Page, d doubtful) runbooks.Fetched {
	fetched, now := stored.fetched(""), d.page.fetched("")
	fetched.Doubt, fetched.Now = d.why, &now
	return fetched
}

// Cached returns the copy that an earlier Fetch left in the cache.
func (f *Fetcher) Cached(ctx context.Context, rawURL string) (runbooks.Fetched, bool) {
	target, err := url.Parse(clean.URL(rawURL))
	if err != nil || target.Host == "" || f.options.Cache == nil {
		return runbooks.Fetched{}, false
	}
	target.Fragment = ""
	page, ok, err := f.options.Cache.Page(ctx, target.String())
	return page.fetched(""), ok && err == nil
}

// fresh asks the server, unless it has just failed: the next frame must not
// wait for a dead server again.
func (f *Fetcher) fresh(ctx context.Context, rawURL string, target *url.URL, cached Page) (page Page, doubt string, failed *Error) {
	key := target.String()
	f.mu.Lock()
	last, failedBefore := f.failures[key]
	f.mu.Unlock()
	if failedBefore && f.options.Now().Sub(last.at) < failedFor {
		return Page{}, "", last.why
	}
	page, doubt, err := f.get(ctx, rawForm(target, f.hasToken), cached)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == nil {
		delete(f.failures, key)
		page.URL = key
		return page, doubt, nil
	}
	failed = describe(rawURL, err)
	if ctx.Err() == nil { // otherwise the caller gave up
		if f.failures == nil || len(f.failures) >= maxFailures {
			f.failures = map[string]failure{}
		}
		f.failures[key] = failure{f.options.Now(), failed}
	}
	return Page{}, "", failed
}

// sentence is an error that is already a sentence for a person.
type sentence string

func (s sentence) Error() string { return string(s) }

func describe(rawURL string, err error) *Error {
	e := &Error{URL: rawURL, Err: err}
	var text sentence
	var dns *net.DNSError
	switch {
	case errors.As(err, &text):
		e.Sentence = string(text)
	case errors.Is(err, context.DeadlineExceeded):
		e.Sentence = fmt.Sprintf("the server did not finish within %s; open it in a browser or try again.", timeLimit)
	case errors.As(err, &dns):
		e.Sentence = fmt.Sprintf("the host %s can't be found; check the network or the runbook_url.", clean.Line(dns.Name))
	default:
		e.Sentence = "the server can't be reached; check the network, then try again."
	}
	return e
}

// get makes one conditional request and follows its redirects. doubt says why the
// page may not be the runbook.
func (f *Fetcher) get(ctx context.Context, target *url.URL, cached Page) (page Page, doubt string, err error) {
	r, err := f.request(ctx, target, cached)
	if err != nil {
		return Page{}, "", err
	}
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	guard := &guard{fetcher: f}
	if err := guard.literal(r.URL); err != nil {
		return Page{}, "", err
	}
	transport := &http.Transport{
		Proxy:             guard.proxy,
		DialContext:       guard.dial,
		DisableKeepAlives: true, // each request dials, so each is checked
		ForceAttemptHTTP2: true,
	}
	defer transport.CloseIdleConnections()
	client := &http.Client{
		Transport: transport,
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) >= maxRedirects {
				return sentence("the server redirects without end; mend the runbook_url.")
			}
			if via[0].URL.Scheme == "https" && r.URL.Scheme != "https" {
				return sentence("the server redirects from https to an insecure address; firstline does not follow.")
			}
			if err := guard.literal(r.URL); err != nil {
				return err
			}
			// net/http forwards headers by its own rules. Ours are exact: the
			// token of that very host or none.
			r.Header.Del("Authorization")
			return f.authorize(r.Context(), r)
		},
	}
	response, err := client.Do(r.WithContext(ctx))
	if err != nil {
		return Page{}, "", fmt.Errorf("asking the server: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode == http.StatusNotModified && !cached.FetchedAt.IsZero() {
		cached.FetchedAt = f.options.Now()
		return cached, "", nil
	}
	if err := refusal(response.StatusCode, r.URL.Hostname()); err != nil {
		return Page{}, "", err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBytes+1))
	if err != nil {
		return Page{}, "", fmt.Errorf("reading the answer: %w", err)
	}
	landed := response.Request.URL
	if leadsToSignIn(target, landed) {
		return Page{}, "", signInPage(landed)
	}
	markdown, title, err := toMarkdown(body, response.Header.Get("Content-Type"), landed)
	if err != nil {
		return Page{}, "", err
	}
	page = Page{
		FetchedAt:    f.options.Now(),
		ETag:         response.Header.Get("ETag"),
		LastModified: response.Header.Get("Last-Modified"),
		Markdown:     markdown,
	}
	return page, f.doubt(target, landed, title, markdown, cached.Markdown), nil
}

// request makes the request with the token. A password manager may wait for a
// fingerprint first; that time does not count against the server.
func (f *Fetcher) request(ctx context.Context, target *url.URL, cached Page) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("making the request: %w", err)
	}
	r.Header.Set("User-Agent", cmp.Or(f.options.UserAgent, "firstline"))
	r.Header.Set("Accept", "text/markdown, text/plain;q=0.9, text/html;q=0.8, */*;q=0.1")
	if cached.ETag != "" {
		r.Header.Set("If-None-Match", cached.ETag)
	}
	if cached.LastModified != "" {
		r.Header.Set("If-Modified-Since", cached.LastModified)
	}
	if err := f.authorize(ctx, r); err != nil {
		return nil, err
	}
	return r, nil
}

// authorize adds the token of exactly this host. It uses plain http only for
// loopback.
func (f *Fetcher) authorize(ctx context.Context, r *http.Request) error {
	host := r.URL.Hostname()
	if !f.hasToken(host) || r.URL.Scheme != "https" && !network.IsLoopback(host) {
		return nil
	}
	token, err := f.options.Tokens[strings.ToLower(host)](ctx)
	if err != nil {
		return sentence(fmt.Sprintf("the token for %s can't be had: %s.", clean.Line(host), clean.Line(err.Error())))
	}
	r.Header.Set("Authorization", "Bearer "+token)
	return nil
}

func (f *Fetcher) hasToken(host string) bool { return f.options.Tokens[strings.ToLower(host)] != nil }

func refusal(status int, host string) error {
	host = clean.Line(host)
	switch {
	case status == http.StatusOK:
		return nil
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return sentence(fmt.Sprintf("%s does not let us read it (%d); set a token for that host under [runbooks.tokens].", host, status))
	case status == http.StatusNotFound, status == http.StatusGone:
		return sentence(fmt.Sprintf("%s has no such page (%d); mend the runbook_url, or the page is private and needs a token.", host, status))
	case status >= 500:
		return sentence(fmt.Sprintf("%s failed (%d); try again in a moment.", host, status))
	}
	return sentence(fmt.Sprintf("%s answered with status %d and not with a runbook.", host, status))
}

// toMarkdown converts an answer to Markdown, by its content type and its
// content. title is that of a web page.
func toMarkdown(body []byte, contentType string, base *url.URL) (markdown, title string, err error) {
	if len(body) > maxBytes {
		return "", "", sentence(fmt.Sprintf("the page is larger than %d MiB, which no runbook is.", maxBytes>>20))
	}
	media, _, _ := mime.ParseMediaType(contentType)
	head := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 512)]))
	isHTML := media == "text/html" || media == "application/xhtml+xml" ||
		bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html"))
	switch {
	case bytes.IndexByte(body, 0) >= 0,
		strings.HasPrefix(media, "image/"), strings.HasPrefix(media, "video/"),
		media == "application/pdf", media == "application/zip":
		return "", "", sentence("what is there is not text; open it in a browser.")
	case !utf8.Valid(body):
		return "", "", sentence("the page is not UTF-8 text; save it as UTF-8 or open it in a browser.")
	case len(bytes.TrimSpace(body)) == 0:
		return "", "", sentence("the page is empty.")
	case isHTML:
		return fromHTML(body, base)
	}
	return string(body), "", nil
}
