package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"firstline/internal/race"
)

// unlisted are answers that PagerDuty's schema does not list for an operation,
// although its texts mention them: a wrong token and the rate limit apply to
// every path, the text of responder_requests mentions 402, and the codes of PUT
// /incidents apply to one incident as well. Their bodies are checked against
// the schema's common answers.
var unlisted = map[string]string{
	"GET /users/me 401":                             "Unauthorized",
	"GET /services 429":                             "TooManyRequests",
	"GET /services/{id} 429":                        "TooManyRequests",
	"GET /escalation_policies/{id} 429":             "TooManyRequests",
	"PUT /incidents/{id} 400":                       "ArgumentError",
	"GET /incidents/{id}/alerts 404":                "NotFound",
	"POST /incidents/{id}/responder_requests 402":   "PaymentRequired",
	"GET /incidents/{id}/past_incidents 401":        "Unauthorized",
	"GET /incidents/{id}/past_incidents 429":        "TooManyRequests",
	"GET /incidents/{id}/related_change_events 429": "TooManyRequests",
	"GET /services/{id}/change_events 429":          "TooManyRequests",
	"GET /incidents/{id}/past_incidents 402":        "PaymentRequired",
	"PUT /incidents/{id}/notes/{note_id} 429":       "TooManyRequests",
	"DELETE /incidents/{id}/notes/{note_id} 429":    "TooManyRequests",
}

// refused sends a request that must be refused and checks the answer.
func refused(t *testing.T, p *PagerDuty, router routers.Router, seen map[string]bool, token, method, target, body string, want int) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Token token="+token)
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	if w.Code != want {
		t.Errorf("%s %s: %d, want %d: %s", method, target, w.Code, want, w.Body)
		return
	}
	route, params, err := router.FindRoute(r)
	if err != nil {
		t.Errorf("%s %s is not in the schema: %v", method, target, err)
		return
	}
	name := fmt.Sprintf("%s %s %d", method, route.Path, w.Code)
	if common, is := unlisted[name]; is {
		seen[name] = true
		if route.Operation.Responses.Status(w.Code) != nil {
			t.Errorf("%s is in the schema: take it off the list", name)
		}
		var decoded any
		if err := json.Unmarshal(w.Body.Bytes(), &decoded); err != nil {
			t.Error(err)
		}
		answer := route.Spec.Components.Responses[common]
		media := answer.Value.Content["application/json"]
		if media == nil { // the schema has no body for this one
			return
		}
		if err := media.Schema.Value.VisitJSON(decoded); err != nil {
			t.Errorf("%s: %v\n%s", name, err, w.Body)
		}
		return
	}
	err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 w.Code, Header: w.Header(), Body: readCloser(w.Body.Bytes()),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
	if err != nil {
		t.Errorf("%s: %v\n%s", name, err, w.Body)
	}
}

