package graph

import (
	"strings"
	"time"

	"github.com/NimbleMarkets/ntcharts/v2/canvas"
	chart "github.com/NimbleMarkets/ntcharts/v2/canvas/graph"
	"github.com/NimbleMarkets/ntcharts/v2/canvas/runes"

	"firstline/internal/expression"
	"firstline/internal/graph"
	"firstline/ui/draw"
)

// plot is what is drawn between the axes.
type plot struct {
	data      graph.Data
	threshold *expression.Threshold
	unit      expression.Unit
	marks     []graph.Mark
	// cursor is the column from the right where values are read; -1: none is.
	cursor int
	// width and height are those of the whole, with its axes.
	width, height int
	ascii         bool
	pen           *draw.Pen
}

// cell is one character of the plot.
type cell struct {
	letter rune
	style  draw.Style
}

// signs are what axes and marks are drawn with.
type signs struct{ axis, tick, corner, floor, floorTick, mark, cursor rune }

var (
	fine  = signs{'│', '┤', '└', '─', '┴', '┊', '│'}
	rough = signs{'|', '+', '+', '-', '+', ':', '|'}
)

func (p *plot) signs() signs {
	if p.ascii {
		return rough
	}
	return fine
}

// edge is how many columns are right of the plot, for the letters of its lines.
const edge = 2

// lines draws the plot with its axes: the letters of the marks, the plot, the axis of
// time and its labels.
func (p *plot) lines() []string {
	scale := graph.ScaleOf(p.data, p.threshold, p.unit, max(min((p.height-3)/2, 5), 1))
	labels, margin := p.labels(scale)
	width, height := p.width-margin-1-edge, p.height-3
	if width < 10 || height < 1 {
		return nil
	}
	cells := make([][]cell, height)
	for y := range cells {
		cells[y] = make([]cell, width)
	}
	p.vertical(cells)
	if p.threshold != nil && !scale.Above && !scale.Below {
		p.line(cells, scale)
	}
	ends := make([]cell, height)
	for i := len(p.data.Lines) - 1; i >= 0; i-- {
		p.series(cells, i, scale)
		if l := p.data.Lines[i]; l.Current && graph.Drawable(l.Last) {
			ends[p.row(l.Last, scale, height)] = cell{letterOf(i), p.pen.Theme.Line(i)}
		}
	}
	out := []string{draw.Blanks(margin+1) + p.letters(width)}
	border := p.pen.Theme.Of(draw.Border)
	for y, row := range cells {
		label, sign := draw.Blanks(margin), p.signs().axis
		if text, has := labels[y]; has {
			label, sign = p.pen.Theme.Of(draw.Dim).On(p.pen.FitRight(text, margin-1))+" ", p.signs().tick
		}
		end := ""
		if ends[y].letter != 0 {
			end = " " + ends[y].style.On(string(ends[y].letter))
		}
		out = append(out, label+border.On(string(sign))+written(row)+end)
	}
	return append(out, p.floor(margin, width)...)
}

// row is the row of a value: that of its dot. A row has four.
func (p *plot) row(value float64, s graph.Scale, height int) int {
	at := (value - s.Low) / (s.High - s.Low)
	return min(max(height-1-int(at*float64(4*height-1)+0.5)/4, 0), height-1)
}

// labels are the texts beside the plot by row, and how wide they are.
func (p *plot) labels(s graph.Scale) (labels map[int]string, width int) {
	labels = map[int]string{}
	texts := graph.Numbers(s.Ticks, p.unit)
	for i, tick := range s.Ticks {
		text := texts[i]
		labels[p.row(tick, s, p.height-3)] = text
		width = max(width, p.pen.WidthOf(text))
	}
	return labels, width + 1
}

// written is a row of cells as text, each style once.
func written(row []cell) string {
	var b, run strings.Builder
	var style draw.Style
	for _, c := range row {
		letter := c.letter
		if letter == 0 {
			letter = ' '
		}
		if c.style != style && letter != ' ' {
			b.WriteString(style.On(run.String()))
			run.Reset()
			style = c.style
		}
		run.WriteRune(letter)
	}
	b.WriteString(style.On(run.String()))
	return b.String()
}

// column is the column of a time; false: it is outside.
func (p *plot) column(at time.Time, width int) (column int, inside bool) {
	r := p.data.Range
	if at.Before(r.From) || at.After(r.To) {
		return 0, false
	}
	share := float64(at.Sub(r.From)) / float64(max(r.To.Sub(r.From), 1))
	return int(share*float64(width-1) + 0.5), true
}

// timeOf is the time of a column, at a step.
func (p *plot) timeOf(column, width int) time.Time {
	r := p.data.Range
	at := r.From.Add(time.Duration(float64(column) / float64(max(width-1, 1)) * float64(r.To.Sub(r.From))))
	return r.From.Add((at.Sub(r.From) + r.Step/2) / r.Step * r.Step)
}

// vertical draws the lines of marks and of the cursor, below all others.
func (p *plot) vertical(cells [][]cell) {
	fill := func(column int, c cell) {
		for y := range cells {
			cells[y][column] = c
		}
	}
	width := len(cells[0])
	for _, m := range p.marks {
		if column, inside := p.column(m.At, width); inside {
			fill(column, cell{p.signs().mark, p.pen.Theme.Of(draw.Dim)})
		}
	}
	if p.cursor >= 0 {
		fill(max(width-1-p.cursor, 0), cell{p.signs().cursor, p.pen.Theme.Of(draw.Accent)})
	}
}

