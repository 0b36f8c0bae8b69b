package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"firstline/internal/credentials"
	"firstline/sources/demo"
	"firstline/sources/grafana/grafanatest"
)

// example is the configuration under a heading of docs/sources.md.
func example(t *testing.T, heading string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/sources.md")
	if err != nil {
		t.Fatal(err)
	}
	_, under, ok := strings.Cut(string(text), "\n## "+heading+"\n")
	found := regexp.MustCompile("(?s)```toml\n(.*?)```").FindStringSubmatch(under)
	if !ok || found == nil {
		t.Fatalf("docs/sources.md has no example for %s", heading)
	}
	return found[1]
}

// withServers is the example with the addresses of stand-ins, and with a file for
// each token that it names.
func withServers(t *testing.T, w *harness, text string, addresses ...string) string {
	t.Helper()
	text = strings.NewReplacer(addresses...).Replace(text)
	if strings.Contains(text, "example.com") {
		t.Fatalf("an address is left in\n%s", text)
	}
	w.configure() // makes the directory
	for _, file := range regexp.MustCompile(`credentials_file = "(.*?)"`).FindAllStringSubmatch(text, -1) {
		if err := os.WriteFile(filepath.Join(filepath.Dir(w.config), file[1]), []byte(grafanatest.Token+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return text
}

// event sends an event of a service's integration to PagerDuty.
func (w *harness) event(e demo.Event) {
	w.t.Helper()
	body, err := json.Marshal(e)
	if err != nil {
		w.t.Fatal(err)
	}
	resp, err := http.Post(w.demo.PagerDuty.EventsURL(), "application/json", bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		text, _ := io.ReadAll(resp.Body)
		w.t.Fatalf("the event is answered by %s", text)
	}
}

// proxyTo passes requests on to a server.
func proxyTo(t *testing.T, address string) http.Handler {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(u) }}
}

// alertsOf are the names of the alerts that these sources have alone, and of each its
// sources.
func alertsOf(l listJSON, names ...string) []string {
	var all []string
	for _, g := range l.Groups {
		for _, a := range g.Alerts {
			if slices.ContainsFunc(a.Sources, func(s string) bool { return slices.Contains(names, s) }) {
				all = append(all, a.Labels["alertname"]+" of "+strings.Join(a.Sources, "+"))
			}
		}
	}
	slices.Sort(all)
	return all
}

// TestGrafanaExample reads Grafana as documented, beside the PagerDuty account to which its
// contact point sends.
func TestGrafanaExample(t *testing.T) {
	credentials.Forget()
	w := newHarness(t)
	full := grafanatest.Alert{Rule: "DiskFull", UID: "r1", State: "Alerting", Labels: map[string]string{"severity": "critical", "service": "checkout"}}
	noData := grafanatest.Alert{Rule: "QueueDepth", UID: "r2", State: "NoData", Labels: map[string]string{"severity": "critical", "service": "checkout"}}
	server, stop := grafanatest.New("", noon, full, noData)
	defer stop()
	w.configure(w.pagerDuty(), withServers(t, w, example(t, "Grafana"), "https://grafana.example.com", server.URL), "insecure_plain = true\n")
	for _, a := range []grafanatest.Alert{full, noData} {
		w.event(demo.Event{RoutingKey: w.demo.PagerDuty.RoutingKey("checkout"), Action: "trigger", DedupKey: grafanatest.DedupKey(a.Sent()), Client: "Grafana", Payload: &demo.Payload{
			Summary: "[FIRING:1] " + a.Sent()["alertname"] + " infra", Source: "grafana", Severity: "critical",
			Details: map[string]any{"firing": grafanatest.FiringText(a), "resolved": "", "num_firing": "1", "num_resolved": "0"},
		}})
	}
	l := w.list()
	for _, s := range l.Sources {
		if !s.OK || !s.Complete {
			t.Errorf("the source %s: %v %v", s.Name, s.Error, s.Missing)
		}
	}
	want := []string{"DatasourceNoData of grafana+grafana rules", "DiskFull of grafana+grafana rules"}
	if got := alertsOf(l, "grafana", "grafana rules"); !slices.Equal(got, want) {
		t.Errorf("the alerts are %q, want %q", got, want)
	}
	for _, g := range l.Groups {
		if len(g.Alerts) == 1 && (g.Incident == nil || g.JoinedBy == nil || *g.JoinedBy != "dedup key") {
			t.Errorf("%s is joined by %v to the incident %v", g.Alerts[0].Labels["alertname"], g.JoinedBy, g.Incident)
		}
	}
	for _, request := range server.Asked() {
		if !strings.HasPrefix(request, "GET ") {
			t.Errorf("listing sent %s", request)
		}
	}
}

// TestMimirExample reads a Mimir, which has both APIs under prefixes, for a tenant.
func TestMimirExample(t *testing.T) {
	credentials.Forget()
	w := newHarness(t)
	behind := func(to http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Scope-OrgID") != "payments" || r.Header.Get("Authorization") != "Bearer "+grafanatest.Token {
				http.Error(rw, "no org id", http.StatusUnauthorized)
				return
			}
			to.ServeHTTP(rw, r)
		})
	}
	mux := http.NewServeMux()
	mux.Handle("/prometheus/", behind(http.StripPrefix("/prometheus", proxyTo(t, w.demo.Prometheus.URL()))))
	mux.Handle("/alertmanager/", behind(http.StripPrefix("/alertmanager", proxyTo(t, w.demo.Alertmanager.URL()))))
	// The trap: without the prefix this is the configuration of the tenant's Alertmanager.
	mux.HandleFunc("/api/v1/alerts", func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(rw, "template_files: {}\nalertmanager_config: |\n  route:\n    receiver: none\n")
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	plain := strings.NewReplacer("url = ", "insecure_plain = true\nurl = ")
	configured := plain.Replace(withServers(t, w, example(t, "Mimir"), "https://mimir.example.com", server.URL))
	w.configure(w.pagerDuty(), configured)
	l := w.list()
	for _, s := range l.Sources {
		if !s.OK {
			t.Errorf("the source %s: %v", s.Name, s.Error)
		}
	}
	if got := alertsOf(l, "mimir", "mimir alerts"); len(got) == 0 || !slices.Contains(got, "HighErrorRate of mimir+mimir alerts") {
		t.Errorf("the alerts are %q", got)
	}
	w.configure(w.pagerDuty(), strings.ReplaceAll(strings.ReplaceAll(configured, server.URL+"/prometheus", server.URL), `X-Scope-OrgID = { values = ["payments"] }`, `X-Other = { values = ["a"] }`))
	w.run("list").want(t, exitPartly).says(t, "add /prometheus to it")
}

