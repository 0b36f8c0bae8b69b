package triage

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"firstline/internal/labelset"
	"firstline/internal/merged"
	"firstline/internal/realservers"
	"firstline/internal/routing"
	"firstline/sources"
	"firstline/sources/alertmanager"
)

// realReceivers are what the configurations below send to; "chat" pages nobody.
const realReceivers = `
receivers:
- name: default
  pagerduty_configs: [{routing_key: 00000000000000000000000000000000, url: '@PAGERDUTY@/v2/enqueue'}]
- name: a
  pagerduty_configs: [{routing_key: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, url: '@PAGERDUTY@/v2/enqueue'}]
- name: b, with "odd" name
  pagerduty_configs: [{routing_key: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, url: '@PAGERDUTY@/v2/enqueue'}]
- name: chat
`

var receiverOfKey = map[string]string{
	strings.Repeat("0", 32): "default", strings.Repeat("a", 32): "a", strings.Repeat("b", 32): `b, with "odd" name`,
}

// realAlerts are posted to every Alertmanager.
var realAlerts = []map[string]string{
	{"alertname": "HighErrorRate", "service": "checkout", "severity": "critical", "team": "payments", "pod": "api-0", "pod1": "x"},
	{"alertname": "HighErrorRate", "service": "checkout", "severity": "critical", "team": "payments", "pod": "api-1", "pod1": "x"},
	{"alertname": "HighErrorRate", "service": "search", "severity": "warning", "team": "discovery"},
	{"alertname": "Disk full", "service": "db", "severity": "page", "instance": "db-1:9100", "path": `C:\data "main", {old}`},
	{"alertname": "Küche brennt", "service": "küche", "severity": "critical", "note": "日本語, 🔥 = heiß"},
	{"alertname": "Lines", "service": "logs", "severity": "warning", "note": "first\nsecond\tthird\r\n - a = b\nAnnotations:\n\u00a0\u200b"},
	{"alertname": "Watchdog", "severity": "none"},
	{"note": "no name at all", "a": "1", "a1": "2", "a_b": "3", "A": "4"},
}

type realCase struct {
	name, route string
	// newer: only Alertmanagers with names of any text know it.
	newer bool
	// alerts besides realAlerts.
	alerts []map[string]string
}

