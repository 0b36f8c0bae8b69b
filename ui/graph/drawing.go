package graph

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/graph"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/pane"
	"firstline/ui/queries"
)

// drawing is all that the tab shows.
type drawing struct {
	question  graph.Question
	count, at int
	marks     []graph.Mark
	read      queries.Read
	span      span
	end, now  time.Time
	cursor    int
	rows      int
	ascii     bool
	noMetrics bool
	pen       *draw.Pen
	width     int
	// refresh is the key that reads all sources.
	refresh string
}

// How high the plot is at least and at most, with its axes.
const (
	leastPlot = 7
	mostPlot  = 28
	mostMarks = 8 // that the legend explains
)

// content draws the tab. It runs off the loop.
func (p *drawing) content(w *pane.Writer, width int) pane.Content {
	p.pen, p.width = &w.Pen, width
	if why := p.nothing(); why != "" {
		return pane.Content{Lines: p.pen.Paragraph(why, width, draw.Dim)}
	}
	head := p.head()
	d := &p.read.Data
	if p.read.Err != nil {
		head = append(head, p.failure()...)
	}
	if p.read.At.IsZero() {
		if p.read.Err == nil {
			head = append(head, "", p.dim("Asking "+clean.Line(p.question.Source)+" …"))
		}
		return pane.Content{Lines: head}
	}
	for _, sentence := range p.remarks() {
		head = append(head, p.pen.Paragraph(sentence, width, draw.Dim)...)
	}
	if !d.Any {
		head = append(head, p.pen.Paragraph(p.empty(), width, draw.Plain)...)
		return pane.Content{Lines: append(head, p.legend()...)}
	}
	foot := append(p.legend(), p.markLegend()...)
	height := min(max(p.rows-len(head)-len(foot), leastPlot), mostPlot)
	plot := plot{
		data: *d, threshold: p.question.Parts.Threshold, unit: p.question.Unit, marks: p.marks, cursor: p.cursor,
		width: width, height: height, ascii: p.ascii, pen: p.pen,
	}
	if p.cursor >= 0 {
		foot = append(p.legendAt(plot.cursorTime()), p.markLegend()...)
	}
	drawn := plot.lines()
	if w.Plain {
		drawn = p.inWords()
	}
	return pane.Content{Lines: append(append(head, drawn...), foot...)}
}

// time writes a time of day, with the day where that is not today.
func (p *drawing) time(at time.Time) string {
	if p.today(at) {
		return p.pen.Times().Minute(at)
	}
	return p.pen.Times().Whole(at)
}

// second writes the same to the second.
func (p *drawing) second(at time.Time) string {
	if p.today(at) {
		return p.pen.Times().Second(at)
	}
	return p.pen.Times().WholeSecond(at)
}

func (p *drawing) today(at time.Time) bool {
	return p.pen.Times().Date(at) == p.pen.Times().Date(p.now)
}

func (p *drawing) dim(text string) string { return p.pen.Theme.Of(draw.Dim).On(text) }

// nothing says why there is no graph.
func (p *drawing) nothing() string {
	switch {
	case p.noMetrics:
		return "No Prometheus is configured, so there is no graph."
	case p.count == 0:
		return "No alert of this group is known, so there is nothing to draw."
	case p.question.Why != "":
		return "What " + clean.Line(p.question.Title) + " measures is unknown, because " + clean.Line(p.question.Why) + "."
	}
	return ""
}

// head says what is drawn.
func (p *drawing) head() []string {
	title := clean.Line(p.question.Title)
	if p.count > 1 {
		title += fmt.Sprintf(" (%d of %d)", p.at+1, p.count)
	}
	first := p.pen.Cut(title, p.width)
	first = p.pen.Theme.Of(draw.Strong).On(first) + p.dim(p.pen.Cut("  "+clean.Line(p.question.Parts.Drawn), p.width-p.pen.WidthOf(first)))
	until := "now"
	if !p.end.IsZero() {
		until = p.time(p.end)
	}
	facts := []string{p.span.name + " until " + until}
	if t := p.question.Parts.Threshold; t != nil {
		facts = append(facts, "fires "+compares[t.Operator]+" "+graph.Exact(t.Value, p.question.Unit))
		if p.question.For > 0 {
			facts[1] += " for " + draw.Age(p.question.For)
		}
	}
	facts = append(facts, clean.Line(p.question.Source))
	if !p.read.At.IsZero() {
		facts = append(facts, "read "+p.second(p.read.At))
	}
	return []string{first, p.dim(p.pen.Cut(strings.Join(facts, " · "), p.width))}
}

