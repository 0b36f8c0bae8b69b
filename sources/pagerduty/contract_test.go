package pagerduty

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"firstline/internal/race"
	"firstline/internal/schema"
	"firstline/sources"
)

// contract is a network that validates each request against PagerDuty's schema
// and answers from the fake.
type contract struct {
	t      *testing.T
	router routers.Router
	fake   *fake
	routes map[string]int
}

func (c *contract) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := c.validate(r); err != nil {
		c.t.Errorf("%s %s is not valid: %v", r.Method, r.URL, err)
	}
	if n := len(r.URL.RequestURI()); n > 4000 {
		c.t.Errorf("%s %s is %d bytes long, above 4 kB PagerDuty gives 414", r.Method, r.URL.Path, n)
	}
	w := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody // as a server sees it
	}
	c.fake.ServeHTTP(w, r)
	return w.Result(), nil
}

func (c *contract) validate(r *http.Request) error {
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		return err
	}
	c.routes[r.Method+" "+route.Path]++
	err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			// PagerDuty marks the ids of references as read-only and demands them.
			ExcludeReadOnlyValidations: true,
			AuthenticationFunc: func(_ context.Context, in *openapi3filter.AuthenticationInput) error {
				if !strings.HasPrefix(in.RequestValidationInput.Request.Header.Get("Authorization"), "Token token=") {
					return errors.New("no token")
				}
				return nil
			},
		},
	})
	if err != nil {
		return err
	}
	return checkQuery(r, route)
}

// checkQuery refuses what kin-openapi accepts: parameters that PagerDuty does
// not define, and several values where one is allowed.
func checkQuery(r *http.Request, route *routers.Route) error {
	allowed := map[string]*openapi3.Schema{}
	for _, list := range []openapi3.Parameters{route.Operation.Parameters, route.PathItem.Parameters} {
		for _, p := range list {
			if p.Value.In == openapi3.ParameterInQuery {
				allowed[p.Value.Name] = p.Value.Schema.Value
			}
		}
	}
	for name, values := range r.URL.Query() {
		schema, ok := allowed[name]
		if !ok {
			return fmt.Errorf("PagerDuty has no parameter %s here", name)
		}
		if len(values) > 1 && !strings.HasSuffix(name, "[]") {
			return fmt.Errorf("%s stands there %d times", name, len(values))
		}
		for _, v := range values {
			if len(schema.Enum) > 0 && !slices.Contains(schema.Enum, any(v)) {
				return fmt.Errorf("%s=%s is none of %v", name, v, schema.Enum)
			}
		}
	}
	return nil
}

// answerWrites answers all writes, which the fake does not implement.
func answerWrites() func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case strings.HasPrefix(r.URL.Path, "/escalation_policies/"):
			writeJSON(w, 200, map[string]any{"escalation_policy": map[string]any{"id": "P1", "escalation_rules": []any{}, "teams": []any{}}})
		case strings.HasSuffix(r.URL.Path, "/notes") && r.Method == http.MethodGet:
			writeJSON(w, 200, map[string]any{"notes": []any{}})
		case strings.HasSuffix(r.URL.Path, "/log_entries") && r.URL.Path != "/log_entries":
			writePage(w, r, "log_entries", make([]int, 150), func(int) any { return map[string]any{"id": "R"} })
		case r.Method == http.MethodGet:
			return false
		default:
			body, _ := io.ReadAll(r.Body)
			answerWrite(w, r, body)
		}
		return true
	}
}

// readLayouts makes regular expressions of the patterns in the schema that are
// layouts of times in UTC.
func readLayouts(doc *openapi3.T) {
	for _, p := range doc.Components.Parameters {
		if s := p.Value.Schema; s != nil && s.Value.Pattern == "YYYY-MM-DDThh:mm:ssZ" {
			s.Value.Pattern = `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`
		}
	}
}

// emptyList answers with an empty list.
func emptyList(field string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		writeJSON(w, 200, map[string]any{field: []any{}})
		return true
	}
}

// ids returns n different ids.
func ids(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("P%06d", i)
	}
	return all
}

func lastDay() sources.Span {
	return sources.Span{Since: time.Now().Add(-24 * time.Hour), Until: time.Now()}
}

