package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/internal/wording"
)

// roomyHeight is the height of the body from which on blank lines are spent.
const roomyHeight = 26

// textEdge stands left of what is typed.
const textEdge = "| "

// parts are what a dialog consists of at one moment.
type parts struct {
	// rows are the preview; upper of them are on the screen.
	rows  []previewRow
	upper int
	// lower is how many rows stand below the preview.
	lower int
	// typed is how many rows of the text that was typed are shown there.
	typed int
	// brief: what must be seen has all the room.
	brief bool
}

// leastTyped is how many rows of what was typed stay beside what must be seen.
const leastTyped = 2

// parts arranges the dialog. Where what must be seen before the button is
// pressed does not fit, first the text makes room for it, then all else.
func (d *dialog) parts() parts {
	room := d.layout.body.height - 2
	p := parts{rows: d.preview(), lower: d.lower(), typed: d.typedHeight()}
	over := lastMust(p.rows) - (room - p.lower)
	switch {
	case d.field != sendField || d.sending || d.finished || over <= 0:
	case d.hasText() && p.typed-over >= leastTyped:
		p.typed -= over
		p.lower -= over
	default:
		plan := d.planRows()
		last := lastMust(plan)
		p.brief, p.lower = true, 1
		p.rows = slices.Concat(plan[:last], textRows(d.groupLines()...), plan[last:])
	}
	p.upper = max(min(len(p.rows), room-p.lower), 1)
	return p
}

// visible are the rows that are on the screen.
func (d *dialog) visible(p parts) []previewRow {
	from, to := wholeWindow(p.rows, d.scroll, p.upper)
	return p.rows[from:to]
}

// look notes what is on the screen of the preview.
func (d *dialog) look() {
	if d.known > 0 && !d.stale() && d.layout.short == "" && !d.sending && !d.finished {
		d.sight.look(d.visible(d.parts()), d.clockNow())
	}
}

// readOn scrolls to what must still be seen before the button is pressed; false:
// all was.
func (d *dialog) readOn() bool {
	if d.field != sendField || d.stale() {
		return false
	}
	p := d.parts()
	at := d.unseen(p.rows)
	if at >= 0 {
		d.scroll, _ = wholeWindow(p.rows, at, p.upper)
	}
	return at >= 0
}

// scrollBy scrolls the preview.
func (d *dialog) scrollBy(n int) {
	p := d.parts()
	d.scroll = scrolled(p.rows, d.scroll, n, p.upper)
}

// areaOf is where the dialog is drawn: as high as what it shows, within the
// body.
func (d *dialog) areaOf(p parts) rectangle {
	body := d.layout.body
	width := min(body.width-2, 104)
	height := min(len(p.rows)+p.lower+2, body.height)
	return rectangle{body.x + (body.width-width)/2, body.y + (body.height-height)/2, width, height}
}

// inside is how wide text in the dialog is.
func (d *dialog) inside() int { return min(d.layout.body.width-2, 104) - 4 }

// textHeight is how many rows the text has.
func (d *dialog) textHeight() int {
	switch {
	case d.action == respond.AddNote:
		return min(max(d.layout.body.height-12, 3), 10)
	case d.layout.body.height >= roomyHeight:
		return 3
	}
	return 2
}

// noteHeight is how many rows the note has that goes along.
func (d *dialog) noteHeight() int { return min(max(d.layout.body.height-9, 3), 14) }

// typedHeight is how many rows the text has that is shown.
func (d *dialog) typedHeight() int {
	if d.field == noteField {
		return d.noteHeight()
	}
	return d.textHeight()
}

// lower is how many rows stand below the preview.
func (d *dialog) lower() int {
	rows := 2 // the button, and a blank above it
	switch {
	case d.finished, d.sending:
	case d.field == pickField, d.field == matcherField:
		rows = 0
	case d.hasText():
		rows += d.typedHeight() + 2
	}
	return rows
}

