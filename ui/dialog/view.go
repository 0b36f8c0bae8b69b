package dialog

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// roomyHeight is the height of the body from which on blank lines are spent.
const roomyHeight = 26

// textEdge is the edge left of a text field.
const textEdge = "| "

// Parts are what a dialog consists of at one moment.
type Parts struct {
	// Rows are the preview; Upper rows of the screen are for them.
	Rows  []draw.Row
	Upper int
	// lower is how many rows are below the preview.
	lower int
	// brief: what must be seen has all the room.
	brief bool
}

// Parts arranges the dialog. Where what must be seen before the button is
// pressed does not fit, it gets all the room. While something is written or
// chosen the height does not depend on it.
func (d *Dialog) Parts() Parts {
	room := d.Layout.Body.Height - 2
	p := Parts{Rows: d.preview(), lower: d.noticeRows() + 1} // and the keys
	switch {
	case d.sending, d.finished:
	case d.writes():
		p.lower += 1 + d.typedHeight() + len(d.othersLines())
	case d.Field == MatcherField:
		p.Upper = max(room-p.lower, 1)
		return p
	case d.Field == SendField && draw.LastMust(p.Rows) > room-p.lower:
		plan := d.planRows()
		last := draw.LastMust(plan)
		p.brief, p.lower = true, 1
		p.Rows = slices.Concat(plan[:last], draw.TextRows(d.groupLines()...), plan[last:])
	}
	p.Upper = max(min(len(p.Rows), room-p.lower), 1)
	return p
}

// Visible are the rows that are on the screen.
func (d *Dialog) Visible(p Parts) []draw.Row {
	from, to := draw.WholeWindow(p.Rows, d.scroll, p.Upper)
	return p.Rows[from:to]
}

// NoteSeen notes what is on the screen of the preview.
func (d *Dialog) NoteSeen() {
	if d.done > 0 && !d.stale() && d.Layout.Short == "" && !d.sending && !d.finished {
		d.Note(d.Visible(d.Parts()), d.TimeNow())
	}
}

// ReadOn scrolls to what must still be seen before the button is pressed; false:
// all was.
func (d *Dialog) ReadOn() bool {
	if d.Field != SendField || d.stale() {
		return false
	}
	p := d.Parts()
	at := d.Unseen(p.Rows)
	if at >= 0 {
		d.scroll, _ = draw.WholeWindow(p.Rows, at, p.Upper)
	}
	return at >= 0
}

// scrollBy scrolls the preview.
func (d *Dialog) scrollBy(n int) {
	p := d.Parts()
	d.scroll = draw.Scrolled(p.Rows, d.scroll, n, p.Upper)
}

// areaOf is where the dialog is drawn: from the top of the body on, as high as
// what it shows, and beside the pane where that is right of the list.
func (d *Dialog) areaOf(p Parts) draw.Rectangle {
	body := d.Layout.Body
	x, width := d.across()
	return draw.Rectangle{X: x, Y: body.Y, Width: width, Height: min(p.Upper+p.lower+2, body.Height)}
}

// across is where the dialog begins, and its width.
func (d *Dialog) across() (x, width int) {
	if d.Layout.Beside() {
		return d.Layout.List.X, d.Layout.List.Width
	}
	body := d.Layout.Body
	width = d.Layout.Middle(104)
	return body.X + (body.Width-width)/2, width
}

// inside is how wide text in the dialog is.
func (d *Dialog) inside() int {
	_, width := d.across()
	return width - 4
}

func (d *Dialog) heading() string {
	title := wording.Sentence(d.action.Words())
	if d.undo != nil {
		return "Undo: " + d.undo.plan.Action.Words()
	}
	if d.responders {
		title = "Ask to join"
	}
	if d.action == respond.Escalate {
		title += " to " + d.options.escalationTo(d.Groups)
	}
	for i, a := range d.answers {
		if d.responders {
			title += ": " + clean.Line(a.Name)
			continue
		}
		title += d.questions[i].said(a)
	}
	if len(d.Groups) > 1 {
		title += " · " + wording.Count(len(d.Groups), "group")
	}
	return title
}

// Draw returns the dialog's lines, their position, and the text cursor.
func (d *Dialog) Draw() ([]string, draw.Rectangle, *tea.Cursor) {
	p, inside := d.Parts(), d.inside()
	area := d.areaOf(p)
	room := area.Height - 2
	var lines []string
	add := func(line string) { lines = append(lines, " "+d.Fit(line, inside)+" ") }

	for _, r := range d.Visible(p) {
		add(r.Text)
	}
	for len(lines) < p.Upper {
		add("") // what would be cut
	}
	from, to := draw.WholeWindow(p.Rows, d.scroll, p.Upper)
	footer := ""
	if hidden := len(p.Rows) - to; hidden > 0 {
		footer = d.Theme.Of(draw.Warning).On(fmt.Sprintf("▼ %s more, %s", wording.Count(hidden, "line"), d.keyOf(keymap.HalfDown)))
	} else if from > 0 {
		footer = d.Theme.Of(draw.Dim).On("▲ " + d.keyOf(keymap.HalfUp))
	}
	if d.writes() {
		for _, l := range slices.Concat(d.typedLines(), d.othersLines()) {
			add(l)
		}
	}
	if !p.brief {
		for _, l := range d.noticeLines() {
			add(l)
		}
	}
	add(d.buttonLine(p))
	return d.Box(area, d.Theme.Of(draw.Strong).On(d.heading()), footer, true, lines[:min(len(lines), room)]), area, d.cursor(p, area)
}

