// Package wanted says what is known of an alert group when its runbook is wanted:
// the same for the screen, the commands and JSON.
package wanted

import (
	"firstline/internal/triage"
	"firstline/runbooks"
)

// Of returns the query for a group's runbook.
func Of(g triage.Group) runbooks.Query {
	return runbooks.Query{
		References: g.References, Alerts: g.AlertNames(),
		Service: g.Service, Team: g.Team, ServiceRunbook: g.ServiceRunbook,
	}
}

// OfRules returns a function that makes the query for the runbook of a rule's alerts.
func OfRules(o triage.Options) func(r runbooks.AlertRule) runbooks.Query {
	groupOf := triage.GroupsOfRules(o)
	return func(r runbooks.AlertRule) runbooks.Query {
		q := Of(groupOf(r.Labels, r.Annotations))
		q.Alerts = []string{r.Name}
		return q
	}
}
