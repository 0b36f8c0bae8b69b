// Package silencing finds the matchers of a silence that fit some alerts and no
// others, and says what else they would match.
package silencing

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/merged"
	"firstline/internal/triage"
	"firstline/sources"
)

// Alertmanager is what one Alertmanager, or the members of one cluster,
// reported.
type Alertmanager struct {
	// Name is the one to write to; Members are the others of its cluster, which
	// serve where it fails. Cluster is what triage calls the cluster.
	Name     string
	Members  []string
	Cluster  string
	Alerts   []*sources.Alert
	Silences []sources.Silence
	// Lacking is why active alerts may be missing in Alerts, Silent why its
	// last answer is not current. Both are empty otherwise. For a cluster they
	// belong to the member with the most complete answer.
	Lacking, Silent string
	// index is made once for all groups; nil: not made.
	index *index
}

// Alertmanagers gathers what the Alertmanagers that may be silenced reported,
// each cluster as one. The member whose last read worked is written to first.
func Alertmanagers(snapshots []sources.Snapshot, silencers []string, now time.Time) []Alertmanager {
	byName := map[string]*sources.Snapshot{}
	for i, snap := range snapshots {
		if snap.Source.Kind == sources.Alertmanager && slices.Contains(silencers, snap.Source.Name) {
			byName[snap.Source.Name] = &snapshots[i]
		}
	}
	var all []Alertmanager
	for _, cluster := range merged.Clusters(snapshots) {
		names := slices.DeleteFunc(slices.Clone(cluster.Members), func(name string) bool { return byName[name] == nil })
		if len(names) == 0 {
			continue
		}
		failing := func(name string) int {
			if byName[name].OK() {
				return 0
			}
			return 1
		}
		slices.SortStableFunc(names, func(a, b string) int { return failing(a) - failing(b) })
		am := Alertmanager{Name: names[0], Members: names[1:], Cluster: cluster.Name()}
		for n, name := range names {
			snap := byName[name]
			am.add(snap.Data)
			if lacking := triage.Lacking(snap, now); n == 0 || lacking == "" {
				am.Lacking = lacking
			}
			silent := triage.Silent(snap, now)
			if silent == "" && snap.Partial {
				silent = triage.Lacking(snap, now)
			}
			if n == 0 || silent == "" {
				am.Silent = silent
			}
		}
		am.index = indexOf(am.Alerts)
		all = append(all, am)
	}
	slices.SortFunc(all, func(a, b Alertmanager) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// add takes what a member reported that the members before did not.
func (am *Alertmanager) add(d sources.Data) {
	if len(am.Alerts) == 0 && len(am.Silences) == 0 {
		am.Alerts, am.Silences = d.Alerts, d.Silences
		return
	}
	alerts, silences := map[string]bool{}, map[string]bool{}
	for _, a := range am.Alerts {
		alerts[a.Fingerprint] = true
	}
	for _, s := range am.Silences {
		silences[s.ID] = true
	}
	// The lists are the sources' own and never changed in place.
	am.Alerts, am.Silences = slices.Clip(am.Alerts), slices.Clip(am.Silences)
	for _, a := range d.Alerts {
		if a.Fingerprint == "" || !alerts[a.Fingerprint] {
			am.Alerts = append(am.Alerts, a)
		}
	}
	for _, s := range d.Silences {
		if !silences[s.ID] {
			am.Silences = append(am.Silences, s)
		}
	}
}

// Where names the Alertmanager and, where it has some, the other members.
func (am Alertmanager) Where() string {
	if len(am.Members) == 0 {
		return clean.Line(am.Name)
	}
	return fmt.Sprintf("%s (cluster with %s)", clean.Line(am.Name), describe.List(cleaned(am.Members)))
}

// index finds the alerts of one Alertmanager without walking through all.
type index struct {
	byFingerprint map[string]int
	byName        map[string][]int
}

// NewAlertmanager returns an Alertmanager with what a read of it gave.
func NewAlertmanager(name string, d sources.Data) Alertmanager {
	return Alertmanager{Name: name, Alerts: d.Alerts, Silences: d.Silences, index: indexOf(d.Alerts)}
}

// OtherMatched returns the name of an alert that matchers match and that does not
// belong to a group, and whether there is one.
func OtherMatched(am Alertmanager, g triage.Group, matchers []sources.Matcher, o triage.Options) (string, bool) {
	_, others := By(o).Split(am, g)
	for _, labels := range others {
		if AnyMatch(matchers, []map[string]string{labels}) {
			return clean.Line(labels[alertName]), true
		}
	}
	return "", false
}

func indexOf(alerts []*sources.Alert) *index {
	x := &index{byFingerprint: make(map[string]int, len(alerts)), byName: map[string][]int{}}
	for i, a := range alerts {
		if a.Fingerprint != "" {
			x.byFingerprint[a.Fingerprint] = i
		}
		x.byName[a.Name()] = append(x.byName[a.Name()], i)
	}
	return x
}

// Split separates the alerts of an Alertmanager that could be confused: those
// of the group, with their copies from other replicas, and the others with the
// same alertnames. Every silence made here matches the alertname, or its
// absence, so no further alert can match one.
func (m Matching) Split(am Alertmanager, g triage.Group) (own []*sources.Alert, others []map[string]string) {
	x := am.index
	if x == nil {
		x = indexOf(am.Alerts)
	}
	ours := map[int]bool{}
	for _, t := range g.Alerts {
		if i := locate(am, x, t); i >= 0 {
			ours[i] = true
		}
	}
	copies := m.copiesOf(am, ours)
	walked := map[string]bool{}
	for _, i := range slices.Sorted(maps.Keys(ours)) {
		name := am.Alerts[i].Name()
		if walked[name] {
			continue
		}
		walked[name] = true
		for _, k := range x.byName[name] {
			if ours[k] || copies(am.Alerts[k].Labels) {
				own = append(own, am.Alerts[k])
			} else {
				others = append(others, am.Alerts[k].Labels)
			}
		}
	}
	return own, others
}

// copiesOf reports whether labels are those of a copy of one of the alerts. Few
// Alertmanagers have any, so the costly part runs only for them.
func (m Matching) copiesOf(am Alertmanager, alerts map[int]bool) func(map[string]string) bool {
	var keys map[string]bool
	ignored := false
	for i := range alerts {
		ignored = ignored || m.hasIgnored(am.Alerts[i].Labels)
	}
	return func(labels map[string]string) bool {
		if !ignored && !m.hasIgnored(labels) {
			return false
		}
		if keys == nil {
			keys = make(map[string]bool, len(alerts))
			for i := range alerts {
				keys[m.key(am.Alerts[i].Labels)] = true
			}
		}
		return keys[m.key(labels)]
	}
}

// hasIgnored reports whether the labels name a replica.
func (m Matching) hasIgnored(labels map[string]string) bool {
	return slices.ContainsFunc(m.ignored, func(name string) bool { return labels[name] != "" })
}

// key is the same for the copies of an alert that replicas sent.
func (m Matching) key(labels map[string]string) string {
	return QuoteMatchers(equals(m.significant(labels)))
}

// locate returns the index of a group's alert in the Alertmanager, or -1. An
// alert that only Prometheus reported lacks the external labels of the
// Alertmanager's copy, so it is found by subset, and only if no second one
// matches: two clusters may send the same alert.
func locate(am Alertmanager, x *index, t triage.Alert) int {
	if len(t.Clusters) > 0 && am.Cluster != "" && !slices.Contains(t.Clusters, am.Cluster) {
		return -1
	}
	if t.Fingerprint != "" {
		if i, ok := x.byFingerprint[t.Fingerprint]; ok {
			return i
		}
	}
	at := -1
	for _, i := range x.byName[t.Name()] {
		a := am.Alerts[i]
		if t.Fingerprint != "" && a.Fingerprint != "" || !subset(t.Labels, a.Labels) {
			continue
		}
		if len(t.Labels) == len(a.Labels) {
			return i
		}
		if at >= 0 {
			return -1
		}
		at = i
	}
	return at
}

func subset(small, large map[string]string) bool {
	if len(small) == 0 {
		return false
	}
	for name, value := range small {
		if has, ok := large[name]; !ok || has != value {
			return false
		}
	}
	return true
}
