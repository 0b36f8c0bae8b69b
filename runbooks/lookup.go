package runbooks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
)

// Fetched is the text at a URL.
type Fetched struct {
	// URL is where it was read, without a fragment.
	URL      string
	Markdown string
	// At is when the server last confirmed this text.
	At time.Time
	// LastModified is the server's Last-Modified header.
	LastModified string
	// Stale explains in a sentence why this is an older copy. It is empty when
	// the server still has this text.
	Stale string
	// Doubt says why what the server sends now may not be the runbook. Now is that
	// page; where it is nil, this is it, because there is no older copy.
	Doubt string
	Now   *Fetched
}

// Fetcher reads runbooks from URLs.
type Fetcher interface {
	// Fetch may wait for the network. Its errors read as a sentence.
	Fetch(ctx context.Context, url string) (Fetched, error)
	// Cached returns the copy of an earlier Fetch without using the network.
	Cached(ctx context.Context, url string) (Fetched, bool)
}

// Truster is a Fetcher that stores a page which was in doubt, once a person says
// that it is the runbook.
type Truster interface {
	Trust(ctx context.Context, url string) error
}

// Trust takes the page that is at an address now for the runbook. It may wait for
// the network.
func (l *Library) Trust(ctx context.Context, address string) error {
	if t, ok := l.options.Fetcher.(Truster); ok {
		return t.Trust(ctx, address)
	}
	return errors.New("pages of the web are not stored here")
}

// Lookup chooses the runbook for an alert group as Find does, and reads it from
// the web when the alert's runbook_url, or the service's runbook, is an address
// that no directory has. It may wait for the network: never call it in an event
// loop. When a substitute replaces a runbook that could not be read,
// Match.Notice says so. An error is one sentence and means that no runbook was
// found.
func (l *Library) Lookup(ctx context.Context, q Query) (Match, bool, error) {
	found, ok := l.Find(q)
	var failed []string
	var firstErr error
	for _, a := range l.remote(q, found, ok) {
		m, err := l.fetch(ctx, a, q.Alerts)
		if err == nil {
			if m.Notice != "" {
				failed = append(failed, m.Notice)
			}
			m.Notice = strings.Join(failed, ". ")
			m.Missing, m.Suggestions = found.Missing, found.Suggestions
			return m, true, nil
		}
		failed = append(failed, clean.Line(fmt.Sprintf("%s could not be read: %v", a.url, err)))
		if firstErr == nil {
			firstErr = err
		}
	}
	if !ok {
		return found, false, firstErr
	}
	if found.Notice != "" {
		failed = append(failed, found.Notice)
	}
	found.Notice = strings.Join(failed, ". ")
	return found, true, nil
}

func (l *Library) fetch(ctx context.Context, a address, alerts []string) (Match, error) {
	fetched, err := l.options.Fetcher.Fetch(ctx, a.url)
	if err != nil {
		return Match{}, err
	}
	return fromWeb(fetched, a, alerts)
}

// LookupCached returns the result of Lookup from the directories and the cached
// copies alone, for the time until Lookup returns. waiting is the address that
// Lookup will ask. It is empty when the result is final.
func (l *Library) LookupCached(ctx context.Context, q Query) (m Match, ok bool, waiting string) {
	found, ok := l.Find(q)
	remote := l.remote(q, found, ok)
	if len(remote) == 0 {
		return found, ok, ""
	}
	for _, a := range remote {
		if fetched, have := l.options.Fetcher.Cached(ctx, a.url); have {
			if m, err := fromWeb(fetched, a, q.Alerts); err == nil {
				return m, true, remote[0].url
			}
		}
	}
	return found, ok, remote[0].url
}

