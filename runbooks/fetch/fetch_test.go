package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

type memory struct {
	mu    sync.Mutex
	pages map[string]Page
}

func (m *memory) Page(_ context.Context, u string) (Page, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.pages[u]
	return p, ok, nil
}

func (m *memory) SetPage(_ context.Context, p Page) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.pages == nil {
		m.pages = map[string]Page{}
	}
	m.pages[p.URL] = p
	return nil
}

// resolves changes a fetcher so that names resolve to the given addresses and
// every connection goes to the one test server.
func resolves(t *testing.T, f *Fetcher, server *httptest.Server, names map[string]string) {
	t.Helper()
	f.proxy = func(*http.Request) (*url.URL, error) { return nil, nil }
	f.lookup = func(_ context.Context, host string) ([]netip.Addr, error) {
		if a, ok := names[strings.ToLower(host)]; ok {
			return []netip.Addr{netip.MustParseAddr(a)}, nil
		}
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	f.dial = func(ctx context.Context, _ netip.AddrPort) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", server.Listener.Addr().String())
	}
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func wantSentence(t *testing.T, err error, part string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || !strings.Contains(e.Sentence, part) {
		t.Errorf("error = %v, want a sentence with %q", err, part)
	}
}

func TestMarkdownAndCache(t *testing.T) {
	var mu sync.Mutex
	asked, down := 0, false
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if down {
			htmlError(w, http.StatusBadGateway)
			return
		}
		asked++
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Content-Type", "text/markdown")
		_, _ = io.WriteString(w, "# HighErrorRate\n")
	})
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f := New(Options{Cache: &memory{}, Now: func() time.Time { return now }})
	resolves(t, f, server, map[string]string{"runbooks.example.com": "203.0.113.7"})

	const at = "http://runbooks.example.com/HighErrorRate.md#diagnosis"
	check := func(when string, wantAsked int, stale bool) {
		t.Helper()
		got, err := f.Fetch(t.Context(), at)
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		mu.Lock()
		defer mu.Unlock()
		if got.Markdown != "# HighErrorRate\n" || asked != wantAsked || (got.Stale != "") != stale {
			t.Errorf("%s: %+v after %d requests", when, got, asked)
		}
	}
	check("first", 1, false)
	check("fresh", 1, false)
	now = now.Add(freshFor)
	check("not modified", 2, false)
	check("fresh again", 2, false)
	now = now.Add(freshFor)
	mu.Lock()
	down = true
	mu.Unlock()
	check("server down", 2, true)
	if cached, ok := f.Cached(t.Context(), at); !ok || cached.Markdown != "# HighErrorRate\n" || cached.Stale != "" {
		t.Errorf("the error took the place of the page: %+v", cached)
	}
	mu.Lock()
	down = false
	mu.Unlock()
	check("a server that just failed is not asked", 2, true)
	now = now.Add(failedFor)
	check("but soon again", 3, false)
	if _, ok := f.Cached(t.Context(), "http://runbooks.example.com/other"); ok {
		t.Error("a page is kept that was never there")
	}
}

