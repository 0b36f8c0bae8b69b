package pagerduty

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"firstline/sources"
)

// clock is a clock that advances only in a sleep or by the test.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slept = append(c.slept, d)
	c.now = c.now.Add(d)
	return nil
}

// newTestClient returns a client of h, with a clock that does not wait.
func newTestClient(t *testing.T, h http.Handler, change func(*Options)) (*Client, *clock) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	k := newClock()
	o := Options{URL: server.URL, Token: "secret-token", Email: "ann@example.com", UserAgent: "firstline/test", Now: k.Now}
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.transport.sleep = k.sleep
	return c, k
}

// asked is one request to the fake.
type asked struct{ method, path, query, body string }

// fake is a small PagerDuty, just enough to test reading. The full stand-in is
// in sources/demo.
type fake struct {
	mu        sync.Mutex
	clock     *clock
	incidents []*fakeIncident // newest first
	log       []fakeEntry     // newest first
	requests  []asked
	// before may answer instead of the fake.
	before func(w http.ResponseWriter, r *http.Request) bool
	bare   bool // the feed only refers to incidents
	// channel, if not empty, is the JSON of the channel in each incident's
	// first log entry, with its id for "%s".
	channel string
	// onCalls is the number of entries of each policy.
	onCalls int
}

type fakeIncident struct {
	id, status, title, team string
	created, updated        time.Time
	alerts                  int
	policy                  string
	cached                  json.RawMessage
	cachedAs                string
}

type fakeEntry struct {
	id       string
	created  time.Time
	incident *fakeIncident
	trigger  bool // it opened the incident
}

func newFake(k *clock, n int) *fake {
	f := &fake{clock: k}
	for i := range n {
		f.incidents = append(f.incidents, &fakeIncident{
			id: fmt.Sprintf("P%06d", n-i), status: "triggered", title: fmt.Sprintf("incident %d", n-i),
			created: k.Now().Add(-time.Duration(i+1) * time.Minute), updated: k.Now().Add(-time.Hour), alerts: 1,
		})
	}
	return f
}

func (f *fake) set(id, status string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, i := range f.incidents {
		if i.id == id {
			i.status, i.updated = status, f.clock.Now()
			f.log = append([]fakeEntry{{fmt.Sprintf("R%06d", len(f.log)), f.clock.Now(), i, false}}, f.log...)
		}
	}
}

func (f *fake) add(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.clock.Now()
	i := &fakeIncident{id: id, status: "triggered", title: id, created: now, updated: now, alerts: 1}
	f.incidents = append([]*fakeIncident{i}, f.incidents...)
	f.log = append([]fakeEntry{{fmt.Sprintf("R%06d", len(f.log)), now, i, true}}, f.log...)
}

// took returns the requests so far and forgets them.
func (f *fake) took() []asked {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := f.requests
	f.requests = nil
	return r
}

func (i *fakeIncident) json() map[string]any {
	return map[string]any{
		"id": i.id, "type": "incident", "pending_actions": []any{}, "status": i.status, "title": i.title, "urgency": "high",
		"incident_number": 7, "created_at": i.created.Format(time.RFC3339), "updated_at": i.updated.Format(time.RFC3339),
		"service":           map[string]any{"id": "PSERVICE", "type": "service_reference", "summary": "checkout"},
		"escalation_policy": map[string]any{"id": cmp.Or(i.policy, "PPOLICY"), "type": "escalation_policy_reference", "summary": "first line"},
		"alert_counts":      map[string]any{"all": i.alerts, "triggered": i.alerts, "resolved": 0},
		"teams":             []any{map[string]any{"id": i.team, "type": "team_reference"}},
	}
}

// raw returns the incident's JSON. It is cached for each state, because
// encoding maps is slow.
func (f *fake) raw(i *fakeIncident, include []string) json.RawMessage {
	if as := fmt.Sprint(i.status, i.title, i.team, i.updated, i.alerts, i.policy, f.channel, include); i.cachedAs != as {
		i.cached, _ = json.Marshal(f.incidentJSON(i, include))
		i.cachedAs = as
	}
	return i.cached
}

