package merged

import (
	"maps"
	"slices"

	"firstline/internal/labelset"
	"firstline/sources"
)

// Cluster is Alertmanagers that share their alerts' silences: the members of a
// gossip cluster, or one that is in none.
type Cluster struct {
	// Members are the names of the sources, sorted; never empty.
	Members []string
}

// Name returns the name of the cluster, that of its first member.
func (c Cluster) Name() string { return c.Members[0] }

// Clusters returns the clusters of all Alertmanagers, by name. Two
// Alertmanagers are in one cluster if they report a common member: names of
// members are random and new with each start.
func Clusters(snapshots []sources.Snapshot) []Cluster {
	at := clustersOf(snapshots)
	var clusters []Cluster
	index := map[int]int{}
	for i, cluster := range at {
		if cluster < 0 {
			continue
		}
		c, ok := index[cluster]
		if !ok {
			c = len(clusters)
			index[cluster] = c
			clusters = append(clusters, Cluster{})
		}
		clusters[c].Members = append(clusters[c].Members, snapshots[i].Source.Name)
	}
	for i := range clusters {
		slices.Sort(clusters[i].Members)
		clusters[i].Members = slices.Compact(clusters[i].Members)
	}
	slices.SortFunc(clusters, func(a, b Cluster) int { return slices.Compare(a.Members, b.Members) })
	return clusters
}

// clustersOf returns, for each snapshot, the index of the first one of the same
// cluster, or -1 if it is not of an Alertmanager.
func clustersOf(snapshots []sources.Snapshot) []int {
	first := make([]int, len(snapshots))
	byPeer := map[string]int{}
	for i := range snapshots {
		first[i] = -1
		if snapshots[i].Source.Kind != sources.Alertmanager {
			continue
		}
		first[i] = i
		for _, peer := range snapshots[i].Data.Peers {
			other, ok := byPeer[peer]
			if !ok {
				byPeer[peer] = i
				continue
			}
			from, to := first[i], first[other]
			if from < to {
				from, to = to, from
			}
			for k := range i + 1 {
				if first[k] == from {
					first[k] = to
				}
			}
		}
	}
	return first
}

// clusters are the clusters of Alertmanagers in the snapshots, and the data to
// separate their alerts.
type clusters struct {
	// ClusterOf is, for each snapshot, the first one of its cluster, or -1 if it is
	// not of an Alertmanager. ClusterName is by that index.
	ClusterOf   []int
	ClusterName map[int]string
	// SeveralClusters means that more than one of them was read.
	SeveralClusters bool
	// Configured are the labels that our configuration adds to the alerts of a
	// cluster.
	Configured map[int]map[string]string
	// origins are the external labels that identify one Prometheus among all.
	origins []map[string]string

	// twins are the alerts of different clusters with the same labels, by their
	// hash; samePrint are those with the same fingerprint, byRaw those that have
	// labels of the configuration by the hash of their own.
	twins     map[uint64][]int32
	samePrint map[string][]int32
	byRaw     map[uint64][]int32
	// sends are the clusters that surely have alerts of a Prometheus; unsure are
	// copies of alerts that several clusters have.
	sends  map[int]map[int]bool
	unsure []unsureCopy
}

// unsureCopy is a Prometheus's alert with the labels of several alerts.
type unsureCopy struct {
	hash   uint64
	source int
	alert  *sources.Alert
}

func findClusters(snapshots []sources.Snapshot, configured map[string]map[string]string, c labelset.Comparer) clusters {
	m := clusters{
		ClusterOf: clustersOf(snapshots), ClusterName: map[int]string{}, Configured: map[int]map[string]string{},
		twins: map[uint64][]int32{}, samePrint: map[string][]int32{}, byRaw: map[uint64][]int32{}, sends: map[int]map[int]bool{},
	}
	read := map[int]bool{}
	for i, cluster := range m.ClusterOf {
		if cluster < 0 {
			continue
		}
		name := snapshots[i].Source.Name
		if first := m.ClusterName[cluster]; first == "" || name < first {
			m.ClusterName[cluster] = name
		}
		if labels := configured[name]; len(labels) > 0 && m.Configured[cluster] == nil {
			m.Configured[cluster] = labels
		}
		read[cluster] = read[cluster] || !snapshots[i].AsOf.IsZero() || len(snapshots[i].Data.Alerts) > 0
	}
	count := 0
	for _, yes := range read {
		if yes {
			count++
		}
	}
	if m.SeveralClusters = count > 1; m.SeveralClusters {
		m.origins = originsOf(snapshots, c)
	}
	return m
}

// originsOf returns the external labels of each Prometheus that shares them
// with no other, without those that differ between replicas.
func originsOf(snapshots []sources.Snapshot, c labelset.Comparer) []map[string]string {
	var origins []map[string]string
	for i := range snapshots {
		external := snapshots[i].Data.ExternalLabels
		if snapshots[i].Source.Kind != sources.Prometheus || len(external) == 0 {
			continue
		}
		shared := false
		for k := range snapshots {
			shared = shared || k != i && snapshots[k].Source.Kind == sources.Prometheus && maps.Equal(external, snapshots[k].Data.ExternalLabels)
		}
		own := c.Complete(map[string]string{}, external)
		if !shared && len(own) > 0 {
			origins = append(origins, own)
		}
	}
	return origins
}