// TestGivingUpIsNoFailure: a reader who left and comes back must find the page.
func TestGivingUpIsNoFailure(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "# fine\n") })
	f := New(Options{})
	resolves(t, f, server, map[string]string{"slow.example.com": "203.0.113.7"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Fetch(ctx, "http://slow.example.com/"); err == nil {
		t.Fatal("it was fetched all the same")
	}
	if _, err := f.Fetch(t.Context(), "http://slow.example.com/"); err != nil {
		t.Error(err)
	}
}

func TestTokenThatCanNotBeHad(t *testing.T) {
	server := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the server was asked without the token") })
	f := New(Options{Hosts: []string{"127.0.0.1"}, Tokens: map[string]func(context.Context) (string, error){
		"127.0.0.1": func(context.Context) (string, error) { return "", errors.New("token_file x is not there") },
	}})
	resolves(t, f, server, nil)
	_, err := f.Fetch(t.Context(), "http://127.0.0.1:1/x")
	wantSentence(t, err, "the token for 127.0.0.1 can't be had: token_file x is not there.")
}

// htmlError answers with an HTML page about an error.
func htmlError(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<!doctype html><html><body><h1>It did not work</h1></body></html>")
}

func TestRefusals(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/to-private":
			http.Redirect(w, r, "http://wiki.internal/secret", http.StatusFound)
		case "/to-metadata":
			http.Redirect(w, r, "http://169.254.169.254/latest/", http.StatusFound)
		case "/to-loopback":
			http.Redirect(w, r, "http://127.0.0.1:9090/", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/huge":
			w.Header().Set("Content-Type", "text/markdown")
			chunk := strings.Repeat("x", 1<<16)
			for range 64 {
				_, _ = io.WriteString(w, chunk)
			}
		case "/endless":
			w.WriteHeader(http.StatusOK)
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, strings.Repeat("x", 1<<14)); err != nil {
					return
				}
			}
		case "/binary":
			_, _ = w.Write([]byte("\x7fELF\x00\x00"))
		case "/latin1":
			_, _ = w.Write([]byte("# Gr\xf6\xdfe"))
		case "/login":
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, `<html><body><form><input type="password"></form></body></html>`)
		case "/scripts":
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, `<!doctype html><html><body><div id="root"></div><script>x</script></body></html>`)
		case "/deep":
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, strings.Repeat("<div>", 600)+"x")
		case "/private":
			w.WriteHeader(http.StatusForbidden)
		case "/gone":
			htmlError(w, http.StatusNotFound)
		case "/broken":
			htmlError(w, http.StatusBadGateway)
		case "/odd":
			htmlError(w, http.StatusTeapot)
		case "/empty":
		default:
			_, _ = io.WriteString(w, "# fine\n")
		}
	})
	f := New(Options{})
	resolves(t, f, server, map[string]string{
		"public.example.com":  "203.0.113.7",
		"wiki.internal":       "10.1.2.3",
		"rebound.example.com": "127.0.0.1",
	})
	for _, c := range []struct{ url, part string }{
		{"http://public.example.com/to-private", "into a private network; to allow that, add \"wiki.internal\" to hosts"},
		{"http://public.example.com/to-metadata", "link-local"},
		{"http://public.example.com/to-loopback", "this very machine; to allow that, add \"127.0.0.1\" to hosts"},
		{"http://public.example.com/loop", "redirects without end"},
		{"http://public.example.com/huge", "larger than"},
		{"http://public.example.com/endless", "larger than"},
		{"http://public.example.com/binary", "not text"},
		{"http://public.example.com/latin1", "not UTF-8"},
		{"http://public.example.com/login", "sign-in page"},
		{"http://public.example.com/scripts", "without a browser's scripts"},
		{"http://public.example.com/deep", "read as HTML"},
		{"http://public.example.com/private", "[runbooks.tokens]"},
		{"http://public.example.com/gone", "no such page"},
		{"http://public.example.com/broken", "failed (502)"},
		{"http://public.example.com/odd", "status 418"},
		{"http://public.example.com/empty", "empty"},
		{"http://nowhere.example.com/", "can't be found"},
		{"http://rebound.example.com/", "this very machine"},
		{"http://169.254.169.254/latest/meta-data", "link-local"},
		{"file:///etc/passwd", "not an http"},
		{"<error expanding template: x>", "not an http"},
	} {
		t.Run(c.url, func(t *testing.T) {
			_, err := f.Fetch(t.Context(), c.url)
			wantSentence(t, err, c.part)
		})
	}
}

