package prometheus

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"firstline/sources"
)

func TestAlertStates(t *testing.T) {
	for text, want := range map[string]string{
		"firing": "firing", "Firing": "firing", "pending": "pending", "inactive": "not active",
		"Normal": "not active", "Normal (NoData)": "not active", "Normal (MissingSeries)": "not active",
		"Alerting": "firing", "Alerting (NoData)": "firing", "Alerting (Error)": "firing", "ALERTING": "firing",
		"NoData": "firing", "Error": "firing", "Recovering": "firing", "Pending": "pending", "Pending (Error)": "pending",
		"": "not known", "paused": "not known", "(NoData)": "not known", "firing soon": "not known", "7": "not known",
	} {
		state, active, valid := alertState(text)
		got := string(state)
		if !active {
			got = "not active"
		}
		if !valid {
			got = "not known"
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestGrafanaStates(t *testing.T) {
	s := recorded().set("/api/v1/alerts", 200, "cases/grafana-states.json").set("/api/v1/rules", 200, "cases/grafana-rules.json")
	data, err := start(t, s).Read(t.Context(), none)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range data.Alerts {
		got = append(got, a.Name()+" "+string(a.State)+" "+a.StateText)
	}
	want := []string{
		"DiskFull firing Alerting", "LatencyHigh firing Alerting (NoData)", "QueueGrowing pending ",
		"CpuHigh firing Recovering", "DatasourceError firing Error",
	}
	if !slices.Equal(got, want) || !data.Extents.Alerts.Whole() || !data.Extents.Rules.Whole() || len(data.Warnings) > 0 {
		t.Errorf("%q, %+v, %q", got, data.Extents, data.Warnings)
	}
}

// Unknown forms are counted and reported, and hide nothing else.
func TestUnknownForms(t *testing.T) {
	const good = `{"labels":{"alertname":"Good"},"annotations":{},"state":"firing","activeAt":"2026-11-25T23:00:00Z","value":"1e+00"}`
	for _, c := range []struct{ name, alerts, missing string }{
		{"a state", `[` + good + `,{"labels":{"alertname":"A"},"state":"paused"}]`, `1 alert in a state that is not known ("paused")`},
		{"two states", `[{"labels":{},"state":"x"},` + good + `,{"labels":{},"state":"y"}]`, `2 alerts in a state that is not known ("x", "y")`},
		{"no state", `[` + good + `,{"labels":{"alertname":"A"}}]`, `1 alert in a state that is not known ("")`},
		{"a state that is no text", `[` + good + `,{"labels":{"alertname":"A"},"state":3}]`, "1 alert in a form that is not known"},
		{"labels that are a list", `[` + good + `,{"labels":[],"state":"firing"}]`, "1 alert in a form that is not known"},
		{"a label that is a number", `[` + good + `,{"labels":{"a":1},"state":"firing"}]`, "1 alert in a form that is not known"},
		{"no alert at all", `[` + good + `,null,"x",[1]]`, "3 alerts in a form that is not known"},
		{"form and state", `[7,` + good + `,{"labels":{},"state":"x"}]`, `1 alert in a form that is not known, 1 alert in a state that is not known ("x")`},
		{"a value that is a number", `[` + strings.Replace(good, `"1e+00"`, `1.5`, 1) + `]`, ""},
		{"more than we know", `[` + strings.Replace(good, `"value"`, `"id":"7","expression":"x","stabilizing":false,"value"`, 1) + `]`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := recorded().set("/api/v1/alerts", 200, `{"status":"success","data":{"alerts":`+c.alerts+`}}`)
			data, err := start(t, s).Read(t.Context(), none)
			if err != nil {
				t.Fatal(err)
			}
			if len(data.Alerts) != 1 || data.Alerts[0].Name() != "Good" {
				t.Errorf("%+v", data.Alerts)
			}
			if e := data.Extents.Alerts; !e.Read || e.Missing != c.missing {
				t.Errorf("missing %q, want %q", e.Missing, c.missing)
			}
			if reported := len(data.Warnings) == 1 && strings.HasPrefix(data.Warnings[0], c.missing); reported != (c.missing != "") {
				t.Errorf("warnings %q", data.Warnings)
			}
		})
	}
	for _, rules := range []string{
		`[{"name":"g","rules":[{"type":"alerting","name":"A","health":"ok"},{"type":"alerting","name":7}]}]`,
		`[{"name":"g","rules":[{"type":"alerting","name":"A","health":"ok"}]},{"name":"h","rules":7}]`,
		`[{"name":"g","rules":[{"type":"alerting","name":"A","health":"ok"},{"type":"watching","name":"B"}]}]`,
	} {
		s := recorded().set("/api/v1/rules", 200, `{"status":"success","data":{"groups":`+rules+`}}`)
		data, err := start(t, s).Read(t.Context(), none)
		if err != nil || len(data.Rules) != 1 || data.Extents.Rules.Whole() || len(data.Warnings) != 1 {
			t.Errorf("%s: %+v, %+v, %q, %v", rules, data.Rules, data.Extents.Rules, data.Warnings, err)
		}
	}
}

func TestKeepFiringSince(t *testing.T) {
	data, err := start(t, recorded().set("/api/v1/alerts", 200, "cases/keep-firing.json")).Read(t.Context(), none)
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 11, 25, 23, 59, 0, 0, time.UTC); len(data.Alerts) != 1 || !data.Alerts[0].KeepFiringSince.Equal(want) {
		t.Errorf("%+v", data.Alerts)
	}
}

// A server's own links are used, in whatever field they are.
func TestOwnLinks(t *testing.T) {
	const rules = `{"status":"success","data":{"groups":[{"name":"g","rules":[{"type":"alerting","name":"A","query":"up == 0","health":"ok"}]}]}}`
	for own, want := range map[string]string{
		`"source":"http://vm.example.com/vmalert/alert?group_id=1&alert_id=2"`: "http://vm.example.com/vmalert/alert?group_id=1&alert_id=2",
		`"source":"vmalert/alert?group_id=1"`:                                  "BASE/vmalert/alert?group_id=1",
		`"source":"/vmalert/alert?group_id=1"`:                                 "BASE/vmalert/alert?group_id=1",
		`"generatorURL":"https://grafana.example.com/alerting/x/edit"`:         "https://grafana.example.com/alerting/x/edit",
		`"source":"javascript:alert(1)"`:                                       "BASE/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
		`"source":""`:                                                          "BASE/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
		`"x":""`:                                                               "BASE/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
		`"source":"http://user:secret@vm.example.com/"`:                        "BASE/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
	} {
		c := start(t, recorded().set("/api/v1/rules", 200, rules).
			set("/api/v1/alerts", 200, `{"status":"success","data":{"alerts":[{"labels":{"alertname":"A"},"state":"firing",`+own+`}]}}`))
		data, err := c.Read(t.Context(), none)
		if err != nil || len(data.Alerts) != 1 || data.Alerts[0].GeneratorURL != strings.Replace(want, "BASE", c.api.Base(), 1) {
			t.Errorf("%s: %+v, %v", own, data.Alerts, err)
		}
	}
}

// When alerts of a name are gone, the rules are read again: a rule that fails
// now must not count as working.
func TestRulesAreReadWhenAlertsAreGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alerts := func(names ...string) string {
			list := make([]map[string]any, len(names))
			for i, n := range names {
				list[i] = map[string]any{"labels": map[string]string{"alertname": n}, "state": "firing"}
			}
			b, _ := json.Marshal(list)
			return `{"status":"success","data":{"alerts":` + string(b) + `}}`
		}
		rules := func(health string) string {
			return `{"status":"success","data":{"groups":[{"name":"g","interval":1,"rules":[{"type":"alerting","name":"A","health":"` + health + `","lastError":""}]}]}}`
		}
		s := recorded().set("/api/v1/alerts", 200, alerts("A", "B")).set("/api/v1/rules", 200, rules("ok"))
		c, err := New(Options{Name: "prom", URL: "http://prom.example.com", Transport: s})
		if err != nil {
			t.Fatal(err)
		}
		read := func() sources.Data {
			data, err := c.Read(t.Context(), none)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second) // of the bubble
			return data
		}
		if d := read(); d.Rules[0].Health != "ok" {
			t.Errorf("%+v", d.Rules)
		}
		s.set("/api/v1/rules", 200, rules("err"))
		if d := read(); d.Rules[0].Health != "ok" || s.count("/api/v1/rules") != 1 {
			t.Errorf("read without a reason: %+v", d.Rules)
		}
		s.set("/api/v1/alerts", 200, alerts("B"))
		at := time.Now()
		if d := read(); d.Rules[0].Health != "err" || !d.Rules[0].FailingSince.Equal(at) {
			t.Errorf("not read again: %+v", d.Rules)
		}
		if read(); s.count("/api/v1/rules") != 2 {
			t.Errorf("the rules were read %d times", s.count("/api/v1/rules"))
		}
		s.set("/api/v1/alerts", 200, alerts())
		s.set("/api/v1/rules", http.StatusInternalServerError, "down")
		if d := read(); d.Extents.Rules.Whole() || !strings.Contains(d.Extents.Rules.Missing, "could not be read") {
			t.Errorf("%+v", d.Extents.Rules)
		}
	})
}

