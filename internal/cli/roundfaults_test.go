package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// roundFault is what happens to a write. after: it is carried out before. late: it
// is carried out some time after it was answered.
type roundFault struct {
	name        string
	after, late bool
	// answer replaces the true answer, which is in stored if after is set.
	answer func(g *gate, w http.ResponseWriter, stored *httptest.ResponseRecorder)
}

const webKind, jsonKind = "text/html; charset=utf-8", "application/json"

// says answers with a status and a body.
func says(status int, kind, body string) func(*gate, http.ResponseWriter, *httptest.ResponseRecorder) {
	return func(_ *gate, w http.ResponseWriter, _ *httptest.ResponseRecorder) {
		w.Header().Set("Content-Type", kind)
		if status/100 == 3 {
			w.Header().Set("Location", body)
			body = ""
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// own answers as the system itself refuses: PagerDuty's words and Alertmanager's.
func own(status, code int, message string) func(*gate, http.ResponseWriter, *httptest.ResponseRecorder) {
	return func(g *gate, w http.ResponseWriter, _ *httptest.ResponseRecorder) {
		body, _ := json.Marshal(map[string]any{"error": map[string]any{"code": code, "message": message}})
		if g.alertmanager {
			body, _ = json.Marshal(message)
		}
		w.Header().Set("Content-Type", jsonKind)
		w.Header().Set("Ratelimit-Reset", "1")
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}
}

// hijacked ends the connection after some bytes, by a reset where hard.
func hijacked(text string, hard bool) func(*gate, http.ResponseWriter, *httptest.ResponseRecorder) {
	return func(_ *gate, w http.ResponseWriter, _ *httptest.ResponseRecorder) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(c, text)
		if tcp, ok := c.(*net.TCPConn); ok && hard {
			_ = tcp.SetLinger(0)
		}
		_ = c.Close()
	}
}

// changed answers with what was answered, rewritten.
func changed(rewrite func([]byte) []byte) func(*gate, http.ResponseWriter, *httptest.ResponseRecorder) {
	return func(_ *gate, w http.ResponseWriter, stored *httptest.ResponseRecorder) {
		w.Header().Set("Content-Type", jsonKind)
		w.WriteHeader(stored.Code)
		_, _ = w.Write(rewrite(stored.Body.Bytes()))
	}
}

// anyID is every id in an answer.
var anyID = regexp.MustCompile(`"(id|silenceID)":"[^"]*"`)

// roundFaults are the kinds of faults of a write.
func roundFaults() []roundFault {
	portal := "<!doctype html><html><body>Please log in</body></html>"
	gateway := `{"message":"Endpoint request timed out"}`
	broken := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"incide"
	kinds := []roundFault{
		{name: "refused by itself (400)", answer: own(400, 2001, "Invalid Input Provided")},
		{name: "refused by itself (402)", answer: own(402, 2014, "Account does not have the abilities")},
		{name: "refused by itself (403)", answer: own(403, 2010, "Access Denied")},
		{name: "refused by itself (404)", answer: own(404, 2100, "Not Found")},
		{name: "refused by itself (409)", answer: own(409, 2001, "Conflict")},
		{name: "rate limited by itself", answer: own(429, 2020, "Rate Limit Exceeded")},
		{name: "another's answer", answer: says(200, jsonKind, `{"incident":{"id":"POTHER"},"incidents":[{"id":"POTHER"}],"note":{"id":"POTHER","content":"x"}}`)},
		{name: "wrong ids in the answer", after: true, answer: changed(func(b []byte) []byte { return anyID.ReplaceAll(b, []byte(`"$1":"POTHER"`)) })},
		{name: "cut in the middle", after: true, answer: changed(func(b []byte) []byte { return b[:len(b)/2] })},
		{name: "a slow answer", after: true, answer: func(_ *gate, w http.ResponseWriter, stored *httptest.ResponseRecorder) {
			w.Header().Set("Content-Type", jsonKind)
			w.WriteHeader(stored.Code)
			for _, b := range stored.Body.Bytes() {
				_, _ = w.Write([]byte{b})
			}
			_ = http.NewResponseController(w).Flush()
		}},
		{name: "no fault", after: true, answer: changed(bytes.Clone)},
	}
	for _, position := range []struct {
		when        string
		after, late bool
	}{{when: "not carried out"}, {when: "carried out", after: true}, {when: "carried out later", late: true}} {
		for name, answer := range map[string]func(*gate, http.ResponseWriter, *httptest.ResponseRecorder){
			"closed": hijacked("", false), "reset": hijacked("", true), "cut in the header": hijacked("HTTP/1.1 200 O", false),
			"cut in the body": hijacked(broken, false), "reset in the body": hijacked(broken, true), "no HTTP": hijacked("SSH-2.0-x\r\n\r\n", false),
			"empty 200": says(200, jsonKind, ""), "204": says(204, jsonKind, ""), "a web page (200)": says(200, webKind, portal),
			"null": says(200, jsonKind, "null"), "an empty object": says(200, jsonKind, "{}"), "a list": says(200, jsonKind, "[]"),
			"half an object": says(200, jsonKind, `{"incidents":[{"id"`), "plain text": says(200, "text/plain", "OK"),
			"sent on (301)": says(301, webKind, "/elsewhere"), "sent on (302)": says(302, webKind, "http://127.0.0.1:9/login"),
			"sent on (307)": says(307, webKind, "/incidents"), "sent on (308)": says(308, webKind, "http://127.0.0.1:9/"),
			"400, empty": says(400, jsonKind, ""), "400, a web page": says(400, webKind, portal), "401, a gateway's": says(401, jsonKind, `{"message":"Unauthorized"}`),
			"403, a web page": says(403, webKind, portal), "404, plain": says(404, "text/plain", "404 page not found"),
			"407": says(407, webKind, portal), "408": says(408, webKind, ""), "408 in its words": own(408, 2001, "Request Timeout"),
			"413": says(413, webKind, portal), "429, empty": says(429, jsonKind, ""), "429, a web page": says(429, webKind, portal),
			"429, a gateway's": says(429, jsonKind, `{"message":"Too Many Requests"}`), "500": own(500, 2000, "Internal"), "500, empty": says(500, jsonKind, ""),
			"502": says(502, webKind, portal), "503": says(503, webKind, portal), "504": says(504, jsonKind, gateway), "599": says(599, jsonKind, "{}"),
			"stopped": func(g *gate, w http.ResponseWriter, _ *httptest.ResponseRecorder) {
				g.stop() // as ctrl-c does
				hijacked("", false)(g, w, nil)
			},
		} {
			kinds = append(kinds, roundFault{name + ", " + position.when, position.after, position.late, answer})
		}
	}
	return kinds
}

// blindness is what can't be read from a write on.
type blindness struct {
	name string
	// hides reports whether a read fails.
	hides func(path string) bool
}

func blindnesses() []blindness {
	return []blindness{
		{"nothing", func(string) bool { return false }},
		{"notes", func(path string) bool { return strings.HasSuffix(path, "/notes") }},
		{"log entries", func(path string) bool { return strings.HasSuffix(path, "/log_entries") }},
		{"notes and log entries", func(path string) bool {
			return strings.HasSuffix(path, "/notes") || strings.HasSuffix(path, "/log_entries")
		}},
		{"the incident", func(path string) bool { return regexp.MustCompile(`^/incidents/[A-Z0-9]+$`).MatchString(path) }},
		{"identity", func(path string) bool { return path == "/users/me" }},
		{"incidents", func(path string) bool { return strings.HasPrefix(path, "/incidents") }},
		{"silences", func(path string) bool { return strings.HasPrefix(path, "/api/v2/silence") }},
		{"everything", func(string) bool { return true }},
	}
}

// carried is a write that was carried out. try is the one that sent it.
type carried struct {
	kind, path string
	subjects   []string
	body       string
	try        int
	late       bool
}

// held is a write that a gateway answered for and has still to pass on, when due.
type held struct {
	r    *http.Request
	body []byte
	try  int
	due  time.Time
}

// gate sits in front of a stand-in. It injects faults into writes and records
// what was carried out, which is the truth that rounds are judged by.
type gate struct {
	under        http.Handler
	alertmanager bool

	mu sync.Mutex
	// fault hits the write that comes after skip others.
	fault *roundFault
	skip  int
	// blind hides reads once a fault hit, until it is mended.
	unreadable blindness
	hidden     bool
	hit        bool
	writes     []carried
	// held are those to be carried out later, each delay after it was sent; try is
	// the one that is under way.
	held  []held
	delay time.Duration
	try   int
	// kill and stop end the program that writes; later turns the clock.
	kill, stop func()
	later      func(time.Duration)
	now        func() time.Time
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.passHeld()
	if r.Method == http.MethodGet {
		if g.hidden && g.unreadable.hides(r.URL.Path) {
			own(http.StatusForbidden, 2010, "Access Denied")(g, w, nil)
			return
		}
		g.under.ServeHTTP(w, r)
		return
	}
	g.later(time.Second)
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	fault := g.fault
	if fault == nil || g.skip > 0 {
		g.skip--
		g.pass(w, r, body, g.try, false)
		return
	}
	g.fault, g.hidden, g.hit = nil, true, true
	stored := httptest.NewRecorder()
	if fault.after {
		g.pass(stored, r, body, g.try, false)
	}
	if fault.late {
		g.held = append(g.held, held{r.Clone(context.Background()), body, g.try, g.now().Add(g.delay)})
	}
	if g.kill != nil {
		g.kill()
		panic(http.ErrAbortHandler)
	}
	fault.answer(g, w, stored)
}

// pass carries a write out, and records it if that worked.
func (g *gate) pass(w http.ResponseWriter, r *http.Request, body []byte, try int, late bool) {
	stored := httptest.NewRecorder()
	g.under.ServeHTTP(stored, r)
	if stored.Code/100 == 2 {
		c := carriedOf(r.Method, r.URL.Path, body)
		c.try, c.late = try, late
		g.writes = append(g.writes, c)
	}
	for k, v := range stored.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(stored.Code)
	_, _ = w.Write(stored.Body.Bytes())
}

// passHeld carries out what was held until now.
func (g *gate) passHeld() {
	g.held = slices.DeleteFunc(g.held, func(h held) bool {
		if h.due.After(g.now()) {
			return false
		}
		h.r.Body = io.NopCloser(bytes.NewReader(h.body))
		g.pass(httptest.NewRecorder(), h.r, h.body, h.try, true)
		return true
	})
}

// due is when the next of what is held is carried out; zero: nothing is held.
func (g *gate) due() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	var next time.Time
	for _, h := range g.held {
		if next.IsZero() || h.due.Before(next) {
			next = h.due
		}
	}
	return next
}

// carryOut carries out what is due.
func (g *gate) carryOut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.passHeld()
}

