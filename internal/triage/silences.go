package triage

import (
	"cmp"
	"slices"

	"firstline/sources"
)

// silencesByID finds silences; a cluster's Alertmanagers have them in common.
func silencesByID(snapshots []sources.Snapshot) map[string]*sources.Silence {
	byID := map[string]*sources.Silence{}
	for i := range snapshots {
		silences := snapshots[i].Data.Silences
		for k := range silences {
			if byID[silences[k].ID] == nil {
				byID[silences[k].ID] = &silences[k]
			}
		}
	}
	return byID
}

// silencesOf are the silences on the alerts, the one that ends first first.
func (b *builder) silencesOf(alerts []Alert) []sources.Silence {
	var found []sources.Silence
	for i := range alerts {
		for _, id := range alerts[i].SilencedBy {
			s := b.silences[id]
			if s == nil || slices.ContainsFunc(found, func(f sources.Silence) bool { return f.ID == id }) {
				continue
			}
			found = append(found, *s)
		}
	}
	return sortedSilences(found)
}

// sortedSilences has each silence once, the one that ends soonest first.
func sortedSilences(list []sources.Silence) []sources.Silence {
	slices.SortFunc(list, func(x, y sources.Silence) int {
		return cmp.Or(x.EndsAt.Compare(y.EndsAt), cmp.Compare(x.ID, y.ID))
	})
	return slices.CompactFunc(list, func(x, y sources.Silence) bool { return x.ID == y.ID })
}

// inhibitorsOf returns the names of the alerts that inhibit these, or their
// fingerprints when the names are unknown.
func (b *builder) inhibitorsOf(alerts []Alert) []string {
	var names []string
	for i := range alerts {
		for _, f := range alerts[i].InhibitedBy {
			name := f
			if at, ok := b.ByFingerprint[f]; ok && b.Alerts[at].Name() != "" {
				name = b.Alerts[at].Name()
			}
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
