package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// schemaRouter reads one of PagerDuty's own schemas. FIRSTLINE_PAGERDUTY_OPENAPI
// names rest.json; events-v2.json lies beside it. The test skips without.
func schemaRouter(t *testing.T, file, server string) routers.Router {
	t.Helper()
	rest := os.Getenv("FIRSTLINE_PAGERDUTY_OPENAPI")
	if rest == "" {
		t.Skip("FIRSTLINE_PAGERDUTY_OPENAPI is not set: the answers are not checked against PagerDuty's schema")
	}
	path := rest
	if file != "" {
		path = filepath.Join(filepath.Dir(rest), file)
	}
	document, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	mend(document)
	document.Servers = openapi3.Servers{{URL: server}}
	router, err := gorillamux.NewRouter(document)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

// mend takes two contradictions out of the published schema, under which no log
// entry at all is valid: a channel must match exactly one of several schemas
// that each allow what the others do, and the type of an acknowledgement has
// one name in LogEntry and another in AcknowledgeLogEntry.
func mend(document *openapi3.T) {
	if document.Components == nil {
		return
	}
	if channel := document.Components.Schemas["Channel"]; channel != nil {
		channel.Value.AnyOf, channel.Value.OneOf = channel.Value.OneOf, nil
	}
	// An incident with alerts has no key, says the description of incident_key in
	// GET /incidents; it can't be a string then.
	if incident := document.Components.Schemas["Incident"]; incident != nil {
		for _, part := range incident.Value.AllOf {
			if key := part.Value.Properties["incident_key"]; key != nil {
				key.Value.Nullable = true
			}
		}
	}
	if entry := document.Components.Schemas["AcknowledgeLogEntry"]; entry != nil {
		for _, part := range entry.Value.AllOf {
			if kind := part.Value.Properties["type"]; kind != nil {
				kind.Value.Enum = append(kind.Value.Enum, "acknowledge_log_entry")
			}
		}
	}
}

// exchange sends a request to the stand-in and checks the answer against the
// schema. It returns the answer's body.
func exchange(t *testing.T, p *PagerDuty, router routers.Router, token, method, target, body string, want int) map[string]any {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/vnd.pagerduty+json;version=2")
	r.Header.Set("From", Email)
	if token != "" {
		r.Header.Set("Authorization", "Token token="+token)
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	if w.Code != want {
		t.Errorf("%s %s: status %d, want %d: %s", method, target, w.Code, want, w.Body)
	}
	route, params, err := router.FindRoute(r)
	if err != nil {
		t.Errorf("%s %s is not in the schema: %v", method, target, err)
		return nil
	}
	err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 w.Code, Header: w.Header(), Body: readCloser(w.Body.Bytes()),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
	if err != nil {
		t.Errorf("%s %s answers %d against the schema: %v\n%s", method, target, w.Code, err, w.Body)
	}
	var decoded map[string]any
	if w.Code == http.StatusNoContent {
		return nil
	}
	if err := json.Unmarshal(w.Body.Bytes(), &decoded); err != nil {
		t.Errorf("%s %s: %v", method, target, err)
	}
	return decoded
}

type body struct{ *bytes.Reader }

func (body) Close() error { return nil }

func readCloser(b []byte) body { return body{bytes.NewReader(b)} }

// told is a demo that stands at its start.
func told(t *testing.T) *Demo {
	t.Helper()
	at := time.Date(2026, 11, 20, 2, 30, 0, 0, time.UTC)
	d, err := Start(Options{Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func TestAnswersAreValidUnderTheSchema(t *testing.T) {
	router := schemaRouter(t, "", "http://example.com")
	d := told(t)
	p := d.PagerDuty
	p.directory.Tokens["account"] = ""
	incidents := p.Incidents()
	find := func(part string) string {
		t.Helper()
		for _, i := range incidents {
			if strings.Contains(i.Title, part) {
				return i.ID
			}
		}
		t.Fatalf("no incident about %s", part)
		return ""
	}
	checkout, search, disk := find("HighErrorRate"), find("SearchLatency"), find("VolumeFillingUp")
	provider, invoices := find("PaymentProvider"), find("invoices")
	alertID := p.incident(checkout).alerts[0].id
	noteID := p.incident(search).notes[0].id
	put := func(id, fields string) string {
		return fmt.Sprintf(`{"incidents":[{"id":%q,"type":"incident_reference",%s}]}`, id, fields)
	}
	for _, c := range []struct {
		method, target, body string
		want                 int
	}{
		{"GET", "/incidents?statuses[]=triggered&statuses[]=acknowledged&date_range=all&limit=100&sort_by=created_at:desc&include[]=priorities", "", 200},
		{"GET", "/incidents?total=true&limit=2&offset=1&date_range=all", "", 200},
		{"GET", "/incidents?limit=100&offset=9950", "", 400},
		{"GET", "/incidents/" + checkout, "", 200},
		{"GET", "/incidents?date_range=all&limit=100&include[]=first_trigger_log_entries&include[]=priorities", "", 200},
		{"GET", "/incidents/" + checkout + "?include[]=first_trigger_log_entries", "", 200},
		{"GET", "/incidents/" + invoices + "?include[]=first_trigger_log_entries", "", 200},
		{"GET", "/incidents/" + search + "/log_entries?include[]=channels", "", 200},
		{"GET", "/log_entries?include[]=channels&include[]=incidents&limit=100", "", 200},
		{"GET", "/incidents/" + invoices, "", 200},
		{"GET", "/incidents/QNONE", "", 404},
		{"GET", "/incidents/" + checkout + "/alerts", "", 200},
		{"GET", "/incidents/" + search + "/alerts?statuses[]=triggered", "", 200},
		{"GET", "/incidents/" + checkout + "/alerts/" + alertID, "", 200},
		{"GET", "/incidents/" + search + "/notes", "", 200},
		{"POST", "/incidents/" + checkout + "/notes", `{"note":{"content":"rolled back"}}`, 200},
		{"POST", "/incidents/" + checkout + "/notes", `{"note":{"content":" "}}`, 400},
		{"PUT", "/incidents/" + search + "/notes/" + noteID, `{"note":{"content":"it was shard 4"}}`, 200},
		{"DELETE", "/incidents/" + search + "/notes/" + noteID, "", 204},
		{"GET", "/incidents/" + checkout + "/log_entries", "", 200},
		{"GET", "/log_entries?since=2026-11-19T00:00:00Z&is_overview=true&include[]=incidents", "", 200},
		{"GET", "/oncalls?escalation_policy_ids[]=" + FirstLinePolicy, "", 200},
		{"GET", "/oncalls?earliest=true&include[]=users&since=2026-11-20T00:00:00Z&until=2026-11-22T00:00:00Z", "", 200},
		{"GET", "/services?limit=100", "", 200},
		{"GET", "/services/PVCHEC1", "", 200},
		{"GET", "/escalation_policies", "", 200},
		{"GET", "/escalation_policies/" + FirstLinePolicy, "", 200},
		{"GET", "/escalation_policies/PNONE", "", 404},
		{"GET", "/users?query=ann", "", 200},
		{"GET", "/users/PUDANA1", "", 200},
		{"GET", "/users/me", "", 200},
		{"GET", "/teams", "", 200},
		{"GET", "/teams/PTPAYM1", "", 200},
		{"GET", "/teams/PTPAYM1/members", "", 200},
		{"GET", "/schedules", "", 200},
		{"GET", "/schedules/PSPAYM1/users", "", 200},
		{"GET", "/priorities", "", 200},
		{"GET", "/abilities", "", 200},
		{"PUT", "/incidents", put(checkout, `"status":"acknowledged"`), 200},
		{"PUT", "/incidents", put(checkout, `"status":"acknowledged"`), 400}, // 1002
		{"PUT", "/incidents", put(checkout, `"escalation_policy":{"id":"PFIRST1","type":"escalation_policy_reference"}`), 200},
		{"PUT", "/incidents", put(checkout, `"escalation_level":2`), 200},
		{"PUT", "/incidents", put(checkout, `"escalation_level":9`), 400}, // 1006
		{"PUT", "/incidents", put(checkout, `"assignments":[{"assignee":{"id":"PUANNS1","type":"user_reference"}}]`), 200},
		{"PUT", "/incidents", put(checkout, `"assignments":[{"assignee":{"id":"PNONE","type":"user_reference"}}]`), 400}, // 1007
		{"PUT", "/incidents/" + disk, `{"incident":{"type":"incident","service":{"id":"PVBILL1","type":"service_reference"},"escalation_policy":{"id":"PEPAYM1","type":"escalation_policy_reference"}}}`, 200},
		{"POST", "/incidents/" + disk + "/snooze", `{"duration":3600}`, 201},
		{"POST", "/incidents/" + disk + "/snooze", `{"duration":0}`, 400}, // 1013
		{"PUT", "/incidents/" + checkout + "/merge", fmt.Sprintf(`{"source_incidents":[{"id":%q,"type":"incident_reference"}]}`, provider), 200},
		{"PUT", "/incidents", put(provider, `"status":"acknowledged"`), 400}, // 1019
		{"POST", "/incidents/" + checkout + "/responder_requests", `{"requester_id":"PUDANA1","message":"help","responder_request_targets":[{"responder_request_target":{"id":"PUJONA1","type":"user_reference"}},{"responder_request_target":{"id":"PEPLAT1","type":"escalation_policy_reference"}}]}`, 200},
		{"GET", "/incidents/" + checkout, "", 200}, // who was asked
		{"GET", "/incidents/" + provider, "", 200}, // what it was merged into
		{"PUT", "/incidents", put(search, `"status":"resolved","resolution":"calm again"`), 200},
		{"GET", "/incidents/" + search, "", 200},
		{"PUT", "/incidents", put(search, `"status":"acknowledged"`), 400}, // 1001
		{"POST", "/incidents", `{"incident":{"type":"incident","title":"By hand","service":{"id":"PVCHEC1","type":"service_reference"},"incident_key":"k1","escalation_policy":{"id":"PFIRST1","type":"escalation_policy_reference"},"body":{"type":"incident_body","details":"x"}}}`, 201},
		{"POST", "/incidents", `{"incident":{"type":"incident","title":"By hand","service":{"id":"PVCHEC1","type":"service_reference"},"incident_key":"k1"}}`, 400},
		{"POST", "/incidents", `{"incident":{"type":"incident","title":"To Ann","service":{"id":"PVCHEC1","type":"service_reference"},"assignments":[{"assignee":{"id":"PUANNS1","type":"user_reference"}}]}}`, 201},
		{"GET", "/log_entries", "", 200},
	} {
		t.Run(c.method+" "+c.target, func(t *testing.T) {
			exchange(t, p, router, Token, c.method, c.target, c.body, c.want)
		})
	}
	for name, account := range map[string]Account{"no keys": {NoIncidentKeys: true}, "no channels": {NoChannels: true}} {
		t.Run(name, func(t *testing.T) {
			p.SetAccount(account)
			defer p.SetAccount(Account{})
			exchange(t, p, router, Token, "GET", "/incidents?date_range=all&limit=100&include[]=first_trigger_log_entries", "", 200)
			exchange(t, p, router, Token, "GET", "/log_entries?include[]=channels&limit=100", "", 200)
		})
	}
	t.Run("an account token is nobody", func(t *testing.T) { exchange(t, p, router, "account", "GET", "/users/me", "", 400) })
	t.Run("a wrong token", func(t *testing.T) { exchange(t, p, router, "wrong", "GET", "/incidents", "", 401) })
	t.Run("an ability is missing", func(t *testing.T) {
		p.directory.Abilities = []string{"teams"}
		r := p.Do("PUDANA1", "POST", "/incidents/"+checkout+"/responder_requests", `{"requester_id":"PUDANA1"}`)
		if r != http.StatusPaymentRequired {
			t.Errorf("status %d", r)
		}
	})
	t.Run("the limit is reached", func(t *testing.T) {
		p.limit = 1
		exchange(t, p, router, Token, "GET", "/teams", "", 429)
	})
}

func TestEventAnswersAreValidUnderTheSchema(t *testing.T) {
	router := schemaRouter(t, "events-v2.json", "http://example.com/v2")
	d := told(t)
	const key = "0123456789abcdef0123456789abc001"
	for _, c := range []struct {
		target, body string
		want         int
	}{
		{"/v2/enqueue", `{"routing_key":"` + key + `","event_action":"trigger","dedup_key":"d","payload":{"summary":"s","source":"x","severity":"critical","custom_details":"text"}}`, 202},
		{"/v2/enqueue", `{"routing_key":"` + key + `","event_action":"acknowledge","dedup_key":"d"}`, 202},
		{"/v2/enqueue", `{"routing_key":"` + key + `","event_action":"resolve","dedup_key":"d"}`, 202},
		{"/v2/enqueue", `{"routing_key":"` + key + `","event_action":"explode"}`, 400},
		{"/v2/change/enqueue", `{"routing_key":"` + key + `","payload":{"summary":"deployed 1.2"}}`, 202},
	} {
		exchange(t, d.PagerDuty, router, "", http.MethodPost, c.target, c.body, c.want)
	}
}
