package alertmanager

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"firstline/internal/promapi"
	"firstline/sources"
)

func bounded(t *testing.T, most int, body []byte) *Client {
	t.Helper()
	rest := recorded(t, "0.31")
	c := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v2/alerts/groups" {
			_, _ = w.Write(body)
			return
		}
		rest.ServeHTTP(w, r)
	}))
	limited, err := New(Options{Name: "am", URL: c.api.Base(), MaxAlerts: most})
	if err != nil {
		t.Fatal(err)
	}
	return limited
}

// Alerts beyond the limit are only counted, each alert once in however many
// groups it is.
func TestMaxAlerts(t *testing.T) {
	groups := manyGroups(20)
	// The same alerts again, at another receiver.
	var list []json.RawMessage
	if err := json.Unmarshal(groups, &list); err != nil {
		t.Fatal(err)
	}
	for _, g := range list[:2] {
		list = append(list, bytes.ReplaceAll(g, []byte("pager"), []byte("mail")))
	}
	body, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ most, loaded, groups int }{{0, 20, 4}, {1, 1, 2}, {9, 9, 2}, {10, 10, 2}, {11, 11, 4}, {19, 19, 4}, {20, 20, 4}, {21, 20, 4}, {50_000, 20, 4}} {
		whole, err := bounded(t, c.most, body).Read(t.Context(), none)
		if err != nil {
			t.Fatal(err)
		}
		if len(whole.Alerts) != c.loaded || whole.Omitted != 20-c.loaded || len(whole.Groups) != c.groups {
			t.Errorf("of %d: %d are kept and %d not, in %d groups", c.most, len(whole.Alerts), whole.Omitted, len(whole.Groups))
		}
		if whole.Extents.Alerts.Whole() != (c.loaded == 20) {
			t.Errorf("of %d: the extent is %+v", c.most, whole.Extents.Alerts)
		}
		if says := strings.Contains(strings.Join(whole.Warnings, " "), "of 20 alerts are loaded (max_alerts)"); says != (c.loaded < 20) {
			t.Errorf("of %d: the warnings are %q", c.most, whole.Warnings)
		}
	}
}

// readBody reads an answer.
func readBody(r *groupsReader, body string) error {
	api, err := Options{Name: "am", URL: "http://alertmanager.example.com"}.Client(sources.Alertmanager)
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
		"no groups":               {`[]`, 0, false},
		"null":                    {`null`, 0, true},
		"a group without alerts":  {`[{"labels":{},"alerts":null}]`, 0, false},
		"a group that is null":    {`[null]`, 0, false},
		"other fields":            {`[{"x":{"alerts":[1]},"alerts":[{"labels":{"alertname":"a"},"fingerprint":"1"}]}]`, 1, false},
		"without fingerprints":    {`[{"alerts":[{"labels":{"alertname":"a"}},{"labels":{"alertname":"b"}},{"labels":{"alertname":"c"}}]}]`, 2, false},
		"broken off":              {`[{"alerts":[{"labels":{`, 0, true},
		"broken off at the end":   {`[{"alerts":[{"labels":{"alertname":"a"}}]}`, 0, true},
		"more at the end":         {`[{"alerts":[{"labels":{"alertname":"a"}}]}]]`, 0, true},
		"one that is no JSON":     {`[{"alerts":[{"labels":{"alertname":"a"}},{"labels":nope}]}]`, 0, true},
		"a number":                {`[7]`, 0, true},
		"a word":                  {`[nope]`, 0, true},
		"an object":               {`{"message":"x"}`, 0, true},
		"alerts that are no list": {`[{"alerts":{}}]`, 0, true},
		"a receiver that is none": {`[{"alerts":[],"receiver":"x"}]`, 0, true},
		"labels that are none":    {`[{"alerts":[],"labels":["x"]}]`, 0, true},
		"nothing":                 {``, 0, true},
	} {
		r := newGroupsReader("am", 2)
		for range 2 {
			err := readBody(r, c.body)
			classified(t, err)
			if (err != nil) != c.fails || err == nil && len(r.data.Alerts) != c.alerts {
				t.Errorf("%s: %d alerts, %v", name, len(r.data.Alerts), err)
			}
		}
	}
}
