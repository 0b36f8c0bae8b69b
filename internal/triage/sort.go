package triage

import (
	"cmp"
	"slices"
	"strconv"
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
	// A group is large, so what is sorted is where they are, by keys made once.
	keys := make([]sortKey, len(groups))
	order := make([]int32, len(groups))
	for i := range groups {
		keys[i], order[i] = keyOf(&groups[i], by), int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return compareKeys(&keys[a], &keys[b]) })
	permute(groups, order)
}

// permute puts list[order[i]] at i, for all i, where the list is. It uses up the
// order.
func permute[T any](list []T, order []int32) {
	const done = -1
	for i := range order {
		if order[i] == done {
			continue
		}
		first, at := list[i], int32(i)
		for {
			from := order[at]
			order[at] = done
			if from == int32(i) {
				list[at] = first
				break
			}
			list[at] = list[from]
			at = from
		}
	}
}

// Heading returns what groups that are together in this order have in common,
// for the line above them. It returns "" for ByRank and ByAge.
func (b By) Heading(g Group) string {
	switch b {
	case ByService:
		return cmp.Or(g.ServiceLabel(), "no service")
	case ByTeam:
		return cmp.Or(g.Team, "no team")
	case BySeverity:
		if g.SeverityUnread() {
			return "severity not read yet"
		}
		return cmp.Or(g.SeverityName(), "no severity")
	}
	return ""
}

// sortKey is what a group is sorted by: first what the order asks for, then the
// rank in which a responder should look. That is what is mine and not
// acknowledged, then what nobody has taken, then urgency, priority and
// severity, then what is new.
type sortKey struct {
	name, spelling string // in lower case, and as it is
	nameless       int8   // 1: there is no name, which comes last
	first          int64
	attention      int8
	urgency        int8
	gravity        int8
	priority       int64
	seconds        int64 // of Since
	nanoseconds    int
	id             string
}

func keyOf(g *Group, by By) sortKey {
	k := sortKey{
		attention: attention(g), urgency: urgent(g), gravity: int8(g.Gravity()), priority: priority(g),
		seconds: g.Since.Unix(), nanoseconds: g.Since.Nanosecond(), id: g.ID,
	}
	switch by {
	case ByService:
		k.spelling = g.Service
	case ByTeam:
		k.spelling = g.Team
	case BySeverity:
		// Unknown words sort next to a known one, each separately.
		k.spelling = strconv.Itoa(int(k.gravity))
		switch {
		case g.SeverityUnread():
			k.spelling += "\x00"
		case g.Severity == Unknown:
			k.spelling += cmp.Or(strings.ToLower(g.SeverityText), "\x01")
		}
	case ByAge:
		k.first = -k.seconds
	}
	if by == ByService || by == ByTeam || by == BySeverity {
		k.name = strings.ToLower(k.spelling)
		if k.name == "" {
			k.nameless = 1
		}
	}
	return k
}

func compareKeys(a, b *sortKey) int {
	if a.nameless != b.nameless {
		return cmp.Compare(a.nameless, b.nameless)
	}
	if a.name != b.name {
		return cmp.Compare(a.name, b.name)
	}
	if a.spelling != b.spelling {
		return cmp.Compare(a.spelling, b.spelling)
	}
	if a.first != b.first {
		return cmp.Compare(a.first, b.first)
	}
	if a.attention != b.attention {
		return cmp.Compare(a.attention, b.attention)
	}
	if a.urgency != b.urgency {
		return cmp.Compare(a.urgency, b.urgency)
	}
	if a.priority != b.priority {
		return cmp.Compare(b.priority, a.priority)
	}
	if a.gravity != b.gravity {
		return cmp.Compare(a.gravity, b.gravity)
	}
	if a.seconds != b.seconds {
		return cmp.Compare(b.seconds, a.seconds)
	}
	if a.nanoseconds != b.nanoseconds {
		return cmp.Compare(b.nanoseconds, a.nanoseconds)
	}
	return cmp.Compare(a.id, b.id)
}

// WantsAttention reports whether a group waits for somebody: it is triggered, it
// fires without an incident, or the person at the screen is asked to join it.
func (g *Group) WantsAttention() bool { return attention(g) <= unattended }

// unattended is the attention of what nobody has taken.
const unattended = 1

func attention(g *Group) int8 {
	if g.Asked != nil {
		return 0
	}
	switch g.State {
	case Triggered:
		if g.Mine {
			return 0
		}
		return unattended
	case Firing:
		return unattended
	case Acknowledged:
		return 2
	case Pending:
		return 3
	case Silenced:
		return 4
	}
	return 5
}

// urgent returns PagerDuty's urgency. Without an incident the severity replaces
// it.
func urgent(g *Group) int8 {
	if g.Urgency == "high" || g.Urgency == "" && g.Gravity() <= gravity(Error, "") {
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
