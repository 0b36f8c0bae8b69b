package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/faults"
)

const testKey = "0123456789abcdef0123456789abcdef"

// account is a small account whose clock the test sets.
type account struct {
	*PagerDuty
	t  *testing.T
	at time.Time
}

func newAccount(t *testing.T) *account {
	t.Helper()
	d := &account{t: t, at: time.Date(2026, 11, 20, 2, 30, 0, 0, time.UTC)}
	d.PagerDuty = NewPagerDuty(PagerDutyOptions{
		Now: func() time.Time { return d.at },
		Directory: Directory{
			Users: []User{{ID: "PUANN01", Name: "Ann", Email: "ann@example.com"}, {ID: "PUBOB01", Name: "Bob", Email: "bob@example.com"}},
			Policies: []Policy{
				{ID: "PETWO01", Name: "Two levels, twice", Loops: 1, Levels: []PolicyLevel{
					{Delay: 5 * time.Minute, UserIDs: []string{"PUANN01"}}, {Delay: 10 * time.Minute, UserIDs: []string{"PUBOB01"}},
				}},
				{ID: "PENOBOD", Name: "Nobody", Levels: []PolicyLevel{{Delay: time.Minute}}},
			},
			Services: []Service{{ID: "PVCHECK", Name: "checkout", PolicyID: "PETWO01", RoutingKey: testKey, AckTimeout: 30 * time.Minute}},
			Tokens:   map[string]string{"anns": "PUANN01", "account": ""},
		},
	})
	return d
}

// call sends a request and returns the status and PagerDuty's error code.
func (d *account) call(token, from, method, target, body string) (status, code int, answer map[string]any) {
	d.t.Helper()
	r := httptest.NewRequestWithContext(d.t.Context(), method, target, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	if from != "" {
		r.Header.Set("From", from)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		d.t.Fatalf("%s %s: %v: %s", method, target, err, w.Body)
	}
	if e, failed := answer["error"].(map[string]any); failed {
		code = int(e["code"].(float64))
	}
	return w.Code, code, answer
}

// do sends a request as Ann and expects success.
func (d *account) do(method, target, body string) map[string]any {
	d.t.Helper()
	status, _, answer := d.call("Token token=anns", "", method, target, body)
	if status >= 300 {
		d.t.Fatalf("%s %s: %d %v", method, target, status, answer)
	}
	return answer
}

// event sends an event and returns PagerDuty's incidents after it.
func (d *account) event(action, key, details string) []IncidentState {
	d.t.Helper()
	d.take([]byte(fmt.Sprintf(`{"routing_key":%q,"event_action":%q,"dedup_key":%q,"payload":{"summary":"about %s","source":"s","severity":"critical","custom_details":%s}}`,
		testKey, action, key, key, details)))
	return d.Incidents()
}

func (d *account) wait(span time.Duration) IncidentState {
	for range int(span / time.Minute) {
		d.at = d.at.Add(time.Minute)
		d.Tick()
	}
	return d.Incidents()[0]
}

func TestWhoMayCall(t *testing.T) {
	const note = `{"note":{"content":"x"}}`
	for _, c := range []struct {
		name, token, from, method, target string
		status, code                      int
	}{
		{"nobody", "", "", "GET", "/incidents", 401, 2006},
		{"an unknown token", "Token token=other", "", "GET", "/incidents", 401, 2006},
		{"another scheme", "Bearer anns", "", "GET", "/incidents", 401, 2006},
		{"a user reads", "Token token=anns", "", "GET", "/incidents", 200, 0},
		{"a user asks who", "Token token=anns", "", "GET", "/users/me", 200, 0},
		{"a user writes without From", "Token token=anns", "", "POST", "/incidents/%s/notes", 200, 0},
		{"an account reads", "Token token=account", "", "GET", "/incidents", 200, 0},
		{"an account asks who", "Token token=account", "", "GET", "/users/me", 400, 2001},
		{"an account writes without From", "Token token=account", "", "POST", "/incidents/%s/notes", 400, 2016},
		{"an account writes from a stranger", "Token token=account", "eve@example.com", "POST", "/incidents/%s/notes", 400, 1008},
		{"an account writes", "Token token=account", "bob@example.com", "POST", "/incidents/%s/notes", 200, 0},
		{"a path that is not there", "Token token=anns", "", "GET", "/nothing", 404, 2100},
		{"an incident that is not there", "Token token=anns", "", "GET", "/incidents/QNONE", 404, 2100},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newAccount(t)
			id := d.event("trigger", "k", "{}")[0].ID
			status, code, answer := d.call(c.token, c.from, c.method, strings.Replace(c.target, "%s", id, 1), note)
			if status != c.status || code != c.code {
				t.Errorf("%d with code %d: %v", status, code, answer)
			}
		})
	}
}