// Only the configured hosts may be on this machine or a private network, by any
// route.
func TestPrivateAddresses(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, "# fine\n")
	})
	names := map[string]string{
		"public.example.com": "203.0.113.7", "wiki.internal": "10.1.2.3", "other.internal": "192.168.1.1", "six.internal": "fd00::1",
		"cloud.internal": "100.64.1.1", "local.example.com": "127.0.0.1", "localhost": "127.0.0.1", "meta.internal": "169.254.169.254",
		"2130706433": "127.0.0.1", "nat.example.com": "64:ff9b::a00:1", "mapped.example.com": "::ffff:10.0.0.1", "sixtofour.example.com": "2002:a00:1::1",
		"old.example.com": "::10.0.0.1", "this.example.com": "0.1.2.3", "test.example.com": "198.18.0.1", "natpublic.example.com": "64:ff9b::cb00:7107",
	}
	hosts := []string{"wiki.internal", "127.0.0.1", "10.9.9.9", "fd00::2", "meta.internal"}
	for _, proxied := range []bool{false, true} {
		f := New(Options{Hosts: hosts})
		resolves(t, f, server, names)
		if proxied {
			f.proxy = func(*http.Request) (*url.URL, error) { return url.Parse("http://proxy.internal:3128") }
			names["proxy.internal"] = "10.0.0.1"
		}
		for _, c := range []struct {
			url   string
			fine  bool
			named bool // by a name, whose address only the dialer knows
		}{
			{"http://public.example.com/x", true, true},
			{"http://natpublic.example.com/x", true, true},
			{"http://wiki.internal/x", true, true},
			{"http://WIKI.internal/x", true, true},
			{"http://127.0.0.1:9/x", true, false},
			{"http://10.9.9.9/x", true, false},
			{"http://[fd00::2]/x", true, false},
			{"http://public.example.com/?to=http://wiki.internal/x", true, true},
			{"http://other.internal/x", false, true},
			{"http://sub.wiki.internal/x", false, true},
			{"http://wiki.internal/?to=http://other.internal/", false, true},
			{"http://public.example.com/?to=http://other.internal/", false, true},
			{"http://public.example.com/?to=http://10.0.0.1/", false, false},
			{"http://six.internal/x", false, true},
			{"http://cloud.internal/x", false, true},
			{"http://local.example.com/x", false, true},
			{"http://2130706433/x", false, true},
			{"http://nat.example.com/x", false, true},
			{"http://mapped.example.com/x", false, true},
			{"http://sixtofour.example.com/x", false, true},
			{"http://old.example.com/x", false, true},
			{"http://this.example.com/x", false, true},
			{"http://test.example.com/x", false, true},
			{"http://localhost:9/x", false, false},
			{"http://LocalHost/x", false, false},
			{"http://10.0.0.1/x", false, false},
			{"http://[::1]/x", false, false},
			{"http://[::ffff:10.0.0.1]/x", false, false},
			{"http://[64:ff9b::7f00:1]/x", false, false},
			{"http://meta.internal/x", false, true}, // link-local, in any notation
			{"http://[fe80::1]/x", false, false},
			{"http://0.0.0.0/x", false, false},
		} {
			if proxied && c.named {
				continue // the proxy decides
			}
			got, err := f.Fetch(t.Context(), c.url)
			var e *Error
			switch {
			case c.fine && (err != nil || got.Markdown != "# fine\n"):
				t.Errorf("%s (proxy %v): %v", c.url, proxied, err)
			case !c.fine && err == nil:
				t.Errorf("%s (proxy %v) was fetched", c.url, proxied)
			case !c.fine && errors.As(err, &e) && !strings.Contains(e.Sentence, "to hosts under [runbooks]") && !strings.Contains(e.Sentence, "link-local") && !strings.Contains(e.Sentence, "can't be found"):
				t.Errorf("%s (proxy %v) says %q", c.url, proxied, e.Sentence)
			}
		}
	}
}

