package postmortem

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"firstline/internal/describe"
	"firstline/internal/graph"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
)

// Graph is what one rule measured around the incident.
type Graph struct {
	Question graph.Question
	Data     graph.Data
	Marks    []graph.Mark
	// Unread is why it was not read, in words that follow "because", or empty.
	Unread string
}

// How large a plot is.
const (
	plotWidth  = 64
	plotHeight = 8
)

// Points is how many points a plot has at most.
const Points = plotWidth

// mostMarks is how many marks are explained.
const mostMarks = 8

// compares are the operators in words.
var compares = map[string]string{">": "above", ">=": "at or above", "<": "below", "<=": "at or below", "==": "at", "!=": "away from"}

// graphs writes the graphs. All text from outside is outside of their code blocks.
func (p *Postmortem) graphs(write func(string, ...any)) {
	if len(p.Graphs) == 0 && p.GraphsMissing == "" {
		return
	}
	write("\n## Graphs")
	if p.GraphsMissing != "" {
		write("\n%s", line(wording.Sentence(p.GraphsMissing)))
	}
	for n := range p.Graphs {
		p.graph(&p.Graphs[n], write)
	}
}

func (p *Postmortem) graph(g *Graph, write func(string, ...any)) {
	q, d := &g.Question, &g.Data
	write("\n**%s** %s\n", line(q.Title), line(q.Parts.Drawn))
	switch {
	case q.Why != "":
		write("What it measures is unknown, because %s.", line(q.Why))
		return
	case g.Unread != "":
		write("Not read, because %s", line(g.Unread))
		return
	case !d.Any:
		write("%s has no value of it from %s to %s.\n", wording.Sentence(line(q.Source)), p.clock(d.Range.From), p.clock(d.Range.To))
	default:
		write("```text")
		for _, one := range p.plot(g) {
			write("%s", one)
		}
		write("```\n")
	}
	for _, sentence := range p.aboutGraph(g) {
		write("%s  ", sentence)
	}
}

// aboutGraph are the sentences below a graph.
func (p *Postmortem) aboutGraph(g *Graph) []string {
	q, d := &g.Question, &g.Data
	of := "From " + line(q.Source)
	if d.Total > 1 {
		worst := "worst"
		if q.Parts.Threshold == nil {
			worst = "greatest"
		}
		of += fmt.Sprintf(": at each time the %s value of %d series", worst, d.Total)
	}
	if d.Shared != "" {
		of += " with " + line(d.Shared)
	}
	all := []string{of + "."}
	if t := q.Parts.Threshold; t != nil {
		fires := "It fires " + compares[t.Operator] + " " + graph.Exact(t.Value, q.Unit)
		if q.For > 0 {
			fires += " for " + describe.Span(q.For)
		}
		switch scale := scaleOf(g); {
		case !d.Any:
		case scale.Above:
			fires += ", far above the graph"
		case scale.Below:
			fires += ", far below the graph"
		default:
			fires += ", drawn as dots"
		}
		all = append(all, fires+".")
	} else if q.Parts.Why != "" {
		all = append(all, "No threshold: "+line(q.Parts.Why)+".")
	}
	if d.Any && slices.ContainsFunc(columnsOf(g), math.IsNaN) {
		all = append(all, "Where there is no block there is no value.")
	}
	if d.Unmatched && q.Alerts != nil {
		all = append(all, "None of the series is known to be of the alerts, so all are drawn.")
	}
	if d.Missing != "" {
		all = append(all, "Series may be missing, because "+line(d.Missing)+".")
	}
	if d.Histograms > 0 {
		all = append(all, fmt.Sprintf("Not drawn: %s of native histograms.", wording.Count(d.Histograms, "series")))
	}
	if d.Infinite+d.Huge+d.Odd > 0 {
		all = append(all, "Some values are infinite or no numbers, and have no position.")
	}
	var marks []string
	for _, m := range g.Marks {
		if len(marks) < mostMarks && !m.At.Before(d.Range.From) && !m.At.After(d.Range.To) {
			marks = append(marks, fmt.Sprintf("%c %s %s", m.Letter, line(m.Text), p.clock(m.At)))
		}
	}
	if len(marks) > 0 {
		all = append(all, strings.Join(marks, ", ")+".")
	}
	return all
}

