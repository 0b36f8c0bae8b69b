package list

import (
	"slices"

	"firstline/internal/triage"
	"firstline/ui/draw"
)

// columns are those of the list.
func (l *List) columns() []triage.Column {
	if chosen := l.options.Columns; len(chosen) > 0 {
		return chosen
	}
	return triage.Columns()
}

// upper and lower are the columns on the first and on the second of two lines. Where
// the second would have none, rows have one line.
func upper(order []triage.Column) []triage.Column {
	return slices.DeleteFunc(slices.Clone(order), onSecond)
}

func lower(order []triage.Column) []triage.Column {
	return slices.DeleteFunc(slices.Clone(order), func(c triage.Column) bool { return !onSecond(c) })
}

func onSecond(c triage.Column) bool { return c == triage.ServiceColumn || c == triage.StateColumn }

// Columns is how wide each column of the list is; zero: the list does not have it.
type Columns struct {
	service, title, Note, who int
	// spark is zero where the row has no sparkline.
	spark int
}

// The widths that never change: the marks of the cursor and the selection, a severity with
// a blank, and an age with the mark of what is stale.
const marksWidth, severityWidth, ageWidth = 2, 5, 6

// marginWidth is the blank after the last column: no text touches the frame.
const marginWidth = 1

// of is how wide a column is.
func (c Columns) of(column triage.Column) int {
	switch column {
	case triage.SeverityColumn:
		return severityWidth
	case triage.AgeColumn:
		return ageWidth
	case triage.ServiceColumn:
		return c.service
	case triage.StateColumn:
		return c.Note
	case triage.WhoColumn:
		return c.who
	default:
		return c.title
	}
}

// rest is what is left for the title of a row: all that the marks, the other columns, the
// gaps between them and the margin leave.
func (c Columns) rest(order []triage.Column, width int) int {
	left := width - marksWidth - (len(order) - 1) - marginWidth
	for _, column := range order {
		if column != triage.TitleColumn {
			left -= c.of(column)
		}
	}
	return left
}

// start is where the title of a row begins.
func (c Columns) start(order []triage.Column) int {
	at := marksWidth
	for _, column := range order {
		if column == triage.TitleColumn {
			break
		}
		at += c.of(column) + 1
	}
	return at
}

// leastTitle is how much of the title stays where the priority is before it.
const leastTitle = 16

// NarrowNote is how wide the note is in a narrow list.
const NarrowNote = 14

// leastNote is how wide the note is at least: "acked".
const leastNote = 5

// Wants are how wide the columns must be for all that rows have to say; zero:
// unknown. given is for the first names of those who have the groups.
type Wants struct{ service, title, note, who, given int }

// with is what both want.
func (w Wants) with(o Wants) Wants {
	return Wants{max(w.service, o.service), max(w.title, o.title), max(w.note, o.note), max(w.who, o.who), max(w.given, o.given)}
}

// whoWithin is how wide the column of names is where it has at most so much. In a narrow
// list, where first names are in it, it needs only these.
func (w Wants) whoWithin(most int) int {
	const least = 3 // "you"
	if most < 12 && w.who > most && w.given > 0 {
		return min(most, max(w.given, least))
	}
	return min(most, max(w.who, least))
}

// wantsOf is what rows want.
func wantsOf(pen *draw.Pen, rows []Row) Wants {
	var w Wants
	for i := range rows {
		r := &rows[i]
		title := pen.WidthOf(r.Title)
		if r.priority != "" {
			title += pen.WidthOf(r.priority) + len(" | ")
		}
		note := 0
		for _, text := range r.Notes {
			if text != "" {
				note = pen.WidthOf(text)
				break
			}
		}
		if r.Next != "" && r.Next != "ends" {
			note += len(", " + r.Next + " in 59m")
		}
		w = w.with(Wants{pen.WidthOf(r.Service), title, note, pen.WidthOf(r.Who), pen.WidthOf(FirstName(r.Who))})
	}
	return w
}

// leastForSparks is how wide a row with a sparkline is at least, longestNote how much
// of a row of two lines the note needs at most before there is one.
const leastForSparks, longestNote = 84, 44

// titleBesideSpark is how wide titles are at least before a row has a sparkline: as wide
// as they need, but in a wide list.
func titleBesideSpark(width int, w Wants) int {
	title := min(max(w.title, leastTitle), longestTitle)
	if width >= cutForSparks {
		title = min(title, cutTitle)
	}
	return title
}

// cutForSparks is how wide a row is at least where a sparkline may cut titles, cutTitle
// what is left of them at least.
const cutForSparks, cutTitle = 120, 32