// everyRequest calls each method of the client in each way that sends a
// different request. Methods that send nothing have nil.
var everyRequest = map[string][]func(context.Context, *Client, *fake) error{
	"Source":               nil,
	"ServerTime":           nil,
	"Budget":               nil,
	"Knows":                nil,
	"CloseIdleConnections": nil,
	"Read": {
		func(ctx context.Context, c *Client, f *fake) error {
			f.incidents = newFake(f.clock, 250).incidents
			for range 2 { // a full refresh, then the feed
				if _, err := c.Read(ctx, nil); err != nil {
					return err
				}
				f.set("P000003", "acknowledged")
				f.bare = true
			}
			return nil
		},
		func(ctx context.Context, c *Client, f *fake) error {
			c.teamNames = []string{"X"}
			for range 2 {
				if _, err := c.Read(ctx, nil); err != nil {
					return err
				}
			}
			return nil
		},
		func(ctx context.Context, c *Client, f *fake) error { // beyond 10,000
			f.incidents = newFake(f.clock, 10_150).incidents
			return c.readAll(ctx, false, func() {}, func() {})
		},
		func(ctx context.Context, c *Client, f *fake) error { // an account token
			writes := f.before
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == "/users/me" {
					writeJSON(w, 400, map[string]any{})
					return true
				}
				return writes(w, r)
			}
			_, err := c.Read(ctx, nil)
			return err
		},
	},
	"Brief": {func(ctx context.Context, c *Client, _ *fake) error { _, err := c.Brief().Read(ctx, nil); return err }},
	"Check": {func(ctx context.Context, c *Client, _ *fake) error { _, err := c.Check(ctx); return err }},
	"Incident": {func(ctx context.Context, c *Client, f *fake) error {
		_, err := c.Incident(ctx, "P000001")
		return err
	}},
	"IncidentByNumber": {func(ctx context.Context, c *Client, _ *fake) error {
		_, err := c.IncidentByNumber(ctx, 7)
		if sources.ReasonOf(err) == sources.NotFound {
			err = nil // the fake does not implement numbers
		}
		return err
	}},
	"IncidentsByKey": {func(ctx context.Context, c *Client, _ *fake) error {
		_, err := c.IncidentsByKey(ctx, `{}/{team="a b"}:{x="&=?"}`)
		return err
	}},
	"Notes":      {func(ctx context.Context, c *Client, _ *fake) error { _, err := c.Notes(ctx, "P1"); return err }},
	"LogEntries": {func(ctx context.Context, c *Client, _ *fake) error { _, _, err := c.LogEntries(ctx, "P1"); return err }},
	"Log": {func(ctx context.Context, c *Client, _ *fake) error {
		_, _, err := c.Log(ctx, time.Now().Add(-time.Hour), time.Now())
		return err
	}},
	"PastLog": {
		func(ctx context.Context, c *Client, _ *fake) error {
			_, err := c.PastLog(ctx, lastDay(), nil)
			return err
		},
		func(ctx context.Context, c *Client, _ *fake) error {
			_, err := c.PastLog(ctx, lastDay(), ids(3))
			return err
		},
	},
	"IncidentsBegun": {
		func(ctx context.Context, c *Client, f *fake) error {
			f.incidents = newFake(f.clock, 250).incidents
			_, err := c.IncidentsBegun(ctx, lastDay(), nil)
			return err
		},
		func(ctx context.Context, c *Client, _ *fake) error {
			_, err := c.IncidentsBegun(ctx, lastDay(), ids(3))
			return err
		},
	},
	"IncidentAlone": {func(ctx context.Context, c *Client, _ *fake) error {
		_, err := c.IncidentAlone(ctx, "P000001")
		return err
	}},
	"PastOnCalls": {func(ctx context.Context, c *Client, _ *fake) error {
		_, err := c.PastOnCalls(ctx, lastDay(), ids(MaxPolicies))
		return err
	}},
	"AllUsers": {func(ctx context.Context, c *Client, _ *fake) error { _, _, err := c.AllUsers(ctx); return err }},
	"PoliciesOf": {
		func(ctx context.Context, c *Client, _ *fake) error { _, _, err := c.PoliciesOf(ctx, nil); return err },
		func(ctx context.Context, c *Client, _ *fake) error {
			_, _, err := c.PoliciesOf(ctx, ids(3))
			return err
		},
	},
	"TeamsNamed": {func(ctx context.Context, c *Client, _ *fake) error {
		if _, err := c.TeamsNamed(ctx, []string{"no such team"}); sources.ReasonOf(err) != sources.NotFound {
			return fmt.Errorf("a team that is not there gives %w", err)
		}
		return nil
	}},
	"OnCalls": {
		func(ctx context.Context, c *Client, _ *fake) error { _, _, err := c.OnCalls(ctx, "PP"); return err },
		func(ctx context.Context, c *Client, _ *fake) error {
			_, _, err := c.OnCalls(ctx, append(ids(500), ids(3)...)...)
			return err
		},
	},
	"OnCallsUntil": {func(ctx context.Context, c *Client, _ *fake) error {
		_, _, err := c.OnCallsUntil(ctx, time.Now().Add(time.Hour), append(ids(500), ids(3)...)...)
		return err
	}},
	"Upcoming": {func(ctx context.Context, c *Client, _ *fake) error {
		_, _, err := c.Upcoming(ctx, append(ids(500), ids(3)...)...)
		return err
	}},
	"ChangeEvents": {func(ctx context.Context, c *Client, f *fake) error {
		f.before = emptyList("change_events")
		zone := time.FixedZone("there", 3600) // PagerDuty refuses times that are not in UTC
		_, _, err := c.ChangeEvents(ctx, "PS", time.Now().Add(-time.Hour).In(zone), time.Now().In(zone))
		return err
	}},
	"RelatedChangeEvents": {func(ctx context.Context, c *Client, f *fake) error {
		f.before = emptyList("change_events")
		_, _, err := c.RelatedChangeEvents(ctx, "P1")
		return err
	}},
	"PastIncidents": {func(ctx context.Context, c *Client, f *fake) error {
		f.before = emptyList("past_incidents")
		_, _, err := c.PastIncidents(ctx, "P1")
		return err
	}},
	"AnalyzedIncidents": {func(ctx context.Context, c *Client, f *fake) error {
		f.before = emptyList("data")
		_, _, err := c.AnalyzedIncidents(ctx, sources.Span{Since: time.Now().Add(-time.Hour), Until: time.Now()}, []string{"P1"})
		return err
	}},
	"ResolvedIncidents": {func(ctx context.Context, c *Client, f *fake) error {
		f.before = emptyList("incidents")
		_, _, err := c.ResolvedIncidents(ctx, "PS", time.Now().Add(-time.Hour))
		return err
	}},
	"Overrides": {func(ctx context.Context, c *Client, f *fake) error {
		f.before = emptyList("overrides")
		_, _, err := c.Overrides(ctx, "PS1", time.Now().Add(14*24*time.Hour))
		return err
	}},
	"FindUsers": {func(ctx context.Context, c *Client, _ *fake) error {
		_, _, err := c.FindUsers(ctx, "ann & co")
		return err
	}},
	"User":       {func(ctx context.Context, c *Client, _ *fake) error { _, err := c.User(ctx, "U1"); return err }},
	"ChangeNote": {func(ctx context.Context, c *Client, _ *fake) error { return c.ChangeNote(ctx, "P1", "N1", "not done") }},
	"Policy":     {func(ctx context.Context, c *Client, _ *fake) error { _, err := c.Policy(ctx, "P1"); return err }},
	"Acknowledge": {
		func(ctx context.Context, c *Client, _ *fake) error { return c.Acknowledge(ctx, "P1") },
		func(ctx context.Context, c *Client, _ *fake) error { return c.Acknowledge(ctx, ids(600)...) },
	},
	"Resolve": {
		func(ctx context.Context, c *Client, _ *fake) error { return c.Resolve(ctx, "", "P1") },
		func(ctx context.Context, c *Client, _ *fake) error { return c.Resolve(ctx, "mended", "P1", "P2") },
	},
	"SetPolicy":   {func(ctx context.Context, c *Client, _ *fake) error { return c.SetPolicy(ctx, "PP", "P1", "P2") }},
	"SetLevel":    {func(ctx context.Context, c *Client, _ *fake) error { return c.SetLevel(ctx, 2, "P1") }},
	"SetUrgency":  {func(ctx context.Context, c *Client, _ *fake) error { return c.SetUrgency(ctx, "low", "P1") }},
	"SetPriority": {func(ctx context.Context, c *Client, _ *fake) error { return c.SetPriority(ctx, "PR", "P1") }},
	"Assign":      {func(ctx context.Context, c *Client, _ *fake) error { return c.Assign(ctx, []string{"PU", "PV"}, "P1") }},
	"Move":        {func(ctx context.Context, c *Client, _ *fake) error { return c.Move(ctx, "P1", "PS", "PP") }},
	"Snooze":      {func(ctx context.Context, c *Client, _ *fake) error { return c.Snooze(ctx, "P1", longestSnooze) }},
	"Merge":       {func(ctx context.Context, c *Client, _ *fake) error { return c.Merge(ctx, "P1", "P2", "P1", "P3") }},
	"AddNote": {func(ctx context.Context, c *Client, _ *fake) error {
		_, err := c.AddNote(ctx, "P1", "x\ny")
		return err
	}},
	"AskResponders": {func(ctx context.Context, c *Client, _ *fake) error {
		return c.AskResponders(ctx, "P1", "please", []string{"PU"}, []string{"PP"})
	}},
	"Open": {
		func(ctx context.Context, c *Client, _ *fake) error {
			_, err := c.Open(ctx, sources.NewIncident{Title: "x", ServiceID: "PS"})
			return err
		},
		func(ctx context.Context, c *Client, _ *fake) error {
			_, err := c.Open(ctx, sources.NewIncident{Title: "x", Key: "k", ServiceID: "PS", PolicyID: "PP", Urgency: "high", Details: "d"})
			return err
		},
		func(ctx context.Context, c *Client, _ *fake) error {
			_, err := c.Open(ctx, sources.NewIncident{Title: "x", ServiceID: "PS", UserIDs: []string{"PU"}, Urgency: "low"})
			return err
		},
	},
}

