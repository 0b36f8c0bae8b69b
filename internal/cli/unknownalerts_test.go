package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"firstline/internal/credentials"
	"firstline/sources"
)

// answering is a server that gives one answer at each path, and 404 elsewhere.
func answering(t *testing.T, answers map[string]string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := answers[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(server.Close)
	return server
}

// Where it is unknown whether an alert is active, no command says that nothing
// is wrong: with and without incidents.
func TestUnknownAlertsAreNotNothing(t *testing.T) {
	credentials.Forget() // those of other tests, which may be words of the sentences
	const rules = `{"status":"success","data":{"groups":[]}}`
	prometheus := func(alerts string) map[string]string {
		return map[string]string{"/api/v1/alerts": alerts, "/api/v1/rules": rules}
	}
	alertmanager := func(groups, silences string) map[string]string {
		return map[string]string{
			"/api/v2/alerts/groups": groups, "/api/v2/silences": silences,
			"/api/v2/status": `{"cluster":{"status":"disabled"},"versionInfo":{"version":"0.31.1"},"uptime":"2026-01-01T00:00:00Z","config":{"original":"route:\n  receiver: pd\nreceivers:\n- name: pd\n"}}`,
		}
	}
	const silence = `{"id":"s1","status":{"state":"active"},"startsAt":"2026-01-01T00:00:00Z","endsAt":"2099-01-01T00:00:00Z","matchers":[]}`
	for name, c := range map[string]struct {
		kind    sources.Kind
		answers map[string]string
		whole   bool
	}{
		"no alerts":              {sources.Prometheus, prometheus(`{"status":"success","data":{"alerts":[]}}`), true},
		"alerts: null":           {sources.Prometheus, prometheus(`{"status":"success","data":{"alerts":null}}`), false},
		"alerts: [null]":         {sources.Prometheus, prometheus(`{"status":"success","data":{"alerts":[null]}}`), false},
		"an alert of no state":   {sources.Prometheus, prometheus(`{"status":"success","data":{"alerts":[{"labels":{"alertname":"A"}}]}}`), false},
		"an alert of no labels":  {sources.Prometheus, prometheus(`{"status":"success","data":{"alerts":[{"state":"firing","labels":{}}]}}`), false},
		"data: null":             {sources.Prometheus, prometheus(`{"status":"success","data":null}`), false},
		"data: {}":               {sources.Prometheus, prometheus(`{"status":"success","data":{}}`), false},
		"a partial response":     {sources.Prometheus, prometheus(`{"status":"success","data":{"alerts":[]},"warnings":["partial response"]}`), false},
		"rules: null":            {sources.Prometheus, map[string]string{"/api/v1/alerts": `{"status":"success","data":{"alerts":[]}}`, "/api/v1/rules": `{"status":"success","data":{"groups":null}}`}, false},
		"rules not readable":     {sources.Prometheus, map[string]string{"/api/v1/alerts": `{"status":"success","data":{"alerts":[]}}`}, false},
		"no groups":              {sources.Alertmanager, alertmanager(`[]`, `[]`), true},
		"a silence":              {sources.Alertmanager, alertmanager(`[]`, `[`+silence+`]`), true},
		"[null]":                 {sources.Alertmanager, alertmanager(`[null]`, `[]`), false},
		"a group without alerts": {sources.Alertmanager, alertmanager(`[{"labels":{},"receiver":{"name":"pd"},"alerts":null}]`, `[]`), false},
		"a group of [null]":      {sources.Alertmanager, alertmanager(`[{"labels":{},"receiver":{"name":"pd"},"alerts":[null]}]`, `[]`), false},
		"silences: [null]":       {sources.Alertmanager, alertmanager(`[]`, `[null]`), false},
		"silences not readable":  {sources.Alertmanager, alertmanager(`[]`, `{}`), false},
	} {
		for _, incidents := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s %s, incidents %v", c.kind, name, incidents), func(t *testing.T) {
				var w *harness
				status := map[bool]int{true: exitDone, false: exitPartly}[c.whole]
				server := fmt.Sprintf("[[%s]]\nname = \"odd\"\nurl = %q\n", c.kind, answering(t, c.answers).URL)
				if incidents {
					w = newHarness(t)
					w.configure(w.pagerDuty(), server)
				} else {
					alone(t)
					w = &harness{t: t, now: noon, state: t.TempDir()}
					w.configure(server)
				}
				r := w.run("list").want(t, status)
				if sure := strings.Contains(r.err, "nothing is wrong\n"); sure != (c.whole && !incidents) {
					t.Errorf("it says that nothing is wrong: %v\n%s", sure, r.err)
				}
				if asFar := strings.Contains(r.err, "nothing is wrong as far as was read, but not all of odd was"); asFar != (!c.whole && !incidents) {
					t.Errorf("nothing as far as was read: %v\n%s", asFar, r.err)
				}
				l := readList(t, w.run("list", "--json").want(t, status).out)
				for _, s := range l.Sources {
					if want := c.whole || s.Name != "odd"; s.Complete != want || (len(s.Missing) == 0) != want {
						t.Errorf("the source is %+v", s)
					}
				}
				check := w.run("check")
				if c.whole == strings.Contains(check.out, "! odd: ") || !c.whole && strings.Contains(check.out, "✓ owners") {
					t.Errorf("check says\n%s", check.out)
				}
				text := w.run("handover", "--json")
				var h handoverJSON
				if err := json.Unmarshal([]byte(text.out), &h); err != nil {
					t.Fatal(err)
				}
				present := !strings.Contains(h.Text, "odd: not all ")
				if present != c.whole || present == strings.Contains(strings.Join(h.Missing, "\n"), "odd: not all ") {
					t.Errorf("handover misses %q and says\n%s", h.Missing, h.Text)
				}
				if incidents && text.status != status || !c.whole && (text.status != exitPartly || !strings.Contains(h.Text, "**Not known:**")) {
					t.Errorf("handover ends with %d and says\n%s", text.status, h.Text)
				}
			})
		}
	}
}
