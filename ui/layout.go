package ui

// The least size at which everything that a decision needs can be shown.
const (
	leastWidth  = 60
	leastHeight = 15
)

// Where the screen changes its shape. Widths and heights are in cells.
const (
	oneHeaderWidth  = 150 // from here on the header fits on one line
	sideBySideWidth = 116 // from here on the pane stands right of the list
	stackedHeight   = 19  // from here on, when narrow, it stands below the list
	leastListWidth  = 64
	focusedList     = 6 // the list's height while the pane below it is read
)

// rectangle is a part of the screen, in cells, from the top left corner.
type rectangle struct{ x, y, width, height int }

func (r rectangle) empty() bool { return r.width <= 0 || r.height <= 0 }

// layout says where everything stands. A part that is not shown is empty.
type layout struct {
	header, list, pane, status, help rectangle
	// body is what dialogs and the full help are drawn over.
	body rectangle
	// short says which side is too short; then nothing else is set.
	short string
}

// arrange is the layout of a screen. It depends on nothing but its arguments;
// paneFocused says that the responder reads the pane and not the list.
func arrange(width, height int, paneFocused bool) layout {
	switch {
	case width < leastWidth && height < leastHeight:
		return layout{short: "narrow and too low"}
	case width < leastWidth:
		return layout{short: "narrow"}
	case height < leastHeight:
		return layout{short: "low"}
	}
	head := 2
	if width >= oneHeaderWidth {
		head = 1
	}
	l := layout{
		header: rectangle{0, 0, width, head},
		body:   rectangle{0, head, width, height - head - 2},
		status: rectangle{0, height - 2, width, 1},
		help:   rectangle{0, height - 1, width, 1},
	}
	b := l.body
	switch {
	case width >= sideBySideWidth:
		left := max(leastListWidth, width*48/100)
		l.list = rectangle{b.x, b.y, left, b.height}
		l.pane = rectangle{b.x + left, b.y, width - left, b.height}
	case b.height >= stackedHeight:
		top := b.height * 45 / 100
		if paneFocused {
			top = focusedList
		}
		l.list = rectangle{b.x, b.y, width, top}
		l.pane = rectangle{b.x, b.y + top, width, b.height - top}
	case paneFocused:
		l.pane = b
	default:
		l.list = b
	}
	return l
}