// The credentials of a proxy never go to another machine without TLS.
func TestProxyInClearIsRefused(t *testing.T) {
	for address, refused := range map[string]bool{
		"http://user:s3cr3t@proxy.internal:3128":  true,
		"http://proxy.internal:3128":              false,
		"http://user:s3cr3t@127.0.0.1:3128":       false,
		"https://user:s3cr3t@proxy.internal:3128": false,
	} {
		f, dialled := New(Options{}), false
		f.proxy = func(*http.Request) (*url.URL, error) { return url.Parse(address) }
		f.lookup = func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("203.0.113.7")}, nil
		}
		f.dial = func(context.Context, netip.AddrPort) (net.Conn, error) {
			dialled = true
			return nil, errors.New("no network here")
		}
		_, err := f.Fetch(t.Context(), "http://public.example.com/x")
		if dialled == refused || err == nil || strings.Contains(err.Error(), "proxy's credentials") != refused || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: dialled %v, %v", address, dialled, err)
		}
	}
}

func TestHTMLBecomesMarkdown(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, `<!doctype html><html><head><title>x</title></head><body><nav>Home</nav><main>
<h1>HighErrorRate</h1><h2>Diagnosis</h2><ol><li>Look at <code>kubectl logs</code></li></ol>
<pre><code class="language-sh">kubectl -n prod get pods
</code></pre><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>
<p><a href="/other.md">other</a> <a href="next?a=b#c">next</a> <a href="#diagnosis">up</a> <a href="https://x.example.com/">away</a></p><script>alert(1)</script></main><footer>(c)</footer></body></html>`)
	})
	f := New(Options{})
	resolves(t, f, server, map[string]string{"wiki.example.com": "203.0.113.7"})
	got, err := f.Fetch(t.Context(), "http://wiki.example.com/pages/x")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"# HighErrorRate", "## Diagnosis", "1. Look at `kubectl logs`", "```sh\nkubectl -n prod get pods\n```", "| 1 | 2 |", "(http://wiki.example.com/other.md)", "(http://wiki.example.com/pages/next?a=b#c)", "(#diagnosis)", "(https://x.example.com/)"} {
		if !strings.Contains(got.Markdown, part) {
			t.Errorf("no %q in:\n%s", part, got.Markdown)
		}
	}
	for _, part := range []string{"Home", "alert(1)", "(c)"} {
		if strings.Contains(got.Markdown, part) {
			t.Errorf("%q stays in:\n%s", part, got.Markdown)
		}
	}
}

