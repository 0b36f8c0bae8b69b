package cli

import (
	"context"
	"fmt"
	"sync"

	"firstline/internal/store"
	"firstline/runbooks"
	"firstline/runbooks/fetch"
)

// newFetcher makes what reads runbooks behind a URL; nil when the
// configuration forbids it. The demo reads none: its addresses are nobody's.
func (s *setup) newFetcher(version string) runbooks.Fetcher {
	if s.demo || !s.config.Runbooks.Fetch {
		return nil
	}
	tokens := map[string]func(context.Context) (string, error){}
	for host, where := range s.config.Runbooks.Tokens {
		tokens[host] = rememberToken(s.telling(where.Token))
	}
	return fetch.New(fetch.Options{Cache: storedRunbooks{s}, Tokens: tokens, Hosts: s.config.Runbooks.Hosts, UserAgent: "firstline/" + version, Now: s.now})
}

// rememberToken asks for a token until it has one: a password manager is not
// asked for each page.
func rememberToken(find func(context.Context) (string, error)) func(context.Context) (string, error) {
	var mu sync.Mutex
	var first string
	return func(ctx context.Context) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		if first != "" {
			return first, nil
		}
		token, err := find(ctx)
		first = token
		return token, err
	}
}

// storedRunbooks stores fetched runbooks in the store, once it is open.
type storedRunbooks struct{ s *setup }

var _ fetch.Cache = storedRunbooks{}

// Page reads a page. It returns false when it was never fetched or nothing is
// stored.
func (p storedRunbooks) Page(ctx context.Context, url string) (fetch.Page, bool, error) {
	if p.s.state == nil {
		return fetch.Page{}, false, nil
	}
	stored, ok, err := p.s.state.Page(ctx, url)
	if err != nil {
		p.s.log.Warn("a cached runbook can't be read", "url", url, "why", err)
	}
	return fetch.Page{
		URL: stored.URL, FetchedAt: stored.FetchedAt, ETag: stored.ETag, LastModified: stored.LastModified, Markdown: string(stored.Body),
	}, ok, err
}

// SetPage stores a page.
func (p storedRunbooks) SetPage(ctx context.Context, page fetch.Page) error {
	if p.s.state == nil {
		return nil
	}
	err := p.s.state.SetPage(ctx, store.Page{
		URL: page.URL, FetchedAt: page.FetchedAt, ETag: page.ETag, LastModified: page.LastModified, Body: []byte(page.Markdown),
	}, int64(p.s.config.Runbooks.CacheMB)*1e6)
	if err != nil {
		p.s.log.Warn("a runbook can't be stored", "url", page.URL, "why", err)
		return fmt.Errorf("keeping a runbook: %w", err)
	}
	return nil
}
