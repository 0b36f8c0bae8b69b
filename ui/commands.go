package ui

import (
	"fmt"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"firstline/internal/clean"
)

// commandPrompt is where a command is found by its name, also one without a
// key.
type commandPrompt struct {
	*shared
	input textinput.Model
	// all are the commands, of which found are those that fit what is typed,
	// the best first.
	all, found []entry
	chosen     int
}

// mostCommands is how many commands are shown at once.
const mostCommands = 14

func newCommandPrompt(s *shared) *commandPrompt {
	p := &commandPrompt{shared: s, input: newInput()}
	for _, e := range s.keys {
		if e.place == inNormal && e.group != "" && e.command != openCommands {
			p.all = append(p.all, e)
		}
	}
	p.found = p.all
	p.input.Focus()
	return p
}

// newInput is a line to type in, without colours or a cursor of its own.
func newInput() textinput.Model {
	input := textinput.New()
	input.Prompt = ""
	input.CharLimit = 100
	input.SetVirtualCursor(false)
	input.SetStyles(textinput.Styles{})
	// The terminal's own paste works everywhere; this key would start a
	// program to ask for the clipboard.
	input.KeyMap.Paste.SetEnabled(false)
	return input
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
type described []entry

func (d described) String(i int) string { return d[i].binding.Help().Desc }
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
	switch c, _ := m.commandFor(msg, inCommands); c {
	case quit:
		return m.quit()
	case closeDialog:
		m.commands, m.mode = nil, normal
	case choiceDown:
		p.move(1)
	case choiceUp:
		p.move(-1)
	case confirm:
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
func (m *Model) drawCommands() ([]string, rectangle, *tea.Cursor) {
	p, body := m.commands, m.layout.body
	width := min(body.width-2, 76)
	rows := min(mostCommands, body.height-5)
	area := rectangle{body.x + (body.width-width)/2, body.y, width, rows + 4}
	inside := width - 4
	p.input.SetWidth(inside - 3)
	lines := []string{m.theme.of(accent).on(":") + " " + p.input.View(), ""}
	if len(p.found) == 0 {
		lines = append(lines, m.theme.of(dim).on("  No command by that name"))
	}
	from := min(max(p.chosen-rows+1, 0), max(len(p.found)-rows, 0))
	for i := from; i < min(from+rows, len(p.found)); i++ {
		lines = append(lines, m.commandLine(p.found[i], i == p.chosen, inside))
	}
	for i := range lines {
		lines[i] = " " + m.fit(lines[i], inside) + " "
	}
	footer := m.theme.of(dim).on("↓ ↑ choose · enter does it · esc closes")
	if len(p.found) > rows {
		footer = m.theme.of(dim).on(fmt.Sprintf("%d of %d · ", p.chosen+1, len(p.found))) + footer
	}
	var cursor *tea.Cursor
	if cursor = p.input.Cursor(); cursor != nil {
		cursor.X += area.x + 2 + len(": ")
		cursor.Y = area.y + 1
	}
	return m.box(area, m.theme.of(strong).on("Commands"), footer, true, lines), area, cursor
}

// commandLine is one command: its key, what it does, or why it can't now.
func (m *Model) commandLine(e entry, here bool, width int) string {
	h := e.binding.Help()
	mark, look, text := "  ", plain, clean.Line(h.Desc)
	if here {
		mark = "▌ "
	}
	if e.why != nil {
		if why := e.why(m); why != "" {
			look, text = dim, text+": "+why
		}
	}
	return m.theme.onRow(accent, here).on(mark+m.fit(h.Key, 9)) + m.theme.onRow(look, here).on(m.fit(text, width-11))
}