func TestTokenGoesToItsHostOnly(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]string{}
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		seen[r.Host] = r.Header.Get("Authorization")
		mu.Unlock()
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "http://localhost:1/there", http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, "# fine\n")
	})
	token := func(context.Context) (string, error) { return "secret", nil }
	f := New(Options{Hosts: []string{"127.0.0.1", "localhost"}, Tokens: map[string]func(context.Context) (string, error){"127.0.0.1": token, "plain.example.com": token}})
	resolves(t, f, server, map[string]string{"localhost": "127.0.0.1", "plain.example.com": "203.0.113.7"})
	for _, u := range []string{"http://127.0.0.1:1/away", "http://plain.example.com/"} {
		if _, err := f.Fetch(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	if got := seen["127.0.0.1:1"]; got != "Bearer secret" {
		t.Errorf("its own host got %q", got)
	}
	if got := seen["localhost:1"]; got != "" {
		t.Errorf("another host got %q", got)
	}
	if got := seen["plain.example.com"]; got != "" {
		t.Errorf("plain http got %q", got)
	}
}

func TestServerThatNeverEnds(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	f := New(Options{})
	resolves(t, f, server, map[string]string{"slow.example.com": "203.0.113.7"})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := f.Fetch(ctx, "http://slow.example.com/")
	wantSentence(t, err, "did not finish")
}

func TestRawForm(t *testing.T) {
	hasToken := func(host string) bool { return host == "gitlab.private.example.com" }
	for in, want := range map[string]string{
		"https://github.com/o/r/blob/main/docs/alerts/X.md":                    "https://raw.githubusercontent.com/o/r/main/docs/alerts/X.md",
		"https://github.example.com/o/r/blob/main/X.md?plain=1":                "https://github.example.com/o/r/raw/main/X.md",
		"https://gitlab.example.com/group/sub/p/-/blob/main/alerts/X.md":       "https://gitlab.example.com/group/sub/p/-/raw/main/alerts/X.md",
		"https://gitlab.private.example.com/group/p/-/blob/main/alerts/X.md":   "https://gitlab.private.example.com/api/v4/projects/group%2Fp/repository/files/alerts%2FX.md/raw?ref=main",
		"https://github.com/o/r/tree/main/docs/alerts/X.md":                    "https://raw.githubusercontent.com/o/r/main/docs/alerts/X.md",
		"https://github.com/o/r/tree/main/docs/alerts":                         "https://raw.githubusercontent.com/o/r/main/docs/alerts/README.md",
		"https://github.com/o/r/tree/main":                                     "https://raw.githubusercontent.com/o/r/main/README.md",
		"https://github.com/o/r/edit/main/docs/X.adoc":                         "https://raw.githubusercontent.com/o/r/main/docs/X.adoc",
		"https://github.com/o/r/blob/main":                                     "https://github.com/o/r/blob/main",
		"https://github.com/o/r/wiki/Disk-Full":                                "https://raw.githubusercontent.com/wiki/o/r/Disk-Full.md",
		"https://github.com/o/r/wiki":                                          "https://raw.githubusercontent.com/wiki/o/r/Home.md",
		"https://github.com/o/r/issues/7":                                      "https://github.com/o/r/issues/7",
		"https://gitlab.com/g/p/-/tree/main/docs/x":                            "https://gitlab.com/g/p/-/raw/main/docs/x/README.md",
		"https://gitlab.com/g/p/-/edit/main/docs/x.md":                         "https://gitlab.com/g/p/-/raw/main/docs/x.md",
		"https://gitlab.com/g/p/-/issues/4":                                    "https://gitlab.com/g/p/-/issues/4",
		"https://gitlab.com/g/p/-/wikis/disk-full":                             "https://gitlab.com/g/p/-/wikis/disk-full",
		"https://codeberg.org/o/r/src/branch/main/docs/X.md":                   "https://codeberg.org/o/r/raw/branch/main/docs/X.md",
		"https://git.example.com/o/r/src/tag/v1/docs":                          "https://git.example.com/o/r/raw/tag/v1/docs/README.md",
		"https://git.example.com/o/r/_edit/main/docs/X.md":                     "https://git.example.com/o/r/raw/branch/main/docs/X.md",
		"https://bitbucket.org/w/r/src/main/docs/X.md?mode=view":               "https://bitbucket.org/w/r/raw/main/docs/X.md",
		"https://bitbucket.org/w/r/src/main/":                                  "https://bitbucket.org/w/r/raw/main/README.md",
		"https://git.example.com/projects/P/repos/r/browse/d/X.md?at=refs%2Fx": "https://git.example.com/projects/P/repos/r/raw/d/X.md?at=refs%2Fx",
		"https://git.example.com/projects/P/repos/r/browse/d/X.md":             "https://git.example.com/projects/P/repos/r/raw/d/X.md",
		"https://runbooks.example.com/kubernetes/blob.md":                      "https://runbooks.example.com/kubernetes/blob.md",
		"https://github.com/o/r":                                               "https://github.com/o/r",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := rawForm(u, hasToken).String(); got != want {
			t.Errorf("rawForm(%s) = %s, want %s", in, got, want)
		}
	}
}

func FuzzToMarkdown(f *testing.F) {
	f.Add([]byte("<html><body><h1>x</h1><pre>y</pre></body></html>"), "text/html")
	f.Add([]byte("# x\n"), "text/markdown")
	f.Add([]byte(strings.Repeat("<table><tr><td>", 50)), "")
	base := &url.URL{Scheme: "https", Host: "example.com"}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		got, _, err := toMarkdown(body, contentType, base)
		if err == nil && strings.TrimSpace(got) == "" {
			t.Error(fmt.Errorf("an empty page from %q without a word", body))
		}
	})
}