// longestWho is how much of a list names may take.
const longestWho = 18

// longestTitle is how much of a list beside the pane titles may take.
const longestTitle = 80

// needStep is by how much the list becomes wider at least: a title that is a bit longer
// than all others moves nothing.
const needStep = 8

// Needs is how wide the list must be for its rows, in its frame; zero: unknown.
func (l *List) Needs() int {
	w := l.wants
	if w.title == 0 {
		return 0
	}
	order := l.columns()
	if l.Roomy {
		order = upper(order)
	}
	c := Columns{service: min(w.service, 20), title: min(w.title, longestTitle), Note: min(w.note, 28), who: min(w.who, longestWho)}
	need := c.title + marksWidth + marginWidth + len(order) - 1
	for _, column := range order {
		if column != triage.TitleColumn {
			need += c.of(column)
		}
	}
	spark := 0
	if column := l.sparkColumn(); column > 0 {
		spark = 1 + column
	}
	if l.Roomy {
		need = max(need, c.second(order, l.columns(), min(w.note, longestNote))+spark+marginWidth)
	} else {
		need += spark
	}
	if spark > 0 {
		need = max(need, leastForSparks)
	}
	return 2 + (need+needStep-1)/needStep*needStep
}

// second is how wide the second of two lines is, with a note of that width.
func (c Columns) second(first, all []triage.Column, note int) int {
	width := c.start(first) + note
	if slices.Contains(all, triage.ServiceColumn) {
		width += c.service + len(" | ")
	}
	return width
}

// ColumnsFor divides a row of that width. The title gets what is left, and the note
// what titles do not need.
func ColumnsFor(width int, w Wants) Columns { return columnsFor(triage.Columns(), width, w, 0) }

// columnsFor is ColumnsFor for some columns, and with sparklines of a width, where titles
// do not need it; zero: the list has none.
func columnsFor(order []triage.Column, width int, w Wants, spark int) Columns {
	var c Columns
	switch {
	case width >= 140:
		c = Columns{service: 20, Note: 44, who: longestWho}
	case width >= 110:
		c = Columns{service: 20, Note: 28, who: longestWho}
	case width >= 84:
		c = Columns{service: 12, Note: 26, who: 9}
	case width >= 70:
		c = Columns{service: 12, Note: NarrowNote, who: 9}
	default:
		c = Columns{service: 8, Note: NarrowNote, who: 6}
	}
	if w != (Wants{}) {
		c.service, c.who = min(c.service, max(w.service, 4)), w.whoWithin(c.who)
		c.Note = min(c.Note, max(w.note, leastNote))
	}
	c.title = c.rest(order, width)
	if spark > 0 && width >= leastForSparks && c.title-1-spark >= titleBesideSpark(width, w) {
		c.spark = spark
		c.title -= 1 + spark
	}
	if more := min(w.who, longestWho) - c.who; more > 0 && w.title > 0 && c.title-w.title >= more && slices.Contains(order, triage.WhoColumn) {
		c.title, c.who = c.title-more, c.who+more
	}
	if spare := min(c.title-w.title, w.note-c.Note); w.title > 0 && spare > 0 && slices.Contains(order, triage.StateColumn) {
		c.title, c.Note = c.title-spare, c.Note+spare
	}
	return c.apart(order, w)
}

// apart puts a second blank behind services and notes, where titles do not need it.
func (c Columns) apart(order []triage.Column, w Wants) Columns {
	if w.title == 0 {
		return c
	}
	if c.title > w.title+1 && c.service >= w.service && slices.Contains(order, triage.ServiceColumn) {
		c.title, c.service = c.title-1, c.service+1
	}
	if c.title > w.title+1 && c.Note >= w.note && slices.Contains(order, triage.StateColumn) {
		c.title, c.Note = c.title-1, c.Note+1
	}
	return c
}

// roomyColumns divides a row that has two lines: the service, the note and the sparkline
// are on the second.
func roomyColumns(order []triage.Column, width int, w Wants, spark int) Columns {
	most := longestWho
	if width < 84 {
		most = 12
	}
	c := Columns{who: w.whoWithin(most)}
	c.title = c.rest(upper(order), width)
	c.service = min(20, max(w.service, 1))
	c.Note = width - c.start(upper(order)) - marginWidth
	if slices.Contains(order, triage.ServiceColumn) {
		c.Note -= c.service + len(" | ")
	}
	if spark > 0 && width >= leastForSparks && c.Note-1-spark >= min(max(w.note, NarrowNote), longestNote) {
		c.spark = spark
		c.Note -= 1 + spark
	}
	return c
}
