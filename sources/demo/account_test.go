package demo

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/faults"
)

// get reads as A.
func (n *night) get(target string) map[string]any {
	n.t.Helper()
	d := account{PagerDuty: n.PagerDuty, t: n.t}
	status, _, answer := d.call("Token token=of A", "", "GET", target, "")
	if status != http.StatusOK {
		n.t.Fatalf("%s: %d %v", target, status, answer)
	}
	return answer
}

// read returns the value at a path such as "incident.service.summary" or
// "users.0.role".
func read(answer any, path string) any {
	for part := range strings.SplitSeq(path, ".") {
		switch v := answer.(type) {
		case map[string]any:
			answer = v[part]
		case []any:
			var n int
			if _, err := fmt.Sscan(part, &n); err != nil || n >= len(v) {
				return nil
			}
			answer = v[n]
		default:
			return nil
		}
	}
	return answer
}

func TestStrategiesOfLevels(t *testing.T) {
	n := newNight(t, []PolicyLevel{on(5, "A"), inTurn(5, "B", "C")}, nil)
	for _, c := range []struct {
		form  StrategyForm
		query string
		want  [2]any
	}{
		{StrategyObject, "", [2]any{nil, nil}},
		{StrategyText, "include[]=targets", [2]any{nil, nil}},
		{StrategyObject, "include[]=escalation_rule_assignment_strategies", [2]any{obj{"type": "assign_to_everyone"}, obj{"type": "round_robin"}}},
		{StrategyText, "include[]=escalation_rule_assignment_strategies", [2]any{"assign_to_everyone", "round_robin"}},
		{StrategyList, "include[]=escalation_rule_assignment_strategies", [2]any{[]any{obj{"type": "assign_to_everyone"}}, []any{obj{"type": "round_robin"}}}},
	} {
		n.SetAccount(Account{Strategy: c.form})
		for _, rules := range []any{
			read(n.get("/escalation_policies/P?"+c.query), "escalation_policy.escalation_rules"),
			read(n.get("/escalation_policies?query=&"+c.query), "escalation_policies.0.escalation_rules"),
		} {
			for level, want := range c.want {
				if got := read(rules, fmt.Sprintf("%d.escalation_rule_assignment_strategy", level)); !reflect.DeepEqual(got, want) {
					t.Errorf("%s %s: level %d has %v, want %v", c.form, c.query, level+1, got, want)
				}
			}
		}
	}
}

func TestUsersWithTheirRules(t *testing.T) {
	n := newNight(t, []PolicyLevel{on(5, "A")}, func(d *Directory) {
		withRules("A", NotificationRule{"high", 0, ContactPush}, NotificationRule{"high", 7 * time.Minute, ContactPhone}, NotificationRule{"low", 0, ContactEmail}, NotificationRule{"low", 90 * time.Minute, ContactEmail})(d)
		withRules("B")(d)
		d.Users[2].Role = "read_only_limited_user"
	})
	for _, c := range []struct {
		target, path string
		want         any
	}{
		{"/users/A", "user.notification_rules.1.type", "assignment_notification_rule_reference"},
		{"/users/A", "user.notification_rules.1.urgency", nil},
		{"/users/A?include[]=notification_rules", "user.notification_rules.1.type", "assignment_notification_rule"},
		{"/users/A?include[]=notification_rules", "user.notification_rules.1.urgency", "high"},
		{"/users/A?include[]=notification_rules", "user.notification_rules.1.start_delay_in_minutes", 7.0},
		{"/users/A?include[]=notification_rules", "user.notification_rules.1.contact_method.type", "phone_contact_method_reference"},
		{"/users/A?include[]=notification_rules", "user.notification_rules.3.start_delay_in_minutes", 90.0},
		{"/users/A?include[]=notification_rules", "user.notification_rules.4", nil},
		{"/users/A", "user.contact_methods.2.type", "email_contact_method_reference"},
		{"/users/A", "user.contact_methods.3", nil},
		{"/users/A?include[]=contact_methods", "user.contact_methods.2.address", "a@example.com"},
		{"/users/B?include[]=notification_rules", "user.notification_rules", []any{}},
		{"/users/D?include[]=notification_rules", "user.notification_rules.0.urgency", "high"},
		{"/users?query=A&include[]=notification_rules", "users.0.notification_rules.0.urgency", "high"},
		{"/users/me?include[]=notification_rules", "user.notification_rules.2.urgency", "low"},
		{"/users/C", "user.role", "read_only_limited_user"},
		{"/users/D", "user.role", "user"},
		{"/users?query=c@", "users.0.id", "C"},
		{"/users?query=c@", "users.1", nil},
		{"/users?query=nobody", "users", []any{}},
	} {
		if got := read(n.get(c.target), c.path); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %s is %v, want %v", c.target, c.path, got, c.want)
		}
	}
}

