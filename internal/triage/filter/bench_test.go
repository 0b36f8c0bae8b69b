package filter

import (
	"fmt"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

func BenchmarkFilter(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		groups := make([]triage.Group, n)
		for i := range groups {
			service := fmt.Sprintf("service-%d", i%200)
			groups[i] = triage.Group{
				ID: fmt.Sprint(i), Title: "High error rate", Service: service, State: triage.Firing, Severity: triage.Critical,
				Since: testNow.Add(-time.Duration(i) * time.Second), Unpaged: i%2 == 0,
				Alerts: []triage.Alert{{Alert: sources.Alert{Labels: map[string]string{
					"alertname": "HighErrorRate", "service": service, "cluster": fmt.Sprintf("eu-%d", i%3), "pod": fmt.Sprintf("pod-%d", i),
				}}}},
			}
		}
		for _, text := range []string{"severity!=info state=firing age>10m unpaged", "pod-9", `service=~"service-1.*" cluster=eu-1`} {
			b.Run(fmt.Sprintf("groups=%d/%s", n, text), func(b *testing.B) {
				f, err := Parse(text, nil)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					for i := range groups {
						f.Match(groups[i], testNow)
					}
				}
			})
		}
	}
}