var realCases = []realCase{
	{name: "a root alone", route: `route: {receiver: default, group_wait: 0s}`},
	{name: "grouped by name and service", route: `route: {receiver: default, group_wait: 0s, group_by: [service, alertname]}`},
	{name: "grouped by all", route: `route: {receiver: default, group_wait: 0s, group_by: ['...']}`},
	{name: "grouped by names that versions sort differently", route: `route: {receiver: default, group_wait: 0s, group_by: [pod1, pod, a1, a_b, a, A]}`},
	{name: "grouped by odd values", route: `route: {receiver: default, group_wait: 0s, group_by: [note, path]}`},
	{name: "nested three deep", route: `
route:
  receiver: default
  group_wait: 0s
  group_by: [alertname]
  routes:
  - matchers: [team="payments"]
    receiver: a
    routes:
    - matchers: [severity="critical"]
      group_by: [alertname, pod]
      routes:
      - {matchers: [pod="api-1"], receiver: 'b, with "odd" name'}`},
	{name: "continue", route: `
route:
  receiver: default
  group_wait: 0s
  routes:
  - {matchers: [severity=~"critical|page"], receiver: a, continue: true, group_by: [alertname]}
  - {matchers: [team="payments"], receiver: 'b, with "odd" name', continue: true, group_by: [service]}
  - {matchers: [alertname="HighErrorRate"], receiver: default, group_by: [severity]}`},
	{name: "continue to the same receiver and labels", route: `
route:
  receiver: default
  group_wait: 0s
  routes:
  - {matchers: [severity="critical"], receiver: a, continue: true, group_by: [alertname]}
  - {matchers: [team="payments"], receiver: a, group_by: [alertname]}`},
	{name: "regular expressions", route: `
route:
  receiver: default
  group_wait: 0s
  group_by: [alertname]
  routes:
  - {matchers: ['alertname=~"High.*|Disk .*"', 'severity!~"warning|info"'], receiver: a}
  - {matchers: ['note=~"(?s).*\\n.*"'], receiver: 'b, with "odd" name'}
  - {matchers: ['service=~"[a-zü]+"', service!="logs"], receiver: a}`},
	{name: "old match and match_re", route: `
route:
  receiver: default
  group_wait: 0s
  group_by: [alertname]
  routes:
  - match: {severity: critical, team: payments}
    match_re: {service: "check.*|search", pod: api-0}
    receiver: a
  - match_re: {alertname: 'Disk.*'}
    routes:
    - {match: {instance: 'db-1:9100'}, receiver: 'b, with "odd" name'}`},
	{name: "old and new together", route: `
route:
  receiver: default
  group_wait: 0s
  routes:
  - match: {severity: critical}
    match_re: {severity: 'c.*'}
    matchers: ['severity!="x"', alertname!~"Y.*", severity=~".+"]
    receiver: a
    group_by: [severity]`},
	{name: "several matchers in a line", route: `
route:
  receiver: default
  group_wait: 0s
  routes:
  - {matchers: ['{severity="critical", service=~"check.*", }'], receiver: a, group_by: [alertname]}
  - {matchers: ['severity = warning , service = search'], receiver: 'b, with "odd" name'}`},
	{name: "values with quotes, commas, braces and backslashes", route: `
route:
  receiver: default
  group_wait: 0s
  routes:
  - {matchers: ['path="C:\\data \"main\", {old}"'], receiver: a, group_by: [path]}
  - {matchers: ['note=~"日本語, .+"'], receiver: 'b, with "odd" name', group_by: [note]}`},
	{name: "values in other alphabets", route: `
route:
  receiver: default
  group_wait: 0s
  routes:
  - {matchers: ['alertname="Küche brennt"'], receiver: a, group_by: [alertname, note]}
  - {match: {service: küche}, receiver: 'b, with "odd" name'}`},
	{name: "labels that are not there", route: `
route:
  receiver: default
  group_wait: 0s
  group_by: [alertname, nowhere]
  routes:
  - {matchers: [team="", severity!=""], receiver: a}
  - {match: {alertname: ''}, receiver: 'b, with "odd" name'}`},
	{name: "receivers that page nobody", route: `
route:
  receiver: chat
  group_wait: 0s
  group_by: [alertname]
  routes:
  - {matchers: [alertname="Watchdog"], receiver: chat}
  - {matchers: [severity="critical"], continue: true, receiver: chat}
  - {matchers: [severity="critical"], receiver: a}`},
	{name: "grouping that a child takes back", route: `
route:
  receiver: default
  group_wait: 0s
  group_by: [alertname]
  routes:
  - {matchers: [severity="critical"], receiver: a, group_by: []}
  - matchers: [severity="warning"]
    group_by: ['...']
    routes: [{matchers: [service="search"], group_by: [service], receiver: 'b, with "odd" name'}]`},
	{name: "time intervals", route: `
time_intervals:
- name: always
  time_intervals: [{times: [{start_time: '00:00', end_time: '24:00'}]}]
- name: long ago
  time_intervals: [{years: ['1999']}]
route:
  receiver: default
  group_wait: 0s
  group_by: [alertname]
  routes:
  - {matchers: [severity="critical"], receiver: a, mute_time_intervals: [long ago], active_time_intervals: [always]}`},
	{name: "scalars that are no text", route: `
route:
  receiver: default
  group_wait: 0s
  group_by: [up, port]
  routes:
  - {match: {up: yes, port: 8080, ratio: 1.50, when: 2026-11-22}, receiver: a}`, alerts: []map[string]string{
		{"alertname": "Scalars", "up": "yes", "port": "8080", "ratio": "1.50", "when": "2026-11-22"},
	}},
	{name: "names of any text", newer: true, route: `
route:
  receiver: default
  group_wait: 0s
  group_by: ["dienst name", "größe"]
  routes:
  - {matchers: ['"dienst name"="küche"'], receiver: a}
  - {matchers: ['größe=~"[0-9]+", "a.b"!="x"'], receiver: 'b, with "odd" name'}`, alerts: []map[string]string{
		{"alertname": "Names", "dienst name": "küche", "größe": "1"},
		{"alertname": "Names", "größe": "12"},
	}},
}

// eventSink takes what an Alertmanager sends to PagerDuty.
type eventSink struct {
	mu     sync.Mutex
	events map[sentKey]any // the details of the first
}

type sentKey struct{ receiver, key string }

func (s *eventSink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var event struct {
		RoutingKey string `json:"routing_key"`
		DedupKey   string `json:"dedup_key"`
		Payload    struct {
			Details any `json:"custom_details"`
		} `json:"payload"`
	}
	if err := json.NewDecoder(r.Body).Decode(&event); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k := sentKey{receiverOfKey[event.RoutingKey], event.DedupKey}
	if _, ok := s.events[k]; !ok {
		s.events[k] = event.Payload.Details
	}
	w.WriteHeader(http.StatusAccepted)
	fmt.Fprint(w, `{"status":"success"}`)
}

func (s *eventSink) received() map[sentKey]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.events)
}

