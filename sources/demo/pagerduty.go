package demo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// PagerDuty is a stand-in for PagerDuty's REST API v2 and Events API v2. It
// follows the rules in PagerDuty's documentation and schema. It is an
// http.Handler, so a test can serve it in any way.
type PagerDuty struct {
	interceptable
	clock func() time.Time

	mu        sync.Mutex
	directory Directory
	account   Account
	incidents []*incident // oldest first
	byID      map[string]*incident
	entries   []*logEntry
	changes   []ChangeEvent
	sent      []Notification
	// turnOf is the last assignee of a round robin level.
	turnOf map[string]string
	// at is the time of the action while overdue actions are done, else zero.
	at      time.Time
	counter int
	numbers int

	limit, used int
	windowEnds  time.Time

	server *server // nil when another server serves it
}

// PagerDutyOptions configure a stand-in.
type PagerDutyOptions struct {
	Directory Directory
	// Now is its clock. Nil means time.Now.
	Now func() time.Time
	// RequestsPerMinute is the rate limit. 0 means PagerDuty's 960.
	RequestsPerMinute int
	Account           Account
}

// Account describes how an account's answers differ from those of the usual
// one.
type Account struct {
	// Subdomain is that of the account's web addresses; empty: example. Accounts with
	// different ones give different ids.
	Subdomain string
	// NoIncidentKeys makes the incident_key of each incident with alerts null.
	// The schema says: "incidents with child alerts do not have an incident
	// key".
	NoIncidentKeys bool
	// NoChannels removes everything except the type from the channel of each
	// log entry.
	NoChannels bool
	// RefuseNoteChanges is the status of answers to changing and deleting a
	// note, such as 403, 404 or 405. 0 allows it.
	RefuseNoteChanges int
	// Reopens: acknowledging a resolved incident opens it again, as the schema
	// says, and assigns it to the user. Otherwise it is refused with 1001, as
	// in PagerDuty's list of errors.
	Reopens bool
	// RefuseChanges and RefusePast are the status of answers about change events
	// and past incidents, such as 402, 403 or 404. 0 allows it.
	RefuseChanges, RefusePast, RefuseAnalytics int
	// Strategy is the form of escalation_rule_assignment_strategy.
	Strategy StrategyForm
}

// StrategyForm is a form of escalation_rule_assignment_strategy.
type StrategyForm string

// The forms: an object with a type, as PagerDuty answers in practice; a string,
// as its schema says; a list of objects, as in the schema's example.
const (
	StrategyObject StrategyForm = ""
	StrategyText   StrategyForm = "text"
	StrategyList   StrategyForm = "list"
)

// SetAccount changes how the account's answers differ.
func (p *PagerDuty) SetAccount(a Account) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.account = a
}

// NewPagerDuty makes a stand-in that is not served yet.
func NewPagerDuty(o PagerDutyOptions) *PagerDuty {
	p := &PagerDuty{clock: o.Now, directory: o.Directory, limit: o.RequestsPerMinute, account: o.Account, byID: map[string]*incident{}, turnOf: map[string]string{}}
	if p.clock == nil {
		p.clock = time.Now
	}
	if p.limit == 0 {
		p.limit = 960
	}
	if p.directory.Abilities == nil {
		p.directory.Abilities = DefaultAbilities()
	}
	for _, c := range o.Account.Subdomain {
		p.counter = 31*p.counter + int(c)
	}
	p.handler = p.routes()
	if o.Account.Subdomain != "" {
		routes := p.handler
		p.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			routes.ServeHTTP(moved{w, "https://" + o.Account.Subdomain + ".pagerduty.com"}, r)
		})
	}
	return p
}

// moved answers with other web addresses. Each answer is one Write.
type moved struct {
	http.ResponseWriter
	to string
}

