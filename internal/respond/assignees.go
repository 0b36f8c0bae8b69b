package respond

import (
	"slices"

	"firstline/sources"
)

func assigneeIDs(i sources.Incident) []string {
	ids := make([]string, 0, len(i.Assignments))
	for _, a := range i.Assignments {
		ids = append(ids, a.User.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func acknowledgedBy(i sources.Incident, userID string) bool {
	return slices.ContainsFunc(i.Acknowledgers, func(a sources.Assignment) bool { return a.User.ID == userID })
}

func assignedTo(i sources.Incident, userID string) bool {
	return slices.ContainsFunc(i.Assignments, func(a sources.Assignment) bool { return a.User.ID == userID })
}

// hasDirectly reports whether an incident is assigned to these users, who are
// sorted, and not by its policy, as far as PagerDuty reports it.
func hasDirectly(i sources.Incident, users []string) bool {
	return slices.Equal(assigneeIDs(i), users) && i.AssignedVia != sources.AssignedByPolicy
}
