package report

import (
	"cmp"
	"fmt"
	"slices"

	"firstline/internal/clean"
	"firstline/internal/history/past"
	"firstline/internal/wallclock"
)

// figureOf returns a figure by its id.
func figureOf(id string) *Figure {
	n := slices.IndexFunc(figures, func(f Figure) bool { return f.ID == id })
	return &figures[n]
}

// limited returns a table with what is not known of it, because of a figure.
func (c *computation) limited(table, figure string) Table {
	t, f := NewTable(table), figureOf(figure)
	if t.Unknown = c.whyUnknown(f); t.Unknown != "" {
		return t
	}
	t.Doubt = c.doubt(f, &c.facts)
	if nothingRecorded(f, &c.facts) {
		t.Unknown = t.Doubt
	}
	return t
}

// escalations counts who escalated.
func (c *computation) escalations() Table {
	t := c.limited(EscalationsTable, "to_owner")
	if t.Unknown != "" {
		return t
	}
	hours := c.whyUnknown(figureOf("exceptions")) == ""
	kindsOf := []kind{toOwner, toFirstLine, returned, exception}
	counts := map[string][]int{}
	for n, k := range kindsOf {
		for _, f := range c.facts[k] {
			if counts[f.By] == nil {
				counts[f.By] = make([]int, len(kindsOf))
			}
			counts[f.By][n]++
		}
	}
	for by, of := range counts {
		row := []string{Fact{By: by}.ByName(c.h.People)}
		for n := range kindsOf {
			cell := fmt.Sprint(of[n])
			if kindsOf[n] == exception && !hours {
				cell = "?"
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	all := map[string]int{}
	for by, of := range counts {
		all[Fact{By: by}.ByName(c.h.People)] += of[0] + of[1]
	}
	slices.SortFunc(t.Rows, func(a, b []string) int { return cmp.Or(cmp.Compare(all[b[0]], all[a[0]]), slices.Compare(a, b)) })
	return t
}

// exceptions lists who woke developers outside their hours, and why.
func (c *computation) exceptions() Table {
	t := c.limited(ExceptionsTable, "exceptions")
	if t.Unknown != "" {
		return t
	}
	clock := wallclock.In(c.o.Zone)
	for _, f := range c.facts[exception] {
		t.Rows = append(t.Rows, []string{
			clock.Stamp(f.At), nameOfIncident(f.Incident), named([]past.Name{f.Incident.Service}, "service")[0].Name, f.ByName(c.h.People),
			cmp.Or(clean.Line(f.Why), "no note"),
		})
	}
	return t
}
