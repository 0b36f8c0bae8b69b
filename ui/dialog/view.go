package dialog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/room"
)

// roomyHeight is the height of the body from which on blank lines are spent.
const roomyHeight = 26

// textEdge is the edge left of a text field.
const textEdge = "| "

// Parts are what a dialog consists of at one moment.
type Parts struct {
	// Rows are the preview; upper of them are on the screen.
	Rows  []draw.Row
	Upper int
	// lower is how many rows are below the preview.
	lower int
	// typed is how many rows of the text that was typed are shown there.
	typed int
	// brief: what must be seen has all the room.
	brief bool
}

// leastTyped is how many rows of what was typed stay beside what must be seen.
const leastTyped = 2

// Parts arranges the dialog. Where what must be seen before the button is
// pressed does not fit, first the text makes room for it, then all else.
func (d *Dialog) Parts() Parts {
	room := d.Layout.Body.Height - 2
	p := Parts{Rows: d.preview(), lower: d.lower(), typed: d.typedHeight()}
	over := draw.LastMust(p.Rows) - (room - p.lower)
	switch {
	case d.Field != SendField || d.sending || d.finished || over <= 0:
	case d.hasText() && p.typed-over >= leastTyped:
		p.typed -= over
		p.lower -= over
	default:
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

// areaOf is where the dialog is drawn: as high as what it shows, within the
// body.
func (d *Dialog) areaOf(p Parts) draw.Rectangle {
	body := d.Layout.Body
	width := min(body.Width-2, 104)
	height := min(len(p.Rows)+p.lower+2, body.Height)
	return draw.Rectangle{X: body.X + (body.Width-width)/2, Y: body.Y + (body.Height-height)/2, Width: width, Height: height}
}

// inside is how wide text in the dialog is.
func (d *Dialog) inside() int { return min(d.Layout.Body.Width-2, 104) - 4 }

// textHeight is how many rows the text has.
func (d *Dialog) textHeight() int {
	switch {
	case d.action == respond.AddNote:
		return min(max(d.Layout.Body.Height-12, 3), 10)
	case d.Layout.Body.Height >= roomyHeight:
		return 3
	}
	return 2
}

// noteHeight is how many rows the note has that goes along.
func (d *Dialog) noteHeight() int { return min(max(d.Layout.Body.Height-9, 3), 14) }

// typedHeight is how many rows the text has that is shown.
func (d *Dialog) typedHeight() int {
	if d.Field == noteField {
		return d.noteHeight()
	}
	return d.textHeight()
}

// lower is how many rows are below the preview.
func (d *Dialog) lower() int {
	rows := 2 // the button, and a blank above it
	switch {
	case d.finished, d.sending:
	case d.Field == pickField, d.Field == MatcherField:
		rows = 0
	case d.hasText():
		rows += d.typedHeight() + 2
	}
	return rows
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
		title += " to " + EscalationName(d.options.Respond)
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
	var cursor *tea.Cursor
	if d.Field == pickField && !d.sending && !d.finished {
		cursor = d.picker.Cursor()
		if cursor != nil {
			cursor.X += area.X + 2 + d.WidthOf(d.labelEdge())
			cursor.Y += area.Y + 1 + d.pickRow()
		}
	}
	if d.Field == MatcherField && !d.sending && !d.finished {
		if cursor = d.Matchers.Cursor(); cursor != nil {
			cursor.X += area.X + 2 + len(textEdge)
			cursor.Y += area.Y + 1 + d.pickRow() + 1
		}
	}
	from, to := draw.WholeWindow(p.Rows, d.scroll, p.Upper)
	footer := ""
	if hidden := len(p.Rows) - to; hidden > 0 {
		footer = d.Theme.Of(draw.Warning).On(fmt.Sprintf("▼ %s more, pgdn", wording.Count(hidden, "line")))
	} else if from > 0 {
		footer = d.Theme.Of(draw.Dim).On("▲ pgup")
	}
	if p.lower > 0 {
		if d.hasText() && !d.finished && !d.sending && !p.brief {
			add("")
			at := len(lines)
			typed := d.typedLines()
			for _, l := range typed[:min(p.typed+1, len(typed))] {
				add(l)
			}
			if d.Field == TextField || d.Field == noteField {
				if cursor = d.typed().Cursor(); cursor != nil {
					cursor.X += area.X + 2 + len(textEdge)
					cursor.Y += area.Y + 1 + at + 1
				}
			}
		}
		if !p.brief {
			add(d.Theme.Of(draw.Warning).On(cmp.Or(d.Typing.Refused, d.pouredNotice())))
		}
		add(d.buttonLine(p))
	}
	return d.Box(area, d.Theme.Of(draw.Strong).On(d.heading()), footer, true, lines[:min(len(lines), room)]), area, cursor
}

// typedLines are the text with its label above it.
func (d *Dialog) typedLines() []string {
	label, role, edge := "Why", draw.Dim, draw.Border
	switch {
	case d.Field == noteField:
		label = "The whole note, in your own words; empty it to have it written for you"
	case d.action == respond.AddNote:
		label = "Note"
	case d.action == respond.Silence:
		label = "Comment"
	}
	if d.Field == TextField || d.Field == noteField {
		role, edge = draw.Accent, draw.Accent
	}
	lines := []string{d.Theme.Of(role).On(label)}
	for _, l := range strings.Split(d.typed().View(), "\n") {
		lines = append(lines, d.Theme.Of(edge).On("│ ")+l)
	}
	return lines
}

// buttonWord is what the button does.
func (d *Dialog) buttonWord() string {
	switch d.action {
	case respond.NextLevel:
		return "Escalate"
	case respond.SetUrgency, respond.SetPriority:
		return "Change"
	case respond.ExtendSilence:
		return "Extend"
	case respond.ExpireSilence:
		return "End"
	case respond.HandOff:
		if d.responders {
			return "Ask"
		}
	}
	return wording.Sentence(d.action.Words())
}

// buttonLine is the button and what the keys do.
func (d *Dialog) buttonLine(p Parts) string {
	if p.brief && d.Typing.Refused != "" {
		return d.Theme.Of(draw.Warning).On(d.Typing.Refused)
	}
	word := d.buttonWord()
	switch {
	case d.sending && d.waiting != "":
		return d.Theme.Of(draw.Accent).On(d.waiting) + d.Theme.Of(draw.Dim).On("  esc goes back to the list")
	case d.sending:
		progress := "Sending …"
		if n := len(d.Plan.Items); n > 1 {
			progress = fmt.Sprintf("Sending … %d of %d done", len(d.results), n)
		}
		return d.Theme.Of(draw.Accent).On(progress) + d.Theme.Of(draw.Dim).On("  esc goes back to the list, which shows the result")
	case d.finished:
		hint := "enter goes back to try again · esc closes"
		if d.askedBefore() {
			hint = "enter goes back to send it all the same · esc closes"
		}
		if d.hasText() {
			hint += " and saves the text"
		}
		return d.Theme.Of(draw.Dim).On(hint)
	}
	label := " " + word + " "
	hint := ""
	button := d.Theme.Of(draw.Dim).On("[" + label + "]")
	switch {
	case !d.stale() && !d.Plan.Ready() && len(d.Plan.Choices) == 0:
		hint = "nothing can be sent · esc closes"
		if d.Field == SendField && d.Plan.Summary != "" {
			hint = "nothing can be sent · y copies the summary · esc closes"
		}
	case d.Field == choiceField:
		hint = "↓ ↑ choose · enter takes it · esc closes"
	case d.Field == SendField && d.stale():
		hint = "working it out …"
	case d.Field == SendField && d.Unseen(p.Rows) >= 0:
		hint = "enter: read on · esc closes"
	case d.Field == SendField && d.surprise:
		button = d.Theme.Selected[draw.Strong].On("[" + label + "]")
		hint = "who is notified has just changed: look again, then enter"
	case d.Field == SendField && d.unconfirmed():
		button = d.Theme.Selected[draw.Strong].On("[ Yes, all the same ]")
		hint = "enter says yes, and sends nothing yet · esc closes"
	case d.Field == SendField:
		button = d.Theme.Selected[draw.Strong].On("[" + label + "]")
		hint = "enter sends · esc closes"
		if d.hasText() {
			hint = "enter sends · shift-tab back · esc saves the text"
			if d.hasNote() {
				hint = "enter sends · n edits the note · esc saves the text"
			}
		}
	case d.Field == TextField, d.Field == noteField:
		hint = "enter goes on · ctrl-e editor · esc saves the text"
		if d.linesOfText() {
			hint = "tab goes on · ctrl-e editor · esc saves the text"
		}
	}
	role := draw.Dim
	if d.surprise || d.Field == SendField && (d.unconfirmed() || d.Unseen(p.Rows) >= 0) {
		role = draw.Warning
	}
	return button + "  " + d.Theme.Of(role).On(hint)
}

// pickRow is the row of the search within the box.
func (d *Dialog) pickRow() int { return len(d.groupLines()) + 1 }

// preview is everything above the inputs.
func (d *Dialog) preview() []draw.Row {
	rows := draw.TextRows(append(d.groupLines(), "")...)
	switch {
	case len(d.results) > 0 || d.sending:
		return append(rows, draw.TextRows(d.resultLines()...)...)
	case d.Field == MatcherField:
		return append(rows, draw.TextRows(d.matcherLines()...)...)
	case d.Field == pickField:
		return append(rows, draw.TextRows(d.pickLines()...)...)
	case d.done == 0:
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
	var lines []string
	for i, g := range d.Groups {
		if i == most && len(d.Groups) > most+1 {
			lines = append(lines, d.Theme.Of(draw.Dim).On(fmt.Sprintf("      and %d more", len(d.Groups)-most)))
			break
		}
		word, role := room.SeverityWord(g)
		lines = append(lines, d.Spans(
			draw.Span{Text: d.Fit(word, 4), Role: role}, draw.Span{Text: "  " + clean.Line(g.Service), Role: draw.Dim}, draw.Span{Text: "  " + g.Headline(), Role: draw.Strong}))
	}
	return append(lines, d.othersLines()...)
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
