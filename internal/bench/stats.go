//go:build linux

package main

import (
	"math"
	"slices"
	"time"
)

// spread is how measured values are spread. Its zero value has none.
type spread struct {
	count               int
	least, middle, most float64
}

func spreadOf(values []float64) spread {
	if len(values) == 0 {
		return spread{}
	}
	sorted := slices.Sorted(slices.Values(values))
	return spread{len(sorted), sorted[0], percentile(sorted, 50), sorted[len(sorted)-1]}
}

// percentile is the least of the sorted values that p percent of them do not
// exceed (the nearest rank), and for the median of an even number the mean of the
// two in the middle. There is at least one value.
func percentile(sorted []float64, p float64) float64 {
	if p == 50 && len(sorted)%2 == 0 {
		return (sorted[len(sorted)/2-1] + sorted[len(sorted)/2]) / 2
	}
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[max(rank, 1)-1]
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
