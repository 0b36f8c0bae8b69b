package prometheus

import (
	"strings"
	"testing"
	"time"
)

// body is the answer of a server with Prometheus's API, and the expected
// result.
type body struct {
	name, alerts, rules string
	// want is "name state text value" of each alert, health that of each rule,
	// missing what is reported as missing of both.
	want, health, missing string
}

func readBodies(t *testing.T, bodies []body) {
	t.Helper()
	for _, b := range bodies {
		s := recorded().
			set("/api/v1/alerts", 200, `{"status":"success","data":{"alerts":`+b.alerts+`}}`).
			set("/api/v1/rules", 200, `{"status":"success","data":{"groups":`+b.rules+`}}`)
		data, err := start(t, s).Read(t.Context(), none)
		if err != nil {
			t.Errorf("%s: %v", b.name, err)
			continue
		}
		var alerts, health []string
		for _, a := range data.Alerts {
			alerts = append(alerts, strings.Join(strings.Fields(a.Name()+" "+string(a.State)+" "+a.StateText+" "+a.Value.String()), " "))
		}
		for _, r := range data.Rules {
			health = append(health, r.Name+" "+r.Health+" "+r.LastError)
		}
		missing := strings.TrimSpace(data.Extents.Alerts.Missing + " " + data.Extents.Rules.Missing)
		if got := strings.Join(alerts, "; "); got != b.want {
			t.Errorf("%s: alerts %q, want %q", b.name, got, b.want)
		}
		if got := strings.TrimSpace(strings.Join(health, "; ")); got != b.health {
			t.Errorf("%s: rules %q, want %q", b.name, got, b.health)
		}
		if !strings.Contains(missing, b.missing) || b.missing == "" && missing != "" {
			t.Errorf("%s: %q is missing, want %q", b.name, missing, b.missing)
		}
	}
}

// Grafana's answers under /api/prometheus/grafana, according to its source
// code: there is no Grafana server to test with.
func TestGrafanaBodies(t *testing.T) {
	alert := func(state string) string {
		return `{"labels":{"alertname":"A","grafana_folder":"infra"},"annotations":{"__dashboardUid__":"d","summary":"s"},"state":"` + state + `","activeAt":"2026-11-25T23:00:00Z","value":"1e+00"}`
	}
	rule := func(state, health, more string) string {
		return `[{"name":"g","file":"infra","folderUid":"f","interval":60,"lastEvaluation":"2026-11-25T23:00:00Z","evaluationTime":0.1,"rules":[{"state":"` + state + `","name":"A","query":"x","duration":60,"labels":{},"annotations":{},"alerts":[` + alert("Alerting") +
			`],"totals":{"alerting":1},"totalsFiltered":{},"uid":"u","folderUid":"f","health":"` + health + `","type":"alerting","isPaused":false` + more + `}],"totals":{"firing":1}}]`
	}
	readBodies(t, []body{
		{"alerting", "[" + alert("Alerting") + "]", rule("firing", "ok", ""), "A firing Alerting 1e+00", "A ok", ""},
		{"no data", "[" + alert("NoData") + "]", rule("firing", "nodata", ""), "A firing NoData 1e+00", "A nodata", ""},
		{"alerting for want of data", "[" + alert("Alerting (NoData)") + "]", rule("firing", "nodata", ""), "A firing Alerting (NoData) 1e+00", "A nodata", ""},
		{"an error", "[" + alert("Error") + "]", rule("firing", "error", `,"lastError":"[sse.dataQueryError] down"`), "A firing Error 1e+00", "A error [sse.dataQueryError] down", ""},
		{"alerting by an error", "[" + alert("Alerting (Error)") + "]", rule("firing", "error", ""), "A firing Alerting (Error) 1e+00", "A error", ""},
		{"recovering", "[" + alert("Recovering") + "]", rule("recovering", "ok", ""), "A firing Recovering 1e+00", "A ok", ""},
		{"pending", "[" + alert("Pending") + "]", rule("pending", "ok", ""), "A pending 1e+00", "A ok", ""},
		{"pending by an error", "[" + alert("Pending (Error)") + "]", rule("pending", "error", ""), "A pending Pending (Error) 1e+00", "A error", ""},
		{"normal", "[" + alert("Normal") + "]", rule("inactive", "ok", ""), "", "A ok", ""},
		{"normal though the series is gone", "[" + alert("Normal (MissingSeries)") + "," + alert("Normal (NoData)") + "]", rule("inactive", "ok", ""), "", "A ok", ""},
		{"a state to come", "[" + alert("Alerting") + "," + alert("Muted") + "]", rule("firing", "ok", ""), "A firing Alerting 1e+00", "A ok", `1 alert in a state that is not known ("Muted")`},
		{"a rule that records", "[" + alert("Alerting") + "]", strings.Replace(rule("", "ok", ""), `"type":"alerting"`, `"type":"recording"`, 1), "A firing Alerting 1e+00", "", ""},
		{"in part", "[" + alert("Alerting") + "]", rule("firing", "ok", "") + `,"groupNextToken":"abc"`, "A firing Alerting 1e+00", "A ok", "the server gave only a part of its rules"},
		{"none", "[]", "[]", "", "", ""},
		{"null", "null", "null", "", "", "the answer has no list of alerts the rules may be incomplete: the answer has no list of rules"},
	})
}

