package ui

import "strings"

// box draws a frame of the rectangle's size around lines. title and footer are
// styled already and are cut to fit; every line must be exactly as wide as the
// inside. Missing lines are blank.
func (s *shared) box(r rectangle, title, footer string, focused bool, lines []string) []string {
	edge := border
	if focused {
		edge = accent
	}
	look := s.theme.of(edge)
	inside := r.width - 2
	side := look.on("│")
	blank := side + strings.Repeat(" ", inside) + side

	out := make([]string, 0, r.height)
	out = append(out, s.edge("┌", "┐", title, r.width, look))
	for i := range r.height - 2 {
		if i < len(lines) {
			out = append(out, side+lines[i]+side)
		} else {
			out = append(out, blank)
		}
	}
	return append(out, s.edge("└", "┘", footer, r.width, look))
}

// edge is the upper or lower edge of a box with a text in it.
func (s *shared) edge(left, right, text string, width int, look style) string {
	if text == "" {
		return look.on(left + strings.Repeat("─", width-2) + right)
	}
	text = s.cut(text, width-5)
	rest := width - 4 - s.widthOf(text)
	return look.on(left) + " " + text + " " + look.on(strings.Repeat("─", rest)+right)
}
