package triage

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"firstline/internal/labelset"
	"firstline/internal/merged"
	"firstline/sources"
)

// TestMembersAreInTheOrderOfTheirAlerts: the shortcut by the first label that
// differs gives the order that comparing all labels gives.
func TestMembersAreInTheOrderOfTheirAlerts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		alert := rapid.Custom(func(t *rapid.T) merged.Alert {
			var k merged.Alert
			k.State = rapid.SampledFrom([]sources.AlertState{sources.AlertFiring, sources.AlertPending, sources.AlertSilenced}).Draw(t, "state")
			k.Labels = rapid.MapOf(rapid.SampledFrom([]string{"a", "b", "c", "severity"}), rapid.SampledFrom([]string{"", "1", "2", "critical"})).Draw(t, "labels")
			hashes, _ := labelset.Comparer{}.Hashes(k.Labels, nil)
			k.NamesHash = hashes.Names
			k.ActiveSince = testNow.Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "age")) * time.Minute)
			k.Fingerprint = rapid.SampledFrom([]string{"", "", "", "f1", "f2"}).Draw(t, "fingerprint")
			return k
		})
		alerts := rapid.SliceOfN(alert, 0, 9).Draw(t, "alerts")
		own := make([]owned, len(alerts))
		for i := range alerts {
			own[i].severity = SeverityOf(alerts[i].Labels["severity"])
		}
		b := &builder{claimer: &claimer{ownedAlerts: &ownedAlerts{&merged.Grouped{List: &merged.List{Alerts: alerts}}, own}}}
		members := make([]int32, len(b.Alerts))
		for i := range members {
			members[i] = int32(i)
		}
		want := slices.Clone(members)
		slices.SortStableFunc(want, func(i, j int32) int {
			x, y := &b.Alerts[i], &b.Alerts[j]
			return cmp.Or(
				cmp.Compare(merged.Urgency(x.State), merged.Urgency(y.State)), cmp.Compare(gravity(own[i].severity, x.Labels["severity"]), gravity(own[j].severity, y.Labels["severity"])),
				x.ActiveSince.Compare(y.ActiveSince), cmp.Compare(x.Fingerprint, y.Fingerprint), labelset.Compare(x.Labels, y.Labels),
			)
		})
		b.sortMembers(members)
		for i := range want {
			if got, w := fmt.Sprint(b.Alerts[members[i]]), fmt.Sprint(b.Alerts[want[i]]); got != w {
				t.Fatalf("alert %d is %s, want %s", i, got, w)
			}
		}
	})
}

// Labels of the same names are checked once for references to runbooks. Those that
// one alert has and another has not, under the same names, are still found.
func TestLabelsThatReferToRunbooks(t *testing.T) {
	for name, o := range map[string]Options{
		"as it is":   {},
		"ignored":    {IgnoreLabels: []string{"runbook"}},
		"configured": {Alertmanagers: map[string]map[string]string{"am-0": {"runbook": "a/first.md"}}},
	} {
		var snapshots []sources.Snapshot
		for i, labels := range []string{"alertname=X", "alertname=Y runbook=a/b.md", "alertname=Z runbook=c/d.md"} {
			snapshots = append(snapshots, snapshot(sources.Alertmanager, fmt.Sprintf("am-%d", i), sources.Data{Alerts: []*sources.Alert{routedAlert(labels)}}))
		}
		var got []string
		for _, g := range Join(snapshots, o, testNow) {
			var texts []string
			for _, r := range g.References {
				texts = append(texts, r.Text)
			}
			got = append(got, g.Alerts[0].Name()+fmt.Sprint(texts))
		}
		slices.Sort(got)
		if want := []string{"X[]", "Y[a/b.md]", "Z[c/d.md]"}; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// Alerts may have the same hash of names under other names.
func TestFirstDifferingLabelOfOtherNames(t *testing.T) {
	for _, test := range []struct {
		most, other string
		o           Options
	}{
		{most: "alertname=X replica=a", other: "alertname=X __replica__=a"},
		{most: "alertname=X zone=a", other: "alertname=X __replica__=a", o: Options{Alertmanagers: map[string]map[string]string{"am": {"zone": "a"}}}},
	} {
		var am sources.Data
		for i := range 10 {
			labels := test.most
			if i == 5 {
				labels = test.other
			}
			am.Alerts = append(am.Alerts, routedAlert(fmt.Sprintf("%s zz=%d", labels, i)))
		}
		o := test.o.WithDefaults()
		var j Joiner
		c := proveAlerts(j.merge([]sources.Snapshot{manager(am)}, &o), &o, j.owner, nil, &j.texts, &j.named, nil)
		var members []int32
		for i := range c.Alerts {
			members = append(members, int32(i))
		}
		if got := newBuilder(c, &j.history, testNow).firstDifferingLabel(members); got != "__replica__" {
			t.Errorf("%s: %q", test.most, got)
		}
	}
}

// The first label in which alerts differ is found whatever names of labels they
// have, and whatever a hash of the names leaves out or adds.
func TestFirstDifferingLabel(t *testing.T) {
	labels := []string{"__replica__", "alertname", "cluster", "pod", "replica", "zone"}
	rapid.Check(t, func(t *rapid.T) {
		draw := func() map[string]string {
			l := map[string]string{}
			for _, label := range labels {
				if v := rapid.SampledFrom([]string{"none", "", "x", "x", "y"}).Draw(t, label); v != "none" {
					l[label] = v
				}
			}
			return l
		}
		am, prom := sources.Data{}, sources.Data{ExternalLabels: map[string]string{"cluster": "x"}}
		names := rapid.SampledFrom([][]string{nil, {"alertname", "cluster", "pod"}, {"alertname", "cluster", "zone"}}).Draw(t, "names")
		for range rapid.IntRange(2, 20).Draw(t, "alerts") {
			l := draw()
			if names != nil && rapid.IntRange(0, 9).Draw(t, "plain") > 0 { // most alerts have the same names
				l = map[string]string{}
				for _, name := range names {
					if names[2] == "zone" && rapid.Bool().Draw(t, "ignored") {
						name = rapid.SampledFrom([]string{"__replica__", "replica"}).Draw(t, "replica")
					}
					l[name] = rapid.SampledFrom([]string{"x", "x", "y"}).Draw(t, name)
				}
			}
			if rapid.Bool().Draw(t, "routed") {
				am.Alerts = append(am.Alerts, &sources.Alert{Source: "am", Labels: l, State: sources.AlertFiring})
			} else {
				prom.Alerts = append(prom.Alerts, &sources.Alert{Source: "prom", Labels: l, State: sources.AlertFiring})
			}
		}
		o := Options{}
		if rapid.Bool().Draw(t, "configured") {
			o.Alertmanagers = map[string]map[string]string{"am": {"zone": "x"}}
		}
		o = o.WithDefaults()
		var j Joiner
		c := proveAlerts(j.merge(ordered([]sources.Snapshot{manager(am), metrics(prom)}), &o), &o, j.owner, nil, &j.texts, &j.named, nil)
		b := newBuilder(c, &j.history, testNow)
		var members []int32
		differ := map[string]bool{}
		for i := range c.Alerts {
			members = append(members, int32(i))
			for _, label := range labels {
				differ[label] = differ[label] || c.Alerts[i].Labels[label] != c.Alerts[0].Labels[label]
			}
		}
		want := ""
		for _, label := range labels {
			if differ[label] {
				want = label
				break
			}
		}
		if got := b.firstDifferingLabel(members); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}
