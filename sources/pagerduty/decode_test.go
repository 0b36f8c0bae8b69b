package pagerduty

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"firstline/sources"
)

func TestDecodeBody(t *testing.T) {
	link := sources.Link{Text: "graph", Href: "https://example.com/g"}
	for name, tc := range map[string]struct {
		body    string
		details any
		links   []sources.Link
	}{
		"object":              {`{"details":{"a":1}}`, map[string]any{"a": 1.0}, nil},
		"string":              {`{"details":"plain words"}`, "plain words", nil},
		"null":                {`{"details":null,"cef_details":null}`, nil, nil},
		"list":                {`{"details":["a"]}`, []any{"a"}, nil},
		"only in cef":         {`{"cef_details":{"details":{"a":"b"}}}`, map[string]any{"a": "b"}, nil},
		"empty, so from cef":  {`{"details":{},"cef_details":{"details":"x"}}`, "x", nil},
		"both":                {`{"details":{"a":1},"cef_details":{"details":{"b":2}}}`, map[string]any{"a": 1.0}, nil},
		"cef is a string":     {`{"details":"d","cef_details":"?"}`, "d", nil},
		"contexts":            {`{"cef_details":{"contexts":[{"type":"link","href":"https://example.com/g","text":"graph"}]}}`, nil, []sources.Link{link}},
		"contexts twice":      {`{"contexts":[{"href":"https://example.com/g","text":"graph"}],"cef_details":{"contexts":[{"href":"https://example.com/g","text":"graph"}]}}`, nil, []sources.Link{link}},
		"image":               {`{"contexts":[{"type":"image","src":"https://example.com/i.png","href":"https://example.com/","alt":"load"}]}`, nil, []sources.Link{{Text: "load", Href: "https://example.com/", Image: "https://example.com/i.png"}}},
		"bare link":           {`{"contexts":[{"type":"link"}]}`, nil, nil},
		"contexts are odd":    {`{"contexts":{"a":1},"cef_details":{"contexts":[1,{"href":"https://example.com/g","text":"graph"}]}}`, nil, []sources.Link{link}},
		"client":              {`{"cef_details":{"client":"Alertmanager","client_url":"https://example.com/am"}}`, nil, []sources.Link{{Text: "Alertmanager", Href: "https://example.com/am"}}},
		"the body is a word":  {`"words"`, "words", nil},
		"the body is null":    {`null`, nil, nil},
		"no body":             {``, nil, nil},
		"structured firing":   {`{"details":{"firing":[{"labels":{"alertname":"X"}}]}}`, map[string]any{"firing": []any{map[string]any{"labels": map[string]any{"alertname": "X"}}}}, nil},
		"an error in details": {`{"details":{"error":"too big"}}`, map[string]any{"error": "too big"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			details, links := decodeBody([]byte(tc.body))
			if !reflect.DeepEqual(details, tc.details) || !reflect.DeepEqual(links, tc.links) {
				t.Errorf("got %v %v", details, links)
			}
		})
	}
}

func TestIncidentWithOddTypesIsReadAllTheSame(t *testing.T) {
	var a incidentAnswer
	err := json.Unmarshal([]byte(`{
		"id":"P1","status":"triggered","title":{"text":"odd"},"incident_number":"12","incident_key":null,
		"service":{"id":"PS","summary":"checkout","html_url":"https://example.com/s"},"escalation_policy":"PEP","teams":[null,{"id":"PT"},7],
		"priority":null,"created_at":"2026-03-04T05:06:07Z","updated_at":12,"last_status_change_by":null,
		"assignments":[{"at":"2026-03-04T05:06:08+01:00","assignee":{"id":"PANN","type":"user_reference","summary":"Ann"}},"?"],
		"acknowledgements":{"not":"a list"},"pending_actions":[{"type":"escalate","at":"2026-03-04T06:00:00Z"}],
		"alert_counts":{"all":"3","triggered":2,"resolved":1},"conference_bridge":[],"resolve_reason":"x"}`), &a)
	if err != nil {
		t.Fatal(err)
	}
	i := a.incident("pd")
	if i.Title != `{"text":"odd"}` || i.Number != 12 || i.Policy.ID != "PEP" || len(i.Teams) != 1 || i.Priority != nil ||
		i.AlertCount != 3 || i.TriggeredAlerts != 2 || len(i.Assignments) != 1 || i.Assignments[0].User.Name != "Ann" ||
		!i.Assignments[0].At.Equal(time.Date(2026, 3, 4, 4, 6, 8, 0, time.UTC)) || len(i.Pending) != 1 || i.Acknowledgers != nil {
		t.Errorf("got %+v", i)
	}
	if !a.whole() || a.version() != (version{counts: countsAnswer{present: true, All: 3, Triggered: 2, Resolved: 1}}) {
		t.Errorf("whole %v, version %+v", a.whole(), a.version())
	}
}

