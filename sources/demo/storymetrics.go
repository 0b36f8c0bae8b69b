package demo

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"firstline/sources/demo/metrics"
)

// The pods of checkout: those of the release that breaks it, and those before.
var (
	newPods = []string{"checkout-7d9f8c6b5-h8s2j", "checkout-7d9f8c6b5-k2x4p", "checkout-7d9f8c6b5-zq9vm", "checkout-7d9f8c6b5-4wplt"}
	oldPods = []string{"checkout-6c4d5b9f7-7xk2m", "checkout-6c4d5b9f7-nq8zt", "checkout-6c4d5b9f7-vw4hp"}
)

// seriesOf returns the metrics of the story that began at a time. What they show
// agrees with the alerts: a test evaluates the rules.
func seriesOf(s *script, started time.Time) []metrics.Series {
	start := seconds(started)
	at := func(d time.Duration) float64 { return start + d.Seconds() }
	const day = 86400.0
	var all []metrics.Series
	add := func(name string, labels map[string]string, series metrics.Series) {
		series.Labels = maps.Clone(labels)
		series.Labels["__name__"] = name
		all = append(all, series)
	}

	deploy := at(-deployBefore)
	canary := at(-25 * time.Minute)
	// ratio of failed requests to which each new pod rises.
	ratios := map[string]float64{newPods[0]: 0.42, newPods[1]: 0.46, newPods[2]: 0.34, newPods[3]: 0.41}
	checkout := func(pod string, from, to, ratio, breaks float64, seed int) {
		labels := map[string]string{"service": "checkout", "namespace": "checkout", "pod": pod, "job": "checkout"}
		const requests = 40.0 // a second
		traffic := append(metrics.Signal{metrics.Steady(requests), metrics.Wave(12, day, 1)}, metrics.Jitter(3, seed)...)
		failed := metrics.Signal{metrics.Steady(0.012)}
		if ratio > 0 {
			failed = append(failed, metrics.Rise(ratio*requests, breaks, 60))
		}
		for _, e := range s.episodes() {
			if e.rule == s.errors && e.extra["pod"] == pod {
				failed = append(failed, metrics.Between(e.height*requests, at(-e.ago), at(-e.ago+e.lasted)))
			}
		}
		for code, value := range map[string]metrics.Signal{"200": append(traffic, failed.Times(-1)...), "500": failed} {
			with := maps.Clone(labels)
			with["code"] = code
			add("http_requests_total", with, metrics.Series{Value: value, Counter: true, From: from, To: to})
		}
		memory := append(metrics.Signal{metrics.Steady(310e6)}, metrics.Jitter(20e6, seed)...)
		if ratio > 0 {
			memory = append(memory, metrics.Slope(260e3, breaks))
		}
		add("container_memory_working_set_bytes", labels, metrics.Series{Value: memory, From: from, To: to})
	}
	for i, pod := range oldPods {
		checkout(pod, 0, deploy+60, 0, 0, i)
	}
	for i, pod := range newPods {
		from, breaks := deploy, at(-4*time.Minute-40*time.Second)
		if pod == newPods[1] {
			from = canary
		}
		if pod == newPods[3] {
			breaks = at(5 * time.Second)
		}
		checkout(pod, from, 0, ratios[pod], breaks, 10+i)
	}
	build := map[string]string{"service": "checkout", "namespace": "checkout", "job": "checkout"}
	for _, b := range []struct {
		version  string
		from, to float64
	}{
		{"v2.3.6", 0, at(-26*24*time.Hour - 6*time.Hour)},
		{"v2.3.7", at(-26*24*time.Hour - 6*time.Hour), at(-26*24*time.Hour - 4*time.Hour - 30*time.Minute)},
		{"v2.3.6", at(-26*24*time.Hour - 4*time.Hour - 30*time.Minute), at(-9 * 24 * time.Hour)},
		{"v2.4.0", at(-9 * 24 * time.Hour), deploy},
		{"v2.4.1", deploy, 0},
	} {
		build["version"] = b.version
		add("build_info", build, metrics.Series{Value: metrics.Signal{metrics.Steady(1)}, From: b.from, To: b.to})
	}

	add("order_queue_length", map[string]string{"service": "checkout", "queue": "orders"}, metrics.Series{
		Value: append(metrics.Signal{metrics.Steady(120), metrics.Slope(3.4, at(-5*time.Minute-10*time.Second))}, metrics.Jitter(12, 3)...),
	})
	add("provider_errors_total", map[string]string{"provider": "example-pay", "pod": newPods[1]}, metrics.Series{
		Value: metrics.Signal{metrics.Steady(0.01), metrics.Rise(0.82, at(-10*time.Minute-50*time.Second), 120)}, Counter: true, From: canary,
	})
	lag := append(metrics.Signal{metrics.Steady(2), metrics.Rise(182, at(-95*time.Minute+20*time.Second), 90), metrics.Rise(-182, at(-20*time.Minute-20*time.Second), 90)}, metrics.Jitter(1, 2)...)
	for _, e := range s.episodes() {
		if e.rule == s.replication {
			lag = append(lag, metrics.Between(120, at(-e.ago), at(-e.ago+e.lasted)))
		}
	}
	add("pg_replication_lag_seconds", map[string]string{"instance": "payments-db-1:9187"}, metrics.Series{Value: lag})

	searches(s, at, add)

	add("kubelet_volume_stats_available_bytes", map[string]string{"persistentvolumeclaim": "data-object-store-2", "node": "node-4", "namespace": "object-store"}, metrics.Series{
		Value: metrics.Signal{metrics.Steady(58e9), metrics.Wave(1e7, 5400, 1), metrics.Slope(-190e3, at(-7*time.Hour-28*time.Minute-30*time.Second))},
	})
	add("probe_ssl_earliest_cert_expiry", map[string]string{"instance": "shop.example.com:443"}, metrics.Series{
		Value: metrics.Signal{metrics.Steady(at(7*24*time.Hour - 26*time.Hour))},
	})
	for n := 1; n <= 8; n++ {
		var pressed metrics.Signal
		if n == 7 {
			pressed = append(pressed, metrics.Between(1, at(-30*time.Minute), at(1000*time.Hour)))
		}
		add("kube_node_status_condition", map[string]string{"condition": "DiskPressure", "status": "true", "node": "node-" + strconv.Itoa(n)}, metrics.Series{Value: pressed})
	}
	add("newsletter_sent_total", map[string]string{"instance": "newsletter-0:8080"}, metrics.Series{
		Value: metrics.Signal{metrics.Steady(3), metrics.Between(-3, at(-33*time.Minute-10*time.Second), at(85*time.Second))}, Counter: true,
	})
	return all
}

