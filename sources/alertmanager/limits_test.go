package alertmanager

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"firstline/internal/promapi"
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

// padded returns an answer with the same content that is too long to hold in
// memory.
func padded(body []byte) []byte { return append([]byte(strings.Repeat(" ", 16<<20)), body...) }

// Alerts beyond the limit are only counted, each alert once in however many
// groups it is, and whether or not the answer is read as a whole.
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
		pieces := whole
		if c.most == 9 || c.most == 0 { // a long answer is slow
			if pieces, err = bounded(t, c.most, padded(body)).Read(t.Context(), none); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(whole.Alerts, pieces.Alerts) || !reflect.DeepEqual(whole.Groups, pieces.Groups) || whole.Omitted != pieces.Omitted || whole.Extents.Alerts != pieces.Extents.Alerts {
			t.Errorf("of %d: piece by piece it is another answer", c.most)
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

func TestLongAnswersThatAreOdd(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		alerts int
		fails  bool
	}{
		"no groups":               {`[]`, 0, false},
		"null":                    {`null`, 0, true},
		"a group without alerts":  {`[{"labels":{},"alerts":null}]`, 0, false},
		"other fields":            {`[{"x":{"alerts":[1]},"alerts":[{"labels":{"alertname":"a"},"fingerprint":"1"}]}]`, 1, false},
		"without fingerprints":    {`[{"alerts":[{"labels":{"alertname":"a"}},{"labels":{"alertname":"b"}},{"labels":{"alertname":"c"}}]}]`, 2, false},
		"broken off":              {`[{"alerts":[{"labels":{`, 0, true},
		"an object":               {`{"message":"x"}`, 0, true},
		"alerts that are no list": {`[{"alerts":{}}]`, 0, true},
		"nothing":                 {``, 0, true},
	} {
		groups, err := readPieces(json.NewDecoder(strings.NewReader(c.body)), newLimiter(2), new(promapi.Recall[alertAnswer]))
		alerts, _ := groups.read("am")
		if (err != nil) != c.fails || err == nil && len(alerts) != c.alerts {
			t.Errorf("%s: %d alerts, %v", name, len(alerts), err)
		}
	}
}
