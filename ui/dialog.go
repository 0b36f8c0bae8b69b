package ui

import (
	"slices"
	"time"

	"charm.land/bubbles/v2/textarea"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/internal/triage"
)

// field is a part of a dialog that can have the focus.
type field int

const (
	pickField   field = iota // the target of a hand-off
	choiceField              // what to do for alerts without an incident
	textField                // the reason or the note
	sendField                // the button
	resultField              // what came of it
)

// dialog is where an action is prepared, previewed, confirmed and, when it
// failed, kept. All actions are the same dialog with different fields.
type dialog struct {
	*shared
	number int // tells this dialog's messages from those of an earlier one
	action respond.Action
	groups []triage.Group
	field  field

	picker     textinput.Model
	candidates []respond.Target
	candidate  int
	target     respond.Target

	choice  int
	instead respond.Instead

	text textarea.Model

	thinking
	scroll int // of the preview
	// surprise: whom it pages changed while the preview was on the screen, so
	// the next enter only says that this was seen.
	surprise bool

	sending bool
	results []respond.Result
	// finished: all results are there and some of them are not good.
	finished bool
}

// leastLook is how long a preview must have stood before it can be confirmed.
const leastLook = 150 * time.Millisecond

// newDialog opens an action on groups with the draft that was left.
func newDialog(s *shared, number int, action respond.Action, groups []triage.Group, draft string) *dialog {
	d := &dialog{shared: s, number: number, action: action, groups: groups, picker: newInput(), text: textarea.New()}
	d.text.Prompt = ""
	d.text.ShowLineNumbers = false
	d.text.CharLimit = 0
	d.text.MaxHeight = 0
	d.text.EndOfBufferCharacter = ' '
	d.text.SetVirtualCursor(false)
	d.text.SetStyles(textarea.Styles{})
	for _, b := range []interface{ SetEnabled(bool) }{
		&d.text.KeyMap.Paste, &d.text.KeyMap.InsertNewline, &d.text.KeyMap.PageUp, &d.text.KeyMap.PageDown,
		&d.text.KeyMap.SelectAll, &d.text.KeyMap.CopySelection,
	} {
		b.SetEnabled(false)
	}
	d.resize()
	d.text.SetValue(draft)
	d.focus(d.fields()[0])
	d.rethink()
	return d
}

// fields are the parts of this action's dialog, in the order of tab.
func (d *dialog) fields() []field {
	switch d.action {
	case respond.Acknowledge:
		if len(d.plan.Choices) > 0 || d.instead != respond.ChooseLater {
			return []field{choiceField, sendField}
		}
		return []field{sendField}
	case respond.HandOff:
		if d.target.IsZero() {
			return []field{pickField}
		}
		return []field{pickField, textField, sendField}
	}
	return []field{textField, sendField}
}

func (d *dialog) hasText() bool { return d.action != respond.Acknowledge }

// focus gives a field the keys.
func (d *dialog) focus(f field) {
	d.field = f
	d.text.Blur()
	d.picker.Blur()
	switch f {
	case textField:
		d.text.Focus()
	case pickField:
		d.picker.Focus()
	}
}

// step moves the focus to the next or previous field.
func (d *dialog) step(by int) {
	fields := d.fields()
	at := slices.Index(fields, d.field)
	d.focus(fields[(at+by+len(fields))%len(fields)])
}

// draft is the text as it stands.
func (d *dialog) draft() string { return d.text.Value() }

// request is what the responder asked for so far.
func (d *dialog) request() respond.Request {
	return respond.Request{Action: d.action, Groups: d.groups, Target: d.target, Reason: d.draft(), Instead: d.instead}
}

