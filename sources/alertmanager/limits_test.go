package alertmanager

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

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

// padded is an answer too long to be held as a whole, with the same in it.
func padded(body []byte) []byte { return append([]byte(strings.Repeat(" ", 33<<20)), body...) }

// What is beyond the limit is counted and not kept, each alert once in however
// many groups it is, and whether the answer is read as a whole or not.
func TestMaxAlerts(t *testing.T) {
	groups := manyGroups(20)
	// The same alerts once more, at another receiver.
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
	for _, c := range []struct{ most, kept, groups int }{{0, 20, 4}, {1, 1, 2}, {9, 9, 2}, {10, 10, 2}, {11, 11, 4}, {19, 19, 4}, {20, 20, 4}, {21, 20, 4}, {50_000, 20, 4}} {
		whole, err := bounded(t, c.most, body).Read(t.Context(), none)
		if err != nil {
			t.Fatal(err)
		}
		pieces, err := bounded(t, c.most, padded(body)).Read(t.Context(), none)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(whole.Alerts, pieces.Alerts) || !reflect.DeepEqual(whole.Groups, pieces.Groups) || whole.NotKept != pieces.NotKept || whole.Extents.Alerts != pieces.Extents.Alerts {
			t.Errorf("of %d: piece by piece it is another answer", c.most)
		}
		if len(whole.Alerts) != c.kept || whole.NotKept != 20-c.kept || len(whole.Groups) != c.groups {
			t.Errorf("of %d: %d are kept and %d not, in %d groups", c.most, len(whole.Alerts), whole.NotKept, len(whole.Groups))
		}
		if whole.Extents.Alerts.Whole() != (c.kept == 20) {
			t.Errorf("of %d: the extent is %+v", c.most, whole.Extents.Alerts)
		}
		if says := strings.Contains(strings.Join(whole.Warnings, " "), "of 20 alerts are kept (max_alerts)"); says != (c.kept < 20) {
			t.Errorf("of %d: the warnings are %q", c.most, whole.Warnings)
		}
	}
}

func TestLongAnswersThatAreOdd(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		alerts int
		reason sources.Reason
	}{
		"no groups":               {`[]`, 0, ""},
		"null":                    {`null`, 0, ""},
		"a group without alerts":  {`[{"labels":{},"alerts":null}]`, 0, ""},
		"other fields":            {`[{"x":{"alerts":[1]},"alerts":[{"labels":{"alertname":"a"},"fingerprint":"1"}]}]`, 1, ""},
		"without fingerprints":    {`[{"alerts":[{"labels":{"alertname":"a"}},{"labels":{"alertname":"b"}},{"labels":{"alertname":"c"}}]}]`, 2, ""},
		"broken off":              {`[{"alerts":[{"labels":{`, 0, sources.BadAnswer},
		"an object":               {`{"message":"x"}`, 0, sources.BadAnswer},
		"alerts that are no list": {`[{"alerts":{}}]`, 0, sources.BadAnswer},
		"nothing":                 {``, 0, sources.BadAnswer},
	} {
		data, err := bounded(t, 2, padded([]byte(c.body))).Read(t.Context(), none)
		if sources.ReasonOf(err) != c.reason || len(data.Alerts) != c.alerts {
			t.Errorf("%s: %d alerts, %v", name, len(data.Alerts), err)
		}
	}
}