// letters is the row above the plot: the letters of the marks, and the cursor's time.
func (p *plot) letters(width int) string {
	row := make([]cell, width)
	for _, m := range p.marks {
		column, inside := p.column(m.At, width)
		for inside && column < width && row[column].letter != 0 {
			column++ // two at one time are beside each other
		}
		if inside && column < width {
			row[column] = cell{m.Letter, p.pen.Theme.Of(draw.Strong)}
		}
	}
	return written(row)
}

// line draws the threshold as dots.
func (p *plot) line(cells [][]cell, s graph.Scale) {
	width, height := len(cells[0]), len(cells)
	style := p.pen.Theme.Of(draw.Critical)
	if p.ascii {
		y := p.row(p.threshold.Value, s, height)
		for x := range width {
			put(cells, x, y, '-', style)
		}
		return
	}
	g := chart.NewBrailleGrid(width, height, 0, 1, s.Low, s.High)
	y := g.GridPoint(canvas.Float64Point{Y: p.threshold.Value}).Y
	for x := 0; x < width*2; x += 2 {
		g.Set(canvas.Point{X: x, Y: y})
	}
	overlay(cells, g.BraillePatterns(), style)
}

// series draws one line.
func (p *plot) series(cells [][]cell, i int, s graph.Scale) {
	width, height := len(cells[0]), len(cells)
	style, r := p.pen.Theme.Line(i), p.data.Range
	span := float64(max(r.To.Sub(r.From), 1))
	g := chart.NewBrailleGrid(width, height, 0, span, s.Low, s.High)
	set, pointOf := g.Set, func(value float64, at time.Time) canvas.Point {
		return g.GridPoint(canvas.Float64Point{X: float64(at.Sub(r.From)), Y: value})
	}
	if p.ascii {
		set = func(at canvas.Point) { put(cells, at.X, at.Y, letterOf(i), style) }
		pointOf = func(value float64, at time.Time) canvas.Point {
			column, _ := p.column(at, width)
			return canvas.Point{X: column, Y: p.row(value, s, height)}
		}
	}
	points := p.data.Lines[i].Points
	var last canvas.Point
	for k, b := range points {
		if !graph.Drawable(b.Value) {
			continue
		}
		to := pointOf(b.Value, b.At)
		switch connected := k > 0 && graph.Connected(points[k-1], b, r.Step); {
		case connected && to == last:
		case connected:
			for _, at := range chart.GetLinePoints(last, to) {
				set(at)
			}
		default:
			set(to)
		}
		last = to
	}
	if p.ascii {
		return
	}
	overlay(cells, g.BraillePatterns(), style)
	if p.pen.Theme.NoColor && len(p.data.Lines) > 1 {
		p.name(cells, i, s)
	}
}

// apart is how many columns are between two letters on a line.
const apart = 24

// name writes the letter of a line on it, where no colour shows which it is.
func (p *plot) name(cells [][]cell, i int, s graph.Scale) {
	width := len(cells[0])
	for x := (i*5 + 4) % apart; x < width; x += apart {
		if value, has := p.data.Lines[i].At(p.timeOf(x, width), p.data.Range.Step); has && graph.Drawable(value) {
			put(cells, x, p.row(value, s, len(cells)), letterOf(i), "")
		}
	}
}

// overlay puts dots over what was drawn before. Dots in one cell are joined, and have
// the style of the last.
func overlay(cells [][]cell, dots [][]rune, style draw.Style) {
	for y, row := range dots {
		for x, dot := range row {
			if dot != runes.BrailleBlockOffset {
				cells[y][x] = cell{runes.CombineBraillePatterns(cells[y][x].letter, dot), style}
			}
		}
	}
}

func put(cells [][]cell, x, y int, letter rune, style draw.Style) {
	if y >= 0 && y < len(cells) && x >= 0 && x < len(cells[y]) {
		cells[y][x] = cell{letter, style}
	}
}

// letterOf is the letter of a line.
func letterOf(i int) rune { return 'a' + rune(i) }

// between are the times between two labels of the axis.
var between = []time.Duration{
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour,
	3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 48 * time.Hour, 168 * time.Hour,
}

// floor is the axis of time and the labels below it.
func (p *plot) floor(margin, width int) []string {
	r := p.data.Range
	span, room := r.To.Sub(r.From), len("15:04")+5
	write := p.pen.Times().Minute
	if span > 36*time.Hour {
		write, room = p.pen.Times().Weekday, len("Mon 15:04")+4
	}
	every := between[len(between)-1]
	for _, d := range between {
		if int(span/d)*room <= width {
			every = d
			break
		}
	}
	axis, labels := []rune(strings.Repeat(string(p.signs().floor), width)), []rune(draw.Blanks(p.width))
	from := r.From.In(p.pen.Location)
	midnight := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, from.Location())
	for at := midnight.Add((from.Sub(midnight) + every - 1) / every * every); !at.After(r.To); at = at.Add(every) {
		column, inside := p.column(at, width)
		if !inside {
			continue
		}
		axis[column] = p.signs().floorTick
		text := []rune(write(at))
		if begin := margin + 1 + column - len(text)/2; begin >= 0 && begin+len(text) <= len(labels) {
			copy(labels[begin:], text)
		}
	}
	return []string{
		draw.Blanks(margin) + p.pen.Theme.Of(draw.Border).On(string(p.signs().corner)+string(axis)),
		p.pen.Theme.Of(draw.Dim).On(strings.TrimRight(string(labels), " ")),
	}
}
