package triage

import (
	"slices"
	"strings"
	"testing"

	"firstline/internal/labelset"
	"firstline/sources"
)

// For alerts that relabelling merges, the group says that they are several in
// Prometheus.
func TestOriginals(t *testing.T) {
	at := func(source, own string, sent ...string) *sources.Alert {
		a := metricAlert(own)
		a.Source = source
		for _, s := range sent {
			a.Sent = append(a.Sent, set(s))
		}
		a.Dropped = len(sent) == 0
		return a
	}
	prom := func(name string, alerts ...*sources.Alert) sources.Snapshot {
		return snapshot(sources.Prometheus, name, sources.Data{Alerts: alerts})
	}
	x, y := "alertname=X", "alertname=X pod=y"
	for _, c := range []struct {
		name      string
		snapshots []sources.Snapshot
		want      string // the originals of each alert, as pods
	}{
		{"two that become one", []sources.Snapshot{manager(sources.Data{Alerts: []*sources.Alert{routedAlert(x)}}), prom("p", at("p", x+" pod=a", x), at("p", x+" pod=b", x))}, "a,b"},
		{"three", []sources.Snapshot{manager(sources.Data{Alerts: []*sources.Alert{routedAlert(x)}}), prom("p", at("p", x+" pod=c", x), at("p", x+" pod=a", x), at("p", x+" pod=b", x))}, "a,b,c"},
		{"one", []sources.Snapshot{manager(sources.Data{Alerts: []*sources.Alert{routedAlert(x)}}), prom("p", at("p", x+" pod=a", x))}, ""},
		{"none is relabelled", []sources.Snapshot{manager(sources.Data{Alerts: []*sources.Alert{routedAlert(x)}}), prom("p", metricAlert(x))}, ""},
		{"two that stay two", []sources.Snapshot{manager(sources.Data{Alerts: []*sources.Alert{routedAlert(x), routedAlert(y)}}), prom("p", at("p", x+" team=a", x), at("p", y+" team=a", y))}, ";"},
		{"two of which one becomes another", []sources.Snapshot{manager(sources.Data{Alerts: []*sources.Alert{routedAlert(x)}}), prom("p", at("p", x, x), at("p", x+" pod=b", x))}, ",b"},
		{"replicas are one", []sources.Snapshot{manager(sources.Data{Alerts: []*sources.Alert{routedAlert(x)}}), prom("p", at("p", x+" pod=a replica=1", x), at("p", x+" pod=a replica=2", x))}, ""},
		{"two servers with the same two", []sources.Snapshot{manager(sources.Data{Alerts: []*sources.Alert{routedAlert(x)}}), prom("p", at("p", x+" pod=a", x), at("p", x+" pod=b", x)), prom("q", at("q", x+" pod=b", x), at("q", x+" pod=a", x))}, "a,b"},
		{"two servers with one each", []sources.Snapshot{manager(sources.Data{Alerts: []*sources.Alert{routedAlert(x)}}), prom("p", at("p", x+" pod=a", x)), prom("q", at("q", x+" pod=b", x))}, "a,b"},
		{"no Alertmanager is read", []sources.Snapshot{prom("p", at("p", x+" pod=a", x), at("p", x+" pod=b", x))}, "a,b"},
		{"two ways to two Alertmanagers", []sources.Snapshot{manager(sources.Data{Alerts: []*sources.Alert{routedAlert(y)}}), prom("p", at("p", x+" pod=a", x, y), at("p", x+" pod=b", x, y))}, "a,b"},
	} {
		groups := Join(c.snapshots, Options{}, testNow)
		var got []string
		several := 0
		for _, g := range groups {
			for _, a := range g.Alerts {
				var pods []string
				for _, labels := range a.Originals {
					pods = append(pods, labels["pod"])
				}
				got = append(got, strings.Join(pods, ","))
				if len(pods) > 1 {
					several += len(pods)
				}
			}
			if g.Originals() != several {
				t.Errorf("%s: %d, want %d", c.name, g.Originals(), several)
			}
		}
		if text := strings.Join(got, ";"); text != c.want {
			t.Errorf("%s: %q, want %q", c.name, text, c.want)
		}
		slices.Reverse(c.snapshots)
		for i := range c.snapshots {
			slices.Reverse(c.snapshots[i].Data.Alerts)
		}
		for i, g := range Join(c.snapshots, Options{}, testNow) {
			for k, a := range g.Alerts {
				if !slices.EqualFunc(a.Originals, groups[i].Alerts[k].Originals, func(x, y map[string]string) bool { return labelset.Compare(x, y) == 0 }) {
					t.Errorf("%s: %v in another order", c.name, a.Originals)
				}
			}
		}
	}
}
