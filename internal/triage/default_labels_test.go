package triage

import (
	"testing"

	"firstline/sources"
)

// Each label by which the replicas of a known kind of server differ is ignored
// without configuration.
func TestReplicasAreOneAlertByDefault(t *testing.T) {
	for _, name := range []string{
		"replica", "prometheus_replica", "__replica__", "thanos_ruler_replica", "rule_replica", "ruler_replica",
	} {
		groups := Join([]sources.Snapshot{metrics(sources.Data{Alerts: []sources.Alert{
			metricAlert("alertname=A service=s pod=p " + name + "=0"), metricAlert("alertname=A service=s pod=p " + name + "=1"),
		}})}, Options{}, testNow)
		if len(groups) != 1 || len(groups[0].Alerts) != 1 {
			t.Errorf("%s: %d groups: %+v", name, len(groups), groups)
		}
	}
}