func (f *fake) incidentJSON(i *fakeIncident, include []string) map[string]any {
	j := i.json()
	j["first_trigger_log_entry"] = map[string]any{"id": "R" + i.id, "type": "trigger_log_entry_reference"}
	if slices.Contains(include, "first_trigger_log_entries") {
		j["first_trigger_log_entry"] = f.trigger(i)
	}
	return j
}

// trigger returns the log entry that opened an incident.
func (f *fake) trigger(i *fakeIncident) map[string]any {
	channel := json.RawMessage(`{"type":"api"}`)
	if f.channel != "" {
		channel = json.RawMessage(strings.ReplaceAll(f.channel, "%s", i.id))
	}
	return map[string]any{"id": "R" + i.id, "type": "trigger_log_entry", "created_at": i.created.Format(time.RFC3339), "channel": channel}
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	f.requests = append(f.requests, asked{r.Method, r.URL.Path, r.URL.RawQuery, string(body)})
	r.Body = io.NopCloser(bytes.NewReader(body))
	w.Header().Set("Date", f.clock.Now().Format(http.TimeFormat))
	if f.before != nil && f.before(w, r) {
		return
	}
	q := r.URL.Query()
	switch path := r.URL.Path; {
	case path == "/incidents" && r.Method == http.MethodGet:
		var open []*fakeIncident
		until, _ := time.Parse(time.RFC3339, q.Get("until"))
		for _, i := range f.incidents {
			if i.status != "resolved" && (until.IsZero() || i.created.Before(until)) {
				open = append(open, i)
			}
		}
		writePage(w, r, "incidents", open, func(i *fakeIncident) json.RawMessage { return f.raw(i, q["include[]"]) })
	case path == "/log_entries":
		since, _ := time.Parse(time.RFC3339, q.Get("since"))
		var entries []any
		for _, e := range f.log {
			if e.created.Before(since) {
				continue
			}
			entry := map[string]any{"id": e.id, "type": "acknowledge_log_entry"}
			if e.trigger && slices.Contains(q["include[]"], "channels") {
				entry = f.trigger(e.incident)
			}
			entry["created_at"], entry["incident"] = e.created.Format(time.RFC3339), f.incidentJSON(e.incident, nil)
			if f.bare {
				entry["incident"] = map[string]any{"id": e.incident.id, "type": "incident_reference"}
			}
			entries = append(entries, entry)
		}
		f.page(w, r, "log_entries", entries)
	case path == "/oncalls":
		var entries []any
		for _, id := range q["escalation_policy_ids[]"] {
			for n := range max(f.onCalls, 1) {
				entries = append(entries, onCallJSON(id, n))
			}
		}
		for n := range q["schedule_ids[]"] {
			entries = append(entries, onCallJSON("PP", n))
		}
		if len(q["escalation_policy_ids[]"]) == 0 && len(q["schedule_ids[]"]) == 0 {
			// As in a large account: more than paging reaches.
			for n := range 100 {
				entries = append(entries, onCallJSON("PFULL", n))
			}
			writeJSON(w, 200, map[string]any{"oncalls": entries, "more": true})
			return
		}
		f.page(w, r, "oncalls", entries)
	case path == "/users/me":
		writeJSON(w, 200, map[string]any{"user": map[string]any{"id": "PANN", "name": "Ann", "email": "ann@example.com", "time_zone": "Europe/Berlin"}})
	case strings.HasPrefix(path, "/users/"):
		writeJSON(w, 200, map[string]any{"user": map[string]any{"id": strings.TrimPrefix(path, "/users/"), "name": "Ann", "email": "ann@example.com"}})
	case strings.HasSuffix(path, "/alerts"):
		id := strings.Split(path, "/")[2]
		f.page(w, r, "alerts", []any{map[string]any{
			"id": "A" + id, "alert_key": "key-" + id, "status": "triggered", "severity": "critical", "summary": "s",
			"body": map[string]any{"details": map[string]any{"firing": "Labels:\n - alertname = X\n"}, "cef_details": nil},
		}})
	case strings.HasPrefix(path, "/incidents/"):
		id := strings.Split(path, "/")[2]
		for _, i := range f.incidents {
			if i.id == id {
				writeJSON(w, 200, map[string]any{"incident": f.incidentJSON(i, q["include[]"])})
				return
			}
		}
		writeJSON(w, 404, map[string]any{"error": map[string]any{"code": 2100, "message": "Not Found"}})
	default:
		f.page(w, r, strings.TrimPrefix(path, "/"), []any{map[string]any{"id": "PX", "name": "X", "summary": "X", "email": "ann@example.com", "escalation_rules": []any{}}})
	}
}