// refreshGroups takes the groups as they are now; those that are gone stay as
// they were, and the look before sending tells.
func (d *dialog) refreshGroups(now []triage.Group) {
	byID := make(map[string]triage.Group, len(now))
	for _, g := range now {
		byID[g.ID] = g
	}
	groups := slices.Clone(d.groups)
	for i, g := range groups {
		if newer, ok := byID[g.ID]; ok {
			groups[i] = newer
		}
	}
	d.groups = groups
	d.world = nil
	d.rethink()
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

// key takes a key press.
func (d *dialog) key(msg tea.KeyPressMsg) (answer, tea.Cmd) {
	c, _ := d.commandFor(msg, inDialog)
	switch c {
	case quit:
		return leaveProgram, nil
	case closeDialog:
		return closed, nil
	}
	if d.sending {
		return stay, nil
	}
	switch c {
	case pageDown:
		d.scrollBy(5)
		return stay, nil
	case pageUp:
		d.scrollBy(-5)
		return stay, nil
	case inEditor:
		if d.field == textField {
			return openEditor, nil
		}
		return stay, nil
	}
	switch d.field {
	case pickField:
		return d.pickKey(msg, c)
	case choiceField:
		return d.choiceKey(c), nil
	case textField:
		return d.textKey(msg, c)
	case sendField:
		return d.sendKey(c), nil
	case resultField:
		return d.resultKey(c), nil
	}
	return stay, nil
}

func (d *dialog) pickKey(msg tea.KeyPressMsg, c command) (answer, tea.Cmd) {
	switch c {
	case choiceDown:
		d.candidate = min(d.candidate+1, max(len(d.candidates)-1, 0))
	case choiceUp:
		d.candidate = max(d.candidate-1, 0)
	case confirm, nextField:
		if d.candidate < len(d.candidates) && !d.stale() {
			d.target = d.candidates[d.candidate]
			d.scroll = 0
			d.rethink()
			d.focus(textField)
		}
	case previousField, newLine:
	default:
		return stay, d.pickType(msg)
	}
	return stay, nil
}

// pickType changes the search; the best match is then chosen.
func (d *dialog) pickType(msg tea.Msg) tea.Cmd {
	before := d.picker.Value()
	var cmd tea.Cmd
	d.picker, cmd = d.picker.Update(msg)
	if d.picker.Value() != before {
		d.candidate = 0
		d.rethink()
	}
	return cmd
}

func (d *dialog) choiceKey(c command) answer {
	n := len(d.choices)
	switch c {
	case choiceDown:
		d.choice = min(d.choice+1, max(n-1, 0))
	case choiceUp:
		d.choice = max(d.choice-1, 0)
	case nextField, previousField:
		if d.instead != respond.ChooseLater {
			d.step(1)
		}
	case confirm:
		if d.choice < n && d.choices[d.choice].Refused == "" {
			d.instead = d.choices[d.choice].Instead
			d.rethink()
			d.focus(sendField)
		}
	}
	return stay
}

func (d *dialog) textKey(msg tea.KeyPressMsg, c command) (answer, tea.Cmd) {
	switch {
	case c == nextField, c == confirm && d.action != respond.AddNote:
		d.step(1)
	case c == previousField:
		d.step(-1)
	case c == newLine, c == confirm:
		d.text.InsertString("\n")
		d.rethink()
	default:
		return stay, d.textType(msg)
	}
	return stay, nil
}

func (d *dialog) textType(msg tea.Msg) tea.Cmd {
	before := d.text.Value()
	var cmd tea.Cmd
	d.text, cmd = d.text.Update(msg)
	if d.text.Value() != before {
		d.rethink()
	}
	return cmd
}

// paste takes pasted text into the field that has the focus.
func (d *dialog) paste(msg tea.PasteMsg) tea.Cmd {
	msg.Content = clean.Text(msg.Content)
	switch {
	case d.sending:
	case d.field == textField:
		return d.textType(msg)
	case d.field == pickField:
		return d.pickType(msg)
	}
	return nil
}

func (d *dialog) sendKey(c command) answer {
	switch c {
	case nextField:
		d.step(1)
	case previousField:
		d.step(-1)
	case choiceDown:
		d.scrollBy(1)
	case choiceUp:
		d.scrollBy(-1)
	case confirm:
		switch {
		case d.stale() || d.clockNow().Sub(d.shown) < leastLook:
			// Nobody has seen this preview: the key was typed ahead, or comes
			// from a paste. A second press will do it.
		case d.surprise:
			d.surprise = false
		case d.plan.Ready():
			return send
		}
	default:
		if c == copyLink {
			return copySummary
		}
	}
	return stay
}

// resultKey: after a failure enter goes back to what was prepared.
func (d *dialog) resultKey(c command) answer {
	if c == confirm {
		d.retryOnly()
		d.finished = false
		d.results = nil
		d.scroll = 0
		d.world = nil
		d.rethink()
		d.focus(d.fields()[len(d.fields())-1])
	}
	return stay
}

// retryOnly leaves the groups that still need doing.
func (d *dialog) retryOnly() {
	done := map[string]bool{}
	for _, r := range d.results {
		if r.Outcome == respond.Done || r.Outcome == respond.Already {
			done[r.GroupID] = true
		}
	}
	d.groups = slices.DeleteFunc(slices.Clone(d.groups), func(g triage.Group) bool { return done[g.ID] })
}

// settled reports whether every result is good: then there is nothing to keep.
func settled(results []respond.Result) bool {
	return !slices.ContainsFunc(results, func(r respond.Result) bool {
		return r.Outcome != respond.Done && r.Outcome != respond.Already
	})
}

// draftKey is what the text is kept under.
func (d *dialog) draftKey() draftKey { return draftOf(string(d.action), d.groups) }

// resize fits the inputs to a new screen.
func (d *dialog) resize() {
	d.text.SetWidth(d.inside() - len(textEdge))
	d.text.SetHeight(d.textHeight())
}