func (m moved) Write(text []byte) (int, error) {
	if _, err := m.ResponseWriter.Write(bytes.ReplaceAll(text, []byte(webBase), []byte(m.to))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// ExpireToken expires a token of either kind.
func (p *PagerDuty) ExpireToken(token string) {
	p.Change(func(d *Directory) {
		delete(d.Tokens, token)
		delete(d.OAuthTokens, token)
	})
}

// Change changes the content of the account.
func (p *PagerDuty) Change(change func(*Directory)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.catchUp()
	change(&p.directory)
}

// now returns the time in PagerDuty's resolution: whole seconds.
func (p *PagerDuty) now() time.Time {
	if !p.at.IsZero() {
		return p.at
	}
	return p.clock().UTC().Truncate(time.Second)
}

// ServeHTTP answers as PagerDuty would, dated by the stand-in's own clock.
func (p *PagerDuty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	date := p.now()
	p.mu.Unlock()
	w.Header().Set("Date", date.UTC().Format(http.TimeFormat))
	p.interceptable.ServeHTTP(w, r)
}

// Listen serves the stand-in on a free loopback port until Close.
func (p *PagerDuty) Listen() error {
	s, err := listen(p)
	p.server = s
	return err
}

// URL returns the root of the REST API.
func (p *PagerDuty) URL() string { return p.server.URL() }

// EventsURL returns the address for Events v2.
func (p *PagerDuty) EventsURL() string { return p.URL() + "/v2/enqueue" }

// RoutingKey returns the key of the integration of the service with that name.
func (p *PagerDuty) RoutingKey(service string) string {
	s, _ := find(p.directory.Services, func(s Service) bool { return s.Name == service })
	return s.RoutingKey
}

// Close stops serving.
func (p *PagerDuty) Close() error { return p.server.Close() }

// refusal is an error in PagerDuty's form.
type refusal struct {
	status, code int
	message      string
	errors       []string
}

func (e *refusal) Error() string { return e.message }

var errNotFound = &refusal{http.StatusNotFound, 2100, "Not Found", nil}

// refuse returns a 400 with PagerDuty's code for the reason.
func refuse(code int, format string, args ...any) error {
	return &refusal{http.StatusBadRequest, code, "Invalid Input Provided", []string{fmt.Sprintf(format, args...)}}
}

func invalid(format string, args ...any) error { return refuse(2001, format, args...) }

// call is one request and its user.
type call struct {
	*http.Request
	user    User // the user of the token or of From; zero for an account token without From
	account bool // an account token
}

func (c *call) by() agent { return agent{userID: c.user.ID} }

// decode decodes the body, which must be JSON.
func (c *call) decode(into any) error {
	if err := json.NewDecoder(c.Body).Decode(into); err != nil {
		return invalid("the body is no JSON: %v", err)
	}
	return nil
}

type answer struct {
	status int
	body   any
}

func ok(body any) (answer, error) { return answer{http.StatusOK, body}, nil }

// rest wraps a REST handler with token, rate limit, lock and errors. The answer
// is written after the lock is released, so that a client that does not read
// delays nobody else.
func (p *PagerDuty) rest(h func(*call) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a, err := p.handle(w.Header(), &call{Request: r}, h)
		if err == nil {
			writeJSON(w, a.status, a.body)
			return
		}
		var no *refusal
		if !errors.As(err, &no) {
			no = &refusal{http.StatusInternalServerError, 2000, "Internal Error", []string{err.Error()}}
		}
		body := obj{"message": no.message, "code": no.code}
		if no.errors != nil {
			body["errors"] = no.errors
		}
		writeJSON(w, no.status, obj{"error": body})
	}
}

func (p *PagerDuty) handle(header http.Header, c *call, h func(*call) (answer, error)) (answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.catchUp()
	if err := p.authenticate(c); err != nil {
		return answer{}, err
	}
	if err := p.spend(header); err != nil {
		return answer{}, err
	}
	return h(c)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if body == nil {
		w.WriteHeader(status)
		return
	}
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// authenticate finds the user of a request. Writes with an account token need
// From (developer.pagerduty.com, "REST API authentication").
func (p *PagerDuty) authenticate(c *call) error {
	authorization := c.Header.Get("Authorization")
	accepted := p.directory.Tokens
	token, is := strings.CutPrefix(authorization, "Token token=")
	if !is {
		accepted = p.directory.OAuthTokens
		token, is = strings.CutPrefix(authorization, "Bearer ")
	}
	userID, found := accepted[token]
	if !is || !found {
		return &refusal{http.StatusUnauthorized, 2006, "Unauthorized", nil}
	}
	if userID != "" {
		c.user, _ = p.directory.user(userID)
		return nil
	}
	c.account = true
	reads := c.Method == http.MethodGet || strings.HasPrefix(c.URL.Path, "/analytics/")
	from := c.Header.Get("From")
	if from == "" {
		if !reads {
			return &refusal{http.StatusBadRequest, 2016, "Requester User Not Found", []string{"The From header is required"}}
		}
		return nil
	}
	u, ok := p.directory.userByEmail(from)
	if !ok && !reads {
		return &refusal{http.StatusBadRequest, 1008, "Requester User Not Found", []string{"No user with that email"}}
	}
	c.user = u
	return nil
}

// spend counts one request against the rate limit.
func (p *PagerDuty) spend(h http.Header) error {
	now := p.clock()
	if !now.Before(p.windowEnds) {
		p.windowEnds, p.used = now.Add(time.Minute), 0
	}
	p.used++
	h.Set("Ratelimit-Limit", strconv.Itoa(p.limit))
	h.Set("Ratelimit-Remaining", strconv.Itoa(max(0, p.limit-p.used)))
	h.Set("Ratelimit-Reset", strconv.Itoa(max(1, int(p.windowEnds.Sub(now).Seconds()))))
	if p.used > p.limit {
		return &refusal{http.StatusTooManyRequests, 2020, "Rate Limit Exceeded", nil}
	}
	return nil
}

func (p *PagerDuty) incident(id string) *incident { return p.byID[id] }

func (p *PagerDuty) incidentOf(c *call) (*incident, error) {
	if i := p.incident(c.PathValue("id")); i != nil {
		return i, nil
	}
	return nil, errNotFound
}

// page cuts a list as PagerDuty does: 25 by default, 100 at most, and never
// beyond the 10,000th.
func page[T any](c *call, name string, all []T, encode func(T) obj) (answer, error) {
	q := c.URL.Query()
	limit, err := number(q, "limit", 25)
	if err != nil {
		return answer{}, err
	}
	offset, err := number(q, "offset", 0)
	if err != nil {
		return answer{}, err
	}
	limit = min(max(limit, 1), 100)
	if offset+limit > 10_000 {
		return answer{}, invalid("Offset must be less than or equal to %d", 10_000-limit)
	}
	from, to := min(offset, len(all)), min(offset+limit, len(all))
	items := []obj{}
	for _, one := range all[from:to] {
		items = append(items, encode(one))
	}
	body := obj{name: items, "offset": offset, "limit": limit, "more": to < len(all), "total": nil}
	if q.Get("total") == "true" {
		body["total"] = len(all)
	}
	return ok(body)
}

func number(q url.Values, name string, otherwise int) (int, error) {
	if !q.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(q.Get(name))
	if err != nil || n < 0 {
		return 0, invalid("%s must be a number", name)
	}
	return n, nil
}

// included returns the includes of a request.
func included(c *call) map[string]bool {
	names := map[string]bool{}
	for _, name := range c.URL.Query()["include[]"] {
		names[name] = true
	}
	return names
}

// chosen reports whether an id passes a filter such as user_ids[]. Without a
// filter all pass.
func chosen(q url.Values, name string, ids ...string) bool {
	want := q[name]
	if len(want) == 0 {
		return true
	}
	return slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(want, id) })
}

func moment(q url.Values, name string, otherwise time.Time) (time.Time, error) {
	if q.Get(name) == "" {
		return otherwise, nil
	}
	t, err := time.Parse(time.RFC3339, q.Get(name))
	if err != nil {
		return time.Time{}, invalid("%s must be an ISO 8601 date", name)
	}
	return t, nil
}
