package pane

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/record"
	"firstline/ui/draft"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// remarkRoom asks what is wrong with a step, and why.
type remarkRoom struct {
	*room.Screen
	remark record.Remark
	// kinds are what can be said; the last takes a remark back.
	kinds []record.RemarkKind
	input textinput.Model
	take  func(record.Remark) tea.Cmd
	// drafts has what was typed and not said, under key.
	drafts *draft.Drafts
	key    draft.Key
}

// newRemarkRoom asks about a step. had: it has a remark, which can be taken back.
func newRemarkRoom(s *room.Screen, r record.Remark, had bool, drafts *draft.Drafts, key draft.Key, take func(record.Remark) tea.Cmd) *remarkRoom {
	o := &remarkRoom{Screen: s, remark: r, kinds: []record.RemarkKind{record.DidNotHelp, record.Wrong}, input: draw.NewInput(), take: take, drafts: drafts, key: key}
	if had {
		o.kinds = append(o.kinds, "")
	}
	if kind, why, found := strings.Cut(drafts.Text(key), "\n"); found && slices.Contains(o.kinds, record.RemarkKind(kind)) {
		o.remark.Kind, o.remark.Why = record.RemarkKind(kind), why
	}
	o.input.CharLimit = 200
	o.input.SetValue(clean.Line(o.remark.Why))
	o.input.CursorEnd()
	o.input.Focus()
	o.Resize()
	return o
}

// Mode is where its keys act.
func (o *remarkRoom) Mode() keymap.Mode { return keymap.InForm }

// Key takes a key press.
func (o *remarkRoom) Key(msg tea.KeyPressMsg) tea.Cmd {
	at := slices.Index(o.kinds, o.remark.Kind)
	switch c, _ := o.Keys.Command(msg, keymap.InForm); c {
	case keymap.Quit:
		return o.Host.Quit()
	case keymap.CloseDialog:
		o.Host.Close()
	case keymap.NextField:
		o.remark.Kind = o.kinds[(at+1)%len(o.kinds)]
		o.store()
	case keymap.PreviousField:
		o.remark.Kind = o.kinds[(at+len(o.kinds)-1)%len(o.kinds)]
		o.store()
	case keymap.Confirm:
		o.remark.Why = clean.Line(o.input.Value())
		o.Host.Close()
		return o.take(o.remark)
	default:
		return o.typed(msg)
	}
	return nil
}

// Paste takes pasted text as one line.
func (o *remarkRoom) Paste(msg tea.PasteMsg) tea.Cmd {
	msg.Content = clean.Line(msg.Content)
	return o.typed(msg)
}

func (o *remarkRoom) typed(msg tea.Msg) (cmd tea.Cmd) {
	before := o.input.Value()
	o.input, cmd = o.input.Update(msg)
	if o.input.Value() != before {
		o.store()
	}
	return cmd
}

// store puts what was typed among the drafts, which outlive the program.
func (o *remarkRoom) store() {
	o.drafts.Put(o.key, string(o.remark.Kind)+"\n"+clean.Line(o.input.Value()))
}

// Resize fits the field to the width.
func (o *remarkRoom) Resize() { o.input.SetWidth(max(o.inside()-6, 1)) }

func (o *remarkRoom) inside() int { return o.Layout.Middle(84) - 4 }

// View draws the step, what can be said of it, and the field.
func (o *remarkRoom) View() ([]string, draw.Rectangle, *tea.Cursor) {
	body, width := o.Layout.Body, o.inside()
	lines := o.Paragraph(clean.Line(o.remark.Text), width, draw.Dim)
	lines = append(lines[:min(len(lines), 2)], "")
	kinds := ""
	for _, kind := range o.kinds {
		text := string(kind)
		if text == "" {
			text = "take it back"
		}
		if kind == o.remark.Kind {
			kinds += o.Theme.Of(draw.Accent).On("▌" + text + " ")
		} else {
			kinds += " " + o.Theme.Of(draw.Dim).On(text) + " "
		}
	}
	lines = append(lines, kinds, o.Theme.Of(draw.Dim).On("why ")+o.input.View(), "",
		o.Theme.Of(draw.Dim).On(o.Cut(draw.Join(" · ", o.Keys.Does(o.Mode(), keymap.Confirm, "says it to the next reader and the author"), o.Keys.Does(o.Mode(), keymap.NextField, "changes what is said")), width)))
	height := min(len(lines)+2, body.Height)
	area := draw.Rectangle{X: body.X + (body.Width-width-4)/2, Y: body.Y + (body.Height-height)/2, Width: width + 4, Height: height}
	row := len(lines) - 3
	for i := range lines {
		lines[i] = " " + o.Fit(lines[i], width) + " "
	}
	cursor := o.input.Cursor()
	if cursor != nil {
		cursor.X += area.X + 2 + len("why ")
		cursor.Y = area.Y + 1 + row
	}
	return o.Box(area, o.Theme.Of(draw.Strong).On("This step"), "", true, lines[:min(len(lines), max(area.Height-2, 0))]), area, cursor
}

// Input is why the step has the remark.
func (o *remarkRoom) Input() room.Input { return room.Input{Label: "Why", Text: o.input.Value()} }
