// Package merged makes one alert of all copies of it that several sources report,
// and finds its notification groups.
package merged

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

// Alert is one alert, merged from all sources. It has the fields that decide how
// alerts are joined and sorted; Fill merges the others. Joins visit all alerts
// many times, so it should be small.
type Alert struct {
	Labels      map[string]string
	State       sources.AlertState
	ActiveSince time.Time
	Fingerprint string
	name        string // its alertname
	// Base is the copy from which the alert is shown, Metric the best copy of a
	// Prometheus.
	Base, Metric *sources.Alert
	// external are the labels that complete those of Base.
	external map[string]string
	// Routed means that an Alertmanager reported it. Also are the copies besides
	// Base that further ones reported.
	Routed bool
	Also   []*sources.Alert
	// originals are the alerts of Prometheuses that relabelling may have made one,
	// each once.
	originals []original
	// Hash is the hash of the labels that are compared, NamesHash that of their
	// names. Identity is Hash with the cluster where there are several.
	Hash, NamesHash, Identity uint64
	// others is the hash of the labels of Base that are not compared.
	others uint64
	// From are the snapshots that have it.
	From      SourceSet
	reporters *reporters
	// NotificationGroups are the indexes of its groups in Alertmanagers. ShownIn is
	// the one that shows it here when no incident takes it, or None.
	NotificationGroups []int32
	ShownIn            int32
}

// reporters are the names of the sources that reported an alert and of their
// clusters. Alerts of the same sources share them.
type reporters struct{ sources, clusters []string }

// Name returns the alertname.
func (k *Alert) Name() string { return k.name }

// Clusters returns the names of the clusters of Alertmanagers that have it.
func (k *Alert) Clusters() []string {
	if k.reporters == nil {
		return nil
	}
	return k.reporters.clusters
}

// Sources returns the names of the sources that reported it.
func (k *Alert) Sources() []string { return k.reporters.sources }

// Fill sets a to the alert with all that its copies report.
func (k *Alert) Fill(a *sources.Alert) {
	*a = *k.Base
	a.Labels, a.ActiveSince = k.Labels, k.ActiveSince
	if p := k.Metric; p != nil && k.Routed {
		a.Value, a.KeepFiringSince = p.Value, p.KeepFiringSince
		if len(a.Annotations) == 0 {
			a.Annotations = p.Annotations
		}
		if a.GeneratorURL == "" {
			a.GeneratorURL = p.GeneratorURL
		}
	}
	for _, other := range k.Also {
		a.Receivers = Union(a.Receivers, other.Receivers)
		if other.State == a.State {
			a.SilencedBy = Union(a.SilencedBy, other.SilencedBy)
			a.InhibitedBy = Union(a.InhibitedBy, other.InhibitedBy)
		}
	}
}