func (d *dialog) heading() string {
	title := wording.Sentence(d.action.Words())
	if d.undo != nil {
		return "Undo: " + d.undo.plan.Action.Words()
	}
	if d.responders {
		title = "Ask to join"
	}
	if d.action == respond.Escalate {
		title += " to " + escalationName(d.options.Respond)
	}
	for i, a := range d.answers {
		if d.responders {
			title += ": " + clean.Line(a.name)
			continue
		}
		title += d.questions[i].said(a)
	}
	if len(d.groups) > 1 {
		title += " · " + wording.Count(len(d.groups), "group")
	}
	return title
}

// draw gives the dialog's lines, where they stand, and the text cursor.
func (d *dialog) draw() ([]string, rectangle, *tea.Cursor) {
	p, inside := d.parts(), d.inside()
	area := d.areaOf(p)
	room := area.height - 2
	var lines []string
	add := func(line string) { lines = append(lines, " "+d.fit(line, inside)+" ") }

	for _, r := range d.visible(p) {
		add(r.text)
	}
	for len(lines) < p.upper {
		add("") // what would be cut
	}
	var cursor *tea.Cursor
	if d.field == pickField && !d.sending && !d.finished {
		cursor = d.picker.Cursor()
		if cursor != nil {
			cursor.X += area.x + 2 + d.widthOf(d.labelEdge())
			cursor.Y += area.y + 1 + d.pickRow()
		}
	}
	if d.field == matcherField && !d.sending && !d.finished {
		if cursor = d.matchers.Cursor(); cursor != nil {
			cursor.X += area.x + 2 + len(textEdge)
			cursor.Y += area.y + 1 + d.pickRow() + 1
		}
	}
	from, to := wholeWindow(p.rows, d.scroll, p.upper)
	footer := ""
	if hidden := len(p.rows) - to; hidden > 0 {
		footer = d.theme.of(warning).on(fmt.Sprintf("▼ %s more, pgdn", wording.Count(hidden, "line")))
	} else if from > 0 {
		footer = d.theme.of(dim).on("▲ pgup")
	}
	if p.lower > 0 {
		if d.hasText() && !d.finished && !d.sending && !p.brief {
			add("")
			at := len(lines)
			typed := d.typedLines()
			for _, l := range typed[:min(p.typed+1, len(typed))] {
				add(l)
			}
			if d.field == textField || d.field == noteField {
				if cursor = d.typed().Cursor(); cursor != nil {
					cursor.X += area.x + 2 + len(textEdge)
					cursor.Y += area.y + 1 + at + 1
				}
			}
		}
		if !p.brief {
			add(d.theme.of(warning).on(cmp.Or(d.typing.refused, d.pouredNotice())))
		}
		add(d.buttonLine(p))
	}
	return d.box(area, d.theme.of(strong).on(d.heading()), footer, true, lines[:min(len(lines), room)]), area, cursor
}

// typedLines are the text with its label above it.
func (d *dialog) typedLines() []string {
	label, look, edge := "Why", dim, border
	switch {
	case d.field == noteField:
		label = "The whole note, in your own words; empty it to have it written for you"
	case d.action == respond.AddNote:
		label = "Note"
	case d.action == respond.Silence:
		label = "Comment"
	}
	if d.field == textField || d.field == noteField {
		look, edge = accent, accent
	}
	lines := []string{d.theme.of(look).on(label)}
	for _, l := range strings.Split(d.typed().View(), "\n") {
		lines = append(lines, d.theme.of(edge).on("│ ")+l)
	}
	return lines
}

