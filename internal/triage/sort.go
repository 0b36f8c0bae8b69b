package triage

import (
	"cmp"
	"slices"
	"strings"
)

// By is an order of the list.
type By string

// The orders. ByRank is the one that Join gives.
const (
	ByRank     By = "rank"
	ByService  By = "service"
	ByTeam     By = "team"
	BySeverity By = "severity"
	ByAge      By = "age"
)

// Orders are all orders, in the order in which a screen offers them.
func Orders() []By { return []By{ByRank, ByService, ByTeam, BySeverity, ByAge} }

// Sort sorts the groups in place. Each order is total: within equals the rank
// decides, and at last the id. What has no service or team comes last.
func Sort(groups []Group, by By) {
	less := compareRank
	switch by {
	case ByService:
		less = func(a, b *Group) int { return cmp.Or(compareNames(a.Service, b.Service), compareRank(a, b)) }
	case ByTeam:
		less = func(a, b *Group) int { return cmp.Or(compareNames(a.Team, b.Team), compareRank(a, b)) }
	case BySeverity:
		less = func(a, b *Group) int {
			return cmp.Or(cmp.Compare(gravity(a.Severity), gravity(b.Severity)), compareRank(a, b))
		}
	case ByAge:
		less = func(a, b *Group) int { return cmp.Or(b.Since.Compare(a.Since), compareRank(a, b)) }
	}
	// A group is large, so what is sorted is where they are.
	at := make([]*Group, len(groups))
	whole := slices.Clone(groups)
	for i := range whole {
		at[i] = &whole[i]
	}
	slices.SortFunc(at, less)
	for i, g := range at {
		groups[i] = *g
	}
}

// Heading is what groups that stand together under this order have in common,
// for the line above them; empty for ByRank and ByAge.
func (b By) Heading(g Group) string {
	switch b {
	case ByService:
		return cmp.Or(g.Service, "no service")
	case ByTeam:
		return cmp.Or(g.Team, "no team")
	case BySeverity:
		return cmp.Or(string(g.Severity), "no severity")
	}
	return ""
}

// compareNames is by the alphabet in any case, the empty name last.
func compareNames(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	return cmp.Or(strings.Compare(strings.ToLower(a), strings.ToLower(b)), strings.Compare(a, b))
}

// compareRank is the order in which a responder should look: what is mine and
// not acknowledged, then what nobody has taken, then urgency, priority and
// severity, then what is new.
func compareRank(a, b *Group) int {
	if c := cmp.Compare(attention(a), attention(b)); c != 0 {
		return c
	}
	if c := cmp.Compare(urgent(a), urgent(b)); c != 0 {
		return c
	}
	if c := cmp.Compare(priority(b), priority(a)); c != 0 {
		return c
	}
	if c := cmp.Compare(gravity(a.Severity), gravity(b.Severity)); c != 0 {
		return c
	}
	if c := b.Since.Compare(a.Since); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}

func attention(g *Group) int {
	switch g.State {
	case Triggered:
		if g.Mine {
			return 0
		}
		return 1
	case Firing:
		return 1
	case Acknowledged:
		return 2
	case Pending:
		return 3
	case Silenced:
		return 4
	}
	return 5
}

// urgent is PagerDuty's urgency; where there is no incident the severity stands
// for it.
func urgent(g *Group) int {
	if g.Urgency == "high" || g.Urgency == "" && gravity(g.Severity) <= gravity(Error) {
		return 0
	}
	return 1
}

func priority(g *Group) int64 {
	if g.Incident == nil || g.Incident.Priority == nil {
		return 0
	}
	return g.Incident.Priority.Order
}
