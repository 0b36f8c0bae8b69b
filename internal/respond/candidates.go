package respond

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sahilm/fuzzy"

	"firstline/internal/clean"
	"firstline/internal/escalation"
)

// Targets are the candidates for the hand-off dialog that fit the query, best
// first: those where a word begins with the query before loose matches, and
// among equals those on call before the others. An empty query gives all. All
// are resolved but the owner.
func Targets(w Data, query string) []Target {
	all := w.allTargets()
	query = strings.ToLower(strings.TrimSpace(query))
	if query == "" {
		return all
	}
	texts := make([]string, len(all))
	for i, t := range all {
		texts[i] = strings.ToLower(clean.Line(t.Name + " " + t.Detail))
	}
	matches := fuzzy.FindNoSort(query, texts)
	begins := func(m fuzzy.Match) int {
		if strings.HasPrefix(m.Str, query) || strings.Contains(m.Str, " "+query) {
			return 0
		}
		return 1
	}
	offCall := func(m fuzzy.Match) int {
		if all[m.Index].OnCall {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(matches, func(a, b fuzzy.Match) int {
		order := cmp.Or(cmp.Compare(begins(a), begins(b)), cmp.Compare(offCall(a), offCall(b)))
		if order == 0 && begins(a) != 0 {
			// Only among loose matches does it matter how loose.
			order = cmp.Compare(b.Score, a.Score)
		}
		return order
	})
	found := make([]Target, len(matches))
	for i, m := range matches {
		found[i] = all[m.Index]
	}
	return found
}

// allTargets are the first line, the owner, users on call, other users, teams
// that have one policy, and policies. Of several accounts they say which one they are in.
func (w Data) allTargets() []Target {
	var first, named []Target
	for _, one := range w.Accounts() {
		in := ""
		if w.Account == "" && one.Account != "" {
			in = " in " + one.Account
		}
		if t, err := one.resolveFirstLine(); err == nil {
			t.OnCall = one.somebodyOnCall(t.PolicyID)
			t.Detail = "first line" + in
			if in != "" { // by the policy, which is of one account
				t.Kind = ToPolicy
			}
			first = append(first, t)
		}
		for _, t := range one.namedTargets() {
			t.Detail += in
			named = append(named, t)
		}
	}
	first = append(first, Target{Kind: ToOwner, Name: "the owner", Detail: "the service's own team"},
		Target{Kind: ToNextOnCall, Name: "whoever is next on call", Detail: "on the same schedule"})
	slices.SortStableFunc(named, func(a, b Target) int { return cmp.Compare(targetOrder(a), targetOrder(b)) })
	return append(first, named...)
}

// targetOrder puts users on call before other users, teams and policies.
func targetOrder(t Target) int {
	switch {
	case t.Kind == ToUser && t.OnCall:
		return 0
	case t.Kind == ToUser:
		return 1
	case t.Kind == ToTeam:
		return 2
	}
	return 3
}

// namedTargets are those of an account that have a name of their own.
func (w Data) namedTargets() []Target {
	onCall := map[string]bool{}
	staffed := map[string]bool{}
	for _, o := range w.OnCalls {
		if escalation.Covers(o, w.Now) {
			onCall[o.User.ID] = true
			staffed[o.Policy.ID] = true
		}
	}
	var users []Target
	for _, u := range w.Users {
		if cannotBeAssigned(u) != "" {
			continue
		}
		users = append(users, Target{Kind: ToUser, ID: u.ID, Name: u.Name, Detail: u.Email, OnCall: onCall[u.ID]})
	}
	slices.SortStableFunc(users, func(a, b Target) int {
		if a.OnCall != b.OnCall {
			if a.OnCall {
				return -1
			}
			return 1
		}
		return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	var teams, policies []Target
	for _, team := range w.Teams {
		if p := w.policiesOf(team.ID); len(p) == 1 {
			teams = append(teams, Target{
				Kind: ToTeam, ID: team.ID, Name: team.Name, PolicyID: p[0].ID,
				Detail: "team, " + p[0].Name, OnCall: staffed[p[0].ID],
			})
		}
	}
	for _, p := range w.Policies {
		policies = append(policies, Target{
			Kind: ToPolicy, ID: p.ID, Name: p.Name, PolicyID: p.ID, Detail: "policy", OnCall: staffed[p.ID],
		})
	}
	byName := func(a, b Target) int { return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) }
	slices.SortStableFunc(teams, byName)
	slices.SortStableFunc(policies, byName)
	return append(append(users, teams...), policies...)
}
