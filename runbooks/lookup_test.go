package runbooks

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"
)

// web is a Fetcher of fixed pages. When down, it fetches nothing.
type web struct {
	pages, cached map[string]string
	asked         []string
}

var lastFetched = time.Date(2026, 11, 20, 10, 5, 0, 0, time.UTC)

func (w *web) Fetch(_ context.Context, address string) (Fetched, error) {
	w.asked = append(w.asked, address)
	u, err := url.Parse(address)
	if err != nil {
		return Fetched{}, err
	}
	u.Fragment = ""
	if text, ok := w.pages[u.String()]; ok {
		return Fetched{URL: u.String(), Markdown: text, At: lastFetched, LastModified: "Fri, 02 Jan 2026 03:04:05 GMT"}, nil
	}
	if text, ok := w.cached[u.String()]; ok {
		return Fetched{URL: u.String(), Markdown: text, At: lastFetched, Stale: "the server can't be reached."}, nil
	}
	return Fetched{}, errors.New("the server can't be reached")
}

func (w *web) Cached(_ context.Context, address string) (Fetched, bool) {
	address, _, _ = strings.Cut(address, "#")
	text, ok := w.cached[address]
	return Fetched{URL: address, Markdown: text, At: lastFetched}, ok
}

const wiki = "https://wiki.example.com/pages/checkout"

func webLibrary(t *testing.T, w *web) *Library {
	t.Helper()
	dir := t.TempDir()
	write(t, dir+"/checkout/error-rate.md", "# Errors\n")
	write(t, dir+"/HighErrorRate.md", "# HighErrorRate\n")
	write(t, dir+"/search/README.md", "# Search\n")
	return Open(Options{Directories: []string{dir}, Fetcher: w})
}

func TestLookup(t *testing.T) {
	w := &web{
		pages: map[string]string{
			wiki:                                  "# Checkout\n\n## Meaning\n\n## HighErrorRate\n\nText\n",
			"https://wiki.example.com/service.md": "# From the web\n",
		},
		cached: map[string]string{"https://old.example.com/page": "# Old\n"},
	}
	l := webLibrary(t, w)
	for _, c := range []struct {
		name    string
		query   Query
		want    string // title, by, heading
		notice  string
		asked   bool
		nothing string
	}{
		{"a directory has the URL's page", Query{References: refs("https://x.example.com/checkout/error-rate.md"), Alerts: []string{"A"}}, "Errors, runbook_url, ", "", false, ""},
		{"the URL is more telling than a name", Query{References: refs(wiki), Alerts: []string{"HighErrorRate"}}, "Checkout, runbook_url, HighErrorRate", "", true, ""},
		{"the fragment comes first", Query{References: refs(wiki + "#meaning"), Alerts: []string{"HighErrorRate"}}, "Checkout, runbook_url, Meaning", "", true, ""},
		{"a name stands in for a URL that fails", Query{References: refs("https://gone.example.com/x"), Alerts: []string{"HighErrorRate"}}, "HighErrorRate, alert name, ", "https://gone.example.com/x could not be read: the server can't be reached", true, ""},
		{"nothing stands in", Query{References: refs("https://gone.example.com/x"), Alerts: []string{"B"}}, "", "", true, "the server can't be reached"},
		{"the service's page stands in", Query{References: refs("https://gone.example.com/x"), Alerts: []string{"B"}, ServiceRunbook: "https://wiki.example.com/service.md"}, "From the web, service, ", "https://gone.example.com/x could not be read: the server can't be reached", true, ""},
		{"an old copy of the service's page stands in", Query{References: refs("https://gone.example.com/x"), ServiceRunbook: "https://old.example.com/page"}, "Old, service, ", "https://gone.example.com/x could not be read: the server can't be reached. This is an older copy: the server can't be reached.", true, ""},
		{"neither page can be read", Query{References: refs("https://gone.example.com/x"), Alerts: []string{"B"}, ServiceRunbook: "https://gone.example.com/y"}, "", "", true, "the server can't be reached"},
		{"an old copy says so", Query{References: refs("https://old.example.com/page")}, "Old, runbook_url, ", "This is an older copy: the server can't be reached.", true, ""},
		{"no URL, a name", Query{Alerts: []string{"HighErrorRate"}, ServiceRunbook: "https://wiki.example.com/service.md"}, "HighErrorRate, alert name, ", "", false, ""},
		{"the service's configured page before a file of its name", Query{Service: "search", ServiceRunbook: "https://wiki.example.com/service.md"}, "From the web, service, ", "", true, ""},
		{"the service's page in a directory", Query{Service: "search", ServiceRunbook: "search/README.md"}, "Search, service, ", "", false, ""},
		{"no address at all", Query{References: refs("<error expanding template>"), Alerts: []string{"B"}}, "", "", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.asked = nil
			m, ok, err := l.Lookup(t.Context(), c.query)
			if (err != nil) != (c.nothing != "") || err != nil && !strings.Contains(err.Error(), c.nothing) {
				t.Fatalf("err = %v", err)
			}
			got := ""
			if ok {
				got = m.Runbook.Title + ", " + m.MatchedBy + ", "
				if m.Heading != nil {
					got += m.Heading.Text
				}
			}
			if got != c.want || m.Notice != c.notice || (len(w.asked) > 0) != c.asked {
				t.Errorf("got %q with notice %q, asked %v", got, m.Notice, w.asked)
			}
			if ok && (m.Runbook.URL != "") == m.Runbook.Runnable() {
				t.Errorf("a fetched runbook may not be run, a file may: %+v", m.Runbook)
			}
			if ok && m.Runbook.URL != "" && (m.Runbook.Editable || m.Runbook.Fetched.IsZero()) {
				t.Errorf("%+v", m.Runbook)
			}
		})
	}
}

