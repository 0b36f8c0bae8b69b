package graph

import (
	"fmt"

	"firstline/internal/clean"
	"firstline/internal/graph"
)

// inWords says in the place of the plot how low and how high each line is, and when.
func (p *drawing) inWords() []string {
	var lines []string
	for i, l := range p.read.Data.Lines {
		if len(l.Points) == 0 {
			continue
		}
		low, high := l.Points[0], l.Points[0]
		for _, at := range l.Points {
			if at.Value < low.Value {
				low = at
			}
			if at.Value > high.Value {
				high = at
			}
		}
		name := string(letterOf(i))
		if of := clean.Line(l.Name); of != "" {
			name += " " + of
		}
		number := func(value float64) string { return graph.Number(value, p.question.Unit) }
		lines = append(lines, fmt.Sprintf("%s: lowest %s at %s, highest %s at %s, first %s at %s", name,
			number(low.Value), p.time(low.At), number(high.Value), p.time(high.At), number(l.Points[0].Value), p.time(l.Points[0].At)))
	}
	return lines
}
