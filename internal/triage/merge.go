package triage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"firstline/internal/crash"
	"firstline/internal/labelset"
	"firstline/internal/parallel"
	"firstline/sources"
)

// known is one alert, merged from all sources. It has what alerts are joined
// and sorted by; the rest is merged when the alert is shown, see known.show.
// Joins visit all alerts many times, so it should be small.
type known struct {
	Labels      map[string]string
	State       sources.AlertState
	ActiveSince time.Time
	Fingerprint string
	// name is its alertname.
	name string
	// base is the copy from which the alert is shown. metric is Prometheus's
	// best.
	base, metric *sources.Alert
	// external are the labels that complete base.
	external map[string]string
	// routed: an Alertmanager reported it; also are the copies besides base
	// that further ones reported.
	routed bool
	also   []*sources.Alert
	// originals are the alerts of Prometheuses that relabelling may have made one,
	// each once.
	originals []original
	// hash is over the labels by which replicas' alerts are compared, names over
	// their names; identity also tells the cluster where there are several.
	hash, names, identity uint64
	from                  sourceSet
	// told has the names of those sources.
	told *reporters
	// places are its notification groups in Alertmanagers. home is the one that
	// shows it here when no incident takes it, or -1.
	places []int32
	home   int32
}

// reporters are the names of the sources that reported an alert and of their
// clusters, as Alert has them. Alerts of the same sources share them.
type reporters struct{ sources, clusters []string }

// Name is the alert's alertname.
func (k *known) Name() string { return k.name }

// clusters are the names of the clusters of Alertmanagers that have it.
func (k *known) clusters() []string {
	if k.told == nil {
		return nil
	}
	return k.told.clusters
}

// sources are the names of the sources that reported it.
func (k *known) sources() []string { return k.told.sources }

// fill fills in the alert with what its copies say.
func (k *known) fill(a *sources.Alert) {
	*a = *k.base
	a.Labels, a.ActiveSince = k.Labels, k.ActiveSince
	if p := k.metric; p != nil && k.routed {
		a.Value, a.KeepFiringSince = p.Value, p.KeepFiringSince
		if len(a.Annotations) == 0 {
			a.Annotations = p.Annotations
		}
		if a.GeneratorURL == "" {
			a.GeneratorURL = p.GeneratorURL
		}
	}
	for _, other := range k.also {
		a.Receivers = union(a.Receivers, other.Receivers)
		if other.State == a.State {
			a.SilencedBy = union(a.SilencedBy, other.SilencedBy)
			a.InhibitedBy = union(a.InhibitedBy, other.InhibitedBy)
		}
	}
}

// relabelled are the labels of the alerts that relabelling made one, sorted; nil
// where there is only one.
func (k *known) relabelled() []map[string]string {
	if len(k.originals) < 2 {
		return nil
	}
	all := make([]map[string]string, len(k.originals))
	for i := range k.originals {
		all[i] = k.originals[i].labels
	}
	slices.SortFunc(all, labelset.Compare)
	return all
}

// original is an alert as a Prometheus has it before relabelling, with the hash
// of its labels.
type original struct {
	hash   uint64
	labels map[string]string
}

// addOriginal takes note of an alert that is relabelled on the way.
func (k *known) addOriginal(hash uint64, labels map[string]string) {
	for i := range k.originals {
		if o := &k.originals[i]; o.hash == hash {
			if labelset.Compare(labels, o.labels) < 0 { // of replicas any would do, but always the same
				o.labels = labels
			}
			return
		}
	}
	k.originals = append(k.originals, original{hash, labels})
}

// sourceSet is a set of indexes of snapshots.
type sourceSet struct {
	low  uint64
	rest map[int]bool
}

func (s *sourceSet) add(i int) {
	if i < 64 {
		s.low |= 1 << i
		return
	}
	if s.rest == nil {
		s.rest = map[int]bool{}
	}
	s.rest[i] = true
}

func (s *sourceSet) has(i int) bool {
	return i < 64 && s.low&(1<<i) != 0 || s.rest[i]
}

// shares reports whether the sets have one in common.
func (s *sourceSet) shares(other *sourceSet) bool {
	if s.low&other.low != 0 {
		return true
	}
	for i := range s.rest {
		if other.rest[i] {
			return true
		}
	}
	return false
}

// urgency orders the states of an alert, the most urgent first.
func urgency(s sources.AlertState) int {
	switch s {
	case sources.AlertFiring:
		return 0
	case sources.AlertPending:
		return 1
	case sources.AlertSilenced:
		return 2
	case sources.AlertInhibited:
		return 3
	}
	return 0
}

// heldBack orders the states for copies of one alert: what one source still
// only thinks about (pending) yields to what another does with it.
func heldBack(s sources.AlertState) int {
	if s == sources.AlertPending {
		return 4
	}
	return urgency(s)
}

