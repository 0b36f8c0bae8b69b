package triage

import (
	"firstline/sources"
)

// QueriesOf returns what finds the query of an alert's rule, by the name and the labels
// of the alert. It returns "" where no rule fits, or several that differ.
func QueriesOf(snapshots []sources.Snapshot) func(Alert) string {
	byName := map[string][]*sources.Rule{}
	for i := range snapshots {
		rules := snapshots[i].Data.Rules
		for k := range rules {
			byName[rules[k].Name] = append(byName[rules[k].Name], &rules[k])
		}
	}
	return func(a Alert) string {
		rules := byName[a.Labels["alertname"]]
		var found string
		for _, r := range rules {
			if !r.Sets(a.Labels) {
				continue
			}
			if found != "" && found != r.Query {
				return ""
			}
			found = r.Query
		}
		return found
	}
}
