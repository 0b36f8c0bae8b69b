package report

import (
	"encoding/csv"
	"slices"
	"strings"
)

// Table is a part of the report that is no single figure, such as the steps that
// helped.
type Table struct {
	// ID is its name in JSON and on the command line.
	ID, Title string
	// Definition says exactly what it is.
	Definition string
	// Head and Rows are the cells, as people read them. Each row has as many cells as the
	// head.
	Head []string
	Rows [][]string
	// data are the same rows for programs, or nil where these follow from Rows.
	data [][]string
	// Unknown is why it is not known, in words that follow "because". Rows mean
	// nothing then.
	Unknown string
	// Doubt is a sentence on what may be missing, or empty.
	Doubt string
}

// definition is what of a table does not depend on a history.
type definition struct {
	title, text string
	head        []string
}

// The ids of tables.
const (
	// FairnessTable compares people.
	FairnessTable = "fairness"
	// CompensationTable has what people are paid for.
	CompensationTable = "compensation"
	// StepsTable has the steps that helped.
	StepsTable = "steps"
	// SLOTable has the SLOs of services beside their load.
	SLOTable = "slo"
	// FollowUpsTable has the open follow-ups of postmortems.
	FollowUpsTable = "follow_ups"
	// CompareTable sets PagerDuty's Analytics beside the report.
	CompareTable = "compare"
	// EscalationsTable counts who escalated, ExceptionsTable lists who woke developers
	// outside their hours.
	EscalationsTable = "escalations"
	ExceptionsTable  = "coverage"
	// RunbooksTable has what became of the runbooks of each service.
	RunbooksTable = "runbooks"
)

// tableIDs are in the order of the report.
var tableIDs = []string{SLOTable, EscalationsTable, ExceptionsTable, StepsTable, RunbooksTable, FairnessTable, CompensationTable, FollowUpsTable, CompareTable}

var definitions = map[string]definition{
	FairnessTable: {
		"How the load is shared",
		"For each person who was on call or interrupted: the share of everybody's time on call (all levels, each minute once), interruptions, interruptions in sleep hours, interrupted nights and engaged time. An equal share is 1 divided by the number of these people. The last column is how many times an equal share of the interruptions the person had.",
		[]string{"", "on call", "interrupted", "sleep hours", "nights", "engaged", "equal shares"},
	},
	StepsTable: {
		"Steps that helped",
		"The steps of runbooks that were ticked in resolved incidents before the resolution, and in how many incidents; in how many it was the last one before the resolution; and in how many somebody said that it did not help or is wrong, which then does not count as ticked. From the ticks on this machine and from the lists of tried steps in PagerDuty's notes, which firstline writes. Steps with equal text are one; commands do not count.",
		[]string{"", "service", "ticked", "the last", "did not help"},
	},
	RunbooksTable: {
		"What became of runbooks",
		"For each service, from what was recorded on this machine in the time: how many runbooks were opened; for how many alert groups (a section counts for itself); how many of these were escalated, and how many of them after every step was tried; how many steps were done, failed when run, did not help or are wrong, each once for an alert group. `firstline runbook feedback` has the steps.",
		[]string{"", "runbooks", "opened for", "escalated", "after all steps", "done", "failed", "did not help", "wrong"},
	},
	SLOTable: {
		"SLOs beside the load",
		"For each service with an incident in the time, and each with a configured SLO: its teams, interruptions, interruptions in sleep hours and engaged time, and beside them its SLOs: the objective with its window, which part succeeded over the window that ends with the time of the report, and which part of the error budget is left. SLOs are those of [[service]] and those that Sloth and Pyrra record in Prometheus.",
		[]string{"", "team", "interruptions", "sleep hours", "engaged", "SLO", "objective", "window", "attained", "budget left"},
	},
	FollowUpsTable: {
		"Open follow-ups of postmortems",
		"The follow-ups in the directory of [postmortems] that are not done, of all teams, the earliest day first. Overdue are those whose day has passed. `firstline postmortem --open` names the file and line of each.",
		[]string{"", "owner", "until", "overdue", "file"},
	},
	EscalationsTable: {
		"Who escalated",
		"For each person, and for time-outs of PagerDuty: how often an incident went from first line to others, from others to first line, back to the side from which it was escalated before (which counts in the columns before too), and to others outside the hours of developers_on_call. The figures to_owner, to_first_line, returned and exceptions are the sums.",
		[]string{"", "to owners", "to first line", "returned", "outside hours"},
	},
	ExceptionsTable: {
		"Outside coverage hours",
		"Each escalation from first line to others outside the hours of the service's developers_on_call: when, by whom, and the note that the same person wrote within 5 minutes.",
		[]string{"", "incident", "service", "by", "why"},
	},
	CompareTable: {
		"Beside PagerDuty's Analytics: incidents that began in the time, to their end. The figures above are of what happened in it",
		"Only with --compare. For the incidents that began in the time: how many firstline and PagerDuty's Analytics have, and for those that both have the same figures of each, in how many incidents they differ (by more than a second), some of these, and why, as far as a cause was found. These figures are about the incidents that began in the time until their end, so they are not those of the report, which are about what happened in the time.",
		[]string{"", "firstline", "Analytics", "differ", "such as", "why"},
	},
	CompensationTable: {
		"Time to be paid",
		"For each person the hours on call at level 1 of any escalation policy; those only at higher levels; and the hours called out: the engaged time, each minute once. The units of [compensation] round up the hours on call of the whole time, and each call-out; a call-out within the units of the one before is not paid twice. With outside_business_hours the hours from 8:00 to 18:00 on Monday to Friday in the time zone of the person are left out. The longest call-out is not rounded: a very long one was perhaps only forgotten to be resolved. With rates there are the amounts.",
		[]string{"", "on call h", "levels 2+ h", "called out h", "call-outs", "longest h"},
	},
}

