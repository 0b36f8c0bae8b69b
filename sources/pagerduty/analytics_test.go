package pagerduty

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"firstline/sources"
)

// TestAnalyticsGoesOnAfterTheLast reads two pages with an incident that has no id.
func TestAnalyticsGoesOnAfterTheLast(t *testing.T) {
	f := newFake(newClock(), 0)
	var after []string
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		var q analyzedQuestion
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			t.Error(err)
		}
		after = append(after, q.After)
		if q.After == "" {
			writeJSON(w, 200, map[string]any{"more": true, "last": "cursor", "data": []any{
				map[string]any{"id": "P1", "created_at": "2026-10-20T05:00:00Z", "total_interruptions": 2, "seconds_to_first_ack": nil, "auto_resolved": true},
				map[string]any{"id": "../users"},
			}})
			return true
		}
		writeJSON(w, 200, map[string]any{"more": false, "last": "other", "data": []any{map[string]any{"id": "P2", "engaged_seconds": "7"}}})
		return true
	}
	c, _ := newTestClient(t, f, nil)
	all, extent, err := c.AnalyzedIncidents(t.Context(), sources.Span{}, []string{"PS"})
	if err != nil || len(all) != 2 || extent.Whole() || len(after) != 2 || after[1] != "cursor" {
		t.Fatalf("%+v, %s, %v after %q", all, extent.Why(), err, after)
	}
	m := all[0].Metrics
	if _, found := m["seconds_to_first_ack"]; found || m["total_interruptions"] != 2 || m["auto_resolved"] != 1 || all[1].Metrics["engaged_seconds"] != 7 {
		t.Errorf("the metrics are %v and %v", m, all[1].Metrics)
	}
	if want := time.Date(2026, 10, 20, 5, 0, 0, 0, time.UTC); !all[0].CreatedAt.Equal(want) {
		t.Errorf("it was created at %v", all[0].CreatedAt)
	}
}

// An endless list ends.
func TestAnalyticsThatDoesNotGoOn(t *testing.T) {
	f := newFake(newClock(), 0)
	f.before = func(w http.ResponseWriter, _ *http.Request) bool {
		writeJSON(w, 200, map[string]any{"more": true, "last": "same", "data": []any{}})
		return true
	}
	c, _ := newTestClient(t, f, nil)
	if _, _, err := c.AnalyzedIncidents(t.Context(), sources.Span{}, []string{"PS"}); err == nil {
		t.Error("it was taken for the whole")
	}
}

// Whatever Analytics sends, its numbers are numbers.
func FuzzAnalyzed(f *testing.F) {
	f.Add([]byte(`{"id":"P1","created_at":"2026-10-20T05:00:00Z","x":1,"y":"2","z":null,"a":[],"b":true}`))
	f.Add([]byte(`{"id":1e400}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var a analyzedAnswer
		if json.Unmarshal(data, &a) != nil {
			return
		}
		if !plainID.MatchString(a.id) {
			t.Errorf("the id is %q", a.id)
		}
		for name, n := range a.metrics {
			if !(n >= 0 && n < 1e15) {
				t.Errorf("%s is %v", name, n)
			}
		}
	})
}
