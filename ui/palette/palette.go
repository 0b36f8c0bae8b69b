// Package palette finds a command by its name, also one without a key.
package palette

import (
	"cmp"
	"fmt"
	"slices"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"firstline/internal/clean"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// Room is where a command is looked for.
type Room struct {
	*room.Screen
	// do does what an entry asks for.
	do    func(*keymap.Entry) tea.Cmd
	input textinput.Model
	// All are the commands; Found are those that fit what is typed, the
	// best first.
	All, Found []keymap.Entry
	// verbs are the commands that are written with an argument. verb is the one that
	// is typed, nil before that, with its words and its argument; wrong says why that
	// can't be read. offers are arguments that fit.
	verbs           []room.Verb
	verb            *room.Verb
	words, argument string
	wrong           string
	offers          []string
	// chosen is one of what is found or offered; -1: the argument as it is typed.
	chosen int
}

// mostCommands is how many commands are shown at once.
const mostCommands = 14

// Keys are the keys of the search.
func Keys() keymap.Table {
	const at = keymap.InCommands
	return keymap.Table{
		keymap.Key(at, keymap.Confirm, "do it").Hinted("*"),
		keymap.Key(at, keymap.CompleteNext, "complete").Hinted("*"),
		keymap.Key(at, keymap.ChoiceDown, "down").Hinted("*"),
		keymap.Key(at, keymap.ChoiceUp, "up").Hinted("*"),
		keymap.Key(at, keymap.CloseDialog, "close").Hinted("*"),
		keymap.Key(at, keymap.Quit, "quit"),
	}
}

// New opens the search for the commands of the list, and of another mode too. do does
// what the chosen entry asks for; verbs may be written with an argument.
func New(s *room.Screen, do func(*keymap.Entry) tea.Cmd, also keymap.Mode, verbs ...room.Verb) *Room {
	r := &Room{Screen: s, do: do, verbs: verbs, input: draw.NewInput()}
	for _, e := range s.Keys {
		if e.Mode == keymap.InNormal && e.Group != "" && e.Command != keymap.OpenCommands || e.Mode == also && also != keymap.InNormal {
			r.All = append(r.All, e)
		}
	}
	possibleFirst(r.All)
	r.Found = r.All
	r.Resize()
	r.input.Focus()
	return r
}

// Mode is where its keys act.
func (r *Room) Mode() keymap.Mode { return keymap.InCommands }

// Resize fits the search to another size of the screen.
func (r *Room) Resize() { r.input.SetWidth(r.width() - 7) }

func (r *Room) width() int { return r.Layout.Middle(76) }

// Paste takes pasted text.
func (r *Room) Paste(msg tea.PasteMsg) tea.Cmd {
	msg.Content = clean.Line(msg.Content)
	return r.update(msg)
}

// Key takes a key press.
func (r *Room) Key(msg tea.KeyPressMsg) tea.Cmd {
	switch c, _ := r.Keys.Command(msg, keymap.InCommands); c {
	case keymap.Quit:
		return r.Host.Quit()
	case keymap.CloseDialog:
		r.Host.Close()
	case keymap.ChoiceDown:
		r.move(1)
	case keymap.ChoiceUp:
		r.move(-1)
	case keymap.CompleteNext:
		r.complete()
	case keymap.Confirm:
		if r.verb != nil {
			return r.confirm()
		}
		if len(r.Found) == 0 {
			return nil
		}
		e := r.Found[r.chosen]
		r.Host.Close()
		return r.do(&e)
	default:
		return r.update(msg)
	}
	return nil
}

// update types, and finds the commands that fit.
func (r *Room) update(msg tea.Msg) tea.Cmd {
	before := r.input.Value()
	var cmd tea.Cmd
	r.input, cmd = r.input.Update(msg)
	if r.input.Value() != before {
		r.find()
	}
	return cmd
}

func (r *Room) find() {
	r.chosen = 0
	if r.argue(); r.verb != nil {
		return
	}
	if r.input.Value() == "" {
		r.Found = r.All
		return
	}
	var exact, begun []keymap.Entry
	for _, e := range r.All {
		switch f := fit(e, r.input.Value()); {
		case f.exact && f.fits:
			exact = append(exact, e)
		case f.fits:
			begun = append(begun, e)
		}
	}
	if r.Found = slices.Concat(exact, begun); len(r.Found) > 0 {
		possibleFirst(r.Found)
		return
	}
	for _, match := range fuzzy.FindFrom(r.input.Value(), described(r.All)) {
		r.Found = append(r.Found, r.All[match.Index])
	}
	possibleFirst(r.Found)
}

// possibleFirst puts what can be done before what can't.
func possibleFirst(entries []keymap.Entry) {
	slices.SortStableFunc(entries, func(a, b keymap.Entry) int { return cmp.Compare(min(len(a.Idle()), 1), min(len(b.Idle()), 1)) })
}

// described are entries to be searched by their descriptions.
type described []keymap.Entry

func (d described) String(i int) string { return d[i].Text() }
func (d described) Len() int            { return len(d) }

// move chooses the next or previous command.
func (r *Room) move(by int) {
	least := 0
	if r.argument != "" && r.wrong == "" {
		least = -1
	}
	r.chosen = max(min(r.chosen+by, r.count()-1), least)
}

// window is where the search is drawn, the first command, and how many there can be.
func (r *Room) window() (area draw.Rectangle, from, rows int) {
	body, width := r.Layout.Body, r.width()
	rows = min(mostCommands, body.Height-5)
	area = draw.Rectangle{X: body.X + (body.Width-width)/2, Y: body.Y, Width: width, Height: rows + 4}
	return area, min(max(r.chosen-rows+1, 0), max(r.count()-rows, 0)), rows
}

// Click chooses the command that was clicked, and takes it where it was chosen
// already.
func (r *Room) Click(x, y int) keymap.Command {
	area, from, rows := r.window()
	row := y - area.Y - 3
	switch {
	case !area.Has(x, y) || row < 0 || row >= rows || from+row >= r.count():
	case from+row == r.chosen:
		return keymap.Confirm
	default:
		r.chosen = from + row
	}
	return keymap.NoCommand
}

// View draws what is typed and the commands that fit.
func (r *Room) View() ([]string, draw.Rectangle, *tea.Cursor) {
	area, from, rows := r.window()
	inside := area.Width - 4
	lines := []string{r.Theme.Of(draw.Accent).On(":") + " " + r.input.View(), ""}
	switch {
	case r.verb != nil:
		lines = append(lines, r.argumentLines(from, rows, inside)...)
	case len(r.Found) == 0:
		lines = append(lines, r.Theme.Of(draw.Dim).On("  "+cmp.Or(r.tooMuch(), "No command by that name")))
	}
	for i := from; r.verb == nil && i < min(from+rows, len(r.Found)); i++ {
		lines = append(lines, r.commandLine(r.Found[i], i == r.chosen, inside))
	}
	for i := range lines {
		lines[i] = " " + r.Fit(lines[i], inside) + " "
	}
	footer := r.Theme.Of(draw.Dim).On(draw.Join(" · ", r.Keys.KeyOf(keymap.ChoiceDown, keymap.InCommands)+" "+r.Keys.Does(keymap.InCommands, keymap.ChoiceUp, "choose"),
		r.Keys.Does(keymap.InCommands, keymap.Confirm, "does it"), r.Keys.Does(keymap.InCommands, keymap.CloseDialog, "closes")))
	if r.count() > rows {
		footer = r.Theme.Of(draw.Dim).On(fmt.Sprintf("%d of %d · ", r.chosen+1, r.count())) + footer
	}
	cursor := r.input.Cursor()
	if cursor != nil {
		cursor.X += area.X + 2 + len(": ")
		cursor.Y = area.Y + 1
	}
	return r.Box(area, r.Theme.Of(draw.Strong).On("Commands"), footer, true, lines), area, cursor
}

// commandLine is one command: its key, what it does, or why it can't now.
func (r *Room) commandLine(e keymap.Entry, here bool, width int) string {
	h := e.Binding.Help()
	mark, role, text := "  ", draw.Plain, clean.Line(e.Text())
	if f := fit(e, r.input.Value()); f.other != "" {
		text += " (" + f.other + ")"
	}
	if here {
		mark = "▌ "
	}
	if why := e.Idle(); why != "" {
		role, text = draw.Dim, text+": "+why
	}
	return r.Theme.OnRow(draw.Accent, here).On(mark+r.Fit(h.Key, 9)) + r.Theme.OnRow(role, here).On(r.Fit(text, width-11))
}

// Input is the command that is typed.
func (r *Room) Input() room.Input { return room.Input{Label: "Command", Text: r.input.Value()} }
