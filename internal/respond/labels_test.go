package respond

import (
	"fmt"
	"strings"

	"firstline/sources"
)

// labelSets reads label sets as "a=1 b=2; a=3".
func labelSets(s string) []map[string]string {
	var sets []map[string]string
	for one := range strings.SplitSeq(s, ";") {
		set := map[string]string{}
		for pair := range strings.FieldsSeq(one) {
			name, value, _ := strings.Cut(pair, "=")
			set[name] = value
		}
		if len(set) > 0 {
			sets = append(sets, set)
		}
	}
	return sets
}

func alertsWith(sets []map[string]string) []sources.Alert {
	var alerts []sources.Alert
	for _, set := range sets {
		alerts = append(alerts, sources.Alert{Labels: set, Fingerprint: fmt.Sprint(set), State: sources.AlertFiring})
	}
	return alerts
}
