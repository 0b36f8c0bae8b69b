package prometheus

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"firstline/internal/promapi"
	"firstline/sources"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server answers each path with a configured answer, and counts.
type server struct {
	mu    sync.Mutex
	files map[string]string // path -> file in testdata, or the body itself
	codes map[string]int
	asked map[string]int
}

func recorded() *server {
	return &server{
		files: map[string]string{
			"/api/v1/alerts": "alerts.json", "/api/v1/rules": "rules.json", "/api/v1/status/config": "config.json",
		},
		codes: map[string]int{}, asked: map[string]int{},
	}
}

func (s *server) set(path string, code int, body string) *server {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[path], s.codes[path] = body, code
	return s
}

func (s *server) count(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[path]
}

func (s *server) answer(path string) (int, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[path]++
	body, ok := s.files[path]
	if !ok {
		return http.StatusNotFound, []byte("404 page not found\n")
	}
	code := s.codes[path]
	if code == 0 {
		code = http.StatusOK
	}
	if strings.HasSuffix(body, ".json") {
		b, err := os.ReadFile("testdata/" + body)
		if err != nil {
			panic(err)
		}
		return code, b
	}
	return code, []byte(body)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	code, body := s.answer(r.URL.Path)
	w.WriteHeader(code)
	_, _ = w.Write(body)
}

// RoundTrip answers without a network, for tests in a bubble of time.
func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

