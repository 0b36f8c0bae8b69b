package triage

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"firstline/internal/realservers"
	"firstline/sources"
	"firstline/sources/alertmanager"
)

// pages records the first event for each routing key, as an incident.
type firstEvents struct {
	mu        sync.Mutex
	incidents map[string]sources.Incident
}

func (p *firstEvents) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var event struct {
		RoutingKey string `json:"routing_key"`
		DedupKey   string `json:"dedup_key"`
		Client     string `json:"client"`
		ClientURL  string `json:"client_url"`
		Payload    struct {
			Details any `json:"custom_details"`
		} `json:"payload"`
	}
	if err := json.NewDecoder(r.Body).Decode(&event); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	service := event.RoutingKey[:1]
	under := service + " " + event.DedupKey
	if _, ok := p.incidents[under]; !ok {
		e := sent(event.DedupKey, event.Payload.Details)
		e.Links = []sources.Link{{Text: event.Client, Href: event.ClientURL}}
		id := "P" + service
		for _, other := range p.incidents {
			if other.Service.Name == service {
				id += "+"
			}
		}
		in := incident(id, e)
		in.Service = sources.Reference{ID: "S" + service, Name: service}
		in.CreatedAt = time.Now()
		p.incidents[under] = in
	}
	w.WriteHeader(http.StatusAccepted)
	fmt.Fprint(w, `{"status":"success"}`)
}

// snapshot returns PagerDuty, which never got a resolve.
func (p *firstEvents) snapshot() sources.Snapshot {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []sources.Incident
	for _, in := range p.incidents {
		all = append(all, in)
	}
	return pagerDuty(all...)
}

// Two real Alertmanagers with one configuration, but for the routing key, send
// the same alert: two rows, each with the alert of its Alertmanager, and when
// one of them is well again its incident is over, though the other's key is the
// same.
func TestRealTwoClusters(t *testing.T) {
	realservers.EachAlertmanager(t, func(t *testing.T, binary string) {
		pd := &firstEvents{incidents: map[string]sources.Incident{}}
		server := httptest.NewServer(pd)
		defer server.Close()
		labels := map[string]string{"alertname": "KubeAPIDown", "severity": "critical", "job": "apiserver"}
		servers := map[string]*realservers.Server{}
		var clients []*alertmanager.Client
		for name, key := range map[string]string{"am-eu": "a", "am-us": "b"} {
			s := realservers.StartAlertmanager(t, realservers.Options{Binary: binary, PagerDutyURL: server.URL, Config: `
route: {receiver: pd, group_by: [alertname], group_wait: 1s}
receivers:
  - name: pd
    pagerduty_configs: [{routing_key: ` + strings.Repeat(key, 32) + `, url: '@PAGERDUTY@/v2/enqueue', send_resolved: false}]
`})
			s.PostAlerts(t, realservers.Alert{Labels: labels, Annotations: map[string]string{"summary": "KubeAPI has disappeared"}})
			servers[name] = s
			client, err := alertmanager.New(alertmanager.Options{Name: name, URL: s.URL})
			if err != nil {
				t.Fatal(err)
			}
			defer client.CloseIdleConnections()
			clients = append(clients, client)
		}
		see := func() []sources.Snapshot {
			snapshots := []sources.Snapshot{pd.snapshot()}
			for _, c := range clients {
				snapshots = append(snapshots, sources.ReadOnce(t.Context(), c))
			}
			return snapshots
		}
		var j Joiner
		joined := func(j *Joiner) map[string]Group {
			byID := map[string]Group{}
			for _, g := range j.Join(see(), Options{}, time.Now()) {
				byID[g.ID] = g
			}
			return byID
		}
		// has reports whether a row has the alert of just that Alertmanager.
		has := func(g Group, manager string) bool {
			return len(g.Alerts) == 1 && g.Cluster == manager && len(g.Alerts[0].Clusters) == 1 && g.Alerts[0].Clusters[0] == manager
		}
		realservers.Eventually(t, "each incident with its own Alertmanager's alert", func() bool {
			rows := joined(&j)
			return len(rows) == 2 && has(rows["Pa"], "am-eu") && has(rows["Pb"], "am-us")
		})
		servers["am-us"].PostAlerts(t, realservers.Alert{Labels: labels, StartsAt: time.Now().Add(-time.Hour), EndsAt: time.Now().Add(-time.Minute)})
		over := func(j *Joiner) func() bool {
			return func() bool {
				rows := joined(j)
				return len(rows) == 2 && has(rows["Pa"], "am-eu") && !rows["Pa"].NoLongerFiring() && rows["Pb"].NoLongerFiring()
			}
		}
		realservers.Eventually(t, "the incident of am-us being over", over(&j))
		realservers.Eventually(t, "that being unknown for who has only just looked", func() bool {
			rows := joined(&Joiner{})
			return len(rows) == 2 && has(rows["Pa"], "am-eu") && rows["Pb"].FiringUnknown() != ""
		})
	})
}
