//go:build linux

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"firstline/sources/demo"
)

// servers serve a fleet on loopback.
type servers struct {
	fleet     *fleet
	pagerDuty *httptest.Server
	metrics   *httptest.Server // Prometheus and Alertmanager
	// mute: no request is answered.
	mute    atomic.Bool
	latency time.Duration

	// requests counts what PagerDuty was asked, alertReads those for the alerts
	// of one incident, prometheusReads those for the alerts of Prometheus.
	requests, alertReads, prometheusReads atomic.Int64

	stop   context.CancelFunc
	played sync.WaitGroup
	failed error // why the fleet stopped, once played is over
}

// serve starts the servers of a fleet of a size. Each answer takes latency.
func serve(ctx context.Context, s size, latency time.Duration, pace float64) (*servers, error) {
	w, err := newFleet(ctx, s, pace, time.Now)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	all := &servers{fleet: w, latency: latency, stop: stop}
	all.pagerDuty = all.listen(w.pagerDuty, func(path string) {
		all.requests.Add(1)
		if strings.HasSuffix(path, "/alerts") {
			all.alertReads.Add(1)
		}
	})
	all.metrics = all.listen(w.handler(), func(path string) {
		if path == "/api/v1/alerts" {
			all.prometheusReads.Add(1)
		}
	})
	all.pagerDuty.Start()
	all.metrics.Start()
	all.played.Go(func() { all.failed = w.play(ctx) })
	return all, nil
}

// close ends the servers, and gives why the fleet stopped before.
func (s *servers) close() error {
	s.stop()
	s.played.Wait()
	s.pagerDuty.CloseClientConnections()
	s.metrics.CloseClientConnections()
	s.pagerDuty.Close()
	s.metrics.Close()
	return s.failed
}

// listen makes a server that answers once latency is over, with what it works
// out in that time, or not at all while mute. count counts the request.
func (s *servers) listen(h http.Handler, count func(path string)) *httptest.Server {
	return httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count(r.URL.Path)
		due := time.NewTimer(s.latency)
		defer due.Stop()
		if s.mute.Load() {
			<-r.Context().Done()
			return
		}
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		select {
		case <-due.C:
		case <-r.Context().Done():
			return
		}
		for k, v := range answer.Header() {
			w.Header()[k] = v
		}
		w.Header().Set("Content-Length", strconv.Itoa(answer.Body.Len()))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}))
}

// handler answers as the fleet's Prometheus and Alertmanager.
func (w *fleet) handler() http.Handler {
	mux := http.NewServeMux()
	answer := func(path string, body func() []byte) {
		mux.HandleFunc("GET "+path, func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "application/json")
			_, _ = rw.Write(body())
		})
	}
	fixed := func(text string) func() []byte { return func() []byte { return []byte(text) } }
	answer("/api/v1/alerts", w.prometheusAlerts)
	answer("/api/v1/rules", fixed(`{"status":"success","data":{"groups":[]}}`))
	answer("/api/v1/status/config", fixed(`{"status":"success","data":{"yaml":"global:\n  scrape_interval: 15s\n"}}`))
	answer("/api/v2/alerts/groups", w.alertmanagerGroups)
	answer("/api/v2/silences", fixed("[]"))
	answer("/api/v2/status", fixed(`{"cluster":{"status":"disabled"},"versionInfo":{"version":"0.31.1"},"uptime":"`+w.begun.UTC().Format(time.RFC3339)+
		`","config":{"original":`+marshal("route:\n  receiver: pd\n  group_by: [alertname, instance, service]\nreceivers:\n- name: pd\n  pagerduty_configs: [{routing_key: secret}]\n")+`}}`))
	return mux
}

// configure writes a configuration that names the servers, and gives its path.
func (s *servers) configure(dir string) (string, error) {
	text := fmt.Sprintf("[me]\nemail = %q\n[pagerduty]\nurl = %q\n[first_line]\nescalation_policy = \"PELARGE1\"\n", demo.Email, s.pagerDuty.URL) +
		fmt.Sprintf("[[prometheus]]\nurl = %q\n[[alertmanager]]\nurl = %q\n", s.metrics.URL, s.metrics.URL)
	text += "[runbooks]\ndirectories = [\"runbooks\"]\nfetch = false\n"
	path := filepath.Join(dir, "config.toml")
	if err := os.MkdirAll(filepath.Join(dir, "runbooks"), 0o700); err != nil {
		return "", err
	}
	for _, name := range s.fleet.names() {
		if err := os.WriteFile(filepath.Join(dir, "runbooks", name+".md"), []byte(runbook(name)), 0o600); err != nil {
			return "", err
		}
	}
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// runbook is a runbook for alerts of a name.
func runbook(name string) string {
	steps := ""
	for _, step := range []string{"rollout history deploy/$service", "get pods --selector app=$service", "logs $pod --since 10m", "top pod $pod"} {
		steps += "1. Look at what it says:\n\n   ```sh\n   kubectl --namespace $namespace " + step + "\n   ```\n\n"
	}
	return "# " + name + "\n\n## Meaning\n\nMore than a twentieth of the requests of a service failed for five minutes.\nUsers see **errors**, or wait for `30s`.\n\n" +
		"## Impact\n\n| who | sees |\n|---|---|\n| users | errors |\n| partners | late files |\n\n## Diagnosis\n\n" + steps +
		"## Mitigation\n\n- Roll back what was deployed in the last hour.\n- Else add replicas, and call the owner.\n"
}
