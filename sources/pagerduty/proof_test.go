package pagerduty

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"firstline/sources"
)

// everyWrite returns each write of the client.
func everyWrite() map[string]func(*testing.T, *Client) error {
	return map[string]func(*testing.T, *Client) error{
		"acknowledge": func(t *testing.T, c *Client) error { return c.Acknowledge(t.Context(), "P1", "P2") },
		"resolve":     func(t *testing.T, c *Client) error { return c.Resolve(t.Context(), "mended", "P1") },
		"policy":      func(t *testing.T, c *Client) error { return c.SetPolicy(t.Context(), "PEP", "P1") },
		"level":       func(t *testing.T, c *Client) error { return c.SetLevel(t.Context(), 2, "P1") },
		"priority":    func(t *testing.T, c *Client) error { return c.SetPriority(t.Context(), "PR", "P1") },
		"assign":      func(t *testing.T, c *Client) error { return c.Assign(t.Context(), []string{"PU"}, "P1") },
		"urgency":     func(t *testing.T, c *Client) error { return c.SetUrgency(t.Context(), "low", "P1") },
		"move":        func(t *testing.T, c *Client) error { return c.Move(t.Context(), "P1", "PS", "PEP") },
		"snooze":      func(t *testing.T, c *Client) error { return c.Snooze(t.Context(), "P1", time.Hour) },
		"merge":       func(t *testing.T, c *Client) error { return c.Merge(t.Context(), "P1", "P2") },
		"note":        func(t *testing.T, c *Client) error { _, err := c.AddNote(t.Context(), "P1", "tried it"); return err },
		"correct":     func(t *testing.T, c *Client) error { return c.ChangeNote(t.Context(), "P1", "N1", "did not") },
		"join": func(t *testing.T, c *Client) error {
			return c.AskResponders(t.Context(), "P1", "m", []string{"PU"}, nil)
		},
		"open": func(t *testing.T, c *Client) error {
			_, err := c.Open(t.Context(), sources.NewIncident{Title: "x", Key: "k", ServiceID: "PS", PolicyID: "PEP"})
			return err
		},
	}
}

// writesAnswered returns a client whose writes are answered by answer, and a
// counter of the writes.
func writesAnswered(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, body []byte)) (*Client, *atomic.Int32) {
	t.Helper()
	sent := &atomic.Int32{}
	c, _ := newTestClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method == http.MethodGet {
			writeJSON(w, 200, map[string]any{"incidents": []any{}, "user": map[string]any{"id": "PANN", "email": "ann@example.com"}})
			return
		}
		sent.Add(1)
		answer(w, r, body)
	}), nil)
	return c, sent
}

// Only PagerDuty's own refusal proves that a write was not done. The status
// alone proves nothing, and neither does any other program that answers.
func TestProofThatAWriteWasNotDone(t *testing.T) {
	const own = `{"error":{"code":2001,"message":"Invalid Input Provided","errors":["x"]}}`
	web, plain := "text/html", "text/plain"
	for _, a := range []struct {
		status       int
		kind, body   string // kind empty: JSON
		proven, sure bool   // sure: sent again, and then done
	}{
		{status: 400, body: own, proven: true},
		{status: 401, body: `{"error":{"code":2006,"message":"Unauthorized"}}`, proven: true},
		{status: 402, body: `{"error":{"code":2014,"message":"x"}}`, proven: true},
		{status: 402, body: `{"error":{"message":"Account lacks it"}}`, proven: true},
		{status: 403, body: `{"error":{"code":2010,"message":"Access Denied"}}`, proven: true},
		{status: 404, body: `{"error":{"code":2100,"message":"Not Found"}}`, proven: true},
		{status: 409, body: own, proven: true},
		{status: 414, body: own, proven: true},
		{status: 422, body: own, proven: true},
		{status: 429, body: `{"error":{"code":2020,"message":"Rate Limit Exceeded"}}`, sure: true},
		// Answers of a proxy, a portal or a gateway prove nothing.
		{status: 408, body: own},
		{status: 408},
		{status: 408, kind: web, body: "<html>"},
		{status: 429},
		{status: 429, kind: web, body: "<html>"},
		{status: 429, body: `{"message":"Too Many Requests"}`},
		{status: 429, body: `{"error":{"code":429,"message":"Resource exhausted"}}`},
		{status: 400},
		{status: 401},
		{status: 403},
		{status: 404},
		{status: 407},
		{status: 413},
		{status: 422},
		{status: 431},
		{status: 451},
		{status: 400, body: "{"},
		{status: 400, body: own[:40]},
		{status: 400, body: "null"},
		{status: 400, body: "[]"},
		{status: 400, body: "{}"},
		{status: 401, body: `{"message":"Unauthorized"}`},
		{status: 403, body: `{"error":"access_denied"}`},
		{status: 403, body: `{"error":["no"]}`},
		{status: 404, body: `{"error":{"code":404,"message":"Not Found","status":"NOT_FOUND"}}`},
		{status: 404, body: `{"error":{}}`},
		{status: 403, kind: web, body: "<html>blocked</html>"},
		{status: 404, kind: plain, body: "404 page not found"},
		{status: 400, kind: web, body: own},
		{status: 200, kind: web, body: "<html>log in</html>"},
		{status: 200},
		{status: 200, body: "{"},
		{status: 200, body: "{}"},
		{status: 200, body: "null"},
		{status: 200, body: "[]"},
		{status: 200, kind: plain, body: "OK"},
		{status: 204},
		{status: 299, body: own},
		{status: 300},
		{status: 304},
		{status: 399, body: own},
		{status: 500, body: own},
		{status: 501, body: own},
		{status: 502, kind: web, body: "<html>"},
		{status: 503},
		{status: 504, body: `{"message":"Endpoint request timed out"}`},
		{status: 520, kind: web, body: "<html>"},
		{status: 599, body: own},
	} {
		t.Run(fmt.Sprintf("%d %s %s", a.status, a.kind, a.body), func(t *testing.T) {
			for name, do := range everyWrite() {
				var answered atomic.Bool
				c, sent := writesAnswered(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
					if answered.Swap(true) {
						answerWrite(w, r, body)
						return
					}
					kind := a.kind
					if kind == "" {
						kind = "application/json"
					}
					w.Header().Set("Content-Type", kind)
					w.WriteHeader(a.status)
					if a.status != 204 && a.status != 304 {
						_, _ = io.WriteString(w, a.body)
					}
				})
				err := do(t, c)
				if a.sure {
					if err != nil || sent.Load() != 2 {
						t.Errorf("%s: sent %d times: %v", name, sent.Load(), err)
					}
					continue
				}
				if err == nil || sent.Load() != 1 {
					t.Errorf("%s: sent %d times: %v", name, sent.Load(), err)
					continue
				}
				if sources.IsUnknown(err) == a.proven {
					t.Errorf("%s: unknown %v: %v", name, !a.proven, err)
				}
				if !a.proven && !strings.Contains(sources.Sentence(err), "check before doing it again") {
					t.Errorf("%s: it does not say what to do: %s", name, sources.Sentence(err))
				}
			}
		})
	}
}

