package dialog

import (
	"strings"

	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"

	"firstline/internal/respond"
	"firstline/ui/draft"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// typed is the text that has the keys, or had them last.
func (d *Dialog) typed() *textarea.Model {
	switch d.Field {
	case noteField:
		return &d.note
	case MatcherField:
		return &d.Matchers
	}
	return &d.Text
}

// linesOfText reports whether enter begins a new line in the text: it is
// more than a sentence.
func (d *Dialog) linesOfText() bool { return d.action == respond.AddNote || d.Field == noteField }

func (d *Dialog) textKey(msg tea.KeyPressMsg, c keymap.Command) (answer, tea.Cmd) {
	if d.Typing.Hasty && (c == keymap.Confirm || d.Typing.Run >= room.LeastPoured) {
		d.poured = true
	}
	switch {
	case c == keymap.NextField && d.Typing.Hasty:
		d.typed().InsertString(" ")
		d.Rethink()
	case c == keymap.NextField, c == keymap.Confirm && !d.linesOfText() && !d.Typing.Hasty:
		d.leaveText(1)
	case c == keymap.PreviousField:
		d.leaveText(-1)
	case c == keymap.NewLine, c == keymap.Confirm:
		d.typed().InsertString("\n")
		d.Rethink()
	default:
		return stay, d.textType(msg)
	}
	return stay, nil
}

// pouredNotice says that text came which nobody typed; empty where none did. It is
// a draft like any other, and shown as what it is until a key by itself goes on
// from it.
func (d *Dialog) pouredNotice() string {
	key := "enter"
	switch {
	case !d.poured || d.Field != TextField && d.Field != noteField:
		return ""
	case d.linesOfText():
		key = "tab"
	}
	return "pasted text, not confirmed: read it, then press " + key
}

// leaveText goes on from a text. A note that was emptied is written again.
func (d *Dialog) leaveText(by int) {
	d.poured = d.poured && (d.Typing.Hasty || by < 0)
	d.step(by)
	if d.writing && strings.TrimSpace(d.note.Value()) == "" {
		d.writing = false
		d.Rethink()
		if d.Field == noteField {
			d.focus(SendField)
		}
	}
}

func (d *Dialog) textType(msg tea.Msg) tea.Cmd {
	area := d.typed()
	before := area.Value()
	var cmd tea.Cmd
	*area, cmd = area.Update(msg)
	if area.Value() != before {
		d.Rethink()
	}
	d.poured = d.poured && area.Value() != ""
	return cmd
}

// setText puts text in the place of what the field holds, as the responder's
// editor left it.
func (d *Dialog) setText(text string) {
	d.typed().SetValue(strings.TrimRight(text, "\n"))
	d.poured = false
	d.Rethink()
}

// hasNote reports whether a note goes along that the responder can rewrite.
func (d *Dialog) hasNote() bool {
	switch d.action {
	case respond.Escalate, respond.NextLevel, respond.HandOff:
		return !d.stale() && d.Plan.Note != ""
	}
	return false
}

// writeNote lets the responder change the whole note that goes along.
func (d *Dialog) writeNote() {
	if !d.hasNote() {
		return
	}
	if !d.writing {
		d.note.SetValue(d.Plan.Note)
		d.writing = true
	}
	d.scroll = 0
	d.focus(noteField)
}

// resize fits the inputs to a new screen.
func (d *Dialog) resize() {
	for _, area := range []*textarea.Model{&d.Text, &d.note, &d.Matchers} {
		area.SetWidth(d.inside() - len(textEdge))
	}
	d.fitPicker()
	d.Text.SetHeight(d.textHeight())
	d.note.SetHeight(d.noteHeight())
	d.Matchers.SetHeight(min(max(d.Matchers.LineCount()+1, 3), max(d.Layout.Body.Height/3, 3)))
}

// draftKey is the key of the text's draft, noteKey that of the note's.
func (d *Dialog) draftKey() draft.Key {
	if d.ownKey != nil {
		return *d.ownKey
	}
	return draft.Of(string(d.action), d.opened)
}

func (d *Dialog) noteKey() draft.Key { return draft.Of(string(d.action)+" note", d.opened) }

// matchersKey is the key of the matchers' draft.
func (d *Dialog) matchersKey() draft.Key { return draft.Of(string(d.action)+" matchers", d.opened) }

// pouredKey is the key that marks a draft that nobody has confirmed.
func (d *Dialog) pouredKey() draft.Key { return draft.Of(string(d.action)+" pasted", d.opened) }

func (d *Dialog) draftKeys() []draft.Key {
	return []draft.Key{d.draftKey(), d.noteKey(), d.matchersKey(), d.pouredKey()}
}

// drafts are all texts that were typed, by their keys.
func (d *Dialog) drafts() map[draft.Key]string {
	drafts := map[draft.Key]string{d.draftKey(): d.Text.Value(), d.noteKey(): "", d.pouredKey(): ""}
	if d.poured {
		drafts[d.pouredKey()] = "yes"
	}
	if d.writing {
		drafts[d.noteKey()] = d.note.Value()
	}
	if d.hasMatchers() && d.Matchers.Value() != d.suggested {
		drafts[d.matchersKey()] = d.Matchers.Value()
	}
	return drafts
}

// unwritten reports whether nothing was typed yet.
func (d *Dialog) unwritten() bool {
	return d.Text.Value() == "" && !d.writing && d.Matchers.Value() == d.suggested
}

// restore takes the texts that were left.
func (d *Dialog) restore(drafts *draft.Drafts) {
	d.Text.SetValue(drafts.Text(d.draftKey()))
	if note := drafts.Text(d.noteKey()); note != "" {
		d.note.SetValue(note)
		d.writing = true
	}
	if matchers := drafts.Text(d.matchersKey()); matchers != "" {
		d.Matchers.SetValue(matchers)
	}
	d.poured = drafts.Text(d.pouredKey()) != "" && !d.unwritten()
}
