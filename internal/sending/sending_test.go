package sending_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"firstline/internal/sending"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// raw starts a server that serves each connection with a function.
func raw(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serve(c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String()
}

// sink is a round tripper that reports nothing.
type sink struct{}

func (sink) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("gone") }

// What the transport wrote decides whether a request never left, not the words
// of its error.
func TestNeverLeft(t *testing.T) {
	var handled atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		handled.Add(1)
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	hangUp := raw(t, func(net.Conn) {})
	oneByte := raw(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) })
	noTLS := raw(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 64))
		_, _ = c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	})
	denies := raw(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 1024))
		_, _ = c.Write([]byte("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"))
	})
	proxy := func(address string) *http.Transport {
		return &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: address})}
	}
	stopped, stop := context.WithCancel(t.Context())
	stopping := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		stop()
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	dials := func(err error) *http.Transport {
		return &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, err }}
	}
	for name, c := range map[string]struct {
		ctx   context.Context
		under http.RoundTripper
		url   string
		never bool
	}{
		"refused":                         {url: closed.URL, never: true},
		"no such name":                    {url: "http://api.example.com", under: dials(&net.DNSError{Err: "no such host", IsNotFound: true}), never: true},
		"an unknown failure of dialing":   {url: "http://api.example.com", under: dials(errors.New("odd")), never: true},
		"an unknown authority":            {url: secure.URL, never: true},
		"no TLS":                          {url: "https://" + noTLS, never: true},
		"TLS is hung up on":               {url: "https://" + hangUp, never: true},
		"TLS of too old a version":        {url: secure.URL, under: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}}, never: true}, //nolint:gosec // it must fail
		"the proxy refuses connections":   {url: "https://api.example.com", under: proxy(strings.TrimPrefix(closed.URL, "http://")), never: true},
		"the proxy denies the tunnel":     {url: "https://api.example.com", under: proxy(denies), never: true},
		"stopped before":                  {ctx: stopped, url: server.URL, under: stopping, never: true},
		"hung up in the middle":           {url: "http://" + oneByte},
		"handled and not answered":        {url: server.URL},
		"a transport that tells nothing":  {url: server.URL, under: sink{}},
		"by way of a proxy, and hung up":  {url: "http://api.example.com", under: proxy(oneByte)},
		"dialing fails by a proxy's name": {url: "http://api.example.com", under: dials(&net.OpError{Op: "proxyconnect", Err: errors.New("x")}), never: true},
	} {
		t.Run(name, func(t *testing.T) {
			if c.ctx == nil {
				c.ctx = t.Context()
			}
			if c.under == nil {
				c.under = &http.Transport{}
			}
			if own, ok := c.under.(*http.Transport); ok {
				defer own.CloseIdleConnections()
			}
			before := handled.Load()
			ctx, watch := sending.Watching(c.ctx)
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, strings.NewReader(`{"note":1}`))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := c.under.RoundTrip(req)
			if err == nil {
				_ = resp.Body.Close()
				t.Fatal("it was answered")
			}
			if got := watch.NeverLeft(); got != c.never {
				t.Errorf("never left: %v, want %v: %v", got, c.never, err)
			}
			if handled.Load() > before && watch.NeverLeft() {
				t.Error("it was handled")
			}
		})
	}
}
