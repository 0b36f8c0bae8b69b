package triage

import (
	"cmp"
	"slices"
	"strings"

	"firstline/internal/labelset"
	"firstline/internal/merged"
	"firstline/internal/parallel"
)

// member is an alert of a group with its keys for sorting.
type member struct {
	at int32
	// rank is of the state and the severity.
	rank        int32
	seconds     int64 // of ActiveSince
	nanoseconds int32
	fingerprint string
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
	if slices.ContainsFunc(members, func(at int32) bool { return b.Alerts[at].Fingerprint == "" }) {
		label = b.firstDifferingLabel(members)
	}
	var onStack [8]member
	if len(members) <= len(onStack) {
		sorted := onStack[:len(members)]
		for i, at := range members {
			sorted[i] = b.member(at, label)
		}
		b.sortInto(members, sorted)
		return
	}
	sorted := make([]member, len(members))
	parallel.Do(len(members), func(i int) { sorted[i] = b.member(members[i], label) })
	b.sortInto(members, sorted)
}

// member returns the sort keys of an alert. label is the first one in which the
// members differ, or "".
func (b *builder) member(at int32, label string) member {
	k := &b.Alerts[at]
	m := member{
		at: at, rank: int32(merged.Urgency(k.State)<<8 | gravityOf(b.owned[at].severity, k.Labels)),
		seconds: k.ActiveSince.Unix(), nanoseconds: int32(k.ActiveSince.Nanosecond()), fingerprint: k.Fingerprint,
	}
	if label != "" {
		m.differing = k.Labels[label]
	}
	return m
}

// sortInto sorts, and puts the members in that order.
func (b *builder) sortInto(members []int32, sorted []member) {
	slices.SortFunc(sorted, func(x, y member) int { return b.compareMembers(&x, &y) })
	for i := range sorted {
		members[i] = sorted[i].at
	}
}

// compareMembers compares one by one, and not by cmp.Or: a group may have
// thousands of alerts, and nearly always the first ones decide.
func (b *builder) compareMembers(x, y *member) int {
	switch {
	case x.rank != y.rank:
		return cmp.Compare(x.rank, y.rank)
	case x.seconds != y.seconds:
		return cmp.Compare(x.seconds, y.seconds)
	case x.nanoseconds != y.nanoseconds:
		return cmp.Compare(x.nanoseconds, y.nanoseconds)
	case x.fingerprint != y.fingerprint:
		return strings.Compare(x.fingerprint, y.fingerprint)
	case x.differing != y.differing:
		return strings.Compare(x.differing, y.differing)
	}
	k, l := &b.Alerts[x.at], &b.Alerts[y.at]
	return cmp.Or(labelset.Compare(k.Labels, l.Labels), slices.Compare(k.Clusters(), l.Clusters()))
}

// firstDifferingLabel returns the name of the label that labelset.Compare compares
// first among those in which the alerts differ, or "".
func (b *builder) firstDifferingLabel(members []int32) string {
	first := b.Alerts[members[0]].Labels
	label := ""
	var names []string
	if len(members) > len(first) { // else it is not worth it
		names = b.sortedNames(first)
	}
	for _, at := range members[1:] {
		labels := b.Alerts[at].Labels
		if len(names) > 0 && len(labels) == len(first) && b.Alerts[at].NamesHash == b.Alerts[members[0]].NamesHash {
			// Only the names up to the last one found are of interest.
			if i := slices.IndexFunc(names, func(name string) bool { return labels[name] != first[name] }); i >= 0 {
				names = names[:i+1]
				if label == "" || names[i] < label {
					label = names[i]
				}
			}
			continue
		}
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

// sortedNames returns the names of an alert's labels, if every alert with as many
// labels and the same hash of their names has the same names; else nil.
func (b *builder) sortedNames(labels map[string]string) []string {
	if len(b.Configured) > 0 { // they are in the hash, and not in the labels
		return nil
	}
	names := make([]string, 0, len(labels))
	for name, value := range labels {
		if value == "" || b.Ignores(name) { // which is not in the hash
			return nil
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