// better reports whether copy a rather than b is to be shown. It is a total
// order, so that it does not matter which was read first.
func better(a, b *sources.Alert) bool {
	c := cmp.Or(
		cmp.Compare(heldBack(a.State), heldBack(b.State)),
		cmp.Compare(a.Source, b.Source),
		a.ActiveSince.Compare(b.ActiveSince),
		cmp.Compare(a.Fingerprint, b.Fingerprint),
		cmp.Compare(a.Value, b.Value),
		cmp.Compare(a.GeneratorURL, b.GeneratorURL),
	)
	if c == 0 {
		c = cmp.Or(strings.Compare(labelset.Canonical(a.Labels), labelset.Canonical(b.Labels)),
			strings.Compare(labelset.Canonical(a.Annotations), labelset.Canonical(b.Annotations)),
			slices.Compare(a.SilencedBy, b.SilencedBy), slices.Compare(a.InhibitedBy, b.InhibitedBy))
	}
	return c < 0
}

// merger puts the copies of alerts together.
type merger struct {
	labelset.Comparer
	memory *alertMemory
	alerts []known
	// byHash finds alerts by their labels' hash, see labelset.HashPair.
	byHash map[uint64]int32
	// byFingerprint finds alerts by any fingerprint an Alertmanager gave.
	byFingerprint map[string]int32
	snapshots     []sources.Snapshot
	clusters
}

// mergeAlerts merges all copies of an alert into one. Alertmanagers come first:
// their copies have the external labels and the silences. A Prometheus's alert
// is compared by the labels that Alertmanagers receive. If that finds nothing
// (its configuration cannot be read), it is merged with the only Alertmanager
// alert that has all of its labels. configured are the labels of each Alertmanager's alerts by the
// configuration, by its name.
//
// The alerts of Alertmanagers that are not in one cluster are different,
// however equal their labels are, unless the labels prove that they come from one
// Prometheus; see clusters.
func mergeAlerts(snapshots []sources.Snapshot, c labelset.Comparer, configured map[string]map[string]string, memory *alertMemory) *merger {
	hashes := memory.hash(snapshots, c, configured)
	n := 0
	for i := range snapshots {
		n = max(n, len(snapshots[i].Data.Alerts))
	}
	m := &merger{
		Comparer:      memory.Comparer,
		memory:        memory,
		alerts:        make([]known, 0, n),
		byHash:        make(map[uint64]int32, n),
		byFingerprint: make(map[string]int32, n),
		snapshots:     snapshots,
		clusters:      findClusters(snapshots, configured, memory.Comparer),
	}
	var at []int32 // of each Alertmanager's alerts, one after the other
	for i := range snapshots {
		if snapshots[i].Source.Kind == sources.Alertmanager {
			for k := range snapshots[i].Data.Alerts {
				at = append(at, m.addRouted(i, &snapshots[i].Data.Alerts[k], hashes[i][k]))
			}
		}
	}
	var index crash.Group // what follows does not need it
	index.Go(func() { m.indexFingerprints(at) })
	defer index.Wait()
	routed := len(m.alerts)
	var left []leftover
	for i := range snapshots {
		if snapshots[i].Source.Kind == sources.Alertmanager {
			continue
		}
		for k := range snapshots[i].Data.Alerts {
			a, h := &snapshots[i].Data.Alerts[k], hashes[i][k]
			if routed == 0 {
				m.addUnrouted(i, a, h)
			} else if at := m.findSent(h.Set, a); at >= 0 {
				m.addCopies(at, i, a)
			} else {
				left = append(left, leftover{i, a, h})
			}
		}
	}
	if len(left) > 0 {
		left = m.settle(left, routed)
	}
	for _, l := range left {
		m.addUnrouted(l.source, l.alert, l.hash)
	}
	m.addUnsure()
	m.finish()
	return m
}

// find gives the alert with the labels of this hash, or -1.
func (m *merger) find(h uint64) int32 {
	if at, ok := m.byHash[h]; ok {
		return at
	}
	return none
}

// findSent finds the alert by the hash of its labels, or by the labels under which
// another of its Prometheus's Alertmanagers gets it.
func (m *merger) findSent(h uint64, a *sources.Alert) int32 {
	at := m.find(h)
	for i := 1; at < 0 && i < len(a.Sent); i++ {
		at = m.find(m.Hash(a.Sent[i], nil))
	}
	return at
}

func (m *merger) add(hash labelset.Hash, a *sources.Alert, external map[string]string) int32 {
	at, h := int32(len(m.alerts)), hash.Set
	if first, known := m.byHash[h]; known {
		if len(m.twins[h]) == 0 {
			m.twins[h] = []int32{first}
		}
		m.twins[h] = append(m.twins[h], at)
	} else {
		m.byHash[h] = at
	}
	m.alerts = append(m.alerts, known{base: a, external: external, hash: h, names: hash.Names, home: none})
	return at
}

