package demo

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// get reads JSON from a stand-in over HTTP.
func get(t *testing.T, url string, into any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Token token="+Token)
	r.Close = true
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v: %s", url, response.StatusCode, err, body)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("%s: %v", url, err)
	}
}

// hand is a demo whose clock the test sets.
type hand struct {
	*Demo
	mu sync.Mutex
	at time.Time
}

func (h *hand) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

// turn advances the clock, a second at a time.
func (h *hand) turn(d time.Duration) {
	for range int(d / time.Second) {
		h.mu.Lock()
		h.at = h.at.Add(time.Second)
		h.mu.Unlock()
		h.Step()
	}
}

func byHand(t *testing.T) *hand {
	t.Helper()
	return byHandOf(t, time.Date(2026, 11, 20, 2, 30, 0, 0, time.UTC), Options{})
}

func byHandOf(t *testing.T, at time.Time, o Options) *hand {
	t.Helper()
	h := &hand{at: at}
	o.Now = h.now
	d, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	h.Demo = d
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func (h *hand) about(t *testing.T, part string) IncidentState {
	t.Helper()
	all := h.PagerDuty.Incidents()
	i := slices.IndexFunc(all, func(s IncidentState) bool { return strings.Contains(s.Title, part) })
	if i < 0 {
		t.Fatalf("there is no incident about %s", part)
	}
	return all[i]
}

func TestStoryAtItsStart(t *testing.T) {
	h := byHand(t)
	checkout := h.about(t, "HighErrorRate")
	if checkout.Status != "triggered" || !slices.Equal(checkout.Assignees, []string{"PUDANA1"}) {
		t.Errorf("checkout = %+v", checkout)
	}
	if stuck := h.about(t, "DatabaseReplicationLag"); stuck.Status != "acknowledged" {
		t.Errorf("the incident whose resolve was lost = %+v", stuck)
	}
	for _, unpaged := range []string{"NodeDiskPressure", "NewsletterQueueStuck", "OrderQueueGrowing"} {
		if slices.ContainsFunc(h.PagerDuty.Incidents(), func(s IncidentState) bool { return strings.Contains(s.Title, unpaged) }) {
			t.Errorf("%s paged", unpaged)
		}
	}
	var prom struct {
		Data struct {
			Alerts []struct {
				Labels map[string]string
				State  string
			}
		}
	}
	get(t, h.Prometheus.URL()+"/api/v1/alerts", &prom)
	states := map[string]string{}
	for _, a := range prom.Data.Alerts {
		states[a.Labels["alertname"]] = a.State
		if a.Labels["cluster"] != "" {
			t.Errorf("Prometheus shows external labels: %v", a.Labels)
		}
	}
	if states["OrderQueueGrowing"] != "pending" || states["HighErrorRate"] != "firing" || states["DatabaseReplicationLag"] != "" {
		t.Errorf("states = %v", states)
	}
	var alerts []struct {
		Labels map[string]string
		Status struct{ SilencedBy []string }
	}
	get(t, h.Alertmanager.URL()+"/api/v2/alerts?filter="+`alertname%3D"NodeDiskPressure"`, &alerts)
	if len(alerts) != 1 || len(alerts[0].Status.SilencedBy) != 1 || alerts[0].Labels["cluster"] != "prod-eu" {
		t.Errorf("the silenced alert = %+v", alerts)
	}
}

func TestStoryUnfolds(t *testing.T) {
	h := byHand(t)
	search := h.about(t, "SearchLatencyP99").ID
	h.turn(3 * time.Minute)
	if q := h.about(t, "OrderQueueGrowing"); q.Status != "triggered" || !slices.Equal(q.Assignees, []string{"PUDANA1"}) {
		t.Errorf("the pending alert paged as %+v", q)
	}
	var groups []struct {
		Labels map[string]string
		Alerts []struct{ Fingerprint string }
	}
	get(t, h.Alertmanager.URL()+"/api/v2/alerts/groups", &groups)
	for _, g := range groups {
		if g.Labels["alertname"] == "HighErrorRate" && len(g.Alerts) != 4 {
			t.Errorf("%d pods fail, want 4", len(g.Alerts))
		}
		if g.Labels["alertname"] == "SearchLatencyP99" {
			t.Error("search is still slow")
		}
	}
	for _, i := range h.PagerDuty.Incidents() {
		if i.ID == search && i.Status != "resolved" {
			t.Errorf("search = %+v", i)
		}
	}
	h.turn(4 * time.Minute)
	if checkout := h.about(t, "HighErrorRate"); checkout.Level != 2 || !slices.Equal(checkout.Assignees, []string{"PUJONA1"}) {
		t.Errorf("nobody answered for ten minutes, and yet: %+v", checkout)
	}
}

func TestAcknowledgedDoesNotEscalateAndTriggersAgain(t *testing.T) {
	h := byHand(t)
	id := h.about(t, "HighErrorRate").ID
	if code := h.PagerDuty.Do("PUDANA1", "PUT", "/incidents", `{"incidents":[{"id":"`+id+`","type":"incident_reference","status":"acknowledged"}]}`); code != http.StatusOK {
		t.Fatalf("status %d", code)
	}
	h.turn(15 * time.Minute)
	if i := h.about(t, "HighErrorRate"); i.Status != "acknowledged" || i.Level != 1 {
		t.Errorf("acknowledged, and yet: %+v", i)
	}
	h.turn(16 * time.Minute) // the service's acknowledgement timeout is 30 minutes
	if i := h.about(t, "HighErrorRate"); i.Status != "triggered" || len(i.Acknowledgers) != 0 {
		t.Errorf("the acknowledgement should have ended: %+v", i)
	}
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	h := byHand(t)
	good, gone := h.about(t, "HighErrorRate").ID, h.about(t, "PaymentProvider").ID
	acknowledge := func(id string) string {
		return `{"id":"` + id + `","type":"incident_reference","status":"acknowledged"}`
	}
	resolve := `{"incidents":[{"id":"` + gone + `","type":"incident_reference","status":"resolved"}]}`
	if code := h.PagerDuty.Do("PUDANA1", "PUT", "/incidents", resolve); code != http.StatusOK {
		t.Fatalf("status %d", code)
	}
	if code := h.PagerDuty.Do("PUDANA1", "PUT", "/incidents", `{"incidents":[`+acknowledge(good)+`,`+acknowledge(gone)+`]}`); code != http.StatusBadRequest {
		t.Errorf("status %d", code)
	}
	if i := h.about(t, "HighErrorRate"); i.Status != "triggered" {
		t.Errorf("half of a refused call was done: %+v", i)
	}
}

func TestPolicyOverridesLevel(t *testing.T) {
	h := byHand(t)
	id := h.about(t, "HighErrorRate").ID
	h.PagerDuty.Do("PUDANA1", "PUT", "/incidents", `{"incidents":[{"id":"`+id+`","type":"incident","escalation_level":2,"escalation_policy":{"id":"PFIRST1","type":"escalation_policy_reference"}}]}`)
	if i := h.about(t, "HighErrorRate"); i.PolicyID != FirstLinePolicy || i.Level != 1 || !slices.Equal(i.Assignees, []string{"PUPRIY1"}) {
		t.Errorf("got %+v", i)
	}
}

func TestOpenIncidentsOlderThanAMonthNeedDateRangeAll(t *testing.T) {
	at := time.Date(2026, 11, 20, 2, 30, 0, 0, time.UTC)
	p := NewPagerDuty(PagerDutyOptions{Directory: company(at), Now: func() time.Time { return at }})
	p.take([]byte(`{"routing_key":"` + integrations[receiverPayments].routingKey + `","event_action":"trigger","dedup_key":"old","payload":{"summary":"old","source":"x","severity":"critical"}}`))
	at = at.AddDate(0, 2, 0)
	count := func(query string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/incidents?"+query, nil)
		r.Header.Set("Authorization", "Token token="+Token)
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		var body struct{ Incidents []any }
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
		return len(body.Incidents)
	}
	if n := count("statuses[]=triggered"); n != 0 {
		t.Errorf("without date_range: %d", n)
	}
	if n := count("statuses[]=triggered&date_range=all"); n != 1 {
		t.Errorf("with date_range=all: %d", n)
	}
	if n := count("date_range=all&incident_key=old"); n != 1 {
		t.Errorf("by key: %d", n)
	}
}

func TestSilenceTakesEffect(t *testing.T) {
	h := byHand(t)
	post := func(contentType, body string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.Alertmanager.URL()+"/api/v2/silences", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", contentType)
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
		return response.StatusCode, string(text)
	}
	const whole = `{"matchers":[{"name":"alertname","value":"HighErrorRate","isRegex":false}],"startsAt":"2026-11-20T02:30:00Z","endsAt":"2026-11-20T03:30:00Z","createdBy":"ann","comment":"ACK!"}`
	for _, c := range []struct {
		contentType, body string
		want              int
	}{
		{"text/plain", whole, 415},
		{"application/json", `{"matchers":[]}`, 422},
		{"application/json", strings.Replace(whole, "HighErrorRate", "", 1), 400},
		{"application/json", strings.Replace(whole, "T03:30", "T02:00", 1), 400},
		{"application/json", whole, 200},
	} {
		if code, text := post(c.contentType, c.body); code != c.want {
			t.Errorf("%s %s: %d %s", c.contentType, c.body, code, text)
		}
	}
	var alerts []struct{ Status struct{ State string } }
	get(t, h.Alertmanager.URL()+"/api/v2/alerts?filter="+`alertname%3D"HighErrorRate"`, &alerts)
	for _, a := range alerts {
		if a.Status.State != "suppressed" {
			t.Errorf("an alert is %s", a.Status.State)
		}
	}
}

func TestRunbooksOfTheStoryAreThere(t *testing.T) {
	for _, r := range newScript().rules() {
		page := r.annotations["runbook_url"]
		if page == "" {
			continue
		}
		if _, err := fs.Stat(Runbooks(), strings.TrimPrefix(page, runbook(""))); err != nil {
			t.Errorf("%s: %v", r.name, err)
		}
	}
}

func TestDemoEndsItsGoroutines(t *testing.T) {
	d, err := Start(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil { // TestMain checks what is left
		t.Error(err)
	}
}

func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(`{"routing_key":"0123456789abcdef0123456789abc001","event_action":"trigger","dedup_key":"d","payload":{"summary":"s","source":"x","severity":"critical","custom_details":{"firing":[]}}}`))
	f.Add([]byte(`{"event_action":"resolve"}`))
	f.Add([]byte(`[]`))
	at := time.Date(2026, 11, 20, 2, 30, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, body []byte) {
		e, problems := parseEvent(body)
		if len(problems) > 0 {
			return
		}
		p := NewPagerDuty(PagerDutyOptions{Directory: company(at), Now: func() time.Time { return at }})
		if p.accept(e) == "" {
			t.Errorf("%s was taken without a key", body)
		}
	})
}