func TestPages(t *testing.T) {
	d := newAccount(t)
	for n := range 130 {
		d.event("trigger", fmt.Sprint("k", n), "{}")
	}
	for _, c := range []struct {
		query              string
		length, limit      float64
		more               bool
		total              any
		firstNumber, wrong float64
	}{
		{query: "", length: 25, limit: 25, more: true, firstNumber: 1},
		{query: "limit=100", length: 100, limit: 100, more: true, firstNumber: 1},
		{query: "limit=1000", length: 100, limit: 100, more: true, firstNumber: 1},
		{query: "limit=100&offset=100", length: 30, limit: 100, firstNumber: 101},
		{query: "limit=30&offset=100", length: 30, limit: 30, firstNumber: 101},
		{query: "offset=9000", length: 0, limit: 25},
		{query: "limit=1&total=true", length: 1, limit: 1, more: true, total: 130.0, firstNumber: 1},
		{query: "sort_by=created_at:desc,incident_number:desc&limit=1", length: 1, limit: 1, more: true, firstNumber: 130},
		{query: "offset=9975", length: 0, limit: 25},
		{query: "offset=9976", wrong: 400},
		{query: "limit=100&offset=9901", wrong: 400},
		{query: "limit=x", wrong: 400},
		{query: "offset=-1", wrong: 400},
		{query: "sort_by=name", wrong: 400},
		{query: "sort_by=urgency,created_at,incident_number", wrong: 400},
		{query: "since=yesterday", wrong: 400},
	} {
		status, _, answer := d.call("Token token=anns", "", "GET", "/incidents?"+c.query, "")
		if c.wrong != 0 {
			if float64(status) != c.wrong {
				t.Errorf("%s: %d", c.query, status)
			}
			continue
		}
		list := answer["incidents"].([]any)
		first := 0.0
		if len(list) > 0 {
			first = list[0].(map[string]any)["incident_number"].(float64)
		}
		if float64(len(list)) != c.length || answer["limit"] != c.limit || answer["more"] != c.more || answer["total"] != c.total || first != c.firstNumber {
			t.Errorf("%s: %d from number %v, limit %v, more %v, total %v", c.query, len(list), first, answer["limit"], answer["more"], answer["total"])
		}
	}
}

func TestEventsOfOneKey(t *testing.T) {
	d := newAccount(t)
	d.event("trigger", "k", `{"num_firing":1}`)
	d.event("trigger", "k", `{"num_firing":2}`)
	all := d.event("trigger", "other", `{}`)
	if len(all) != 2 || all[0].Status != "triggered" {
		t.Fatalf("two keys made %+v", all)
	}
	id := all[0].ID
	alerts := d.do("GET", "/incidents/"+id+"/alerts", "")["alerts"].([]any)
	details := alerts[0].(map[string]any)["body"].(map[string]any)["cef_details"].(map[string]any)["details"]
	if len(alerts) != 1 || details.(map[string]any)["num_firing"] != 1.0 {
		t.Errorf("the first event's details should stay: %v", details)
	}
	if i := d.event("acknowledge", "k", `{}`)[0]; i.Status != "acknowledged" {
		t.Errorf("acknowledged by an event: %+v", i)
	}
	if i := d.event("resolve", "k", `{}`)[0]; i.Status != "resolved" {
		t.Errorf("resolved by an event: %+v", i)
	}
	if all = d.event("resolve", "nobody's", `{}`); len(all) != 2 {
		t.Errorf("a key that nobody knows made %+v", all)
	}
	if all = d.event("trigger", "k", `{"num_firing":3}`); len(all) != 3 || all[2].ID == id {
		t.Errorf("after its end a key begins a new incident: %+v", all)
	}
	found := d.do("GET", "/incidents?incident_key=k", "")["incidents"].([]any)
	if len(found) != 2 {
		t.Errorf("%d incidents of the key", len(found))
	}
}

func TestPolicyInTime(t *testing.T) {
	d := newAccount(t)
	d.event("trigger", "k", "{}")
	// Two levels of 5 and 10 minutes, and one repetition.
	for _, c := range []struct {
		after time.Duration
		level int
		who   string
	}{
		{4 * time.Minute, 1, "PUANN01"},
		{time.Minute, 2, "PUBOB01"},
		{9 * time.Minute, 2, "PUBOB01"},
		{time.Minute, 1, "PUANN01"},
		{5 * time.Minute, 2, "PUBOB01"},
		{time.Hour, 2, "PUBOB01"},
	} {
		if i := d.wait(c.after); i.Level != c.level || !slices.Equal(i.Assignees, []string{c.who}) || i.Status != "triggered" {
			t.Errorf("at %s: %+v, want level %d", d.at.Format("15:04"), i, c.level)
		}
	}
	if pending := d.do("GET", "/incidents/"+d.Incidents()[0].ID, "")["incident"].(map[string]any)["pending_actions"].([]any); len(pending) != 0 {
		t.Errorf("nobody is left, and yet %v is to come", pending)
	}
}

