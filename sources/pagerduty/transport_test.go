package pagerduty

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"firstline/sources"
)

func TestNewRefusesWhatCannotWork(t *testing.T) {
	for name, tc := range map[string]struct {
		o    Options
		want string // in the error; empty: none
	}{
		"default":            {Options{Token: "t"}, ""},
		"eu":                 {Options{Token: "t", Region: "EU"}, ""},
		"loopback":           {Options{Token: "t", URL: "http://127.0.0.1:1"}, ""},
		"loopback 6":         {Options{Token: "t", URL: "http://[::1]:1"}, ""},
		"localhost":          {Options{Token: "t", URL: "http://localhost:1/path/"}, ""},
		"no token":           {Options{}, "no PagerDuty token"},
		"token with newline": {Options{Token: "a\nb"}, "character"},
		"plain http":         {Options{Token: "t", URL: "http://example.com"}, "unencrypted"},
		"looks like it":      {Options{Token: "t", URL: "http://localhost.example.com"}, "unencrypted"},
		"no scheme":          {Options{Token: "t", URL: "api.pagerduty.com"}, "not a web address"},
		"credentials":        {Options{Token: "t", URL: "https://a:b@example.com"}, "only have a host"},
		"email":              {Options{Token: "t", Email: "ann@example.com\r\nX: y"}, "not an email"},
		"no email":           {Options{Token: "t", Email: "Ann <ann@example.com>"}, "not an email"},
		"region":             {Options{Token: "t", Region: "mars"}, "region"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := New(tc.o)
			switch {
			case tc.want == "" && err != nil:
				t.Fatal(err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Fatalf("got %v, want %q", err, tc.want)
			case name == "eu" && c.base.String() != euAddress, name == "default" && c.base.String() != usAddress:
				t.Fatalf("the address is %s", c.base)
			}
		})
	}
}

func TestHeadersOfEveryRequest(t *testing.T) {
	var got http.Header
	c, _ := newTestClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		if r.Method == http.MethodGet {
			writeJSON(w, 200, map[string]any{"notes": []any{}})
			return
		}
		body, _ := io.ReadAll(r.Body)
		answerWrite(w, r, body)
	}), nil)
	calls := map[string]func() error{
		"get":    func() error { _, err := c.Notes(t.Context(), "P1"); return err },
		"snooze": func() error { return c.Snooze(t.Context(), "P1", time.Hour) },
		"put":    func() error { return c.Acknowledge(t.Context(), "P1") },
	}
	for name, call := range calls {
		if err := call(); err != nil {
			t.Fatal(name, err)
		}
		for header, want := range map[string]string{
			"Authorization": "Token token=secret-token",
			"From":          "ann@example.com",
			"User-Agent":    "firstline/test",
			"Accept":        "application/vnd.pagerduty+json;version=2",
			"Content-Type":  "application/json",
		} {
			if got.Get(header) != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got.Get(header), want)
			}
		}
	}
}

