package triage

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"firstline/internal/labelset"
	"firstline/internal/matcher"
	"firstline/internal/routing"
	"firstline/sources"
)

// fleet is a large world: alerts that a Prometheus and an Alertmanager both
// report, five to a group, and incidents that were opened for the groups; where
// there are more incidents than groups, their alerts are gone.
func fleet(alerts, incidents int) []sources.Snapshot { return fleetOf(alerts, 5, incidents) }

func fleetOf(alerts, perGroup, incidents int) []sources.Snapshot {
	am := sources.Data{Routing: fleetRouting}
	prom := sources.Data{ExternalLabels: map[string]string{"cluster": "eu-1", "replica": "a"}}
	pd := sources.Data{}
	for g := 0; g*perGroup < alerts; g++ {
		labels := map[string]string{"alertname": fmt.Sprintf("Alert%d", g%97), "service": fmt.Sprintf("service-%d", g), "team": fmt.Sprintf("team-%d", g%12)}
		group := sources.NotificationGroup{Source: "am", Receiver: "pd", Labels: map[string]string{"alertname": labels["alertname"], "service": labels["service"]}}
		if g%12 == 3 {
			group.Receiver = "pd-3"
		}
		text := ""
		for i := range min(perGroup, alerts-g*perGroup) {
			own := sources.MergeLabels(labels, map[string]string{
				"severity": []string{"critical", "warning", "info"}[g%3], "namespace": "prod",
				"pod": fmt.Sprintf("pod-%d-%d", g, i), "instance": fmt.Sprintf("10.0.%d.%d:9090", g%250, i), "job": "kubernetes-pods",
			})
			whole := sources.MergeLabels(own, map[string]string{"cluster": "eu-1"})
			annotations := map[string]string{"summary": "it broke", "runbook_url": "https://runbooks.example.com/" + labels["alertname"]}
			since := testNow.Add(-time.Duration(g) * time.Second)
			fingerprint := labelset.Fingerprint(whole)
			am.Alerts = append(am.Alerts, &sources.Alert{Source: "am", Labels: whole, Annotations: annotations, State: sources.AlertFiring, ActiveSince: since, Fingerprint: fingerprint, Receivers: []string{group.Receiver}})
			prom.Alerts = append(prom.Alerts, &sources.Alert{Source: "prom", Labels: own, Annotations: annotations, State: sources.AlertFiring, ActiveSince: since.Add(-time.Minute), Value: sources.NewValue("1e+00")})
			group.Fingerprints = append(group.Fingerprints, fingerprint)
			text += "Labels:\n"
			for _, name := range []string{"alertname", "cluster", "instance", "job", "namespace", "pod", "service", "severity", "team"} {
				text += " - " + name + " = " + whole[name] + "\n"
			}
			text += "Annotations:\n - runbook_url = " + annotations["runbook_url"] + "\n - summary = it broke\nSource: http://prometheus.example.com/graph?g0.expr=up\n"
		}
		slices.Sort(group.Fingerprints) // as they are read
		am.Groups = append(am.Groups, group)
		if g < incidents {
			route := "{}"
			if g%12 == 3 {
				route = `{}/{team="team-3"}`
			}
			name := labels["alertname"]
			pd.Incidents = append(pd.Incidents, fleetIncident(g, name, routing.DedupKey(route+":"+labelset.Canonical(group.Labels)), text))
		}
	}
	for i := len(pd.Incidents); i < incidents; i++ {
		text := "Labels:\n - alertname = Gone\n - pod = pod-" + fmt.Sprint(i) + "\nAnnotations:\nSource: http://prometheus.example.com/graph\n"
		pd.Incidents = append(pd.Incidents, fleetIncident(i, "Gone", "gone"+fmt.Sprint(i), text))
	}
	return []sources.Snapshot{
		snapshot(sources.Alertmanager, "am", am), snapshot(sources.Prometheus, "prom", prom), snapshot(sources.PagerDuty, "pd", pd),
	}
}

func fleetIncident(i int, name, key, text string) sources.Incident {
	in := incident(fmt.Sprintf("P%07d", i), sent(key, map[string]any{"firing": text, "num_firing": "5", "num_resolved": "0", "resolved": ""}))
	in.Title = "[FIRING:5] " + name
	in.Service = sources.Reference{ID: fmt.Sprintf("PS%d", i%40), Name: fmt.Sprintf("PagerDuty service %d", i%40)}
	return in
}

