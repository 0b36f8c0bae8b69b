package list

// Line is the row of the group under the cursor, for where the list is not on the
// screen.
func (l *List) Line(width int) string {
	switch {
	case len(l.Visible) == 0:
		return l.Fit("", width)
	case l.HeadingAt(l.Cursor) != nil:
		return l.Fit(l.drawHeading(*l.HeadingAt(l.Cursor), false, width), width)
	}
	r := l.CurrentRow()
	k := RowKey{Row: r, Age: l.ageOf(r), Mark: l.Selected[r.ID], Width: width, method: int(l.Method)}
	k.left, k.near = l.LeftOf(r)
	return l.Drawn.Text(k, l.DrawRow)
}