func TestEveryRefusalIsClassified(t *testing.T) {
	body := func(code int, message string) string {
		return fmt.Sprintf(`{"error":{"code":%d,"message":%q}}`, code, message)
	}
	for name, tc := range map[string]struct {
		status int
		body   string
		kind   string // content type; empty: JSON
		reason sources.Reason
		want   string
	}{
		"wrong token":          {401, body(2006, "x"), "", sources.Unauthorized, "PAGERDUTY_TOKEN"},
		"wrong token, no body": {401, "", "", sources.Unauthorized, "PAGERDUTY_TOKEN"},
		"forbidden":            {403, body(2010, "Access Denied"), "", sources.Forbidden, "may not do this"},
		"not there":            {404, body(2100, "Not Found"), "", sources.NotFound, "does not know it"},
		"not paid":             {402, `{"error":{"message":"Account lacks coordinated_responding"}}`, "", sources.MissingAbility, "coordinated_responding"},
		"2014":                 {402, body(2014, "x"), "", sources.MissingAbility, "plan"},
		"resolved":             {400, body(1001, "Incident Already Resolved"), "", sources.AlreadyResolved, "already"},
		"resolved in words":    {400, `{"error":{"code":2001,"message":"Invalid Input Provided","errors":["Incident Already Resolved"]}}`, "", sources.AlreadyResolved, "already"},
		"acknowledged":         {400, body(1002, "x"), "", sources.AlreadyAcknowledged, "already"},
		"no such level":        {400, body(1006, "x"), "", sources.Rejected, "can't escalate"},
		"no such assignee":     {400, body(1007, "x"), "", sources.Rejected, "not a user"},
		"no such requester":    {400, body(1008, "x"), "", sources.UnknownRequester, "[me]"},
		"not acknowledged":     {400, body(1012, "x"), "", sources.Rejected, "acknowledge it first"},
		"bad snooze":           {400, body(1013, "x"), "", sources.Rejected, "7 days"},
		"nobody on call":       {400, body(1015, "x"), "", sources.NobodyOnCall, "nobody is on call"},
		"not authorised":       {403, body(1018, "x"), "", sources.Forbidden, "role"},
		"merged":               {400, body(1019, "x"), "", sources.AlreadyMerged, "merged"},
		"unknown email":        {400, body(2016, "x"), "", sources.UnknownRequester, "[me]"},
		"too long":             {414, "", "", sources.Rejected, "too long"},
		"what else":            {400, `{"error":{"code":2001,"message":"Invalid Input","errors":"title is too long"}}`, "", sources.Rejected, "title is too long"},
		"error is a string":    {422, `{"error":"nope"}`, "", sources.Rejected, "nope"},
		"errors is an object":  {422, `{"error":{"errors":{"a":1}}}`, "", sources.Rejected, "422"},
		"error is a list":      {422, `{"error":["a"]}`, "", sources.Rejected, "a"},
		"steers the terminal":  {400, "{\"error\":\"\\u001b[2Jgone\"}", "", sources.Rejected, ": gone"},
		"server":               {500, body(2000, "x"), "", sources.ServerFailed, "500"},
		"not JSON":             {400, "<html>", "", sources.Rejected, "gave no reason"},
		"gateway page":         {502, "<html>bad gateway</html>", "text/html", sources.NotAnAPI, "a web page and not PagerDuty's API answered (502)"},
		"login page":           {200, "<html>hello</html>", "text/html", sources.NotAnAPI, "a web page and not PagerDuty's API answered (200)"},
		"proxy denies":         {403, "denied", "text/plain", sources.NotAnAPI, "answered (403)"},
		"limited":              {429, body(2020, "Rate Limit Exceeded"), "", sources.RateLimited, "too many requests"},
		"limited, a page":      {429, "<html>", "text/html", sources.RateLimited, "too many requests"},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := newTestClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				kind := tc.kind
				if kind == "" {
					kind = "application/json"
				}
				w.Header().Set("Content-Type", kind)
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			}), nil)
			_, err := c.Notes(t.Context(), "P1")
			e := wantError(t, err, tc.reason, tc.want)
			if e.Status != tc.status || e.Unknown {
				t.Errorf("status %d, unknown %v", e.Status, e.Unknown)
			}
			if strings.Contains(e.Sentence, "\x1b") {
				t.Error("an escape sequence went through")
			}
		})
	}
}

func TestAccountTokenWithoutEmailAsksForOne(t *testing.T) {
	c, _ := newTestClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("From") != "" {
			t.Error("a From header without an email")
		}
		writeJSON(w, 400, map[string]any{"error": map[string]any{"code": 2016, "message": "x"}})
	}), func(o *Options) { o.Email = "" })
	wantError(t, c.Acknowledge(t.Context(), "P1"), sources.UnknownRequester, "set [me] email")
}