// compares are the operators in words.
var compares = map[string]string{">": "above", ">=": "at or above", "<": "below", "<=": "at or below", "==": "at", "!=": "away from"}

// failure says why the last question failed, and what is shown instead.
func (p *drawing) failure() []string {
	text := clean.Line(sources.Sentence(p.read.Err))
	if p.read.Refused {
		text += ". It is asked again in an hour, or with " + p.refresh
	}
	return p.pen.Paragraph("! "+wording.Sentence(text)+".", p.width, draw.Warning)
}

// legend are the lines that are drawn, with their last values.
func (p *drawing) legend() []string {
	return p.legendOf("", func(l graph.Line) (float64, bool) { return l.Last, l.Current })
}

// legendAt is the legend with the values at a time.
func (p *drawing) legendAt(at time.Time) []string {
	step := p.read.Data.Range.Step
	text := p.time(at)
	if step < time.Minute {
		text = p.second(at)
	}
	return p.legendOf("at "+text, func(l graph.Line) (float64, bool) { return l.At(at, step) })
}

func (p *drawing) legendOf(heading string, valueOf func(graph.Line) (float64, bool)) []string {
	d := &p.read.Data
	names, values := make([]string, len(d.Lines)), make([]string, len(d.Lines))
	nameWidth, valueWidth := 0, 0
	for i, l := range d.Lines {
		names[i] = clean.Line(l.Name)
		values[i] = "gone"
		if heading != "" {
			values[i] = "–"
		}
		if value, has := valueOf(l); has {
			values[i] = graph.Number(value, p.question.Unit)
		}
		nameWidth, valueWidth = max(nameWidth, p.pen.WidthOf(names[i])), max(valueWidth, p.pen.WidthOf(values[i]))
	}
	nameWidth = min(nameWidth, max(p.width-valueWidth-14, 8))
	var out []string
	if d.Shared != "" && len(d.Lines) > 0 || heading != "" {
		shared := clean.Line(d.Shared)
		if heading != "" {
			out = append(out, p.pen.Theme.Of(draw.Accent).On(heading)+p.dim(p.pen.Cut(strings.TrimRight("  "+shared, " "), p.width-p.pen.WidthOf(heading))))
		} else {
			out = append(out, p.dim(p.pen.Cut(shared, p.width)))
		}
	}
	for i, l := range d.Lines {
		text := p.pen.Theme.Line(i).On(string(letterOf(i))) + " "
		if nameWidth > 0 {
			text += p.pen.Fit(names[i], nameWidth) + "  "
		}
		text += p.pen.FitRight(values[i], valueWidth)
		if t := p.question.Parts.Threshold; t != nil {
			if value, has := valueOf(l); has && t.Beyond(value) {
				text += p.pen.Theme.Of(draw.Critical).On("  beyond")
			}
		}
		out = append(out, text)
	}
	if more := d.Total - len(d.Lines); more > 0 {
		out = append(out, p.dim("the worst "+strconv.Itoa(len(d.Lines))+" of "+strconv.Itoa(d.Total)))
	}
	return out
}

// markLegend says what the letters above the plot mean.
func (p *drawing) markLegend() []string {
	var parts []string
	more := 0
	for _, m := range slices.Backward(p.marks) {
		switch r := p.read.Data.Range; {
		case m.At.Before(r.From) || m.At.After(r.To):
		case len(parts) == mostMarks:
			more++
		default:
			parts = append(parts, string(m.Letter)+" "+clean.Line(m.Text)+" "+p.time(m.At))
		}
	}
	slices.Reverse(parts)
	if more > 0 {
		parts = append([]string{wording.Count(more, "earlier mark")}, parts...)
	}
	if len(parts) == 0 {
		return nil
	}
	return p.pen.Paragraph(strings.Join(parts, " · "), p.width, draw.Dim)
}

// cursorTime is the time at the cursor.
func (p *plot) cursorTime() time.Time {
	scale := graph.ScaleOf(p.data, p.threshold, p.unit, max(min((p.height-3)/2, 5), 1))
	_, margin := p.labels(scale)
	width := p.width - margin - 1 - edge
	return p.timeOf(max(width-1-p.cursor, 0), width)
}
