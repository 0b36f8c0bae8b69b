package runbooks

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"firstline/internal/clean"
)

// Fetched is the text behind a URL.
type Fetched struct {
	// URL is where it was read, without a fragment.
	URL      string
	Markdown string
	// At is when the server last said that it is so.
	At time.Time
	// LastModified is what the server says about the page, as HTTP writes it.
	LastModified string
	// Stale is why this is an older copy, as a sentence; empty when it is as
	// the server has it.
	Stale string
}

// Fetcher reads runbooks that live behind a URL.
type Fetcher interface {
	// Fetch may wait for the network. Its errors read as a sentence.
	Fetch(ctx context.Context, url string) (Fetched, error)
	// Kept is the copy of an earlier Fetch; it asks no network.
	Kept(ctx context.Context, url string) (Fetched, bool)
}

// Lookup chooses the runbook for an alert group as Find does, and reads it from
// the web where the alert's runbook_url, or the service's runbook, is an
// address that no directory has. It may wait for the network: never call it in
// a loop. What could not be read but has a substitute is told by Match.Notice;
// an error is one sentence, and then nothing was found at all.
func (l *Library) Lookup(ctx context.Context, q Query) (Match, bool, error) {
	found, ok := l.Find(q)
	address, by := l.remote(q, found, ok)
	if address == "" {
		return found, ok, nil
	}
	fetched, err := l.options.Fetcher.Fetch(ctx, address)
	if err == nil {
		var m Match
		if m, err = fromWeb(fetched, address, by, q.Alerts); err == nil {
			return m, true, nil
		}
	}
	if !ok {
		return Match{}, false, err
	}
	found.Notice = clean.Line(fmt.Sprintf("%s could not be read: %v", address, err))
	return found, true, nil
}

// Kept is what Lookup would give from the directories and the kept copies
// alone: for the time until Lookup is back. waiting is the address that Lookup
// asks, empty when this is its answer already.
func (l *Library) Kept(ctx context.Context, q Query) (m Match, ok bool, waiting string) {
	found, ok := l.Find(q)
	address, by := l.remote(q, found, ok)
	if address == "" {
		return found, ok, ""
	}
	fetched, have := l.options.Fetcher.Kept(ctx, address)
	if !have {
		return found, ok, address
	}
	m, err := fromWeb(fetched, address, by, q.Alerts)
	if err != nil {
		return found, ok, address
	}
	return m, true, address
}

// LookupLink finds what a link in a runbook leads to: another runbook of the
// library or, from a page of the web, another page of the same host. It may
// wait for the network. ok is false for a link that a browser is for.
func (l *Library) LookupLink(ctx context.Context, from *Runbook, destination string) (m Match, ok bool, err error) {
	if m, ok := l.Follow(from, destination); ok {
		return m, true, nil
	}
	if from.URL == "" || l.options.Fetcher == nil {
		return Match{}, false, nil
	}
	base, err := url.Parse(from.URL)
	if err != nil {
		return Match{}, false, nil //nolint:nilerr // then there is nothing that the link is relative to
	}
	target, err := base.Parse(strings.TrimSpace(destination))
	if err != nil || clean.URL(target.String()) == "" || target.Scheme != base.Scheme || target.Host != base.Host {
		return Match{}, false, nil //nolint:nilerr // such a link is not for firstline
	}
	fetched, err := l.options.Fetcher.Fetch(ctx, target.String())
	if err != nil {
		return Match{}, false, err
	}
	m, err = fromWeb(fetched, target.String(), ByLink, nil)
	return m, err == nil, err
}

// WebLink is a link of the runbook as an address for a browser, relative ones
// of a page from the web included; empty when it is none.
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

// remote is the address that has to be read for a query, and what it was
// found by; empty when the directories know better or as well.
func (l *Library) remote(q Query, found Match, ok bool) (address, by string) {
	if l.options.Fetcher == nil || ok && found.MatchedBy == ByURL {
		return "", ""
	}
	if address := clean.URL(q.URL); address != "" {
		return address, ByURL
	}
	if ok && found.MatchedBy == ByAlert {
		return "", ""
	}
	address = clean.URL(q.ServiceRunbook)
	if address == "" {
		return "", ""
	}
	l.mu.RLock()
	x := l.index
	l.mu.RUnlock()
	if rb, _ := x.suffixOf(q.ServiceRunbook, q); rb != nil {
		return "", ""
	}
	return address, ByService
}

// fromWeb makes a match of a fetched page.
func fromWeb(f Fetched, address, by string, alerts []string) (Match, error) {
	u, err := url.Parse(address)
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
	m := Match{Runbook: rb, MatchedBy: by}
	m.Heading = (*index)(nil).headingIn(rb, u.Fragment, alerts)
	if f.Stale != "" {
		m.Notice = fmt.Sprintf("This is the copy of %s: %s", f.At.UTC().Format("2006-01-02 15:04 UTC"), f.Stale)
	}
	return m, nil
}
