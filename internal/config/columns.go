package config

import (
	"slices"
	"strconv"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/triage"
)

// columns reads the columns of the list; none are all.
func (b *builder) columns(names []string) []triage.Column {
	if !b.positions.has("list", "columns") {
		return triage.Columns()
	}
	var all []triage.Column
	for i, name := range names {
		at := []string{"list", "columns", strconv.Itoa(i)}
		column := triage.Column(name)
		switch {
		case !slices.Contains(triage.Columns(), column):
			b.fault(at, "%q is no column: the columns are %s", clean.Line(name), joined(triage.Columns()))
		case slices.Contains(all, column):
			b.fault(at, "the column %s is here twice", name)
		}
		all = append(all, column)
	}
	if !slices.Contains(all, triage.TitleColumn) {
		b.fault([]string{"list", "columns"}, "title is missing: a row always says what is wrong")
	}
	return all
}

// joined are names between commas.
func joined(columns []triage.Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = string(c)
	}
	return strings.Join(names, ", ")
}
