package fetch

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

const runbookPage = "<html><head><title>Errors - Wiki</title></head><body><h1>Errors of checkout</h1><p>Customers can't pay.</p><h2>Diagnosis</h2><p>Look at the pods.</p><p>Look at the deploys.</p><h2>Mitigation</h2><p>Roll back.</p></body></html>"

// What may not be the runbook never replaces the copy that was stored: it is offered
// beside it.
func TestDoubtfulPages(t *testing.T) {
	const wiki = "wiki.example.com"
	page := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, body)
		}
	}
	to := func(address, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/errors" {
				http.Redirect(w, r, address, http.StatusFound)
				return
			}
			page(body)(w, r)
		}
	}
	other := strings.NewReplacer("Errors of checkout", "Portal", "Diagnosis", "News", "Mitigation", "Weather", "Customers can't pay.", "A", "Look at the pods.", "Be", "Look at the deploys.", "C", "Roll back.", "Dry").Replace(runbookPage)
	for _, c := range []struct {
		name  string
		serve http.HandlerFunc
		doubt string // stored is shown, the new page beside it
		stale string // stored is shown as an older copy
		alone string // without a stored copy: the error; empty: it is shown, in doubt
	}{
		{"the same", page(runbookPage), "", "", ""},
		{"another host", to("http://portal.example.com/home", runbookPage), "redirects to portal.example.com", "", ""},
		{"a part of the host", to("http://docs.wiki.example.com/home", runbookPage), "", "", ""},
		{"a configured host", to("http://known.example.com/home", runbookPage), "", "", ""},
		{"www", to("http://www.wiki.example.com/errors2", runbookPage), "", "", ""},
		{"a login path", to("/login?next=/errors", runbookPage), "", "sign-in page", "sign-in page"},
		{"single sign-on elsewhere", to("http://id.example.com/oauth2/authorize?x=y", "<h1>Acme</h1><p>Choose</p>"), "", "sign-in page", "sign-in page"},
		{"a password", page("<html><body><h1>Sign in to Wiki</h1><form><input type=text><input type=password></form><p>Help</p></body></html>"), "", "sign-in page", "sign-in page"},
		{"an e-mail address", page("<html><body><h1>Welcome back</h1><p>Continue</p><form><input type=email></form></body></html>"), "", "sign-in page", "sign-in page"},
		{"a runbook with a field for a newsletter", page(strings.Replace(runbookPage, "</body>", "<form><input type=email></form></body>", 1)), "", "", ""},
		{"a soft 404", page("<html><head><title>Page not found | Wiki</title></head><body><h1>Wiki</h1><p>Search for it.</p></body></html>"), "says that it was not found", "", ""},
		{"another soft 404", page("<html><body><h1>404</h1><p>Nothing here.</p></body></html>"), "says that it was not found", "", ""},
		{"a runbook about 404", page(strings.Replace(runbookPage, "Errors of checkout", "404 errors of checkout", 1)), "", "", ""},
		{"another page", page(other), "nothing in common", "", ""},
		{"a new text under old headings", page(strings.NewReplacer("Customers can't pay.", "A", "Look at the pods.", "Be", "Look at the deploys.", "C", "Roll back.", "Dry").Replace(runbookPage)), "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var mu sync.Mutex
			handler := page(runbookPage)
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				h := handler
				mu.Unlock()
				h(w, r)
			})
			use := func(h http.HandlerFunc) {
				mu.Lock()
				defer mu.Unlock()
				handler = h
			}
			now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
			stored := &memory{}
			f := New(Options{Cache: stored, Hosts: []string{"known.example.com"}, Now: func() time.Time { return now }})
			names := map[string]string{}
			for _, host := range []string{wiki, "docs." + wiki, "www." + wiki, "portal.example.com", "known.example.com", "id.example.com"} {
				names[host] = "203.0.113.7"
			}
			resolves(t, f, server, names)
			const address = "http://" + wiki + "/errors"

			use(c.serve)
			got, err := f.Fetch(t.Context(), address)
			inDoubt := c.doubt != "" && c.name != "another page"
			switch {
			case c.alone != "":
				wantSentence(t, err, c.alone)
			case err != nil || (got.Doubt != "") != inDoubt || got.Now != nil:
				t.Fatalf("alone: %+v, %v", got, err)
			}
			if inDoubt || c.alone != "" {
				if len(stored.pages) > 0 {
					t.Error("what is in doubt was stored")
				}
			}

			stored.pages = nil
			now = now.Add(time.Hour)
			use(page(runbookPage))
			if _, err := f.Fetch(t.Context(), address); err != nil {
				t.Fatal(err)
			}
			before := stored.pages[address].Markdown
			now = now.Add(time.Hour)
			use(c.serve)
			got, err = f.Fetch(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(got.Doubt, c.doubt) || (got.Doubt == "") != (c.doubt == "") || !strings.Contains(got.Stale, c.stale) || (got.Stale == "") != (c.stale == "") {
				t.Errorf("with a copy: doubt %q, stale %q", got.Doubt, got.Stale)
			}
			if c.doubt == "" {
				return
			}
			if got.Markdown != before || stored.pages[address].Markdown != before || got.Now == nil || got.Now.Markdown == before && c.name != "another host" {
				t.Errorf("the copy was not kept beside the new page: %+v", got)
			}
			if err := f.Trust(t.Context(), address); err != nil {
				t.Fatal(err)
			}
			if got, err := f.Fetch(t.Context(), address); err != nil || got.Doubt != "" || got.Now != nil || stored.pages[address].Markdown != got.Markdown {
				t.Errorf("once trusted: %+v, %v", got, err)
			}
		})
	}
}
