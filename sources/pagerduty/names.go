package pagerduty

import (
	"slices"

	"firstline/sources"
)

// names are the names of what references point at. An answer may have references
// with an id alone, and people know nothing by its id.
type names struct {
	users    []sources.User
	policies []sources.Policy
	services []sources.Service
	teams    []sources.Reference
}

// names returns those of what was read.
func (c *Client) names() names {
	k := &c.catalog
	k.mu.Lock()
	defer k.mu.Unlock()
	users := k.users.items
	if k.people != nil {
		users = k.people
	}
	return names{users: users, policies: k.policies.items, services: k.services.items, teams: k.teams.items}
}

// incident is an incident of an answer, with the names that are known.
func (c *Client) incident(a *incidentAnswer) sources.Incident {
	i := a.incident(c.source.Name)
	c.names().fill(&i)
	return i
}

// fill names what the incident refers to where the answer did not. It changes no
// list that others may hold.
func (n names) fill(i *sources.Incident) {
	user := func(id string) string {
		for k := range n.users {
			if n.users[k].ID == id {
				return n.users[k].Name
			}
		}
		return ""
	}
	name(&i.ChangedBy, user)
	name(&i.Policy, func(id string) string {
		for k := range n.policies {
			if n.policies[k].ID == id {
				return n.policies[k].Name
			}
		}
		return ""
	})
	name(&i.Service, func(id string) string {
		for k := range n.services {
			if n.services[k].ID == id {
				return n.services[k].Name
			}
		}
		return ""
	})
	nameAll(&i.Teams, func(t *sources.Reference) {
		name(t, func(id string) string {
			for k := range n.teams {
				if n.teams[k].ID == id {
					return n.teams[k].Name
				}
			}
			return ""
		})
	}, nameless)
	nameAll(&i.Assignments, func(a *sources.Assignment) { name(&a.User, user) }, ofNobody)
	nameAll(&i.Acknowledgers, func(a *sources.Assignment) { name(&a.User, user) }, ofNobody)
	nameAll(&i.Responders, func(r *sources.Responder) { name(&r.User, user); name(&r.By, user) }, byNobody)
}

// needsNames reports whether the incident refers to something without a name.
func needsNames(i *sources.Incident) bool {
	return nameless(i.ChangedBy) || nameless(i.Policy) || nameless(i.Service) || slices.ContainsFunc(i.Teams, nameless) ||
		slices.ContainsFunc(i.Assignments, ofNobody) || slices.ContainsFunc(i.Acknowledgers, ofNobody) || slices.ContainsFunc(i.Responders, byNobody)
}

func ofNobody(a sources.Assignment) bool { return nameless(a.User) }

func byNobody(r sources.Responder) bool { return nameless(r.User) || nameless(r.By) }

// nameless reports whether a reference has an id and no name.
func nameless(r sources.Reference) bool { return r.ID != "" && r.Name == "" && !r.Deleted }

func name(r *sources.Reference, of func(id string) string) {
	if nameless(*r) {
		r.Name = of(r.ID)
	}
}

// nameAll names the elements of a list, in a copy, where any of them needs it.
func nameAll[T any](list *[]T, name func(*T), needs func(T) bool) {
	if !slices.ContainsFunc(*list, needs) {
		return
	}
	*list = slices.Clone(*list)
	for i := range *list {
		name(&(*list)[i])
	}
}
