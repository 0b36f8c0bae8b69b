package triage

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/realservers"
	"firstline/sources"
	"firstline/sources/alertmanager"
	"firstline/sources/prometheus"
)

// caseFile is an input that failed once, with the addresses of the test's servers.
func caseFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "cases", path))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(
		"http://127.0.0.1:18080", "@PAGERDUTY@", "['127.0.0.1:19093']", "@ALERTMANAGERS@",
	).Replace(string(b))
}

func caseAlerts(t *testing.T, path string) []realservers.Alert {
	t.Helper()
	var alerts []realservers.Alert
	if err := json.Unmarshal([]byte(caseFile(t, path)), &alerts); err != nil {
		t.Fatal(err)
	}
	return alerts
}

// chain is a real Alertmanager, what it sent to PagerDuty, and where there are
// rules a real Prometheus before it.
type chain struct {
	am, prom *realservers.Server
	pd       *firstEvents
	sink     string // the URL of pd
	readers  []sources.Reader
}

func startChain(t *testing.T, binary, config, promConfig, rules string) *chain {
	t.Helper()
	c := &chain{pd: &firstEvents{incidents: map[string]sources.Incident{}}}
	sink := httptest.NewServer(c.pd)
	t.Cleanup(sink.Close)
	c.sink = sink.URL
	c.am = realservers.StartAlertmanager(t, realservers.Options{Binary: binary, Config: config, PagerDutyURL: sink.URL})
	am, err := alertmanager.New(alertmanager.Options{Name: "am", URL: c.am.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(am.CloseIdleConnections)
	c.readers = append(c.readers, am)
	if rules == "" {
		return c
	}
	c.startPrometheus(t, promConfig, rules)
	return c
}

// startPrometheus replaces the running Prometheus: the new one does not have
// the alerts of the old one, which a reload would preserve.
func (c *chain) startPrometheus(t *testing.T, config, rules string) {
	t.Helper()
	if c.prom != nil {
		c.prom.Stop()
	}
	c.prom = realservers.StartPrometheus(t, realservers.Options{Config: config, Rules: rules, AlertmanagerURLs: []string{c.am.URL}})
	prom, err := prometheus.New(prometheus.Options{Name: "prom", URL: c.prom.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(prom.CloseIdleConnections)
	c.readers = append(c.readers[:1:1], prom)
}

// look reads all and joins, with a Joiner that has seen nothing before.
func (c *chain) join(t *testing.T) []Group {
	t.Helper()
	snapshots := []sources.Snapshot{c.pd.snapshot()}
	for _, r := range c.readers {
		snapshots = append(snapshots, sources.ReadOnce(t.Context(), r))
	}
	return Join(snapshots, Options{}, time.Now())
}

// What the servers really say of a rule that works, breaks and is over.
func TestRealRules(t *testing.T) {
	const over = "groups: [{name: g, interval: 1s, rules: [{alert: QueueStuck, expr: 'vector(1) > 2', labels: {service: mq, severity: critical}}]}]"
	realservers.EachAlertmanager(t, func(t *testing.T, binary string) {
		c := startChain(t, binary, caseFile(t, "rule-broken/alertmanager.yml"), caseFile(t, "rule-broken/prometheus.yml"), caseFile(t, "rule-broken/before.yml"))
		one := func(f func(g Group) bool) func() bool {
			return func() bool {
				groups := c.join(t)
				return len(groups) == 1 && groups[0].Incident != nil && f(groups[0])
			}
		}
		realservers.Eventually(t, "the incident with its alert", one(func(g Group) bool {
			return len(g.Alerts) == 1 && g.Over.State == NotOver
		}))
		c.startPrometheus(t, caseFile(t, "rule-broken/prometheus.yml"), caseFile(t, "rule-broken/after.yml"))
		// Alertmanager would forget it too, a minute after it was sent last.
		c.am.PostAlerts(t, realservers.Alert{
			Labels:   map[string]string{"alertname": "QueueStuck", "service": "mq", "severity": "critical"},
			StartsAt: time.Now().Add(-time.Hour), EndsAt: time.Now().Add(-time.Second),
		})
		realservers.Eventually(t, "that being unknown because the rule fails", one(func(g Group) bool {
			if g.NoLongerFiring() {
				t.Fatalf("said to be over: %+v", g.Over)
			}
			return len(g.Alerts) == 0 && strings.HasPrefix(g.FiringUnknown(), "the rule QueueStuck of prom fails: ") && slices.Equal(g.AlertNames(), []string{"QueueStuck"})
		}))
		c.prom.ReplaceRules(t, over)
		realservers.Eventually(t, "it being over", one(func(g Group) bool {
			return g.NoLongerFiring() && strings.HasPrefix(g.Over.Because, "prom evaluates its rule")
		}))
	})
}

// A label that Prometheus drops on the way does not make one alert several.
func TestRealRelabelling(t *testing.T) {
	realservers.EachAlertmanager(t, func(t *testing.T, binary string) {
		c := startChain(t, binary, caseFile(t, "relabel-labeldrop/alertmanager.yml"), caseFile(t, "relabel-labeldrop/prometheus.yml"), caseFile(t, "relabel-labeldrop/rules.yml"))
		realservers.Eventually(t, "one row of both", func() bool {
			groups := c.join(t)
			return len(groups) == 1 && groups[0].Incident != nil && len(groups[0].Alerts) == 1 && groups[0].Originals() == 2 && slices.Equal(groups[0].Alerts[0].Sources, []string{"am", "prom"})
		})
	})
}

// Real Alertmanagers that page twice, by nothing or by namespace, or not now.
func TestRealRouting(t *testing.T) {
	realservers.EachAlertmanager(t, func(t *testing.T, binary string) {
		for _, tt := range []struct {
			config, alerts string
			right          func([]Group) bool
		}{
			{"several-pagers-continue/alertmanager.yml", "several-pagers-continue/alerts.json", func(groups []Group) bool {
				return len(groups) == 2 && !slices.ContainsFunc(groups, func(g Group) bool {
					return g.Incident == nil || len(g.Incidents) != 2 || g.Firing() != 1 || g.Severity != Critical || !slices.Equal(g.AlertNames(), []string{"DiskFull"})
				})
			}},
			{"no-alertname-in-title/alertmanager-namespace.yml", "no-alertname-in-title/alerts.json", grave},
			{"no-alertname-in-title/alertmanager-default.yml", "no-alertname-in-title/alerts.json", grave},
			{"muted-old/alertmanager.yml", "muted-old/alerts.json", func(groups []Group) bool {
				return len(groups) == 1 && groups[0].Why == "muted by the time interval always"
			}},
		} {
			t.Run(tt.config, func(t *testing.T) {
				c := startChain(t, binary, caseFile(t, tt.config), "", "")
				c.am.PostAlerts(t, caseAlerts(t, tt.alerts)...)
				realservers.Eventually(t, tt.config, func() bool { return tt.right(c.join(t)) })
			})
		}
	})
}

func grave(groups []Group) bool {
	if len(groups) != 1 || groups[0].Incident == nil {
		return false
	}
	g := &groups[0]
	return strings.HasPrefix(g.Headline(), "QueueStuck, DiskFull, CertExpiring") && !strings.Contains(g.Headline(), "FIRING") &&
		g.Severity == Critical && g.Team == "mq-team" && len(g.Teams) == 4 && g.Firing() == 4
}

// A reload that changes group_by leaves the incident of the old group open: it
// and those of the new groups have the alerts, and none is an empty row.
func TestRealReload(t *testing.T) {
	realservers.EachAlertmanager(t, func(t *testing.T, binary string) {
		c := startChain(t, binary, caseFile(t, "reload-group-by/before.yml"), "", "")
		c.am.PostAlerts(t, caseAlerts(t, "reload-group-by/alerts.json")...)
		realservers.Eventually(t, "one incident with both alerts", func() bool {
			groups := c.join(t)
			return len(groups) == 1 && groups[0].Incident != nil && len(groups[0].Alerts) == 2
		})
		orphan := c.join(t)[0].ID
		c.am.ReplaceConfig(t, realservers.Options{Config: caseFile(t, "reload-group-by/after.yml"), PagerDutyURL: c.sink})
		realservers.Eventually(t, "an incident for each of the new groups", func() bool { return len(c.join(t)) == 3 })
		groups := c.join(t)
		for _, g := range groups {
			alerts, services := 1, 1
			if g.ID == orphan {
				alerts, services = 2, 2
			}
			if g.Incident == nil || len(g.Alerts) != alerts || g.Firing() != alerts || len(g.Shares) != alerts || len(g.Services) != services ||
				g.Severity != Critical || !slices.Equal(g.AlertNames(), []string{"Lag"}) || g.Over.State != NotOver {
				t.Errorf("%s: %d alerts, shares %v, services %v, %q, %v", g.ID, len(g.Alerts), g.Shares, g.Services, g.Severity, g.Over)
			}
			if g.ID != orphan && weak(g.JoinedBy) {
				t.Errorf("%s is joined by %s", g.ID, g.JoinedBy)
			}
		}
		problems := Problems(groups)
		if len(problems) != 1 || Merged(problems[0]).ID != orphan || len(Merged(problems[0]).Alerts) != 2 || len(Merged(problems[0]).Incidents) != 3 {
			t.Errorf("%d problems: %+v", len(problems), problems)
		}
	})
}
