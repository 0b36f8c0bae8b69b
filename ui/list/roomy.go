package list

import (
	"firstline/internal/triage"
	"firstline/ui/draw"
)

// Where all rows fit with two lines each, they have them: the title, then the
// service, the state and its reason. The list does not scroll then.

// linesOf is how many lines rows and headings take where each row has two.
func linesOf(visible []int) int {
	n := 0
	for _, line := range visible {
		n++
		if line >= 0 {
			n++
		}
	}
	return n
}

// fits reports whether all fit with two lines for each row.
func (l *List) fits(visible []int) bool {
	return len(visible) > 0 && linesOf(visible) <= l.Height() && len(lower(l.columns())) > 0
}

// lineOfCursor is the line of the cursor's row within the list.
func (l *List) lineOfCursor() int {
	if !l.Roomy {
		return l.Cursor - l.Offset
	}
	return linesOf(l.Visible[:min(l.Cursor, len(l.Visible))])
}

// spread gives each row two lines where all fit. It is done when the responder
// moves or changes the list, never for what comes in: the cursor's row would move.
func (l *List) spread() { l.Roomy = l.fits(l.Visible) }

// Resize fits the list to another size of the screen. One that is not on the screen
// stays as it was, to be so again.
func (l *List) Resize() {
	if l.Layout.List.Empty() {
		return
	}
	if h := l.Height(); h != l.height {
		l.height = h
		l.spread()
	}
	l.Roomy = l.Roomy && l.fits(l.Visible) || l.firstFits()
	l.Clamp()
	l.See()
}

// drawRoomy lays a row out on two lines, each exactly width cells wide.
func (l *List) drawRoomy(k RowKey) string {
	order := l.columns()
	c, style := roomyColumns(order, k.Width, k.wants, k.sparkColumn), styleOf(k)
	start := c.start(upper(order))
	second := []draw.Span{{Text: style.mark, Role: draw.Accent}, {Text: draw.Blanks(start - 1), Role: style.quiet}}
	left := k.Width - start - marginWidth
	var spark []draw.Span
	if c.spark > 0 {
		left -= 1 + c.spark
		spark = l.sparkSpans(k, style)
	}
	for i, column := range lower(order) {
		text, role := l.Cut(k.Row.Service, c.service), style.quiet
		if column == triage.StateColumn {
			text, role = l.noteIn(k, left), style.note
		}
		if i == 0 && len(lower(order)) > 1 {
			text += " · "
		}
		text = l.Cut(text, left)
		left -= l.WidthOf(text)
		second = append(second, draw.Span{Text: text, Role: role})
	}
	second = append(second, draw.Span{Text: draw.Blanks(left), Role: style.note})
	second = append(append(second, spark...), draw.Span{Text: draw.Blanks(marginWidth), Role: style.note})
	return l.Row(k.Cursor, l.cells(k, upper(order), c, style)...) + "\n" + l.Row(k.Cursor, second...)
}