const fleetRouting = `
route:
  receiver: pd
  group_by: [alertname, service]
  routes:
  - {receiver: "null", matchers: ['alertname=~"Watchdog|InfoInhibitor"']}
  - {receiver: pd-3, matchers: [team="team-3"]}
  - {receiver: pd-4, matchers: ['team=~"other-.*"', severity="critical"]}
receivers:
- {name: pd, pagerduty_configs: [{routing_key: x}]}
- {name: pd-3, pagerduty_configs: [{routing_key: x}]}
- {name: pd-4, pagerduty_configs: [{routing_key: x}]}
- {name: "null"}
`

func fleetOptions(t testing.TB) Options {
	var o Options
	for i := range 20 {
		m, err := matcher.Parse(fmt.Sprintf(`service=~"service-%d[0-9]?", namespace="prod"`, i))
		if err != nil {
			t.Fatal(err)
		}
		o.Services = append(o.Services, ServiceRule{Name: fmt.Sprintf("Service %d", i), Team: "team", Match: m})
	}
	return o
}

// sizes are alerts and incidents.
var sizes = [][2]int{{100, 20}, {1_000, 200}, {10_000, 0}, {10_000, 2_000}}

// BenchmarkJoin joins again and again after news of one source, an Alertmanager:
// the lists of the others are the very same, as pollers hand them out.
func BenchmarkJoin(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprintf("alerts=%d/incidents=%d", size[0], size[1]), func(b *testing.B) {
			snapshots, o := fleet(size[0], size[1]), fleetOptions(b)
			var j Joiner
			j.Join(snapshots, o, testNow)
			alerts := [2][]*sources.Alert{slices.Clone(snapshots[0].Data.Alerts), slices.Clone(snapshots[0].Data.Alerts)}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				snapshots[0].Data.Alerts = alerts[i%2]
				j.Join(snapshots, o, testNow)
			}
		})
	}
}

// BenchmarkFirstJoin is a join without any memory.
func BenchmarkFirstJoin(b *testing.B) {
	snapshots, o := fleet(10_000, 2_000), fleetOptions(b)
	b.ReportAllocs()
	for b.Loop() {
		Join(snapshots, o, testNow)
	}
}

// BenchmarkJoinReplicas has the alerts from two replicas of a Prometheus, with
// and without an Alertmanager.
func BenchmarkJoinReplicas(b *testing.B) {
	all, o := fleet(10_000, 2_000), fleetOptions(b)
	replica := all[1]
	replica.Source.Name = "prom-b"
	replica.Data.Alerts = slices.Clone(replica.Data.Alerts)
	for i := range replica.Data.Alerts {
		copied := *replica.Data.Alerts[i]
		copied.Source = "prom-b"
		replica.Data.Alerts[i] = &copied
	}
	replica.Data.ExternalLabels = map[string]string{"cluster": "eu-1", "replica": "b"}
	for name, snapshots := range map[string][]sources.Snapshot{
		"prometheus-only":  {all[1], replica, all[2]},
		"two-prometheuses": {all[0], all[1], replica, all[2]},
	} {
		b.Run(name, func(b *testing.B) {
			var j Joiner
			b.ReportAllocs()
			for b.Loop() {
				j.Join(snapshots, o, testNow)
			}
		})
	}
}

// likeness says how the alerts of a fleet resemble each other.
type likeness struct {
	name string
	// alike: all have one alertname and one service.
	alike bool
	// gone: the incidents were opened for pods that are gone, so nothing is
	// proven and all is resemblance.
	gone bool
	// metricsOnly: there is no Alertmanager.
	metricsOnly bool
}

var likenesses = []likeness{
	{name: "different"},
	{name: "alike", alike: true},
	{name: "alike-gone", alike: true, gone: true},
	{name: "alike-prometheus-only", alike: true, metricsOnly: true},
	{name: "alike-gone-prometheus-only", alike: true, gone: true, metricsOnly: true},
}