func TestPendingActions(t *testing.T) {
	d := newAccount(t)
	id := d.event("trigger", "k", "{}")[0].ID
	pending := func() string {
		t.Helper()
		var all []string
		for _, p := range d.do("GET", "/incidents/"+id, "")["incident"].(map[string]any)["pending_actions"].([]any) {
			action := p.(map[string]any)
			all = append(all, action["type"].(string)+" "+action["at"].(string)[11:16])
		}
		return strings.Join(all, ", ")
	}
	put := func(fields string) {
		t.Helper()
		d.do("PUT", "/incidents", fmt.Sprintf(`{"incidents":[{"id":%q,"type":"incident_reference",%s}]}`, id, fields))
	}
	for _, c := range []struct {
		name string
		do   func()
		want string
	}{
		{"paged", func() {}, "escalate 02:35"},
		{"acknowledged", func() { put(`"status":"acknowledged"`) }, "unacknowledge 03:00"},
		{"snoozed", func() { d.do("POST", "/incidents/"+id+"/snooze", `{"duration":7200}`) }, "unacknowledge 04:30"},
		{"the snooze ended", func() { d.wait(2 * time.Hour) }, "escalate 04:35"},
		{"given to Bob", func() { put(`"assignments":[{"assignee":{"id":"PUBOB01","type":"user_reference"}}]`) }, ""},
		{"at the next level", func() { put(`"escalation_level":2`) }, "escalate 04:40"},
		{"resolved", func() { put(`"status":"resolved"`) }, ""},
	} {
		if c.do(); pending() != c.want {
			t.Errorf("%s: %q, want %q", c.name, pending(), c.want)
		}
	}
}

func TestChangesThatAreRefused(t *testing.T) {
	d := newAccount(t)
	open, acked, done := d.event("trigger", "a", "{}")[0].ID, d.event("trigger", "b", "{}")[1].ID, d.event("trigger", "c", "{}")[2].ID
	d.event("acknowledge", "b", "{}")
	d.event("resolve", "c", "{}")
	for _, c := range []struct {
		name, id, fields string
		code             int
	}{
		{"resolved already", done, `"type":"incident","status":"resolved"`, 1001},
		{"acknowledged already", acked, `"type":"incident","status":"acknowledged"`, 1002},
		{"no such level", open, `"type":"incident","escalation_level":3`, 1006},
		{"a policy for an assignee", open, `"type":"incident","assignments":[{"assignee":{"id":"PETWO01","type":"escalation_policy_reference"}}]`, 1007},
		{"nobody on call", open, `"type":"incident","escalation_policy":{"id":"PENOBOD","type":"escalation_policy_reference"}`, 1015},
		{"no such policy", open, `"type":"incident","escalation_policy":{"id":"PENONE1","type":"escalation_policy_reference"}`, 2001},
		{"no type", open, `"status":"acknowledged"`, 2001},
		{"no such status", open, `"type":"incident","status":"asleep"`, 2001},
		{"a service for several", open, `"type":"incident","service":{"id":"PVCHECK","type":"service_reference"}`, 2001},
		{"no such incident", "QNONE", `"type":"incident","status":"acknowledged"`, 2001},
	} {
		before := fmt.Sprint(d.Incidents())
		status, code, answer := d.call("Token token=anns", "", "PUT", "/incidents", fmt.Sprintf(`{"incidents":[{"id":%q,%s}]}`, c.id, c.fields))
		if status != 400 || code != c.code {
			t.Errorf("%s: %d with code %d: %v", c.name, status, code, answer)
		}
		if fmt.Sprint(d.Incidents()) != before {
			t.Errorf("%s: refused, and yet something changed", c.name)
		}
	}
	tooMany := strings.TrimSuffix(strings.Repeat(fmt.Sprintf(`{"id":%q,"type":"incident"},`, open), 251), ",")
	if status, _, _ := d.call("Token token=anns", "", "PUT", "/incidents", `{"incidents":[`+tooMany+`]}`); status != 413 {
		t.Errorf("251 at once: %d", status)
	}
}

