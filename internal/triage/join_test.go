package triage

import (
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/sources"
)

// One alert that a real Alertmanager sent, in each of its two forms.
func TestJoinRecordedEvents(t *testing.T) {
	for _, e := range recordedEvents(t) {
		t.Run(e.Alertmanager+" "+e.Summary, func(t *testing.T) {
			d := readOnce(e.Details)
			am := sources.Data{Routing: recordedRouting}
			group := sources.NotificationGroup{Source: "am", Receiver: e.Receiver, Labels: map[string]string{}}
			prom := sources.Data{ExternalLabels: set("cluster=dev")}
			for _, f := range d.fired {
				a := sources.Alert{Source: "am", Labels: f.labels, Annotations: f.annotations, State: sources.AlertFiring, Fingerprint: fingerprintOf(f.labels)}
				if f.fingerprint != "" && f.fingerprint != a.Fingerprint {
					t.Fatalf("fingerprint %s, Alertmanager says %s", a.Fingerprint, f.fingerprint)
				}
				own := sources.MergeLabels(f.labels, nil)
				delete(own, "cluster")
				am.Alerts = append(am.Alerts, a)
				prom.Alerts = append(prom.Alerts, sources.Alert{Source: "prom", Labels: own, State: sources.AlertFiring})
				group.Fingerprints = append(group.Fingerprints, a.Fingerprint)
				group.Labels["alertname"], group.Labels["service"] = f.labels["alertname"], f.labels["service"]
			}
			am.Groups = append(am.Groups, group)
			in := incident("P1", sent(e.DedupKey, e.Details))
			array := strings.HasPrefix(e.Alertmanager, "0.31")
			check := func(name string, want Rule, snapshots ...sources.Snapshot) {
				groups := Join(append(snapshots, pagerDuty(in)), Options{}, testNow)
				if len(groups) != 1 || len(groups[0].Alerts) != len(d.fired) || groups[0].JoinedBy != want {
					t.Errorf("%s: %d groups, joined by %q, want %q", name, len(groups), groups[0].JoinedBy, want)
				}
				if groups[0].NoLongerFiring {
					t.Errorf("%s: said to fire no longer", name)
				}
				if !strings.HasPrefix(groups[0].RunbookURL, "https://runbooks.example.com/") {
					t.Errorf("%s: runbook %q", name, groups[0].RunbookURL)
				}
			}
			first, without := ByDedupKey, ByLabelSet
			if array {
				first, without = ByFingerprint, ByFingerprint
			}
			check("Alertmanager and Prometheus", first, manager(am), metrics(prom))
			check("Alertmanager", first, manager(am))
			check("Prometheus", without, metrics(prom))
			unread := prom
			unread.ExternalLabels = nil
			check("Prometheus without its external labels", ByLabelSet, metrics(unread))

			in.Alerts[0].Details = nil
			check2 := Join([]sources.Snapshot{manager(am), pagerDuty(in)}, Options{}, testNow)
			if len(check2) != 1 || check2[0].JoinedBy != ByDedupKey || check2[0].Proof != e.GroupKey {
				t.Errorf("without details: joined by %q, %q", check2[0].JoinedBy, check2[0].Proof)
			}
		})
	}
}

const simpleRouting = `
route: {receiver: pd, group_by: [alertname], routes: [{matchers: [severity="info"], receiver: "null"}]}
receivers: [{name: pd, pagerduty_configs: [{}]}, {name: "null"}]
`