func TestWhoCannotBeAssigned(t *testing.T) {
	for _, c := range []struct {
		role   string
		status int
	}{
		{"", 200},
		{"user", 200},
		{"limited_user", 200},
		{"admin", 200},
		{"owner", 200},
		{"observer", 200},
		{"restricted_access", 200},
		{"read_only_user", 400},
		{"read_only_limited_user", 400},
		{"deleted", 400},
	} {
		t.Run(c.role, func(t *testing.T) {
			n := newNight(t, []PolicyLevel{on(5, "A", "C")}, func(d *Directory) { d.Users[2].Role = c.role })
			if c.role == "deleted" {
				n.DeleteUser("C")
			}
			n.open("critical")
			if listed := len(n.get("/oncalls")["oncalls"].([]any)); listed != len(n.Incidents()[0].Assignees)+2 {
				t.Errorf("%d on call, %v assigned", listed, n.Incidents()[0].Assignees)
			}
			give := fmt.Sprintf(`{"incidents":[{"id":%q,"type":"incident","assignments":[{"assignee":{"id":"C","type":"user_reference"}}]}]}`, n.id)
			if status := n.Do("A", "PUT", "/incidents", give); status != c.status {
				t.Errorf("assigning: %d, want %d", status, c.status)
			}
			want := c.status
			if want == 200 {
				want = 201
			}
			if status := n.Do("A", "POST", "/incidents", `{"incident":{"type":"incident","title":"x","service":{"id":"S","type":"service_reference"},"assignments":[{"assignee":{"id":"C","type":"user_reference"}}]}}`); status != want {
				t.Errorf("opening for: %d, want %d", status, want)
			}
		})
	}
}

