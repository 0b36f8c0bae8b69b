package triage

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"firstline/internal/labelset"
	"firstline/sources"
)

func TestMergingCopies(t *testing.T) {
	am := func(name string, alerts ...*sources.Alert) sources.Snapshot {
		for i := range alerts {
			alerts[i].Source = name
		}
		return snapshot(sources.Alertmanager, name, sources.Data{Alerts: alerts})
	}
	prom := func(name, external string, alerts ...*sources.Alert) sources.Snapshot {
		for i := range alerts {
			alerts[i].Source = name
		}
		return snapshot(sources.Prometheus, name, sources.Data{Alerts: alerts, ExternalLabels: set(external)})
	}
	silenced := func(a *sources.Alert) { a.State, a.SilencedBy = sources.AlertSilenced, []string{"s1"} }
	pending := func(a *sources.Alert) { a.State = sources.AlertPending }
	type want struct {
		labels  string
		sources []string
		state   sources.AlertState
		value   string
	}
	const firing, pend, quiet = sources.AlertFiring, sources.AlertPending, sources.AlertSilenced
	tests := []struct {
		name      string
		snapshots []sources.Snapshot
		ignore    []string
		want      []want
	}{
		{
			name: "Prometheus and Alertmanager, by external labels",
			snapshots: []sources.Snapshot{
				am("am", routedAlert("alertname=X cluster=eu")),
				prom("p", "cluster=eu", metricAlert("alertname=X")),
			},
			want: []want{{"alertname=X cluster=eu", []string{"am", "p"}, firing, "1"}},
		},
		{
			name: "the external label of another cluster",
			snapshots: []sources.Snapshot{
				am("am", routedAlert("alertname=X cluster=eu")),
				prom("p", "cluster=us", metricAlert("alertname=X")),
			},
			want: []want{{"alertname=X cluster=eu", []string{"am"}, firing, ""}, {"alertname=X cluster=us", []string{"p"}, firing, "1"}},
		},
		{
			name: "an alert's own label wins over the external one",
			snapshots: []sources.Snapshot{
				am("am", routedAlert("alertname=X cluster=own")),
				prom("p", "cluster=eu", metricAlert("alertname=X cluster=own")),
			},
			want: []want{{"alertname=X cluster=own", []string{"am", "p"}, firing, "1"}},
		},
		{
			name: "two replicas and two Alertmanagers",
			snapshots: []sources.Snapshot{
				am("am-a", routedAlert("alertname=X cluster=eu")),
				am("am-b", routedAlert("alertname=X cluster=eu")),
				prom("p-a", "cluster=eu replica=a", metricAlert("alertname=X")),
				prom("p-b", "cluster=eu replica=b", with(metricAlert("alertname=X"), func(a *sources.Alert) { a.Value = sources.NewValue("2") })),
			},
			want: []want{{"alertname=X cluster=eu", []string{"am-a", "am-b", "p-a", "p-b"}, firing, "1"}},
		},
		{
			name: "replicas whose label is kept, by a configured name",
			snapshots: []sources.Snapshot{
				am("am", routedAlert("alertname=X ha=1"), routedAlert("alertname=X ha=2")),
			},
			ignore: []string{"ha"},
			want:   []want{{"alertname=X", []string{"am"}, firing, ""}},
		},
		{
			name:      "replicas without an Alertmanager",
			snapshots: []sources.Snapshot{prom("p-a", "replica=a", metricAlert("alertname=X")), prom("p-b", "replica=b", metricAlert("alertname=X"))},
			want:      []want{{"alertname=X", []string{"p-a", "p-b"}, firing, "1"}},
		},
		{
			name: "replicas of a Thanos ruler",
			snapshots: []sources.Snapshot{prom("p", "",
				metricAlert("alertname=A pod=p thanos_ruler_replica=ruler-0"), metricAlert("alertname=A pod=p thanos_ruler_replica=ruler-1"),
				metricAlert("alertname=B pod=p rule_replica=0"), metricAlert("alertname=B pod=p rule_replica=1"),
				metricAlert("alertname=C pod=p ruler_replica=0"), metricAlert("alertname=C pod=p ruler_replica=1"),
			)},
			ignore: []string{"thanos_ruler_replica", "rule_replica", "ruler_replica"},
			want: []want{
				{"alertname=A pod=p", []string{"p"}, firing, "1"}, {"alertname=B pod=p", []string{"p"}, firing, "1"}, {"alertname=C pod=p", []string{"p"}, firing, "1"},
			},
		},
		{
			name: "a replica that has only just begun to see it",
			snapshots: []sources.Snapshot{
				prom("p-a", "", with(metricAlert("alertname=X"), pending)), prom("p-b", "", metricAlert("alertname=X")),
			},
			want: []want{{"alertname=X", []string{"p-a", "p-b"}, firing, "1"}},
		},
		{
			name: "the silence is Alertmanager's to tell",
			snapshots: []sources.Snapshot{
				am("am", with(routedAlert("alertname=X"), silenced)), prom("p", "", metricAlert("alertname=X")),
			},
			want: []want{{"alertname=X", []string{"am", "p"}, quiet, "1"}},
		},
		{
			name: "silenced in one member of a cluster, not in the other yet",
			snapshots: []sources.Snapshot{
				gossip("x", am("am-a", with(routedAlert("alertname=X"), silenced))), gossip("x", am("am-b", routedAlert("alertname=X"))),
			},
			want: []want{{"alertname=X", []string{"am-a", "am-b"}, firing, ""}},
		},
		{
			name:      "pending is known to Prometheus alone",
			snapshots: []sources.Snapshot{am("am"), prom("p", "cluster=eu", with(metricAlert("alertname=X"), pending))},
			want:      []want{{"alertname=X cluster=eu", []string{"p"}, pend, "1"}},
		},
		{
			name: "external labels that can't be read",
			snapshots: []sources.Snapshot{
				am("am", routedAlert("alertname=X pod=a cluster=eu"), routedAlert("alertname=X pod=b cluster=eu")),
				prom("p", "", metricAlert("alertname=X pod=a"), metricAlert("alertname=X pod=b")),
			},
			want: []want{{"alertname=X pod=a cluster=eu", []string{"am", "p"}, firing, "1"}, {"alertname=X pod=b cluster=eu", []string{"am", "p"}, firing, "1"}},
		},
		{
			name: "an external label that relabelling drops",
			snapshots: []sources.Snapshot{
				am("am", routedAlert("alertname=X cluster=eu")),
				prom("p", "cluster=eu prometheus=monitoring/k8s", metricAlert("alertname=X")),
			},
			want: []want{{"alertname=X cluster=eu", []string{"am", "p"}, firing, "1"}},
		},
		{
			name: "several would do, but another alert tells the cluster",
			snapshots: []sources.Snapshot{
				am("am", routedAlert("alertname=X cluster=eu"), routedAlert("alertname=X cluster=us"), routedAlert("alertname=Y cluster=us")),
				prom("p", "", metricAlert("alertname=X"), metricAlert("alertname=Y")),
			},
			want: []want{
				{"alertname=X cluster=eu", []string{"am"}, firing, ""},
				{"alertname=X cluster=us", []string{"am", "p"}, firing, "1"},
				{"alertname=Y cluster=us", []string{"am", "p"}, firing, "1"},
			},
		},
		{
			name: "several would do and nothing tells which",
			snapshots: []sources.Snapshot{
				am("am", routedAlert("alertname=X cluster=eu"), routedAlert("alertname=X cluster=us")),
				prom("p", "", metricAlert("alertname=X")),
			},
			want: []want{
				{"alertname=X", []string{"p"}, firing, "1"},
				{"alertname=X cluster=eu", []string{"am"}, firing, ""},
				{"alertname=X cluster=us", []string{"am"}, firing, ""},
			},
		},
		{
			name: "several would do and other alerts contradict each other",
			snapshots: []sources.Snapshot{
				am("am", routedAlert("alertname=X cluster=eu"), routedAlert("alertname=X cluster=us"), routedAlert("alertname=Y cluster=us"), routedAlert("alertname=Z cluster=eu")),
				prom("p", "", metricAlert("alertname=X"), metricAlert("alertname=Y"), metricAlert("alertname=Z")),
			},
			want: []want{
				{"alertname=X", []string{"p"}, firing, "1"},
				{"alertname=X cluster=eu", []string{"am"}, firing, ""},
				{"alertname=X cluster=us", []string{"am"}, firing, ""},
				{"alertname=Y cluster=us", []string{"am", "p"}, firing, "1"},
				{"alertname=Z cluster=eu", []string{"am", "p"}, firing, "1"},
			},
		},
		{
			name: "several would do for each of two replicas' copies in one answer",
			snapshots: []sources.Snapshot{
				am("am", routedAlert("alertname=X cluster=eu"), routedAlert("alertname=X cluster=us"), routedAlert("alertname=Y cluster=us")),
				prom("p", "", metricAlert("alertname=X replica=a"), metricAlert("alertname=X replica=b"), metricAlert("alertname=Y replica=a")),
			},
			want: []want{
				{"alertname=X cluster=eu", []string{"am"}, firing, ""},
				{"alertname=X cluster=us", []string{"am", "p"}, firing, "1"},
				{"alertname=Y cluster=us", []string{"am", "p"}, firing, "1"},
			},
		},
		{
			name: "an alert that the same Prometheus has already is not taken for another",
			snapshots: []sources.Snapshot{
				am("am", routedAlert("alertname=X pod=a")),
				prom("p", "", metricAlert("alertname=X pod=a"), metricAlert("alertname=X")),
			},
			want: []want{{"alertname=X", []string{"p"}, firing, "1"}, {"alertname=X pod=a", []string{"am", "p"}, firing, "1"}},
		},
		{
			name: "two that fit one alert alike",
			snapshots: []sources.Snapshot{
				am("am", routedAlert("alertname=X pod=a zone=z")),
				prom("p", "", metricAlert("alertname=X pod=a"), metricAlert("alertname=X zone=z")),
			},
			want: []want{
				{"alertname=X pod=a", []string{"p"}, firing, "1"},
				{"alertname=X pod=a zone=z", []string{"am"}, firing, ""},
				{"alertname=X zone=z", []string{"p"}, firing, "1"},
			},
		},
		{
			name: "the longer of two fits better",
			snapshots: []sources.Snapshot{
				am("am", routedAlert("alertname=X pod=a cluster=eu")),
				prom("p", "", metricAlert("alertname=X"), metricAlert("alertname=X pod=a")),
			},
			want: []want{{"alertname=X", []string{"p"}, firing, "1"}, {"alertname=X pod=a cluster=eu", []string{"am", "p"}, firing, "1"}},
		},
		{
			name: "a pending one is not taken for another that fires",
			snapshots: []sources.Snapshot{
				am("am", routedAlert("alertname=X pod=a cluster=eu")),
				prom("p", "", with(metricAlert("alertname=X"), pending)),
			},
			want: []want{{"alertname=X", []string{"p"}, pend, "1"}, {"alertname=X pod=a cluster=eu", []string{"am"}, firing, ""}},
		},
		{
			name: "an empty label is none",
			snapshots: []sources.Snapshot{
				am("am", routedAlert("alertname=X")),
				prom("p", "", metricAlert("alertname=X pod=''")),
			},
			want: []want{{"alertname=X", []string{"am", "p"}, firing, "1"}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := Options{IgnoreLabels: test.ignore}
			var got []Alert
			for _, g := range Join(test.snapshots, o, testNow) {
				got = append(got, g.Alerts...)
			}
			without := func(labels map[string]string) string {
				shown := sources.MergeLabels(labels, nil)
				for _, name := range test.ignore {
					delete(shown, name)
				}
				return labelset.Canonical(shown)
			}
			slices.SortFunc(got, func(a, b Alert) int { return cmp.Compare(without(a.Labels), without(b.Labels)) })
			slices.SortFunc(test.want, func(a, b want) int {
				return cmp.Compare(labelset.Canonical(set(a.labels)), labelset.Canonical(set(b.labels)))
			})
			if len(got) != len(test.want) {
				t.Fatalf("%d alerts, want %d: %v", len(got), len(test.want), got)
			}
			for i, w := range test.want {
				a := got[i]
				if without(a.Labels) != labelset.Canonical(set(w.labels)) || !slices.Equal(a.Sources, w.sources) || a.State != w.state || a.Value.String() != w.value {
					t.Errorf("alert %d\n got %v %v %s %q\nwant %v", i, a.Labels, a.Sources, a.State, a.Value, w)
				}
			}
		})
	}
}

