package steprun

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/runbooks"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// Form asks for the values that a command needs before it is run or copied.
type Form struct {
	*room.Screen
	options FormOptions
	inputs  []textinput.Model
	at      int
	// wrong says why the values can't be taken; empty: nothing is wrong.
	wrong string
}

// longestValue is how long a value can be, in characters: a part of a pasted one would
// make another command.
const longestValue = 100_000

// FormOptions are what a form needs besides the screen.
type FormOptions struct {
	// Command is the text with the placeholders, Missing are these. Each name is
	// asked for once.
	Command string
	Missing []runbooks.Placeholder
	// Not says what esc leaves undone, "run it".
	Not string
	// Check says why the command can't take the values; empty: it can.
	Check func(values map[string]string) string
	// Done gets the values, by the names of the placeholders.
	Done func(values map[string]string) tea.Cmd
}

// FormKeys are the keys of a form.
func FormKeys() keymap.Table {
	const at = keymap.InForm
	return keymap.Table{
		keymap.Key(at, keymap.Confirm, "go on").Hinted("*"),
		keymap.Key(at, keymap.NextField, "next value").Hinted("*"),
		keymap.Key(at, keymap.PreviousField, "value before"),
		keymap.Key(at, keymap.CloseDialog, "close").Hinted("*"),
		keymap.Key(at, keymap.Quit, "quit"),
	}
}

// NewForm asks for values. What is known already is proposed.
func NewForm(s *room.Screen, o FormOptions) *Form {
	var once []runbooks.Placeholder
	for _, m := range o.Missing {
		if !slices.ContainsFunc(once, func(have runbooks.Placeholder) bool { return have.Name == m.Name }) {
			once = append(once, m)
		}
	}
	o.Missing = once
	f := &Form{Screen: s, options: o}
	for _, m := range once {
		input := draw.NewInput()
		input.CharLimit = longestValue
		input.SetValue(clean.Line(m.Proposal))
		input.CursorEnd()
		f.inputs = append(f.inputs, input)
	}
	f.inputs[0].Focus()
	f.Resize()
	return f
}

// Mode is where its keys act.
func (f *Form) Mode() keymap.Mode { return keymap.InForm }

// Key takes a key press.
func (f *Form) Key(msg tea.KeyPressMsg) tea.Cmd {
	c, _ := f.Keys.Command(msg, keymap.InForm)
	switch c {
	case keymap.Quit:
		return f.Host.Quit()
	case keymap.CloseDialog:
		f.Host.Close()
	case keymap.NextField:
		f.to((f.at + 1) % len(f.inputs))
	case keymap.PreviousField:
		f.to((f.at + len(f.inputs) - 1) % len(f.inputs))
	case keymap.Confirm:
		return f.goOn()
	default:
		return f.typed(msg)
	}
	return nil
}

// Paste takes pasted text as one line.
func (f *Form) Paste(msg tea.PasteMsg) tea.Cmd {
	msg.Content = clean.Line(msg.Content)
	return f.typed(msg)
}

func (f *Form) typed(msg tea.Msg) (cmd tea.Cmd) {
	f.inputs[f.at], cmd = f.inputs[f.at].Update(msg)
	f.wrong = ""
	return cmd
}

func (f *Form) to(field int) {
	f.inputs[f.at].Blur()
	f.at = field
	f.inputs[f.at].Focus()
}

// goOn goes to the next value, and after the last one on with all of them.
func (f *Form) goOn() tea.Cmd {
	if f.inputs[f.at].Value() != "" && f.at < len(f.inputs)-1 {
		f.to(f.at + 1)
		return nil
	}
	values := map[string]string{}
	for i, m := range f.options.Missing {
		value := f.inputs[i].Value()
		if value == "" {
			f.wrong = clean.Line(m.Text) + " needs a value."
			f.to(i)
			return nil
		}
		values[m.Name] = value
	}
	if f.wrong = f.options.Check(values); f.wrong != "" {
		return nil
	}
	f.Host.Close()
	return f.options.Done(values)
}

// Resize fits the fields to the width.
func (f *Form) Resize() {
	for i := range f.inputs {
		f.inputs[i].SetWidth(max(f.inside()-f.labels()-4, 1))
	}
}

func (f *Form) inside() int { return f.Layout.Middle(104) - 4 }

// labels is how wide the names of the fields are.
func (f *Form) labels() int {
	widest := 0
	for _, m := range f.options.Missing {
		widest = max(widest, f.WidthOf(clean.Line(m.Text)))
	}
	return min(widest, f.inside()/2)
}

// View draws the command and the fields.
func (f *Form) View() ([]string, draw.Rectangle, *tea.Cursor) {
	body, width := f.Layout.Body, f.inside()
	intro := append(f.Paragraph("The runbook leaves these values to you:", width, draw.Dim), "")
	lines := slices.Clone(intro)
	for l := range strings.SplitSeq(f.options.Command, "\n") {
		for _, part := range f.HardWrap(f.Exact(clean.Text(l)), width-2) {
			lines = append(lines, f.Theme.Of(draw.Accent).On("$ ")+f.Theme.Of(draw.Strong).On(part))
		}
	}
	// The fields and the two lines below them come before a long command.
	most := max(body.Height-2-3-min(len(f.inputs), body.Height/2), 2)
	if len(lines) > most {
		lines = lines[len(intro):]
	}
	if len(lines) > most {
		lines = append(lines[:most-1], f.Theme.Of(draw.Dim).On("…"))
	}
	lines = append(lines, "")
	from, to := draw.Window(len(f.inputs), max(f.at-(body.Height-6-len(lines)), 0), max(body.Height-4-len(lines), 1))
	labels := f.labels()
	row := 0
	for i := from; i < to; i++ {
		mark := "  "
		if i == f.at {
			mark, row = f.Theme.Of(draw.Accent).On("▌ "), len(lines)
		}
		name := f.Fit(f.Cut(clean.Line(f.options.Missing[i].Text), labels), labels)
		lines = append(lines, mark+f.Theme.Of(draw.Dim).On(name)+" "+f.inputs[i].View())
	}
	wrong := ""
	if f.wrong != "" {
		wrong = f.Theme.Of(draw.Warning).On(f.Cut(clean.Line(f.wrong), width))
	}
	lines = append(lines, wrong, f.Theme.Of(draw.Dim).On(draw.Join(" · ", f.Keys.Does(keymap.InForm, keymap.Confirm, "goes on"), f.Keys.Does(keymap.InForm, keymap.NextField, "next value"),
		f.Keys.Does(keymap.InForm, keymap.CloseDialog, "does not "+f.options.Not))))
	height := min(len(lines)+2, body.Height)
	area := draw.Rectangle{X: body.X + (body.Width-width-4)/2, Y: body.Y + (body.Height-height)/2, Width: width + 4, Height: height}
	for i := range lines {
		lines[i] = " " + f.Fit(lines[i], width) + " "
	}
	cursor := f.inputs[f.at].Cursor()
	if cursor != nil {
		cursor.X += area.X + 2 + 2 + labels + 1
		cursor.Y = area.Y + 1 + row
	}
	return f.Box(area, f.Theme.Of(draw.Strong).On("Values"), "", true, lines[:min(len(lines), max(area.Height-2, 0))]), area, cursor
}

// Input is the value that is typed.
func (f *Form) Input() room.Input {
	return room.Input{Label: clean.Line(f.options.Missing[f.at].Text), Text: f.inputs[f.at].Value()}
}
