package promapi

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/config"
	"go.uber.org/goleak"

	"firstline/sources"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client returns a client of the server, closed with the test.
func client(t *testing.T, url string, change func(*Options)) *Client {
	t.Helper()
	o := Options{Source: sources.Source{Kind: sources.Prometheus, Name: "prom"}, URL: url, UserAgent: "firstline/1.2.3"}
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// serve starts a server, closed with the test.
func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// asError returns err as the type that all errors of this package have.
func asError(t *testing.T, err error) *sources.Error {
	t.Helper()
	var e *sources.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v (%T) is not a *sources.Error", err, err)
	}
	if e.Source.Name != "prom" || e.Doing == "" || e.Sentence == "" || strings.ContainsAny(e.Sentence, "\n\x1b") {
		t.Errorf("incomplete: %+v", e)
	}
	return e
}

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		name, url string
		http      config.HTTPClientConfig
		want      string
	}{
		{name: "no url", want: "url is missing under [[prometheus]]"},
		{name: "no scheme", url: "prometheus.example.com:9090", want: "whole http or https address"},
		{name: "no host", url: "http://", want: "whole http or https address"},
		{name: "other scheme", url: "ftp://example.com", want: "whole http or https address"},
		{name: "nonsense", url: "http://[::1", want: "whole http or https address"},
		{name: "password", url: "https://ann:secret@example.com", want: "must not hold a user or password"},
		{name: "query", url: "https://example.com/?tenant=1", want: "must end before ?"},
		{name: "the API itself", url: "https://example.com/prometheus/api/v1/", want: "must end before /api/v1: https://example.com/prometheus"},
		{name: "the page", url: "https://example.com/graph", want: "must end before /graph: https://example.com"},
		{
			name: "two ways to sign in", url: "https://example.com", want: "at most one of",
			http: config.HTTPClientConfig{BearerToken: "a", BasicAuth: &config.BasicAuth{Username: "b"}},
		},
		{
			name: "no such certificate", url: "https://example.com", want: "no such file",
			http: config.HTTPClientConfig{TLSConfig: config.TLSConfig{CAFile: "testdata/none.pem"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(Options{Source: sources.Source{Kind: sources.Prometheus, Name: "prom"}, URL: c.url, HTTP: c.http})
			if e := asError(t, err); e.Reason != sources.Rejected || !strings.Contains(e.Sentence, c.want) || strings.Contains(e.Sentence, "secret") {
				t.Errorf("%+v, want %q", e, c.want)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	var got *http.Request
	var body []byte
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		_, _ = io.WriteString(w, "{}")
	})
	c := client(t, s.URL+"/prefix/", func(o *Options) {
		o.HTTP = config.HTTPClientConfig{
			Authorization: &config.Authorization{Credentials: "token"},
			HTTPHeaders:   &config.Headers{Headers: map[string]config.Header{"X-Scope-OrgID": {Values: []string{"tenant"}}}},
		}
	})
	if _, err := c.Get(t.Context(), "reading", "/api/v1/rules", map[string][]string{"type": {"alert"}}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"User-Agent": "firstline/1.2.3", "Authorization": "Bearer token", "X-Scope-OrgID": "tenant",
		"Accept-Encoding": "gzip", "Accept": "application/json", "Content-Type": "",
	} {
		if v := got.Header.Get(name); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
	if got.Method != "GET" || got.URL.String() != "/prefix/api/v1/rules?type=alert" {
		t.Errorf("%s %s", got.Method, got.URL)
	}
	if _, err := c.Send(t.Context(), "writing", http.MethodPost, "/api/v2/silences", map[string]int{"a": 1}); err != nil {
		t.Fatal(err)
	}
	if got.Method != "POST" || got.Header.Get("Content-Type") != "application/json" || string(body) != `{"a":1}` {
		t.Errorf("%s %v %s", got.Method, got.Header, body)
	}
}

func zipped(s string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, s)
	_ = z.Close()
	return b.Bytes()
}

func TestAnswers(t *testing.T) {
	const limit = 1000
	whole := strings.Repeat("x", limit)
	for _, c := range []struct {
		name     string
		encoding string
		body     []byte
		want     string
		reason   sources.Reason
	}{
		{name: "plain", body: []byte("hello"), want: "hello"},
		{name: "zipped", encoding: "gzip", body: zipped("hello"), want: "hello"},
		{name: "just fits", body: []byte(whole), want: whole},
		{name: "too long", body: []byte(whole + "x"), reason: sources.BadAnswer},
		{name: "too long when unpacked", encoding: "gzip", body: zipped(whole + "x"), reason: sources.BadAnswer},
		{name: "just fits when unpacked", encoding: "gzip", body: zipped(whole), want: whole},
		{name: "not zipped", encoding: "gzip", body: []byte("this is no gzip at all"), reason: sources.BadAnswer},
		{name: "zipped badly", encoding: "gzip", body: append(zipped("")[:10], "\xff\xff\xff\xff\xff"...), reason: sources.BadAnswer},
		{name: "zipped and cut", encoding: "gzip", body: zipped("hello, hello")[:20], reason: sources.Unreachable},
		{name: "empty", body: nil, want: ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if c.encoding != "" {
					w.Header().Set("Content-Encoding", c.encoding)
				}
				_, _ = w.Write(c.body)
			})
			client := client(t, s.URL, nil)
			client.http.Transport.(*bounded).max = limit
			got, err := client.Get(t.Context(), "reading", "/", nil)
			if c.reason != "" {
				if e := asError(t, err); e.Reason != c.reason {
					t.Errorf("%+v, want %s", e, c.reason)
				}
				return
			}
			if err != nil || string(got) != c.want {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
}

func TestRedirects(t *testing.T) {
	var leaked []string
	other := serve(t, func(_ http.ResponseWriter, r *http.Request) { leaked = append(leaked, r.Header.Get("Authorization")) })
	elsewhere := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	for _, c := range []struct {
		name, to string
		send     bool
		stay     bool // follow_redirects = false
		want     string
	}{
		{name: "on the same host", to: "/there"},
		{name: "a write on the same host", to: "/there", send: true, want: "write it in url"},
		{name: "not wanted", to: "/there", stay: true, want: "write it in url"},
		{name: "to another port", to: other.URL, want: "write it in url"},
		{name: "to another host", to: elsewhere + "/login?token=x", want: "may be a login page"},
		{name: "without end", to: "/", want: "write it in url"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/there" {
					_, _ = io.WriteString(w, "arrived")
					return
				}
				http.Redirect(w, r, c.to, http.StatusTemporaryRedirect)
			})
			client := client(t, s.URL, func(o *Options) {
				o.HTTP = config.DefaultHTTPClientConfig
				o.HTTP.FollowRedirects = !c.stay
				o.HTTP.Authorization = &config.Authorization{Credentials: "token"}
			})
			var got []byte
			var err error
			if c.send {
				got, err = client.Send(t.Context(), "writing", http.MethodPost, "/", struct{}{})
			} else {
				got, err = client.Get(t.Context(), "reading", "/", nil)
			}
			if c.want == "" {
				if err != nil || string(got) != "arrived" {
					t.Errorf("%q, %v", got, err)
				}
				return
			}
			if e := asError(t, err); e.Reason != sources.NotAnAPI || e.Unknown != c.send || !strings.Contains(e.Sentence, c.want) || strings.Contains(e.Sentence, "token") {
				t.Errorf("%+v", e)
			}
		})
	}
	if len(leaked) > 0 {
		t.Errorf("another host was asked, with %q", leaked)
	}
}