func keyFor(group string) string { return dedupKey("{}:" + canonical(set(group))) }

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
	opened := func(in sources.Incident, ago time.Duration) sources.Incident {
		in.CreatedAt = testNow.Add(-ago)
		return in
	}
	am := func(alerts ...sources.Alert) sources.Snapshot {
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
	prom := func(alerts ...sources.Alert) sources.Snapshot { return metrics(sources.Data{Alerts: alerts}) }
	type joined struct {
		incident string // "": none
		rule     Rule
	}
	tests := []struct {
		name      string
		snapshots []sources.Snapshot
		// want tells for each alert, by its pod, where it stands.
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
			[]sources.Snapshot{prom(metricAlert("alertname=X pod=a")), pagerDuty(incident("P1", sent("k", map[string]any{"fingerprint": fingerprintOf(set("alertname=X pod=a"))})))},
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
			[]sources.Snapshot{am(routedAlert("alertname=X pod=a")), pagerDuty(sources.Incident{Source: "pd", ID: "P1", Key: groupID(canonical(set("alertname=X"))), Status: sources.Triggered, AlertsRead: true})},
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
				am(with(routedAlert("alertname=X pod=a"), func(a *sources.Alert) { a.Labels["note"] = "x\n - zone = 1"; a.Fingerprint = fingerprintOf(a.Labels) })),
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
					Alerts: []sources.Alert{routedAlert("alertname=X service=s pod=a"), routedAlert("alertname=X service=s pod=b")},
					Groups: []sources.NotificationGroup{{Source: "am", Receiver: "pd", Labels: set("pod=b"), Fingerprints: []string{fingerprintOf(set("alertname=X service=s pod=b"))}}},
				}),
				pagerDuty(incident("P1", sent("k", textOf("alertname=X service=s pod=a")))),
			},
			map[string]joined{"a": {"P1", ByLabelSet}, "b": {"", ByGroup}},
		},
		{
			"nor what has a group, beside one that has none",
			[]sources.Snapshot{
				manager(sources.Data{
					Alerts: []sources.Alert{routedAlert("alertname=X service=s pod=a"), routedAlert("alertname=X service=s pod=b")},
					Groups: []sources.NotificationGroup{{Source: "am", Receiver: "pd", Labels: set("pod=b"), Fingerprints: []string{fingerprintOf(set("alertname=X service=s pod=b"))}}},
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
			"of two proofs the better",
			[]sources.Snapshot{
				am(routedAlert("alertname=X pod=a")),
				pagerDuty(opened(incident("P1", sent(keyFor("alertname=X"), nil)), time.Hour), opened(incident("P2", sent("k", arrayOf("alertname=X pod=a"))), 2*time.Minute)),
			},
			map[string]joined{"a": {"P2", ByFingerprint}},
		},
		{
			"of two equal proofs the incident that was opened soonest after",
			[]sources.Snapshot{
				am(routedAlert("alertname=X pod=a")),
				pagerDuty(
					opened(incident("P1", sent(keyFor("alertname=X"), nil)), 2*time.Minute),
					opened(incident("P2", sent(keyFor("alertname=X"), nil)), 50*time.Minute),
					opened(incident("P3", sent(keyFor("alertname=X"), nil)), 61*time.Minute),
				),
			},
			map[string]joined{"a": {"P2", ByDedupKey}},
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

func mustMatchers(t testing.TB, s string) Matchers {
	t.Helper()
	m, err := ParseMatchers(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Two integrations of one receiver page twice for one group.
func TestSharedAlerts(t *testing.T) {
	key := keyFor("alertname=X")
	groups := Join([]sources.Snapshot{
		manager(sources.Data{Routing: simpleRouting, Alerts: []sources.Alert{routedAlert("alertname=X pod=a")}}),
		pagerDuty(incident("P1", sent(key, nil)), incident("P2", sent(key, textOf("alertname=X pod=a")))),
	}, Options{}, testNow)
	first, second := groupByID(t, groups, "P1"), groupByID(t, groups, "P2")
	if len(first.Alerts) != 1 || len(second.Alerts) != 0 || second.JoinedBy != Unjoined {
		t.Fatalf("alerts: %d and %d", len(first.Alerts), len(second.Alerts))
	}
	if !slices.Equal(second.Shares, []string{"P1"}) || len(first.Shares) != 0 {
		t.Errorf("shares %v and %v", first.Shares, second.Shares)
	}
	if second.NoLongerFiring {
		t.Error("the alert fires, though it is shown elsewhere")
	}
}

// An alert of several of Alertmanager's groups stands in one.
func TestAlertInSeveralGroups(t *testing.T) {
	const routing = `
route:
  receiver: chat
  routes:
  - {matchers: [a="1"], receiver: chat, group_by: [alertname], continue: true}
  - {matchers: [a="1"], receiver: pd, group_by: [pod]}
receivers: [{name: pd, pagerduty_configs: [{}]}, {name: chat}]
`
	a := routedAlert("alertname=X a=1 pod=p")
	group := func(receiver, labels string) sources.NotificationGroup {
		return sources.NotificationGroup{Source: "am", Receiver: receiver, Labels: set(labels), Fingerprints: []string{a.Fingerprint}}
	}
	d := sources.Data{Routing: routing, Alerts: []sources.Alert{a}, Groups: []sources.NotificationGroup{group("chat", "alertname=X"), group("pd", "pod=p")}}
	groups := Join([]sources.Snapshot{manager(d)}, Options{}, testNow)
	if len(groups) != 1 || groups[0].ID != groupID(`{pod="p"}`) || groups[0].JoinedBy != ByGroup {
		t.Errorf("groups: %+v", groups)
	}
	// Its incident is found by the key of the route that pages.
	in := incident("P1", sent(dedupKey(`{}/{a="1"}:{pod="p"}`), nil))
	groups = Join([]sources.Snapshot{manager(d), pagerDuty(in)}, Options{}, testNow)
	if len(groups) != 1 || groups[0].ID != "P1" || groups[0].JoinedBy != ByDedupKey {
		t.Errorf("groups: %+v", groups)
	}
}

// What Alertmanager tells of its configuration lacks "group_by: []".
func TestGroupByNothing(t *testing.T) {
	const told = `
route:
  receiver: pd
  group_by: [alertname]
  routes: [{matchers: [a="1"]}]
receivers: [{name: pd, pagerduty_configs: [{}]}]
`
	a := routedAlert("alertname=X a=1")
	groups := Join([]sources.Snapshot{
		manager(sources.Data{Routing: told, Alerts: []sources.Alert{a}, Groups: []sources.NotificationGroup{
			{Source: "am", Receiver: "pd", Labels: map[string]string{}, Fingerprints: []string{a.Fingerprint}},
		}}),
		pagerDuty(incident("P1", sent(dedupKey(`{}/{a="1"}:{}`), nil))),
	}, Options{}, testNow)
	if len(groups) != 1 || groups[0].JoinedBy != ByDedupKey {
		t.Errorf("groups: %+v", groups)
	}
}

// Two routes may make groups of the same labels for the same receiver: each
// incident then has the alerts of its own route.
func TestRoutesWithTheSameGroups(t *testing.T) {
	const routing = `
route:
  receiver: pd
  routes:
  - {matchers: [a="1"], group_by: [alertname], continue: true}
  - {matchers: [b="1"], group_by: [alertname]}
receivers: [{name: pd, pagerduty_configs: [{}]}]
`
	both, one := routedAlert("alertname=X a=1 b=1 pod=both"), routedAlert("alertname=X a=1 pod=one")
	group := func(fingerprints ...string) sources.NotificationGroup {
		return sources.NotificationGroup{Source: "am", Receiver: "pd", Labels: set("alertname=X"), Fingerprints: fingerprints}
	}
	groups := Join([]sources.Snapshot{
		manager(sources.Data{Routing: routing, Alerts: []sources.Alert{both, one}, Groups: []sources.NotificationGroup{group(both.Fingerprint, one.Fingerprint), group(both.Fingerprint)}}),
		pagerDuty(incident("P2", sent(dedupKey(`{}/{b="1"}:{alertname="X"}`), nil))),
	}, Options{}, testNow)
	if g := groupByID(t, groups, "P2"); len(g.Alerts) != 1 || g.Alerts[0].Labels["pod"] != "both" {
		t.Errorf("P2 has %v", g.Alerts)
	}
}

// Without an incident an alert keeps its group's id from pending to firing, at
// Alertmanager or not.
func TestGroupIDIsStable(t *testing.T) {
	pending := with(metricAlert("alertname=X pod=a"), func(a *sources.Alert) { a.State = sources.AlertPending })
	d := sources.Data{Routing: simpleRouting}
	before := Join([]sources.Snapshot{manager(d), metrics(sources.Data{Alerts: []sources.Alert{pending}})}, Options{}, testNow)
	a := routedAlert("alertname=X pod=a")
	d.Alerts = []sources.Alert{a}
	d.Groups = []sources.NotificationGroup{{Source: "am", Receiver: "pd", Labels: set("alertname=X"), Fingerprints: []string{a.Fingerprint}}}
	after := Join([]sources.Snapshot{manager(d), metrics(sources.Data{Alerts: []sources.Alert{metricAlert("alertname=X pod=a")}})}, Options{}, testNow)
	if len(before) != 1 || len(after) != 1 || before[0].ID != after[0].ID || before[0].State != Pending || after[0].State != Firing {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
	if want := groupID(`{alertname="X"}`); before[0].ID != want || len(want) != 12 {
		t.Errorf("id %s, want %s", before[0].ID, want)
	}
}

// An alert that is not in a group yet is placed by the routes of the
// Alertmanagers that it can come to, and by no others.
func TestPredictedGroups(t *testing.T) {
	am := func(name, groupBy string, alerts ...sources.Alert) sources.Snapshot {
		for i := range alerts {
			alerts[i].Source = name
		}
		return snapshot(sources.Alertmanager, name, sources.Data{Routing: "route: {receiver: pd, group_by: [" + groupBy + "]}", Alerts: alerts})
	}
	prom := func(name string, alerts ...sources.Alert) sources.Snapshot {
		return snapshot(sources.Prometheus, name, sources.Data{Alerts: alerts})
	}
	pending := with(metricAlert("alertname=P pod=p"), func(a *sources.Alert) { a.State = sources.AlertPending })
	groups := Join([]sources.Snapshot{
		am("am-a", "alertname", routedAlert("alertname=A pod=a")), prom("prom-a", metricAlert("alertname=A pod=a")),
		am("am-b", "pod", routedAlert("alertname=B pod=b")), prom("prom-b", metricAlert("alertname=B pod=b"), pending),
	}, Options{}, testNow)
	want := map[string]string{"A": `{alertname="A"}`, "B": `{pod="b"}`, "P": `{pod="p"}`}
	for _, g := range groups {
		name := g.Alerts[0].Name()
		if got := canonical(g.Labels); got != want[name] || g.JoinedBy != ByGroup {
			t.Errorf("%s stands in %s by %s, want %s", name, got, g.JoinedBy, want[name])
		}
	}
	if len(groups) != len(want) {
		t.Errorf("%d groups", len(groups))
	}
}

func TestSameIncidentTwice(t *testing.T) {
	old, changed := incident("P1"), incident("P1")
	old.Status, changed.UpdatedAt = sources.Acknowledged, testNow
	groups := Join([]sources.Snapshot{pagerDuty(old, changed), snapshot(sources.PagerDuty, "again", sources.Data{Incidents: []sources.Incident{old}})}, Options{}, testNow)
	if len(groups) != 1 || groups[0].State != Triggered {
		t.Errorf("groups: %+v", groups)
	}
}

// While PagerDuty is read again, what is said of pages does not waver.
func TestPartialReads(t *testing.T) {
	am := manager(sources.Data{Alerts: []sources.Alert{routedAlert("alertname=X")}})
	reading := pagerDuty()
	reading.Partial = true
	var j Joiner
	for i, step := range []struct {
		pd   sources.Snapshot
		want bool
	}{{reading, false}, {pagerDuty(), true}, {reading, true}} {
		if got := j.Join([]sources.Snapshot{am, step.pd}, Options{}, testNow)[0].Unpaged; got != step.want {
			t.Errorf("step %d: unpaged %v", i, got)
		}
	}
	if Join([]sources.Snapshot{am, reading}, Options{}, testNow)[0].Unpaged {
		t.Error("incidents are still on their way")
	}
	if !reading.Partial {
		t.Error("the caller's snapshot was changed")
	}
}

func TestJoinerTakesNewOptions(t *testing.T) {
	am := manager(sources.Data{Alerts: []sources.Alert{routedAlert("alertname=X pod=a job=j")}})
	var j Joiner
	for _, step := range []struct {
		o    Options
		want string
	}{
		{Options{}, "j"},
		{Options{ServiceLabels: []string{"pod"}}, "a"},
		{Options{Services: []ServiceRule{{Name: "one", Match: mustMatchers(t, "pod=a")}}}, "one"},
		{Options{Services: []ServiceRule{{Name: "two", Match: mustMatchers(t, "pod=a")}}}, "two"},
	} {
		if got := j.Join([]sources.Snapshot{am}, step.o, testNow)[0].Service; got != step.want {
			t.Errorf("service %q, want %q", got, step.want)
		}
	}
}

func TestJoinerRemembers(t *testing.T) {
	world := fleet(200, 20)
	var j Joiner
	first := j.Join(world, Options{}, testNow)
	again := j.Join(world, Options{}, testNow.Add(time.Second))
	if len(first) != len(again) {
		t.Fatalf("%d groups, then %d", len(first), len(again))
	}
	for i := range first {
		if first[i].ID != again[i].ID || first[i].JoinedBy != again[i].JoinedBy {
			t.Errorf("group %d: %s by %s, then %s by %s", i, first[i].ID, first[i].JoinedBy, again[i].ID, again[i].JoinedBy)
		}
	}
	if len(j.trees) != 1 {
		t.Errorf("%d route trees are kept", len(j.trees))
	}
	j.Join(nil, Options{}, testNow)
	j.Join(nil, Options{}, testNow)
	if len(j.trees) != 0 || len(j.texts.now)+len(j.texts.last)+len(j.alerts.bySource)+len(j.alerts.completed)+len(j.alerts.last) != 0 {
		t.Error("what is gone is still remembered")
	}
}
