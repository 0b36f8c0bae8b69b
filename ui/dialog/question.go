package dialog

import (
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// question is something that an action needs to know before it can be
// planned: to whom, until when, into what.
type question struct {
	// label is the text before what is typed.
	label string
	// nothing is said where no offer fits.
	nothing string
	// find gives the offers that fit what is typed, the best first. It is
	// called off the loop.
	find func(lookup) []offer
	// said is what an answer adds to the dialog's heading.
	said func(offer) string
	// duties: its offers are people, who may be on call.
	duties bool
}

// lookup is what offers are found in.
type lookup struct {
	data    respond.Data
	query   string
	request respond.Request
	now     time.Time
	clock   func(time.Time) string
	// location is the responder's time zone.
	location *time.Location
	// users looks for users in PagerDuty; nil where that can't be asked.
	users func(query string) ([]sources.User, sources.Extent, error)
}

// offer is one answer to a question.
type offer struct {
	Name, detail string
	// title is what the answer adds to the dialog's heading, where that is not its
	// name.
	title string
	// duty: somebody there is on call.
	duty bool
	// refused says why it can't be taken; empty when it can.
	refused string
	// apply puts it into a request.
	apply func(*respond.Request)
}

// asking is the part of a dialog that holds its questions and their answers.
type asking struct {
	questions []question
	// answers are to the first of the questions.
	answers []offer
	// question is the one that has the keys while the field is pickField.
	question int
	// given is the argument of a command, which answers the last question; empty once
	// that was tried.
	given string
	// Offers are the answers that it can have; chosen is one of them.
	Offers []offer
	Chosen int
}

// Answered reports whether nothing is left to ask.
func (a *asking) Answered() bool { return len(a.answers) == len(a.questions) }

// answer takes an answer to the present question.
func (a *asking) answer(o offer) {
	if a.question < len(a.answers) {
		a.answers[a.question] = o
		return
	}
	a.answers = append(a.answers, o)
}

func (d *Dialog) pickKey(msg tea.KeyPressMsg, c keymap.Command) (answer, tea.Cmd) {
	switch c {
	case keymap.ChoiceDown:
		d.Chosen++
		if !d.stale() { // else it counts for the offers that are looked for
			d.fitChosen()
		}
	case keymap.ChoiceUp:
		d.Chosen = max(d.Chosen-1, 0)
	case keymap.PreviousField:
		switch {
		case d.question > 0:
			d.ask(d.question - 1)
		case d.hasMatchers():
			d.focus(MatcherField)
		}
	case keymap.Confirm, keymap.NextField:
		d.choose()
	case keymap.ToggleJoin:
		if d.action == respond.HandOff {
			d.responders = !d.responders
			d.Rethink()
		}
	case keymap.NewLine:
	default:
		return stay, d.pickType(msg)
	}
	return stay, nil
}

// fitChosen puts a choice behind the last offer on the last.
func (d *Dialog) fitChosen() { d.Chosen = min(d.Chosen, max(len(d.Offers)-1, 0)) }

// choose takes the offer that is chosen, or says why it can't be taken.
func (d *Dialog) choose() {
	switch {
	case d.stale():
		d.said = "still looking: press " + d.keyOf(keymap.Confirm) + " again"
	case d.Chosen >= len(d.Offers):
		d.said = d.questions[d.question].nothing
	case d.Offers[d.Chosen].refused != "":
		d.said = clean.Line(d.Offers[d.Chosen].refused)
	default:
		d.answer(d.Offers[d.Chosen])
		// The plan was for another answer: nothing of it is shown or counts.
		d.Plan, d.confirmed, d.surprise, d.scroll = respond.Plan{}, "", false, 0
		d.Rethink()
		d.next()
	}
}

// next asks the question after the present one, or goes on to the rest.
func (d *Dialog) next() {
	if d.question+1 < len(d.questions) {
		d.ask(d.question + 1)
		return
	}
	if d.hasText() && !d.mustSayWhy() && !d.poured {
		d.focus(SendField) // n writes why
		return
	}
	fields := d.fields()
	d.focus(fields[slices.Index(fields, pickField)+1])
}

// mustSayWhy reports whether somebody needs to know why: then the reason is asked
// for.
func (d *Dialog) mustSayWhy() bool { return d.action.Passes() }

// ask puts a question.
func (d *Dialog) ask(number int) {
	d.question, d.Chosen, d.Offers = number, 0, nil
	d.picker.SetValue("")
	d.fitPicker()
	d.Rethink()
	d.focus(pickField)
	d.giveNow()
}

// pickType changes what is looked for; the best match is then chosen.
func (d *Dialog) pickType(msg tea.Msg) tea.Cmd {
	before := d.picker.Value()
	var cmd tea.Cmd
	d.picker, cmd = d.picker.Update(msg)
	if d.picker.Value() != before {
		d.Chosen = 0
		d.Rethink()
	}
	return cmd
}

// mostOffers is how many rows the offers take at most.
const mostOffers = 8

// fitPicker fits the search to the dialog's width, beside the question's label.
func (d *Dialog) fitPicker() {
	if len(d.questions) > 0 {
		d.picker.SetWidth(d.inside() - d.WidthOf(d.labelEdge()) - 1)
	}
}

// labelEdge is the label of a question with the blanks after it.
func (d *Dialog) labelEdge() string { return d.questions[d.question].label + "  " }

// pickLines are what is typed and the offers that fit, those on call marked.
func (d *Dialog) pickLines() []string {
	q := d.questions[d.question]
	lines := []string{d.Theme.Of(draw.Accent).On(q.label) + "  " + d.picker.View()}
	if d.spaced() {
		lines = append(lines, "")
	}
	most := d.offersHeight()
	end := len(lines) + most
	from := d.firstOffer()
	name := 12
	for _, o := range d.Offers {
		name = min(max(name, d.WidthOf(clean.Line(o.Name))), d.inside()*3/5)
	}
	switch {
	case d.done == 0:
		lines = append(lines, d.Theme.Of(draw.Dim).On("    …"))
	case len(d.Offers) == 0 && !d.stale():
		for _, l := range d.Wrap(q.nothing, d.inside()-4) {
			lines = append(lines, d.Theme.Of(draw.Dim).On("    "+l))
		}
	}
	for i := from; i < min(from+most, len(d.Offers)); i++ {
		lines = append(lines, d.offerLine(d.Offers[i], i == d.Chosen, name))
	}
	return append(lines, make([]string, most)...)[:end]
}

// firstOffer is the first offer that is shown.
func (d *Dialog) firstOffer() int {
	most := d.offersHeight()
	return min(max(d.Chosen-most+1, 0), max(len(d.Offers)-most, 0))
}

// offersHeight is how many rows the offers have, however many there are.
func (d *Dialog) offersHeight() int {
	around := 2 + len(d.aboutLines()) + 1 + d.noticeRows() + 1 // the frame, the search, notice and keys
	if d.spaced() {
		around++
	}
	return min(mostOffers, max(d.Layout.Body.Height-around, 1))
}

// pickHint is what the keys do while an answer is chosen.
func (d *Dialog) pickHint() string {
	rest := ""
	if len(d.Offers) > d.offersHeight() {
		rest = fmt.Sprintf("%d of %d · ", d.Chosen+1, len(d.Offers))
	}
	return rest + draw.Join(" · ", d.does(keymap.Confirm, "takes it"), d.does(keymap.CloseDialog, "closes"), d.chooses(), d.joinHint())
}

// joinHint says that a hand-off may also ask somebody to join, and the other
// way round.
func (d *Dialog) joinHint() string {
	switch {
	case d.action != respond.HandOff:
		return ""
	case d.responders:
		return d.does(keymap.ToggleJoin, "hands off instead")
	}
	return d.does(keymap.ToggleJoin, "asks to join")
}

func (d *Dialog) offerLine(o offer, here bool, name int) string {
	on := func(r draw.Role, text string) string { return d.Theme.OnRow(r, here).On(text) }
	mark, duty := "  ", ""
	if here {
		mark = "▌ "
	}
	if d.questions[d.question].duties {
		duty = d.Fit("", 11)
		if o.duty {
			duty = d.Fit("on call", 11)
		}
	}
	role, detail := draw.Plain, o.detail
	if o.refused != "" {
		role, detail = draw.Dim, "not possible: "+o.refused
	}
	return on(draw.Accent, mark) + on(role, d.Fit(clean.Line(o.Name), name)+"  ") + on(draw.Good, duty) +
		on(draw.Dim, d.Fit(clean.Line(detail), d.inside()-name-4-d.WidthOf(duty)))
}
