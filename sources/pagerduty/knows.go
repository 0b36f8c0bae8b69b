package pagerduty

import (
	"slices"

	"firstline/sources"
)

// Knows reports whether the account was seen to have the object with this id: an open
// incident, a service, a policy, a schedule, a user, a team or a priority. It asks
// nobody: false means that it is not known.
func (c *Client) Knows(id string) bool { return id != "" && (c.state.knows(id) || c.catalog.knows(id)) }

func (s *state) knows(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, found := s.incidents[id]
	return found
}

func (k *catalog) knows(id string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, found := k.onCalls.users[id]; found {
		return true
	}
	is := func(r sources.Reference) bool { return r.ID == id }
	return slices.ContainsFunc(k.services.items, func(s sources.Service) bool { return s.ID == id }) ||
		slices.ContainsFunc(k.policies.items, func(p sources.Policy) bool {
			return p.ID == id || slices.ContainsFunc(p.Levels, func(l sources.Level) bool { return slices.ContainsFunc(l.Targets, is) })
		}) ||
		slices.ContainsFunc(k.users.items, func(u sources.User) bool { return u.ID == id }) ||
		slices.ContainsFunc(k.me.items, func(u sources.User) bool { return u.ID == id }) ||
		slices.ContainsFunc(k.teams.items, is) ||
		slices.ContainsFunc(k.priorities.items, func(p sources.Priority) bool { return p.ID == id }) ||
		slices.ContainsFunc(k.onCalls.list, func(o sources.OnCall) bool { return is(o.Schedule) || is(o.Policy) })
}
