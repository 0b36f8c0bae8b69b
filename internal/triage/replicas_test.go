package triage

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"firstline/internal/realservers"
	"firstline/sources"
	"firstline/sources/alertmanager"
	"firstline/sources/prometheus"
)

// polled has the last snapshot of each source, as the screen does.
type polled struct {
	mu   sync.Mutex
	last map[string]sources.Snapshot
}

func (p *polled) publish(s sources.Snapshot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last[s.Source.Name] = s
}

func (p *polled) groups() []Group {
	p.mu.Lock()
	defer p.mu.Unlock()
	var snapshots []sources.Snapshot
	for _, s := range p.last {
		snapshots = append(snapshots, s)
	}
	return Join(snapshots, Options{}, time.Now())
}

// Two real replicas and one Alertmanager: each alert once, all sources named.
// When a replica dies the groups stay and say so.
func TestRealReplicas(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	t.Parallel()
	am := realservers.StartAlertmanager(t, realservers.Options{})
	replica := func(name string) *realservers.Server {
		return realservers.StartPrometheus(t, realservers.Options{
			AlertmanagerURLs: []string{am.URL}, ExternalLabels: map[string]string{"cluster": "dev", "replica": name},
		})
	}
	a, b := replica("a"), replica("b")

	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	snapshots := &polled{last: map[string]sources.Snapshot{}}
	poll := func(r sources.Reader) {
		p := sources.NewPoller(r, 200*time.Millisecond)
		running.Go(func() { p.Run(ctx, sources.Snapshot{}, snapshots.publish) })
	}
	manager, err := alertmanager.New(alertmanager.Options{Name: "am", URL: am.URL})
	if err != nil {
		t.Fatal(err)
	}
	poll(manager)
	for name, server := range map[string]*realservers.Server{"prom-a": a, "prom-b": b} {
		client, err := prometheus.New(prometheus.Options{Name: name, URL: server.URL})
		if err != nil {
			t.Fatal(err)
		}
		poll(client)
	}

	// Three groups with four alerts, each from the three sources.
	all := []string{"am", "prom-a", "prom-b"}
	whole := func(stale ...string) bool {
		groups := snapshots.groups()
		alerts := 0
		for _, g := range groups {
			if !slices.Equal(g.Stale, stale) || g.JoinedBy != ByGroup {
				return false
			}
			for _, alert := range g.Alerts {
				alerts++
				if !slices.Equal(alert.Sources, all) || alert.State != sources.AlertFiring || alert.Value.String() == "" || alert.Labels["cluster"] != "dev" {
					return false
				}
			}
		}
		return len(groups) == 3 && alerts == 4
	}
	realservers.Eventually(t, "four alerts in three groups, from three sources each", func() bool { return whole() })
	b.Stop()
	realservers.Eventually(t, "the replica that ended to be marked", func() bool { return whole("prom-b") })
}