// Deleted objects leave references without a name, and an incident whose fields
// are null is still answered.
func TestDeletedAndNull(t *testing.T) {
	n := newNight(t, []PolicyLevel{on(5, "A"), on(5, "B")}, func(d *Directory) {
		for _, all := range []*string{&d.Policies[0].Name, &d.Services[0].Name} {
			*all = "named"
		}
	})
	n.open("critical")
	n.put(`"assignments":[{"assignee":{"id":"C","type":"user_reference"}}]`)
	n.Do("C", "POST", "/incidents/"+n.id+"/notes", `{"note":{"content":"x"}}`)
	path := "/incidents/" + n.id
	for _, c := range []struct{ name, target, path string }{
		{"assignee", path, "incident.assignments.0.assignee"},
		{"service", path, "incident.service"},
		{"policy", path, "incident.escalation_policy"},
		{"author of a note", path + "/notes", "notes.0.user"},
		{"agent of a log entry", path + "/log_entries", "log_entries.0.agent"},
		{"service of an alert", path + "/alerts", "alerts.0.service"},
		{"service of a log entry", "/log_entries", "log_entries.0.service"},
	} {
		if summary := read(n.get(c.target), c.path+".summary"); summary == nil {
			t.Errorf("%s: no summary before anything is deleted", c.name)
		}
	}
	n.DeleteUser("C")
	n.DeleteService("S")
	n.DeletePolicy("P")
	for _, c := range []struct{ name, target, path, id string }{
		{"assignee", path, "incident.assignments.0.assignee", "C"},
		{"service", path, "incident.service", "S"},
		{"policy", path, "incident.escalation_policy", "P"},
		{"author of a note", path + "/notes", "notes.0.user", "C"},
		{"agent of a log entry", path + "/log_entries", "log_entries.0.agent", "C"},
		{"service of an alert", path + "/alerts", "alerts.0.service", "S"},
		{"service of a log entry", "/log_entries", "log_entries.0.service", "S"},
	} {
		answer := n.get(c.target)
		if summary, id := read(answer, c.path+".summary"), read(answer, c.path+".id"); summary != nil || id != c.id {
			t.Errorf("%s: id %v, summary %v", c.name, id, summary)
		}
	}
	n.put(`"escalation_level":2`) // the incident's policy stays the same
	if i := n.Incidents()[0]; !slices.Equal(i.Assignees, []string{"B"}) {
		t.Errorf("assigned to %v", i.Assignees)
	}
	n.Override(n.id, map[string]any{"service": nil, "escalation_policy": nil, "title": nil, "summary": nil, "assignments": []obj{{"at": "2026-11-20T02:00:00Z", "assignee": nil}}})
	incident := n.get("/incidents?date_range=all")["incidents"].([]any)[0].(map[string]any)
	for _, field := range []string{"service", "escalation_policy", "title", "summary"} {
		if v, is := incident[field]; !is || v != nil {
			t.Errorf("%s is %v", field, v)
		}
	}
	if v := read(incident, "assignments.0.assignee"); v != nil {
		t.Errorf("the assignee is %v", v)
	}
	faults.Into(n).Fail(faults.Fault{Path: "/oncalls", Rewrite: func(b []byte) []byte { return []byte(strings.ReplaceAll(string(b), `"summary":"F"`, `"summary":null`)) }})
	if v := read(n.get("/oncalls"), "oncalls.0.user.summary"); v != nil {
		t.Errorf("rewritten, and yet %v", v)
	}
}

func TestServicesThatOpenNoIncidents(t *testing.T) {
	began := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
	window := func(from, to int) func(*Directory) {
		return func(d *Directory) {
			d.Maintenance = append(d.Maintenance, Maintenance{
				ID: "PW1", Description: "Kernel", ServiceIDs: []string{"S"}, ByID: "A",
				Start: began.Add(time.Duration(from) * time.Minute), End: began.Add(time.Duration(to) * time.Minute),
			})
		}
	}
	for _, c := range []struct {
		name    string
		change  func(*Directory)
		minute  int
		status  string
		opens   bool
		windows string // those that each filter returns: past, future, ongoing, open
	}{
		{"as always", nil, 0, "active", true, "0000"},
		{"disabled", func(d *Directory) { d.Services[0].Disabled = true }, 0, "disabled", false, "0000"},
		{"disabled and in a window", func(d *Directory) { d.Services[0].Disabled = true; window(0, 60)(d) }, 0, "disabled", false, "0011"},
		{"before the window", window(10, 60), 9, "active", true, "0101"},
		{"when the window begins", window(10, 60), 10, "maintenance", false, "0011"},
		{"in the window", window(10, 60), 30, "maintenance", false, "0011"},
		{"when the window ends", window(10, 60), 60, "active", true, "1000"},
		{"another service's window", func(d *Directory) { window(0, 60)(d); d.Maintenance[0].ServiceIDs = []string{"OTHER"} }, 5, "active", true, "0011"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNight(t, []PolicyLevel{on(5, "A")}, c.change)
			n.after(c.minute)
			if status := read(n.get("/services/S"), "service.status"); status != c.status {
				t.Errorf("status %v, want %s", status, c.status)
			}
			found := ""
			for _, filter := range []string{"past", "future", "ongoing", "open"} {
				found += fmt.Sprint(len(n.get("/maintenance_windows?filter=" + filter)["maintenance_windows"].([]any)))
			}
			if found != c.windows {
				t.Errorf("windows %s, want %s", found, c.windows)
			}
			n.take(fmt.Appendf(nil, `{"routing_key":%q,"event_action":"trigger","dedup_key":"k","payload":{"summary":"s","source":"x","severity":"critical"}}`, testKey))
			if opened := len(n.Incidents()) == 1; opened != c.opens {
				t.Errorf("an event opened one: %v", opened)
			}
			status := n.Do("A", "POST", "/incidents", `{"incident":{"type":"incident","title":"x","service":{"id":"S","type":"service_reference"}}}`)
			if opened := status == http.StatusCreated; opened != c.opens {
				t.Errorf("by hand: status %d", status)
			}
		})
	}
}