func TestWhatIsSentAgain(t *testing.T) {
	read := func(c *Client) error { _, err := c.Notes(context.Background(), "P1"); return err }
	note := func(c *Client) error {
		_, err := c.AddNote(context.Background(), "P1", "tried turning it off")
		return err
	}
	ack := func(c *Client) error { return c.Acknowledge(context.Background(), "P1") }
	policy := func(c *Client) error { return c.SetPolicy(context.Background(), "PPOLICY", "P1") }
	for name, tc := range map[string]struct {
		call    func(*Client) error
		status  int // of the first answer; 0: the connection breaks
		sent    int // number of requests; the second one succeeds
		unknown bool
	}{
		"read, 500":        {read, 500, 2, false},
		"read, 503":        {read, 503, 2, false},
		"read, broken":     {read, 0, 2, false},
		"read, 429":        {read, 429, 2, false},
		"read, 400":        {read, 400, 1, false},
		"note, 429":        {note, 429, 2, false},
		"note, 500":        {note, 500, 1, true},
		"note, broken":     {note, 0, 1, true},
		"ack, 429":         {ack, 429, 2, false},
		"ack, 502":         {ack, 502, 1, true},
		"ack, broken":      {ack, 0, 1, true},
		"ack, 400":         {ack, 400, 1, false},
		"policy, 429":      {policy, 429, 2, false},
		"policy, broken":   {policy, 0, 1, true},
		"policy, 500":      {policy, 500, 1, true},
		"note, bad answer": {note, 299, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			var bodies []string
			c, _ := newTestClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				b, _ := io.ReadAll(r.Body)
				mu.Lock()
				defer mu.Unlock()
				bodies = append(bodies, string(b))
				switch {
				case len(bodies) > 1 && r.Method == http.MethodGet:
					writeJSON(w, 200, map[string]any{"notes": []any{}})
				case len(bodies) > 1:
					answerWrite(w, r, b)
				case tc.status == 0:
					panic(http.ErrAbortHandler)
				case tc.status == 299:
					w.Header().Set("Content-Type", "application/json")
					_, _ = io.WriteString(w, `{"note":`)
				default:
					writeJSON(w, tc.status, map[string]any{"error": map[string]any{"message": "x"}})
				}
			}), nil)
			err := tc.call(c)
			mu.Lock()
			defer mu.Unlock()
			if len(bodies) != tc.sent {
				t.Errorf("%d requests, want %d", len(bodies), tc.sent)
			}
			for _, b := range bodies {
				if b != bodies[0] {
					t.Errorf("the body changed: %q, then %q", bodies[0], b)
				}
			}
			if (err == nil) != (tc.sent == 2) || sources.IsUnknown(err) != tc.unknown {
				t.Errorf("got %v (unknown %v), want unknown %v", err, sources.IsUnknown(err), tc.unknown)
			}
			if tc.unknown && !strings.Contains(sources.Sentence(err), "check before doing it again") {
				t.Errorf("the sentence does not say what to do: %s", sources.Sentence(err))
			}
		})
	}
}

// refusing is a RoundTripper that never gets a connection.
type refusing struct {
	times atomic.Int32
	err   error
}

func (r *refusing) RoundTrip(*http.Request) (*http.Response, error) {
	r.times.Add(1)
	return nil, r.err
}

func TestWhatNeverLeftMayBeSentAgain(t *testing.T) {
	under := &refusing{err: &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("no route to host")}}
	c, k := newTestClient(t, http.NotFoundHandler(), func(o *Options) { o.Transport = under })
	_, err := c.AddNote(t.Context(), "P1", "x")
	e := wantError(t, err, sources.Unreachable, "can't be reached")
	if e.Unknown || under.times.Load() != maxAttempts {
		t.Errorf("unknown %v, sent %d times", e.Unknown, under.times.Load())
	}
	if len(k.slept) != 2 || k.slept[0] > firstBackOff || k.slept[1] <= firstBackOff/2 {
		t.Errorf("backed off %v", k.slept)
	}
}

func TestNetworkTroubleHasASentence(t *testing.T) {
	tls := httptest.NewTLSServer(http.NotFoundHandler())
	defer tls.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for name, tc := range map[string]struct {
		url   string
		under http.RoundTripper
		want  string
	}{
		"unknown authority": {tls.URL, nil, "SSL_CERT_FILE"},
		"no TLS":            {strings.Replace(plain.URL, "http:", "https:", 1), nil, "does not speak TLS"},
		"refused":           {closed.URL, nil, "refuses connections"},
		"no such name":      {"https://api.example.com", &refusing{err: &net.DNSError{Err: "no such host", Name: "api.example.com", IsNotFound: true}}, "(DNS)"},
		"no name server":    {"https://api.example.com", &refusing{err: &net.DNSError{Err: "timeout", IsTimeout: true}}, "could not be looked up"},
		"proxy":             {"https://api.example.com", &refusing{err: &net.OpError{Op: "proxyconnect", Err: errors.New("x")}}, "HTTPS_PROXY"},
		"timeout":           {"https://api.example.com", &refusing{err: context.DeadlineExceeded}, "did not answer within 30 s"},
		"reset":             {"https://api.example.com", &refusing{err: io.ErrUnexpectedEOF}, "broke"},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := newTestClient(t, http.NotFoundHandler(), func(o *Options) {
				o.URL = tc.url
				o.Transport = tc.under
			})
			_, err := c.Notes(t.Context(), "P1")
			wantError(t, err, sources.Unreachable, tc.want)
		})
	}
}

