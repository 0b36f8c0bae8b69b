package triage

import (
	"strings"
	"testing"

	"firstline/internal/events"
	"firstline/internal/labelset"
	"firstline/internal/routing"
	"firstline/sources"
)

// One alert that a real Alertmanager sent, in each of its two forms.
func TestJoinRecordedEvents(t *testing.T) {
	for _, e := range recordedEvents(t) {
		t.Run(e.Alertmanager+" "+e.Summary, func(t *testing.T) {
			var texts events.Memory
			texts.Next(labelset.Comparer{})
			d := texts.Read(e.Details)
			am := sources.Data{Routing: recordedRouting}
			group := sources.NotificationGroup{Source: "am", Receiver: e.Receiver, Labels: map[string]string{}}
			prom := sources.Data{ExternalLabels: set("cluster=dev")}
			for _, f := range d.Fired {
				a := &sources.Alert{Source: "am", Labels: f.Labels, Annotations: f.Annotations, State: sources.AlertFiring, Fingerprint: labelset.Fingerprint(f.Labels)}
				if f.Fingerprint != "" && f.Fingerprint != a.Fingerprint {
					t.Fatalf("fingerprint %s, Alertmanager says %s", a.Fingerprint, f.Fingerprint)
				}
				own := sources.MergeLabels(f.Labels, nil)
				delete(own, "cluster")
				am.Alerts = append(am.Alerts, a)
				prom.Alerts = append(prom.Alerts, &sources.Alert{Source: "prom", Labels: own, State: sources.AlertFiring})
				group.Fingerprints = append(group.Fingerprints, a.Fingerprint)
				group.Labels["alertname"], group.Labels["service"] = f.Labels["alertname"], f.Labels["service"]
			}
			am.Groups = append(am.Groups, group)
			in := incident("P1", sent(e.DedupKey, e.Details))
			array := strings.HasPrefix(e.Alertmanager, "0.31")
			check := func(name string, want Rule, snapshots ...sources.Snapshot) {
				groups := Join(append(snapshots, pagerDuty(in)), Options{}, testNow)
				if len(groups) != 1 || len(groups[0].Alerts) != len(d.Fired) || groups[0].JoinedBy != want {
					t.Errorf("%s: %d groups, joined by %q, want %q", name, len(groups), groups[0].JoinedBy, want)
				}
				if groups[0].NoLongerFiring() {
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

func TestSameIncidentTwice(t *testing.T) {
	old, changed := incident("P1"), incident("P1")
	old.Status, changed.UpdatedAt = sources.Acknowledged, testNow
	groups := Join([]sources.Snapshot{pagerDuty(old, changed), snapshot(sources.PagerDuty, "again", sources.Data{Incidents: []sources.Incident{old}})}, Options{}, testNow)
	if len(groups) != 1 || groups[0].State != Triggered {
		t.Errorf("groups: %+v", groups)
	}
}

// The keys that a real Alertmanager sent, from the labels it sent with them.
func TestRecordedKeys(t *testing.T) {
	tree, err := routing.Read(recordedRouting)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range recordedEvents(t) {
		var texts events.Memory
		texts.Next(labelset.Comparer{})
		d := texts.Read(e.Details)
		if len(d.Fired) == 0 {
			t.Fatalf("%s %s: no alerts were read", e.Alertmanager, e.GroupKey)
		}
		for _, f := range d.Fired {
			var keys []string
			for _, r := range tree.Reach(f.Labels) {
				group := r.GroupLabels(f.Labels)
				keys = append(keys, r.GroupKeys(group, labelset.Canonical(group))...)
			}
			if len(keys) != 1 || keys[0] != e.GroupKey || routing.DedupKey(keys[0]) != e.DedupKey {
				t.Errorf("%s: computed %q, sent %q (%s)", e.Alertmanager, keys, e.GroupKey, e.DedupKey)
			}
		}
	}
}