func TestWhoWasAskedAndWhereItWent(t *testing.T) {
	ann := sources.Reference{ID: "PANN", Name: "Ann", Type: "user_reference"}
	policy := sources.Reference{ID: "PEP", Name: "Ops", Type: "escalation_policy_reference"}
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for name, tc := range map[string]struct {
		json       string
		asked      []sources.ResponderRequest
		responders []sources.Responder
		into       string
	}{
		"the plan has no requests": {`{}`, nil, nil, ""},
		"nobody was asked":         {`{"responder_requests":[],"incidents_responders":[],"resolve_reason":null}`, []sources.ResponderRequest{}, nil, ""},
		"targets as in the examples": {
			`{"responder_requests":[{"requested_at":"2026-03-04T05:06:07Z","requester":{"id":"PBO"},"responder_request_targets":[{"responder_request_target":{"id":"PEP","type":"escalation_policy_reference","summary":"Ops"}}]}]}`,
			[]sources.ResponderRequest{{At: at, By: sources.Reference{ID: "PBO"}, Targets: []sources.Reference{policy}}},
			nil, "",
		},
		"targets as in the schema": {
			`{"responder_requests":[{"responder_request_targets":[{"id":"PANN","type":"user_reference","summary":"Ann"}]}],"incidents_responders":[{"state":"pending","requested_at":"2026-03-04T05:06:07Z","user":{"id":"PANN","type":"user_reference","summary":"Ann"}}]}`,
			[]sources.ResponderRequest{{Targets: []sources.Reference{ann}}},
			[]sources.Responder{{User: ann, State: "pending", At: at}},
			"",
		},
		"merged":       {`{"resolve_reason":{"type":"merge_resolve_reason","incident":{"id":"P2","type":"incident_reference"}}}`, nil, nil, "P2"},
		"odd all over": {`{"responder_requests":{"a":1},"incidents_responders":"x","resolve_reason":["y"]}`, nil, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var a incidentAnswer
			if err := json.Unmarshal([]byte(tc.json), &a); err != nil {
				t.Fatal(err)
			}
			i := a.incident("pd")
			if !reflect.DeepEqual(i.Asked, tc.asked) || !reflect.DeepEqual(i.Responders, tc.responders) || i.MergedInto != tc.into {
				t.Errorf("asked %#v, responders %+v, into %q", i.Asked, i.Responders, i.MergedInto)
			}
		})
	}
}

func TestLogEntries(t *testing.T) {
	for name, tc := range map[string]struct {
		json string
		want sources.LogEntry
	}{
		"note in its channel": {
			`{"id":"R1","type":"annotate_log_entry","channel":{"type":"note","summary":"tried it"},"agent":{"id":"PANN","summary":"Ann"}}`,
			sources.LogEntry{ID: "R1", Type: "annotate", Note: "tried it", Agent: sources.Reference{ID: "PANN", Name: "Ann"}},
		},
		"note of its own": {
			`{"id":"R1","type":"annotate_log_entry","note":"tried it","channel":{"type":"note","summary":"Note added"}}`,
			sources.LogEntry{ID: "R1", Type: "annotate", Note: "tried it"},
		},
		"escalate": {
			`{"id":"R1","type":"escalate_log_entry","assignees":[{"id":"PANN","type":"user_reference","summary":"Ann"}],"escalation_level":2}`,
			sources.LogEntry{ID: "R1", Type: "escalate", Level: 2, Assignees: []sources.Reference{{ID: "PANN", Name: "Ann", Type: "user_reference"}}},
		},
		"notify": {
			`{"id":"R1","type":"notify_log_entry","user":{"id":"PANN","summary":"Ann"},"channel":"auto"}`,
			sources.LogEntry{ID: "R1", Type: "notify", Assignees: []sources.Reference{{ID: "PANN", Name: "Ann"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var a logAnswer
			if err := json.Unmarshal([]byte(tc.json), &a); err != nil {
				t.Fatal(err)
			}
			if got := a.entry(); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got  %+v\nwant %+v", got, tc.want)
			}
		})
	}
}

func FuzzDecodeBody(f *testing.F) {
	for _, s := range []string{
		`{"details":{"a":1}}`, `{"details":"x","cef_details":null}`, `"x"`, `null`, `[1]`, ``, `{"contexts":[{"href":1}]}`,
		`{"cef_details":{"contexts":[{"type":"image","src":"s"}],"details":["a"]}}`, `{"details":{"firing":"Labels:\n - a = b\n"}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		details, links := decodeBody(b)
		if _, err := json.Marshal(details); err != nil {
			t.Errorf("details are not what encoding/json makes: %v", err)
		}
		for _, l := range links {
			if l.Href == "" && l.Image == "" {
				t.Error("a link to nowhere")
			}
		}
	})
}

func FuzzIncident(f *testing.F) {
	f.Add([]byte(`{"id":"P1","status":"triggered","service":{"id":"PS"},"teams":[null],"alert_counts":{"all":1}}`))
	f.Add([]byte(`{"id":1,"priority":"P","created_at":"2026","assignments":{},"incident_number":1e99}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var a incidentAnswer
		if !isObject(b) || !json.Valid(b) {
			return
		}
		if err := json.Unmarshal(b, &a); err != nil {
			t.Fatalf("an object was refused: %v", err)
		}
		_ = a.incident("pd")
		_ = a.version()
	})
}

