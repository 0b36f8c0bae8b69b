package alertmanager

import (
	"strings"
	"testing"

	"firstline/sources"
)

// A silence without an id or a state is counted, and the list is not whole.
func TestASilenceWithoutMeaning(t *testing.T) {
	const good = `{"id":"s1","matchers":[],"status":{"state":"active"}}`
	for silences, want := range map[string]string{
		`[]`:                              "",
		`[` + good + `]`:                  "",
		`[null]`:                          "1 silence without",
		`[{}]`:                            "1 silence without",
		`[` + good + `,null,{"id":"s2"}]`: "2 silences without",
		`[{"id":null,"status":{"state":"active"}}]`: "1 silence without",
		`[{"id":"s2","status":null}]`:               "1 silence without",
	} {
		a := recorded(t, "0.31")
		a["/api/v2/silences"] = answer{body: silences}
		c := start(t, a)
		data, err := c.Read(t.Context(), nil)
		if warnings := strings.Join(data.Warnings, "; "); err != nil || (warnings == "") != (want == "") || !strings.Contains(warnings, want) {
			t.Errorf("%s: %q, %v, want %q", silences, warnings, err, want)
		}
		if len(data.Silences) != strings.Count(silences, "s1") {
			t.Errorf("%s gives %+v", silences, data.Silences)
		}
		if _, err := c.Silences(t.Context()); (err == nil) != (want == "") {
			t.Errorf("%s: all of them give %v", silences, err)
		}
	}
}

// Only a list proves that there is no alert. Another value is reported.
func TestOnlyAListProvesNoAlerts(t *testing.T) {
	const good = `{"fingerprint":"f","labels":{"alertname":"A"},"status":{"state":"active"}}`
	for groups, missing := range map[string]string{
		`[]`:                                   "",
		`[{"alerts":[]}]`:                      "",
		`[{"alerts":[` + good + `]}]`:          "",
		`[{"alerts":null}]`:                    "1 group without a list of alerts",
		`[{},null]`:                            "2 groups without a list of alerts",
		`[{"alerts":[null,` + good + `]}]`:     "1 alert without labels",
		`[{"alerts":[{"labels":null},{}]}]`:    "2 alerts without labels",
		`[{"alerts":[{"labels":{"a":null}}]}]`: "1 alert without labels",
		`[{"alerts":[{"labels":{"a":"b"},"status":null}]}]`: "1 alert in a state that is not known",
		`[{"alerts":null},{"alerts":[null]}]`:               "1 group without a list of alerts, 1 alert without labels",
	} {
		a := recorded(t, "0.31")
		a["/api/v2/alerts/groups"] = answer{body: groups}
		c := start(t, a)
		data, err := c.Read(t.Context(), nil)
		if err != nil || data.Extents.Alerts.Missing != missing || (len(data.Warnings) == 0) != (missing == "") {
			t.Errorf("%s: %+v, %q, %v, want %q", groups, data.Extents.Alerts, data.Warnings, err, missing)
		}
	}
	for path, body := range map[string]string{"/api/v2/alerts/groups": "null", "/api/v2/silences": " null\n", "/api/v2/status": "null"} {
		a := recorded(t, "0.31")
		a[path] = answer{body: body}
		data, err := start(t, a).Read(t.Context(), nil)
		if failed := sources.ReasonOf(err) == sources.NotAnAPI; failed != (path == "/api/v2/alerts/groups") || !failed && len(data.Warnings) != 1 {
			t.Errorf("%s: %q, %v", path, data.Warnings, err)
		}
	}
}