func TestLargeAccount(t *testing.T) {
	began := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
	n := newNight(t, nil, func(d *Directory) {
		*d = Large(Size{Users: 3000, Services: 2000, Policies: 1200, Teams: 200, Levels: 3, Schedules: 3}, began)
		d.Tokens["of A"] = "PULARGE1"
	})
	if more := n.get("/oncalls?limit=100&offset=9900")["more"]; more != true {
		t.Errorf("after the 10,000th on-call there is %v", more)
	}
	if status := n.Do("PULARGE1", "GET", "/oncalls?limit=100&offset=9901", ""); status != 400 {
		t.Errorf("past the 10,000th: %d", status)
	}
	for _, c := range []struct {
		target, list string
		want         int
	}{
		{"/oncalls?limit=100&escalation_policy_ids[]=PELARGE1200", "oncalls", 9},
		{"/oncalls?limit=100&escalation_policy_ids[]=PELARGE1&escalation_policy_ids[]=PELARGE7", "oncalls", 18},
		{"/oncalls?limit=100&escalation_policy_ids[]=PNONE", "oncalls", 0},
		{"/oncalls?limit=100&schedule_ids[]=PSLARGE10800", "oncalls", 1},
		{"/oncalls?limit=100&schedule_ids[]=PSLARGE1&until=2026-12-01T00:00:00Z", "oncalls", 2},
		{"/oncalls?limit=100&schedule_ids[]=null", "oncalls", 0},
		{"/oncalls?limit=100&user_ids[]=PULARGE1&escalation_policy_ids[]=PELARGE1", "oncalls", 0},
		{"/oncalls?limit=100&user_ids[]=PULARGE2&escalation_policy_ids[]=PELARGE1", "oncalls", 1},
		{"/users?limit=100&query=User 2999", "users", 1},
		{"/users?limit=100&query=user1@", "users", 0},
		{"/services?limit=100&offset=1950", "services", 50},
		{"/escalation_policies?limit=100&offset=1150", "escalation_policies", 50},
		{"/teams?limit=100&offset=150", "teams", 50},
	} {
		if all := n.get(strings.ReplaceAll(c.target, " ", "%20"))[c.list].([]any); len(all) != c.want {
			t.Errorf("%s: %d, want %d", c.target, len(all), c.want)
		}
	}
}

func TestMailsAndBridges(t *testing.T) {
	n := newNight(t, []PolicyLevel{on(5, "A")}, nil)
	const html = "<html><body><p>Disk <b>full</b></p></body></html>"
	n.id = n.OpenByMail("S", Mail{From: "cron@example.com", To: "s@example.pagerduty.com", Subject: "Disk", Body: html, ContentType: "text/html"})
	n.SetBridge(n.id, Bridge{Number: "+1 415-555-0100,,,,1234#", URL: "https://meet.example.com/a"})
	path := "/incidents/" + n.id
	for _, c := range []struct {
		target, path string
		want         any
	}{
		{path, "incident.conference_bridge", nil},
		{path + "?include[]=conference_bridge", "incident.conference_bridge.conference_number", "+1 415-555-0100,,,,1234#"},
		{"/incidents?include[]=conference_bridge", "incidents.0.conference_bridge.conference_url", "https://meet.example.com/a"},
		{path + "/alerts", "alerts.0.body.cef_details", nil},
		{path + "/alerts", "alerts.0.body.details.body", html},
		{path + "?include[]=first_trigger_log_entries", "incident.first_trigger_log_entry.channel.type", "email"},
		{path + "?include[]=first_trigger_log_entries", "incident.first_trigger_log_entry.channel.body", html},
		{path + "?include[]=first_trigger_log_entries", "incident.first_trigger_log_entry.channel.body_content_type", "text/html"},
	} {
		if got := read(n.get(c.target), c.path); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %s is %v, want %v", c.target, c.path, got, c.want)
		}
	}
	n.put(`"conference_bridge":{"conference_url":"https://meet.example.com/b"}`)
	if got := read(n.get(path+"?include[]=conference_bridge"), "incident.conference_bridge"); !reflect.DeepEqual(got, obj{"conference_url": "https://meet.example.com/b"}) {
		t.Errorf("changed to %v", got)
	}
}