func TestEveryRequestIsValid(t *testing.T) {
	race.Skip(t)
	// The client's methods are enumerated even without the schema.
	methods := reflect.TypeFor[*Client]()
	for i := range methods.NumMethod() {
		if _, ok := everyRequest[methods.Method(i).Name]; !ok {
			t.Errorf("Client.%s has no contract case", methods.Method(i).Name)
		}
	}
	doc := schema.Read(t, "")
	readLayouts(doc)
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	routes := map[string]int{}
	for method, cases := range everyRequest {
		for n, call := range cases {
			t.Run(fmt.Sprintf("%s %d", method, n), func(t *testing.T) {
				k := newClock()
				f := newFake(k, 3)
				f.before = answerWrites()
				network := &contract{t: t, router: router, fake: f, routes: map[string]int{}}
				c, err := New(Options{Token: "t", Email: "ann@example.com", Transport: network, Now: k.Now})
				if err != nil {
					t.Fatal(err)
				}
				c.transport.sleep = k.sleep
				if err := call(t.Context(), c, f); err != nil {
					t.Errorf("it failed: %v", err)
				}
				if len(network.routes) == 0 {
					t.Error("nothing was sent")
				}
				for r, n := range network.routes {
					routes[r] += n
				}
			})
		}
	}
	t.Logf("requests validated: %v", routes)
}