// A rule that was not evaluated yet, as after a start, is read again at once.
func TestUnevaluatedRulesAreReadAgain(t *testing.T) {
	rules := func(health string) string {
		return `{"status":"success","data":{"groups":[{"name":"g","interval":1,"rules":[{"type":"alerting","name":"A","health":"` + health + `"}]}]}}`
	}
	s := recorded().set("/api/v1/rules", 200, rules("unknown"))
	c := start(t, s)
	parts := 0
	for i, health := range []string{"unknown", "ok", "ok"} {
		s.set("/api/v1/rules", 200, rules(health))
		data, err := c.Read(t.Context(), func(sources.Data) { parts++ })
		if err != nil || data.Rules[0].Health != health {
			t.Errorf("read %d: %+v, %v", i, data.Rules, err)
		}
	}
	if s.count("/api/v1/rules") != 2 || parts != 1 {
		t.Errorf("the rules were read %d times, %d parts", s.count("/api/v1/rules"), parts)
	}
}

func TestRuleFault(t *testing.T) {
	now := time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC)
	const unreported = "does not report when it was last evaluated"
	for _, c := range []struct {
		r    sources.Rule
		want string
	}{
		{sources.Rule{Health: "ok", State: "inactive"}, ""},
		{sources.Rule{Health: "ok", State: "INACTIVE"}, ""},
		{sources.Rule{Health: "ok", State: "firing", Listed: 1}, ""},
		{sources.Rule{Health: "ok", State: "Alerting (NoData)"}, ""},
		{sources.Rule{Health: "ok", State: "recovering"}, ""},
		{sources.Rule{Health: "ok", State: "inactive"}, unreported},
		{sources.Rule{Health: "ok", State: "firing", Listed: 1}, unreported},
		{sources.Rule{Health: "ok"}, "does not report its state"},
		{sources.Rule{Health: "ok", State: "unknown"}, `has the state "unknown"`},
		{sources.Rule{Health: "ok", State: "inactive (paused)"}, `has the state "inactive (paused)"`},
		{sources.Rule{Health: "ok", State: "normal"}, `has the state "normal"`},
		{sources.Rule{Health: "ok", State: "inactive", Listed: 1}, "says that it is inactive and lists active alerts"},
		{sources.Rule{Health: "ok", State: "inactive", Paused: true}, "is paused"},
		{sources.Rule{Health: "ok", State: "inactive", Unevaluated: true}, "has not been evaluated yet"},
		{sources.Rule{State: "inactive", Health: "OK", LastEvaluation: now.Add(-time.Minute)}, ""},
		{sources.Rule{Health: "ok", State: "inactive", LastEvaluation: now.Add(-time.Hour), Interval: 30 * time.Minute}, ""},
		{sources.Rule{Health: "ok", State: "inactive", LastEvaluation: now.Add(-time.Hour)}, "was last evaluated at 22 Nov 20:00"},
		{sources.Rule{Health: "err", LastError: "many-to-many"}, "fails: many-to-many"},
		{sources.Rule{Health: "ok", LastError: "x"}, "fails: x"},
		{sources.Rule{Health: "error"}, "fails"},
		{sources.Rule{Health: "err", LastError: "x", FailingSince: now.Add(-10 * time.Minute)}, "fails since 20:50: x"},
		{sources.Rule{Health: "unknown"}, "has not been evaluated yet"},
		{sources.Rule{}, "has not been evaluated yet"},
		{sources.Rule{Health: "nodata"}, `has the health "nodata"`},
		{sources.Rule{Health: "no match"}, `has the health "no match"`},
	} {
		if c.r.LastEvaluation.IsZero() && c.want != unreported {
			c.r.LastEvaluation = now
		}
		if got := c.r.Fault(now); got != c.want {
			t.Errorf("%+v: %q, want %q", c.r, got, c.want)
		}
	}
}

