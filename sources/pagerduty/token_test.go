package pagerduty

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"firstline/sources"
)

func TestHowATokenIsSent(t *testing.T) {
	for _, c := range []struct{ token, kind, want string }{
		{"u+abcDEF-123", "", "Token token=u+abcDEF-123"},
		{"y_NbAkKc66ryYTWUXYEu", "", "Token token=y_NbAkKc66ryYTWUXYEu"},
		{"pdus+_0XBPWQQ_abc", "", "Bearer pdus+_0XBPWQQ_abc"},
		{"pdeu+_0XBPWQQ_abc", "", "Bearer pdeu+_0XBPWQQ_abc"},
		{"  pdus+abc\n", "", "Bearer pdus+abc"},
		{"PDUS+abc", "", "Token token=PDUS+abc"},
		{"pdus", "", "Token token=pdus"},
		{"x-pdus+abc", "", "Token token=x-pdus+abc"},
		{"eyJhbGciOi.J9.x", "", "Token token=eyJhbGciOi.J9.x"},
		{"eyJhbGciOi.J9.x", "bearer", "Bearer eyJhbGciOi.J9.x"},
		{"eyJhbGciOi.J9.x", "Bearer", "Bearer eyJhbGciOi.J9.x"},
		{"pdus+abc", "bearer", "Bearer pdus+abc"},
		{"pdus+abc", "token", "Token token=pdus+abc"},
		{"u+abc", "token", "Token token=u+abc"},
	} {
		t.Run(c.token+" "+c.kind, func(t *testing.T) {
			var got []string
			client, _ := newTestClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = r.Header.Values("Authorization")
				writeJSON(w, 200, map[string]any{"notes": []any{}})
			}), func(o *Options) { o.Token, o.TokenType = c.token, c.kind })
			if _, err := client.Notes(t.Context(), "P1"); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, []string{c.want}) {
				t.Errorf("sent %q, want %q", got, c.want)
			}
		})
	}
	if _, err := New(Options{Token: "t", TokenType: "basic"}); err == nil || !strings.Contains(err.Error(), `"token" or "bearer"`) {
		t.Errorf("an unknown type gave %v", err)
	}
}

// issuer is a PagerDuty that accepts one token at a time, and the source of the
// token.
type issuer struct {
	mu sync.Mutex
	// accepted is the token that PagerDuty accepts, offered the token of the
	// source.
	accepted, offered string
	err               error
	seen              []string // Authorization of each request
	asked             atomic.Int32
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.seen = append(i.seen, strings.TrimPrefix(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), "Token token="))
	if i.seen[len(i.seen)-1] != i.accepted {
		writeJSON(w, 401, map[string]any{"error": map[string]any{"code": 2006, "message": "Unauthorized"}})
		return
	}
	if r.Method == http.MethodGet {
		writeJSON(w, 200, map[string]any{"notes": []any{}})
		return
	}
	body, _ := io.ReadAll(r.Body)
	answerWrite(w, r, body)
}

func (i *issuer) renew(context.Context) (string, error) {
	i.asked.Add(1)
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.offered, i.err
}

func (i *issuer) set(accepted, offered string, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.accepted, i.offered, i.err = accepted, offered, err
}

