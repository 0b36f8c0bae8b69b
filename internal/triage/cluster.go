package triage

import (
	"slices"

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

// Clusters are those of all Alertmanagers, by name. Two are in one cluster
// where they tell of a member in common: names of members are random and new
// with each start.
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