// buttonWord is what the button does.
func (d *dialog) buttonWord() string {
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
func (d *dialog) buttonLine(p parts) string {
	if p.brief && d.typing.refused != "" {
		return d.theme.of(warning).on(d.typing.refused)
	}
	word := d.buttonWord()
	switch {
	case d.sending && d.waiting != "":
		return d.theme.of(accent).on(d.waiting) + d.theme.of(dim).on("  esc goes back to the list")
	case d.sending:
		progress := "Sending …"
		if n := len(d.plan.Items); n > 1 {
			progress = fmt.Sprintf("Sending … %d of %d done", len(d.results), n)
		}
		return d.theme.of(accent).on(progress) + d.theme.of(dim).on("  esc goes back to the list, where it is told")
	case d.finished:
		hint := "enter goes back to try again · esc closes"
		if d.askedBefore() {
			hint = "enter goes back to send it all the same · esc closes"
		}
		if d.hasText() {
			hint += " and keeps the text"
		}
		return d.theme.of(dim).on(hint)
	}
	label := " " + word + " "
	hint := ""
	button := d.theme.of(dim).on("[" + label + "]")
	switch {
	case !d.stale() && !d.plan.Ready() && len(d.plan.Choices) == 0:
		hint = "nothing can be sent · esc closes"
		if d.field == sendField && d.plan.Summary != "" {
			hint = "nothing can be sent · y copies the summary · esc closes"
		}
	case d.field == choiceField:
		hint = "↓ ↑ choose · enter takes it · esc closes"
	case d.field == sendField && d.stale():
		hint = "working it out …"
	case d.field == sendField && d.unseen(p.rows) >= 0:
		hint = "enter: read on · esc closes"
	case d.field == sendField && d.surprise:
		button = d.theme.selected[strong].on("[" + label + "]")
		hint = "who is notified has just changed: look again, then enter"
	case d.field == sendField && d.unconfirmed():
		button = d.theme.selected[strong].on("[ Yes, all the same ]")
		hint = "enter says yes, and sends nothing yet · esc closes"
	case d.field == sendField:
		button = d.theme.selected[strong].on("[" + label + "]")
		hint = "enter sends · esc closes"
		if d.hasText() {
			hint = "enter sends · shift-tab back · esc keeps the text"
			if d.hasNote() {
				hint = "enter sends · n edits the note · esc keeps the text"
			}
		}
	case d.field == textField, d.field == noteField:
		hint = "enter goes on · ctrl-e editor · esc keeps the text"
		if d.linesOfText() {
			hint = "tab goes on · ctrl-e editor · esc keeps the text"
		}
	}
	look := dim
	if d.surprise || d.field == sendField && (d.unconfirmed() || d.unseen(p.rows) >= 0) {
		look = warning
	}
	return button + "  " + d.theme.of(look).on(hint)
}

// pickRow is the row of the search within the box.
func (d *dialog) pickRow() int { return len(d.groupLines()) + 1 }

// preview is everything above the inputs.
func (d *dialog) preview() []previewRow {
	rows := textRows(append(d.groupLines(), "")...)
	switch {
	case len(d.results) > 0 || d.sending:
		return append(rows, textRows(d.resultLines()...)...)
	case d.field == matcherField:
		return append(rows, textRows(d.matcherLines()...)...)
	case d.field == pickField:
		return append(rows, textRows(d.pickLines()...)...)
	case d.known == 0:
		return append(rows, textRows(d.theme.of(dim).on("Working it out …"))...)
	}
	if len(d.choices) > 0 && d.instead == respond.ChooseLater {
		rows = append(rows, textRows(d.choiceLines()...)...)
	}
	return append(rows, d.planRows()...)
}

// groupLines name what the action is about.
func (d *dialog) groupLines() []string {
	const most = 4
	var lines []string
	for i, g := range d.groups {
		if i == most && len(d.groups) > most+1 {
			lines = append(lines, d.theme.of(dim).on(fmt.Sprintf("      and %d more", len(d.groups)-most)))
			break
		}
		word, look := severityWord(g)
		lines = append(lines, d.spans(
			span{d.fit(word, 4), look}, span{"  " + clean.Line(g.Service), dim}, span{"  " + g.Headline(), strong}))
	}
	return append(lines, d.othersLines()...)
}

func (d *dialog) choiceLines() []string {
	lines := []string{d.theme.of(accent).on("No incident belongs to it. Acknowledge by")}
	for i, c := range d.choices {
		mark := "  "
		if i == d.choice {
			mark = "▌ "
		}
		text, look := c.Sentence, plain
		if c.Refused != "" {
			text, look = "not possible: "+c.Refused, dim
		}
		for n, l := range d.wrap(clean.Line(text), d.inside()-16) {
			head := blanks(14)
			if n == 0 {
				head = d.fit(choiceName(c.Instead), 12) + "  "
			}
			onRow := i == d.choice
			lines = append(lines, d.theme.onRow(accent, onRow).on(mark)+d.theme.onRow(strong, onRow).on(head)+
				d.theme.onRow(look, onRow).on(d.fit(l, d.inside()-16)))
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