// TableIDs returns the ids of all tables, in the order of a report.
func TableIDs() []string { return tableIDs }

// NewTable returns a table without rows.
func NewTable(id string) Table {
	d := definitions[id]
	return Table{ID: id, Title: d.title, Definition: d.text, Head: d.head}
}

// tables are those that the history suffices for.
func (c *computation) tables() []Table {
	all := []Table{c.slos(), c.escalations(), c.exceptions(), c.steps(), c.runbooks(), c.fairness(), c.compensation()}
	for n := range all {
		if t := &all[n]; len(c.gaps) > 0 && t.Unknown == "" && t.ID != RunbooksTable {
			t.Doubt = strings.TrimPrefix(t.Doubt+"; a part of the time was not read", "; ")
		}
	}
	return all
}

// Note is the sentence below a table on what is not known, or empty.
func (t *Table) Note() string {
	switch {
	case t.Unknown != "":
		return "unknown, because " + t.Unknown
	case len(t.Rows) == 0 && t.Doubt != "":
		return "none, but " + t.Doubt
	case len(t.Rows) == 0:
		return "none"
	}
	return t.Doubt
}

// Cells returns the head and the rows, or nil where there are no rows.
func (t *Table) Cells() [][]string {
	if t.Unknown != "" || len(t.Rows) == 0 {
		return nil
	}
	return append([][]string{t.Head}, t.Rows...)
}

// Data returns the rows for programs: numbers without units, lengths in seconds, shares
// from 0 to 1, whole texts; what is not known, or does not exist, is empty.
func (t *Table) Data() [][]string {
	if t.Unknown != "" {
		return nil
	}
	rows := t.data
	if rows == nil {
		rows = t.Rows
	}
	all := make([][]string, len(rows))
	for n, row := range rows {
		all[n] = slices.Clone(row)
		for k, cell := range row {
			if cell == "?" || cell == "-" {
				all[n][k] = ""
			}
		}
	}
	return all
}

// CSV returns the table with its head. What is not known has no rows.
func (t *Table) CSV() string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(t.Head) // a Builder never fails
	for _, row := range t.Data() {
		for n, cell := range row {
			row[n] = formulaFree(cell)
		}
		_ = w.Write(row)
	}
	w.Flush()
	return b.String()
}

// Markdown returns the table below a heading.
func (t *Table) Markdown() string {
	var b strings.Builder
	b.WriteString("## " + escaped(t.Title) + "\n")
	if cells := t.Cells(); cells != nil {
		b.WriteString("\n" + markdownTable(cells))
	}
	if note := t.Note(); note != "" {
		b.WriteString("\n" + escaped(note) + "\n")
	}
	return b.String()
}

func markdownTable(cells [][]string) string {
	var b strings.Builder
	for n, row := range cells {
		for _, cell := range row {
			b.WriteString("| " + escaped(cell) + " ")
		}
		b.WriteString("|\n")
		if n == 0 {
			b.WriteString("|---" + strings.Repeat("|--:", len(row)-1) + "|\n")
		}
	}
	return b.String()
}