func client(t testing.TB, url string) *Client {
	t.Helper()
	c, err := New(Options{Name: "prom-eu", URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func start(t testing.TB, h http.Handler) *Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return client(t, s.URL)
}

func none(sources.Data) {}

func TestRead(t *testing.T) {
	c := start(t, recorded())
	var parts []sources.Data
	data, err := c.Read(t.Context(), func(d sources.Data) { parts = append(parts, d) })
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	for _, a := range data.Alerts {
		states = append(states, a.Name()+" "+string(a.State))
		if a.Source != "prom-eu" || a.Fingerprint != "" || a.ActiveSince.IsZero() {
			t.Errorf("%+v", a)
		}
	}
	want := "CheckoutErrorRateHigh firing, PodCrashLooping firing, PodCrashLooping firing, SearchLatencyHigh firing, Waiting pending, BadTemplate firing"
	if got := strings.Join(states, ", "); got != want {
		t.Errorf("alerts: %s\nwant: %s", got, want)
	}
	first := data.Alerts[0]
	if first.Labels["service"] != "checkout" || first.Labels["cluster"] != "" || first.Value.String() != "1e+00" ||
		first.Annotations["runbook_url"] != "https://runbooks.example.com/checkout/error-rate.md" ||
		first.ActiveSince.Format(time.RFC3339Nano) != "2026-11-22T22:31:31.248559219Z" {
		t.Errorf("%+v", first)
	}
	if first.GeneratorURL != c.api.Base()+"/graph?g0.expr=vector%281%29&g0.tab=1" {
		t.Errorf("link: %s", first.GeneratorURL)
	}
	if data.ExternalLabels["cluster"] != "dev" || data.ExternalLabels["replica"] != "a" || len(data.ExternalLabels) != 2 {
		t.Errorf("external labels: %v", data.ExternalLabels)
	}
	rules := map[string]sources.Rule{}
	for _, r := range data.Rules {
		rules[r.Name] = r
	}
	if r := rules["Duplicate"]; r.Health != "err" || !strings.Contains(r.LastError, "same labelset") {
		t.Errorf("%+v", r)
	}
	if r := rules["SearchLatencyHigh"]; r.For != 3*time.Second || r.Group != "firstline-test" || r.Query != "vector(0.75)" || r.Source != "prom-eu" || r.Health != "ok" {
		t.Errorf("%+v", r)
	}
	if _, ok := rules["job:up"]; ok || len(rules) != 6 {
		t.Errorf("%d rules, want the 6 alerting ones", len(rules))
	}
	if len(parts) != 1 || len(parts[0].Alerts) != 6 || parts[0].ExternalLabels["cluster"] != "dev" || parts[0].Alerts[0].GeneratorURL != "" {
		t.Errorf("partial: %+v", parts)
	}
	if len(data.Warnings) > 0 {
		t.Errorf("warnings: %v", data.Warnings)
	}
}

func TestReadOddities(t *testing.T) {
	for _, c := range []struct {
		name, alerts string
		want         int
		warning      string
	}{
		{name: "no alerts", alerts: `{"status":"success","data":{"alerts":[]}}`},
		{name: "no data at all", alerts: `{"status":"success"}`, warning: "the answer has no list of alerts: whether any is active is unknown"},
		{name: "Thanos, partly", alerts: `{"status":"success","data":{"alerts":[{"labels":{"alertname":"A"},"state":"firing","activeAt":"2026-11-22T22:31:31Z","value":"1","partialResponseStrategy":"WARN"}]},"warnings":["receive-0: unavailable"]}`, want: 1, warning: "receive-0: unavailable"},
		{name: "inactive ones", alerts: `{"status":"success","data":{"alerts":[{"labels":{},"state":"inactive"},{"labels":{"alertname":"A"},"state":"pending"}]}}`, want: 1},
		{name: "a time that is none", alerts: `{"status":"success","data":{"alerts":[{"labels":{"alertname":"A"},"state":"firing","activeAt":"yesterday"}]}}`, want: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, err := start(t, recorded().set("/api/v1/alerts", 200, c.alerts)).Read(t.Context(), none)
			if err != nil || len(data.Alerts) != c.want {
				t.Fatalf("%d alerts, %v", len(data.Alerts), err)
			}
			if got := strings.Join(data.Warnings, "; "); got != c.warning {
				t.Errorf("warnings: %q", got)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		code   int
		body   string
		reason sources.Reason
		want   string
	}{
		{"Mimir without its prefix", 200, "template_files: {}\nalertmanager_config: |\n  route:\n    receiver: x\n", sources.NotAnAPI, "answered with an Alertmanager's configuration, so it is not the address of a Prometheus: check url under [[prometheus]]; for Mimir add /prometheus to it"},
		{"a web page", 200, "<!DOCTYPE html><title>Sign in</title>", sources.NotAnAPI, "web page"},
		{"another API", 200, `{"message":"hello"}`, sources.NotAnAPI, "other JSON"},
		{"a list", 200, `[]`, sources.NotAnAPI, "other JSON"},
		{"a word", 200, `null`, sources.NotAnAPI, "other JSON"},
		{"nothing", 200, "", sources.NotAnAPI, "nothing"},
		{"an old Alertmanager", 200, `{"status":"success","data":[{"labels":{"alertname":"A"}}]}`, sources.NotAnAPI, "as an Alertmanager does"},
		{"a new Alertmanager", 410, `{"status":"deprecated","error":"The Alertmanager v1 API was deprecated"}`, sources.NotAnAPI, "list it under [[alertmanager]]"},
		{"an error with 200", 200, `{"status":"error","errorType":"x","error":"no such thing"}`, sources.Rejected, "no such thing"},
		{"cut", 200, `{"status":"success","data":{"alerts":[{"labels":`, sources.BadAnswer, "damaged"},
		{"odd types", 200, `{"status":"success","data":{"alerts":[{"labels":{"a":1}}]}}`, sources.BadAnswer, "another form"},
		{"odd types first", 200, `{"data":{"alerts":[{"labels":{"a":1}}]},"status":"success"}`, sources.BadAnswer, "another form"},
		{"down", 503, "Service Unavailable", sources.ServerFailed, "503"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := start(t, recorded().set("/api/v1/alerts", c.code, c.body)).Read(t.Context(), none)
			var e *sources.Error
			if !errors.As(err, &e) || e.Reason != c.reason || !strings.Contains(e.Sentence, c.want) || e.Source.Name != "prom-eu" || e.Doing != "reading alerts" {
				t.Errorf("%+v, want %s: %s", err, c.reason, c.want)
			}
		})
	}
}

// Other data may fail; the alerts still count.
func TestReadWithoutTheRest(t *testing.T) {
	for _, c := range []struct {
		name, path string
		code       int
		body       string
		want       string // in the only warning; "" means none
	}{
		{"no configuration", "/api/v1/status/config", 404, "404 page not found", ""},
		{"configuration not shown", "/api/v1/status/config", 403, "forbidden", ""},
		{"configuration is a page", "/api/v1/status/config", 200, "<html>", ""},
		{"configuration fails", "/api/v1/status/config", 500, "oh", "the external labels and alert_relabel_configs could not be read: "},
		{"configuration is no YAML", "/api/v1/status/config", 200, `{"status":"success","data":{"yaml":"a: ["}}`, "the external labels and alert_relabel_configs could not be read: "},
		{"no rules", "/api/v1/rules", 404, "404 page not found", "the rules could not be read: "},
		{"some rules", "/api/v1/rules", 200, `{"status":"success","data":{"groups":[]},"warnings":["ruler-1: gone"]}`, "the rules may be incomplete: ruler-1: gone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, err := start(t, recorded().set(c.path, c.code, c.body)).Read(t.Context(), none)
			if err != nil || len(data.Alerts) != 6 {
				t.Fatalf("%d alerts, %v", len(data.Alerts), err)
			}
			switch {
			case c.want == "" && len(data.Warnings) > 0, c.want != "" && len(data.Warnings) != 1:
				t.Errorf("warnings: %q", data.Warnings)
			case c.want != "" && !strings.HasPrefix(data.Warnings[0], c.want):
				t.Errorf("warning: %q", data.Warnings[0])
			}
		})
	}
}

func TestSlowThingsAreReadSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// A failing rule would be read more often.
		s := recorded().set("/api/v1/rules", 200, `{"status":"success","data":{"groups":[{"name":"g","rules":[{"type":"alerting","name":"A","health":"ok"}]}]}}`)
		api, err := promapi.New(promapi.Options{
			Source: sources.Source{Kind: sources.Prometheus, Name: "prom"}, URL: "http://prometheus.example.com", Transport: s,
		})
		if err != nil {
			t.Fatal(err)
		}
		c := newClient(api)
		read := func() sources.Data {
			t.Helper()
			parts := 0
			data, err := c.Read(t.Context(), func(sources.Data) { parts++ })
			if err != nil {
				t.Fatal(err)
			}
			if first := s.count("/api/v1/alerts") == 1; first != (parts == 1) {
				t.Errorf("%d partial results", parts)
			}
			return data
		}
		for range 4 { // at 0, 15, 30, 45 s
			read()
			time.Sleep(15 * time.Second)
		}
		if a, r, g := s.count("/api/v1/alerts"), s.count("/api/v1/rules"), s.count("/api/v1/status/config"); a != 4 || r != 1 || g != 1 {
			t.Errorf("asked for alerts %d, rules %d, configuration %d times", a, r, g)
		}
		s.set("/api/v1/rules", 500, "oh").set("/api/v1/status/config", 404, "")
		data := read() // at 60 s
		if s.count("/api/v1/rules") != 2 || s.count("/api/v1/status/config") != 2 {
			t.Error("a minute later the rest was not read again")
		}
		if len(data.Rules) != 1 || data.ExternalLabels["cluster"] != "dev" || len(data.Warnings) != 1 {
			t.Errorf("the last known rest is gone: %d rules, %v, %q", len(data.Rules), data.ExternalLabels, data.Warnings)
		}
		time.Sleep(15 * time.Second)
		if data := read(); len(data.Warnings) != 1 || s.count("/api/v1/rules") != 2 {
			t.Errorf("while not asked again the warning must stay: %q", data.Warnings)
		}
	})
}