func TestLookupCached(t *testing.T) {
	w := &web{cached: map[string]string{wiki: "# Kept\n"}}
	l := webLibrary(t, w)
	for _, c := range []struct {
		name    string
		query   Query
		title   string
		waiting string
	}{
		{"a copy", Query{References: refs(wiki)}, "Kept", wiki},
		{"none yet", Query{References: refs(wiki + "/other")}, "", wiki + "/other"},
		{"a substitute", Query{References: refs(wiki + "/other"), Alerts: []string{"HighErrorRate"}}, "HighErrorRate", wiki + "/other"},
		{"a file", Query{Alerts: []string{"HighErrorRate"}}, "HighErrorRate", ""},
	} {
		m, ok, waiting := l.LookupCached(t.Context(), c.query)
		if waiting != c.waiting || ok != (c.title != "") || ok && m.Runbook.Title != c.title {
			t.Errorf("%s: %+v, waiting for %q", c.name, m, waiting)
		}
	}
	if len(w.asked) > 0 {
		t.Errorf("the network was asked for %v", w.asked)
	}
}

func TestLookupLink(t *testing.T) {
	w := &web{pages: map[string]string{
		wiki:                                  "# Checkout\n\n## Details\n",
		"https://wiki.example.com/pages/next": "# Next\n\n## Part\n",
	}}
	l := webLibrary(t, w)
	page, _, err := l.Lookup(t.Context(), Query{References: refs(wiki)})
	if err != nil {
		t.Fatal(err)
	}
	for link, want := range map[string]string{
		"next":                                 "Next",
		"./next#part":                          "Next at Part",
		"https://wiki.example.com/pages/next":  "Next",
		"#details":                             "Checkout at Details",
		"https://other.example.com/pages/next": "",
		"http://wiki.example.com/pages/next":   "",
		"javascript:alert(1)":                  "",
		"mailto:a@example.com":                 "",
		"https://wiki.example.com@10.0.0.1/x":  "",
	} {
		m, ok, err := l.LookupLink(t.Context(), page.Runbook, link)
		got := ""
		if ok {
			got = m.Runbook.Title
			if m.Heading != nil {
				got += " at " + m.Heading.Text
			}
		}
		if got != want || err != nil {
			t.Errorf("%s leads to %q, %v", link, got, err)
		}
	}
	if _, ok, err := l.LookupLink(t.Context(), page.Runbook, "gone"); ok || err == nil {
		t.Error("a dead link is not told")
	}
	local, _, err := l.Lookup(t.Context(), Query{Alerts: []string{"HighErrorRate"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := l.LookupLink(t.Context(), local.Runbook, wiki); ok || err != nil {
		t.Errorf("a file's link to the web is a browser's: %v, %v", ok, err)
	}
}
