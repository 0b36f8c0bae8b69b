package triage

import (
	"maps"
	"slices"
	"strings"

	"firstline/internal/labelset"
	"firstline/sources"
)

// Cluster is Alertmanagers that share their alerts' silences: the members of a
// gossip cluster, or one that is in none.
type Cluster struct {
	// Members are the names of the sources, sorted; never empty.
	Members []string
}

// Name is what the cluster is called: its first member.
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
		c, known := index[cluster]
		if !known {
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

// clustersOf gives, for each snapshot, the index of the first one of the same
// cluster, or -1 for what is no Alertmanager.
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
			other, known := byPeer[peer]
			if !known {
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
	// of gives for each snapshot the first one of its cluster, -1: none; name
	// is by that index.
	of   []int
	name map[int]string
	// many: more than one of them was read.
	many bool
	// labels are those that the configuration gives to the alerts of a cluster.
	labels map[int]map[string]string
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

// unsureCopy is a Prometheus's alert that has twins.
type unsureCopy struct {
	hash   uint64
	source int
	alert  *sources.Alert
}

func findClusters(snapshots []sources.Snapshot, configured map[string]map[string]string, c labelset.Comparer) clusters {
	m := clusters{
		of: clustersOf(snapshots), name: map[int]string{}, labels: map[int]map[string]string{},
		twins: map[uint64][]int32{}, samePrint: map[string][]int32{}, byRaw: map[uint64][]int32{}, sends: map[int]map[int]bool{},
	}
	read := map[int]bool{}
	for i, cluster := range m.of {
		if cluster < 0 {
			continue
		}
		name := snapshots[i].Source.Name
		if first := m.name[cluster]; first == "" || name < first {
			m.name[cluster] = name
		}
		if labels := configured[name]; len(labels) > 0 && m.labels[cluster] == nil {
			m.labels[cluster] = labels
		}
		read[cluster] = read[cluster] || !snapshots[i].AsOf.IsZero() || len(snapshots[i].Data.Alerts) > 0
	}
	count := 0
	for _, yes := range read {
		if yes {
			count++
		}
	}
	if m.many = count > 1; m.many {
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

// isIn reports whether the cluster has the alert.
func (m *merger) isIn(at int32, cluster int) bool {
	for i, c := range m.of {
		if c == cluster && m.alerts[at].from.has(i) {
			return true
		}
	}
	return false
}

// withTwins are the alerts with the labels of this one.
func (m *merger) withTwins(at int32) []int32 {
	if twins := m.twins[m.alerts[at].hash]; len(twins) > 0 {
		return twins
	}
	return []int32{at}
}

// inClusterOf finds, among the alerts with the labels of this one, the one that
// an Alertmanager's copy is of, or none.
func (m *merger) inClusterOf(at int32, source int, a *sources.Alert) int32 {
	cluster := m.of[source]
	all := m.withTwins(at)
	for _, i := range all {
		if m.isIn(i, cluster) {
			return i
		}
	}
	for _, i := range all {
		if m.sameOrigin(i, cluster, a) {
			return i
		}
	}
	return none
}

// sameOrigin reports whether two clusters have the same alert according to its
// labels: the configuration gives both clusters the same labels, or the alert
// has the external labels of one Prometheus.
func (m *merger) sameOrigin(at int32, cluster int, a *sources.Alert) bool {
	for i, other := range m.of {
		if other >= 0 && m.alerts[at].from.has(i) && len(m.labels[other]) > 0 && maps.Equal(m.labels[other], m.labels[cluster]) {
			return true
		}
	}
	labels := m.Complete(a.Labels, m.labels[cluster])
	return slices.ContainsFunc(m.origins, func(origin map[string]string) bool { return m.Within(origin, labels) })
}

// addCopies adds a Prometheus's copy of an alert. Where several clusters have
// one with its labels, that waits until it is known where the Prometheus sends
// to.
func (m *merger) addCopies(at int32, source int, a *sources.Alert) {
	k := &m.alerts[at]
	if len(m.twins[k.hash]) > 0 {
		m.unsure = append(m.unsure, unsureCopy{k.hash, source, a})
		return
	}
	m.addCopy(at, source, a)
	if !m.many || !k.routed {
		return
	}
	if m.sends[source] == nil {
		m.sends[source] = map[int]bool{}
	}
	for i, cluster := range m.of {
		if cluster >= 0 && k.from.has(i) {
			m.sends[source][cluster] = true
		}
	}
}

// addUnsure adds the copies that may be of several alerts: to those in the
// clusters that the Prometheus is seen to send to, else to all, for it is of
// one of them.
func (m *merger) addUnsure() {
	for _, u := range m.unsure {
		twins := m.twins[u.hash]
		sent := slices.DeleteFunc(slices.Clone(twins), func(at int32) bool {
			for cluster := range m.sends[u.source] {
				if m.isIn(at, cluster) {
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
func (m *merger) otherCluster(at int32, external map[string]string) bool {
	if len(m.labels) == 0 {
		return false
	}
	for i, cluster := range m.of {
		if cluster >= 0 && m.alerts[at].from.has(i) && !m.Contradicts(external, nil, m.labels[cluster]) {
			return false
		}
	}
	return true
}

// withFingerprint are the alerts that have the fingerprint in some cluster.
func (m *merger) withFingerprint(fingerprint string) []int32 {
	if all := m.samePrint[fingerprint]; len(all) > 0 {
		return all
	}
	if at, ok := m.byFingerprint[fingerprint]; ok {
		return []int32{at}
	}
	return nil
}

// withHash are the alerts whose labels have this hash.
func (m *merger) withHash(h uint64) []int32 {
	at := m.find(h)
	if at < 0 {
		return m.byRaw[h]
	}
	if raw := m.byRaw[h]; len(raw) > 0 {
		return slices.Concat(m.withTwins(at), raw)
	}
	return m.withTwins(at)
}

// inCluster returns " in am-eu" for alerts that another cluster has with the
// same labels: nothing else distinguishes their rows.
func (m *merger) inCluster(members []int32) string {
	for _, at := range members {
		if k := &m.alerts[at]; len(k.clusters()) > 0 && len(m.twins[k.hash])+len(m.samePrint[k.Fingerprint]) > 0 {
			return " in " + strings.Join(k.clusters(), ", ")
		}
	}
	return ""
}

// plain reports whether the ids of an Alertmanager's groups depend only on
// their labels. Those of further clusters depend on the cluster too.
func (m *merger) plain(manager int) bool {
	if !m.many {
		return true
	}
	for i, cluster := range m.of {
		if cluster >= 0 && !m.snapshots[i].AsOf.IsZero() && m.name[cluster] < m.name[m.of[manager]] {
			return false
		}
	}
	return true
}