// TestThanosExample reads a querier that answers in part.
func TestThanosExample(t *testing.T) {
	credentials.Forget()
	w := newHarness(t)
	const warning = "no response from ruler-1"
	server := answering(t, map[string]string{
		"/api/v1/alerts": `{"status":"success","data":{"alerts":null},"warnings":["` + warning + `"]}`,
		"/api/v1/rules":  `{"status":"success","data":{"groups":[{"name":"g","file":"f","interval":60,"partialResponseStrategy":"ABORT","rules":[]}]},"warnings":["` + warning + `"]}`,
	})
	w.configure(w.pagerDuty(), withServers(t, w, example(t, "Thanos"), "https://thanos-query.example.com", server.URL, "https://alertmanager.example.com", w.demo.Alertmanager.URL()))
	l := w.list()
	at := slices.IndexFunc(l.Sources, func(s sourceJSON) bool { return s.Name == "thanos" })
	if at < 0 || l.Sources[at].Complete || !strings.Contains(strings.Join(l.Sources[at].Warnings, " "), warning) {
		t.Errorf("the sources are %+v", l.Sources)
	}
	for _, g := range l.Groups {
		if g.NoLongerFiring != nil && *g.NoLongerFiring {
			t.Errorf("%s is said to fire no longer, because a part of Thanos does not answer", g.ID)
		}
	}
}
