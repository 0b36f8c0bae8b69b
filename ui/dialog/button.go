package dialog

import (
	"cmp"
	"fmt"

	"firstline/internal/respond"
	"firstline/internal/wording"
	"firstline/ui/draw"
)

// notice says why the last key did not do what it does; empty: it did.
func (d *Dialog) notice() string { return cmp.Or(d.Typing.Refused, d.said, d.pouredNotice()) }

// noticeRows is how many rows the notice has, whether there is one or not.
func (d *Dialog) noticeRows() int {
	if d.Field == pickField && d.spaced() {
		return 2 // why somebody can't be chosen
	}
	return 1
}

// noticeLines are the notice, wrapped.
func (d *Dialog) noticeLines() []string {
	rows := d.noticeRows()
	lines := make([]string, rows)
	for i, l := range d.Wrap(d.notice(), d.inside()) {
		if i == rows {
			lines[rows-1] = d.Cut(lines[rows-1], d.inside()-2) + " …"
			break
		}
		lines[i] = l
	}
	for i := range lines {
		lines[i] = d.Theme.Of(draw.Warning).On(lines[i])
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
	if p.brief && d.notice() != "" {
		return d.Theme.Of(draw.Warning).On(d.notice())
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
		return d.Theme.Of(draw.Dim).On(d.resultHint())
	}
	switch d.Field {
	case pickField:
		return d.Theme.Of(draw.Dim).On(d.pickHint())
	case MatcherField:
		return d.Theme.Of(draw.Dim).On("enter goes on · " + d.closing() + " · ctrl-j new line · ctrl-e editor")
	}
	label := " " + word + " "
	hint := ""
	button := d.Theme.Of(draw.Dim).On("[" + label + "]")
	switch {
	case d.Field == SendField && !d.stale() && !d.Plan.Ready() && len(d.Plan.Choices) == 0:
		hint = "nothing can be sent · esc closes"
		if d.Plan.Summary != "" {
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
		hint = "enter sends · " + d.closing()
		switch {
		case d.hasNote(), d.action == respond.AddNote:
			hint = "enter sends · " + d.closing() + " · n edits the note"
		case d.hasText() && !d.mustSayWhy():
			hint = "enter sends · " + d.closing() + " · n writes why"
			if d.Text.Value() != "" {
				hint = "enter sends · " + d.closing() + " · n edits why"
			}
		}
	case d.Field == TextField, d.Field == noteField:
		hint = "enter goes on · " + d.closing() + " · ctrl-e editor"
		if d.linesOfText() {
			hint = "tab goes on · enter new line · " + d.closing()
			if more := hint + " · ctrl-e editor"; d.WidthOf(button+"  "+more) <= d.inside() {
				hint = more
			}
			if d.WidthOf(button+"  "+hint) > d.inside() {
				return d.Theme.Of(draw.Dim).On(hint) // what the keys do matters more
			}
		}
	}
	role := draw.Dim
	if d.surprise || d.Field == SendField && (d.unconfirmed() || d.Unseen(p.Rows) >= 0) {
		role = draw.Warning
	}
	return button + "  " + d.Theme.Of(role).On(hint)
}

// resultHint is what the keys do beside results.
func (d *Dialog) resultHint() string {
	hint := "enter goes back to try again · esc closes"
	switch {
	case d.askedBefore():
		hint = "enter goes back to send it all the same · esc closes"
	case !d.canRetry():
		hint = "the rest can't be sent · esc closes"
	}
	if d.hasText() && !d.unwritten() {
		hint += " and saves the text"
	}
	return hint
}

// closing says what esc does.
func (d *Dialog) closing() string {
	if d.unwritten() {
		return "esc closes"
	}
	return "esc saves the text"
}
