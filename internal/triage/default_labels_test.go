package triage

import (
	"testing"

	"firstline/sources"
)

// Each label that differs between the replicas of a common kind of server is
// ignored without configuration.
func TestReplicasAreOneAlertByDefault(t *testing.T) {
	for name, want := range map[string]int{
		"replica": 1, "prometheus_replica": 1, "__replica__": 1, "thanos_ruler_replica": 1, "rule_replica": 1, "ruler_replica": 1,
		"pod": 2, "instance": 2, "cluster": 2, "Replica": 2, "replicas": 2, "replicaset": 2,
	} {
		groups := Join([]sources.Snapshot{metrics(sources.Data{Alerts: []*sources.Alert{
			metricAlert("alertname=A service=s " + name + "=ruler-0"), metricAlert("alertname=A service=s " + name + "=ruler-1"),
		}})}, Options{}, testNow)
		if len(groups) != 1 || len(groups[0].Alerts) != want || groups[0].Firing() != want {
			t.Errorf("%s: %d groups: %+v", name, len(groups), groups)
		}
	}
}

// Alerts that differ only in labels that are not compared are one, also where one
// Prometheus reports them and the Alertmanager has further labels.
func TestReplicasInOnePrometheusAreOneAlert(t *testing.T) {
	groups := Join([]sources.Snapshot{
		manager(sources.Data{Alerts: []*sources.Alert{routedAlert("alertname=A service=s cluster=eu")}}),
		metrics(sources.Data{Alerts: []*sources.Alert{metricAlert("alertname=A service=s replica=a"), metricAlert("alertname=A service=s replica=b")}}),
	}, Options{}, testNow)
	if len(groups) != 1 || len(groups[0].Alerts) != 1 || len(groups[0].Alerts[0].Sources) != 2 {
		t.Errorf("%d groups: %+v", len(groups), groups)
	}
}
