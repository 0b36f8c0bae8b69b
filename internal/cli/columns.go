package cli

import (
	"fmt"
	"strconv"
	"strings"

	"firstline/internal/describe"
	"firstline/internal/triage"
	"firstline/internal/triage/filter"
	"firstline/internal/wallclock"
)

// column is a column of the table that list prints.
type column struct {
	name string
	// cell is its content, on one line; empty where there is nothing.
	cell func(g *triage.Group, t table) string
}

// titleColumn takes what room there is.
const titleColumn = string(triage.TitleColumn)

// labelColumn is what precedes the name of a label.
const labelColumn = "label:"

// usualColumns are those that are printed where nobody names any.
const usualColumns = "id,state,severity,age,service,firing,who,title"

var tableColumns = []column{
	{"id", idCell},
	{"number", numberCell},
	{string(triage.StateColumn), func(g *triage.Group, _ table) string { return string(g.State) }},
	{string(triage.SeverityColumn), severityCell},
	{"urgency", func(g *triage.Group, _ table) string { return oneLine(g.Urgency) }},
	{"priority", func(g *triage.Group, _ table) string {
		if g.Incident == nil || g.Incident.Priority == nil {
			return ""
		}
		return oneLine(g.Incident.Priority.Name)
	}},
	{string(triage.AgeColumn), func(g *triage.Group, t table) string { return age(t.at.Sub(g.Since), g.Since) }},
	{"since", func(g *triage.Group, t table) string {
		if g.Since.IsZero() {
			return ""
		}
		return wallclock.Of(t.at).Stamp(g.Since)
	}},
	{string(triage.ServiceColumn), func(g *triage.Group, _ table) string { return oneLine(g.ServiceLabel()) }},
	{"team", func(g *triage.Group, _ table) string { return oneLine(g.Team) }},
	{"policy", func(g *triage.Group, _ table) string {
		if g.Incident == nil || g.Incident.Policy.IsZero() {
			return ""
		}
		return oneLine(describe.Label(g.Incident.Policy, "escalation policy"))
	}},
	{"source", func(g *triage.Group, _ table) string { return valuesCell(g, "source") }},
	{"alerts", func(g *triage.Group, _ table) string { return oneLine(strings.Join(g.AlertNames(), ", ")) }},
	{"firing", firingCell},
	{string(triage.WhoColumn), func(g *triage.Group, _ table) string { return who(*g) }},
	{titleColumn, func(g *triage.Group, t table) string { return titleCell(*g, t.shared, t.at) }},
}

// columnNames are the names of all columns.
func columnNames() []string {
	names := make([]string, len(tableColumns))
	for i, c := range tableColumns {
		names[i] = c.name
	}
	return names
}

// parseColumns reads the names of columns, between commas.
func parseColumns(text string) ([]column, error) {
	var columns []column
	for name := range strings.SplitSeq(text, ",") {
		c, err := parseColumn(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		columns = append(columns, c)
	}
	return columns, nil
}

func parseColumn(name string) (column, error) {
	for _, c := range tableColumns {
		if strings.EqualFold(c.name, name) {
			return c, nil
		}
	}
	if label, ok := strings.CutPrefix(name, labelColumn); ok && label != "" {
		return column{oneLine(name), func(g *triage.Group, _ table) string { return labelCell(g, label) }}, nil
	}
	return column{}, fmt.Errorf("there is no column %q%s: choose of %s, and %sNAME for a label", oneLine(name), meant(name, columnNames()), strings.Join(columnNames(), ", "), labelColumn)
}

// head is the name above the column.
func (c column) head() string { return strings.ToUpper(strings.TrimPrefix(c.name, labelColumn)) }

// colour is how a terminal shows the cell; empty: as it is. The words say it too.
func (c column) colour(g *triage.Group) string {
	const red, yellow, green = "\x1b[1;31m", "\x1b[33m", "\x1b[32m"
	switch {
	case c.name == "state" && g.State == triage.Triggered, c.name == "severity" && g.Severity == triage.Critical:
		return red
	case c.name == "state" && g.State == triage.Firing, c.name == "severity" && (g.Severity == triage.Error || g.Severity == triage.Warning):
		return yellow
	case c.name == "state" && g.State == triage.Acknowledged:
		return green
	}
	return ""
}

func idCell(g *triage.Group, _ table) string {
	if g.Incident != nil && g.Incident.Number > 0 {
		return fmt.Sprintf("%s #%d", oneLine(g.ID), g.Incident.Number)
	}
	return oneLine(g.ID)
}

func numberCell(g *triage.Group, _ table) string {
	if g.Incident == nil || g.Incident.Number == 0 {
		return ""
	}
	return strconv.Itoa(g.Incident.Number)
}

func severityCell(g *triage.Group, _ table) string {
	if g.SeverityUnread() {
		return "…"
	}
	return oneLine(g.SeverityName())
}

func firingCell(g *triage.Group, _ table) string {
	n := g.Firing()
	switch {
	case n == 0:
		return ""
	case g.FiringDoubt() != "":
		return fmt.Sprintf("%d?", n)
	}
	return strconv.Itoa(n)
}

// labelCell has the values that a label has in the alerts of a group.
func labelCell(g *triage.Group, name string) string {
	var alerts []map[string]string
	for i := range g.Alerts {
		alerts = append(alerts, g.Alerts[i].Labels)
	}
	return oneLine(strings.Join(labelValues(alerts, name), ", "))
}

// valuesCell has the values of a field of the filter's.
func valuesCell(g *triage.Group, field string) string {
	return oneLine(strings.Join(filter.Values([]triage.Group{*g}, field), ", "))
}