func TestRedirectsDoNotTakeTheTokenAlong(t *testing.T) {
	var leaked atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { leaked.Store(true) }))
	defer other.Close()
	c, _ := newTestClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/incidents/P1/notes":
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		case "/incidents/P2/notes":
			http.Redirect(w, r, "/incidents/P3/notes", http.StatusFound)
		case "/incidents/P3/notes":
			writeJSON(w, 200, map[string]any{"notes": []any{}})
		}
	}), nil)
	_, err := c.Notes(t.Context(), "P1")
	wantError(t, err, sources.NotAnAPI, "the token does not go there")
	_, err = c.AddNote(t.Context(), "P1", "x")
	wantError(t, err, sources.NotAnAPI, "the token does not go there")
	_, err = c.AddNote(t.Context(), "P2", "x")
	wantError(t, err, sources.NotAnAPI, "send us on")
	if leaked.Load() {
		t.Error("the other host was asked")
	}
	if _, err = c.Notes(t.Context(), "P2"); err != nil {
		t.Errorf("a redirect on the same host was not followed: %v", err)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, other.URL, nil)
	if _, err := c.api.Do(req, true); err == nil || leaked.Load() {
		t.Error("a request to another host was sent")
	}
}

func TestRateLimitIsWaitedFor(t *testing.T) {
	for name, tc := range map[string]struct {
		reset string
		want  time.Duration
	}{
		"told": {"7", 7 * time.Second}, "absent": {"", usualWait}, "nonsense": {"soon", usualWait},
		"endless": {"86400", longestWait}, "now": {"0", time.Second}, "infinite": {"Inf", longestWait}, "not a number": {"NaN", usualWait},
	} {
		t.Run(name, func(t *testing.T) {
			sent := 0
			c, k := newTestClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if sent++; sent == 1 {
					if tc.reset != "" {
						w.Header().Set("Ratelimit-Reset", tc.reset)
					}
					w.WriteHeader(http.StatusTooManyRequests)
					return
				}
				writeJSON(w, 200, map[string]any{"notes": []any{}})
			}), nil)
			var reported []string
			ctx := sources.ReportWaits(t.Context(), func(sentence string) { reported = append(reported, sentence) })
			if _, err := c.Notes(ctx, "P1"); err != nil {
				t.Fatal(err)
			}
			if len(k.slept) != 1 || k.slept[0] != tc.want {
				t.Errorf("waited %v, want %v", k.slept, tc.want)
			}
			want := fmt.Sprintf("PagerDuty asks to wait %d s.", int(tc.want.Seconds()))
			if len(reported) != 1 || reported[0] != want {
				t.Errorf("told %q, want %q", reported, want)
			}
		})
	}
}

func TestRateLimitWaitHonoursTheContext(t *testing.T) {
	sent := 0
	c, _ := newTestClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		sent++
		w.Header().Set("Ratelimit-Reset", "30")
		w.WriteHeader(http.StatusTooManyRequests)
	}), func(o *Options) { o.Now = nil })
	c.transport.sleep = sleep
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := c.Notes(ctx, "P1")
	e := wantError(t, err, sources.RateLimited, "too many requests")
	if e.RetryAfter < 25*time.Second || sent != 1 {
		t.Errorf("retry after %v, sent %d", e.RetryAfter, sent)
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	_, err = c.Notes(ctx, "P1")
	wantError(t, err, sources.Canceled, "stopped")
	c.transport.sleep = func(ctx context.Context, _ time.Duration) error { cancel(); return context.Canceled }
	_, err = c.AddNote(t.Context(), "P1", "x")
	if e := wantError(t, err, sources.Canceled, "stopped"); e.Unknown || sent != 1 {
		t.Errorf("nothing was sent, and yet unknown is %v, sent %d", e.Unknown, sent)
	}
}