// fleetWithoutKeys is a fleet whose incidents have no key, each opened for one
// event. The alerts of the first incidents are read, those of the others are
// not.
func fleetWithoutKeys(alerts, incidents, read int, like likeness) []sources.Snapshot {
	snapshots := fleet(alerts, incidents)
	am, prom, pd := &snapshots[0], &snapshots[1], &snapshots[2]
	change := func(list []*sources.Alert) {
		for i := range list {
			if like.alike {
				list[i].Labels = sources.MergeLabels(list[i].Labels, map[string]string{"alertname": "HighErrorRate", "service": "checkout", "team": "shop"})
			}
			if list[i].Fingerprint != "" {
				list[i].Fingerprint = labelset.Fingerprint(list[i].Labels)
			}
		}
	}
	change(am.Data.Alerts)
	change(prom.Data.Alerts)
	if like.alike {
		group := sources.NotificationGroup{Source: "am", Receiver: "pd", Labels: map[string]string{"alertname": "HighErrorRate", "service": "checkout"}}
		for i := range am.Data.Alerts {
			group.Fingerprints = append(group.Fingerprints, am.Data.Alerts[i].Fingerprint)
		}
		slices.Sort(group.Fingerprints)
		am.Data.Groups = []sources.NotificationGroup{group}
	}
	for g := range pd.Data.Incidents {
		in := &pd.Data.Incidents[g]
		in.Key, in.AlertCount = "", 1
		in.CreatedAt = testNow.Add(-time.Duration(g) * time.Second)
		in.Title = fmt.Sprintf("[FIRING:5] Alert%d service-%d", g%97, g)
		if like.alike {
			in.Title = "[FIRING:5] HighErrorRate checkout"
		}
		if g >= read {
			in.Alerts, in.AlertsRead = nil, false
			continue
		}
		text := ""
		for i := g * 5; i < min(g*5+5, alerts); i++ {
			labels := sources.MergeLabels(am.Data.Alerts[i].Labels, nil)
			if like.gone {
				labels["pod"] += "-gone"
			}
			text += "Labels:\n"
			for _, name := range slices.Sorted(mapKeys(labels)) {
				text += " - " + name + " = " + labels[name] + "\n"
			}
			text += "Annotations:\n - summary = it broke\nSource: http://prometheus.example.com/graph?g0.expr=up\n"
		}
		in.Alerts = []sources.IncidentAlert{{ID: fmt.Sprintf("A%d", g), Key: fmt.Sprintf("sent-%d", g), Status: sources.Triggered, CreatedAt: in.CreatedAt, Details: map[string]any{"firing": text}}}
	}
	if like.metricsOnly {
		return snapshots[1:]
	}
	return snapshots
}

// BenchmarkJoinRead joins after news of the alerts, with all, 150 or none of
// the incidents' alerts read, at two sizes that differ by a factor of five.
func BenchmarkJoinRead(b *testing.B) {
	for _, like := range likenesses {
		for _, size := range [][2]int{{10_000, 2_000}, {50_000, 10_000}} {
			for _, read := range []int{0, 150, size[1]} {
				b.Run(fmt.Sprintf("%s/alerts=%d/incidents=%d/read=%d", like.name, size[0], size[1], read), func(b *testing.B) {
					snapshots, o := fleetWithoutKeys(size[0], size[1], read, like), fleetOptions(b)
					var j Joiner
					j.Join(snapshots, o, testNow)
					alerts := [2][]*sources.Alert{slices.Clone(snapshots[0].Data.Alerts), slices.Clone(snapshots[0].Data.Alerts)}
					b.ReportAllocs()
					for i := 0; b.Loop(); i++ {
						snapshots[0].Data.Alerts = alerts[i%2]
						j.Join(snapshots, o, testNow)
					}
				})
			}
		}
	}
}

func fleetGroups(b *testing.B, n int) []Group {
	groups := Join(fleetOf(n, 1, n/5), fleetOptions(b), testNow)
	if len(groups) != n {
		b.Fatalf("%d groups, want %d", len(groups), n)
	}
	return groups
}

func BenchmarkSort(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		groups := fleetGroups(b, n)
		for _, by := range Orders() {
			b.Run(fmt.Sprintf("groups=%d/%s", n, by), func(b *testing.B) {
				b.ReportAllocs()
				work := make([]Group, len(groups))
				for b.Loop() {
					copy(work, groups)
					Sort(work, by)
				}
			})
		}
	}
}
