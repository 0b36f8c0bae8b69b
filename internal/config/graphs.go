package config

import (
	"strconv"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/graph"
)

// graphs reads the graphs of a [[service]].
func (b *builder) graphs(service int, f []fileGraph) []graph.Configured {
	var all []graph.Configured
	for i, one := range f {
		at := []string{"service", strconv.Itoa(service), "graph", strconv.Itoa(i)}
		g := graph.Configured{Title: clean.Line(one.Title), Expression: strings.TrimSpace(one.Query)}
		title, expression := g.Check()
		if title != "" {
			b.fault(append(at, "title"), "%s", title)
		}
		if expression != "" {
			b.fault(append(at, "query"), "%s", clean.Line(expression))
		}
		all = append(all, g)
	}
	return all
}
