package promapi

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"firstline/sources"
)

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name       string
		kind       sources.Kind
		status     int
		header     string // Retry-After
		body       string
		reason     sources.Reason
		want       string
		retryAfter time.Duration
		unknown    bool // after a write
	}{
		{name: "no credentials", status: 401, body: "Unauthorized\n", reason: sources.Unauthorized, want: "(Unauthorized): set basic_auth", unknown: true},
		{name: "Mimir without tenant", status: 401, body: "no org id\n", reason: sources.Unauthorized, want: "X-Scope-OrgID", unknown: true},
		{name: "no right", status: 403, reason: sources.Forbidden, want: "does not allow it:", unknown: true},
		{name: "no such path", status: 404, body: "404 page not found\n", reason: sources.NotAnAPI, want: "for Mimir add /prometheus", unknown: true},
		{name: "no such path", kind: sources.Alertmanager, status: 404, reason: sources.NotAnAPI, want: "for Mimir add /alertmanager", unknown: true},
		{
			name: "an Alertmanager of 0.27", unknown: true, status: 410, reason: sources.NotAnAPI, want: "list it under [[alertmanager]]",
			body: `{"status":"deprecated","error":"The Alertmanager v1 API was deprecated in version 0.16.0 and is removed as of version 0.27.0 - please use the equivalent route in the v2 API"}`,
		},
		{name: "gone", kind: sources.Alertmanager, status: 410, reason: sources.NotAnAPI, want: "API v2", unknown: true},
		{name: "limited", status: 429, header: "17", reason: sources.RateLimited, want: "too often", retryAfter: 17 * time.Second, unknown: true},
		{name: "limited for no time", status: 429, header: "-3", reason: sources.RateLimited, want: "too often", unknown: true},
		{name: "Prometheus refuses", status: 422, body: `{"status":"error","errorType":"execution","error":"too many"}`, reason: sources.Rejected, want: "422 (too many)", unknown: true},
		{name: "Alertmanager refuses", kind: sources.Alertmanager, status: 400, body: `"silence invalid"`, reason: sources.Rejected, want: "400 (silence invalid)"},
		{name: "Alertmanager checks", kind: sources.Alertmanager, status: 422, body: `{"code":602,"message":"comment in body is required"}`, reason: sources.Rejected, want: "(comment in body is required)"},
		{name: "Alertmanager fails", kind: sources.Alertmanager, status: 500, body: `"silence not found"`, reason: sources.ServerFailed, want: "(silence not found)", unknown: true},
		{name: "Alertmanager's server refuses", kind: sources.Alertmanager, status: 415, body: `{"code":415,"message":"unsupported media type"}`, reason: sources.Rejected, want: "(unsupported media type)"},
		{name: "a gateway's words", kind: sources.Alertmanager, status: 400, body: `{"message":"Bad Request"}`, reason: sources.Rejected, want: "(Bad Request)", unknown: true},
		{name: "an empty string", kind: sources.Alertmanager, status: 400, body: `""`, reason: sources.Rejected, want: "400", unknown: true},
		{name: "nothing said", kind: sources.Alertmanager, status: 400, reason: sources.Rejected, want: "400", unknown: true},
		{name: "cut", kind: sources.Alertmanager, status: 400, body: `"silence inv`, reason: sources.Rejected, want: "400", unknown: true},
		{name: "waited too long", kind: sources.Alertmanager, status: 408, body: `"timeout"`, reason: sources.Rejected, want: "408 (timeout)", unknown: true},
		{name: "starting", status: 503, body: "Service Unavailable", reason: sources.ServerFailed, want: "503 (Service Unavailable)", unknown: true},
		{name: "a proxy", status: 502, body: "<html>\n<h1>502 Bad Gateway</h1>", reason: sources.ServerFailed, want: "with 502:", unknown: true},
		{name: "a proxy in JSON", status: 504, body: `{"message":"upstream timed out"}`, reason: sources.ServerFailed, want: "504 (upstream timed out)", unknown: true},
		{name: "hostile", status: 400, body: "\"\\u001b]0;x\\u0007a\\nb\"", reason: sources.Rejected, want: "(a b)"},
		{name: "long", status: 400, body: strings.Repeat("ä", 1<<20), reason: sources.Rejected, want: "ä…)", unknown: true},
		{name: "not modified", status: 304, reason: sources.NotAnAPI, want: "answered with 304", unknown: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if c.header != "" {
					w.Header().Set("Retry-After", c.header)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			client := client(t, s.URL, func(o *Options) {
				if c.kind != "" {
					o.Source.Kind = c.kind
				}
			})
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				var err error
				if method == http.MethodGet {
					_, err = client.Get(t.Context(), "reading", "/api", nil)
				} else {
					_, err = client.Send(t.Context(), "writing", method, "/api", struct{}{})
				}
				e := asError(t, err)
				if e.Reason != c.reason || e.Status != c.status || e.RetryAfter != c.retryAfter || !strings.Contains(e.Sentence, c.want) {
					t.Errorf("%s: %+v, want %s, %q", method, e, c.reason, c.want)
				}
				if e.Unknown != (c.unknown && method == http.MethodPost) {
					t.Errorf("%s: unknown is %v", method, e.Unknown)
				}
				if len(e.Sentence) > 1000 {
					t.Errorf("%s: a sentence of %d bytes", method, len(e.Sentence))
				}
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"":                              0,
		"30":                            30 * time.Second,
		" 5 ":                           5 * time.Second,
		"soon":                          0,
		"99999999999999999999":          0,
		"Sun, 22 Nov 2026 12:01:00 GMT": time.Minute,
		"Sun, 22 Nov 2026 11:00:00 GMT": 0,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func TestOdd(t *testing.T) {
	for body, want := range map[string]string{
		"":                      "nothing",
		" \n":                   "nothing",
		"<!doctype html><html>": "web page",
		`{"message":"hello"}`:   "other JSON",
		"template_files: {}\nalertmanager_config: |\n  route: {}\n": "Alertmanager's configuration",
		"groups:\n- name: a\n": "YAML",
		"\xff\xfe:\x00":        "not JSON",
		`{"status":`:           "not JSON",
	} {
		if got := Odd([]byte(body)); !strings.Contains(got, want) {
			t.Errorf("Odd(%q) = %q, want %q", body, got, want)
		}
	}
}

func FuzzMessage(f *testing.F) {
	for _, s := range []string{"", `"bare"`, `{"error":"a"}`, `{"code":602,"message":"b"}`, "<html>", "plain\ntext", "\"\\u001b[31m\"", "\xff", `{"error":1}`, "null", "[]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		message := Message(body)
		if !utf8.ValidString(message) || utf8.RuneCountInString(message) > maxMessage {
			t.Errorf("Message(%q) = %q", body, message)
		}
		for _, r := range message {
			if unicode.IsControl(r) {
				t.Errorf("Message(%q) holds %U", body, r)
			}
		}
		if odd := Odd(body); !strings.HasPrefix(odd, "answered with ") || strings.ContainsAny(odd, "\n\x1b") {
			t.Errorf("Odd(%q) = %q", body, odd)
		}
		if d := retryAfter(string(body), time.Unix(0, 0)); d < 0 {
			t.Errorf("retryAfter(%q) = %v", body, d)
		}
	})
}