// Every key that a real Alertmanager sends is one that is computed, and every
// alert finds its incident by it.
func TestKeysReallySent(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many Alertmanagers")
	}
	t.Parallel()
	for _, version := range []struct {
		name   string
		newer  bool
		binary func(testing.TB) string
	}{
		{"Debian's", false, func(testing.TB) string { return "" }},
		{"newer", true, realservers.NewAlertmanager},
	} {
		t.Run(version.name, func(t *testing.T) {
			binary := version.binary(t)
			for _, c := range realCases {
				if c.newer && !version.newer {
					continue
				}
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					checkRealKeys(t, binary, c)
				})
			}
		})
	}
}

func checkRealKeys(t *testing.T, binary string, c realCase) {
	sink := &eventSink{events: map[sentKey]any{}}
	server := httptest.NewServer(sink)
	defer server.Close()
	am := realservers.StartAlertmanager(t, realservers.Options{Binary: binary, Config: c.route + "\n" + realReceivers, PagerDutyURL: server.URL})
	var posted []realservers.Alert
	for _, labels := range append(slices.Clone(realAlerts), c.alerts...) {
		posted = append(posted, realservers.Alert{Labels: labels, StartsAt: time.Now(), EndsAt: time.Now().Add(time.Hour)})
	}
	am.PostAlerts(t, posted...)

	client, err := alertmanager.New(alertmanager.Options{Name: "am", URL: am.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	var read sources.Snapshot
	realservers.Eventually(t, "all alerts in their groups", func() bool {
		read = sources.ReadOnce(t.Context(), client)
		return len(read.Data.Alerts) == len(posted)
	})

	// The groups from Alertmanager's data.
	var j Joiner
	snapshots := []sources.Snapshot{read}
	trees := j.routing(snapshots)
	if len(trees) != 1 {
		t.Fatalf("the configuration can't be read:\n%s", read.Data.Routing)
	}
	p := merged.Group(merged.Merge(snapshots, labelset.Comparer{}, nil, &j.alerts), trees)
	computed := map[sentKey]int{}
	paging := 0
	for i := range p.NotificationGroups {
		group := &p.NotificationGroups[i]
		if group.Predicted {
			t.Errorf("group %s of %s is not Alertmanager's", group.Name, group.Receiver)
		}
		if !group.ToPagerDuty {
			if group.Receiver != "chat" {
				t.Errorf("receiver %s is not known to page", group.Receiver)
			}
			continue
		}
		if len(group.Routes) == 0 {
			t.Errorf("no route is found for group %s of %s", group.Name, group.Receiver)
		}
		paging += len(group.Routes)
		for _, r := range group.Routes {
			for _, key := range r.GroupKeys(group.Labels, group.Name) {
				computed[sentKey{group.Receiver, routing.DedupKey(key)}] = i
			}
		}
	}
	realservers.Eventually(t, fmt.Sprintf("%d events", paging), func() bool { return len(sink.received()) >= paging })
	events := sink.received()
	if len(events) != paging {
		t.Errorf("%d events for %d groups", len(events), paging)
	}
	for k := range events {
		if _, ok := computed[k]; !ok {
			t.Errorf("%s was sent a key that is not computed: %s", k.receiver, k.key)
		}
	}
	for _, details := range []bool{false, true} {
		checkRealJoin(t, read, events, details)
	}
}

// checkRealJoin makes an incident of each event and wants everything joined.
func checkRealJoin(t *testing.T, read sources.Snapshot, events map[sentKey]any, details bool) {
	var incidents []sources.Incident
	for k, d := range events {
		if !details {
			d = nil
		}
		incidents = append(incidents, incident(k.receiver+k.key[:8], sent(k.key, d)))
	}
	alerts := map[string]bool{}
	for _, g := range Join([]sources.Snapshot{read, pagerDuty(incidents...)}, Options{Heartbeats: []string{}}, testNow) {
		for _, a := range g.Alerts {
			alerts[a.Fingerprint] = true
		}
		switch {
		case g.Incident == nil:
			if !strings.HasPrefix(g.Why, "no route to PagerDuty") {
				t.Errorf("group %v has no incident: %s", g.Labels, g.Why)
			}
		case len(g.Alerts) == 0:
			t.Errorf("incident %s has no alerts", g.ID)
		case len(g.Alerts) > 0 && !details && g.JoinedBy != ByDedupKey,
			len(g.Alerts) > 0 && weak(g.JoinedBy):
			t.Errorf("incident %s is joined by %s", g.ID, g.JoinedBy)
		case g.NoLongerFiring():
			t.Errorf("incident %s is said to fire no longer", g.ID)
		}
	}
	if len(alerts) != len(read.Data.Alerts) {
		t.Errorf("%d alerts in groups, want %d", len(alerts), len(read.Data.Alerts))
	}
}
