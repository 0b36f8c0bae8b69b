// Package dialog prepares an action, shows its preview, confirms and sends it, and
// shows what came of it.
package dialog

import (
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/textarea"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/ui/draft"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// field is a part of a dialog that can have the focus.
type field int

// The fields.
const (
	MatcherField field = iota // what a silence matches
	pickField                 // a question, such as the target of a hand-off
	choiceField               // what to do for alerts without an incident
	TextField                 // the reason or the note
	noteField                 // the note that goes along, in the responder's own words
	SendField                 // the button
	resultField               // what came of it
)

// Dialog is where an action is prepared, previewed, confirmed and, when it
// failed, tried again. All actions are the same dialog with different fields.
type Dialog struct {
	*room.Screen
	options Options
	action  respond.Action
	Groups  []triage.Group
	Field   field

	sameAlerts
	asking
	picker textinput.Model

	choice  int
	instead respond.Instead

	Text textarea.Model
	// ownKey is the key of the draft where the text was not written for these
	// groups alone; else nil.
	ownKey *draft.Key
	// note is the whole note that goes along; while writing it takes the
	// place of the one that would be written.
	note    textarea.Model
	writing bool
	// poured: a part of the text came as a paste or a burst, and nobody has gone on
	// from it since.
	poured bool
	// Matchers are those of a silence, one a line; suggested is how they began.
	Matchers  textarea.Model
	suggested string
	// undo is what is taken back; nil: the action is a new one.
	undo *doneAction
	// responders: a hand-off asks to join.
	responders bool
	// anyway: it is sent even where it is unknown whether the try before came
	// about, which the preview then asks once more.
	anyway bool
	// confirmed are the sentences that were said yes to once more.
	confirmed string

	thinking
	draw.Seen
	scroll int // of the preview
	// surprise: whom it notifies changed while the preview was on the screen, so
	// the next enter only says that this was seen.
	surprise bool

	// tried are the steps that were tried for each group, for the note that goes
	// along.
	tried map[string][]string

	// said is why the last key did not do what it does; empty: it did.
	said string

	sending bool
	// waiting says why what is being sent waits; empty: it does not.
	waiting string
	results []respond.Result
	// finished: all results are there and some of them are not good.
	finished bool
}

// newDialog opens an action on groups with the drafts that were left.
func newDialog(s *room.Screen, o Options, action respond.Action, groups []triage.Group) *Dialog {
	d := &Dialog{
		Screen: s, options: o, action: action, Groups: groups,
		sameAlerts: sameAlerts{opened: groups}, asking: asking{questions: questionsOf(action, groups)}, picker: draw.NewInput(),
		Text: draw.NewTextArea(), note: draw.NewTextArea(), Matchers: draw.NewTextArea(),
	}
	d.restore(o.Drafts)
	d.focus(d.fields()[0])
	d.Rethink()
	return d
}

// fields are the parts of this action's dialog, in the order of tab.
func (d *Dialog) fields() []field {
	var fields []field
	if d.hasMatchers() {
		fields = append(fields, MatcherField)
	}
	switch {
	case d.refusedBefore():
		return []field{SendField}
	case !d.Answered():
		return append(fields, pickField)
	}
	if len(d.questions) > 0 {
		fields = append(fields, pickField)
	}
	if d.action == respond.Acknowledge {
		if len(d.Plan.Choices) > 0 || d.instead != respond.ChooseLater {
			return []field{choiceField, SendField}
		}
	}
	if d.hasText() {
		fields = append(fields, TextField)
	}
	if d.writing {
		fields = append(fields, noteField)
	}
	return append(fields, SendField)
}

// refusedBefore reports whether nothing can come of the action, so that nothing is
// asked. What was written stays to be read.
func (d *Dialog) refusedBefore() bool {
	switch {
	case d.hasMatchers():
		return false
	case d.never != "" && !d.Answered():
		return true
	case !d.hasText() || !d.unwritten():
		return false
	}
	return d.never != "" || d.action == respond.NextLevel && d.done > 0 && d.Plan.Action != "" && !d.Plan.Ready()
}

// hasText reports whether a reason goes along, or the action is a text.
func (d *Dialog) hasText() bool {
	switch d.action {
	case respond.Acknowledge, respond.Undo, respond.Merge, respond.ExtendSilence, respond.ExpireSilence:
		return false
	}
	return true
}

// focus gives a field the keys.
func (d *Dialog) focus(f field) {
	d.Field = f
	d.Text.Blur()
	d.note.Blur()
	d.Matchers.Blur()
	d.picker.Blur()
	switch f {
	case MatcherField:
		d.Matchers.Focus()
	case TextField:
		d.Text.Focus()
	case noteField:
		d.note.Focus()
	case pickField:
		d.picker.Focus()
	}
}

// step moves the focus to the next or previous field.
func (d *Dialog) step(by int) {
	fields := d.fields()
	at := slices.Index(fields, d.Field)
	d.focus(fields[(at+by+len(fields))%len(fields)])
}

// Request is what the responder asked for so far.
func (d *Dialog) Request() respond.Request {
	r := respond.Request{
		Action: d.action, Groups: d.Groups, Reason: d.Text.Value(), Instead: d.instead,
		Tried: d.tried, Responders: d.responders, Confirmed: d.confirmed != "", Anyway: d.anyway,
	}
	if d.hasMatchers() {
		if d.Matchers.Value() != d.suggested {
			r.Matchers, _ = d.parseMatchers()
		}
		r.Until = d.TimeNow().Add(previewSpan)
	}
	if d.writing {
		r.Note = d.note.Value()
	}
	for _, a := range d.answers {
		a.apply(&r)
	}
	return r
}

// refreshGroups takes the groups as they are now; those that are gone stay as
// they were, and the check before sending finds out.
func (d *Dialog) refreshGroups(now []triage.Group) {
	byID := make(map[string]triage.Group, len(now))
	for _, g := range now {
		byID[g.ID] = g
	}
	for _, list := range []*[]triage.Group{&d.Groups, &d.opened, &d.others} {
		groups := slices.Clone(*list)
		for i, g := range groups {
			if newer, ok := byID[g.ID]; ok {
				groups[i] = newer
			}
		}
		*list = groups
	}
	d.data = nil
	d.Rethink()
}

// answer is what the Model has to do after a dialog took a key.
type answer int

const (
	stay answer = iota
	closed
	send
	copySummary
	openEditor
	leaveProgram
)

// CommandOf is what a key asks for. The key that opened an acknowledgement also
// sends it.
func (d *Dialog) CommandOf(msg tea.KeyPressMsg) keymap.Command {
	c, _ := d.Keys.Command(msg, keymap.InDialog)
	if c == keymap.Acknowledge {
		if d.action == respond.Acknowledge && d.Field == SendField {
			return keymap.Confirm
		}
		return keymap.NoCommand
	}
	return c
}

// ReadableFrom is from when on the preview may be confirmed. One that notifies
// nobody and asks nothing else is short.
func (d *Dialog) ReadableFrom() time.Time {
	if d.action == respond.Acknowledge && len(d.Plan.Recipients) == 0 && len(d.Plan.Confirm) == 0 && len(d.Groups) == 1 {
		return d.Shown
	}
	if d.Since.After(d.Shown) {
		return d.Since.Add(room.LeastSeen)
	}
	return d.Shown.Add(room.LeastSeen)
}

// key takes a key press.
func (d *Dialog) key(msg tea.KeyPressMsg) (answer, tea.Cmd) {
	c := d.CommandOf(msg)
	d.said = ""
	switch c {
	case keymap.Quit:
		return leaveProgram, nil
	case keymap.CloseDialog:
		return closed, nil
	}
	if d.sending {
		if c == keymap.Confirm {
			d.said = "it is being sent"
		}
		return stay, nil
	}
	switch c {
	case keymap.AllIncidents:
		d.toggleAll()
		return stay, nil
	case keymap.HalfDown:
		d.scrollBy(5)
		return stay, nil
	case keymap.HalfUp:
		d.scrollBy(-5)
		return stay, nil
	case keymap.InEditor:
		if d.Field == SendField {
			d.writeNote()
		}
		if d.Field == TextField || d.Field == noteField || d.Field == MatcherField {
			return openEditor, nil
		}
		return stay, nil
	}
	switch d.Field {
	case MatcherField:
		return d.matcherKey(msg, c)
	case pickField:
		return d.pickKey(msg, c)
	case choiceField:
		return d.choiceKey(c), nil
	case TextField, noteField:
		return d.textKey(msg, c)
	case SendField:
		return d.sendKey(c), nil
	case resultField:
		return d.resultKey(c), nil
	}
	return stay, nil
}

func (d *Dialog) choiceKey(c keymap.Command) answer {
	n := len(d.choices)
	switch c {
	case keymap.ChoiceDown:
		d.choice = min(d.choice+1, max(n-1, 0))
	case keymap.ChoiceUp:
		d.choice = max(d.choice-1, 0)
	case keymap.NextField, keymap.PreviousField:
		if d.instead != respond.ChooseLater {
			d.step(1)
		}
	case keymap.Confirm:
		switch {
		case d.choice >= n:
			d.said = "still working it out: press " + d.keyOf(keymap.Confirm) + " again"
		case d.choices[d.choice].Refused != "":
			d.said = "this one is not possible: choose the other, or press " + d.keyOf(keymap.CloseDialog)
		default:
			d.instead = d.choices[d.choice].Instead
			d.Rethink()
			d.focus(SendField)
		}
	}
	return stay
}

// paste takes pasted text into the field that has the focus.
func (d *Dialog) paste(msg tea.PasteMsg) tea.Cmd {
	msg.Content = clean.Text(msg.Content)
	switch {
	case d.sending:
	case d.Field == TextField, d.Field == noteField, d.Field == MatcherField:
		d.poured = d.Field != MatcherField
		before := len(d.typed().Value())
		cmd := d.textType(msg)
		if len(d.typed().Value())-before < len(msg.Content) { // a field has at most 10,000 lines
			d.said = "the end of what was pasted has no room here"
		}
		return cmd
	case d.Field == pickField:
		return d.pickType(msg)
	}
	return nil
}

func (d *Dialog) sendKey(c keymap.Command) answer {
	switch c {
	case keymap.NextField:
		d.step(1)
	case keymap.PreviousField:
		d.step(-1)
	case keymap.ChoiceDown:
		d.scrollBy(1)
	case keymap.ChoiceUp:
		d.scrollBy(-1)
	case keymap.Confirm:
		switch {
		case d.stale():
			d.said = "still working it out: press " + d.keyOf(keymap.Confirm) + " again"
		case d.surprise:
			d.surprise = false
		case d.Plan.Ready() && d.unconfirmed():
			d.confirmed = confirmText(d.Plan)
			d.Rethink()
		case d.Plan.Ready():
			return send
		default:
			d.said = "nothing can be sent: press " + d.keyOf(keymap.CloseDialog)
		}
	case keymap.CopyLink:
		return copySummary
	case keymap.EditNote:
		switch {
		case d.hasNote():
			d.writeNote()
		case d.hasText() && !d.mustSayWhy():
			d.focus(TextField)
		}
	}
	return stay
}

// unconfirmed reports whether the plan needs one more yes.
func (d *Dialog) unconfirmed() bool { return len(d.Plan.Confirm) > 0 && !d.Plan.Confirmed }

// confirmText is what one says yes to.
func confirmText(p respond.Plan) string { return strings.Join(p.Confirm, "\n") }

// resultKey: after a failure enter goes back to what was prepared.
func (d *Dialog) resultKey(c keymap.Command) answer {
	switch {
	case c != keymap.Confirm:
	case !d.canRetry():
		return closed
	default:
		d.anyway = d.askedBefore()
		d.retryOnly()
		d.finished = false
		d.results = nil
		d.scroll = 0
		d.data = nil
		d.Rethink()
		d.focus(d.fields()[len(d.fields())-1])
	}
	return stay
}

// canRetry reports whether something may come of another try: a group that is not
// done was not refused by the plan already.
func (d *Dialog) canRetry() bool {
	return slices.ContainsFunc(d.results, func(r respond.Result) bool {
		return !r.Over() && !slices.ContainsFunc(d.Plan.Items, func(i respond.Item) bool { return i.ID == r.GroupID && !i.Sends() })
	})
}

// askedBefore reports whether nothing was sent for a group because it can't be
// said whether the try before came about.
func (d *Dialog) askedBefore() bool {
	return slices.ContainsFunc(d.results, func(r respond.Result) bool { return r.EarlierUnknown })
}

// retryOnly leaves the groups that still need doing.
func (d *Dialog) retryOnly() {
	done := map[string]bool{}
	for _, r := range d.results {
		if r.Over() {
			done[r.GroupID] = true
		}
	}
	left := func(groups []triage.Group) []triage.Group {
		return slices.DeleteFunc(slices.Clone(groups), func(g triage.Group) bool { return done[g.ID] })
	}
	d.Groups, d.opened, d.others = left(d.Groups), left(d.opened), left(d.others)
	if len(d.opened) == 0 {
		d.opened, d.others = d.Groups, nil
	}
}

// allOver reports whether every result is good: then nothing is left to do.
func allOver(results []respond.Result) bool {
	return !slices.ContainsFunc(results, func(r respond.Result) bool { return !r.Over() })
}
