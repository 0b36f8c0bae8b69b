package triage

import (
	"testing"

	"firstline/internal/labelset"
	"firstline/internal/matcher"
	"firstline/internal/routing"
	"firstline/sources"
)

func keyFor(group string) string { return routing.DedupKey("{}:" + labelset.Canonical(set(group))) }

// Each rule alone, and which of two wins.
func TestRules(t *testing.T) {
	checkout := mustMatchers(t, `service="checkout"`)
	services := []ServiceRule{{Name: "checkout", PagerDuty: "PCHECKOUT", Match: checkout}}
	onCheckout := func(in sources.Incident) sources.Incident {
		in.Service = sources.Reference{ID: "PCHECKOUT", Name: "Shop front"}
		return in
	}
	titled := func(in sources.Incident, title string) sources.Incident {
		in.Title = title
		return in
	}
	resolved := func(a sources.IncidentAlert) sources.IncidentAlert {
		a.Status = sources.Resolved
		return a
	}
	am := func(alerts ...*sources.Alert) sources.Snapshot {
		d := sources.Data{Routing: simpleRouting, Alerts: alerts}
		byName := map[string]*sources.NotificationGroup{}
		for _, a := range alerts {
			n := a.Name()
			if byName[n] == nil {
				byName[n] = &sources.NotificationGroup{Source: "am", Receiver: "pd", Labels: map[string]string{"alertname": n}}
			}
			byName[n].Fingerprints = append(byName[n].Fingerprints, a.Fingerprint)
		}
		for _, g := range byName {
			d.Groups = append(d.Groups, *g)
		}
		return manager(d)
	}
	prom := func(alerts ...*sources.Alert) sources.Snapshot { return metrics(sources.Data{Alerts: alerts}) }
	type joined struct {
		incident string // "": none
		rule     Rule
	}
	tests := []struct {
		name      string
		snapshots []sources.Snapshot
		// want has the expected group of each alert, by its pod.
		want map[string]joined
	}{
		{
			"fingerprint",
			[]sources.Snapshot{am(routedAlert("alertname=X pod=a")), pagerDuty(incident("P1", sent("k", arrayOf("alertname=X pod=a"))))},
			map[string]joined{"a": {"P1", ByFingerprint}},
		},
		{
			"fingerprint of one, dedup key for the other of the group",
			[]sources.Snapshot{am(routedAlert("alertname=X pod=a"), routedAlert("alertname=X pod=b")), pagerDuty(incident("P1", sent(keyFor("alertname=X"), arrayOf("alertname=X pod=a"))))},
			map[string]joined{"a": {"P1", ByFingerprint}, "b": {"P1", ByDedupKey}},
		},
		{
			"a fingerprint without labels, of an alert that only Prometheus has",
			[]sources.Snapshot{prom(metricAlert("alertname=X pod=a")), pagerDuty(incident("P1", sent("k", map[string]any{"fingerprint": labelset.Fingerprint(set("alertname=X pod=a"))})))},
			map[string]joined{"a": {"P1", ByFingerprint}},
		},
		{
			"dedup key",
			[]sources.Snapshot{am(routedAlert("alertname=X pod=a")), pagerDuty(incident("P1", sent(keyFor("alertname=X"), nil)))},
			map[string]joined{"a": {"P1", ByDedupKey}},
		},
		{
			"dedup key of an incident whose alerts are not read yet",
			[]sources.Snapshot{am(routedAlert("alertname=X pod=a")), pagerDuty(sources.Incident{Source: "pd", ID: "P1", Key: keyFor("alertname=X"), Status: sources.Triggered})},
			map[string]joined{"a": {"P1", ByDedupKey}},
		},
		{
			"dedup key takes a pending alert of the group along",
			[]sources.Snapshot{
				am(routedAlert("alertname=X pod=a")), prom(with(metricAlert("alertname=X pod=b"), func(a *sources.Alert) { a.State = sources.AlertPending })),
				pagerDuty(incident("P1", sent(keyFor("alertname=X"), nil))),
			},
			map[string]joined{"a": {"P1", ByDedupKey}, "b": {"P1", ByDedupKey}},
		},
		{
			"the key of a group that an incident was opened for from here",
			[]sources.Snapshot{am(routedAlert("alertname=X pod=a")), pagerDuty(sources.Incident{Source: "pd", ID: "P1", Key: groupID(labelset.Canonical(set("alertname=X"))), Status: sources.Triggered, AlertsRead: true})},
			map[string]joined{"a": {"P1", ByDedupKey}},
		},
		{
			"label set from the text form",
			[]sources.Snapshot{prom(metricAlert("alertname=X pod=a"), metricAlert("alertname=Y pod=b")), pagerDuty(incident("P1", sent("k", textOf("alertname=X pod=a"))))},
			map[string]joined{"a": {"P1", ByLabelSet}, "b": {"", ByName}},
		},
		{
			"label set with external labels that could not be read",
			[]sources.Snapshot{prom(metricAlert("alertname=X pod=a")), pagerDuty(incident("P1", sent("k", textOf("alertname=X pod=a cluster=eu"))))},
			map[string]joined{"a": {"P1", ByLabelSet}},
		},
		{
			"label set, ignoring the replica",
			[]sources.Snapshot{prom(metricAlert("alertname=X pod=a")), pagerDuty(incident("P1", sent("k", textOf("alertname=X pod=a replica=b"))))},
			map[string]joined{"a": {"P1", ByLabelSet}},
		},
		{
			"label set with line breaks that imitate the form",
			[]sources.Snapshot{
				am(with(routedAlert("alertname=X pod=a"), func(a *sources.Alert) {
					a.Labels["note"] = "x\n - zone = 1"
					a.Fingerprint = labelset.Fingerprint(a.Labels)
				})),
				pagerDuty(incident("P1", sent("k", textOf("alertname=X note='x\n - zone = 1' pod=a")))),
			},
			map[string]joined{"a": {"P1", ByLabelSet}},
		},
		{
			"alertname and service",
			[]sources.Snapshot{prom(metricAlert("alertname=X service=s pod=a"), metricAlert("alertname=X service=other pod=b")), pagerDuty(incident("P1", sent("k", textOf("alertname=X service=s pod=gone"))))},
			map[string]joined{"a": {"P1", ByNameAndService}, "b": {"", ByName}},
		},
		{
			"alertname and service from own keys",
			[]sources.Snapshot{prom(metricAlert("alertname=X service=s pod=a")), pagerDuty(incident("P1", sent("k", map[string]any{"alertname": "X", "service": "S"})))},
			map[string]joined{"a": {"P1", ByNameAndService}},
		},
		{
			"alertname in the title, service by PagerDuty's name",
			[]sources.Snapshot{prom(metricAlert("alertname=X service=everything pod=a")), pagerDuty(titled(incident("P1", sent("k", nil)), "[FIRING:1] X (prod)"))},
			map[string]joined{"a": {"P1", ByNameAndService}},
		},
		{
			"alertname and service in the title",
			[]sources.Snapshot{prom(metricAlert("alertname='disk is full' service=s pod=a")), pagerDuty(titled(incident("P1", sent("k", nil)), "[FIRING:1] disk is full s (prod)"))},
			map[string]joined{"a": {"P1", ByNameAndService}},
		},
		{
			"the alertname alone proves nothing",
			[]sources.Snapshot{prom(metricAlert("alertname=X service=s pod=a")), pagerDuty(titled(incident("P1", sent("k", nil)), "[FIRING:1] X (prod)"))},
			map[string]joined{"a": {"", ByName}},
		},
		{
			"the same alert elsewhere",
			[]sources.Snapshot{prom(metricAlert("alertname=X service=s pod=a cluster=us")), pagerDuty(incident("P1", sent("k", textOf("alertname=X service=s pod=a cluster=eu"))))},
			map[string]joined{"a": {"", ByName}},
		},
		{
			"service mapping with the alertname in the title",
			[]sources.Snapshot{prom(metricAlert("alertname=X service=checkout pod=a"), metricAlert("alertname=Y service=checkout pod=b")), pagerDuty(onCheckout(titled(incident("P1", sent("k", nil)), "X is bad")))},
			map[string]joined{"a": {"P1", ByMapping}, "b": {"", ByName}},
		},
		{
			"service mapping of an incident that tells nothing",
			[]sources.Snapshot{
				prom(metricAlert("alertname=X service=checkout pod=a"), metricAlert("alertname=X service=s pod=b"),
					with(metricAlert("alertname=Z service=checkout pod=late"), func(a *sources.Alert) { a.ActiveSince = testNow }),
					with(metricAlert("alertname=Y service=checkout pod=pending"), func(a *sources.Alert) { a.State = sources.AlertPending })),
				pagerDuty(onCheckout(incident("P1"))),
			},
			map[string]joined{"a": {"P1", ByMapping}, "b": {"", ByName}, "late": {"", ByName}, "pending": {"", ByName}},
		},
		{
			"a strong rule beats a weak one",
			[]sources.Snapshot{
				prom(metricAlert("alertname=X service=s pod=a")),
				pagerDuty(incident("P1", sent("k1", textOf("alertname=X service=s pod=gone"))), incident("P2", sent("k2", textOf("alertname=X service=s pod=a")))),
			},
			map[string]joined{"a": {"P2", ByLabelSet}},
		},
		{
			"a strong rule beats a weak one, even where it is resolved",
			[]sources.Snapshot{
				prom(metricAlert("alertname=X service=s pod=a")),
				pagerDuty(incident("P1", sent("k1", textOf("alertname=X service=s pod=gone"))), incident("P2", resolved(sent("k2", textOf("alertname=X service=s pod=a"))))),
			},
			map[string]joined{"a": {"P2", ByLabelSet}},
		},
		{
			"open beats resolved",
			[]sources.Snapshot{
				am(routedAlert("alertname=X pod=a")),
				pagerDuty(incident("P1", resolved(sent("k", arrayOf("alertname=X pod=a")))), incident("P2", sent(keyFor("alertname=X"), nil))),
			},
			map[string]joined{"a": {"P2", ByDedupKey}},
		},
		{
			"an alert that no Alertmanager knows goes with its like",
			[]sources.Snapshot{
				prom(metricAlert("alertname=X service=s pod=a"), metricAlert("alertname=X service=s pod=b")),
				pagerDuty(incident("P1", sent("k", textOf("alertname=X service=s pod=a")))),
			},
			map[string]joined{"a": {"P1", ByLabelSet}, "b": {"P1", ByNameAndService}},
		},
		{
			"but not where two incidents would have it",
			[]sources.Snapshot{
				prom(metricAlert("alertname=X service=s pod=a"), metricAlert("alertname=X service=s pod=b"), metricAlert("alertname=X service=s pod=c")),
				pagerDuty(incident("P1", sent("k", textOf("alertname=X service=s pod=a"))), incident("P2", sent("l", textOf("alertname=X service=s pod=b")))),
			},
			map[string]joined{"a": {"P1", ByLabelSet}, "b": {"P2", ByLabelSet}, "c": {"", ByName}},
		},
		{
			"nor where an Alertmanager has it in another group",
			[]sources.Snapshot{
				manager(sources.Data{
					Alerts: []*sources.Alert{routedAlert("alertname=X service=s pod=a"), routedAlert("alertname=X service=s pod=b")},
					Groups: []sources.NotificationGroup{{Source: "am", Receiver: "pd", Labels: set("pod=b"), Fingerprints: []string{labelset.Fingerprint(set("alertname=X service=s pod=b"))}}},
				}),
				pagerDuty(incident("P1", sent("k", textOf("alertname=X service=s pod=a")))),
			},
			map[string]joined{"a": {"P1", ByLabelSet}, "b": {"", ByGroup}},
		},
		{
			"nor what has a group, beside one that has none",
			[]sources.Snapshot{
				manager(sources.Data{
					Alerts: []*sources.Alert{routedAlert("alertname=X service=s pod=a"), routedAlert("alertname=X service=s pod=b")},
					Groups: []sources.NotificationGroup{{Source: "am", Receiver: "pd", Labels: set("pod=b"), Fingerprints: []string{labelset.Fingerprint(set("alertname=X service=s pod=b"))}}},
				}),
				prom(metricAlert("alertname=X service=s pod=stray")),
				pagerDuty(incident("P1", sent("k", textOf("alertname=X service=s pod=a")))),
			},
			map[string]joined{"a": {"P1", ByLabelSet}, "b": {"", ByGroup}, "stray": {"P1", ByNameAndService}},
		},
		{
			"a strong rule that is resolved beats the mapping of an open one",
			[]sources.Snapshot{
				prom(metricAlert("alertname=X service=checkout pod=a")),
				pagerDuty(onCheckout(incident("P1")), incident("P2", resolved(sent("k2", textOf("alertname=X service=checkout pod=a"))))),
			},
			map[string]joined{"a": {"P2", ByLabelSet}},
		},
		{
			"what is resolved in PagerDuty takes nothing by resemblance",
			[]sources.Snapshot{prom(metricAlert("alertname=X service=s pod=a")), pagerDuty(incident("P1", resolved(sent("k", textOf("alertname=X service=s pod=gone")))))},
			map[string]joined{"a": {"", ByName}},
		},
		{
			"an incident whose alerts are not read yet takes nothing by its service",
			[]sources.Snapshot{prom(metricAlert("alertname=X service=checkout pod=a")), pagerDuty(onCheckout(sources.Incident{Source: "pd", ID: "P1", CreatedAt: testNow, Status: sources.Triggered}))},
			map[string]joined{"a": {"", ByName}},
		},
		{
			"a fingerprint beside the key, of an alert that is not at Alertmanager",
			[]sources.Snapshot{
				am(routedAlert("alertname=X pod=a")), prom(metricAlert("alertname=X pod=b")),
				pagerDuty(incident("P1", sent(keyFor("alertname=X"), arrayOf("alertname=X pod=a", "alertname=X pod=b")))),
			},
			map[string]joined{"a": {"P1", ByFingerprint}, "b": {"P1", ByFingerprint}},
		},
		{
			"labels that fit two alerts alike prove neither",
			[]sources.Snapshot{
				prom(metricAlert("alertname=X pod=a"), metricAlert("alertname=X zone=z")),
				pagerDuty(incident("P1", sent("k", textOf("alertname=X cluster=eu pod=a zone=z")))),
			},
			map[string]joined{"a": {"P1", ByNameAndService}, "": {"P1", ByNameAndService}},
		},
		{
			"truncated details with a key",
			[]sources.Snapshot{am(routedAlert("alertname=X pod=a")), pagerDuty(incident("P1", sent(keyFor("alertname=X"), map[string]any{"error": "too large"})))},
			map[string]joined{"a": {"P1", ByDedupKey}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			groups := Join(test.snapshots, Options{Services: services}, testNow)
			seen := 0
			for _, g := range groups {
				best := Unjoined
				for _, a := range g.Alerts {
					seen++
					var got joined
					if g.Incident != nil {
						got.incident = g.Incident.ID
					}
					got.rule = a.JoinedBy
					if want := test.want[a.Labels["pod"]]; got != want {
						t.Errorf("alert %s: %+v, want %+v", a.Labels["pod"], got, want)
					}
					if strength(a.JoinedBy) < strength(best) {
						best = a.JoinedBy
					}
				}
				if g.JoinedBy != best || best != Unjoined && g.Proof == "" && g.Incident != nil {
					t.Errorf("group joined by %q (%q), its best alert by %q", g.JoinedBy, g.Proof, best)
				}
			}
			if seen != len(test.want) {
				t.Errorf("%d alerts, want %d", seen, len(test.want))
			}
		})
	}
}

func mustMatchers(t testing.TB, s string) matcher.Matchers {
	t.Helper()
	m, err := matcher.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