// searches adds the histogram of search's times. Shard 3 is slow since 50 minutes.
func searches(s *script, at func(time.Duration) float64, add func(string, map[string]string, metrics.Series)) {
	bounds := []struct {
		le         string
		fast, slow float64 // the share of searches up to it
	}{
		{"0.1", 0.72, 0.55}, {"0.25", 0.93, 0.86}, {"0.5", 0.991, 0.955}, {"0.75", 0.997, 0.974}, {"1", 0.999, 0.9874}, {"2.5", 1, 1}, {"+Inf", 1, 1},
	}
	for _, shard := range []string{"1", "2", "3"} {
		for _, b := range bounds {
			const searches = 60.0 // a second
			value := metrics.Signal{metrics.Steady(searches * b.fast), metrics.Wave(searches*b.fast/4, 86400, 1)}
			if shard == "3" {
				value = append(value, metrics.Between(searches*(b.slow-b.fast), at(-52*time.Minute-20*time.Second), at(-60*time.Second)))
				for _, e := range s.episodes() {
					if e.rule == s.latency {
						value = append(value, metrics.Between(searches*(b.slow-b.fast), at(-e.ago), at(-e.ago+e.lasted)))
					}
				}
			}
			add("search_seconds_bucket", map[string]string{"shard": shard, "le": b.le, "service": "search"}, metrics.Series{Value: value, Counter: true})
		}
	}
}

// deployBefore is how long before the start the release was deployed that breaks
// checkout.
const deployBefore = 9 * time.Minute

// alertSeries returns the series ALERTS of the alerts that are active, and of those
// that ended.
func (c *cluster) alertSeries() []metrics.Series {
	var all []metrics.Series
	add := func(a *activeAlert, state string, from, to time.Time) {
		labels := maps.Clone(a.labels)
		labels["__name__"], labels["alertstate"] = "ALERTS", state
		series := metrics.Series{Labels: labels, Value: metrics.Signal{metrics.Steady(1)}, From: seconds(from)}
		if !to.IsZero() {
			series.To = seconds(to)
		}
		all = append(all, series)
	}
	for _, a := range slices.Concat(c.ended, c.active) {
		if a.rule.hold > 0 {
			add(a, "pending", a.since, a.firesAt())
		}
		if a.ended.IsZero() || a.ended.After(a.firesAt()) {
			add(a, "firing", a.firesAt(), a.ended)
		}
	}
	return all
}