// eighths are the blocks of a column, by how many eighths of a row are filled.
var eighths = []rune(" ▁▂▃▄▅▆▇█")

// plot draws a graph as lines of text: a column without a block has no value.
func (p *Postmortem) plot(g *Graph) []string {
	q, d := &g.Question, &g.Data
	scale := scaleOf(g)
	ticks := map[int]string{}
	margin := 0
	for n, text := range graph.Numbers(scale.Ticks, q.Unit) {
		ticks[rowOf(scale.Ticks[n], scale)] = text
		margin = max(margin, len([]rune(text)))
	}
	columns := columnsOf(g)
	limit := -1
	if t := q.Parts.Threshold; t != nil && !scale.Above && !scale.Below {
		limit = rowOf(t.Value, scale)
	}
	lines := []string{strings.Repeat(" ", margin+2) + lettersOf(g)}
	for row := plotHeight - 1; row >= 0; row-- {
		text, axis := ticks[row], "┤"
		if text == "" {
			axis = "│"
		}
		var b strings.Builder
		for _, value := range columns {
			block := ' '
			if !math.IsNaN(value) {
				filled := max(int(math.Round((value-scale.Low)/(scale.High-scale.Low)*plotHeight*8)), 1)
				block = eighths[min(max(filled-row*8, 0), 8)]
			}
			if block == ' ' && row == limit {
				block = '·'
			}
			b.WriteRune(block)
		}
		lines = append(lines, strings.TrimRight(strings.Repeat(" ", margin-len([]rune(text)))+text+" "+axis+b.String(), " "))
	}
	clock := wallclock.Of(p.Now)
	first, last := clock.DayTime(d.Range.From), clock.DayTime(d.Range.To)
	lines = append(lines, strings.Repeat(" ", margin+1)+"└"+strings.Repeat("─", plotWidth),
		strings.Repeat(" ", margin+2)+first+strings.Repeat(" ", max(plotWidth-len([]rune(first))-len([]rune(last)), 1))+last)
	return lines
}

func scaleOf(g *Graph) graph.Scale {
	return graph.ScaleOf(g.Data, g.Question.Parts.Threshold, g.Question.Unit, plotHeight/2)
}

// rowOf is the row of a value, from below.
func rowOf(value float64, s graph.Scale) int {
	return min(max(int((value-s.Low)/(s.High-s.Low)*plotHeight), 0), plotHeight-1)
}

// column is the column of a time in the range.
func (g *Graph) column(at time.Time) int {
	r := g.Data.Range
	share := float64(at.Sub(r.From)) / float64(max(r.To.Sub(r.From), 1))
	return min(max(int(share*plotWidth), 0), plotWidth-1)
}

// columnsOf are the worst values by column; NaN: it has no value. A value fills the
// columns of its step.
func columnsOf(g *Graph) []float64 {
	columns := make([]float64, plotWidth)
	for n := range columns {
		columns[n] = math.NaN()
	}
	if len(g.Data.Lines) == 0 {
		return columns
	}
	r := g.Data.Range
	for _, point := range g.Data.Lines[0].Points {
		if !graph.Drawable(point.Value) || math.IsNaN(point.Value) || point.At.Before(r.From) || point.At.After(r.To) {
			continue
		}
		for c := g.column(point.At); c <= g.column(point.At.Add(r.Step-1)); c++ {
			if math.IsNaN(columns[c]) || g.Question.Worse(point.Value, columns[c]) {
				columns[c] = point.Value
			}
		}
	}
	return columns
}

// lettersOf is the row of the marks.
func lettersOf(g *Graph) string {
	row := []rune(strings.Repeat(" ", plotWidth))
	for n, m := range g.Marks {
		if n >= mostMarks {
			break
		}
		if m.At.Before(g.Data.Range.From) || m.At.After(g.Data.Range.To) {
			continue
		}
		c := g.column(m.At)
		for c < plotWidth && row[c] != ' ' {
			c++
		}
		if c < plotWidth {
			row[c] = m.Letter
		}
	}
	return strings.TrimRight(string(row), " ")
}