// If the account reopens an acknowledged resolved incident, as the schema says,
// it is assigned to the person who acknowledged it.
func TestAcknowledgingAResolvedIncidentReopensIt(t *testing.T) {
	d := newAccount(t)
	id := d.event("trigger", "c", "{}")[0].ID
	d.event("resolve", "c", "{}")
	acknowledge := fmt.Sprintf(`{"incidents":[{"id":%q,"type":"incident","status":"acknowledged"}]}`, id)
	if status, code, _ := d.call("Token token=anns", "", "PUT", "/incidents", acknowledge); status != 400 || code != 1001 {
		t.Errorf("%d with code %d", status, code)
	}
	d.SetAccount(Account{Reopens: true})
	status, _, answer := d.call("Token token=anns", "", "PUT", "/incidents", acknowledge)
	if status != 200 || d.Incidents()[0].Status != "acknowledged" || len(d.Incidents()[0].Assignees) != 1 {
		t.Errorf("%d: %+v, %v", status, d.Incidents()[0], answer)
	}
	if status, code, _ := d.call("Token token=anns", "", "PUT", "/incidents", fmt.Sprintf(`{"incidents":[{"id":%q,"type":"incident","status":"resolved"}]}`, id)); status != 200 {
		t.Errorf("resolving it: %d with code %d", status, code)
	}
}

func TestFaults(t *testing.T) {
	closed := make(chan struct{})
	close(closed)
	for _, c := range []struct {
		name  string
		fault faults.Fault
		// sees is the client's result. noted is whether the note was created.
		sees  string
		noted bool
	}{
		{"a status and a body", faults.Fault{Status: 502, Body: "<html>bad gateway</html>", Header: http.Header{"Content-Type": {"text/html"}}}, "502 text/html <html>bad gateway</html>", false},
		{"cut before", faults.Fault{CutBefore: true}, "EOF", false},
		{"cut after", faults.Fault{CutAfter: true}, "EOF", true},
		{"truncated", faults.Fault{Truncate: true}, "unexpected EOF", true},
		{"held and let go", faults.Fault{Hold: closed}, "200", true},
		{"another path", faults.Fault{Path: "/users", CutBefore: true}, "200", true},
		{"another method", faults.Fault{Method: "GET", CutBefore: true}, "200", true},
		{"skipped", faults.Fault{Skip: 1, CutBefore: true}, "200", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newAccount(t)
			id := d.event("trigger", "k", "{}")[0].ID
			server := httptest.NewServer(d)
			defer server.Close()
			requests := faults.Into(d)
			requests.Fail(c.fault)
			post := func() string {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/incidents/"+id+"/notes", strings.NewReader(`{"note":{"content":"rolled back"}}`))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Authorization", "Token token=anns")
				response, err := server.Client().Do(r)
				if err != nil {
					var failed *url.Error
					if errors.As(err, &failed) {
						return failed.Err.Error()
					}
					return err.Error()
				}
				defer func() { _ = response.Body.Close() }()
				text, err := io.ReadAll(response.Body)
				switch {
				case err != nil:
					return err.Error()
				case response.StatusCode != http.StatusOK:
					return fmt.Sprintf("%d %s %s", response.StatusCode, response.Header.Get("Content-Type"), text)
				}
				return fmt.Sprint(response.StatusCode)
			}
			if sees := post(); sees != c.sees {
				t.Errorf("the client sees %q, want %q", sees, c.sees)
			}
			if noted := len(d.Incidents()[0].Notes) == 1; noted != c.noted {
				t.Errorf("noted is %v", noted)
			}
			if r := requests.Requests(); len(r) != 1 || r[0].Method != "POST" || !strings.Contains(string(r[0].Body), "rolled back") {
				t.Errorf("the record is %+v", r)
			}
			requests.Mend()
			if sees := post(); sees != "200" {
				t.Errorf("mended, and the client sees %q", sees)
			}
		})
	}
}

func TestAFaultEndsAfterItsTimes(t *testing.T) {
	d := newAccount(t)
	faults.Into(d).Fail(faults.Fault{Status: 500, Body: "{}", Times: 2})
	var got []int
	for range 4 {
		status, _, _ := d.call("Token token=anns", "", "GET", "/abilities", "")
		got = append(got, status)
	}
	if !slices.Equal(got, []int{500, 500, 200, 200}) {
		t.Errorf("got %v", got)
	}
}

func TestLimitOfRequests(t *testing.T) {
	d := newAccount(t)
	d.limit = 2
	var got []int
	for range 3 {
		status, code, _ := d.call("Token token=anns", "", "GET", "/abilities", "")
		got = append(got, status, code)
	}
	d.at = d.at.Add(time.Minute)
	status, _, _ := d.call("Token token=anns", "", "GET", "/abilities", "")
	if got = append(got, status); !slices.Equal(got, []int{200, 0, 200, 0, 429, 2020, 200}) {
		t.Errorf("got %v", got)
	}
}