func TestMergedAlert(t *testing.T) {
	early := testNow.Add(-3 * time.Hour)
	a := with(routedAlert("alertname=X"), func(a *sources.Alert) {
		a.State, a.SilencedBy, a.Receivers = sources.AlertSilenced, []string{"s2"}, []string{"pd", "chat"}
	})
	b := with(a, func(a *sources.Alert) {
		a.Source, a.SilencedBy, a.Receivers, a.ActiveSince = "am-b", []string{"s1"}, []string{"mail"}, early
	})
	m := with(metricAlert("alertname=X"), func(a *sources.Alert) {
		a.Annotations, a.GeneratorURL = set("summary=s"), "http://p"
	})
	groups := Join([]sources.Snapshot{
		manager(sources.Data{Alerts: []*sources.Alert{a}, Peers: []string{"1", "2"}}),
		snapshot(sources.Alertmanager, "am-b", sources.Data{Alerts: []*sources.Alert{b}, Peers: []string{"1", "2"}}),
		metrics(sources.Data{Alerts: []*sources.Alert{m}}),
	}, Options{}, testNow)
	got := groups[0].Alerts[0]
	if !slices.Equal(got.SilencedBy, []string{"s1", "s2"}) || !slices.Equal(got.Receivers, []string{"chat", "mail", "pd"}) {
		t.Errorf("silenced by %v, goes to %v", got.SilencedBy, got.Receivers)
	}
	if !got.ActiveSince.Equal(early) || got.Fingerprint != a.Fingerprint || got.Value.String() != "1" {
		t.Errorf("since %v, fingerprint %s, value %s", got.ActiveSince, got.Fingerprint, got.Value)
	}
	if got.Annotations["summary"] != "s" || got.GeneratorURL != "http://p" {
		t.Errorf("what only Prometheus tells is lost: %v, %s", got.Annotations, got.GeneratorURL)
	}
	b.State = sources.AlertFiring
	groups = Join([]sources.Snapshot{
		manager(sources.Data{Alerts: []*sources.Alert{a}, Peers: []string{"1", "2"}}), snapshot(sources.Alertmanager, "am-b", sources.Data{
			Alerts: []*sources.Alert{with(b, func(b *sources.Alert) { b.SilencedBy = nil })}, Peers: []string{"1", "2"},
		}),
	}, Options{}, testNow)
	if got := groups[0].Alerts[0].SilencedBy; len(got) != 0 {
		t.Errorf("an alert that fires is silenced by %v", got)
	}
	if !slices.Equal(a.Receivers, []string{"pd", "chat"}) {
		t.Error("the source's own alert was changed")
	}
}
