package promapi

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"firstline/internal/credentials"
)

const (
	// maxBody bounds an answer, unpacked: 10,000 alerts take 8 MB.
	maxBody = 64 << 20
	// maxLong bounds an answer that is read as a Stream.
	maxLong = 1 << 30
	// maxRefusal bounds what is read of an answer that refuses.
	maxRefusal = 64 << 10
	// maxRedirects is how often a read follows a redirect on the same host.
	maxRedirects = 3
)

var (
	errTooLong   = errors.New("the answer is too long")
	errOtherHost = errors.New("the request was for another host")
)

// redirectError reports a redirect that was not followed.
type redirectError struct {
	to   string // scheme and host
	host bool   // to another host
}

func (e *redirectError) Error() string { return "redirect to " + e.to }

// checkRedirect follows a redirect only for a read, only on the same host and
// scheme, and only if the options allow it: credentials must not go elsewhere,
// and a write must not change into another request on the way.
func checkRedirect(follow bool) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, via []*http.Request) error {
		first := via[0]
		same := next.URL.Scheme == first.URL.Scheme && next.URL.Host == first.URL.Host
		if !follow || !same || first.Method != http.MethodGet || len(via) > maxRedirects {
			return &redirectError{to: next.URL.Scheme + "://" + next.URL.Host, host: next.URL.Hostname() != first.URL.Hostname()}
		}
		return nil
	}
}

// bounded is the outermost round tripper. It allows requests only to the
// configured host, asks for gzip, which Prometheus's client options switch off,
// and ends answers that are too long.
type bounded struct {
	under        http.RoundTripper
	scheme, host string
	max          int64 // of an answer, unpacked
}

func (b *bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != b.scheme || req.URL.Host != b.host {
		return nil, fmt.Errorf("%w: %s", errOtherHost, req.URL.Host)
	}
	req = req.Clone(req.Context())
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := b.under.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.Request != nil {
		credentials.AddHeader(resp.Request.Header) // with what is read from files only now
	}
	body := &boundedBody{under: resp.Body, from: resp.Body, left: b.max}
	if long, _ := req.Context().Value(longAnswer{}).(bool); long {
		body.left = maxLong
	}
	if resp.StatusCode/100 != 2 {
		body.left, body.cut = maxRefusal, true
	}
	if strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		body.from = nil // made by the first Read, which may block
		resp.Header.Del("Content-Encoding")
		resp.Header.Del("Content-Length")
		resp.ContentLength, resp.Uncompressed = -1, true
	}
	resp.Body = body
	if body.cut && resp.Request != nil {
		resp.Body = &discreetBody{under: body, request: resp.Request}
	}
	return resp, nil
}

// CloseIdleConnections closes the connections that are not in use.
func (b *bounded) CloseIdleConnections() {
	if c, ok := b.under.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// longAnswer is the context key of a request whose answer is read as a Stream.
type longAnswer struct{}

// boundedBody is a body of bounded length. Close may be called while Read
// waits, as api.Client does when its context ends.
type boundedBody struct {
	under io.ReadCloser
	from  io.Reader // under, or its decompressor; nil until the first Read
	left  int64
	cut   bool // a body that is too long is cut, without an error
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.from == nil {
		unpacked, err := gzip.NewReader(b.under)
		if err != nil {
			return 0, err
		}
		b.from = unpacked
	}
	if b.left <= 0 {
		if b.cut {
			return 0, io.EOF
		}
		// One more byte distinguishes an answer that just fits from one that is
		// too long.
		var one [1]byte
		n, err := io.ReadFull(b.from, one[:])
		if n > 0 {
			return 0, errTooLong
		}
		return 0, err
	}
	n, err := b.from.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

func (b *boundedBody) Close() error { return b.under.Close() }
