package demo

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// ask sends a request without a body and returns the status and the answer.
func ask(t *testing.T, method, target string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, strings.TrimSpace(string(text))
}

func TestAlertsThatAreAskedFor(t *testing.T) {
	h := byHand(t)
	for _, c := range []struct {
		name  string
		query url.Values
		want  int // alerts
	}{
		{"all", nil, 9},
		{"not the silenced", url.Values{"silenced": {"false"}}, 8},
		{"the silenced alone", url.Values{"active": {"false"}}, 1},
		{"neither", url.Values{"active": {"false"}, "silenced": {"false"}}, 0},
		{"by label", url.Values{"filter": {`alertname="HighErrorRate"`}}, 3},
		{"by an external label", url.Values{"filter": {`cluster="prod-eu"`}}, 9},
		{"by two", url.Values{"filter": {`alertname="HighErrorRate"`, `pod=~".*zq9vm"`}}, 1},
		{"by a label that is not there", url.Values{"filter": {`pod=""`}}, 5},
		{"by receiver", url.Values{"receiver": {receiverPayments}}, 4},
		{"by a pattern of receivers", url.Values{"receiver": {"pagerduty-p.*"}}, 7},
		{"the pattern is for the whole name", url.Values{"receiver": {"pagerduty"}}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var alerts []struct{ Fingerprint string }
			get(t, h.Alertmanager.URL()+"/api/v2/alerts?"+c.query.Encode(), &alerts)
			var groups []struct {
				Alerts []struct{ Fingerprint string }
			}
			get(t, h.Alertmanager.URL()+"/api/v2/alerts/groups?"+c.query.Encode(), &groups)
			grouped := 0
			for _, g := range groups {
				grouped += len(g.Alerts)
			}
			if len(alerts) != c.want || grouped != c.want {
				t.Errorf("%d alerts, and %d in groups, want %d", len(alerts), grouped, c.want)
			}
		})
	}
	for _, query := range []string{"filter=%7B", "receiver=("} {
		for _, path := range []string{"/api/v2/alerts", "/api/v2/alerts/groups"} {
			if status, text := ask(t, "GET", h.Alertmanager.URL()+path+"?"+query); status != 400 || !strings.HasPrefix(text, `"`) {
				t.Errorf("%s: %d %s", query, status, text)
			}
		}
	}
}

// The rules of a real Alertmanager 0.31, from its answers.
func TestLifeOfASilence(t *testing.T) {
	h := byHand(t)
	root := h.Alertmanager.URL() + "/api/v2"
	type shown struct {
		ID       string
		Status   struct{ State string }
		StartsAt time.Time
		EndsAt   time.Time
		Matchers []struct{ IsEqual *bool }
	}
	var before []shown
	get(t, root+"/silences?filter=node%3D%22node-7%22", &before)
	if len(before) != 1 || before[0].Status.State != "active" || before[0].Matchers[0].IsEqual == nil {
		t.Fatalf("the silence of node-7 is %+v", before)
	}
	var none []shown
	if get(t, root+"/silences?filter=node%3D%22node-8%22", &none); len(none) != 0 {
		t.Errorf("found %+v", none)
	}
	id := before[0].ID
	for _, c := range []struct {
		method, id string
		want       int
	}{
		{"GET", id, 200},
		{"GET", "00000000-0000-4000-8000-00000000ffff", 404},
		{"DELETE", "00000000-0000-4000-8000-00000000ffff", 404},
		{"DELETE", id, 200},
		{"DELETE", id, 200}, // a second time is not an error
		{"GET", id, 200},    // it still exists
	} {
		if status, text := ask(t, c.method, root+"/silence/"+c.id); status != c.want {
			t.Errorf("%s %s: %d %s, want %d", c.method, c.id, status, text, c.want)
		}
	}
	var after shown
	if get(t, root+"/silence/"+id, &after); after.Status.State != "expired" || !after.EndsAt.Equal(h.now()) {
		t.Errorf("expired, and yet: %+v", after)
	}
	h.turn(time.Second)
	if i := h.about(t, "NodeDiskPressure"); i.Status != "triggered" {
		t.Errorf("the silence ended, and its alert: %+v", i)
	}
}

// Alertmanager does not report the end of a silenced alert to PagerDuty, so the
// incident stays open when nothing fires any more (alertmanager issues 226,
// 1803).
func TestWhatEndsWhileSilencedStaysOpen(t *testing.T) {
	for _, silenced := range []bool{false, true} {
		h := byHand(t)
		id := h.about(t, "SearchLatencyP99").ID
		want := "resolved"
		if silenced {
			h.silence("ACK!", "marta@example.com", time.Minute, map[string]string{"alertname": "SearchLatencyP99"})
			h.turn(2 * time.Minute)
			h.silence("ACK!", "marta@example.com", time.Minute, map[string]string{"alertname": "SearchLatencyP99"})
			want = "acknowledged"
		}
		h.turn(5 * time.Minute)
		for _, i := range h.PagerDuty.Incidents() {
			if i.ID == id && i.Status != want {
				t.Errorf("silenced %v: %+v, want %s", silenced, i, want)
			}
		}
	}
}
