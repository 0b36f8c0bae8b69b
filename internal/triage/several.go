package triage

import (
	"cmp"
	"slices"

	"firstline/internal/labelset"
	"firstline/internal/merged"
	"firstline/internal/reference"
)

// Sharing are the groups, of all, of the other open incidents that were opened
// for alerts of these ones, the oldest first.
func Sharing(all, of []Group) []Group {
	wanted := map[string]bool{}
	for i := range of {
		for _, id := range of[i].Shares {
			wanted[id] = true
		}
	}
	for i := range of {
		delete(wanted, of[i].ID)
	}
	var found []Group
	for _, g := range all {
		if wanted[g.ID] && g.State != Resolved {
			found = append(found, g)
		}
	}
	slices.SortFunc(found, olderFirst)
	return found
}

// Problems puts the groups together whose incidents were opened for the same
// alerts, directly or through another one. The problems are in the order of
// the first group of each; within one that of the oldest open incident is the
// first.
func Problems(groups []Group) [][]Group {
	at := make(map[string]int, len(groups))
	for i := range groups {
		at[groups[i].ID] = i
	}
	var problems [][]Group
	done := make([]bool, len(groups))
	for i := range groups {
		if done[i] {
			continue
		}
		done[i] = true
		members := []Group{groups[i]}
		for k := 0; k < len(members); k++ { // which grows meanwhile
			for _, id := range members[k].Shares {
				if other, ok := at[id]; ok && !done[other] {
					done[other] = true
					members = append(members, groups[other])
				}
			}
		}
		slices.SortFunc(members, olderFirst)
		problems = append(problems, members)
	}
	return problems
}

// olderFirst orders groups that have incidents: open ones first, then the
// oldest.
func olderFirst(x, y Group) int {
	resolved := func(g *Group) int {
		if g.State == Resolved {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(resolved(&x), resolved(&y)), x.Incident.CreatedAt.Compare(y.Incident.CreatedAt), cmp.Compare(x.ID, y.ID))
}

// Merged is one of the Problems as one group: that of its first incident, with
// the alerts of all.
func Merged(members []Group) Group {
	g := members[0]
	if len(members) == 1 {
		return g
	}
	g.Alerts, g.Incidents, g.Shares = nil, nil, nil
	lead := members[0] // that of the gravest alert
	for i := range members {
		m := &members[i]
		g.Alerts = append(g.Alerts, m.Alerts...)
		g.Incidents = append(g.Incidents, m.Incident)
		if m.ID != g.ID {
			g.Shares = append(g.Shares, m.ID)
		}
		if len(lead.Alerts) == 0 || len(m.Alerts) > 0 && compareAlerts(&m.Alerts[0], &lead.Alerts[0]) < 0 {
			lead = *m
		}
		if m.State == Triggered {
			g.State = Triggered // the first one may be acknowledged
		}
		if m.Urgency == "high" {
			g.Urgency = m.Urgency
		}
		if strength(m.JoinedBy) < strength(g.JoinedBy) {
			g.JoinedBy, g.Proof = m.JoinedBy, m.Proof
		}
		g.Silences = append(g.Silences[:len(g.Silences):len(g.Silences)], m.Silences...)
		g.InhibitedBy, g.Stale = merged.Union(g.InhibitedBy, m.InhibitedBy), merged.Union(g.Stale, m.Stale)
		g.Flaps = max(g.Flaps, m.Flaps)
	}
	slices.Sort(g.Shares)
	slices.SortFunc(g.Incidents, olderIncident)
	slices.SortFunc(g.Alerts, func(x, y Alert) int {
		return cmp.Or(compareAlerts(&x, &y), cmp.Compare(strength(x.JoinedBy), strength(y.JoinedBy)))
	})
	g.Alerts = slices.CompactFunc(g.Alerts, func(x, y Alert) bool { return compareAlerts(&x, &y) == 0 })
	g.Silences = sortedSilences(g.Silences)
	g.ownedAs(&lead, members)
	if i := slices.IndexFunc(members, func(m Group) bool { return m.Over.State == NotOver }); i >= 0 {
		g.Over = Over{} // what they share is reported
	}
	return g
}

// ownedAs gives the group the owner, severity and runbook of one of its
// members; the services, teams and references of the others follow.
func (g *Group) ownedAs(lead *Group, members []Group) {
	g.Service, g.Team, g.ServiceID, g.Account, g.OwnerPolicyID, g.OwnerPolicyTyped = lead.Service, lead.Team, lead.ServiceID, lead.Account, lead.OwnerPolicyID, lead.OwnerPolicyTyped
	g.RunbookURL, g.ServiceRunbook = lead.RunbookURL, lead.ServiceRunbook
	g.Severity, g.SeverityText = lead.Severity, lead.SeverityText
	g.Services, g.Teams = slices.Clone(lead.Services), slices.Clone(lead.Teams)
	g.References = slices.Clone(lead.References)
	for i := range members {
		for _, name := range members[i].Services {
			g.Services = addName(g.Services, name)
		}
		for _, name := range members[i].Teams {
			g.Teams = addName(g.Teams, name)
		}
		for _, r := range members[i].References {
			if !slices.ContainsFunc(g.References, func(have reference.Reference) bool { return have.Text == r.Text }) {
				g.References = append(g.References, r)
			}
		}
	}
}

// compareAlerts is the order of builder.sortMembers, for the alerts of groups that
// are made.
func compareAlerts(x, y *Alert) int {
	c := cmp.Or(
		cmp.Compare(merged.Urgency(x.State), merged.Urgency(y.State)),
		cmp.Compare(gravityOf(x.Severity, x.Labels), gravityOf(y.Severity, y.Labels)),
		x.ActiveSince.Compare(y.ActiveSince),
		cmp.Compare(x.Fingerprint, y.Fingerprint),
	)
	if c != 0 {
		return c
	}
	return cmp.Or(labelset.Compare(x.Labels, y.Labels), slices.Compare(x.Clusters, y.Clusters))
}