func onCallJSON(policy string, n int) any {
	return map[string]any{
		"user":              map[string]any{"id": fmt.Sprintf("PU%d", n), "type": "user_reference", "summary": fmt.Sprintf("User %d", n)},
		"escalation_policy": map[string]any{"id": policy, "type": "escalation_policy_reference", "summary": policy},
		"escalation_level":  n + 1, "schedule": nil, "start": nil, "end": nil,
	}
}

// page answers with one page of all.
func (f *fake) page(w http.ResponseWriter, r *http.Request, field string, all []any) {
	writePage(w, r, field, all, func(v any) any { return v })
}

// writePage answers with one page of all, as PagerDuty does, cap included.
func writePage[T, J any](w http.ResponseWriter, r *http.Request, field string, all []T, toJSON func(T) J) {
	limit, offset := 25, 0
	if n, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil {
		limit = n
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("offset")); err == nil {
		offset = n
	}
	if limit > 100 || offset+limit > 10_000 {
		writeJSON(w, 400, map[string]any{"error": map[string]any{"code": 2001, "message": "Invalid Input Provided"}})
		return
	}
	from, to := min(offset, len(all)), min(offset+limit, len(all))
	items := []J{}
	for _, one := range all[from:to] {
		items = append(items, toJSON(one))
	}
	writeJSON(w, 200, map[string]any{field: items, "limit": limit, "offset": offset, "more": to < len(all), "total": total(r, len(all))})
}

// total is sent only on request.
func total(r *http.Request, n int) any {
	if r.URL.Query().Get("total") != "true" {
		return nil
	}
	return n
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// answerWrite answers a write as PagerDuty does, with the changed object.
func answerWrite(w http.ResponseWriter, r *http.Request, body []byte) {
	var in struct {
		Incidents []struct {
			ID string `json:"id"`
		} `json:"incidents"`
		Incident map[string]any `json:"incident"`
		Note     struct {
			Content string `json:"content"`
		} `json:"note"`
	}
	_ = json.Unmarshal(body, &in)
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/incidents" && r.Method == http.MethodPost:
		in.Incident["id"], in.Incident["status"] = "PNEW", "triggered"
		writeJSON(w, 201, map[string]any{"incident": in.Incident})
	case r.URL.Path == "/incidents":
		writeJSON(w, 200, map[string]any{"incidents": in.Incidents})
	case strings.Contains(r.URL.Path, "/notes"):
		id := "N1"
		if r.Method == http.MethodPut {
			id = parts[3]
		}
		writeJSON(w, 200, map[string]any{"note": map[string]any{"id": id, "content": in.Note.Content}})
	case strings.HasSuffix(r.URL.Path, "/responder_requests"):
		writeJSON(w, 200, map[string]any{"responder_request": map[string]any{"incident": map[string]any{"id": parts[1]}}})
	default:
		writeJSON(w, 200, map[string]any{"incident": map[string]any{"id": parts[1]}})
	}
}

// wantError returns the *sources.Error in err.
func wantError(t *testing.T, err error, reason sources.Reason, inSentence string) sources.Error {
	t.Helper()
	var e *sources.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %T %v, want a *sources.Error", err, err)
	}
	if e.Reason != reason {
		t.Errorf("reason is %q (%s), want %q", e.Reason, e.Sentence, reason)
	}
	if !strings.Contains(e.Sentence, inSentence) {
		t.Errorf("sentence is %q, want %q in it", e.Sentence, inSentence)
	}
	if e.Doing == "" || e.Source.Name == "" || strings.Contains(e.Error(), "secret-token") {
		t.Errorf("the error lacks what was being done or its source, or tells the token: %v", e)
	}
	return *e
}
