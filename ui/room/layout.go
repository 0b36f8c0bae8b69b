package room

import "firstline/ui/draw"

// The least size at which everything that a decision needs can be shown.
const (
	LeastWidth  = 60
	LeastHeight = 15
)

// Where the screen changes its shape. Widths and heights are in cells.
const (
	oneHeaderWidth  = 150 // from here on the header fits on one line
	sideBySideWidth = 116 // from here on the pane is right of the list
	stackedHeight   = 19  // from here on, when narrow, it is below the list
	leastListWidth  = 64
	focusedList     = 6 // the list's height while the pane below it is read
)

// Layout is where everything is drawn. A part that is not shown is empty.
type Layout struct {
	Header, List, Pane, status, help draw.Rectangle
	// Body is what dialogs and the full help are drawn over.
	Body draw.Rectangle
	// Short says which side is too short; then nothing else is set.
	Short string
}

// Arrange is the layout of a screen. It depends on nothing but its arguments;
// paneFocused says that the responder reads the pane and not the list.
func Arrange(width, height int, paneFocused bool) Layout {
	switch {
	case width < LeastWidth && height < LeastHeight:
		return Layout{Short: "narrow and too low"}
	case width < LeastWidth:
		return Layout{Short: "narrow"}
	case height < LeastHeight:
		return Layout{Short: "low"}
	}
	head := 2
	if width >= oneHeaderWidth {
		head = 1
	}
	l := Layout{
		Header: draw.Rectangle{X: 0, Y: 0, Width: width, Height: head},
		Body:   draw.Rectangle{X: 0, Y: head, Width: width, Height: height - head - 2},
		status: draw.Rectangle{X: 0, Y: height - 2, Width: width, Height: 1},
		help:   draw.Rectangle{X: 0, Y: height - 1, Width: width, Height: 1},
	}
	b := l.Body
	switch {
	case width >= sideBySideWidth:
		left := max(leastListWidth, width*48/100)
		l.List = draw.Rectangle{X: b.X, Y: b.Y, Width: left, Height: b.Height}
		l.Pane = draw.Rectangle{X: b.X + left, Y: b.Y, Width: width - left, Height: b.Height}
	case b.Height >= stackedHeight:
		top := b.Height * 45 / 100
		if paneFocused {
			top = focusedList
		}
		l.List = draw.Rectangle{X: b.X, Y: b.Y, Width: width, Height: top}
		l.Pane = draw.Rectangle{X: b.X, Y: b.Y + top, Width: width, Height: b.Height - top}
	case paneFocused:
		l.Pane = b
	default:
		l.List = b
	}
	return l
}
