package pagerduty

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"firstline/sources"
)

// TestNullAndDeletedStayVisible covers null and deleted objects in an incident:
// the incident is shown, and each part has a name for people.
func TestNullAndDeletedStayVisible(t *testing.T) {
	service := func(i sources.Incident) string { return i.Service.Label("service") }
	policy := func(i sources.Incident) string { return i.Policy.Label("escalation policy") }
	assignee := func(i sources.Incident) string {
		if len(i.Assignments) != 1 {
			return fmt.Sprintf("%d assignments", len(i.Assignments))
		}
		return i.Assignments[0].User.Label("user")
	}
	acknowledger := func(i sources.Incident) string { return i.Acknowledgers[0].User.Label("user") }
	responder := func(i sources.Incident) string { return i.Responders[0].User.Label("user") }
	for name, tc := range map[string]struct {
		part string
		of   func(sources.Incident) string
		want string
	}{
		"service null":            {`"service":null`, service, "no service"},
		"service missing":         {`"x":1`, service, "no service"},
		"service empty":           {`"service":{}`, service, "no service"},
		"service without summary": {`"service":{"id":"PS","type":"service_reference","summary":null}`, service, "a deleted service"},
		"service with a name":     {`"service":{"id":"PS","type":"service","summary":null,"name":"checkout"}`, service, "checkout"},
		"service only an id":      {`"service":{"id":"PS","type":"service_reference"}`, service, "an unnamed service"},
		"service of another type": {`"service":["PS"]`, service, "no service"},
		"policy null":             {`"escalation_policy":null`, policy, "no escalation policy"},
		"policy deleted":          {`"escalation_policy":{"id":"PE","type":"escalation_policy_reference","summary":null}`, policy, "a deleted escalation policy"},
		"assignee null":           {`"assignments":[{"at":"2026-03-04T05:06:07Z","assignee":null}]`, assignee, "an unnamed user"},
		"assignee without id":     {`"assignments":[{"assignee":{"id":null,"type":"user_reference","summary":"Ann"}}]`, assignee, "Ann"},
		"assignee deleted":        {`"assignments":[{"assignee":{"id":"PU","type":"user_reference","summary":"Ann","deleted_at":"2026-03-04T05:06:07Z"}}]`, assignee, "Ann (deleted)"},
		"assignee without name":   {`"assignments":[{"assignee":{"id":"PU","type":"user_reference","summary":null}}]`, assignee, "a deleted user"},
		"assignment null":         {`"assignments":[null,{"assignee":{"id":"PU","summary":"Ann"}}]`, assignee, "Ann"},
		"acknowledger null":       {`"acknowledgements":[{"acknowledger":null}]`, acknowledger, "an unnamed user"},
		"responder null":          {`"incidents_responders":[{"state":"pending","user":null}]`, responder, "an unnamed user"},
		"title null, a summary":   {`"incident_number":5,"title":null,"summary":"[#5] x"`, func(i sources.Incident) string { return i.Title }, "x"},
		"title with a number":     {`"incident_number":5,"title":"[#5] x"`, func(i sources.Incident) string { return i.Title }, "[#5] x"},
		"another number":          {`"incident_number":5,"title":null,"summary":"[#6] x"`, func(i sources.Incident) string { return i.Title }, "[#6] x"},
		"no number":               {`"title":null,"summary":"x"`, func(i sources.Incident) string { return i.Title }, "x"},
		"title null":              {`"title":null,"summary":null`, func(i sources.Incident) string { return i.Title }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var a incidentAnswer
			if err := json.Unmarshal([]byte(`{"id":"P1","type":"incident","status":"triggered",`+tc.part+`}`), &a); err != nil {
				t.Fatal(err)
			}
			if !a.whole() {
				t.Fatal("it is taken for a reference and not shown")
			}
			if got := tc.of(a.incident("pd")); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
	for _, reference := range []string{
		`{"id":"P1","type":"incident_reference","summary":"[#1] x"}`, `{"id":"P1"}`, `{"id":"P1","type":"incident_reference","status":"triggered"}`,
		`{"type":"incident","status":"triggered"}`, `{"id":"P1","status":"unheard of"}`,
	} {
		var a incidentAnswer
		if err := json.Unmarshal([]byte(reference), &a); err != nil || a.whole() {
			t.Errorf("%s is taken for an incident, %v", reference, err)
		}
	}
}

func TestOnCallEntriesWithNull(t *testing.T) {
	for name, tc := range map[string]struct{ json, user, policy string }{
		"whole":            {`{"user":{"id":"PU","summary":"Ann"},"escalation_policy":{"id":"PE","summary":"Ops"}}`, "Ann", "Ops"},
		"user null":        {`{"user":null,"escalation_policy":{"id":"PE","summary":"Ops"}}`, "an unnamed user", "Ops"},
		"user deleted":     {`{"user":{"id":"PU","summary":null},"escalation_policy":{"id":"PE","summary":"Ops"}}`, "a deleted user", "Ops"},
		"policy null":      {`{"user":{"id":"PU","summary":"Ann"},"escalation_policy":null}`, "Ann", "no escalation policy"},
		"policy deleted":   {`{"user":{"id":"PU","summary":"Ann"},"escalation_policy":{"id":"PE","type":"escalation_policy_reference","summary":null}}`, "Ann", "a deleted escalation policy"},
		"schedule null":    {`{"user":{"id":"PU","summary":"Ann"},"schedule":null,"escalation_policy":{"id":"PE","summary":"Ops"}}`, "Ann", "Ops"},
		"all null":         {`{"user":null,"schedule":null,"escalation_policy":null,"escalation_level":null,"start":null,"end":null}`, "an unnamed user", "no escalation policy"},
		"another type":     {`{"user":7,"schedule":[],"escalation_policy":"PE","escalation_level":"2"}`, "an unnamed user", "an unnamed escalation policy"},
		"nothing in it":    {`{}`, "an unnamed user", "no escalation policy"},
		"user just its id": {`{"user":"PU"}`, "an unnamed user", "no escalation policy"},
	} {
		t.Run(name, func(t *testing.T) {
			var a onCallAnswer
			if err := json.Unmarshal([]byte(tc.json), &a); err != nil {
				t.Fatal(err)
			}
			o := a.onCall()
			if u, p := o.User.Label("user"), o.Policy.Label("escalation policy"); u != tc.user || p != tc.policy {
				t.Errorf("%q at %q, want %q at %q", u, p, tc.user, tc.policy)
			}
		})
	}
}

// TestWhatIsOddIsLost: an entry with a null or odd field that matters does not
// always apply, and such a policy does not lack levels. Each is counted, so that
// the list is not whole.
func TestWhatIsOddIsLost(t *testing.T) {
	onCall := func(part string) string {
		return `{"user":{"id":"PU"},"escalation_policy":{"id":"PPOLICY"},"escalation_level":1,` + part + `}`
	}
	policy := func(part string) string { return `{"id":"PPOLICY","name":"Ops",` + part + `}` }
	rule := func(part string) string {
		return policy(`"escalation_rules":[{"escalation_delay_in_minutes":5,"targets":[{"id":"PU"}]},` + part + `]`)
	}
	for name, c := range map[string]struct {
		field, entry string
		whole        bool
	}{
		"on call always":         {"oncalls", onCall(`"start":null,"end":null`), true},
		"on call, no times":      {"oncalls", onCall(`"schedule":null`), true},
		"on call for a time":     {"oncalls", onCall(`"start":"2026-03-04T05:06:07Z","end":"2026-03-04T05:06:07+01:00"`), true},
		"start a number":         {"oncalls", onCall(`"start":1772600767`), false},
		"end an object":          {"oncalls", onCall(`"end":{}`), false},
		"end a list":             {"oncalls", onCall(`"end":[]`), false},
		"end a word":             {"oncalls", onCall(`"end":"tomorrow"`), false},
		"end without a zone":     {"oncalls", onCall(`"end":"2026-03-04T05:06:07"`), false},
		"start empty":            {"oncalls", onCall(`"start":""`), false},
		"start false":            {"oncalls", onCall(`"start":false`), false},
		"levels":                 {"escalation_policies", rule(`{"targets":[]}`), true},
		"no levels":              {"escalation_policies", policy(`"escalation_rules":[]`), true},
		"levels missing":         {"escalation_policies", policy(`"num_loops":0`), false},
		"levels null":            {"escalation_policies", policy(`"escalation_rules":null`), false},
		"levels an object":       {"escalation_policies", policy(`"escalation_rules":{}`), false},
		"levels a word":          {"escalation_policies", policy(`"escalation_rules":"none"`), false},
		"a level null":           {"escalation_policies", rule(`null`), false},
		"a level a word":         {"escalation_policies", rule(`"PU"`), false},
		"targets null":           {"escalation_policies", rule(`{"targets":null}`), false},
		"targets an object":      {"escalation_policies", rule(`{"targets":{"id":"PU"}}`), false},
		"a level without anyone": {"escalation_policies", rule(`{"escalation_delay_in_minutes":5}`), false},
	} {
		t.Run(name, func(t *testing.T) {
			c1, _, f := newFakeClient(t, 1, nil)
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != "/"+c.field {
					return false
				}
				w.Header().Set("Content-Type", "application/json")
				_, _ = fmt.Fprintf(w, `{%q:[%s],"more":false}`, c.field, c.entry)
				return true
			}
			d := readNow(t, c1)
			extent := d.Extents.Policies
			if c.field == "oncalls" {
				_, e, err := c1.OnCalls(t.Context(), "PPOLICY")
				if err != nil {
					t.Fatal(err)
				}
				extent = e
			}
			if extent.Whole() != c.whole || !c.whole && !strings.Contains(extent.Missing, "1 of its entries could not be understood") {
				t.Errorf("the list is %+v, want whole %v", extent, c.whole)
			}
		})
	}
}

// TestAssignmentsAreReadOrUnknown: an empty list means that nobody is assigned.
// Any other answer without a name means nothing.
func TestAssignmentsAreReadOrUnknown(t *testing.T) {
	const ann = `{"assignee":{"id":"PU","summary":"Ann"},"acknowledger":{"id":"PU","summary":"Ann"}}`
	for list, want := range map[string]string{
		"":                          "unknown",
		"null":                      "unknown",
		"{}":                        "unknown",
		`"PU"`:                      "unknown",
		"7":                         "unknown",
		"false":                     "unknown",
		"[null]":                    "unknown",
		`["PU"]`:                    "unknown",
		"[[]]":                      "unknown",
		"[]":                        "nobody",
		"[ ]":                       "nobody",
		`[{"assignee":null}]`:       "an unnamed user",
		"[" + ann + "]":             "Ann",
		"[null," + ann + "]":        "Ann",
		"[" + ann + `,"PX"]`:        "Ann",
		"[" + ann + "," + ann + "]": "Ann, Ann",
	} {
		for _, field := range []string{"assignments", "acknowledgements"} {
			part := ""
			if list != "" {
				part = fmt.Sprintf(",%q:%s", field, list)
			}
			var a incidentAnswer
			if err := json.Unmarshal([]byte(`{"id":"P1","type":"incident","status":"triggered"`+part+`}`), &a); err != nil || !a.whole() {
				t.Fatalf("%s: %v", part, err)
			}
			i := a.incident("pd")
			people := i.Assignments
			if field == "acknowledgements" {
				people = i.Acknowledgers
			}
			got := "nobody"
			if people == nil {
				got = "unknown"
			}
			var names []string
			for _, p := range people {
				names = append(names, p.User.Label("user"))
			}
			if len(names) > 0 {
				got = strings.Join(names, ", ")
			}
			if got != want {
				t.Errorf("%s %s: %s, want %s", field, list, got, want)
			}
		}
	}
}

// TestListsWithinAnswers: for each list in an answer from whose end something is
// concluded, a missing key, null, another type and an element that is not
// understood are no empty list.
func TestListsWithinAnswers(t *testing.T) {
	type lists struct {
		object, key, good string
		// unknown reports whether what the list has is unknown.
		unknown func(t *testing.T, object []byte) bool
	}
	incident := func(unknown func(sources.Incident) bool) func(*testing.T, []byte) bool {
		return func(t *testing.T, b []byte) bool {
			var a incidentAnswer
			if err := json.Unmarshal(b, &a); err != nil || !a.whole() {
				t.Fatal(err)
			}
			return unknown(a.incident("pd"))
		}
	}
	policy := func(unknown func(sources.Policy) bool) func(*testing.T, []byte) bool {
		return func(_ *testing.T, b []byte) bool {
			var a policyAnswer
			return json.Unmarshal(b, &a) != nil || unknown(a.policy())
		}
	}
	refused := policy(func(sources.Policy) bool { return false })
	for name, l := range map[string]lists{
		"levels of a policy": {`{"id":"P","teams":[],LIST}`, "escalation_rules", `{"targets":[]}`, refused},
		"targets of a level": {`{"id":"P","teams":[],"escalation_rules":[{LIST}]}`, "targets", `{"id":"PU"}`, refused},
		"teams of a policy": {
			`{"id":"P","escalation_rules":[],LIST}`, "teams", `{"id":"PT"}`,
			policy(func(p sources.Policy) bool { return p.TeamsUnread }),
		},
		"rules of a user": {`{"id":"P",LIST}`, "notification_rules", `{"urgency":"high"}`, func(t *testing.T, b []byte) bool {
			var a userAnswer
			if err := json.Unmarshal(b, &a); err != nil {
				t.Fatal(err)
			}
			return !a.userWithRules().RulesRead
		}},
		"what an incident does next": {
			`{"id":"P","status":"triggered",LIST}`, "pending_actions", `{"type":"escalate","at":"2026-03-04T05:06:07Z"}`,
			incident(func(i sources.Incident) bool { return i.PendingUnread }),
		},
		"requests to join": {
			`{"id":"P","status":"triggered",LIST}`, "responder_requests", `{"responder_request_targets":[]}`,
			incident(func(i sources.Incident) bool { return i.Asked == nil }),
		},
		"targets of a request": {
			`{"id":"P","status":"triggered","responder_requests":[{LIST}]}`, "responder_request_targets", `{"id":"PU"}`,
			incident(func(i sources.Incident) bool { return i.Asked == nil }),
		},
		"assignees": {
			`{"id":"P","status":"triggered",LIST}`, "assignments", `{"assignee":{"id":"PU"}}`,
			incident(func(i sources.Incident) bool { return !i.AssigneesRead() }),
		},
		"acknowledgers": {
			`{"id":"P","status":"acknowledged",LIST}`, "acknowledgements", `{"acknowledger":{"id":"PU"}}`,
			incident(func(i sources.Incident) bool { return i.Acknowledgers == nil }),
		},
	} {
		for value, unknown := range map[string]bool{
			"": true, "null": true, "{}": true, `"x"`: true, "7": true, "false": true, "[null]": true,
			"[[]]": true, "[]": false, "[ ]": false, "[" + l.good + "]": false,
		} {
			part := `"x":0`
			if value != "" {
				part = fmt.Sprintf("%q:%s", l.key, value)
			}
			if name == "targets of a level" || name == "targets of a request" || name == "teams of a policy" {
				if value == "[[]]" {
					continue // things are read from anything, and have no id then
				}
			}
			if got := l.unknown(t, []byte(strings.Replace(l.object, "LIST", part, 1))); got != unknown {
				t.Errorf("%s %q: unknown %v, want %v", name, value, got, unknown)
			}
		}
	}
	// A rule without an urgency is a reference to it.
	var a userAnswer
	if err := json.Unmarshal([]byte(`{"id":"P","notification_rules":[{"urgency":"high"},{"id":"PR","type":"assignment_notification_rule_reference"}]}`), &a); err != nil || a.userWithRules().RulesRead {
		t.Errorf("a reference to a rule is taken for the rule: %v", err)
	}
}
