package config

import (
	"strconv"

	"firstline/internal/change"
)

func (b *builder) changes(f []fileChange) []change.Query {
	var all []change.Query
	for i, c := range f {
		at := []string{"change", strconv.Itoa(i)}
		if i == change.MostQueries {
			b.fault(at, "there may be at most %d [[change]]: each is a request for each group that is looked at", change.MostQueries)
			break
		}
		q := change.Query{Title: c.Title, Expression: c.Query}
		title, expression := q.Check()
		if title != "" {
			b.fault(append(at, "title"), "%s", title)
		}
		if expression != "" {
			b.fault(append(at, "query"), "%s", expression)
		}
		all = append(all, q)
	}
	return all
}
