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

// edge is the upper or lower edge of a box with a text in it.
func (s *Pen) edge(left, right, text string, width int, style Style) string {
	if text == "" {
		return style.On(left + strings.Repeat("─", width-2) + right)
	}
	text = s.Cut(text, width-5)
	rest := width - 4 - s.WidthOf(text)
	return style.On(left) + " " + text + " " + style.On(strings.Repeat("─", rest)+right)
}

// Rectangle is a part of the screen, in cells, from the top left corner.
type Rectangle struct{ X, Y, Width, Height int }

// Empty reports whether the part has no cell.
func (r Rectangle) Empty() bool { return r.Width <= 0 || r.Height <= 0 }