// A write that is redirected may have been done.
func TestAWriteThatIsSentOnIsUnknown(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{"/elsewhere", "https://login.example.com/"} {
			for name, do := range everyWrite() {
				c, sent := writesAnswered(t, func(w http.ResponseWriter, r *http.Request, _ []byte) { http.Redirect(w, r, to, status) })
				if err := do(t, c); !sources.IsUnknown(err) || sent.Load() != 1 {
					t.Errorf("%s, %d to %s: sent %d times, %v", name, status, to, sent.Load(), err)
				}
			}
		}
	}
}

// An answer about another object than requested is refused.
func TestAnswersAboutSomethingElseAreRefused(t *testing.T) {
	// other changes every id.
	other := func(v any) any { return v }
	other = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for k := range v {
				if k == "id" {
					v[k] = "POTHER"
					continue
				}
				v[k] = other(v[k])
			}
		case []any:
			for n := range v {
				v[n] = other(v[n])
			}
		}
		return v
	}
	for name, do := range everyWrite() {
		if name == "note" || name == "open" {
			continue // these create the object with the id
		}
		c, sent := writesAnswered(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
			k := &recordedAnswer{ResponseWriter: w}
			answerWrite(k, r, body)
			var v any
			if err := json.Unmarshal(k.body, &v); err != nil {
				t.Error(err)
			}
			writeJSON(w, 200, other(v))
		})
		if err := do(t, c); !sources.IsUnknown(err) || sent.Load() != 1 {
			t.Errorf("%s: sent %d times, %v", name, sent.Load(), err)
		}
	}
	for name, answer := range map[string]string{
		"another text":    `{"note":{"id":"N1","content":"somebody else's"}}`,
		"no text":         `{"note":{"id":"N1"}}`,
		"no id":           `{"note":{"content":"tried it"}}`,
		"another key":     `{"incident":{"id":"P9","incident_key":"other","service":{"id":"PS"}}}`,
		"another service": `{"incident":{"id":"P9","incident_key":"k","service":{"id":"POTHER"}}}`,
	} {
		write := everyWrite()["note"]
		if strings.Contains(answer, "incident") {
			write = everyWrite()["open"]
		}
		c, _ := writesAnswered(t, func(w http.ResponseWriter, _ *http.Request, _ []byte) { writeJSON(w, 200, json.RawMessage(answer)) })
		if err := write(t, c); !sources.IsUnknown(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, read := range map[string]func(*Client) error{
		"incident": func(c *Client) error { _, err := c.Incident(t.Context(), "P1"); return err },
		"number":   func(c *Client) error { _, err := c.IncidentByNumber(t.Context(), 7); return err },
		"user":     func(c *Client) error { _, err := c.User(t.Context(), "P1"); return err },
		"policy":   func(c *Client) error { _, err := c.Policy(t.Context(), "P1"); return err },
		"history":  func(c *Client) error { _, _, err := c.LogEntries(t.Context(), "P1"); return err },
	} {
		c, _ := newTestClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			it := map[string]any{"id": "POTHER", "incident_number": 8}
			writeJSON(w, 200, map[string]any{
				"incident": it, "user": it, "escalation_policy": it, "log_entries": []any{map[string]any{"id": "R1", "incident": it}},
			})
		}), nil)
		if err := read(c); sources.ReasonOf(err) != sources.BadAnswer {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// recordedAnswer records what is written instead of sending it.
type recordedAnswer struct {
	http.ResponseWriter
	body []byte
}

func (k *recordedAnswer) WriteHeader(int) {}
func (k *recordedAnswer) Write(b []byte) (int, error) {
	k.body = append(k.body, b...)
	return len(b), nil
}