func TestSentLabels(t *testing.T) {
	const external = "global: {external_labels: {cluster: dev, replica: a}}\n"
	alert := map[string]string{"alertname": "DiskFilling", "instance": "db-0", "severity": "warning", "team": "core"}
	for _, c := range []struct{ name, yaml, want string }{
		{"no relabelling", external + "alerting: {alertmanagers: [{static_configs: [{targets: [a]}]}]}", "alertname=DiskFilling cluster=dev instance=db-0 replica=a severity=warning team=core"},
		{"labels dropped", external + "alerting: {alert_relabel_configs: [{action: labeldrop, regex: 'replica|instance'}]}", "alertname=DiskFilling cluster=dev severity=warning team=core"},
		{"labels kept", external + "alerting: {alert_relabel_configs: [{action: labelkeep, regex: 'alertname|team'}]}", "alertname=DiskFilling team=core"},
		{"a label replaced", external + "alerting: {alert_relabel_configs: [{source_labels: [severity], regex: warning, target_label: severity, replacement: P3}]}", "alertname=DiskFilling cluster=dev instance=db-0 replica=a severity=P3 team=core"},
		{"a name mapped", "global: {}\nalerting: {alert_relabel_configs: [{action: labelmap, regex: 'te(.*)', replacement: 'squad_$1'}]}", "alertname=DiskFilling instance=db-0 severity=warning squad_am=core team=core"},
		{"lower case", "global: {}\nalerting: {alert_relabel_configs: [{action: lowercase, source_labels: [alertname], target_label: alertname}]}", "alertname=diskfilling instance=db-0 severity=warning team=core"},
		{"dropped", external + "alerting: {alert_relabel_configs: [{action: drop, source_labels: [severity], regex: warning}]}", ""},
		{"dropped by an external label", external + "alerting: {alert_relabel_configs: [{action: drop, source_labels: [cluster], regex: dev}]}", ""},
		{"kept", external + "alerting: {alert_relabel_configs: [{action: keep, source_labels: [severity], regex: critical}]}", ""},
		{"one Alertmanager only", "global: {}\nalerting: {alertmanagers: [{alert_relabel_configs: [{action: labeldrop, regex: instance}]}]}", "alertname=DiskFilling severity=warning team=core"},
		{
			"two Alertmanagers", "global: {}\nalerting: {alertmanagers: [{static_configs: [{targets: [a]}]}, {alert_relabel_configs: [{action: labeldrop, regex: instance}]}]}",
			"alertname=DiskFilling instance=db-0 severity=warning team=core | alertname=DiskFilling severity=warning team=core",
		},
		{
			"dropped for one of two", "global: {}\nalerting: {alertmanagers: [{alert_relabel_configs: [{action: drop, source_labels: [team], regex: core}]}, {static_configs: [{targets: [a]}]}]}",
			"alertname=DiskFilling instance=db-0 severity=warning team=core",
		},
		{"in block style", "global:\n  scrape_interval: 5s\n  external_labels:\n    cluster: dev\nalerting:\n  alert_relabel_configs:\n  - separator: ;\n    regex: replica|instance\n    replacement: $1\n    action: labeldrop\nscrape_configs: []\n", "alertname=DiskFilling cluster=dev severity=warning team=core"},
	} {
		read, err := readConfiguration(c.yaml)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var sets []string
		for _, set := range read.sent(alert) {
			var pairs []string
			for name, value := range set {
				pairs = append(pairs, name+"="+value)
			}
			slices.Sort(pairs)
			sets = append(sets, strings.Join(pairs, " "))
		}
		if got := strings.Join(sets, " | "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	for _, bad := range []string{
		"alerting: {alert_relabel_configs: [null]}", "alerting: {alert_relabel_configs: [{action: teleport}]}",
		"alerting: {alert_relabel_configs: [{action: labeldrop, regex: '('}]}", "alerting: {alert_relabel_configs: [{action: hashmod, source_labels: [a]}]}",
	} {
		if read, err := readConfiguration(bad); err == nil {
			t.Errorf("%s was read as %+v", bad, read)
		}
	}
}

func TestClockOffset(t *testing.T) {
	for offset, want := range map[time.Duration]bool{
		0: false, 30 * time.Second: false, 50 * time.Second: false, -50 * time.Second: false,
		75 * time.Second: true, -75 * time.Second: true, 3 * time.Minute: true, -2 * time.Hour: true, 24 * time.Hour: true,
	} {
		s := recorded()
		c := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", time.Now().Add(offset).UTC().Format(http.TimeFormat))
			s.ServeHTTP(w, r)
		}))
		data, err := c.Read(t.Context(), none)
		if err != nil {
			t.Fatal(err)
		}
		if got := data.ClockOffset; (got != 0) != want || want && (got-offset).Abs() > 10*time.Second {
			t.Errorf("off by %v: %v", offset, got)
		}
	}
	for header, value := range map[string]string{"Date": "yesterday", "Age": "7200"} {
		s := recorded()
		c := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", time.Now().Add(-2*time.Hour).UTC().Format(http.TimeFormat))
			w.Header().Set(header, value)
			s.ServeHTTP(w, r)
		}))
		if data, err := c.Read(t.Context(), none); err != nil || data.ClockOffset != 0 {
			t.Errorf("%s: %v, %v", fmt.Sprintf("%s=%s", header, value), data.ClockOffset, err)
		}
	}
}
