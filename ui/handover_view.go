package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// frame is where the page stands.
func (p *handoverPage) frame() rectangle {
	body := p.layout.body
	width := min(body.width, 110)
	return rectangle{body.x + (body.width-width)/2, body.y, width, body.height}
}

func (p *handoverPage) resize() {
	area := p.frame()
	p.area.SetWidth(area.width - 4)
	p.area.SetHeight(max(area.height-2, 1))
}

// lines are the text as wide as the page.
func (p *handoverPage) lines() []string {
	width := p.frame().width - 4
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(p.text, "\n"), "\n") {
		words := strings.TrimLeft(line, " ")
		edge := blanks(min(len(line)-len(words), width/2))
		look := plain
		if strings.HasPrefix(words, "#") {
			look = accent
		}
		hang := ""
		if strings.HasPrefix(words, "- ") {
			hang = "  "
		}
		for i, l := range p.wrap(words, width-len(edge)-len(hang)) {
			if i > 0 {
				l = hang + l
			}
			lines = append(lines, edge+p.theme.of(look).on(l))
		}
	}
	return lines
}

func (p *handoverPage) scroll(c command) {
	r := reader{shared: p.shared, offset: p.offset}
	r.move(c, p.frame().height-2)
	p.offset = r.offset
	p.clamp()
}

func (p *handoverPage) clamp() {
	p.offset = min(max(p.offset, 0), max(len(p.lines())-(p.frame().height-2), 0))
}

// draw gives the page's lines, where they stand, and the text cursor.
func (p *handoverPage) draw() ([]string, rectangle, *tea.Cursor) {
	area := p.frame()
	inside, rows := area.width-4, area.height-2
	var shown []string
	var cursor *tea.Cursor
	footer := ""
	switch {
	case p.making:
		shown = []string{p.theme.of(dim).on("Putting it together …")}
	case p.editing:
		p.resize()
		shown = strings.Split(p.area.View(), "\n")
		if cursor = p.area.Cursor(); cursor != nil {
			cursor.X += area.x + 2
			cursor.Y += area.y + 1
		}
	default:
		all := p.lines()
		from := min(p.offset, max(len(all)-rows, 0))
		shown = all[from:min(from+rows, len(all))]
		if len(all) > rows {
			footer = p.theme.of(dim).on(fmt.Sprintf("%d–%d of %d", from+1, from+len(shown), len(all)))
		}
	}
	lines := make([]string, 0, rows)
	for _, l := range shown[:min(len(shown), rows)] {
		lines = append(lines, " "+p.fit(l, inside)+" ")
	}
	if p.naming {
		for len(lines) < rows {
			lines = append(lines, blanks(area.width-2))
		}
		label := "Write it to the file "
		p.path.SetWidth(max(inside-len(label)-1, 1))
		lines[rows-2] = " " + p.theme.of(border).on(strings.Repeat("─", inside)) + " "
		lines[rows-1] = " " + p.fit(p.theme.of(accent).on(label)+p.path.View(), inside) + " "
		if cursor = p.path.Cursor(); cursor != nil {
			cursor.X += area.x + 2 + len(label)
			cursor.Y = area.y + rows
		}
	}
	title := "Shift hand-off"
	if p.edited {
		title += ", as you left it"
	}
	return p.box(area, p.theme.of(strong).on(title), footer, true, lines), area, cursor
}