func TestATokenIsAskedForAgainAfterA401(t *testing.T) {
	read := func(ctx context.Context, c *Client) error { _, err := c.Notes(ctx, "P1"); return err }
	write := func(ctx context.Context, c *Client) error { return c.Acknowledge(ctx, "P1") }
	note := func(ctx context.Context, c *Client) error { _, err := c.AddNote(ctx, "P1", "x"); return err }
	for _, c := range []struct {
		name, offered string
		err           error
		fixed         bool // no source to ask
		do            func(context.Context, *Client) error
		seen          []string
		asked         int32
		says          string // empty: it worked
	}{
		{"a read goes on", "pdus+new", nil, false, read, []string{"pdus+old", "pdus+new"}, 1, ""},
		{"a write goes on", "pdus+new", nil, false, write, []string{"pdus+old", "pdus+new"}, 1, ""},
		{"a note goes on", "pdus+new\n", nil, false, note, []string{"pdus+old", "pdus+new"}, 1, ""},
		{"the same token", "pdus+old", nil, false, read, []string{"pdus+old"}, 1, "it was asked for again and is still the same"},
		{"another that is wrong too", "pdus+other", nil, false, read, []string{"pdus+old", "pdus+other"}, 1, "has probably expired"},
		{"another that is wrong too, for a write", "pdus+other", nil, false, write, []string{"pdus+old", "pdus+other"}, 1, "has probably expired"},
		{"the place fails", "", errors.New("token_command gave no token, it ended with status 1: vault is locked"), false, read, []string{"pdus+old"}, 1, "vault is locked"},
		{"the place gives nothing", "  ", nil, false, read, []string{"pdus+old"}, 1, "there is no PagerDuty token"},
		{"the place gives what is no token", "pdus+new\x1b]0;x", nil, false, write, []string{"pdus+old"}, 1, "has a character that no token has"},
		{"there is no place", "pdus+new", nil, true, read, []string{"pdus+old"}, 0, "start firstline again"},
		{"there is no place, for a write", "pdus+new", nil, true, write, []string{"pdus+old"}, 0, "start firstline again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := &issuer{accepted: "pdus+new", offered: c.offered, err: c.err}
			var log bytes.Buffer
			client, _ := newTestClient(t, i, func(o *Options) {
				o.Token, o.TokenFrom, o.RenewToken, o.Log = "pdus+old", "token_command", i.renew, slog.New(slog.NewTextHandler(&log, nil))
				if c.fixed {
					o.RenewToken = nil
				}
			})
			err := c.do(t.Context(), client)
			if !slices.Equal(i.seen, c.seen) || i.asked.Load() != c.asked {
				t.Errorf("sent with %q and asked %d times, want %q and %d", i.seen, i.asked.Load(), c.seen, c.asked)
			}
			switch {
			case c.says == "" && err != nil:
				t.Errorf("it failed: %v", err)
			case c.says != "" && (err == nil || !strings.Contains(sources.Sentence(err), c.says)):
				t.Errorf("it says %v, want %q", err, c.says)
			case c.says != "" && (sources.ReasonOf(err) != sources.Unauthorized || isUnknown(err)):
				t.Errorf("it is %s, unknown %v", sources.ReasonOf(err), isUnknown(err))
			}
			if text := fmt.Sprint(err) + log.String(); strings.Contains(text, "pdus+") {
				t.Errorf("the token shows: %s", text)
			}
		})
	}
}

func isUnknown(err error) bool {
	var e *sources.Error
	return errors.As(err, &e) && e.Unknown
}

func TestATokenIsAskedForAtMostOnceAMinute(t *testing.T) {
	i := &issuer{accepted: "none"}
	i.offered = "old"
	client, clock := newTestClient(t, i, func(o *Options) { o.Token, o.RenewToken = "old", i.renew })
	try := func(want int32, works bool) {
		t.Helper()
		_, err := client.Notes(t.Context(), "P1")
		if got := i.asked.Load(); got != want || (err == nil) != works {
			t.Errorf("asked %d times, want %d; %v", got, want, err)
		}
	}
	try(1, false)
	try(1, false)
	clock.Add(59 * time.Second)
	try(1, false)
	clock.Add(time.Second)
	try(2, false)
	i.set("new", "new", nil) // somebody logged in
	clock.Add(30 * time.Second)
	try(2, false)
	clock.Add(30 * time.Second)
	try(3, true)
	try(3, true)
	i.set("newer", "newer", nil)
	clock.Add(10 * time.Second)
	try(3, false) // ten seconds after the last time
	clock.Add(time.Minute)
	try(4, true)
}

