package dialog

import (
	"cmp"
	"fmt"
	"strings"

	"firstline/internal/respond"
	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/keymap"
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
		return d.Theme.Of(draw.Accent).On(d.waiting) + d.Theme.Of(draw.Dim).On("  "+d.does(keymap.CloseDialog, "goes back to the list"))
	case d.sending:
		progress := "Sending …"
		if n := len(d.Plan.Items); n > 1 {
			progress = fmt.Sprintf("Sending … %d of %d done", len(d.results), n)
		}
		return d.Theme.Of(draw.Accent).On(progress) + d.Theme.Of(draw.Dim).On("  "+d.does(keymap.CloseDialog, "goes back to the list, which shows the result"))
	case d.finished:
		return d.Theme.Of(draw.Dim).On(d.Whole(d.resultHint(), d.inside()))
	}
	switch d.Field {
	case pickField:
		return d.Theme.Of(draw.Dim).On(d.Whole(d.pickHint(), d.inside()))
	case MatcherField:
		return d.Theme.Of(draw.Dim).On(d.Whole(draw.Join(" · ", d.does(keymap.Confirm, "goes on"), d.closing(), d.does(keymap.NewLine, "new line"), d.does(keymap.InEditor, "editor")), d.inside()))
	}
	label := " " + word + " "
	hint := ""
	button := d.Theme.Of(draw.Dim).On("[" + label + "]")
	switch {
	case d.Field == SendField && !d.stale() && !d.Plan.Ready() && len(d.Plan.Choices) == 0:
		hint = draw.Join(" · ", "nothing can be sent", d.does(keymap.CloseDialog, "closes"))
		if d.Plan.Summary != "" {
			hint = draw.Join(" · ", "nothing can be sent", d.does(keymap.CopyLink, "copies the summary"), d.does(keymap.CloseDialog, "closes"))
		}
	case d.Field == choiceField:
		hint = draw.Join(" · ", d.chooses(), d.does(keymap.Confirm, "takes it"), d.does(keymap.CloseDialog, "closes"))
	case d.Field == SendField && d.stale():
		hint = "working it out …"
	case d.Field == SendField && d.Unseen(p.Rows) >= 0:
		hint = draw.Join(" · ", d.keyOf(keymap.Confirm)+": read on", d.does(keymap.CloseDialog, "closes"))
	case d.Field == SendField && d.surprise:
		button = d.Theme.Selected[draw.Strong].On("[" + label + "]")
		hint = "who is notified has just changed: look again, then " + d.keyOf(keymap.Confirm)
	case d.Field == SendField && d.unconfirmed():
		button = d.Theme.Selected[draw.Strong].On("[ Yes, all the same ]")
		hint = draw.Join(" · ", d.does(keymap.Confirm, "says yes, and sends nothing yet"), d.does(keymap.CloseDialog, "closes"))
	case d.Field == SendField:
		button = d.Theme.Selected[draw.Strong].On("[" + label + "]")
		edit := ""
		switch {
		case d.hasNote(), d.action == respond.AddNote:
			edit = d.does(keymap.EditNote, "edits the note")
		case d.hasText() && !d.mustSayWhy():
			edit = d.does(keymap.EditNote, "writes why")
			if d.Text.Value() != "" {
				edit = d.does(keymap.EditNote, "edits why")
			}
		}
		hint = draw.Join(" · ", d.does(keymap.Confirm, "sends"), d.closing(), edit)
	case d.Field == TextField, d.Field == noteField:
		hint = draw.Join(" · ", d.does(keymap.Confirm, "goes on"), d.closing(), d.does(keymap.InEditor, "editor"))
		if d.linesOfText() {
			hint = draw.Join(" · ", d.does(keymap.NextField, "goes on"), d.does(keymap.Confirm, "new line"), d.closing())
			if more := draw.Join(" · ", hint, d.does(keymap.InEditor, "editor")); d.WidthOf(button+"  "+more) <= d.inside() {
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
	return button + "  " + d.Theme.Of(role).On(d.Whole(hint, d.inside()-d.WidthOf(button)-2))
}

// resultHint is what the keys do beside results.
func (d *Dialog) resultHint() string {
	hint := d.does(keymap.Confirm, "goes back to try again")
	switch {
	case d.askedBefore():
		hint = d.does(keymap.Confirm, "goes back to send it all the same")
	case !d.canRetry():
		hint = "the rest can't be sent"
	}
	hint = draw.Join(" · ", hint, d.does(keymap.CloseDialog, "closes"))
	if d.hasText() && !d.unwritten() {
		hint += " and saves the text"
	}
	return hint
}

// keyOf is the key of a command in the dialog, does what it does.
func (d *Dialog) keyOf(c keymap.Command) string { return d.Keys.KeyOf(c, keymap.InDialog) }

func (d *Dialog) does(c keymap.Command, text string) string {
	return d.Keys.Does(keymap.InDialog, c, text)
}

// chooses says which keys choose.
func (d *Dialog) chooses() string {
	return strings.TrimSpace(d.keyOf(keymap.ChoiceDown) + " " + d.does(keymap.ChoiceUp, "choose"))
}

// closing says what the key that closes does.
func (d *Dialog) closing() string {
	if d.unwritten() {
		return d.does(keymap.CloseDialog, "closes")
	}
	return d.does(keymap.CloseDialog, "saves the text")
}
