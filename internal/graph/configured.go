package graph

import (
	"strings"

	"firstline/internal/change"
	"firstline/internal/expression"
	"firstline/internal/triage"
	"firstline/sources"
)

// Configured is a graph in the configuration. $label within quotes in its expression is
// a label that the alerts of a group have in common.
type Configured struct{ Title, Expression string }

// Check says what is wrong with a graph in the configuration, or "".
func (c Configured) Check() (inTitle, inExpression string) {
	if strings.TrimSpace(c.Title) == "" {
		inTitle = `a graph needs a title, such as "requests"`
	}
	if strings.TrimSpace(c.Expression) == "" {
		return inTitle, `a graph needs a query, such as 'sum(rate(http_requests_total{service="$service"}[5m]))'`
	}
	_, inExpression = change.Query{Title: "graph", Expression: c.Expression}.Check()
	return inTitle, inExpression
}

// question is a configured graph for a group. Nothing is asked when the group lacks a
// label.
func (c Configured) question(g triage.Group, snapshots []sources.Snapshot) Question {
	q := Question{Title: c.Title}
	filled, missing := change.Query{Expression: c.Expression}.For(labelsOf(g))
	if len(missing) > 0 {
		q.Why = "the alerts have no common label " + strings.Join(missing, ", ")
		return q
	}
	var alerts []*triage.Alert
	for i := range g.Alerts {
		alerts = append(alerts, &g.Alerts[i])
	}
	snap := askable("", alerts, snapshots)
	if snap == nil {
		q.Why = "no Prometheus of the configuration has the alerts of this group"
		return q
	}
	q.Source = snap.Source.Name
	q.Parts = expression.TakeApart(filled)
	if !q.Parts.Fixed {
		q.Parts.Why = "" // nobody expects a threshold
	}
	q.Unit = expression.UnitOf(q.Parts.Drawn)
	return q
}

// labelsOf are the labels that a group's alerts have in common, and its service.
func labelsOf(g triage.Group) map[string]string {
	labels := sources.MergeLabels(map[string]string{"service": g.Service}, g.SentLabels)
	if len(g.Alerts) > 0 {
		labels = sources.MergeLabels(map[string]string{"service": g.Service}, triage.CommonLabels(g.Alerts))
	}
	if labels["service"] == "" {
		delete(labels, "service")
	}
	return labels
}
