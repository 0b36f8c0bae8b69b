package triage

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/labelset"
	"firstline/internal/labelset/labeltest"
	"firstline/sources"
)

var testNow = time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC)

var errDown = errors.New("down")

func set(s string) map[string]string { return labeltest.Set(s) }

// routedAlert is an alert as the Alertmanager "am" reports it.
func routedAlert(labels string) *sources.Alert {
	l := set(labels)
	return &sources.Alert{
		Source: "am", Labels: l, State: sources.AlertFiring, Fingerprint: labelset.Fingerprint(l),
		ActiveSince: testNow.Add(-time.Hour),
	}
}

// metricAlert is an alert as the Prometheus "prom" reports it.
func metricAlert(labels string) *sources.Alert {
	return &sources.Alert{Source: "prom", Labels: set(labels), State: sources.AlertFiring, Value: sources.NewValue("1"), ActiveSince: testNow.Add(-time.Hour - time.Minute)}
}

func with(a *sources.Alert, change func(*sources.Alert)) *sources.Alert {
	changed := *a
	change(&changed)
	return &changed
}

// snapshot is one of a source that was read wholly.
func snapshot(kind sources.Kind, name string, d sources.Data) sources.Snapshot {
	if kind != sources.PagerDuty {
		d.Extents.Alerts, d.Extents.Rules = sources.Whole, sources.Whole
	}
	return sources.Snapshot{Source: sources.Source{Kind: kind, Name: name}, Data: d, AsOf: testNow}
}

// gossip makes the Alertmanager a member of a cluster.
func gossip(cluster string, s sources.Snapshot) sources.Snapshot {
	s.Data.Peers = []string{cluster + "1", cluster + "2"}
	return s
}

func manager(d sources.Data) sources.Snapshot { return snapshot(sources.Alertmanager, "am", d) }
func metrics(d sources.Data) sources.Snapshot { return snapshot(sources.Prometheus, "prom", d) }

// evaluated are rules of these names that are evaluated.
func evaluated(names ...string) []sources.Rule {
	var rules []sources.Rule
	for _, name := range names {
		rules = append(rules, sources.Rule{Name: name, Query: "x", Health: "ok", State: "inactive", LastEvaluation: testNow, Interval: time.Minute})
	}
	return rules
}

func pagerDuty(in ...sources.Incident) sources.Snapshot {
	return snapshot(sources.PagerDuty, "pd", sources.Data{Incidents: in})
}

// incident is an open one whose alerts are read.
func incident(id string, alerts ...sources.IncidentAlert) sources.Incident {
	return sources.Incident{
		Source: "pd", ID: id, Title: "incident " + id, Status: sources.Triggered, Urgency: "high",
		CreatedAt: testNow.Add(-59 * time.Minute), Alerts: alerts, AlertsRead: true,
		Service: sources.Reference{ID: "PSVC", Name: "Everything"},
	}
}

func sent(key string, details any) sources.IncidentAlert {
	return sources.IncidentAlert{ID: "A" + key, Key: key, Status: sources.Triggered, CreatedAt: testNow.Add(-59 * time.Minute), Details: details}
}

// textOf is details as Alertmanager up to 0.29 sends them.
func textOf(labelSets ...string) any {
	var b strings.Builder
	for _, s := range labelSets {
		b.WriteString("Labels:\n")
		l := set(s)
		for _, name := range slices.Sorted(maps.Keys(keysOf(l))) {
			b.WriteString(" - " + name + " = " + l[name] + "\n")
		}
		b.WriteString("Annotations:\n - summary = it broke\nSource: http://prometheus.example.com/graph\n")
	}
	return map[string]any{"firing": b.String(), "num_firing": "1", "num_resolved": "0", "resolved": ""}
}

// arrayOf is details as Alertmanager since 0.30 sends them.
func arrayOf(labelSets ...string) any {
	var array []any
	for _, s := range labelSets {
		l := set(s)
		object := map[string]any{}
		for name, value := range l {
			object[name] = value
		}
		array = append(array, map[string]any{
			"status": "firing", "labels": object, "annotations": map[string]any{},
			"startsAt": "2026-11-22T20:00:00Z", "fingerprint": labelset.Fingerprint(l),
		})
	}
	return map[string]any{"firing": array, "num_firing": 1.0, "num_resolved": 0.0, "resolved": []any{}}
}

func keysOf(m map[string]string) map[string]bool {
	k := map[string]bool{}
	for name := range m {
		k[name] = true
	}
	return k
}

// recorded is an event that a real Alertmanager sent.
type recorded struct {
	Alertmanager string `json:"alertmanager"`
	Receiver     string `json:"receiver"`
	GroupKey     string `json:"group_key"`
	DedupKey     string `json:"dedup_key"`
	Summary      string `json:"summary"`
	Severity     string `json:"severity"`
	Details      any    `json:"details"`
}

func recordedEvents(t testing.TB) []recorded {
	t.Helper()
	b, err := os.ReadFile("testdata/events.json")
	if err != nil {
		t.Fatal(err)
	}
	var events []recorded
	if err := json.Unmarshal(b, &events); err != nil {
		t.Fatal(err)
	}
	if len(events) == 0 {
		t.Fatal("no events are recorded")
	}
	return events
}

// recordedRouting is the configuration that the recorded events were sent under.
const recordedRouting = `
route:
  receiver: pd-rich
  group_by: [alertname, service]
  routes:
  - receiver: pd-default
    matchers: [team="discovery"]
    continue: false
receivers:
- name: pd-rich
  pagerduty_configs:
  - send_resolved: true
    routing_key: <secret>
- name: pd-default
  pagerduty_configs:
  - routing_key: <secret>
`

func groupByID(t testing.TB, groups []Group, id string) Group {
	t.Helper()
	for _, g := range groups {
		if g.ID == id {
			return g
		}
	}
	t.Fatalf("there is no group %s", id)
	return Group{}
}