// addUnrouted adds a Prometheus's alert that no Alertmanager has.
func (m *merger) addUnrouted(source int, a *sources.Alert, h labelset.Hash) {
	at := m.find(h.Set)
	if at < 0 {
		at = m.add(h, a, m.snapshots[source].Data.ExternalLabels)
	}
	m.addCopies(at, source, a)
}

func (m *merger) addRouted(source int, a *sources.Alert, h labelset.Hash) int32 {
	at := m.find(h.Set)
	if at >= 0 && m.many {
		at = m.inClusterOf(at, source, a)
	}
	if at < 0 {
		at = m.add(h, a, nil)
	}
	k := &m.alerts[at]
	k.from.add(source)
	switch {
	case !k.routed:
		k.routed = true
	case better(a, k.base):
		k.also = append(k.also, k.base)
		k.base = a
	default:
		k.also = append(k.also, a)
	}
	if labels := m.labels[m.of[source]]; len(labels) > 0 {
		if raw := m.Hash(a.Labels, nil); raw != h.Set && !slices.Contains(m.byRaw[raw], at) {
			m.byRaw[raw] = append(m.byRaw[raw], at)
		}
	}
	return at
}

// indexFingerprints lets alerts be found by their fingerprints; at says where
// each alert of the Alertmanagers is.
func (m *merger) indexFingerprints(at []int32) {
	for i := range m.snapshots {
		if m.snapshots[i].Source.Kind != sources.Alertmanager {
			continue
		}
		alerts := m.snapshots[i].Data.Alerts
		for k := range alerts {
			f := alerts[k].Fingerprint
			if f == "" {
				continue
			}
			if other, known := m.byFingerprint[f]; m.many && known && other != at[k] {
				if len(m.samePrint[f]) == 0 {
					m.samePrint[f] = []int32{other}
				}
				if !slices.Contains(m.samePrint[f], at[k]) {
					m.samePrint[f] = append(m.samePrint[f], at[k])
				}
				continue
			}
			m.byFingerprint[f] = at[k]
		}
		at = at[len(alerts):]
	}
}

func (m *merger) addCopy(at int32, source int, a *sources.Alert) {
	k := &m.alerts[at]
	k.from.add(source)
	if k.metric == nil || better(a, k.metric) {
		k.metric = a
	}
	if len(a.Sent) > 0 {
		k.addOriginal(m.Hash(a.Labels, nil), a.Labels)
	}
	if !k.routed && a != k.base && better(a, k.base) {
		k.base, k.external = a, m.snapshots[source].Data.ExternalLabels
	}
}

// finish sets what the alerts are joined and sorted by.
func (m *merger) finish() {
	m.memory.complete(m.alerts)
	parallel.Do(len(m.alerts), func(i int) {
		k := &m.alerts[i]
		if k.routed {
			k.Labels = k.base.Labels
		}
		k.name = k.Labels["alertname"]
		k.State, k.ActiveSince, k.Fingerprint = k.base.State, k.base.ActiveSince, k.base.Fingerprint
		for _, a := range k.also {
			if !a.ActiveSince.IsZero() && a.ActiveSince.Before(k.ActiveSince) {
				k.ActiveSince = a.ActiveSince
			}
		}
	})
	told := map[uint64]*reporters{}
	for i := range m.alerts {
		k := &m.alerts[i]
		k.told = m.reporters(&k.from, told)
		k.identity = k.hash
		if k.routed && m.many {
			k.identity += labelset.HashPair("", k.told.clusters[0])
		}
	}
}

// reporters are the names of the sources and of their clusters.
func (m *merger) reporters(s *sourceSet, known map[uint64]*reporters) *reporters {
	if r := known[s.low]; r != nil && s.rest == nil {
		return r
	}
	r := &reporters{}
	for i := range m.snapshots {
		if !s.has(i) {
			continue
		}
		r.sources = append(r.sources, m.snapshots[i].Source.Name)
		if cluster := m.of[i]; cluster >= 0 {
			r.clusters = append(r.clusters, m.name[cluster])
		}
	}
	for _, names := range []*[]string{&r.sources, &r.clusters} {
		slices.Sort(*names)
		*names = slices.Clip(slices.Compact(*names))
	}
	if s.rest == nil {
		known[s.low] = r
	}
	return r
}

// union adds the strings of b to a; both come out sorted and without doubles.
func union(a, b []string) []string {
	if len(b) == 0 {
		return a
	}
	if len(a) == 0 && slices.IsSorted(b) {
		return slices.Clip(b)
	}
	if slices.Equal(a, b) {
		return a
	}
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Clip(slices.Compact(all))
}
