package promapi

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"firstline/sources"
)

// An answer is passed whole up to a length, and in pieces beyond. An answer
// that breaks off is never taken for the whole.
func TestGetLong(t *testing.T) {
	for _, c := range []struct {
		name   string
		length int // of the answer
		header int // in its header; 0: no length
		status int
		pieces bool
		reason sources.Reason
	}{
		{name: "nothing"},
		{name: "short", length: 10},
		{name: "a piece", length: 1 << 20},
		{name: "a piece and a byte", length: 1<<20 + 1},
		{name: "nearly too long", length: maxHead - 1},
		{name: "just too long", length: maxHead, pieces: true},
		{name: "too long", length: maxHead + 5, pieces: true},
		{name: "broken off early", length: 10, header: 20, reason: sources.Unreachable},
		{name: "broken off at a piece", length: 1 << 20, header: 2 << 20, reason: sources.Unreachable},
		{name: "broken off within a piece", length: 1<<20 + 7, header: 3 << 20, reason: sources.Unreachable},
		{name: "broken off late", length: maxHead + 5, header: maxHead + 10, reason: sources.Unreachable},
		{name: "refused", length: 10, status: http.StatusForbidden, reason: sources.Forbidden},
		{name: "refused at length", length: maxHead + 5, status: http.StatusServiceUnavailable, reason: sources.ServerFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if c.header > 0 {
					w.Header().Set("Content-Length", strconv.Itoa(c.header))
				}
				if c.status > 0 {
					w.WriteHeader(c.status)
				}
				_, _ = io.WriteString(w, strings.Repeat(" ", c.length))
			}))
			defer server.Close()
			client, err := New(Options{Source: sources.Source{Kind: sources.Prometheus, Name: "p"}, URL: server.URL})
			if err != nil {
				t.Fatal(err)
			}
			defer client.CloseIdleConnections()
			got, inPieces := -1, false
			err = client.GetLong(t.Context(), "reading", "/x", nil, func(body []byte) error {
				got = len(body)
				return nil
			}, func(d *json.Decoder) error {
				inPieces = true
				_, err := d.Token() // there is only space
				got = c.length
				if err == io.EOF {
					return nil
				}
				return err
			})
			if sources.ReasonOf(err) != c.reason || inPieces != c.pieces && c.reason == "" || c.reason == "" && got != c.length {
				t.Errorf("it gave %d bytes, in pieces %v, %v", got, inPieces, err)
			}
		})
	}
}
