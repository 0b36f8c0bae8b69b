package room

import "firstline/ui/draw"

// The least size at which everything that a decision needs can be shown.
const (
	LeastWidth  = 60
	LeastHeight = 15
)

// Where the screen changes its shape. Widths and heights are in cells.
const (
	oneHeaderWidth  = 170 // from here on the header fits on one line
	listNeedsWidth  = 150 // from here on the list gets what its rows need
	SideBySideWidth = 116 // from here on the pane is right of the list
	stackedHeight   = 19  // from here on, when narrow, it is below the list
	leastListWidth  = 64
	// Where the list is as wide as its rows need, the pane has at least this.
	leastPaneWidth = 72
)

// Layout is where everything is drawn. A part that is not shown is empty.
type Layout struct {
	Header, List, Pane, status, help draw.Rectangle
	// Group is the line of the group above the pane while that is read on the
	// whole screen; empty: list or pane are in frames.
	Group draw.Rectangle
	// Body is what dialogs and the full help are drawn over.
	Body draw.Rectangle
	// Short says which side is too short; then nothing else is set.
	Short string
}

// Middle is how wide something in the middle of the body is that needs at most so much. It
// takes the whole width rather than have two frames right beside each other.
func (l Layout) Middle(most int) int {
	if l.Body.Width < most+4 {
		return l.Body.Width
	}
	return most
}

// Beside reports whether the pane is right of the list.
func (l Layout) Beside() bool {
	return !l.List.Empty() && !l.Pane.Empty() && l.Pane.Y == l.List.Y
}

// The least that the divider leaves to list and pane, in cells.
const (
	leastDividedList, leastDividedPane         = 60, 50
	leastDividedListHeight, leastDividedHeight = 5, 5
)

// Divide moves the divider: the list gets a share of what it has together with the
// pane, in percent of the width, or of the height where the pane is below. 0 leaves
// the layout as it is.
func (l Layout) Divide(percent int) Layout {
	switch {
	case percent <= 0 || l.List.Empty() || l.Pane.Empty():
	case l.Beside():
		all := l.List.Width + l.Pane.Width
		l.List.Width = min(max((all*percent+50)/100, leastDividedList), all-leastDividedPane)
		l.Pane.X, l.Pane.Width = l.List.X+l.List.Width, all-l.List.Width
	default:
		all := l.List.Height + l.Pane.Height
		l.List.Height = min(max((all*percent+50)/100, leastDividedListHeight), all-leastDividedHeight)
		l.Pane.Y, l.Pane.Height = l.List.Y+l.List.Height, all-l.List.Height
	}
	return l
}

// Share is the list's share as Divide takes it; 0: there is no divider.
func (l Layout) Share() int {
	switch {
	case l.List.Empty() || l.Pane.Empty():
		return 0
	case l.Beside():
		return l.ShareAt(l.Pane.X-1, 0)
	}
	return l.ShareAt(0, l.Pane.Y-1)
}

// ShareAt is the list's share whose last column, or last line where the pane is
// below, is at a cell.
func (l Layout) ShareAt(x, y int) int {
	of, all := y+1-l.List.Y, l.List.Height+l.Pane.Height
	if l.Beside() {
		of, all = x+1-l.List.X, l.List.Width+l.Pane.Width
	}
	return min(max((of*100+all/2)/max(all, 1), 1), 100)
}

// OnDivider reports whether a cell is on the divider: the frames between list and
// pane, but not the tabs.
func (l Layout) OnDivider(x, y int) bool {
	switch {
	case l.List.Empty() || l.Pane.Empty():
		return false
	case l.Beside():
		return (x == l.Pane.X-1 || x == l.Pane.X) && y >= l.List.Y && y < l.List.Y+l.List.Height
	}
	return y == l.Pane.Y-1
}

// Reading reports whether the pane takes the whole screen: it has the keys, and
// there is no room for the list beside it, or the responder wants it so.
func Reading(width int, paneFocused, whole bool) bool {
	return paneFocused && (whole || width < SideBySideWidth)
}

// Arrange is the layout of a screen. It depends on nothing but its arguments;
// reading: the pane takes the whole screen. listNeeds is how wide the list must be
// for its rows; zero: unknown. A wide screen gives it that, and all else to the pane:
// blanks between a title and who has it would only be wide.
func Arrange(width, height int, reading bool, listNeeds int) Layout {
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
	case reading:
		l.Group = draw.Rectangle{X: b.X, Y: b.Y, Width: width, Height: 1}
		l.Pane = draw.Rectangle{X: b.X, Y: b.Y + 1, Width: width, Height: b.Height - 1}
	case width >= SideBySideWidth:
		left := max(leastListWidth, width*48/100)
		if width >= listNeedsWidth && listNeeds > 0 {
			left = max(min(listNeeds, width-leastPaneWidth), leastListWidth)
		}
		l.List = draw.Rectangle{X: b.X, Y: b.Y, Width: left, Height: b.Height}
		l.Pane = draw.Rectangle{X: b.X + left, Y: b.Y, Width: width - left, Height: b.Height}
	case b.Height >= stackedHeight:
		top := b.Height * 45 / 100
		l.List = draw.Rectangle{X: b.X, Y: b.Y, Width: width, Height: top}
		l.Pane = draw.Rectangle{X: b.X, Y: b.Y + top, Width: width, Height: b.Height - top}
	default:
		l.List = b
	}
	return l
}
