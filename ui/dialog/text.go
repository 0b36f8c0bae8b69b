package dialog

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"

	"firstline/internal/respond"
	"firstline/internal/wording"
	"firstline/ui/draft"
	"firstline/ui/draw"
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
		d.retyped()
	case c == keymap.NextField, c == keymap.Confirm && !d.linesOfText() && !d.Typing.Hasty:
		d.leaveText(1)
	case c == keymap.PreviousField:
		d.leaveText(-1)
	case c == keymap.NewLine, c == keymap.Confirm:
		d.typed().InsertString("\n")
		d.retyped()
	default:
		return stay, d.textType(msg)
	}
	return stay, nil
}

// pouredNotice says that text came which nobody typed; empty where none did. It is
// a draft like any other, and shown as what it is until a key by itself goes on
// from it.
func (d *Dialog) pouredNotice() string {
	key := d.keyOf(keymap.Confirm)
	switch {
	case !d.poured || d.Field != TextField && d.Field != noteField:
		return ""
	case d.linesOfText():
		key = d.keyOf(keymap.NextField)
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
		d.retyped()
	}
	d.poured = d.poured && area.Value() != ""
	return cmd
}

// setText puts text in the place of what the field holds, as the responder's
// editor left it.
func (d *Dialog) setText(text string) {
	d.typed().SetValue(strings.TrimRight(text, "\n"))
	d.poured = false
	d.retyped()
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
		d.resize()
	}
	d.scroll = 0
	d.focus(noteField)
}

// resize fits the inputs to a new screen.
func (d *Dialog) resize() {
	d.fitPicker()
	width := d.inside() - len(textEdge)
	draw.FitRows(&d.Text, width, d.textHeight(), d.textHeight())
	draw.FitRows(&d.note, width, d.noteHeight(), d.noteHeight())
	most := d.matcherRoom()
	draw.FitRows(&d.Matchers, width, min(leastMatcherRows, most), most)
}

// retyped follows a change of what is typed.
func (d *Dialog) retyped() {
	d.resize()
	d.Rethink()
}

// hiddenRows says how many rows of a text are out of sight, for the line above it.
func (d *Dialog) hiddenRows(area *textarea.Model) string {
	above, below := draw.HiddenRows(area)
	text := ""
	switch {
	case above > 0 && below > 0:
		text = fmt.Sprintf("▲ %d · ▼ %s", above, wording.Count(below, "more line"))
	case above > 0:
		text = "▲ " + wording.Count(above, "more line")
	case below > 0:
		text = "▼ " + wording.Count(below, "more line")
	default:
		return ""
	}
	return d.Theme.Of(draw.Warning).On("  " + text)
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
	d.resize()
	d.poured = drafts.Text(d.pouredKey()) != "" && !d.unwritten()
}
