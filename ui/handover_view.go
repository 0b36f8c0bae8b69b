package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// frame is where the page stands.
func (p *handoverPage) frame() draw.Rectangle {
	body := p.Layout.Body
	width := min(body.Width, 110)
	return draw.Rectangle{X: body.X + (body.Width-width)/2, Y: body.Y, Width: width, Height: body.Height}
}

func (p *handoverPage) resize() {
	area := p.frame()
	p.area.SetWidth(area.Width - 4)
	p.area.SetHeight(max(area.Height-2, 1))
}

// lines are the text as wide as the page.
func (p *handoverPage) lines() []string {
	width := p.frame().Width - 4
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(p.text, "\n"), "\n") {
		words := strings.TrimLeft(line, " ")
		edge := draw.Blanks(min(len(line)-len(words), width/2))
		look := draw.Plain
		if strings.HasPrefix(words, "#") {
			look = draw.Accent
		}
		hang := ""
		if strings.HasPrefix(words, "- ") {
			hang = "  "
		}
		for i, l := range p.Wrap(words, width-len(edge)-len(hang)) {
			if i > 0 {
				l = hang + l
			}
			lines = append(lines, edge+p.Theme.Of(look).On(l))
		}
	}
	return lines
}

func (p *handoverPage) scroll(c keymap.Command) {
	r := reader{shared: p.shared, offset: p.offset}
	r.move(c, p.frame().Height-2)
	p.offset = r.offset
	p.clamp()
}

func (p *handoverPage) clamp() {
	p.offset = min(max(p.offset, 0), max(len(p.lines())-(p.frame().Height-2), 0))
}

// draw gives the page's lines, where they stand, and the text cursor.
func (p *handoverPage) draw() ([]string, draw.Rectangle, *tea.Cursor) {
	area := p.frame()
	inside, rows := area.Width-4, area.Height-2
	var shown []string
	var cursor *tea.Cursor
	footer := ""
	switch {
	case p.making.Busy():
		shown = []string{p.Theme.Of(draw.Dim).On("Putting it together …")}
	case p.editing:
		p.resize()
		shown = strings.Split(p.area.View(), "\n")
		if cursor = p.area.Cursor(); cursor != nil {
			cursor.X += area.X + 2
			cursor.Y += area.Y + 1
		}
	default:
		all := p.lines()
		from := min(p.offset, max(len(all)-rows, 0))
		shown = all[from:min(from+rows, len(all))]
		if len(all) > rows {
			footer = p.Theme.Of(draw.Dim).On(fmt.Sprintf("%d–%d of %d", from+1, from+len(shown), len(all)))
		}
	}
	lines := make([]string, 0, rows)
	for _, l := range shown[:min(len(shown), rows)] {
		lines = append(lines, " "+p.Fit(l, inside)+" ")
	}
	if p.naming {
		for len(lines) < rows {
			lines = append(lines, draw.Blanks(area.Width-2))
		}
		label := "Write it to the file "
		p.path.SetWidth(max(inside-len(label)-1, 1))
		lines[rows-2] = " " + p.Theme.Of(draw.Border).On(strings.Repeat("─", inside)) + " "
		lines[rows-1] = " " + p.Fit(p.Theme.Of(draw.Accent).On(label)+p.path.View(), inside) + " "
		if cursor = p.path.Cursor(); cursor != nil {
			cursor.X += area.X + 2 + len(label)
			cursor.Y = area.Y + rows
		}
	}
	title := "Shift hand-off"
	if p.edited {
		title += ", as you left it"
	}
	return p.Box(area, p.Theme.Of(draw.Strong).On(title), footer, true, lines), area, cursor
}
