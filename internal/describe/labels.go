package describe

import (
	"maps"
	"slices"
)

// Differing are the names of the labels that the alerts do not have in common,
// sorted.
func Differing(alerts []map[string]string, common map[string]string) []string {
	names := map[string]bool{}
	for _, labels := range alerts {
		for name := range labels {
			if _, same := common[name]; !same {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}
