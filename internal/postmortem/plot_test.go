package postmortem

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"firstline/internal/expression"
	"firstline/internal/graph"
	"firstline/sources"
)

// measured is a graph of an hour whose values are those of a function of the minute.
func measured(value func(minute int) float64) Graph {
	begin := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
	r := sources.Range{From: begin, To: begin.Add(time.Hour), Step: time.Minute}
	series := sources.Series{Labels: map[string]string{"pod": "a"}}
	for minute := range 61 {
		if v := value(minute); v != -1 {
			series.Points = append(series.Points, sources.Point{At: begin.Add(time.Duration(minute) * time.Minute), Value: v})
		}
	}
	q := graph.Question{
		Title: "Errors", Source: "prom", For: 2 * time.Minute,
		Parts: expression.Parts{Drawn: "errors", Threshold: &expression.Threshold{Value: 4, Operator: ">"}},
	}
	return Graph{
		Question: q, Data: graph.Worst(q, sources.Answer{Series: []sources.Series{series}, Extent: sources.Whole}, r),
		Marks: []graph.Mark{
			{At: begin.Add(30 * time.Minute), Letter: graph.Opened, Text: "incident"},
			{At: begin.Add(30 * time.Minute), Letter: graph.Fired, Text: "fired"},
			{At: begin.Add(2 * time.Hour), Letter: graph.Change, Text: "too late"},
		},
	}
}

// TestPlot draws a rise, with a gap in which there was no value.
func TestPlot(t *testing.T) {
	t.Parallel()
	p := example()
	p.Graphs = []Graph{measured(func(minute int) float64 {
		switch {
		case minute >= 10 && minute < 20:
			return -1
		case minute >= 30:
			return 8
		}
		return 0
	})}
	text := p.Markdown()
	for _, part := range []string{
		"## Graphs\n\n**Errors** errors\n\n```text\n",
		"From prom with pod=a.  \nIt fires above 4 for 2 m, drawn as dots.  \nWhere there is no block there is no value.  \n",
		"I incident 2026-11-20 03:30 CET, F fired 2026-11-20 03:30 CET.  \n",
		"20 Nov 03:00 CET", "20 Nov 04:00 CET",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in\n%s", part, text)
		}
	}
	if strings.Contains(text, "too late") {
		t.Error("a mark beyond the end is explained")
	}
	lines := p.plot(&p.Graphs[0])
	if len(lines) != plotHeight+3 {
		t.Fatalf("%d lines:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	bottom := []rune(strings.SplitN(lines[plotHeight], "┤", 2)[1])
	at := func(minute int) rune { return bottom[min(minute*plotWidth/60, plotWidth-1)] }
	if at(5) != '▁' || at(15) != ' ' || at(25) != '▁' || at(45) != '█' {
		t.Errorf("the lowest row is %q", string(bottom))
	}
	top := []rune(lines[1])
	if strings.Count(string(top), "█") != plotWidth-30*plotWidth/60 {
		t.Errorf("the highest row is %q", string(top))
	}
	if !strings.Contains(lines[0], "IF") {
		t.Errorf("the marks are %q", lines[0])
	}
}

// TestWhyNoPlot: what was not read is never drawn as nothing.
func TestWhyNoPlot(t *testing.T) {
	t.Parallel()
	unread := measured(func(int) float64 { return 1 })
	unread.Unread, unread.Data = "prom: no answer within 30 s.", graph.Data{}
	unknown := measured(func(int) float64 { return 1 })
	unknown.Question.Why = "prom has several rules of this name"
	empty := measured(func(int) float64 { return -1 })
	for _, tt := range []struct {
		graph   Graph
		missing string
		want    string
	}{
		{unread, "", "Not read, because prom: no answer within 30 s."},
		{unknown, "", "What it measures is unknown, because prom has several rules of this name."},
		{empty, "", "Prom has no value of it from 2026-11-20 03:00 CET to 2026-11-20 04:00 CET."},
		{measured(func(int) float64 { return math.NaN() }), "", "Prom has no value of it"},
		{empty, "no Prometheus is configured, so there is no graph.", "No Prometheus is configured, so there is no graph."},
	} {
		p := example()
		p.Graphs, p.GraphsMissing = []Graph{tt.graph}, tt.missing
		if text := p.Markdown(); !strings.Contains(text, tt.want) || strings.Contains(text, "```") {
			t.Errorf("%q is not in\n%s", tt.want, text)
		}
	}
	if p := example(); strings.Contains(p.Markdown(), "## Graphs") {
		t.Error("there is a heading without graphs")
	}
}

// TestPlotsHaveOneShape: whatever is measured, each line fits and a value is never
// drawn as none.
func TestPlotsHaveOneShape(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]func(int) float64{
		"flat": func(int) float64 { return 3 }, "zero": func(int) float64 { return 0 }, "below zero": func(m int) float64 { return float64(-m) - 2 },
		"huge": func(m int) float64 { return 1e290 * float64(m+1) }, "small": func(m int) float64 { return 1e-9 * float64(m) },
		"infinite": func(m int) float64 {
			if m%2 == 0 {
				return math.Inf(1)
			}
			return 1
		},
		"far from the threshold": func(m int) float64 { return 1e6 + float64(m) },
	} {
		p, g := example(), measured(value)
		lines := p.plot(&g)
		for _, one := range lines {
			if utf8.RuneCountInString(one) > plotWidth+16 {
				t.Errorf("%s: %q is too long", name, one)
			}
		}
		columns := columnsOf(&g)
		rows := lines[1 : 1+plotHeight]
		for c := range columns {
			drawn := false
			for _, row := range rows {
				cells := []rune(row[strings.IndexAny(row, "┤│")+len("┤"):])
				drawn = drawn || c < len(cells) && strings.ContainsRune("▁▂▃▄▅▆▇█", cells[c])
			}
			if drawn == math.IsNaN(columns[c]) {
				t.Errorf("%s: the value %v is drawn: %v\n%s", name, columns[c], drawn, strings.Join(lines, "\n"))
				break
			}
		}
	}
}
