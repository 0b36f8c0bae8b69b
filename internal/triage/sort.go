package triage

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
// decides, and at last the id.
func Sort(groups []Group, by By) {}

// Heading is what groups that stand together under this order have in common,
// for the line above them; empty for ByRank and ByAge.
func (b By) Heading(g Group) string { return "" }