// cursor is the text cursor of the field that has the keys; nil where none has.
func (d *Dialog) cursor(p Parts, area draw.Rectangle) *tea.Cursor {
	if d.sending || d.finished {
		return nil
	}
	var cursor *tea.Cursor
	left, row := len(textEdge), 0
	switch {
	case d.Field == pickField:
		cursor, left, row = d.picker.Cursor(), d.WidthOf(d.labelEdge()), d.pickRow()
	case d.Field == MatcherField:
		cursor, row = d.Matchers.Cursor(), d.pickRow()+1
	case d.writes():
		cursor, row = d.typed().Cursor(), p.Upper+1
	}
	if cursor != nil {
		cursor.X += area.X + 2 + left
		cursor.Y += area.Y + 1 + row
	}
	return cursor
}

// typedLabel names the text that is typed.
func (d *Dialog) typedLabel() string {
	switch {
	case d.Field == noteField:
		return "The whole note, in your own words; empty it to have it written for you"
	case d.action == respond.AddNote:
		return "Note"
	case d.action == respond.Silence:
		return "Comment"
	}
	return "Why"
}

// typedLines are the text with its label above it.
func (d *Dialog) typedLines() []string {
	role, edge := draw.Dim, draw.Border
	if d.Field == TextField || d.Field == noteField {
		role, edge = draw.Accent, draw.Accent
	}
	lines := []string{d.Theme.Of(role).On(d.typedLabel()) + d.hiddenRows(d.typed())}
	for _, l := range strings.Split(d.typed().View(), "\n") {
		lines = append(lines, d.Theme.Of(edge).On("│ ")+l)
	}
	return lines
}

// preview is everything above the inputs.
func (d *Dialog) preview() []draw.Row {
	switch {
	case len(d.results) > 0 || d.sending:
		return draw.TextRows(slices.Concat(d.groupLines(), []string{""}, d.resultLines())...)
	case d.writes():
		return draw.TextRows(d.writingLines()...)
	case d.Field == MatcherField:
		return draw.TextRows(append(d.aboutLines(), d.matcherLines()...)...)
	case d.Field == pickField:
		return draw.TextRows(append(d.aboutLines(), d.pickLines()...)...)
	}
	rows := draw.TextRows(append(d.groupLines(), "")...)
	if d.done == 0 {
		return append(rows, draw.TextRows(d.Theme.Of(draw.Dim).On("Working it out …"))...)
	}
	if len(d.choices) > 0 && d.instead == respond.ChooseLater {
		rows = append(rows, draw.TextRows(d.choiceLines()...)...)
	}
	return append(rows, d.planRows()...)
}

// groupLines name what the action is about.
func (d *Dialog) groupLines() []string {
	const most = 4
	shown := d.Groups
	if len(shown) > most+1 {
		shown = shown[:most]
	}
	lines := d.groupsLines(shown)
	if n := len(d.Groups) - len(shown); n > 0 {
		lines = append(lines, d.Theme.Of(draw.Dim).On(fmt.Sprintf("      and %d more", n)))
	}
	return append(lines, d.othersLines()...)
}

// groupsLines name groups, each in a line, as the list does.
func (d *Dialog) groupsLines(groups []triage.Group) []string {
	var lines []string
	for _, g := range groups {
		word, role := room.SeverityWord(g)
		if d.Plain {
			word = room.SeveritySaid(word)
		}
		lines = append(lines, d.Spans(
			draw.Span{Text: d.Fit(word, 4), Role: role}, draw.Span{Text: "  " + clean.Line(g.Service), Role: draw.Dim}, draw.Span{Text: "  " + g.RowTitle(triage.Shared{}), Role: draw.Strong}))
	}
	return lines
}

func (d *Dialog) choiceLines() []string {
	lines := []string{d.Theme.Of(draw.Accent).On("No incident belongs to it. Acknowledge by")}
	for i, c := range d.choices {
		mark := "  "
		if i == d.choice {
			mark = "▌ "
		}
		text, role := c.Sentence, draw.Plain
		if c.Refused != "" {
			text, role = "not possible: "+c.Refused, draw.Dim
		}
		for n, l := range d.Wrap(clean.Line(text), d.inside()-16) {
			head := draw.Blanks(14)
			if n == 0 {
				head = d.Fit(choiceName(c.Instead), 12) + "  "
			}
			onRow := i == d.choice
			lines = append(lines, d.Theme.OnRow(draw.Accent, onRow).On(mark)+d.Theme.OnRow(draw.Strong, onRow).On(head)+
				d.Theme.OnRow(role, onRow).On(d.Fit(l, d.inside()-16)))
		}
	}
	return append(lines, "")
}

func choiceName(i respond.Instead) string {
	if i == respond.ByIncident {
		return "an incident"
	}
	return "a silence"
}