// Relabelled returns the labels of the alerts that relabelling made one, sorted.
// It returns nil for a single alert.
func (k *Alert) Relabelled() []map[string]string {
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

// addOriginal adds an alert that is relabelled on its way to an Alertmanager.
func (k *Alert) addOriginal(hash uint64, labels map[string]string) {
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

// SourceSet is a set of indexes of snapshots.
type SourceSet struct {
	low  uint64
	rest map[int]bool
}

// Add adds an index.
func (s *SourceSet) Add(i int) {
	if i < 64 {
		s.low |= 1 << i
		return
	}
	if s.rest == nil {
		s.rest = map[int]bool{}
	}
	s.rest[i] = true
}

// Has reports whether the index is in the set.
func (s *SourceSet) Has(i int) bool {
	return i < 64 && s.low&(1<<i) != 0 || s.rest[i]
}

// Shares reports whether the sets have one in common.
func (s *SourceSet) Shares(other *SourceSet) bool {
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

// Urgency orders the states of an alert, the most urgent first.
func Urgency(s sources.AlertState) int {
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
	return Urgency(s)
}

// better reports whether copy a rather than b is to be shown. It is a total
// order, so that it does not matter which was read first.
func better(a, b *sources.Alert) bool {
	c := cmp.Or(
		cmp.Compare(heldBack(a.State), heldBack(b.State)),
		cmp.Compare(a.Source, b.Source),
		a.ActiveSince.Compare(b.ActiveSince),
		cmp.Compare(a.Fingerprint, b.Fingerprint),
		cmp.Compare(a.GeneratorURL, b.GeneratorURL),
	)
	if c == 0 {
		c = cmp.Or(strings.Compare(labelset.Canonical(a.Labels), labelset.Canonical(b.Labels)),
			strings.Compare(labelset.Canonical(a.Annotations), labelset.Canonical(b.Annotations)),
			slices.Compare(a.SilencedBy, b.SilencedBy), slices.Compare(a.InhibitedBy, b.InhibitedBy),
			cmp.Compare(a.Value.String(), b.Value.String()))
	}
	return c < 0
}

// List is the merged alerts of the sources. Others refer to an alert by its index.
type List struct {
	labelset.Comparer
	Snapshots []sources.Snapshot
	Alerts    []Alert
	// ByFingerprint finds alerts by all fingerprints that Alertmanagers report.
	ByFingerprint map[string]int32
	// byHash finds alerts by the hash of their labels.
	byHash map[uint64]int32
	memory *Memory
	clusters
}

// Merge merges all copies of an alert into one. Alertmanagers come first:
// their copies have the external labels and the silences. A Prometheus's alert
// is compared by the labels that Alertmanagers receive. If that finds nothing
// (its configuration cannot be read), it is merged with the only Alertmanager
// alert that has all of its labels. configured are the labels that our
// configuration adds to the alerts of an Alertmanager, by its name.
//
// The alerts of Alertmanagers that are not in one cluster are different,
// however equal their labels are, unless the labels prove that they come from one
// Prometheus; see clusters.
func Merge(snapshots []sources.Snapshot, c labelset.Comparer, configured map[string]map[string]string, memory *Memory) *List {
	hashes := memory.hash(snapshots, c, configured)
	n := 0
	for i := range snapshots {
		n = max(n, len(snapshots[i].Data.Alerts))
	}
	m := &List{
		Comparer:      memory.Comparer,
		memory:        memory,
		Alerts:        make([]Alert, 0, n),
		byHash:        make(map[uint64]int32, n),
		ByFingerprint: make(map[string]int32, n),
		Snapshots:     snapshots,
		clusters:      findClusters(snapshots, configured, memory.Comparer),
	}
	var at []int32 // the index of each Alertmanager's alerts, one after the other
	for i := range snapshots {
		if snapshots[i].Source.Kind == sources.Alertmanager {
			for k := range snapshots[i].Data.Alerts {
				at = append(at, m.addRouted(i, snapshots[i].Data.Alerts[k], hashes[i][k].Hash))
			}
		}
	}
	var index crash.Group // what follows does not need it
	index.Go(func() { m.indexFingerprints(at) })
	defer index.Wait()
	routed := len(m.Alerts)
	var left []leftover
	for i := range snapshots {
		if snapshots[i].Source.Kind == sources.Alertmanager {
			continue
		}
		for k := range snapshots[i].Data.Alerts {
			a, h := snapshots[i].Data.Alerts[k], hashes[i][k].Hash
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
		left = m.matchLeftovers(left, routed)
	}
	for _, l := range left {
		m.addUnrouted(l.source, l.alert, l.hash)
	}
	m.addUnsure()
	m.finish()
	return m
}

// Find returns the alert whose labels have this hash, or None.
func (m *List) Find(h uint64) int32 {
	if at, ok := m.byHash[h]; ok {
		return at
	}
	return None
}

// findSent finds the alert by the hash of its labels, or by the labels under which
// another of its Prometheus's Alertmanagers gets it.
func (m *List) findSent(h uint64, a *sources.Alert) int32 {
	at := m.Find(h)
	for i := 1; at < 0 && i < len(a.Sent); i++ {
		at = m.Find(m.Hash(a.Sent[i], nil))
	}
	return at
}

func (m *List) add(hash labelset.Hash, a *sources.Alert, external map[string]string) int32 {
	at, h := int32(len(m.Alerts)), hash.Set
	if first, ok := m.byHash[h]; ok {
		if len(m.twins[h]) == 0 {
			m.twins[h] = []int32{first}
		}
		m.twins[h] = append(m.twins[h], at)
	} else {
		m.byHash[h] = at
	}
	m.Alerts = append(m.Alerts, Alert{Base: a, external: external, Hash: h, NamesHash: hash.Names, others: hash.Others, ShownIn: None})
	return at
}

// addUnrouted adds a Prometheus's alert that no Alertmanager has.
func (m *List) addUnrouted(source int, a *sources.Alert, h labelset.Hash) {
	at := m.Find(h.Set)
	if at < 0 {
		at = m.add(h, a, m.Snapshots[source].Data.ExternalLabels)
	}
	m.addCopies(at, source, a)
}

func (m *List) addRouted(source int, a *sources.Alert, h labelset.Hash) int32 {
	at := m.Find(h.Set)
	if at >= 0 && m.SeveralClusters {
		at = m.inClusterOf(at, source, a)
	}
	if at < 0 {
		at = m.add(h, a, nil)
	}
	k := &m.Alerts[at]
	k.From.Add(source)
	switch {
	case !k.Routed:
		k.Routed = true
	case better(a, k.Base):
		k.Also = append(k.Also, k.Base)
		k.Base = a
	default:
		k.Also = append(k.Also, a)
	}
	if labels := m.Configured[m.ClusterOf[source]]; len(labels) > 0 {
		if raw := m.Hash(a.Labels, nil); raw != h.Set && !slices.Contains(m.byRaw[raw], at) {
			m.byRaw[raw] = append(m.byRaw[raw], at)
		}
	}
	return at
}

// indexFingerprints fills ByFingerprint. at has the index of each alert of the
// Alertmanagers.
func (m *List) indexFingerprints(at []int32) {
	for i := range m.Snapshots {
		if m.Snapshots[i].Source.Kind != sources.Alertmanager {
			continue
		}
		alerts := m.Snapshots[i].Data.Alerts
		for k := range alerts {
			f := alerts[k].Fingerprint
			if f == "" {
				continue
			}
			if other, ok := m.ByFingerprint[f]; m.SeveralClusters && ok && other != at[k] {
				if len(m.samePrint[f]) == 0 {
					m.samePrint[f] = []int32{other}
				}
				if !slices.Contains(m.samePrint[f], at[k]) {
					m.samePrint[f] = append(m.samePrint[f], at[k])
				}
				continue
			}
			m.ByFingerprint[f] = at[k]
		}
		at = at[len(alerts):]
	}
}

func (m *List) addCopy(at int32, source int, a *sources.Alert) {
	k := &m.Alerts[at]
	k.From.Add(source)
	if k.Metric == nil || better(a, k.Metric) {
		k.Metric = a
	}
	if len(a.Sent) > 0 {
		k.addOriginal(m.Hash(a.Labels, nil), a.Labels)
	}
	if !k.Routed && a != k.Base && better(a, k.Base) {
		k.Base, k.external = a, m.Snapshots[source].Data.ExternalLabels
		hashes, _ := m.Hashes(sentLabels(a, k.external))
		k.others = hashes.Others
	}
}

// finish sets the fields that decide how alerts are joined and sorted.
func (m *List) finish() {
	m.memory.complete(m.Alerts)
	parallel.Do(len(m.Alerts), func(i int) {
		k := &m.Alerts[i]
		if k.Routed {
			k.Labels = k.Base.Labels
		}
		k.name = k.Labels["alertname"]
		k.State, k.ActiveSince, k.Fingerprint = k.Base.State, k.Base.ActiveSince, k.Base.Fingerprint
		for _, a := range k.Also {
			if !a.ActiveSince.IsZero() && a.ActiveSince.Before(k.ActiveSince) {
				k.ActiveSince = a.ActiveSince
			}
		}
	})
	found := map[uint64]*reporters{}
	for i := range m.Alerts {
		k := &m.Alerts[i]
		k.reporters = m.reporters(&k.From, found)
		k.Identity = k.Hash
		if k.Routed && m.SeveralClusters {
			k.Identity += labelset.HashPair("", k.reporters.clusters[0])
		}
	}
}

// reporters returns the names of the sources and of their clusters.
func (m *List) reporters(s *SourceSet, found map[uint64]*reporters) *reporters {
	if r := found[s.low]; r != nil && s.rest == nil {
		return r
	}
	r := &reporters{}
	for i := range m.Snapshots {
		if !s.Has(i) {
			continue
		}
		r.sources = append(r.sources, m.Snapshots[i].Source.Name)
		if cluster := m.ClusterOf[i]; cluster >= 0 {
			r.clusters = append(r.clusters, m.ClusterName[cluster])
		}
	}
	for _, names := range []*[]string{&r.sources, &r.clusters} {
		slices.Sort(*names)
		*names = slices.Clip(slices.Compact(*names))
	}
	if s.rest == nil {
		found[s.low] = r
	}
	return r
}

// Union returns the strings of a and b, sorted, each once. a must be so already.
func Union(a, b []string) []string {
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
