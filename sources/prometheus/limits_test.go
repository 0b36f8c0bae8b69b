package prometheus

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"firstline/internal/promapi"
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

// padded returns an answer with the same content that is too long to hold in
// memory.
func padded(body []byte) []byte { return append([]byte(strings.Repeat(" ", 16<<20)), body...) }

// Alerts beyond the limit are only counted, whether the answer is read as a
// whole or piece by piece, and the list is then not whole.
func TestMaxAlerts(t *testing.T) {
	body := manyAlerts(25)
	for _, c := range []struct{ most, loaded int }{{0, 25}, {1, 1}, {9, 9}, {10, 10}, {24, 24}, {25, 25}, {26, 25}, {50_000, 25}} {
		whole, err := bounded(t, c.most, body).Read(t.Context(), none)
		if err != nil {
			t.Fatal(err)
		}
		pieces := whole
		if c.most == 9 || c.most == 0 { // a long answer is slow
			if pieces, err = bounded(t, c.most, padded(body)).Read(t.Context(), none); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(whole.Alerts, pieces.Alerts) || whole.Omitted != pieces.Omitted || !reflect.DeepEqual(whole.Warnings, pieces.Warnings) || whole.Extents.Alerts != pieces.Extents.Alerts {
			t.Errorf("of %d: piece by piece it is another answer", c.most)
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

func TestLongAnswersThatAreOdd(t *testing.T) {
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
		"an error":                {`{"status":"error","error":"x"}`, 0, true},
		"a list":                  {`[]`, 0, true},
		"alerts that are no list": {`{"status":"success","data":{"alerts":{}}}`, 0, true},
		"nothing":                 {``, 0, true},
	} {
		g := newGatherer("prom", 100)
		_, err := g.pieces(json.NewDecoder(strings.NewReader(c.body)), new(promapi.Recall[alertAnswer]))
		if (err != nil) != c.fails || err == nil && len(g.loaded) != c.alerts {
			t.Errorf("%s: %d alerts, %v", name, len(g.loaded), err)
		}
		if name == "one that can't be read" && g.gathered().extent.Whole() {
			t.Errorf("%s counts as whole", name)
		}
	}
}