func TestStoppedWhileTheServerThinks(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c, _ := newTestClient(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	}), nil)
	_, err := c.AddNote(ctx, "P1", "x")
	if e := wantError(t, err, sources.Canceled, "not known whether"); !e.Unknown || !errors.Is(err, context.Canceled) {
		t.Errorf("unknown %v, %v", e.Unknown, err)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	chunk := strings.Repeat(" ", 1<<20)
	c, _ := newTestClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for range maxBody>>20 + 1 {
			_, _ = io.WriteString(w, chunk)
		}
	}), nil)
	_, err := c.Notes(t.Context(), "P1")
	wantError(t, err, sources.BadAnswer, "longer than 32 MB")
}

func TestOneRequestAtATime(t *testing.T) {
	var now, most atomic.Int32
	c, _ := newTestClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		writeJSON(w, 200, map[string]any{"notes": []any{}})
		now.Add(-1)
	}), nil)
	done := make(chan error)
	for range 16 {
		go func() { _, err := c.Notes(context.Background(), "P1"); done <- err }()
	}
	for range 16 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != 1 {
		t.Errorf("%d requests at once", most.Load())
	}
}

// PagerDuty, or a proxy before it, may repeat the token, which no sentence has.
func TestATokenThatIsRepeated(t *testing.T) {
	const token = "u+s3cr3t-token"
	for name, body := range map[string]string{
		"message":      `{"error":{"message":"bad token u+s3cr3t-token","code":2001,"errors":[]}}`,
		"errors":       `{"error":{"message":"bad","code":2001,"errors":["Token token=u+s3cr3t-token"]}}`,
		"plain error":  `{"error":"u+s3cr3t-token"}`,
		"message only": `{"message":"u+s3cr3t-token"}`,
		"text":         "no access with u+s3cr3t-token",
		"page":         "<html>u+s3cr3t-token</html>",
	} {
		for _, status := range []int{400, 401, 402, 403, 404, 409, 429, 500} {
			c, _ := newTestClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			}), func(o *Options) { o.Token = token })
			notes, err := c.Notes(t.Context(), "P1")
			if text := fmt.Sprintf("%v %+v", notes, err); strings.Contains(text, "s3cr3t") {
				t.Errorf("%s, %d: %s", name, status, text)
			}
			var fault *sources.Error
			if errors.As(err, &fault) {
				if text := fmt.Sprintf("%+v %v", *fault, fault.Err); strings.Contains(text, "s3cr3t") {
					t.Errorf("%s, %d: %s", name, status, text)
				}
			}
		}
	}
}

// The credentials of a proxy never go to another machine without TLS.
func TestNewRefusesAProxyInClear(t *testing.T) {
	for proxy, refused := range map[string]bool{
		"":                                         false,
		"http://proxy.example.com:3128":            false,
		"http://user:s3cr3t@proxy.example.com":     true,
		"user:s3cr3t@proxy.example.com:3128":       true,
		"socks5://user:s3cr3t@proxy.example.com":   true,
		"https://user:s3cr3t@proxy.example.com":    false,
		"http://user:s3cr3t@127.0.0.1:3128":        false,
		"http://user:s3cr3t@localhost:3128":        false,
		"http://user:s3cr3t@localhost.example.com": true,
	} {
		for _, name := range []string{"NO_PROXY", "no_proxy", "https_proxy"} {
			t.Setenv(name, "")
		}
		t.Setenv("HTTPS_PROXY", proxy)
		_, err := New(Options{Token: "t"})
		if (err != nil) != refused {
			t.Errorf("%q gave %v, refused should be %v", proxy, err, refused)
		}
		if err != nil && (sources.ReasonOf(err) != sources.Misconfigured || strings.Contains(sources.Sentence(err), "s3cr3t")) {
			t.Errorf("%q gave %v", proxy, err)
		}
		t.Setenv("NO_PROXY", "api.pagerduty.com")
		if _, err := New(Options{Token: "t"}); err != nil {
			t.Errorf("%q, which is not used, gave %v", proxy, err)
		}
	}
}
