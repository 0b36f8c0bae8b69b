package respond

import (
	"slices"

	"firstline/sources"
)

// AssigneeIDs returns the ids of the users that an incident is assigned to, sorted.
func AssigneeIDs(i sources.Incident) []string {
	ids := make([]string, 0, len(i.Assignments))
	for _, a := range i.Assignments {
		ids = append(ids, a.User.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// AcknowledgedBy reports whether a user acknowledged an incident.
func AcknowledgedBy(i sources.Incident, userID string) bool {
	return slices.ContainsFunc(i.Acknowledgers, func(a sources.Assignment) bool { return a.User.ID == userID })
}

func assignedTo(i sources.Incident, userID string) bool {
	return slices.ContainsFunc(i.Assignments, func(a sources.Assignment) bool { return a.User.ID == userID })
}

// AssignedDirectly reports whether an incident is assigned to these users, who are
// sorted, and not by its policy, as far as PagerDuty reports it.
func AssignedDirectly(i sources.Incident, users []string) bool {
	return slices.Equal(AssigneeIDs(i), users) && i.AssignedVia != sources.AssignedByPolicy
}
