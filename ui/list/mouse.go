package list

// lineAt is the line of the list at a line of the screen; -1 without one.
func (l *List) lineAt(y int) int {
	row := y - l.Layout.List.Y - 1
	if row < 0 || row >= l.Layout.List.Height-2 || l.startsWith() {
		return -1
	}
	for at := l.Offset; at < len(l.Visible); at++ {
		if row--; l.Roomy && l.Visible[at] >= 0 {
			row--
		}
		if row < 0 {
			return at
		}
	}
	return -1
}

// Click takes a click into the list: the cursor goes to the row, its first two cells
// also select it, and a heading is closed or opened. It reports whether a row was
// clicked.
func (l *List) Click(x, y int) (row bool) {
	at := l.lineAt(y)
	if at < 0 {
		return false
	}
	if s := l.HeadingAt(at); s != nil {
		l.Cursor = at
		l.close([]Section{*s}, !l.closed[s.key])
		return false
	}
	id := l.Rows[l.Visible[at]].ID
	l.MoveTo(at)
	if l.Current() == nil || l.Current().ID != id {
		return false // a row that was gone
	}
	if inside := x - l.Layout.List.X - 1; inside == 0 || inside == 1 {
		l.toggle()
		return false
	}
	return true
}

// Wheel scrolls the list. The cursor stays where it is as long as that is on the
// screen.
func (l *List) Wheel(lines int) {
	if len(l.Visible) == 0 || l.Roomy || l.startsWith() {
		return
	}
	h := l.Height()
	l.Offset = min(max(l.Offset+lines, 0), max(len(l.Visible)-h, 0))
	if to := min(max(l.Cursor, l.Offset), l.Offset+h-1); to != l.Cursor {
		l.MoveTo(to)
	}
	l.See()
}
