package list

import (
	"fmt"

	"firstline/internal/triage"
	"firstline/ui/draw"
)

// leastRow is how wide a row must be for its columns.
const leastRow = 58

// Line is the row of the group under the cursor, for where the list is not on the
// screen. Where something is selected it says so first: actions are about that, and
// not about the group that is read.
func (l *List) Line(width int) string {
	lead := ""
	if n := len(l.Selected); n > 0 {
		this := "not this"
		if g := l.Current(); g != nil && l.Selected[g.ID] {
			this = "with this"
		}
		lead = fmt.Sprintf(" %d selected, %s:", n, this)
		width = max(width-l.WidthOf(lead), 1)
		lead = l.Theme.Of(draw.Warning).On(lead)
	}
	switch {
	case len(l.Visible) == 0:
		return lead + l.Fit("", width)
	case l.HeadingAt(l.Cursor) != nil:
		return lead + l.Fit(l.drawHeading(*l.HeadingAt(l.Cursor), false, width), width)
	}
	r := l.CurrentRow()
	k := RowKey{Row: r, Age: l.ageOf(r), Mark: l.Selected[r.ID], Width: width, method: int(l.Method), wants: wantsOf(&l.Pen, []Row{r})}
	k.left, k.near = l.LeftOf(r)
	if width < leastRow {
		style := styleOf(k)
		order := []triage.Column{triage.SeverityColumn, triage.AgeColumn, triage.TitleColumn}
		return lead + l.Fit(l.Spans(l.cells(k, order, Columns{title: max(width, 1)}, style)...), width)
	}
	return lead + l.Drawn.Text(k, l.DrawRow)
}
