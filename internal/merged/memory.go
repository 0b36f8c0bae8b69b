package merged

import (
	"maps"
	"slices"

	"firstline/internal/labelset"
	"firstline/internal/parallel"
	"firstline/sources"
)

// Memory caches the hashes of each source's alerts as long as its list is the
// very same: most joins are made because of one source's news, and the labels of
// all others are a good part of the work. The zero Memory is ready.
type Memory struct {
	labelset.Comparer
	bySource map[sources.Source]hashedList
	// breaks means that a value of some alert's labels has a line break.
	breaks bool
	// last and completed are the labels with the external ones, of the last join
	// and of this one, by the hash of the alert.
	last, completed map[uint64]completed
}

// completed are the labels of an alert with the external ones.
type completed struct {
	alert  *sources.Alert
	others uint64 // hash of its labels that are not compared
	labels map[string]string
}

// complete sets the labels under which Alertmanagers get the alerts that only a
// Prometheus reported. Most of the work is to make the maps, so it is done on all
// processors.
func (m *Memory) complete(alerts []Alert) {
	parallel.Do(len(alerts), func(i int) {
		k := &alerts[i]
		if k.Routed {
			return
		}
		old, ok := m.last[k.Hash]
		if ok && old.alert == k.Base {
			k.Labels = old.labels
			return
		}
		labels, missing := sentLabels(k.Base, k.external)
		// A list that was read again mostly has the same labels.
		if ok && old.others == k.others && m.Adds(labels, missing) {
			k.Labels = old.labels
			return
		}
		k.Labels = m.Complete(labels, missing)
	})
	m.completed = make(map[uint64]completed, len(m.last))
	for i := range alerts {
		if k := &alerts[i]; !k.Routed {
			m.completed[k.Hash] = completed{k.Base, k.others, k.Labels}
		}
	}
}

// hashedList is a list of alerts with the hashes of their labels, completed by the
// external ones.
type hashedList struct {
	alerts   []*sources.Alert
	external map[string]string
	hashes   []alertHash
	breaks   bool
}

// alertHash is the hash of an alert's labels, and whether a value of them has a line
// break.
type alertHash struct {
	labelset.Hash
	breaks bool
}

// hash returns the hashes of the labels of all alerts by snapshot. New lists are
// hashed on all processors. The alerts of an Alertmanager are completed by the
// labels that are configured for it.
func (m *Memory) hash(snapshots []sources.Snapshot, c labelset.Comparer, configured map[string]map[string]string) [][]alertHash {
	if !slices.Equal(m.Ignored, c.Ignored) {
		*m = Memory{Comparer: c}
	}
	m.last, m.completed, m.breaks = m.completed, nil, false
	bySource := make(map[sources.Source]hashedList, len(snapshots))
	hashes := make([][]alertHash, len(snapshots))
	for i := range snapshots {
		list := hashedList{alerts: snapshots[i].Data.Alerts, external: snapshots[i].Data.ExternalLabels}
		if snapshots[i].Source.Kind == sources.Alertmanager {
			list.external = configured[snapshots[i].Source.Name]
		}
		old := m.bySource[snapshots[i].Source]
		switch {
		case old.same(list):
			list.hashes, list.breaks = old.hashes, old.breaks
		default:
			if !maps.Equal(old.external, list.external) {
				m.last, old = nil, hashedList{}
			}
			list.hash(c, &old)
		}
		m.breaks = m.breaks || list.breaks
		hashes[i], bySource[snapshots[i].Source] = list.hashes, list
	}
	m.bySource = bySource
	return hashes
}

// same reports whether it is the very same list. Lists of snapshots never change.
func (h *hashedList) same(other hashedList) bool {
	return len(h.alerts) > 0 && len(h.alerts) == len(other.alerts) && &h.alerts[0] == &other.alerts[0] && maps.Equal(h.external, other.external)
}

// hash hashes the labels of the alerts that are not in the old list. Nearly all are,
// in the same order.
func (h *hashedList) hash(c labelset.Comparer, old *hashedList) {
	h.hashes = make([]alertHash, len(h.alerts))
	var (
		fresh []int
		at    map[*sources.Alert]int // in the old list; made for the first that is elsewhere
		next  int                    // in the old list
	)
	for i, a := range h.alerts {
		where, found := next, next < len(old.alerts) && old.alerts[next] == a
		if !found && len(old.alerts) > 0 {
			if at == nil {
				at = make(map[*sources.Alert]int, len(old.alerts))
				for k, b := range old.alerts {
					at[b] = k
				}
			}
			where, found = at[a]
		}
		if !found {
			fresh = append(fresh, i)
			continue
		}
		h.hashes[i], next = old.hashes[where], where+1
	}
	parallel.Do(len(fresh), func(n int) {
		k := &h.hashes[fresh[n]]
		k.Hash, k.breaks = c.Hashes(sentLabels(h.alerts[fresh[n]], h.external))
	})
	h.breaks = slices.ContainsFunc(h.hashes, func(k alertHash) bool { return k.breaks })
}

// sentLabels returns the labels under which an Alertmanager gets the alert: its
// own and the external ones that it may lack, or the result of relabelling.
func sentLabels(a *sources.Alert, external map[string]string) (labels, missing map[string]string) {
	if len(a.Sent) > 0 {
		return a.Sent[0], nil
	}
	return a.Labels, external
}

// Sent returns the labels with which an Alertmanager gets an alert that only a
// Prometheus reports, with those that differ between replicas.
func (k *Alert) Sent() map[string]string {
	labels, missing := sentLabels(k.Base, k.external)
	return sources.MergeLabels(missing, labels)
}
