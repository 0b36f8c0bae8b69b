package pagerduty

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"firstline/sources"
)

// writes is a PagerDuty that records requests and gives configured answers.
type writes struct {
	mu     sync.Mutex
	sent   []asked
	answer func(w http.ResponseWriter, r *http.Request, n int)
}

func (s *writes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, asked{r.Method, r.URL.Path, r.URL.RawQuery, string(b)})
	if s.answer != nil {
		s.answer(w, r, len(s.sent))
		return
	}
	answerWrite(w, r, b)
}

func TestBodiesOfWrites(t *testing.T) {
	for name, tc := range map[string]struct {
		call       func(*Client) error
		path, body string
	}{
		"acknowledge": {
			func(c *Client) error { return c.Acknowledge(t.Context(), "P1", "P2") },
			"PUT /incidents", `{"incidents":[{"id":"P1","type":"incident_reference","status":"acknowledged"},{"id":"P2","type":"incident_reference","status":"acknowledged"}]}`,
		},
		"resolve": {
			func(c *Client) error { return c.Resolve(t.Context(), "mended", "P1") },
			"PUT /incidents", `{"incidents":[{"id":"P1","type":"incident_reference","status":"resolved","resolution":"mended"}]}`,
		},
		"policy, without a level": {
			func(c *Client) error { return c.SetPolicy(t.Context(), "PEP", "P1") },
			"PUT /incidents", `{"incidents":[{"id":"P1","type":"incident_reference","escalation_policy":{"id":"PEP","type":"escalation_policy_reference"}}]}`,
		},
		"level, without a policy": {
			func(c *Client) error { return c.SetLevel(t.Context(), 2, "P1") },
			"PUT /incidents", `{"incidents":[{"id":"P1","type":"incident_reference","escalation_level":2}]}`,
		},
		"priority": {
			func(c *Client) error { return c.SetPriority(t.Context(), "PR", "P1") },
			"PUT /incidents", `{"incidents":[{"id":"P1","type":"incident_reference","priority":{"id":"PR","type":"priority_reference"}}]}`,
		},
		"assign": {
			func(c *Client) error { return c.Assign(t.Context(), []string{"PU"}, "P1") },
			"PUT /incidents", `{"incidents":[{"id":"P1","type":"incident_reference","assignments":[{"assignee":{"id":"PU","type":"user_reference"}}]}]}`,
		},
		"urgency": {
			func(c *Client) error { return c.SetUrgency(t.Context(), "low", "P1") },
			"PUT /incidents", `{"incidents":[{"id":"P1","type":"incident_reference","urgency":"low"}]}`,
		},
		"move": {
			func(c *Client) error { return c.Move(t.Context(), "P1", "PS", "PEP") },
			"PUT /incidents/P1", `{"incident":{"type":"incident_reference","service":{"id":"PS","type":"service_reference"},"escalation_policy":{"id":"PEP","type":"escalation_policy_reference"}}}`,
		},
		"snooze": {
			func(c *Client) error { return c.Snooze(t.Context(), "P1", 90*time.Minute) },
			"POST /incidents/P1/snooze", `{"duration":5400}`,
		},
		"merge": {
			func(c *Client) error { return c.Merge(t.Context(), "P1", "P1", "P2") },
			"PUT /incidents/P1/merge", `{"source_incidents":[{"id":"P2","type":"incident_reference"}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &writes{}
			c, _ := newTestClient(t, s, nil)
			if err := tc.call(c); err != nil {
				t.Fatal(err)
			}
			if len(s.sent) != 1 || s.sent[0].method+" "+s.sent[0].path != tc.path || !sameJSON(t, s.sent[0].body, tc.body) {
				t.Errorf("sent %+v\nwant %s %s", s.sent, tc.path, tc.body)
			}
		})
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := errors.Join(json.Unmarshal([]byte(a), &x), json.Unmarshal([]byte(b), &y)); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(x, y)
}

func TestAskResponders(t *testing.T) {
	s := &writes{answer: func(w http.ResponseWriter, _ *http.Request, n int) {
		if n == 1 {
			writeJSON(w, 200, map[string]any{"user": map[string]any{"id": "PANN", "email": "ann@example.com"}})
			return
		}
		writeJSON(w, 402, map[string]any{"error": map[string]any{"code": 2014}})
	}}
	c, _ := newTestClient(t, s, nil)
	err := c.AskResponders(t.Context(), "P1", "please join", []string{"PU"}, []string{"PEP"})
	wantError(t, err, sources.MissingAbility, "plan")
	want := `{"message":"please join","requester_id":"PANN","responder_request_targets":[` +
		`{"responder_request_target":{"id":"PU","type":"user_reference"}},{"responder_request_target":{"id":"PEP","type":"escalation_policy_reference"}}]}`
	if got := s.sent[1]; got.path != "/incidents/P1/responder_requests" || !sameJSON(t, got.body, want) {
		t.Errorf("sent %+v", got)
	}
}

func TestChunksAreAllOrNothing(t *testing.T) {
	all := ids(600)
	s := &writes{}
	c, _ := newTestClient(t, s, nil)
	if err := c.Acknowledge(t.Context(), all...); err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for _, r := range s.sent {
		var in struct{ Incidents []struct{ ID string } }
		if err := json.Unmarshal([]byte(r.body), &in); err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(in.Incidents))
	}
	if !slices.Equal(sizes, []int{250, 250, 100}) {
		t.Errorf("chunks of %v", sizes)
	}
	s.answer = func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 5 {
			writeJSON(w, 400, map[string]any{"error": map[string]any{"code": 1001, "message": "Incident Already Resolved"}})
			return
		}
		answerWrite(w, r, []byte(s.sent[n-1].body))
	}
	err := c.Acknowledge(t.Context(), all...)
	wantError(t, err, sources.AlreadyResolved, "already")
	var chunk *ChunkError
	if !errors.As(err, &chunk) || !slices.Equal(chunk.Done, all[:250]) || !slices.Equal(chunk.Failed, all[250:500]) || !slices.Equal(chunk.Left, all[500:]) {
		t.Errorf("got %v", chunk)
	}
}

func TestWhatMakesNoSenseIsNotSent(t *testing.T) {
	s := &writes{}
	c, _ := newTestClient(t, s, nil)
	for name, call := range map[string]func() error{
		"path as id":        func() error { _, err := c.Notes(t.Context(), "../users/me"); return err },
		"dots":              func() error { _, err := c.Incident(t.Context(), ".."); return err },
		"empty id":          func() error { return c.Acknowledge(t.Context(), "P1", "") },
		"query in id":       func() error { return c.SetPolicy(t.Context(), "P1?x=y", "P1") },
		"level 0":           func() error { return c.SetLevel(t.Context(), 0, "P1") },
		"nobody":            func() error { return c.Assign(t.Context(), nil, "P1") },
		"empty note":        func() error { _, err := c.AddNote(t.Context(), "P1", ""); return err },
		"no responders":     func() error { return c.AskResponders(t.Context(), "P1", "m", nil, nil) },
		"long snooze":       func() error { return c.Snooze(t.Context(), "P1", 8*24*time.Hour) },
		"short snooze":      func() error { return c.Snooze(t.Context(), "P1", time.Millisecond) },
		"urgency":           func() error { return c.SetUrgency(t.Context(), "huge", "P1") },
		"no title":          func() error { _, err := c.Open(t.Context(), sources.NewIncident{ServiceID: "PS"}); return err },
		"no service":        func() error { _, err := c.Open(t.Context(), sources.NewIncident{Title: "x"}); return err },
		"no key":            func() error { _, err := c.IncidentsByKey(t.Context(), ""); return err },
		"on-calls of a URL": func() error { _, _, err := c.OnCalls(t.Context(), "a/b"); return err },
	} {
		var e *sources.Error
		if err := call(); !errors.As(err, &e) || e.Unknown {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := c.Acknowledge(t.Context()); err != nil {
		t.Errorf("nothing to do is no failure: %v", err)
	}
	if len(s.sent) != 0 {
		t.Errorf("sent %v", s.sent)
	}
}

func TestOpen(t *testing.T) {
	incident := func(id, service string) map[string]any {
		return map[string]any{"id": id, "status": "triggered", "title": "x", "incident_key": "k", "service": map[string]any{"id": service}}
	}
	refuse := func(w http.ResponseWriter) {
		writeJSON(w, 400, map[string]any{"error": map[string]any{"code": 2001, "message": "Invalid Input", "errors": []string{"Open incident with matching dedup key already exists on this service"}}})
	}
	for name, tc := range map[string]struct {
		key     string
		open    func(w http.ResponseWriter) // answers POST /incidents
		byKey   []any
		notes   []any
		note    int // status of POST notes
		want    string
		noted   bool
		reason  sources.Reason
		unknown bool
	}{
		"new":                          {"k", func(w http.ResponseWriter) { writeJSON(w, 201, map[string]any{"incident": incident("PNEW", "PS")}) }, nil, nil, 200, "PNEW", true, "", false},
		"key is open already":          {"k", refuse, []any{incident("PX", "POTHER"), incident("POLD", "PS")}, nil, 200, "POLD", true, "", false},
		"open already, with the note":  {"k", refuse, []any{incident("POLD", "PS")}, []any{map[string]any{"content": "details"}}, 200, "POLD", false, "", false},
		"refused for something else":   {"k", refuse, nil, nil, 200, "", false, sources.Rejected, false},
		"refused without a key":        {"", refuse, []any{incident("POLD", "PS")}, nil, 200, "", false, sources.Rejected, false},
		"lost, but it was opened":      {"k", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, []any{incident("POLD", "PS")}, nil, 200, "POLD", true, "", false},
		"lost, and it was not opened":  {"k", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, nil, nil, 200, "", false, sources.Unreachable, true},
		"server failed, without a key": {"", func(w http.ResponseWriter) { w.WriteHeader(500) }, nil, nil, 200, "", false, sources.ServerFailed, true},
		"the note fails":               {"k", func(w http.ResponseWriter) { writeJSON(w, 201, map[string]any{"incident": incident("PNEW", "PS")}) }, nil, nil, 403, "PNEW", true, sources.Forbidden, false},
		"the answer names no incident": {"k", func(w http.ResponseWriter) { writeJSON(w, 201, map[string]any{}) }, nil, nil, 200, "", false, sources.BadAnswer, true},
		"no right to, so nothing looks": {"k", func(w http.ResponseWriter) {
			writeJSON(w, 403, map[string]any{"error": map[string]any{"code": 2010, "message": "Access Denied"}})
		}, []any{incident("POLD", "PS")}, nil, 200, "", false, sources.Forbidden, false},
	} {
		t.Run(name, func(t *testing.T) {
			noted := false
			s := &writes{}
			s.answer = func(w http.ResponseWriter, r *http.Request, n int) {
				switch {
				case r.URL.Path == "/incidents" && r.Method == http.MethodPost:
					tc.open(w)
				case r.URL.Path == "/incidents":
					writeJSON(w, 200, map[string]any{"incidents": append([]any{}, tc.byKey...)})
				case r.Method == http.MethodPost:
					noted = true
					if tc.note != 200 {
						writeJSON(w, tc.note, map[string]any{"error": map[string]any{"code": 2010, "message": "Access Denied"}})
						return
					}
					answerWrite(w, r, []byte(s.sent[n-1].body))
				default:
					writeJSON(w, 200, map[string]any{"notes": append([]any{}, tc.notes...)})
				}
			}
			c, _ := newTestClient(t, s, nil)
			i, err := c.Open(t.Context(), sources.NewIncident{Title: "x", Key: tc.key, ServiceID: "PS", PolicyID: "PEP", Details: "details"})
			if i.ID != tc.want || noted != tc.noted || sources.ReasonOf(err) != tc.reason || sources.IsUnknown(err) != tc.unknown {
				t.Errorf("got %q, noted %v, %v (unknown %v)", i.ID, noted, err, sources.IsUnknown(err))
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			posts := slices.DeleteFunc(slices.Clone(s.sent), func(r asked) bool { return r.method != "POST" || r.path != "/incidents" })
			if len(posts) != 1 || strings.Contains(posts[0].body, `"body"`) {
				t.Errorf("opened with %v", posts)
			}
		})
	}
}

func TestCheckSaysWhatIsMissing(t *testing.T) {
	for name, tc := range map[string]struct {
		email  string
		before func(w http.ResponseWriter, r *http.Request) bool
		kind   TokenKind
		want   []string
	}{
		"all is well": {"ann@example.com", func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/abilities" {
				return false
			}
			writeJSON(w, 200, map[string]any{"abilities": []string{"teams", "coordinated_responding"}})
			return true
		}, UserToken, nil},
		"another's token, small plan": {"bob@example.com", nil, UserToken, []string{"the token is ann@example.com's", "further responders"}},
		"no on-calls": {"", func(w http.ResponseWriter, r *http.Request) bool {
			switch r.URL.Path {
			case "/oncalls":
				writeJSON(w, 403, map[string]any{})
			case "/abilities":
				writeJSON(w, 403, map[string]any{})
			default:
				return false
			}
			return true
		}, UserToken, []string{"on-calls can't be read"}},
		"account token": {"", func(w http.ResponseWriter, r *http.Request) bool {
			switch r.URL.Path {
			case "/users/me":
				writeJSON(w, 400, map[string]any{})
			case "/abilities":
				writeJSON(w, 200, map[string]any{"abilities": []string{"coordinated_responding"}})
			default:
				return false
			}
			return true
		}, AccountToken, []string{"set [me] email"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, _, f := newFakeClient(t, 2, func(o *Options) { o.Email = tc.email })
			f.before = tc.before
			r, err := c.Check(t.Context())
			if err != nil || r.Token != tc.kind || len(r.Missing) != len(tc.want) {
				t.Fatalf("got %+v, %v", r, err)
			}
			for n, want := range tc.want {
				if !strings.Contains(r.Missing[n], want) {
					t.Errorf("got %q, want %q", r.Missing[n], want)
				}
			}
			for _, sent := range f.took() {
				if sent.method != http.MethodGet {
					t.Errorf("checking changed something: %+v", sent)
				}
			}
		})
	}
}
