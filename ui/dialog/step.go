package dialog

import (
	"fmt"

	"firstline/internal/respond"
	"firstline/ui/draw"
)

// While a text is written the dialog shows whom the action notifies and who
// follows, in a line each, and the field below. What the action does is shown in
// full on the next step, where enter sends. Nothing here moves while one types.

// writes reports whether a text has the keys, but for matchers.
func (d *Dialog) writes() bool {
	return (d.Field == TextField || d.Field == noteField) && !d.sending && !d.finished
}

// briefRows is how many rows whom it notifies and who follows take.
const briefRows = 2

// briefLines are whom the action notifies and who follows, or why it can't be
// done.
func (d *Dialog) briefLines() []string {
	if why := d.cannot(); why != "" {
		lines := d.Paragraph("✗ "+why, d.inside(), draw.Critical)
		if len(lines) > briefRows {
			lines[briefRows-1] = d.Theme.Of(draw.Critical).On(d.Cut(d.Bare(lines[briefRows-1])+" …", d.inside()))
		}
		return append(lines, make([]string, briefRows)...)[:briefRows]
	}
	brief := d.Plan.Brief()
	role := draw.Strong
	switch {
	case d.done == 0, d.Plan.Action == "":
		brief.Now, role = "…", draw.Dim
	case brief.Now == "" && d.action == respond.AddNote:
		brief.Now = "nobody"
	case brief.Night:
		role = draw.Warning
	}
	line := func(label, text string, role draw.Role) string {
		if text == "" {
			return ""
		}
		return d.Spans(draw.Span{Text: d.Fit(label, len("Notified now")) + "  ", Role: draw.Accent}, draw.Span{Text: d.Cut(text, d.inside()-len("Notified now  ")), Role: role})
	}
	return []string{line("Notified now", brief.Now, role), line("If no answer", brief.Follows, draw.Plain)}
}

// writingLines are above a text that is typed: what it is about, and whom it notifies.
func (d *Dialog) writingLines() []string {
	lines, brief := []string{d.subjectLine()}, d.briefLines()
	if !d.airy() {
		return append(lines, brief...)
	}
	lines = append(append(lines, ""), brief...)
	if lines[len(lines)-1] != "" {
		lines = append(lines, "")
	}
	return lines
}

// airy reports whether there is room for blank lines around whom it notifies.
func (d *Dialog) airy() bool { return d.Layout.Body.Height >= roomyHeight }

// cannot says why nothing comes of the action, as far as that is known before all
// is written; empty: something may.
func (d *Dialog) cannot() string {
	p := d.Plan
	switch {
	case d.never != "":
		return d.never
	case d.done == 0, p.Action == "", p.Ready(), len(p.Choices) > 0, d.action == respond.AddNote && d.Text.Value() == "":
		return ""
	case p.Refused != "":
		return p.Refused
	}
	for _, i := range p.Items {
		if i.Already {
			return i.Sentence
		}
	}
	return ""
}

// subjectLine names what the action is about, in one line.
func (d *Dialog) subjectLine() string {
	lines := d.groupsLines(d.Groups[:min(len(d.Groups), 1)])
	if len(lines) == 0 {
		return ""
	}
	if n := len(d.Groups) - 1; n > 0 {
		more := fmt.Sprintf("  and %d more", n)
		return d.Cut(lines[0], d.inside()-d.WidthOf(more)) + d.Theme.Of(draw.Dim).On(more)
	}
	return lines[0]
}

// aboutLines name what the action is about above what is chosen.
func (d *Dialog) aboutLines() []string {
	lines := append([]string{d.subjectLine()}, d.othersLines()...)
	if d.spaced() {
		lines = append(lines, "")
	}
	return lines
}

// spaced reports whether there is room for a blank line in a step.
func (d *Dialog) spaced() bool { return d.Layout.Body.Height >= 16 }

// pickRow is the row of the search within the box.
func (d *Dialog) pickRow() int { return len(d.aboutLines()) }

// textRoom is how many rows a text has at most.
func (d *Dialog) textRoom() int {
	const around = 2 + 1 + briefRows + 1 + 2 // the frame, the subject, whom it notifies, the label, notice and keys
	blanks := 0
	if d.airy() {
		blanks = 2
	}
	return max(d.Layout.Body.Height-around-blanks-len(d.othersLines()), 1)
}

// textHeight is how many rows the text has.
func (d *Dialog) textHeight() int {
	switch {
	case d.action == respond.AddNote:
		return min(max(d.Layout.Body.Height-12, 3), 10, d.textRoom())
	case d.airy():
		return min(3, d.textRoom())
	}
	return min(2, d.textRoom())
}

// noteHeight is how many rows the note has that goes along.
func (d *Dialog) noteHeight() int { return min(14, d.textRoom()) }

// typedHeight is how many rows the text has that is shown.
func (d *Dialog) typedHeight() int {
	if d.Field == noteField {
		return d.noteHeight()
	}
	return d.textHeight()
}
