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
	// of one incident.
	requests, alertReads atomic.Int64

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
	all.pagerDuty = all.listen(w.pagerDuty)
	all.pagerDuty.Config.Handler = counted(all.pagerDuty.Config.Handler, all)
	all.metrics = all.listen(w.handler())
	all.pagerDuty.Start()
	all.metrics.Start()
	all.played.Go(func() { all.failed = w.play(ctx) })
	return all, nil
}

func counted(h http.Handler, s *servers) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		if strings.HasSuffix(r.URL.Path, "/alerts") {
			s.alertReads.Add(1)
		}
		h.ServeHTTP(w, r)
	})
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
// out in that time, or not at all while mute.
func (s *servers) listen(h http.Handler) *httptest.Server {
	return httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
// intervals are those of PagerDuty and of the others; zero: the usual ones.
func (s *servers) configure(dir string, intervals [2]time.Duration) (string, error) {
	interval := func(d time.Duration) string {
		if d == 0 {
			return ""
		}
		return fmt.Sprintf("interval = %q\n", d)
	}
	text := fmt.Sprintf("[me]\nemail = %q\n[pagerduty]\nurl = %q\n%s[first_line]\nescalation_policy = \"PELARGE1\"\n", demo.Email, s.pagerDuty.URL, interval(intervals[0])) +
		fmt.Sprintf("[[prometheus]]\nurl = %q\n%s[[alertmanager]]\nurl = %q\n%s", s.metrics.URL, interval(intervals[1]), s.metrics.URL, interval(intervals[1]))
	path := filepath.Join(dir, "config.toml")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	return path, os.WriteFile(path, []byte(text), 0o600)
}
