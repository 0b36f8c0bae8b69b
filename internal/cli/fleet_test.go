package cli

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"firstline/sources/demo"
)

// fleetDirectory is a company of one person and one service.
func fleetDirectory() demo.Directory {
	return demo.Directory{
		Users:    []demo.User{{ID: "PU1", Name: "Dana Weber", Email: demo.Email, TimeZone: "Europe/Berlin"}},
		Policies: []demo.Policy{{ID: "PP1", Name: "First line", Levels: []demo.PolicyLevel{{Delay: 24 * time.Hour, UserIDs: []string{"PU1"}}}}},
		Services: []demo.Service{{ID: "PS1", Name: "Fleet", PolicyID: "PP1", RoutingKey: fleetRoutingKey}},
		Tokens:   map[string]string{demo.Token: "PU1"},
	}
}

const fleetRoutingKey = "0123456789abcdef0123456789abcdef"

// openIncident sends PagerDuty an event, as Alertmanager would.
func openIncident(tb testing.TB, pagerDuty *demo.PagerDuty, key, title, firing string) {
	tb.Helper()
	body, err := json.Marshal(map[string]any{
		"routing_key": fleetRoutingKey, "dedup_key": key, "event_action": "trigger", "client": "Alertmanager",
		"payload": map[string]any{
			"summary": title, "source": "Alertmanager", "severity": "critical",
			"custom_details": map[string]string{"firing": firing, "num_firing": "5", "num_resolved": "0", "resolved": ""},
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
	w := httptest.NewRecorder()
	pagerDuty.ServeHTTP(w, httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/v2/enqueue", bytes.NewReader(body)))
	if w.Code != http.StatusAccepted {
		tb.Fatalf("the event was answered %d: %s", w.Code, w.Body)
	}
}