// TestContractNetworkRefusesNonsense checks that the check can fail.
func TestContractNetworkRefusesNonsense(t *testing.T) {
	doc := schema.Read(t, "")
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	network := &contract{t: t, router: router, routes: map[string]int{}}
	header := map[string]string{
		"Accept": "application/vnd.pagerduty+json;version=2", "Content-Type": "application/json",
		"From": "ann@example.com", "Authorization": "Token token=t",
	}
	for name, tc := range map[string]struct{ method, url, body, without string }{
		"no such path":     {"GET", "/incident", "", ""},
		"no such query":    {"GET", "/incidents?status=triggered", "", ""},
		"second bad value": {"GET", "/incidents?statuses[]=triggered&statuses[]=open", "", ""},
		"no From":          {"PUT", "/incidents", `{"incidents":[]}`, "From"},
		"no token":         {"GET", "/incidents", "", "Authorization"},
		"bad status":       {"PUT", "/incidents", `{"incidents":[{"id":"P1","type":"incident","status":"open"}]}`, ""},
		"no type":          {"PUT", "/incidents", `{"incidents":[{"id":"P1"}]}`, ""},
		"long snooze":      {"POST", "/incidents/P1/snooze", `{"duration":604801}`, ""},
		"priority null":    {"POST", "/incidents", `{"incident":{"type":"incident","title":"x","service":{"id":"PS","type":"service_reference"},"priority":null}}`, ""},
		"details a string": {"POST", "/incidents", `{"incident":{"type":"incident","title":"x","service":{"id":"PS","type":"service_reference"},"body":{"type":"incident_body","details":"x"}}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), tc.method, usAddress+tc.url, strings.NewReader(tc.body))
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range header {
				if k != tc.without {
					r.Header.Set(k, v)
				}
			}
			if network.validate(r) == nil {
				t.Error("it passed")
			}
		})
	}
}