// However many requests use the old token, only one asks for a new one, and all
// continue with it.
func TestOneRequestAsksForAToken(t *testing.T) {
	i := &issuer{accepted: "pdus+new", offered: "pdus+new"}
	client, _ := newTestClient(t, i, func(o *Options) { o.Token, o.RenewToken = "pdus+old", i.renew })
	var group sync.WaitGroup
	errs := make(chan error, 20)
	for n := range 20 {
		group.Go(func() {
			if n%2 == 0 {
				errs <- client.Acknowledge(t.Context(), "P1")
				return
			}
			_, err := client.Notes(t.Context(), "P1")
			errs <- err
		})
	}
	group.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	if n := i.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// A request that waits for another one's new token gives up with its own
// context.
func TestWaitingForATokenEndsWithItsContext(t *testing.T) {
	i := &issuer{accepted: "new"}
	started, release := make(chan struct{}), make(chan struct{})
	client, _ := newTestClient(t, i, func(o *Options) {
		o.Token = "old"
		o.RenewToken = func(context.Context) (string, error) {
			close(started)
			<-release
			return "new", nil
		}
	})
	first := make(chan error, 1)
	go func() { _, err := client.Notes(t.Context(), "P1"); first <- err }()
	<-started
	ctx, cancel := context.WithCancel(t.Context())
	second := make(chan error, 1)
	go func() { _, err := client.Notes(ctx, "P1"); second <- err }()
	cancel()
	if err := <-second; err == nil {
		t.Error("the one that gave up worked")
	}
	close(release)
	if err := <-first; err != nil {
		t.Error(err)
	}
}

func TestAdviceFitsTheToken(t *testing.T) {
	asks := func(context.Context) (string, error) { return "", nil } // its own token, below
	for _, c := range []struct {
		name   string
		o      Options
		status int
		want   []string
		not    []string
	}{
		{"REST from the environment", Options{Token: "u+abc", TokenFrom: "PAGERDUTY_TOKEN"}, 401, []string{"REST token", "create a new one", "PAGERDUTY_TOKEN", `region "eu"`}, []string{"log in", "token_command"}},
		{"REST from a file", Options{Token: "u+abc", TokenFrom: "token_file", RenewToken: asks}, 401, []string{"create a new one", "token_file"}, []string{"log in", "PAGERDUTY_TOKEN"}},
		{"REST from a command", Options{Token: "u+abc", TokenFrom: "token_command", RenewToken: asks}, 401, []string{"create a new one", "token_command"}, []string{"log in"}},
		{"REST from nowhere", Options{Token: "u+abc"}, 401, []string{"create a new one", "PAGERDUTY_TOKEN (or token_keyring, token_file, token_command)"}, []string{"log in"}},
		{"OAuth from the environment", Options{Token: "pdus+abc", TokenFrom: "PAGERDUTY_TOKEN"}, 401, []string{"OAuth token", "expired", "log in again", "PAGERDUTY_TOKEN", "start firstline again"}, []string{"create a new one"}},
		{"OAuth from a file", Options{Token: "pdus+abc", TokenFrom: "token_file", RenewToken: asks}, 401, []string{"log in again", "check that token_file gives a new one"}, []string{"create a new one", "start firstline"}},
		{"OAuth from a command", Options{Token: "pdus+abc", TokenFrom: "token_command", RenewToken: asks}, 401, []string{"log in again", "check that token_command gives a new one"}, []string{"create a new one", "start firstline"}},
		{"OAuth by its type", Options{Token: "eyJ.x", TokenType: "bearer", TokenFrom: "token_command", RenewToken: asks}, 401, []string{"OAuth token", "log in again"}, []string{"create a new one"}},
		{"REST by its type", Options{Token: "pdus+abc", TokenType: "token", TokenFrom: "token_command", RenewToken: asks}, 401, []string{"REST token", "create a new one"}, []string{"log in"}},
		{"European OAuth in the US", Options{Token: "pdeu+abc"}, 401, []string{"account in Europe", `region "eu"`}, []string{"log in", "create"}},
		{"American OAuth in Europe", Options{Token: "pdus+abc", Region: "eu"}, 401, []string{"account in the US", `region "us"`}, []string{"log in", "create"}},
		{"REST may not", Options{Token: "u+abc"}, 403, []string{"user with the right role", "read-only token"}, []string{"scope"}},
		{"OAuth may not", Options{Token: "pdus+abc"}, 403, []string{"log in again", "scope"}, []string{"read-only token"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := c.o
			o.Now = newClock().Now
			if o.RenewToken != nil {
				o.RenewToken = func(context.Context) (string, error) { return o.Token, nil }
			}
			o.Transport = roundTrip(func(r *http.Request) *http.Response {
				w := httptest.NewRecorder()
				writeJSON(w, c.status, map[string]any{"error": map[string]any{"code": 2006, "message": "Unauthorized"}})
				return w.Result()
			})
			client, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Notes(t.Context(), "P1")
			text := sources.Sentence(err)
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in %q", want, text)
				}
			}
			for _, not := range append(c.not, c.o.Token) {
				if strings.Contains(text, not) {
					t.Errorf("%q is in %q", not, text)
				}
			}
		})
	}
}

type roundTrip func(*http.Request) *http.Response

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }
