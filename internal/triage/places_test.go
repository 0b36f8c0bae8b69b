package triage

import (
	"testing"

	"firstline/internal/labelset"
	"firstline/internal/routing"
	"firstline/sources"
)

// An alert in several of Alertmanager's groups is shown in one.
func TestAlertInSeveralGroups(t *testing.T) {
	const twoGroups = `
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
	d := sources.Data{Routing: twoGroups, Alerts: []*sources.Alert{a}, Groups: []sources.NotificationGroup{group("chat", "alertname=X"), group("pd", "pod=p")}}
	groups := Join([]sources.Snapshot{manager(d)}, Options{}, testNow)
	if len(groups) != 1 || groups[0].ID != groupID(`{pod="p"}`) || groups[0].JoinedBy != ByGroup {
		t.Errorf("groups: %+v", groups)
	}
	// Its incident is found by the key of the route that pages.
	in := incident("P1", sent(routing.DedupKey(`{}/{a="1"}:{pod="p"}`), nil))
	groups = Join([]sources.Snapshot{manager(d), pagerDuty(in)}, Options{}, testNow)
	if len(groups) != 1 || groups[0].ID != "P1" || groups[0].JoinedBy != ByDedupKey {
		t.Errorf("groups: %+v", groups)
	}
}

// The configuration that Alertmanager reports lacks "group_by: []".
func TestGroupByNothing(t *testing.T) {
	const named = `
route:
  receiver: pd
  group_by: [alertname]
  routes: [{matchers: [a="1"]}]
receivers: [{name: pd, pagerduty_configs: [{}]}]
`
	a := routedAlert("alertname=X a=1")
	groups := Join([]sources.Snapshot{
		manager(sources.Data{Routing: named, Alerts: []*sources.Alert{a}, Groups: []sources.NotificationGroup{
			{Source: "am", Receiver: "pd", Labels: map[string]string{}, Fingerprints: []string{a.Fingerprint}},
		}}),
		pagerDuty(incident("P1", sent(routing.DedupKey(`{}/{a="1"}:{}`), nil))),
	}, Options{}, testNow)
	if len(groups) != 1 || groups[0].JoinedBy != ByDedupKey {
		t.Errorf("groups: %+v", groups)
	}
}

// Two routes may make groups of the same labels for the same receiver: each
// incident then has the alerts of its own route.
func TestRoutesWithTheSameGroups(t *testing.T) {
	const twoGroups = `
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
		manager(sources.Data{Routing: twoGroups, Alerts: []*sources.Alert{both, one}, Groups: []sources.NotificationGroup{group(both.Fingerprint, one.Fingerprint), group(both.Fingerprint)}}),
		pagerDuty(incident("P2", sent(routing.DedupKey(`{}/{b="1"}:{alertname="X"}`), nil))),
	}, Options{}, testNow)
	if g := groupByID(t, groups, "P2"); len(g.Alerts) != 1 || g.Alerts[0].Labels["pod"] != "both" {
		t.Errorf("P2 has %v", g.Alerts)
	}
}

// Without an incident an alert has the same group id from pending to firing, at
// Alertmanager or not.
func TestGroupIDIsStable(t *testing.T) {
	pending := with(metricAlert("alertname=X pod=a"), func(a *sources.Alert) { a.State = sources.AlertPending })
	d := sources.Data{Routing: simpleRouting}
	before := Join([]sources.Snapshot{manager(d), metrics(sources.Data{Alerts: []*sources.Alert{pending}})}, Options{}, testNow)
	a := routedAlert("alertname=X pod=a")
	d.Alerts = []*sources.Alert{a}
	d.Groups = []sources.NotificationGroup{{Source: "am", Receiver: "pd", Labels: set("alertname=X"), Fingerprints: []string{a.Fingerprint}}}
	after := Join([]sources.Snapshot{manager(d), metrics(sources.Data{Alerts: []*sources.Alert{metricAlert("alertname=X pod=a")}})}, Options{}, testNow)
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
	am := func(name, groupBy string, alerts ...*sources.Alert) sources.Snapshot {
		for i := range alerts {
			alerts[i].Source = name
		}
		return snapshot(sources.Alertmanager, name, sources.Data{Routing: "route: {receiver: pd, group_by: [" + groupBy + "]}", Alerts: alerts})
	}
	prom := func(name string, alerts ...*sources.Alert) sources.Snapshot {
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
		if got := labelset.Canonical(g.Labels); got != want[name] || g.JoinedBy != ByGroup {
			t.Errorf("%s stands in %s by %s, want %s", name, got, g.JoinedBy, want[name])
		}
	}
	if len(groups) != len(want) {
		t.Errorf("%d groups", len(groups))
	}
}
