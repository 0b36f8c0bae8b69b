package demo

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Prometheus is a stand-in for a Prometheus server's HTTP API.
type Prometheus struct {
	*server
	cluster *cluster
}

func newPrometheus(c *cluster) (*Prometheus, error) {
	p := &Prometheus{cluster: c}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/alerts", p.alerts)
	mux.HandleFunc("GET /api/v1/rules", p.rules)
	mux.HandleFunc("GET /api/v1/status/config", p.config)
	mux.HandleFunc("GET /api/v1/status/buildinfo", func(w http.ResponseWriter, _ *http.Request) {
		success(w, obj{"version": "3.0.0", "revision": "", "branch": "HEAD", "buildUser": "", "buildDate": "", "goVersion": "go1.26"})
	})
	for _, method := range []string{"GET", "POST"} {
		mux.HandleFunc(method+" /api/v1/query", p.query)
		mux.HandleFunc(method+" /api/v1/query_range", p.queryRange)
	}
	mux.HandleFunc("GET /-/ready", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("Prometheus Server is Ready.\n")) })
	s, err := listen(mux)
	p.server = s
	return p, err
}

func success(w http.ResponseWriter, data any) {
	writeJSON(w, http.StatusOK, obj{"status": "success", "data": data})
}

func alertState(firing bool) string {
	if firing {
		return "firing"
	}
	return "pending"
}

func (p *Prometheus) alertJSON(a *activeAlert, now time.Time) obj {
	return obj{
		"labels": a.labels, "annotations": a.rule.annotations, "state": alertState(a.firing(now)),
		"activeAt": a.since.UTC().Format(time.RFC3339Nano), "value": strconv.FormatFloat(a.worth(), 'e', -1, 64),
	}
}

func (p *Prometheus) alerts(w http.ResponseWriter, _ *http.Request) {
	c := p.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	all := []obj{}
	for _, a := range c.active {
		all = append(all, p.alertJSON(a, c.now()))
	}
	success(w, obj{"alerts": all})
}

func (p *Prometheus) rules(w http.ResponseWriter, _ *http.Request) {
	c := p.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	rules := []obj{}
	for _, r := range c.rules {
		alerts, state := []obj{}, "inactive"
		for _, a := range c.active {
			if a.rule != r {
				continue
			}
			alerts = append(alerts, p.alertJSON(a, now))
			if state != "firing" {
				state = alertState(a.firing(now))
			}
		}
		health, evaluated := "ok", now
		if r.unevaluated {
			health, evaluated = "unknown", time.Time{}
		}
		rules = append(rules, obj{
			"state": state, "name": r.name, "query": r.query, "duration": r.hold.Seconds(), "keepFiringFor": 0,
			"labels": r.labels, "annotations": r.annotations, "alerts": alerts, "health": health,
			"evaluationTime": 0.0004, "lastEvaluation": evaluated.UTC().Format(time.RFC3339Nano), "type": "alerting",
		})
	}
	success(w, obj{"groups": []obj{{
		"name": "demo", "file": "rules.yml", "rules": rules, "interval": 15, "limit": 0,
		"evaluationTime": 0.002, "lastEvaluation": now.UTC().Format(time.RFC3339Nano),
	}}})
}

func (p *Prometheus) config(w http.ResponseWriter, _ *http.Request) {
	text := "global:\n  scrape_interval: 15s\n  external_labels:\n"
	for k, v := range p.cluster.external {
		text += fmt.Sprintf("    %s: %s\n", k, v)
	}
	success(w, obj{"yaml": text})
}
