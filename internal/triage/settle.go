package triage

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

// settle finds the Alertmanager alerts that leftovers are copies of by the
// labels they do have, and returns those that stay. Leftovers come sorted by
// source.
func (m *merger) settle(left []leftover, routed int) []leftover {
	posting := m.postings(routed)
	var stay []leftover
	for len(left) > 0 {
		n := 1
		for n < len(left) && left[n].source == left[0].source {
			n++
		}
		stay = append(stay, m.settleSource(left[:n], posting)...)
		left = left[n:]
	}
	return stay
}

// claimant is the leftover that an alert would be given to: the one with most
// labels. With two of that length nothing is given.
type claimant struct {
	labels int
	hash   labelset.Hash
	clash  bool
}

// settleSource settles those of one source. Where several alerts would do, the
// labels that the source's other alerts were found to lack decide; else nothing
// does, for a guess would hide an alert.
func (m *merger) settleSource(left []leftover, posting map[uint64][]int32) []leftover {
	source := left[0].source
	external := m.snapshots[source].Data.ExternalLabels
	var stay, unsure []leftover
	// All choose before any is given, so that their order does not matter.
	claims := map[int32]claimant{}
	choice := make([]int32, len(left))
	for i, l := range left {
		at := none
		// Alertmanager has no pending ones, and none that are dropped.
		if l.alert.State != sources.AlertPending && !l.alert.Dropped {
			labels, missing := sentLabels(l.alert, external)
			at = m.superset(labels, missing, source, posting)
		}
		choice[i] = at
		if at == several {
			unsure = append(unsure, l)
		}
		if at < 0 {
			continue
		}
		n := len(l.alert.Labels)
		c, ok := claims[at]
		switch {
		case !ok || n > c.labels:
			claims[at] = claimant{labels: n, hash: l.hash}
		case n == c.labels && l.hash != c.hash:
			c.clash = true
			claims[at] = c
		}
	}
	var lacking map[string]string
	agree := true
	for i, l := range left {
		at := choice[i]
		if at == several {
			continue
		}
		if at < 0 || claims[at].clash || claims[at].hash != l.hash {
			stay = append(stay, l)
			continue
		}
		m.addCopies(at, source, l.alert)
		labels, _ := sentLabels(l.alert, nil)
		if extra := m.extra(labels, m.alerts[at].base.Labels); lacking == nil {
			lacking = extra
		} else {
			agree = agree && maps.Equal(lacking, extra)
		}
	}
	given := map[int32]labelset.Hash{}
	for _, l := range unsure {
		at := none
		if agree && len(lacking) > 0 {
			labels, _ := sentLabels(l.alert, nil)
			at = m.find(m.Hash(labels, lacking))
		}
		if at == none || m.alerts[at].from.has(source) && given[at] != l.hash {
			stay = append(stay, l)
			continue
		}
		given[at] = l.hash
		m.addCopies(at, source, l.alert)
	}
	return stay
}

// Instead of the index of an alert.
const (
	none    int32 = -1
	several int32 = -2
)

// superset finds the one Alertmanager alert that has all these labels, or none
// or several.
func (m *merger) superset(labels, external map[string]string, source int, posting map[uint64][]int32) int32 {
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
	at := none
	for _, i := range shortest {
		whole := m.alerts[i].base.Labels
		if m.alerts[i].from.has(source) || !m.Within(labels, whole) || m.Contradicts(external, labels, whole) || m.otherCluster(i, external) {
			continue
		}
		if at >= 0 && m.alerts[at].hash == m.alerts[i].hash {
			continue // its twin
		}
		if at >= 0 {
			return several
		}
		at = i
	}
	return at
}

// extra are the labels that whole has and part lacks.
func (m *merger) extra(part, whole map[string]string) map[string]string {
	e := map[string]string{}
	for name, value := range whole {
		if value != "" && part[name] == "" && !m.Ignores(name) {
			e[name] = value
		}
	}
	return e
}

// postings are, for each label, the alerts that have it.
func (m *merger) postings(n int) map[uint64][]int32 {
	p := make(map[uint64][]int32, n)
	for i := range m.alerts[:n] {
		for name, value := range m.alerts[i].base.Labels {
			if value != "" && !m.Ignores(name) {
				h := labelset.HashPair(name, value)
				p[h] = append(p[h], int32(i))
			}
		}
	}
	return p
}
