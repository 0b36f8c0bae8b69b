package frame

import (
	"fmt"
	"strings"

	"firstline/ui/draw"
	"firstline/ui/room"
)

// TooSmall says which side of the screen is short, and which sources fail: each
// is named or counted.
func (h *Header) TooSmall() string {
	var failing []string
	for _, s := range h.Sources() {
		if pieces, state := h.sourceAge(s); state == fails {
			name, mark := strings.TrimSpace(pieces[0].Text), strings.TrimPrefix(pieces[1].Text, "✗ ")
			failing = append(failing, "✗ "+name+" "+mark) // a name that is cut leaves the mark
		}
	}
	short := "Too " + h.Layout.Short + " for firstline."
	size := []string{
		fmt.Sprintf("It needs %dx%d;", room.LeastWidth, room.LeastHeight),
		fmt.Sprintf("this is %dx%d.", h.Width, h.Height),
	}
	lines := h.Wrap(short, h.Width)
	if h.Width < h.WidthOf("firstline.") || len(lines)+len(size)+min(len(failing), 1) > h.Height {
		lines = []string{short} // the sizes matter more than its end
	}
	free := h.Height - len(lines)
	if free == 0 && len(failing) > 0 {
		lines[0] = fmt.Sprintf("✗ %d failing. %s", len(failing), lines[0])
		failing = nil
	}
	if room := max(free-len(size), min(free, 1)); len(failing) > room {
		if room == 1 {
			failing = []string{fmt.Sprintf("✗ %d failing", len(failing))}
		} else {
			failing = append(failing[:room-1:room-1], fmt.Sprintf("✗ %d more failing", len(failing)-room+1))
		}
	}
	lines = append(lines, size[:min(len(size), free-len(failing))]...)
	for i := range lines {
		lines[i] = h.Cut(lines[i], h.Width)
	}
	for _, line := range failing {
		lines = append(lines, h.Theme.Of(draw.Critical).On(h.Cut(line, h.Width)))
	}
	return strings.Join(lines, "\n")
}