func TestManyAlertsInAnIncident(t *testing.T) {
	n := newNight(t, []PolicyLevel{on(5, "A")}, nil)
	var events []Event
	for k := range 300 {
		events = append(events, Event{DedupKey: fmt.Sprint("k", k)})
	}
	n.id = n.OpenIncident("S", events[0], events[1:]...)
	n.take(fmt.Appendf(nil, `{"routing_key":%q,"event_action":"resolve","dedup_key":"k7"}`, testKey))
	if counts := read(n.get("/incidents/"+n.id), "incident.alert_counts"); !reflect.DeepEqual(counts, obj{"all": 300.0, "triggered": 299.0, "resolved": 1.0}) {
		t.Errorf("counts %v", counts)
	}
	last := n.get("/incidents/" + n.id + "/alerts?limit=100&offset=200")
	if all := last["alerts"].([]any); len(all) != 100 || last["more"] != false {
		t.Errorf("%d alerts on the last page, more is %v", len(all), last["more"])
	}
}

// The states of a request to join, in its answers.
func TestRequestsToJoin(t *testing.T) {
	ask := func(n *night) {
		n.Do("A", "POST", "/incidents/"+n.id+"/responder_requests", `{"requester_id":"A","message":"the cache is cold","responder_request_targets":[{"responder_request_target":{"id":"C","type":"user_reference"}},{"responder_request_target":{"id":"OTHER","type":"escalation_policy_reference"}}]}`)
	}
	cancel := func(target string) func(*night) {
		return func(n *night) {
			n.Do("A", "PUT", "/incidents/"+n.id+"/responder_requests/cancel", `{"requester_id":"A","responder_request_targets":[`+target+`]}`)
		}
	}
	for _, c := range []struct {
		name string
		do   []func(*night)
		want string // user and state of each
	}{
		{"nobody asked", nil, ""},
		{"asked", []func(*night){ask}, "C pending, F pending"},
		{"joined", []func(*night){ask, func(n *night) { n.AnswerRequest(n.id, "C", "joined") }}, "C joined, F pending"},
		{"declined", []func(*night){ask, func(n *night) { n.AnswerRequest(n.id, "F", "declined") }}, "C pending, F declined"},
		{"joined and then declined", []func(*night){ask, func(n *night) { n.AnswerRequest(n.id, "C", "joined"); n.AnswerRequest(n.id, "C", "declined") }}, "C joined, F pending"},
		{"cancelled", []func(*night){ask, cancel(`{"id":"C","type":"user_reference"}`)}, "C user_cancelled, F pending"},
		{"cancelled by policy", []func(*night){ask, cancel(`{"id":"OTHER","type":"escalation_policy_reference"}`)}, "C pending, F user_cancelled"},
		{"joined and then cancelled", []func(*night){ask, func(n *night) { n.AnswerRequest(n.id, "C", "joined") }, cancel(`{"id":"C","type":"user_reference"}`)}, "C joined, F pending"},
		{"asked twice", []func(*night){ask, ask}, "C pending, F pending, C pending, F pending"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNight(t, []PolicyLevel{on(5, "A")}, nil)
			n.open("critical")
			for _, do := range c.do {
				do(n)
			}
			incident := n.get("/incidents/" + n.id)["incident"].(map[string]any)
			var all []string
			for _, r := range incident["incidents_responders"].([]any) {
				all = append(all, fmt.Sprintf("%s %s", read(r, "user.id"), read(r, "state")))
				if read(r, "message") != "the cache is cold" || read(r, "requester.id") != "A" {
					t.Errorf("asked by %v: %v", read(r, "requester.id"), read(r, "message"))
				}
			}
			if got := strings.Join(all, ", "); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