// begins says that a try begins.
func (g *gate) begins(try int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.try = try
}

// carriedOf classifies a write from its form alone.
func carriedOf(method, path string, body []byte) carried {
	c := carried{path: path, body: string(body)}
	var in struct {
		Incidents []map[string]any `json:"incidents"`
		Sources   []struct {
			ID string `json:"id"`
		} `json:"source_incidents"`
		Incident struct {
			Key string `json:"incident_key"`
		} `json:"incident"`
		ID string `json:"id"`
	}
	_ = json.Unmarshal(body, &in)
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) > 1 {
		c.subjects = []string{parts[1]}
	}
	switch {
	case strings.HasPrefix(path, "/api/v2/silence/"):
		c.kind, c.subjects = "expire-silence", []string{parts[3]}
	case strings.HasPrefix(path, "/api/v2/silences"):
		c.kind, c.subjects = "silence", nil
		if in.ID != "" {
			c.kind, c.subjects = "extend-silence", []string{in.ID}
		}
	case strings.HasSuffix(path, "/notes"):
		c.kind = "note"
	case strings.Contains(path, "/notes/"):
		c.kind = "correct-note"
	case strings.HasSuffix(path, "/snooze"):
		c.kind = "snooze"
	case strings.HasSuffix(path, "/merge"):
		c.kind, c.subjects = "merge", nil
		for _, s := range in.Sources {
			c.subjects = append(c.subjects, s.ID)
		}
	case strings.HasSuffix(path, "/responder_requests"):
		c.kind = "responders"
	case path == "/incidents" && method == http.MethodPost:
		c.kind, c.subjects = "open", []string{in.Incident.Key}
	case path == "/incidents":
		for _, i := range in.Incidents {
			id, _ := i["id"].(string)
			c.subjects = append(c.subjects, id)
			for field, kind := range map[string]string{"escalation_policy": "policy", "escalation_level": "level", "assignments": "assign", "urgency": "urgency", "priority": "priority"} {
				if i[field] != nil {
					c.kind = kind
				}
			}
			switch i["status"] {
			case "acknowledged":
				c.kind = "acknowledge"
			case "resolved":
				c.kind = "resolve"
			}
		}
	default:
		c.kind = "move"
	}
	return c
}

// aim makes a write go wrong, which is carried out after a while where it is late.
func (g *gate) aim(f roundFault, skip int, b blindness, delay time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.delay = delay
	g.fault, g.skip, g.unreadable, g.hidden, g.hit = &f, skip, b, false, false
}

// mend ends all that is wrong.
func (g *gate) mend() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fault, g.hidden, g.kill = nil, false, nil
}

// stopsBy says how the program that writes is stopped.
func (g *gate) stopsBy(stop func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stop = stop
}

// all are the writes that were carried out so far.
func (g *gate) all() []carried {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]carried(nil), g.writes...)
}

// tick is how much later the next thing happens.
const tick = 3 * time.Second