func FuzzRefusal(f *testing.F) {
	for _, s := range []string{
		`{"error":{"code":1001,"message":"x","errors":["y"]}}`, `{"error":"x"}`, `{"error":["x"]}`, `{"error":{"errors":{"a":"b"}}}`,
		`{"message":"x"}`, `<html>`, ``, `{"error":{"code":"2020"}}`,
	} {
		f.Add([]byte(s), 400)
	}
	f.Fuzz(func(t *testing.T, b []byte, status int) {
		reason, sentence := parseRefusal(b).classify(status, false)
		// The transport adds what to do about the token.
		byToken := status == http.StatusUnauthorized || status == http.StatusForbidden && reason == sources.Forbidden
		if reason == "" || strings.TrimSpace(sentence) == "" && !byToken || len([]rune(sentence)) > 400 {
			t.Errorf("%q: %q", reason, sentence)
		}
		if strings.ContainsFunc(sentence, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("the sentence steers the terminal: %q", sentence)
		}
	})
}

func BenchmarkDecodeIncidents(b *testing.B) {
	f := newFake(newClock(), 2000)
	var pages [][]byte
	for start := 0; start < 2000; start += 100 {
		var items []any
		for _, i := range f.incidents[start : start+100] {
			j := i.json()
			j["assignments"] = []any{map[string]any{"at": "2026-03-04T05:06:07Z", "assignee": map[string]any{"id": "PANN", "type": "user_reference", "summary": "Ann", "html_url": "https://example.com/users/PANN"}}}
			j["pending_actions"] = []any{map[string]any{"type": "escalate", "at": "2026-03-04T05:06:07Z"}}
			j["body"] = map[string]any{"type": "incident_body", "details": strings.Repeat("x", 500)}
			items = append(items, j)
		}
		page, err := json.Marshal(map[string]any{"incidents": items, "more": true})
		if err != nil {
			b.Fatal(err)
		}
		pages = append(pages, page)
	}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, p := range pages {
			var answer map[string]json.RawMessage
			var items list[incidentAnswer]
			if json.Unmarshal(p, &answer) != nil || json.Unmarshal(answer["incidents"], &items) != nil {
				b.Fatal("not decoded")
			}
			for i := range items {
				if incident := items[i].incident("pd"); incident.ID != "" {
					n++
				}
			}
		}
		if n != 2000 {
			b.Fatalf("%d incidents", n)
		}
	}
}

func TestAssignmentStrategyInAnyForm(t *testing.T) {
	for body, want := range map[string]string{
		`{"type": "round_robin"}`: "round_robin", `"round_robin"`: "round_robin", `[{"type": "round_robin"}]`: "round_robin",
		`{"type": "assign_to_everyone_reference"}`: "assign_to_everyone", `{"type": "by_weight"}`: "by_weight",
		`null`: "", `7`: "", `[]`: "", `{}`: "", `[null]`: "", `{"type": null}`: "",
	} {
		var a ruleAnswer
		if err := json.Unmarshal([]byte(`{"escalation_delay_in_minutes": 30, "escalation_rule_assignment_strategy": `+body+`}`), &a); err != nil {
			t.Errorf("%s: %v", body, err)
		}
		if string(a.Strategy) != want || a.Delay != 30 {
			t.Errorf("%s = %q, want %q", body, a.Strategy, want)
		}
	}
}
