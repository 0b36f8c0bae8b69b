package ui

import (
	"fmt"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"firstline/internal/clean"
	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// commandPrompt is where a command is found by its name, also one without a
// key.
type commandPrompt struct {
	*shared
	input textinput.Model
	// all are the commands, of which found are those that fit what is typed,
	// the best first.
	all, found []keymap.Entry
	chosen     int
}

// mostCommands is how many commands are shown at once.
const mostCommands = 14

func newCommandPrompt(s *shared) *commandPrompt {
	p := &commandPrompt{shared: s, input: draw.NewInput()}
	for _, e := range s.Keys {
		if e.Place == keymap.InNormal && e.Group != "" && e.Command != keymap.OpenCommands {
			p.all = append(p.all, e)
		}
	}
	p.found = p.all
	p.input.Focus()
	return p
}

// update types, and finds the commands anew.
func (p *commandPrompt) update(msg tea.Msg) tea.Cmd {
	before := p.input.Value()
	var cmd tea.Cmd
	p.input, cmd = p.input.Update(msg)
	if p.input.Value() != before {
		p.find()
	}
	return cmd
}

func (p *commandPrompt) find() {
	p.chosen = 0
	if p.input.Value() == "" {
		p.found = p.all
		return
	}
	p.found = nil
	for _, match := range fuzzy.FindFrom(p.input.Value(), described(p.all)) {
		p.found = append(p.found, p.all[match.Index])
	}
}

// described are entries to be searched by their descriptions.
type described []keymap.Entry

func (d described) String(i int) string { return d[i].Binding.Help().Desc }
func (d described) Len() int            { return len(d) }

// move chooses the next or previous command.
func (p *commandPrompt) move(by int) {
	p.chosen = min(max(p.chosen+by, 0), max(len(p.found)-1, 0))
}

// openPrompt begins to look for a command.
func (m *Model) openPrompt() {
	m.commands, m.mode = newCommandPrompt(m.shared), commanding
}

func (m *Model) commandKey(msg tea.KeyPressMsg) tea.Cmd {
	p := m.commands
	switch c, _ := m.Keys.Command(msg, keymap.InCommands); c {
	case keymap.Quit:
		return m.quit()
	case keymap.CloseDialog:
		m.commands, m.mode = nil, normal
	case keymap.ChoiceDown:
		p.move(1)
	case keymap.ChoiceUp:
		p.move(-1)
	case keymap.Confirm:
		if len(p.found) == 0 {
			return nil
		}
		e := p.found[p.chosen]
		m.commands, m.mode = nil, normal
		return m.obey(&e)
	default:
		return p.update(msg)
	}
	return nil
}

// draw gives the prompt's lines, where they stand, and the text cursor.
func (m *Model) drawCommands() ([]string, draw.Rectangle, *tea.Cursor) {
	p, body := m.commands, m.Layout.Body
	width := min(body.Width-2, 76)
	rows := min(mostCommands, body.Height-5)
	area := draw.Rectangle{X: body.X + (body.Width-width)/2, Y: body.Y, Width: width, Height: rows + 4}
	inside := width - 4
	p.input.SetWidth(inside - 3)
	lines := []string{m.Theme.Of(draw.Accent).On(":") + " " + p.input.View(), ""}
	if len(p.found) == 0 {
		lines = append(lines, m.Theme.Of(draw.Dim).On("  No command by that name"))
	}
	from := min(max(p.chosen-rows+1, 0), max(len(p.found)-rows, 0))
	for i := from; i < min(from+rows, len(p.found)); i++ {
		lines = append(lines, m.commandLine(p.found[i], i == p.chosen, inside))
	}
	for i := range lines {
		lines[i] = " " + m.Fit(lines[i], inside) + " "
	}
	footer := m.Theme.Of(draw.Dim).On("↓ ↑ choose · enter does it · esc closes")
	if len(p.found) > rows {
		footer = m.Theme.Of(draw.Dim).On(fmt.Sprintf("%d of %d · ", p.chosen+1, len(p.found))) + footer
	}
	var cursor *tea.Cursor
	if cursor = p.input.Cursor(); cursor != nil {
		cursor.X += area.X + 2 + len(": ")
		cursor.Y = area.Y + 1
	}
	return m.Box(area, m.Theme.Of(draw.Strong).On("Commands"), footer, true, lines), area, cursor
}

// commandLine is one command: its key, what it does, or why it can't now.
func (m *Model) commandLine(e keymap.Entry, here bool, width int) string {
	h := e.Binding.Help()
	mark, look, text := "  ", draw.Plain, clean.Line(h.Desc)
	if here {
		mark = "▌ "
	}
	if why := e.Refuses(); why != "" {
		look, text = draw.Dim, text+": "+why
	}
	return m.Theme.OnRow(draw.Accent, here).On(mark+m.Fit(h.Key, 9)) + m.Theme.OnRow(look, here).On(m.Fit(text, width-11))
}