// vmalert's answers, as in its documentation.
func TestVmalertBodies(t *testing.T) {
	alert := func(state, more string) string {
		return `{"state":"` + state + `","name":"A","value":"1","labels":{"alertname":"A","alertgroup":"g"},"annotations":{"summary":"s"},"activeAt":"2026-11-25T23:00:00Z","id":"7","rule_id":"8","group_id":"9","expression":"x > 0","source":"http://vm.example.com/vmalert/alert?group_id=9&alert_id=7","restored":false,"stabilizing":false` + more + `}`
	}
	rule := func(state, health, more string) string {
		return `[{"name":"g","type":"prometheus","rules":[{"state":"` + state + `","name":"A","query":"x > 0","duration":60,"keep_firing_for":0,"labels":{},"annotations":{},"lastError":"","evaluationTime":0.1,"lastEvaluation":"2026-11-25T23:00:00Z","alerts":[` + alert(state, "") +
			`],"health":"` + health + `","type":"alerting","datasourceType":"prometheus","lastSamples":1,"id":"8","group_id":"9","group_name":"g","debug":false,"max_updates_entries":20` + more + `}],"interval":60,"lastEvaluation":"2026-11-25T23:00:00Z","file":"rules.yml","id":"9","concurrency":1}]`
	}
	readBodies(t, []body{
		{"firing", "[" + alert("firing", "") + "]", rule("firing", "ok", ""), "A firing 1", "A ok", ""},
		{"pending", "[" + alert("pending", "") + "]", rule("pending", "ok", ""), "A pending 1", "A ok", ""},
		{"inactive", "[" + alert("inactive", "") + "]", rule("inactive", "ok", ""), "", "A ok", ""},
		{"stabilizing", "[" + strings.Replace(alert("firing", ""), `"stabilizing":false`, `"stabilizing":true`, 1) + "]", rule("firing", "ok", ""), "A firing 1", "A ok", ""},
		{"restored", "[" + strings.Replace(alert("firing", ""), `"restored":false`, `"restored":true`, 1) + "]", rule("firing", "ok", ""), "A firing 1", "A ok", ""},
		{"a value that is a number", "[" + strings.Replace(alert("firing", ""), `"value":"1"`, `"value":1.5`, 1) + "]", rule("firing", "ok", ""), "A firing 1.5", "A ok", ""},
		{"a rule that fails", "[" + alert("firing", "") + "]", strings.Replace(rule("firing", "err", ""), `"lastError":""`, `"lastError":"too many series"`, 1), "A firing 1", "A err too many series", ""},
		{"a rule that matches nothing", "[]", rule("inactive", "no match", ""), "", "A no match", ""},
		{"a rule that records", "[" + alert("firing", "") + "]", strings.Replace(rule("", "ok", ""), `"type":"alerting"`, `"type":"recording"`, 1), "A firing 1", "", ""},
		{"rules for logs", "[" + alert("firing", "") + "]", strings.ReplaceAll(rule("firing", "ok", ""), `"datasourceType":"prometheus"`, `"datasourceType":"vlogs"`), "A firing 1", "A ok", ""},
		{"none", "[]", "[]", "", "", ""},
	})
}

func TestKeepFiringForms(t *testing.T) {
	since := time.Date(2026, 11, 25, 23, 59, 0, 0, time.UTC)
	for field, want := range map[string]time.Time{
		`,"keepFiringSince":"2026-11-25T23:59:00Z"`:           since,
		`,"keepFiringSince":"2026-11-25T23:59:00.000Z"`:       since,
		`,"keepFiringSince":"2026-11-26T00:59:00+01:00"`:      since,
		`,"keepFiringSince":"2026-11-25T23:59:00.123456789Z"`: since.Add(123456789),
		`,"keepFiringSince":"0001-01-01T00:00:00Z"`:           {},
		`,"keepFiringSince":null`:                             {},
		`,"keepFiringSince":""`:                               {},
		`,"keepFiringSince":"soon"`:                           {},
		``:                                                    {},
	} {
		s := recorded().set("/api/v1/alerts", 200, `{"status":"success","data":{"alerts":[{"labels":{"alertname":"A"},"annotations":{},"state":"firing","activeAt":"2026-11-25T23:00:00Z","value":"1"`+field+`}]}}`)
		data, err := start(t, s).Read(t.Context(), none)
		if err != nil || len(data.Alerts) != 1 || !data.Alerts[0].KeepFiringSince.Equal(want) {
			t.Errorf("%s: %+v, %v", field, data.Alerts, err)
		}
	}
}
