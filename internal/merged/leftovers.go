package merged

import (
	"maps"

	"firstline/internal/labelset"
	"firstline/sources"
)

// leftover is a Prometheus's alert that no Alertmanager has under its labels.
type leftover struct {
	source int
	alert  *sources.Alert
	hash   labelset.Hash
}

// matchLeftovers merges leftovers with the alerts of Alertmanagers that have all
// of their labels, and returns those without one. Leftovers come sorted by source.
func (m *List) matchLeftovers(left []leftover, routed int) []leftover {
	posting := m.postings(routed)
	var stay []leftover
	for len(left) > 0 {
		n := 1
		for n < len(left) && left[n].source == left[0].source {
			n++
		}
		stay = append(stay, m.matchSource(left[:n], posting)...)
		left = left[n:]
	}
	return stay
}

// claimant is the leftover with most labels that would be a copy of an alert. clash
// means that another one has as many.
type claimant struct {
	labels int
	hash   uint64
	clash  bool
}

// matchSource is matchLeftovers for the leftovers of one source. Where several
// alerts would do, the labels that the source's other alerts lack decide. It never
// guesses, because that would hide an alert.
func (m *List) matchSource(left []leftover, posting map[uint64][]int32) []leftover {
	source := left[0].source
	external := m.Snapshots[source].Data.ExternalLabels
	var stay, unsure []leftover
	// All choose before any is merged, so that their order does not matter.
	claims := map[int32]claimant{}
	choice := make([]int32, len(left))
	for i, l := range left {
		at := None
		// Alertmanager has no pending ones, and none that are dropped.
		if l.alert.State != sources.AlertPending && !l.alert.Dropped {
			labels, missing := sentLabels(l.alert, external)
			at = m.superset(labels, missing, source, posting)
		}
		choice[i] = at
		if at == Ambiguous {
			unsure = append(unsure, l)
		}
		if at < 0 {
			continue
		}
		n := len(l.alert.Labels)
		c, ok := claims[at]
		switch {
		case !ok || n > c.labels:
			claims[at] = claimant{labels: n, hash: l.hash.Set}
		case n == c.labels && l.hash.Set != c.hash:
			c.clash = true
			claims[at] = c
		}
	}
	var lacking map[string]string
	agree := true
	for i, l := range left {
		at := choice[i]
		if at == Ambiguous {
			continue
		}
		if at < 0 || claims[at].clash || claims[at].hash != l.hash.Set {
			stay = append(stay, l)
			continue
		}
		m.addCopies(at, source, l.alert)
		labels, _ := sentLabels(l.alert, nil)
		if extra := m.extra(labels, m.Alerts[at].Base.Labels); lacking == nil {
			lacking = extra
		} else {
			agree = agree && maps.Equal(lacking, extra)
		}
	}
	given := map[int32]uint64{}
	for _, l := range unsure {
		at := None
		if agree && len(lacking) > 0 {
			labels, _ := sentLabels(l.alert, nil)
			at = m.Find(m.Hash(labels, lacking))
		}
		if at == None || m.Alerts[at].From.Has(source) && given[at] != l.hash.Set {
			stay = append(stay, l)
			continue
		}
		given[at] = l.hash.Set
		m.addCopies(at, source, l.alert)
	}
	return stay
}

// Values instead of the index of an alert.
const (
	None      int32 = -1
	Ambiguous int32 = -2
)

// superset returns the one Alertmanager alert that has all these labels, or None
// or Ambiguous.
func (m *List) superset(labels, external map[string]string, source int, posting map[uint64][]int32) int32 {
	var shortest []int32
	found := false
	for name, value := range labels {
		if value == "" || m.Ignores(name) {
			continue
		}
		list := posting[labelset.HashPair(name, value)]
		if !found || len(list) < len(shortest) {
			shortest, found = list, true
		}
	}
	at := None
	for _, i := range shortest {
		whole := m.Alerts[i].Base.Labels
		if m.Alerts[i].From.Has(source) || !m.Within(labels, whole) || m.Contradicts(external, labels, whole) || m.otherCluster(i, external) {
			continue
		}
		if at >= 0 && m.Alerts[at].Hash == m.Alerts[i].Hash {
			continue // the same alert of another cluster
		}
		if at >= 0 {
			return Ambiguous
		}
		at = i
	}
	return at
}

// extra returns the labels of whole that part lacks.
func (m *List) extra(part, whole map[string]string) map[string]string {
	e := map[string]string{}
	for name, value := range whole {
		if value != "" && part[name] == "" && !m.Ignores(name) {
			e[name] = value
		}
	}
	return e
}

// postings returns the alerts that have a label, by the hash of the label.
func (m *List) postings(n int) map[uint64][]int32 {
	p := make(map[uint64][]int32, n)
	for i := range m.Alerts[:n] {
		for name, value := range m.Alerts[i].Base.Labels {
			if value != "" && !m.Ignores(name) {
				h := labelset.HashPair(name, value)
				p[h] = append(p[h], int32(i))
			}
		}
	}
	return p
}
