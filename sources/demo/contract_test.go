package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"firstline/internal/race"
	"firstline/internal/schema"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// schemaRouter reads one of PagerDuty's own schemas: the file beside that of the REST
// API, or that one.
func schemaRouter(t *testing.T, file, server string) routers.Router {
	t.Helper()
	document := schema.Read(t, file)
	mend(document)
	document.Servers = openapi3.Servers{{URL: server}}
	router, err := gorillamux.NewRouter(document)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

// mend removes contradictions from the published schema. Two of them make every
// log entry invalid: a channel must match exactly one of several schemas that
// allow the same values, and the type of an acknowledgement has one name in
// LogEntry and another in AcknowledgeLogEntry. The others concern data that
// only include[] adds.
func mend(document *openapi3.T) {
	if document.Components == nil {
		return
	}
	if channel := document.Components.Schemas["Channel"]; channel != nil {
		channel.Value.AnyOf, channel.Value.OneOf = channel.Value.OneOf, nil
	}
	property := func(name, property string, change func(*openapi3.Schema)) {
		schema := document.Components.Schemas[name]
		if schema == nil {
			return
		}
		for _, part := range append(schema.Value.AllOf, schema) {
			if found := part.Value.Properties[property]; found != nil {
				change(found.Value)
			}
		}
	}
	// The schema answers the list of overrides with 201.
	if path := document.Paths.Find("/schedules/{id}/overrides"); path != nil {
		path.Get.Responses.Set("200", path.Get.Responses.Value("201"))
	}
	// A strategy is an object in practice, and a list of them in the example.
	property("EscalationRule", "escalation_rule_assignment_strategy", func(s *openapi3.Schema) { s.Type, s.Enum = nil, nil })
	// A user has rules and contact methods, or references to them.
	for _, name := range []string{"NotificationRuleReference", "ContactMethodReference"} {
		property(name, "type", func(s *openapi3.Schema) {
			for _, kind := range s.Enum {
				s.Enum = append(s.Enum, strings.TrimSuffix(kind.(string), "_reference"))
			}
		})
	}
	// An incident with alerts has no key, according to the description of
	// incident_key in GET /incidents, so it cannot be a string.
	property("Incident", "incident_key", func(s *openapi3.Schema) { s.Nullable = true })
	if entry := document.Components.Schemas["AcknowledgeLogEntry"]; entry != nil {
		for _, part := range entry.Value.AllOf {
			if kind := part.Value.Properties["type"]; kind != nil {
				kind.Value.Enum = append(kind.Value.Enum, "acknowledge_log_entry")
			}
		}
	}
}

// exchange sends a request to the stand-in, checks the answer against the
// schema and returns its body.
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

// played returns a demo at the start of its story.
func played(t *testing.T) *Demo {
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
	race.Skip(t)
	router := schemaRouter(t, "", "http://example.com")
	d := played(t)
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
	for _, summary := range []string{"deploy checkout v2.4.0", "deploy checkout v2.4.1"} {
		p.ReportChange(ChangeEvent{ServiceIDs: []string{"PVCHEC1"}, At: p.now().Add(-time.Hour), Summary: summary, Tool: "ci", Links: []EventLink{{"https://ci.example.com/7", "the build"}}})
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
		{"GET", "/schedules/PSPAYM1/overrides?since=2026-11-20T00:00:00Z&until=2026-11-27T00:00:00Z&overflow=true", "", 200},
		{"GET", "/schedules/PSPAYM1/overrides?until=2026-11-27T00:00:00Z", "", 400},
		{"GET", "/schedules/PNONE/overrides?since=2026-11-20T00:00:00Z&until=2026-11-27T00:00:00Z", "", 404},
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
		{"GET", "/services/PVCHEC1/change_events?since=2026-11-19T00:00:00Z&until=2026-11-21T00:00:00Z&limit=100", "", 200},
		{"GET", "/services/PVCHEC1/change_events?since=2026-11-19T00:00:00%2B01:00", "", 400},
		{"GET", "/services/PNONE/change_events", "", 404},
		{"GET", "/incidents/" + checkout + "/related_change_events?limit=100", "", 200},
		{"GET", "/incidents/QNONE/related_change_events", "", 404},
		{"GET", "/incidents/" + checkout + "/past_incidents?limit=50&total=true", "", 200},
		{"GET", "/incidents/" + checkout + "/past_incidents?limit=0", "", 400},
		{"GET", "/incidents/QNONE/past_incidents", "", 404},
		{"POST", "/analytics/raw/incidents", `{"filters":{"service_ids":["PVCHEC1"]},"limit":1000}`, 200},
		{"POST", "/analytics/raw/incidents", `{"filters":{}}`, 400},
		{"POST", "/analytics/raw/incidents", `{"filters":{"service_ids":["PVCHEC1"]},"limit":1001}`, 400},
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
	for _, status := range []int{403, 404} {
		p.SetAccount(Account{RefuseChanges: status, RefusePast: status})
		for _, target := range []string{"/services/PVCHEC1/change_events", "/incidents/" + checkout + "/related_change_events", "/incidents/" + checkout + "/past_incidents"} {
			t.Run(fmt.Sprint(target, status), func(t *testing.T) { exchange(t, p, router, Token, "GET", target, "", status) })
		}
		p.SetAccount(Account{})
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

// The answers of accounts that differ from the usual one.
func TestAnswersOfOtherAccountsAreValidUnderTheSchema(t *testing.T) {
	race.Skip(t)
	router := schemaRouter(t, "", "http://example.com")
	n := newNight(t, []PolicyLevel{on(5, "A", "C"), inTurn(5, "B", "D")}, func(d *Directory) {
		withRules("A", NotificationRule{"high", 0, ContactPush}, NotificationRule{"high", 2 * time.Minute, ContactPhone}, NotificationRule{"high", 3 * time.Minute, ContactSMS}, NotificationRule{"low", 0, ContactEmail})(d)
		withRules("B")(d)
		for i := range d.Users {
			d.Users[i].Name = "User " + d.Users[i].ID
		}
		d.Users[2].Role = "read_only_user"
		d.Services[0].AckTimeout, d.Services[0].AutoResolve = time.Hour, 4*time.Hour
		d.Maintenance = []Maintenance{{ID: "PW1", Description: "Kernel", ServiceIDs: []string{"S"}, ByID: "A", Start: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC)}}
		d.Schedules = []Schedule{{ID: "L", Name: "Later", Shifts: []Shift{shift("E", 60, 600)}}}
		d.Policies[1].Levels[1].ScheduleIDs = []string{"L"}
	})
	n.open("critical")
	n.after(4)
	many := []Event{{}}
	for range 120 {
		many = append(many, Event{Payload: &Payload{Details: map[string]any{"firing": "x"}}})
	}
	big := n.OpenIncident("S", many[0], many[1:]...)
	mail := n.OpenByMail("S", Mail{From: "cron@example.com", To: "s@example.com", Subject: "Disk", Body: "<p>full</p>", ContentType: "text/html"})
	n.SetBridge(n.id, Bridge{Number: "+1 415-555-0100,,,,1234#", URL: "https://meet.example.com/a"})
	call := func(method, target, body string, want int) {
		t.Helper()
		t.Run(method+" "+target, func(t *testing.T) { exchange(t, n.PagerDuty, router, "of A", method, target, body, want) })
	}
	targets := []string{
		"/incidents?date_range=all&include[]=first_trigger_log_entries&include[]=conference_bridge&include[]=priorities",
		"/incidents/" + n.id + "?include[]=first_trigger_log_entries&include[]=conference_bridge", "/incidents/" + n.id + "/log_entries?include[]=channels&limit=100",
		"/incidents/" + big + "/alerts?limit=100&offset=100", "/incidents/" + mail + "/alerts", "/incidents/" + mail + "?include[]=first_trigger_log_entries",
		"/log_entries?include[]=channels&include[]=incidents&limit=100",
		"/users?query=user&include[]=notification_rules&include[]=contact_methods", "/users/A?include[]=notification_rules&include[]=contact_methods", "/users/B?include[]=notification_rules", "/users/C",
		"/escalation_policies?include[]=escalation_rule_assignment_strategies", "/escalation_policies/P?include[]=escalation_rule_assignment_strategies", "/escalation_policies/P",
		"/services", "/services/S", "/maintenance_windows", "/maintenance_windows?filter=future&service_ids[]=S", "/schedules",
		"/oncalls?escalation_policy_ids[]=OTHER&until=2026-11-21T00:00:00Z", "/oncalls?schedule_ids[]=L&since=2026-11-20T03:30:00Z&until=2026-11-21T00:00:00Z", "/oncalls?schedule_ids[]=null",
	}
	for _, target := range targets {
		call("GET", target, "", 200)
	}
	call("POST", "/incidents/"+n.id+"/responder_requests", `{"requester_id":"A","message":"help","responder_request_targets":[{"responder_request_target":{"id":"D","type":"user_reference"}},{"responder_request_target":{"id":"OTHER","type":"escalation_policy_reference"}}]}`, 200)
	n.AnswerRequest(n.id, "D", "joined")
	call("PUT", "/incidents/"+n.id+"/responder_requests/cancel", `{"requester_id":"A","responder_request_targets":[{"id":"F","type":"user_reference"},{"id":"D","type":"user_reference"},{"id":"B","type":"user_reference"}]}`, 200)
	call("PUT", "/incidents/"+n.id+"/responder_requests/cancel", `{"requester_id":"NONE","responder_request_targets":[]}`, 400)
	call("PUT", "/incidents", fmt.Sprintf(`{"incidents":[{"id":%q,"type":"incident","urgency":"low","conference_bridge":{"conference_url":"https://meet.example.com/b"}}]}`, n.id), 200)
	call("PUT", "/incidents", fmt.Sprintf(`{"incidents":[{"id":%q,"type":"incident","assignments":[{"assignee":{"id":"C","type":"user_reference"}}]}]}`, n.id), 400)
	call("PUT", "/incidents", fmt.Sprintf(`{"incidents":[{"id":%q,"type":"incident","status":"acknowledged"}]}`, big), 200)
	for _, reopens := range []bool{false, true} {
		n.SetAccount(Account{Reopens: reopens})
		call("PUT", "/incidents", fmt.Sprintf(`{"incidents":[{"id":%q,"type":"incident","status":"resolved"}]}`, big), 200)
		call("PUT", "/incidents", fmt.Sprintf(`{"incidents":[{"id":%q,"type":"incident","status":"acknowledged"}]}`, big), map[bool]int{false: 400, true: 200}[reopens])
		if !reopens {
			big = n.OpenIncident("S", many[0], many[1:]...)
		}
	}
	call("GET", "/incidents/"+big, "", 200)
	n.SetAccount(Account{Strategy: StrategyList})
	call("GET", "/escalation_policies?include[]=escalation_rule_assignment_strategies", "", 200)
	n.Change(func(d *Directory) { hours(true)(d); d.Services[0].Hours.Start += time.Hour })
	raised := n.OpenIncident("S", Event{})
	call("GET", "/incidents/"+raised, "", 200)
	call("GET", "/services/S", "", 200)
	n.Change(func(d *Directory) { d.Services[0].Disabled = true })
	call("GET", "/services/S", "", 200)
	call("POST", "/incidents", `{"incident":{"type":"incident","title":"x","service":{"id":"S","type":"service_reference"}}}`, 400)
	n.after(60) // it escalated, sent notifications, and exhausted its policy
	for _, target := range targets {
		call("GET", target, "", 200)
	}
	n.DeleteUser("D")
	n.DeleteUser("C")
	n.DeletePolicy("P")
	n.DeleteService("S")
	for _, target := range targets {
		if !strings.Contains(target, "/escalation_policies/P") && target != "/services/S" && target != "/users/C" {
			call("GET", target, "", 200)
		}
	}
}

func TestEventAnswersAreValidUnderTheSchema(t *testing.T) {
	race.Skip(t)
	router := schemaRouter(t, schema.Events, "http://example.com/v2")
	d := played(t)
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