func TestRefusalsAreValidUnderTheSchema(t *testing.T) {
	race.Skip(t)
	router := schemaRouter(t, "", "http://example.com")
	p := played(t).PagerDuty
	seen := map[string]bool{}
	ids := map[string]string{}
	for _, i := range p.Incidents() {
		ids[i.Status] = i.ID
	}
	open, acked := ids["triggered"], ids["acknowledged"]
	p.Do("PUDANA1", "PUT", "/incidents", fmt.Sprintf(`{"incidents":[{"id":%q,"type":"incident","status":"resolved"}]}`, open))
	resolved := open
	for _, i := range p.Incidents() {
		if i.Status == "triggered" {
			open = i.ID
		}
	}
	one := func(fields string) string { return `{"incident":{"type":"incident",` + fields + `}}` }

	for _, c := range []struct {
		method, target, body string
		want                 int
	}{
		{"PUT", "/incidents", `{"incidents":[]}`, 400},
		{"PUT", "/incidents", `no JSON`, 400},
		{"PUT", "/incidents", `{"incidents":[` + strings.Repeat(`{"id":"Q","type":"incident"},`, 250) + `{"id":"Q","type":"incident"}]}`, 413},
		{"PUT", "/incidents/" + acked, one(`"status":"acknowledged"`), 400},
		{"PUT", "/incidents/" + resolved, one(`"status":"acknowledged"`), 400},
		{"PUT", "/incidents/QNONE", one(`"status":"acknowledged"`), 404},
		{"POST", "/incidents", `{"incident":{"type":"incident","title":"","service":{"id":"PVCHEC1","type":"service_reference"}}}`, 400},
		{"POST", "/incidents", `{"incident":{"type":"incident","title":"x","service":{"id":"PNONE","type":"service_reference"}}}`, 400},
		{"GET", "/incidents/QNONE/alerts", "", 404},
		{"GET", "/incidents/" + open + "/alerts/QNONE", "", 404},
		{"GET", "/incidents/QNONE/notes", "", 404},
		{"POST", "/incidents/QNONE/notes", `{"note":{"content":"x"}}`, 404},
		{"PUT", "/incidents/QNONE/notes/PNONE", `{"note":{"content":"x"}}`, 404},
		{"PUT", "/incidents/" + open + "/notes/PNONE", `{"note":{"content":"x"}}`, 404},
		{"DELETE", "/incidents/" + open + "/notes/PNONE", "", 404},
		{"GET", "/incidents/QNONE/log_entries", "", 404},
		{"GET", "/incidents/" + open + "/log_entries?since=x", "", 400},
		{"GET", "/log_entries?offset=10000", "", 400},
		{"POST", "/incidents/QNONE/snooze", `{"duration":1}`, 404},
		{"POST", "/incidents/" + resolved + "/snooze", `{"duration":1}`, 400},
		{"PUT", "/incidents/QNONE/merge", `{"source_incidents":[]}`, 404},
		{"PUT", "/incidents/" + resolved + "/merge", `{"source_incidents":[]}`, 400},
		{"PUT", "/incidents/" + open + "/merge", `{"source_incidents":[{"id":"QNONE","type":"incident_reference"}]}`, 404},
		{"POST", "/incidents/QNONE/responder_requests", `{}`, 404},
		{"POST", "/incidents/" + open + "/responder_requests", `{"requester_id":"PNONE"}`, 400},
		{"GET", "/oncalls?since=2026-01-01T00:00:00Z&until=2026-12-01T00:00:00Z", "", 400},
		{"GET", "/services?limit=x", "", 400},
		{"GET", "/services/PNONE", "", 404},
		{"GET", "/escalation_policies?limit=x", "", 400},
		{"GET", "/escalation_policies/PNONE", "", 404},
		{"GET", "/users?limit=x", "", 400},
		{"GET", "/users/PNONE", "", 404},
		{"GET", "/teams?limit=x", "", 400},
		{"GET", "/teams/PNONE", "", 404},
		{"GET", "/teams/PNONE/members", "", 404},
		{"GET", "/schedules?limit=x", "", 400},
		{"GET", "/schedules/PNONE/users", "", 404},
	} {
		refused(t, p, router, seen, Token, c.method, c.target, c.body, c.want)
	}

	p.directory.Abilities = []string{"teams"}
	refused(t, p, router, seen, Token, "POST", "/incidents/"+open+"/responder_requests", `{}`, http.StatusPaymentRequired)

	p.account.RefusePast = http.StatusPaymentRequired
	refused(t, p, router, seen, Token, "GET", "/incidents/"+open+"/past_incidents", "", http.StatusPaymentRequired)
	p.account.RefusePast = 0

	// A wrong token and the rate limit are possible on every path.
	for pattern := range p.restRoutes() {
		method, path, _ := strings.Cut(pattern, " ")
		if strings.HasPrefix(path, "/analytics/") {
			continue // the schema has no 401 there
		}
		target := strings.NewReplacer("{id}", "PANY001", "{alert}", "PANY002", "{note}", "PANY003").Replace(path)
		refused(t, p, router, seen, "wrong", method, target, "{}", http.StatusUnauthorized)
	}
	p.limit = 1
	for pattern := range p.restRoutes() {
		method, path, _ := strings.Cut(pattern, " ")
		target := strings.NewReplacer("{id}", "PANY001", "{alert}", "PANY002", "{note}", "PANY003").Replace(path)
		refused(t, p, router, seen, Token, method, target, "{}", http.StatusTooManyRequests)
	}
	for name := range unlisted {
		if !seen[name] {
			t.Errorf("%s is on the list and was never answered", name)
		}
	}
}