// IsIn reports whether the cluster has the alert.
func (m *List) IsIn(at int32, cluster int) bool {
	for i, c := range m.ClusterOf {
		if c == cluster && m.Alerts[at].From.Has(i) {
			return true
		}
	}
	return false
}

// WithTwins returns the alerts with the labels of this one, itself among them.
func (m *List) WithTwins(at int32) []int32 {
	if twins := m.twins[m.Alerts[at].Hash]; len(twins) > 0 {
		return twins
	}
	return []int32{at}
}

// inClusterOf returns, among the alerts with the labels of this one, the one of
// which an Alertmanager's alert is a copy, or None.
func (m *List) inClusterOf(at int32, source int, a *sources.Alert) int32 {
	cluster := m.ClusterOf[source]
	all := m.WithTwins(at)
	for _, i := range all {
		if m.IsIn(i, cluster) {
			return i
		}
	}
	for _, i := range all {
		if m.sameOrigin(i, cluster, a) {
			return i
		}
	}
	return None
}

// sameOrigin reports whether two clusters have the same alert according to its
// labels: the configuration gives both clusters the same labels, or the alert
// has the external labels of one Prometheus.
func (m *List) sameOrigin(at int32, cluster int, a *sources.Alert) bool {
	for i, other := range m.ClusterOf {
		if other >= 0 && m.Alerts[at].From.Has(i) && len(m.Configured[other]) > 0 && maps.Equal(m.Configured[other], m.Configured[cluster]) {
			return true
		}
	}
	labels := m.Complete(a.Labels, m.Configured[cluster])
	return slices.ContainsFunc(m.origins, func(origin map[string]string) bool { return m.Within(origin, labels) })
}

// addCopies adds a Prometheus's copy of an alert. If several clusters have one with
// its labels, addUnsure adds it, when it is known where the Prometheus sends.
func (m *List) addCopies(at int32, source int, a *sources.Alert) {
	k := &m.Alerts[at]
	if len(m.twins[k.Hash]) > 0 {
		m.unsure = append(m.unsure, unsureCopy{k.Hash, source, a})
		return
	}
	m.addCopy(at, source, a)
	if !m.SeveralClusters || !k.Routed {
		return
	}
	if m.sends[source] == nil {
		m.sends[source] = map[int]bool{}
	}
	for i, cluster := range m.ClusterOf {
		if cluster >= 0 && k.From.Has(i) {
			m.sends[source][cluster] = true
		}
	}
}

// addUnsure adds the copies that may be of several alerts: to those in the
// clusters that have other alerts of the Prometheus, else to all.
func (m *List) addUnsure() {
	for _, u := range m.unsure {
		twins := m.twins[u.hash]
		sent := slices.DeleteFunc(slices.Clone(twins), func(at int32) bool {
			for cluster := range m.sends[u.source] {
				if m.IsIn(at, cluster) {
					return false
				}
			}
			return true
		})
		if len(sent) == 0 {
			sent = twins
		}
		for _, at := range sent {
			m.addCopy(at, u.source, u.alert)
		}
	}
}

// otherCluster reports whether the configured labels of the cluster that has
// the alert contradict a Prometheus's external ones.
func (m *List) otherCluster(at int32, external map[string]string) bool {
	if len(m.Configured) == 0 {
		return false
	}
	for i, cluster := range m.ClusterOf {
		if cluster >= 0 && m.Alerts[at].From.Has(i) && !m.Contradicts(external, nil, m.Configured[cluster]) {
			return false
		}
	}
	return true
}

// WithFingerprint returns the alerts that have the fingerprint in some cluster.
func (m *List) WithFingerprint(fingerprint string) []int32 {
	if all := m.samePrint[fingerprint]; len(all) > 0 {
		return all
	}
	if at, ok := m.ByFingerprint[fingerprint]; ok {
		return []int32{at}
	}
	return nil
}

// WithHash returns the alerts whose labels have this hash.
func (m *List) WithHash(h uint64) []int32 {
	at := m.Find(h)
	if at < 0 {
		return m.byRaw[h]
	}
	if raw := m.byRaw[h]; len(raw) > 0 {
		return slices.Concat(m.WithTwins(at), raw)
	}
	return m.WithTwins(at)
}

// HasDouble reports whether another cluster has an alert with the same labels or
// the same fingerprint.
func (m *List) HasDouble(at int32) bool {
	k := &m.Alerts[at]
	return len(m.twins[k.Hash])+len(m.samePrint[k.Fingerprint]) > 0
}

// LineBreaks reports whether a value of some alert's labels has a line break.
func (m *List) LineBreaks() bool { return m.memory.breaks }

// plain reports whether the ids of an Alertmanager's groups depend only on
// their labels. Those of further clusters depend on the cluster too.
func (m *List) plain(manager int) bool {
	if !m.SeveralClusters {
		return true
	}
	for i, cluster := range m.ClusterOf {
		if cluster >= 0 && !m.Snapshots[i].AsOf.IsZero() && m.ClusterName[cluster] < m.ClusterName[m.ClusterOf[manager]] {
			return false
		}
	}
	return true
}
