package draw

import "strings"

// Box draws a frame of the rectangle's size around lines. title and footer are
// styled already and are cut to fit; every line must be exactly as wide as the
// inside. Missing lines are blank.
func (s *Pen) Box(r Rectangle, title, footer string, focused bool, lines []string) []string {
	edge := Border
	if focused {
		edge = Accent
	}
	style := s.Theme.Of(edge)
	inside := r.Width - 2
	side := style.On("│")
	blank := side + strings.Repeat(" ", inside) + side

	out := make([]string, 0, r.Height)
	out = append(out, s.edge("┌", "┐", title, r.Width, style))
	for i := range r.Height - 2 {
		if i < len(lines) {
			out = append(out, side+lines[i]+side)
		} else {
			out = append(out, blank)
		}
	}
	return append(out, s.edge("└", "┘", footer, r.Width, style))
}

// Ruled draws lines below a rule, without a frame around them: title is at the left
// of the rule, note at the right. Both are styled already and are cut to fit.
// Missing lines, and what is missing of a line, are blank.
func (s *Pen) Ruled(r Rectangle, title, note string, focused bool, lines []string) []string {
	edge := Border
	if focused {
		edge = Accent
	}
	style := s.Theme.Of(edge)
	out := make([]string, 0, r.Height)
	if note != "" {
		note = " " + s.Cut(note, r.Width/2) + " "
	}
	title = s.Cut(title, r.Width-s.WidthOf(note)-4)
	rest := r.Width - 3 - s.WidthOf(title) - s.WidthOf(note) - 1
	out = append(out, style.On("─")+" "+title+" "+style.On(strings.Repeat("─", max(rest, 0)))+note+style.On("─"))
	for i := range r.Height - 1 {
		line := ""
		if i < len(lines) {
			line = lines[i]
		}
		out = append(out, s.Fit(line, r.Width))
	}
	return out
}

// edge is the upper or lower edge of a box with a text in it.
func (s *Pen) edge(left, right, text string, width int, style Style) string {
	if text == "" {
		return style.On(left + strings.Repeat("─", width-2) + right)
	}
	text = s.Cut(text, width-5)
	rest := width - 4 - s.WidthOf(text)
	return style.On(left) + " " + text + " " + style.On(strings.Repeat("─", max(rest, 0))+right)
}

// Rectangle is a part of the screen, in cells, from the top left corner.
type Rectangle struct{ X, Y, Width, Height int }

// Has reports whether a cell is in the part.
func (r Rectangle) Has(x, y int) bool {
	return x >= r.X && x < r.X+r.Width && y >= r.Y && y < r.Y+r.Height
}

// Empty reports whether the part has no cell.
func (r Rectangle) Empty() bool { return r.Width <= 0 || r.Height <= 0 }
