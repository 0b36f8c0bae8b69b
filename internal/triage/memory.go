package triage

import (
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"firstline/sources"
)

// alertMemory remembers what was worked out of each source's alerts as long as
// its list is the very same: most joins are made because of one source's news,
// and the labels of all others are a good part of the work.
type alertMemory struct {
	comparer
	bySource map[sources.Source]hashed
	// completed are labels with the external ones, of those that were asked
	// for in the last join and in this one.
	last, completed map[*sources.Alert]map[string]string
}

// complete sets the labels under which Alertmanagers get the alerts that only a
// Prometheus reported. Most of the work is to make the maps, so it is done on all
// processors.
func (m *alertMemory) complete(alerts []known) {
	inParallel(len(alerts), func(i int) {
		k := &alerts[i]
		if k.routed {
			return
		}
		if labels, known := m.last[k.base]; known {
			k.Labels = labels
			return
		}
		k.Labels = m.comparer.complete(sentLabels(k.base, k.external))
	})
	m.completed = make(map[*sources.Alert]map[string]string, len(m.last))
	for i := range alerts {
		if k := &alerts[i]; !k.routed {
			m.completed[k.base] = k.Labels
		}
	}
}

// hashed are the hashes of a list of alerts with the labels they were completed
// by.
type hashed struct {
	alerts   []sources.Alert
	external map[string]string
	hashes   []setHash
}

// hash gives the hashes of the labels of all alerts by snapshot. What is new is
// hashed on all processors.
// The alerts of an Alertmanager are completed by the labels that are configured
// for it.
func (m *alertMemory) hash(snapshots []sources.Snapshot, c comparer, configured map[string]map[string]string) [][]setHash {
	if !slices.Equal(m.ignored, c.ignored) {
		*m = alertMemory{comparer: c}
	}
	m.last, m.completed = m.completed, nil
	bySource := make(map[sources.Source]hashed, len(snapshots))
	hashes := make([][]setHash, len(snapshots))
	for i := range snapshots {
		list := hashed{alerts: snapshots[i].Data.Alerts, external: snapshots[i].Data.ExternalLabels}
		if snapshots[i].Source.Kind == sources.Alertmanager {
			list.external = configured[snapshots[i].Source.Name]
		}
		old := m.bySource[snapshots[i].Source]
		switch {
		case old.same(list):
			list.hashes = old.hashes
		default:
			if !maps.Equal(old.external, list.external) {
				m.last = nil
			}
			list.hash(c)
		}
		hashes[i], bySource[snapshots[i].Source] = list.hashes, list
	}
	m.bySource = bySource
	return hashes
}

// same reports whether it is the very list; what a source has handed out is
// never changed.
func (h *hashed) same(other hashed) bool {
	return len(h.alerts) > 0 && len(h.alerts) == len(other.alerts) && &h.alerts[0] == &other.alerts[0] && maps.Equal(h.external, other.external)
}

func (h *hashed) hash(c comparer) {
	h.hashes = make([]setHash, len(h.alerts))
	inParallel(len(h.alerts), func(i int) { h.hashes[i] = c.hashes(sentLabels(&h.alerts[i], h.external)) })
}

// sentLabels are the labels under which an Alertmanager gets the alert: its own
// with the external ones that it lacks, or what relabelling made of them.
func sentLabels(a *sources.Alert, external map[string]string) (labels, missing map[string]string) {
	if len(a.Sent) > 0 {
		return a.Sent[0], nil
	}
	return a.Labels, external
}

// atOnce is how many items a goroutine takes in one go: enough to be worth it.
const atOnce = 256

// inParallel calls do for 0 to n-1 on all processors and waits for the end.
func inParallel(n int, do func(i int)) {
	if n <= atOnce || runtime.GOMAXPROCS(0) == 1 {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	work := func() {
		for {
			to := int(next.Add(atOnce))
			if to-atOnce >= n {
				return
			}
			for i := to - atOnce; i < min(to, n); i++ {
				do(i)
			}
		}
	}
	var others sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (n+atOnce-1)/atOnce) - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
}
