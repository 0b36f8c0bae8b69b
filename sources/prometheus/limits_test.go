package prometheus

import (
	"net/http"
	"strings"
	"testing"

	"firstline/internal/promapi"
	"firstline/sources"
)

// bounded returns a client with a limit on the alerts of an answer.
func bounded(t *testing.T, most int, body []byte) *Client {
	t.Helper()
	rest := recorded()
	c := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v1/alerts" {
			_, _ = w.Write(body)
			return
		}
		rest.ServeHTTP(w, r)
	}))
	limited, err := New(Options{Name: "prom", URL: c.api.Base(), MaxAlerts: most})
	if err != nil {
		t.Fatal(err)
	}
	return limited
}

// Alerts beyond the limit are only counted, and the list is then not whole.
func TestMaxAlerts(t *testing.T) {
	body := manyAlerts(25)
	for _, c := range []struct{ most, loaded int }{{0, 25}, {1, 1}, {9, 9}, {10, 10}, {24, 24}, {25, 25}, {26, 25}, {50_000, 25}} {
		whole, err := bounded(t, c.most, body).Read(t.Context(), none)
		if err != nil {
			t.Fatal(err)
		}
		if len(whole.Alerts) != c.loaded || whole.Omitted != 25-c.loaded {
			t.Errorf("of %d: %d are kept and %d not", c.most, len(whole.Alerts), whole.Omitted)
		}
		if whole.Extents.Alerts.Whole() != (c.loaded == 25) {
			t.Errorf("of %d: the extent is %+v", c.most, whole.Extents.Alerts)
		}
		if says := strings.Contains(strings.Join(whole.Warnings, " "), "of 25 alerts are loaded (max_alerts)"); says != (c.loaded < 25) {
			t.Errorf("of %d: the warnings are %q", c.most, whole.Warnings)
		}
	}
}

// readBody reads an answer.
func readBody(r *alertsReader, body string) error {
	api, err := Options{Name: "prom", URL: "http://prometheus.example.com"}.Client(sources.Prometheus)
	if err != nil {
		return err
	}
	return r.read(api, "reading alerts", promapi.NewStream(strings.NewReader(body)))
}

func TestAnswersThatAreOdd(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		alerts int
		fails  bool
	}{
		"no alerts":               {`{"status":"success","data":{"alerts":[]}}`, 0, false},
		"null":                    {`{"status":"success","data":{"alerts":null}}`, 0, false},
		"other fields":            {`{"x":[1,{"y":2}],"status":"success","data":{"z":{"alerts":[1]},"alerts":[{"state":"firing","labels":{"alertname":"a"}}]}}`, 1, false},
		"the status at the end":   {`{"data":{"alerts":[{"state":"firing","labels":{"alertname":"a"}}]},"status":"success"}`, 1, false},
		"one that can't be read":  {`{"status":"success","data":{"alerts":[{"state":"firing","labels":{"alertname":"a"}},7,null]}}`, 1, false},
		"broken off":              {`{"status":"success","data":{"alerts":[{"state":"firing"`, 0, true},
		"broken off later":        {`{"status":"success","data":{"alerts":[{"state":"firing","labels":{"alertname":"a"}},`, 0, true},
		"broken off at the end":   {`{"status":"success","data":{"alerts":[{"state":"firing","labels":{"alertname":"a"}}]`, 0, true},
		"more at the end":         {`{"status":"success","data":{"alerts":[{"state":"firing","labels":{"alertname":"a"}}]}}}`, 0, true},
		"one that is no JSON":     {`{"status":"success","data":{"alerts":[{"state":"firing","labels":{"alertname":"a"}},{"state":nope}]}}`, 0, true},
		"an error":                {`{"status":"error","error":"x"}`, 0, true},
		"an error at the end":     {`{"data":{"alerts":[{"state":"firing","labels":{"alertname":"a"}}]},"status":"error","error":"x"}`, 0, true},
		"no status":               {`{"data":{"alerts":[{"state":"firing","labels":{"alertname":"a"}}]}}`, 0, true},
		"a list":                  {`[]`, 0, true},
		"alerts that are no list": {`{"status":"success","data":{"alerts":{}}}`, 0, true},
		"nothing":                 {``, 0, true},
	} {
		r := newAlertsReader("prom", 100)
		err := readBody(r, c.body)
		classified(t, err)
		if (err != nil) != c.fails || err == nil && len(r.list) != c.alerts {
			t.Errorf("%s: %d alerts, %v", name, len(r.list), err)
		}
		if name == "one that can't be read" && r.extent().Whole() {
			t.Errorf("%s counts as whole", name)
		}
	}
}
