package pagerduty

import (
	"net/http"
	"testing"
	"time"
)

// The users in the turns of a policy are known to the next snapshot: a large account
// lists none of them.
func TestTurnsBringTheirUsers(t *testing.T) {
	c, k := newTestClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, 200, map[string]any{"more": false, "oncalls": []any{map[string]any{
			"user":              map[string]any{"id": "PFAR", "type": "user", "name": "Far", "email": "far@example.com", "time_zone": "Asia/Tokyo"},
			"escalation_policy": map[string]any{"id": "PP"}, "escalation_level": 1, "start": "2026-03-05T00:00:00Z", "end": "2026-03-06T00:00:00Z",
		}}})
	}), nil)
	if _, _, err := c.OnCallsUntil(t.Context(), k.Now().Add(48*time.Hour), "PP"); err != nil {
		t.Fatal(err)
	}
	if users := c.data().Users; len(users) != 1 || users[0].TimeZone != "Asia/Tokyo" {
		t.Errorf("the users are %+v", users)
	}
}