func TestBrokenConnections(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + l.Addr().String()
	_ = l.Close()
	cut := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	}
	short := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "too little")
	}
	plain := serve(t, func(http.ResponseWriter, *http.Request) {})
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	for _, c := range []struct {
		name, url string
		handler   http.HandlerFunc
		want      string
		unknown   bool // after a write
	}{
		{name: "nobody listens", url: nobody, want: "refuses connections"},
		{name: "cut", handler: cut, want: "broke", unknown: true},
		{name: "cut in the answer", handler: short, want: "broke off", unknown: true},
		{name: "unknown authority", url: secure.URL, want: "ca_file"},
		{name: "not TLS", url: strings.Replace(plain.URL, "http", "https", 1), want: "does not speak TLS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := c.url
			if c.handler != nil {
				url = serve(t, c.handler).URL
			}
			client := client(t, url, nil)
			_, err := client.Get(t.Context(), "reading", "/", nil)
			if e := asError(t, err); e.Reason != sources.Unreachable || e.Unknown || !strings.Contains(e.Sentence, c.want) {
				t.Errorf("reading: %+v, want %q", e, c.want)
			}
			_, err = client.Send(t.Context(), "writing", http.MethodPost, "/", struct{}{})
			if e := asError(t, err); e.Reason != sources.Unreachable || e.Unknown != c.unknown {
				t.Errorf("writing: %+v, want unknown %v", e, c.unknown)
			}
		})
	}
}

func TestStopped(t *testing.T) {
	arrived := make(chan struct{}, 2)
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		arrived <- struct{}{}
		<-r.Context().Done()
	})
	c := client(t, s.URL, nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	_, err := c.Send(ctx, "writing", http.MethodPost, "/", struct{}{})
	if e := asError(t, err); e.Reason != sources.Canceled || !e.Unknown {
		t.Errorf("%+v", e)
	}
	ctx, cancel = context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	_, err = c.Get(ctx, "reading", "/", nil)
	if e := asError(t, err); e.Reason != sources.Unreachable || !strings.Contains(e.Sentence, "in time") {
		t.Errorf("%+v", e)
	}
}

// The files that options name are read with each request, so they may be gone
// by then.
func TestUnreadableSecret(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("it was sent without the token") })
	c := client(t, s.URL, func(o *Options) {
		o.HTTP.Authorization = &config.Authorization{CredentialsFile: "testdata/none"}
	})
	_, err := c.Send(t.Context(), "writing", http.MethodPost, "/", struct{}{})
	if e := asError(t, err); e.Reason != sources.Unauthorized || e.Unknown || !strings.Contains(e.Sentence, "testdata/none") {
		t.Errorf("%+v", e)
	}
}

func TestOtherHost(t *testing.T) {
	asked := false
	other := serve(t, func(http.ResponseWriter, *http.Request) { asked = true })
	c := client(t, "http://127.0.0.1:1", nil)
	resp, err := c.http.Get(other.URL)
	if err == nil {
		_ = resp.Body.Close()
	}
	if !errors.Is(err, errOtherHost) || asked {
		t.Errorf("%v, asked %v", err, asked)
	}
}
