package promapi

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"firstline/sources"
)

// An answer of any length is read. One that breaks off is never taken for the
// whole.
func TestGetStream(t *testing.T) {
	const long = 3<<20 + 5
	for _, c := range []struct {
		name   string
		length int // of the answer: a list of ones
		header int // in its header; 0: no length
		status int
		reason sources.Reason
	}{
		{name: "none", length: 2},
		{name: "short", length: 11},
		{name: "a buffer", length: streamBuffer},
		{name: "a buffer and a byte", length: streamBuffer + 1},
		{name: "longer than a value may be", length: longestValue + 5},
		{name: "broken off early", length: 11, header: 20, reason: sources.Unreachable},
		{name: "broken off at a buffer", length: streamBuffer, header: 2 * streamBuffer, reason: sources.Unreachable},
		{name: "broken off within a buffer", length: streamBuffer + 7, header: 3 * streamBuffer, reason: sources.Unreachable},
		{name: "broken off late", length: long, header: long + 5, reason: sources.Unreachable},
		{name: "refused", length: 11, status: http.StatusForbidden, reason: sources.Forbidden},
		{name: "refused at length", length: long, status: http.StatusServiceUnavailable, reason: sources.ServerFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			element := "1,"
			if c.length > 4*streamBuffer { // not too many, or reading them takes too long
				element = `"` + strings.Repeat("1", 1021) + `",`
			}
			want := (c.length - 1) / len(element)
			elements := strings.TrimSuffix(strings.Repeat(element, want), ",")
			body := "[" + strings.Repeat(" ", c.length-len("[]")-len(elements)) + elements + "]"
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if c.header > 0 {
					w.Header().Set("Content-Length", strconv.Itoa(c.header))
				}
				if c.status > 0 {
					w.WriteHeader(c.status)
				}
				_, _ = io.WriteString(w, body)
			}))
			defer server.Close()
			client, err := New(Options{Source: sources.Source{Kind: sources.Prometheus, Name: "p"}, URL: server.URL})
			if err != nil {
				t.Fatal(err)
			}
			defer client.CloseIdleConnections()
			got := 0
			err = client.GetStream(t.Context(), "reading", "/x", nil, func(s *Stream) error {
				if s.Peek() != 0 {
					s.Forget()
				}
				err := s.List(func() error {
					got++
					_, err := s.Value()
					return err
				})
				if err == nil {
					err = s.End()
				}
				if len(s.buf) > 2*streamBuffer {
					t.Errorf("the buffer has %d bytes", len(s.buf))
				}
				return err
			})
			if sources.ReasonOf(err) != c.reason || c.reason == "" && (err != nil || got != want) {
				t.Errorf("it gave %d of %d elements, %v", got, want, err)
			}
		})
	}
}

// What read returns is returned, unless the answer was not received.
func TestGetStreamReturnsWhatReadReturns(t *testing.T) {
	odd := errors.New("odd")
	c := client(t, serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }).URL, nil)
	if err := c.GetStream(t.Context(), "reading", "/x", nil, func(*Stream) error { return odd }); !errors.Is(err, odd) {
		t.Error(err)
	}
}
