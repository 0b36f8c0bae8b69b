package list

import "firstline/ui/draw"

// Columns is how wide each column of the list is.
type Columns struct {
	service, title, Note, who int
	// spark is zero where the row has no sparkline.
	spark int
}

// The columns whose width never changes: the cursor's and the selection's
// mark, severity, age, and the stale mark, with their gaps.
const fixedColumns = 2 + 4 + 2 + 4 + 2 + 1

// leastTitle is how much of the title stays where the priority is before it.
const leastTitle = 16

// NarrowNote is how wide the note is in a narrow list.
const NarrowNote = 14

// Wants are how wide the columns must be for all that rows have to say; zero:
// unknown.
type Wants struct{ service, title, note, who int }

// with is what both want.
func (w Wants) with(o Wants) Wants {
	return Wants{max(w.service, o.service), max(w.title, o.title), max(w.note, o.note), max(w.who, o.who)}
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
		w = w.with(Wants{pen.WidthOf(r.Service), title, note, pen.WidthOf(r.Who)})
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

// longestTitle is how much of a list beside the pane titles may take.
const longestTitle = 80

// Needs is how wide the list must be for its titles, in its frame; zero: unknown.
func (l *List) Needs() int {
	w := l.wants
	if w.title == 0 {
		return 0
	}
	need := 2 + fixedColumns + min(w.title, longestTitle) + 1 + min(w.who, 18)
	if !l.Roomy {
		need += min(w.service, 20) + 1 + min(w.note, 28) + 1
	}
	if spark := l.sparkColumn(); spark > 0 && !l.Roomy {
		need += 1 + spark
	}
	return need
}

// ColumnsFor divides a row of that width. The title gets what is left, and the note
// what titles do not need.
func ColumnsFor(width int, w Wants) Columns { return columnsFor(width, w, 0) }

// columnsFor is ColumnsFor for a list with sparklines of a width, where titles do not
// need it; zero: it has none.
func columnsFor(width int, w Wants, spark int) Columns {
	var c Columns
	switch {
	case width >= 140:
		c = Columns{service: 20, Note: 44, who: 18}
	case width >= 110:
		c = Columns{service: 20, Note: 28, who: 18}
	case width >= 84:
		c = Columns{service: 12, Note: 26, who: 9}
	case width >= 70:
		c = Columns{service: 12, Note: NarrowNote, who: 9}
	default:
		c = Columns{service: 8, Note: NarrowNote, who: 6}
	}
	if w != (Wants{}) {
		c.service, c.who = min(c.service, max(w.service, 4)), min(c.who, max(w.who, 3))
		c.Note = min(c.Note, max(w.note, NarrowNote))
	}
	c.title = width - fixedColumns - c.service - c.Note - c.who - 3
	if spark > 0 && width >= leastForSparks && c.title-1-spark >= titleBesideSpark(width, w) {
		c.spark = spark
		c.title -= 1 + spark
	}
	if spare := min(c.title-w.title, w.note-c.Note); w.title > 0 && spare > 0 {
		c.title, c.Note = c.title-spare, c.Note+spare
	}
	return c
}

// roomyColumns divides a row that has two lines: the title and who has it are on the
// first, the service, the note and the sparkline on the second.
func roomyColumns(width int, w Wants, spark int) Columns {
	most := 18
	if width < 84 {
		most = 12
	}
	c := Columns{who: min(most, max(w.who, 3))}
	c.title = width - fixedColumns - c.who - 1
	c.service = min(20, max(w.service, 1))
	c.Note = width - fixedColumns - c.service - len(" | ")
	if spark > 0 && width >= leastForSparks && c.Note-1-spark >= min(max(w.note, NarrowNote), longestNote) {
		c.spark = spark
		c.Note -= 1 + spark
	}
	return c
}
