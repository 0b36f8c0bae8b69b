package cli

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"firstline/internal/change"
	"firstline/internal/config"
	"firstline/internal/graph"
	"firstline/internal/readiness"
	"firstline/internal/respond"
	"firstline/internal/rollout"
	"firstline/internal/slo"
	"firstline/runbooks"
	"firstline/sources/demo"
)

// demoInterval is how often the demo's sources are read: its story goes on
// quickly, and nobody's rate limit is touched.
const demoInterval = 2 * time.Second

// startDemo starts the stand-ins and configures the very same clients as in
// real life to read them. A role is that of the environment if it is empty.
func (s *setup) startDemo(options *runbooks.Options, story, asked string) error {
	from := "--role"
	if asked == "" {
		from, asked = "FIRSTLINE_ME_ROLE", os.Getenv("FIRSTLINE_ME_ROLE")
	}
	role, err := respond.ParseRole(asked)
	if err != nil {
		return usagef("%s: %v", from, err)
	}
	email, token := demo.Email, demo.Token
	if role == respond.FirstLine {
		email, token = demo.OperatorEmail, demo.OperatorToken
	}
	if !slices.Contains(demo.Stories(), story) {
		return usagef("--demo: there is no story %q: use %s", story, strings.Join(demo.Stories(), " or "))
	}
	d, err := demo.Start(demo.Options{Story: story, Past: true})
	if err != nil {
		return fmt.Errorf("starting the demo: %w", err)
	}
	s.atEnd(func() {
		if err := d.Close(); err != nil {
			s.log.Warn("the demo did not end cleanly", "error", err)
		}
	})
	s.demo, s.syncing = true, &sync.Mutex{}
	d.PagerDuty.SetLimit(1_000_000) // it is nobody's
	s.tokenOf = func(config.PagerDuty) func(context.Context) (string, error) {
		return func(context.Context) (string, error) { return token, nil }
	}
	s.config = config.Config{
		Sparklines:   true,
		Attention:    config.DefaultAttention(),
		Readiness:    readiness.Defaults(),
		Me:           config.Me{Email: email, Role: role},
		PagerDuty:    []config.PagerDuty{{Name: config.PagerDutyName, Email: email, URL: d.PagerDuty.URL(), Interval: demoInterval}},
		Prometheus:   []config.Server{{Name: "prom-eu", URL: d.Prometheus.URL(), Interval: demoInterval}},
		Alertmanager: []config.Server{{Name: "alertmanager", URL: d.Alertmanager.URL(), Interval: demoInterval}},
		FirstLine:    config.FirstLine{Name: demo.FirstLineName, EscalationPolicy: demo.FirstLinePolicy},
		SLOs: []slo.Objective{
			{
				Name: "checkout", Service: "checkout", Origin: slo.Configured, Target: 0.999, Window: 30 * 24 * time.Hour,
				Errors: `sum(rate(http_requests_total{service="checkout",code=~"5.."}[$window])) / sum(rate(http_requests_total{service="checkout"}[$window]))`,
			},
			{
				Name: "search", Service: "search", Origin: slo.Configured, Target: 0.995, Window: 30 * 24 * time.Hour,
				Good: `sum(rate(search_seconds_bucket{le="0.5"}[$window]))`, Total: `sum(rate(search_seconds_bucket{le="+Inf"}[$window]))`,
			},
			{
				Name: "storage", Service: "storage", Origin: slo.Configured, Target: 0.999, Window: 30 * 24 * time.Hour,
				Errors: `sum(rate(storage_errors_total[$window])) / sum(rate(storage_requests_total[$window]))`,
			},
			{ // its metrics are not there
				Name: "mail", Service: "mail", Origin: slo.Configured, Target: 0.99, Window: 30 * 24 * time.Hour,
				Errors: `sum(rate(mail_errors_total[$window])) / sum(rate(mail_sent_total[$window]))`,
			},
		},
		Acting: map[string]respond.ServiceSettings{
			"platform": {Hours: demo.PlatformHours()},
			"search":   {Hours: demo.DiscoveryHours(), Stage: rollout.BusinessHours},
			"billing":  {Stage: rollout.Shadow},
		},
		Filters: []config.Filter{
			{Name: "night", Expression: "severity=critical !silenced"},
			{Name: "soon", Expression: "mine escalates<10m"},
		},
		Changes: []change.Query{{Title: "release $version of $service runs", Expression: `max by (service, version) (build_info{service="$service"})`}},
		Graphs: map[string][]graph.Configured{"checkout": {
			{Title: "requests a second by code", Expression: `sum by (code) (rate(http_requests_total{service="$service"}[5m]))`},
			{Title: "memory of the pods", Expression: `container_memory_working_set_bytes{service="$service"}`},
		}},
	}
	options.FS = map[string]fs.FS{"demo": demo.Runbooks(), "quiet": demo.QuietRunbooks()}
	return nil
}
