package prometheus

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
)

// manyAlerts returns an answer with n alerts of realistic size.
func manyAlerts(n int) []byte {
	type alert struct {
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
		State       string            `json:"state"`
		ActiveAt    string            `json:"activeAt"`
		Value       string            `json:"value"`
	}
	alerts := make([]alert, n)
	for i := range alerts {
		alerts[i] = alert{
			Labels: map[string]string{
				"alertname": fmt.Sprintf("Alert%d", i%50), "severity": "critical", "namespace": fmt.Sprintf("ns-%d", i%40),
				"service": fmt.Sprintf("service-%d", i%200), "pod": fmt.Sprintf("pod-%d", i), "instance": fmt.Sprintf("10.0.%d.%d:9100", i/250, i%250),
				"job": "node", "team": fmt.Sprintf("team-%d", i%20),
			},
			Annotations: map[string]string{
				"summary":     fmt.Sprintf("Pod pod-%d restarts %d times", i, i),
				"description": "The pod has restarted more often than it should within the last quarter of an hour.",
				"runbook_url": fmt.Sprintf("https://runbooks.example.com/alerts/alert-%d.md", i%50),
			},
			State: "firing", ActiveAt: "2026-11-22T22:31:31.248559219Z", Value: "1e+00",
		}
	}
	b, err := json.Marshal(map[string]any{"status": "success", "data": map[string]any{"alerts": alerts}})
	if err != nil {
		panic(err)
	}
	return b
}

func BenchmarkRead(b *testing.B) {
	body := manyAlerts(10_000)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(body)
	_ = z.Close()
	rest := recorded()
	c := start(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v1/alerts" {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed.Bytes())
			return
		}
		rest.ServeHTTP(w, r)
	}))
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		data, err := c.Read(b.Context(), none)
		if err != nil || len(data.Alerts) != 10_000 {
			b.Fatal(len(data.Alerts), err)
		}
	}
}
