package report

import (
	"encoding/csv"
	"strings"
)

// Table is a part of the report that is no single figure, such as the steps that
// helped.
type Table struct {
	// ID is its name in JSON and on the command line.
	ID, Title string
	// Definition says exactly what it is.
	Definition string
	// Head and Rows are the cells. Each row has as many cells as the head.
	Head []string
	Rows [][]string
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
)

// tableIDs are in the order of the report.
var tableIDs = []string{FairnessTable, CompensationTable}

var definitions = map[string]definition{
	FairnessTable: {
		"How the load is shared",
		"For each person who was on call or interrupted: the share of everybody's time on call (all levels, each minute once), interruptions, interruptions in sleep hours, interrupted nights and engaged time. An equal share is 1 divided by the number of these people. The last column is how many times an equal share of the interruptions the person had.",
		[]string{"", "on call", "interruptions", "sleep hours", "nights", "engaged", "of an equal share"},
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

// CSV returns the table with its head. What is not known has no rows.
func (t *Table) CSV() string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(t.Head) // a Builder never fails
	if t.Unknown == "" {
		for _, row := range t.Rows {
			line := make([]string, len(row))
			for n, cell := range row {
				line[n] = formulaFree(cell)
			}
			_ = w.Write(line)
		}
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
