package prometheus

import (
	"strings"
	"testing"
	"time"

	"firstline/sources"
)

// Only a list proves that there is no alert. An answer without one means
// nothing, except from a Thanos, which answers null and whose rules are then
// all inactive.
func TestOnlyAListProvesNoAlerts(t *testing.T) {
	rules := func(state, more string) string {
		return `{"status":"success","data":{"groups":[{"name":"g"` + more + `,"rules":[{"type":"alerting","name":"A","state":"` + state + `","health":"ok"}]}]}}`
	}
	const thanos = `,"partialResponseStrategy":"ABORT"`
	for _, c := range []struct {
		name, alerts, rules, missing string
	}{
		{"an empty list", `{"alerts":[]}`, rules("inactive", ""), ""},
		{"null for the list", `{"alerts":null}`, rules("inactive", ""), noAlerts},
		{"null for the list, of Thanos", `{"alerts":null}`, rules("inactive", thanos), ""},
		{"null for the list, of Thanos's ruler", `{"Alerts":null}`, rules("inactive", thanos), ""},
		{"null for the list, of Thanos with an active rule", `{"alerts":null}`, rules("firing", thanos), noAlerts},
		{"null for the list, of Thanos with a state that is not known", `{"alerts":null}`, rules("x", thanos), noAlerts},
		{"null for the list, of Thanos without rules", `{"alerts":null}`, `{"status":"success","data":{"groups":[]}}`, noAlerts},
		{"no list", `{}`, rules("inactive", thanos), noAlerts},
		{"another list", `{"items":[]}`, rules("inactive", ""), noAlerts},
		{"null for all", `null`, rules("inactive", thanos), noAlerts},
		{"labels that are null", `{"alerts":[{"labels":null,"state":"firing"}]}`, rules("inactive", ""), "1 alert in a form that is not known"},
		{"no labels", `{"alerts":[{"state":"firing"},{"labels":{},"state":"pending"}]}`, rules("inactive", ""), "2 alerts in a form that is not known"},
		{"labels without values", `{"alerts":[{"labels":{"alertname":null},"state":"firing"}]}`, rules("inactive", ""), "1 alert in a form that is not known"},
		{"an alert that is null", `{"alerts":[null]}`, rules("inactive", ""), `1 alert in a state that is not known ("")`},
	} {
		body := `{"status":"success","data":` + c.alerts + `}`
		s := recorded().set("/api/v1/alerts", 200, body).set("/api/v1/rules", 200, c.rules)
		data, err := start(t, s).Read(t.Context(), none)
		if err != nil || data.Extents.Alerts.Missing != c.missing {
			t.Errorf("%s: %+v, %v, want %q missing", c.name, data.Extents.Alerts, err, c.missing)
		}
		if reported := strings.Contains(strings.Join(data.Warnings, " "), c.missing); !reported || (len(data.Warnings) == 0) != (c.missing == "") {
			t.Errorf("%s: the warnings are %q", c.name, data.Warnings)
		}
	}
	data, err := start(t, recorded().set("/api/v1/alerts", 200, `{"status":"success"}`)).Read(t.Context(), none)
	if err != nil || data.Extents.Alerts.Missing != noAlerts {
		t.Errorf("no data: %+v, %v", data.Extents.Alerts, err)
	}
	r := newAlertsReader("prom", 0)
	if err := readBody(r, `{"status":"success","data":{"Alerts":[{"labels":{"alertname":"A"},"state":"firing"}]}}`); err != nil || len(r.list) != 1 {
		t.Errorf("an answer of Thanos's ruler: %+v, %v", r.list, err)
	}
}

// Any content of a rule's answer that contradicts its inactive state is read,
// whatever its form.
func TestRulesThatProveNothing(t *testing.T) {
	const unreported = "does not report when it was last evaluated"
	for _, c := range []struct{ rule, fault string }{
		{`"state":"inactive"`, ""},
		{`"state":"Inactive","alerts":[],"isPaused":false`, ""},
		{`"state":"inactive","alerts":null`, ""},
		{`"state":"inactive","lastEvaluation":null`, unreported},
		{`"state":"inactive","lastEvaluation":""`, unreported},
		{`"state":"inactive","no lastEvaluation":true`, unreported},
		{`"state":"firing","lastEvaluation":null`, unreported},
		{`"state":"inactive","alerts":[{"state":"Normal","labels":{}}]`, ""},
		{`"state":"firing","alerts":[]`, ""},
		{`"state":"recovering"`, ""},
		{`"state":"Alerting"`, ""},
		{`"state":"nodata","alerts":null`, ""},
		{`"state":null`, "does not report its state"},
		{`"alerts":[]`, "does not report its state"},
		{`"state":"unknown"`, `has the state "unknown"`},
		{`"state":" inactive"`, `has the state " inactive"`},
		{`"state":"inactive","isPaused":true`, "is paused"},
		{`"state":"inactive","lastEvaluation":"0001-01-01T00:00:00Z"`, "has not been evaluated yet"},
		{`"state":"inactive","lastEvaluation":"0001-01-01T00:00:00.000000000Z"`, "has not been evaluated yet"},
		{`"state":"inactive","lastEvaluation":"yesterday"`, "has not been evaluated yet"},
		{`"state":"inactive","alerts":[{"state":"firing","labels":{}}]`, "says that it is inactive and lists active alerts"},
		{`"state":"inactive","alerts":[{"state":"odd"}]`, "says that it is inactive and lists active alerts"},
		{`"state":"inactive","alerts":[null]`, "says that it is inactive and lists active alerts"},
	} {
		if !strings.Contains(c.rule, "lastEvaluation") {
			c.rule += `,"lastEvaluation":"` + sources.Now().Format(time.RFC3339Nano) + `"`
		}
		s := recorded().set("/api/v1/rules", 200, `{"status":"success","data":{"groups":[{"name":"g","rules":[{"type":"alerting","name":"A","health":"ok",`+c.rule+`}]}]}}`)
		data, err := start(t, s).Read(t.Context(), none)
		if err != nil || len(data.Rules) != 1 || !data.Extents.Rules.Whole() || data.Rules[0].Fault(sources.Now()) != c.fault {
			t.Errorf("%s: %+v, %+v, %v, want %q", c.rule, data.Rules, data.Extents.Rules, err, c.fault)
		}
	}
	for _, groups := range []string{`{"groups":null}`, `{}`, `null`, `{"groups":[null]}`, `{"groups":[{"name":"g"}]}`, `{"groups":[{"name":"g","rules":null}]}`, `{"groups":[{"name":"g","rules":[null]}]}`} {
		data, err := start(t, recorded().set("/api/v1/rules", 200, `{"status":"success","data":`+groups+`}`)).Read(t.Context(), none)
		if err != nil || data.Extents.Rules.Whole() || len(data.Warnings) != 1 {
			t.Errorf("%s: %+v, %q, %v", groups, data.Extents.Rules, data.Warnings, err)
		}
	}
}
