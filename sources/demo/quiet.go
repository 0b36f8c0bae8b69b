package demo

import (
	"maps"
	"time"

	"firstline/sources/demo/metrics"
)

// quietNight is the story of a night in which all is well but for one alert, which
// begins and ends again and again.
func quietNight(s *script, started time.Time) story {
	misses := newRule("CacheMissesHigh", "search", "discovery", "warning",
		`max by (instance) (search_cache_miss_ratio) > 0.4`,
		"Two of five searches miss the cache", "search/CacheMissesHigh.md", time.Minute, receiverDiscovery)
	const (
		every, lasts = 9 * time.Minute, 4 * time.Minute
		first        = -56 * time.Minute
	)
	instance := map[string]string{"instance": "search-cache-1:9150"}
	quiet := story{rules: append(s.rules(), misses)}
	ratio := append(metrics.Signal{metrics.Steady(0.22)}, metrics.Jitter(0.06, 5)...)
	for at := first; at < 2*time.Hour; at += every {
		quiet.beats = append(quiet.beats,
			beat{at, func(d *Demo) { d.raise(misses, instance, "0.47") }},
			beat{at + lasts, func(d *Demo) { d.clear(misses) }})
		from := seconds(started.Add(at))
		ratio = append(ratio, metrics.Between(0.26, from, from+lasts.Seconds()))
	}
	// Nothing of the outage has happened: it would begin in two months.
	const later = 60 * 24 * time.Hour
	quiet.series = seriesOf(s, started.Add(later))
	labels := maps.Clone(instance)
	labels["__name__"], labels["service"] = "search_cache_miss_ratio", "search"
	quiet.series = append(quiet.series, metrics.Series{Labels: labels, Value: ratio})
	return quiet
}
