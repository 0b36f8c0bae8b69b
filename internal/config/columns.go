package config

import (
	"slices"
	"strconv"
	"strings"

	"firstline/internal/clean"
)

// ListColumns are the columns of the list on the screen, in their usual order.
func ListColumns() []string { return []string{"severity", "age", "service", "title", "state", "who"} }

// columns reads the columns of the list; none are all.
func (b *builder) columns(names []string) []string {
	if !b.positions.has("list", "columns") {
		return ListColumns()
	}
	var all []string
	for i, name := range names {
		at := []string{"list", "columns", strconv.Itoa(i)}
		switch {
		case !slices.Contains(ListColumns(), name):
			b.fault(at, "%q is no column: the columns are %s", clean.Line(name), strings.Join(ListColumns(), ", "))
		case slices.Contains(all, name):
			b.fault(at, "the column %s is here twice", name)
		}
		all = append(all, name)
	}
	if !slices.Contains(all, "title") {
		b.fault([]string{"list", "columns"}, "title is missing: a row always says what is wrong")
	}
	return all
}
