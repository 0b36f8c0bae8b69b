package triage

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// member is an alert of a group with what it is sorted by.
type member struct {
	at               int32
	urgency, gravity int
	activeSince      time.Time
	fingerprint      string
	// differing is the value of the first label in which the members differ.
	differing string
}

// sortMembers orders the alerts of a group: what fires first, then the gravest,
// then the oldest; fingerprint and labels make the order total.
func (b *builder) sortMembers(members []int32) {
	if len(members) < 2 {
		return
	}
	label := ""
	if slices.ContainsFunc(members, func(at int32) bool { return b.alerts[at].Fingerprint == "" }) {
		label = b.firstDifferingLabel(members)
	}
	sorted := make([]member, len(members))
	for i, at := range members {
		k := &b.alerts[at]
		sorted[i] = member{
			at: at, urgency: urgency(k.State), gravity: gravity(k.Severity, k.Labels["severity"]),
			activeSince: k.ActiveSince, fingerprint: k.Fingerprint,
		}
		if label != "" {
			sorted[i].differing = k.Labels[label]
		}
	}
	slices.SortFunc(sorted, func(x, y member) int {
		c := cmp.Or(
			cmp.Compare(x.urgency, y.urgency), cmp.Compare(x.gravity, y.gravity), x.activeSince.Compare(y.activeSince),
			strings.Compare(x.fingerprint, y.fingerprint), strings.Compare(x.differing, y.differing),
		)
		if c != 0 {
			return c
		}
		k, l := &b.alerts[x.at], &b.alerts[y.at]
		return cmp.Or(compareLabels(k.Labels, l.Labels), slices.Compare(k.Clusters, l.Clusters))
	})
	for i := range sorted {
		members[i] = sorted[i].at
	}
}

// firstDifferingLabel is the name of the label that compareLabels compares first
// among those in which the alerts differ, "": they differ in none.
func (b *builder) firstDifferingLabel(members []int32) string {
	first := b.alerts[members[0]].Labels
	label := ""
	for _, at := range members[1:] {
		labels := b.alerts[at].Labels
		same := 0
		for name, value := range labels {
			other, both := first[name]
			if both {
				same++
			}
			if other != value && (label == "" || name < label) {
				label = name
			}
		}
		if same == len(first) {
			continue
		}
		for name, value := range first {
			if _, both := labels[name]; !both && value != "" && (label == "" || name < label) {
				label = name
			}
		}
	}
	return label
}