// LookupLink returns the target of a link in a runbook: another runbook of the
// library or, from a page of the web, another page of the same host. It may
// wait for the network. ok is false for a link that needs a browser.
func (l *Library) LookupLink(ctx context.Context, from *Runbook, destination string) (m Match, ok bool, err error) {
	if m, ok := l.Follow(from, destination); ok {
		return m, true, nil
	}
	if from.URL == "" || l.options.Fetcher == nil {
		return Match{}, false, nil
	}
	base, err := url.Parse(from.URL)
	if err != nil {
		return Match{}, false, nil //nolint:nilerr // the link is relative to nothing then
	}
	target, err := base.Parse(strings.TrimSpace(destination))
	if err != nil || clean.URL(target.String()) == "" || target.Scheme != base.Scheme || target.Host != base.Host {
		return Match{}, false, nil //nolint:nilerr // such a link is not for firstline
	}
	fetched, err := l.options.Fetcher.Fetch(ctx, target.String())
	if err != nil {
		return Match{}, false, err
	}
	m, err = fromWeb(fetched, address{url: target.String(), by: ByLink}, nil)
	return m, err == nil, err
}

// WebLink returns a link of the runbook as an address for a browser, including
// relative links of a page from the web. It returns "" when there is no such
// address.
func (rb *Runbook) WebLink(destination string) string {
	if address := clean.URL(destination); address != "" || rb.URL == "" {
		return address
	}
	base, err := url.Parse(rb.URL)
	if err != nil {
		return ""
	}
	target, err := base.Parse(strings.TrimSpace(destination))
	if err != nil {
		return ""
	}
	return clean.URL(target.String())
}

// address is where a runbook may be read on the web, and how it was found.
type address struct {
	url, by string
	values  map[string]string
}

// mostAddresses bounds the addresses that are read for one query.
const mostAddresses = 3

// remote returns the addresses to read for a query, best first. It returns none
// when the match from the directories is as good or better. The service's
// runbook comes last: it replaces an alert's own that cannot be read.
func (l *Library) remote(q Query, found Match, ok bool) []address {
	if l.options.Fetcher == nil || ok && found.MatchedBy == ByReference {
		return nil
	}
	var all []address
	add := func(r Reference, by string) {
		u := clean.URL(r.URL)
		if u != "" && len(all) < mostAddresses && !slices.ContainsFunc(all, func(have address) bool { return have.url == u }) {
			all = append(all, address{u, by, r.Values})
		}
	}
	for _, r := range q.References {
		add(r, ByReference)
	}
	if ok && found.MatchedBy == ByAlert {
		return all
	}
	if r, is := ReferenceTo(q.ServiceRunbook); is {
		l.mu.RLock()
		x := l.index
		l.mu.RUnlock()
		if x.referred(r, q).Runbook == nil {
			add(r, ByService)
		}
	}
	return all
}

// fromWeb makes a match of a fetched page.
func fromWeb(f Fetched, from address, alerts []string) (Match, error) {
	u, err := url.Parse(from.url)
	if err != nil {
		return Match{}, fmt.Errorf("reading the address of a runbook: %w", err)
	}
	name := strings.Trim(u.Path, "/")
	if name == "" {
		name = u.Host
	}
	rb, err := Parse(name, []byte(f.Markdown))
	if err != nil {
		return Match{}, err
	}
	rb.Path, rb.URL, rb.Fetched = f.URL, f.URL, f.At
	rb.Directory = u.Scheme + "://" + u.Host
	if modified, err := http.ParseTime(f.LastModified); err == nil {
		rb.Modified = modified
	}
	fragment, values := valuesIn(u)
	m := Match{Runbook: rb, MatchedBy: from.by, Values: withValues(values, from.values)}
	m.Heading = (*index)(nil).headingIn(rb, fragment, alerts)
	if f.Stale != "" {
		m.Notice = "This is an older copy: " + f.Stale
	}
	switch {
	case f.Now != nil:
		m.Notice = "This is the copy that was stored before: " + f.Doubt
		if now, err := fromWeb(*f.Now, from, alerts); err == nil {
			m.Now = &now
		}
	case f.Doubt != "":
		m.Notice = "This may not be the runbook: " + f.Doubt
	}
	return m, nil
}
