package alertmanager

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
)

// manyGroups returns an answer with n alerts in groups of ten, of realistic
// size.
func manyGroups(n int) []byte {
	type m = map[string]any
	var groups []m
	for i := 0; i < n; i += 10 {
		var alerts []m
		for j := i; j < i+10; j++ {
			alerts = append(alerts, m{
				"labels": m{
					"alertname": fmt.Sprintf("Alert%d", i%50), "severity": "critical", "namespace": fmt.Sprintf("ns-%d", i%40),
					"service": fmt.Sprintf("service-%d", i), "pod": fmt.Sprintf("pod-%d", j), "instance": fmt.Sprintf("10.0.%d.%d:9100", j/250, j%250),
					"job": "node", "team": fmt.Sprintf("team-%d", i%20), "cluster": "dev",
				},
				"annotations": m{
					"summary":     fmt.Sprintf("Pod pod-%d restarts %d times", j, j),
					"description": "The pod has restarted more often than it should within the last quarter of an hour.",
					"runbook_url": fmt.Sprintf("https://runbooks.example.com/alerts/alert-%d.md", i%50),
				},
				"startsAt": "2026-11-22T22:43:40.712Z", "endsAt": "2026-11-22T22:48:40.712Z", "updatedAt": "2026-11-22T22:43:40.712Z",
				"fingerprint": fmt.Sprintf("%016x", j), "receivers": []m{{"name": "pager"}},
				"status":       m{"inhibitedBy": []string{}, "mutedBy": []string{}, "silencedBy": []string{}, "state": "active"},
				"generatorURL": "http://prometheus.example.com/graph?g0.expr=rate%28kube_pod_container_status_restarts_total%5B15m%5D%29+%3E+0&g0.tab=1",
			})
		}
		groups = append(groups, m{"alerts": alerts, "labels": m{"alertname": "x", "service": fmt.Sprint(i)}, "receiver": m{"name": "pager"}})
	}
	b, err := json.Marshal(groups)
	if err != nil {
		panic(err)
	}
	return b
}

func BenchmarkRead(b *testing.B) {
	body := manyGroups(10_000)
	rest := recorded(b, "0.31")
	c := start(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v2/alerts/groups" {
			_, _ = w.Write(body)
			return
		}
		rest.ServeHTTP(w, r)
	}))
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		data, err := c.Read(b.Context(), none)
		if err != nil || len(data.Alerts) != 10_000 || len(data.Groups) != 1_000 {
			b.Fatal(len(data.Alerts), err)
		}
	}
}
