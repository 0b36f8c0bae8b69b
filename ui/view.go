package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// View draws the screen.
func (m *Model) View() tea.View {
	text, cursor := m.frame()
	v := tea.NewView(text)
	v.AltScreen = true
	v.WindowTitle = m.windowTitle()
	v.Cursor = cursor
	return v
}

func (m *Model) windowTitle() string {
	if n := m.board.counts.triggered; n > 0 {
		return fmt.Sprintf("firstline: %d triggered", n)
	}
	return "firstline"
}

// frame is the whole screen as text, and where the text cursor stands.
func (m *Model) frame() (string, *tea.Cursor) {
	if m.Width == 0 || m.Height == 0 {
		return "", nil
	}
	if m.Layout.Short != "" {
		return m.tooSmall(), nil
	}
	l := m.Layout
	lines := append(make([]string, 0, m.Height), m.header(l.Header)...)
	lines = append(lines, m.body()...)
	lines = append(lines, m.statusLine(), m.helpLine())

	var cursor *tea.Cursor
	switch m.mode {
	case filtering:
		if cursor = m.prompt.input.Cursor(); cursor != nil {
			cursor.X += m.filterStart()
			cursor.Y = l.List.Y
		}
		m.drawCaret(lines)
	case searching:
		_, edge := m.pane.searchTitle(l.Pane.Width)
		if cursor = m.pane.find.input.Cursor(); cursor != nil {
			cursor.X += l.Pane.X + m.WidthOf(edge) + len("+ ")
			cursor.Y = l.Pane.Y
		}
	case inAction:
		over, area, c := m.dialog.draw()
		m.lay(lines, over, area)
		cursor = c
	case commanding:
		over, area, c := m.drawCommands()
		m.lay(lines, over, area)
		cursor = c
	case handingOver:
		over, area, c := m.handover.draw()
		m.lay(lines, over, area)
		cursor = c
	case reading:
		over, area := m.reader.draw()
		m.lay(lines, over, area)
	case inRunner:
		over, area := m.runner.draw()
		m.lay(lines, over, area)
	}
	return strings.Join(lines, "\n"), cursor
}

// listTitle stands in the list's frame, before the filter.
func (m *Model) listTitle() string {
	title := "Alert groups"
	if m.board.by != triage.ByRank {
		title += " by " + string(m.board.by)
	}
	return title
}

// filterStart is where the filter's text begins, in cells from the left.
func (m *Model) filterStart() int {
	return m.Layout.List.X + m.WidthOf(m.listTitle()+" ── / ") + len("+ ")
}

// filterRoom is how many cells the filter's text has.
func (m *Model) filterRoom() int {
	return m.Layout.List.Width - m.WidthOf(m.listTitle()+" ── / ") - 6
}

// drawCaret points from below at where the filter is wrong.
func (m *Model) drawCaret(lines []string) {
	x, shown := m.prompt.caret(m.filterRoom())
	if y := m.Layout.List.Y + 1; shown && y < len(lines) {
		x += m.filterStart()
		line := lines[y]
		lines[y] = m.Method.Truncate(line, x, "") + m.Theme.Of(draw.Critical).On("▲") + m.Method.TruncateLeft(line, x+1, "")
	}
}

// body draws list and pane, side by side or one below the other.
func (m *Model) body() []string {
	l := m.Layout
	var left, right []string
	if !l.List.Empty() {
		left = m.listBox()
	}
	if !l.Pane.Empty() {
		title := m.pane.title()
		if m.mode == searching {
			title, _ = m.pane.searchTitle(l.Pane.Width)
		}
		focused := m.paneFocused && (m.mode == normal || m.mode == searching || m.mode == choosing)
		lines := m.pane.lines()
		if s := m.list.headingAt(m.list.cursor); s != nil {
			lines = m.list.headingLines(*s, m.pane.inside(), l.Pane.Height-2)
		}
		right = m.Box(l.Pane, title, m.pane.footer(), focused, lines)
	}
	if len(left) == 0 || len(right) == 0 || l.Pane.Y != l.List.Y {
		return append(left, right...)
	}
	for i := range left {
		left[i] += right[i]
	}
	return left
}

func (m *Model) listBox() []string {
	area := m.Layout.List
	title := m.Theme.Of(draw.Strong).On(m.listTitle())
	rule := m.Theme.Of(draw.Border).On(" ── ")
	switch {
	case m.mode == filtering:
		title += rule + m.Theme.Of(draw.Accent).On("/") + " " + m.prompt.view()
	case !m.board.filter.Empty():
		title += rule + m.Theme.Of(draw.Accent).On("/ "+cleanName(m.board.filter.String()))
	}
	lines := m.list.lines()
	if len(lines) == 0 {
		lines = m.emptyList(area.Width-2, area.Height-2)
	}
	return m.Box(area, title, m.list.footer(), (!m.paneFocused && m.mode == normal) || m.mode == filtering, lines)
}

// lay puts a dialog over the screen; what is behind it is dimmed.
func (m *Model) lay(lines, over []string, area draw.Rectangle) {
	look := m.Theme.Of(draw.Border)
	behind := m.Layout.Body
	for y := behind.Y; y < behind.Y+behind.Height; y++ {
		bare := m.Bare(lines[y])
		if y < area.Y || y >= area.Y+area.Height {
			lines[y] = look.On(bare)
			continue
		}
		left, right := m.Slice(bare, 0, area.X), m.Slice(bare, area.X+area.Width, m.Width)
		lines[y] = look.On(left) + over[y-area.Y] + look.On(right)
	}
}

// statusLine is why a key did not confirm, the fault of the filter being typed,
// or the last message. Dialogs say themselves why a key did not confirm.
func (m *Model) statusLine() string {
	if m.Typing.Refused != "" && m.mode != inAction && m.mode != inRunner {
		return m.MessageLine(room.Message{Level: room.Caution, Text: wording.Sentence(m.Typing.Refused) + "."}, m.Width)
	}
	if m.mode == filtering && m.prompt.wrong != "" {
		return m.MessageLine(room.Message{Level: room.Failure, Text: m.prompt.wrong}, m.Width)
	}
	return m.StatusText(m.Width)
}

// helpLine is the keys of the mode that are worth a reminder, as many as fit;
// the help itself always does.
func (m *Model) helpLine() string {
	at := keymap.InNormal
	if m.paneFocused && m.pane.tab == runbookTab {
		at = keymap.InRunbook
	}
	switch m.mode {
	case filtering:
		at = keymap.InFilter
	case reading:
		at = keymap.InReader
	case commanding:
		at = keymap.InCommands
	case handingOver:
		at = m.handover.at()
	case searching:
		at = keymap.InSearch
	case choosing:
		at = keymap.InChoice
	case inAction, inRunner:
		return draw.Blanks(m.Width) // the dialog says its keys itself
	}
	if offers := m.prompt.offerSpans(m.Width); m.mode == filtering && offers != nil {
		hints := m.hints(at, true)
		if room := m.Width - m.WidthOfSpans(hints) - 2; room > 40 {
			offers = append(m.prompt.offerSpans(room), draw.Span{Text: "  ", Role: draw.Plain})
			offers = append(offers, hints...)
		}
		return m.Fit(m.Spans(offers...), m.Width)
	}
	hints := m.hints(at, false)
	if m.WidthOfSpans(hints) > m.Width {
		hints = m.hints(at, true)
	}
	return m.Fit(m.Spans(hints...), m.Width)
}

// hints are the keys worth a reminder. brief takes their shorter texts and
// leaves out what still does not fit; the help always does.
func (m *Model) hints(at keymap.Place, brief bool) []draw.Span {
	hint := func(e keymap.Entry) []draw.Span {
		h := e.Binding.Help()
		text, short, found := strings.Cut(e.Hint, "|")
		if text == "*" {
			text = h.Desc
		}
		if brief && found {
			text = short
		}
		if text == "" {
			return nil
		}
		key, look := draw.Accent, draw.Plain
		if e.Refuses() != "" {
			key, look = draw.Dim, draw.Dim
		}
		return []draw.Span{{Text: h.Key, Role: key}, {Text: " " + text, Role: look}, {Text: "  ", Role: draw.Plain}}
	}
	room := m.Width
	var last []draw.Span
	if at == keymap.InNormal || at == keymap.InRunbook {
		last = hint(m.Keys.Of(keymap.ShowHelp, keymap.InNormal))
		last = last[:len(last)-1] // nothing follows it
		room -= m.WidthOfSpans(last)
	}
	out := []draw.Span{{Text: " ", Role: draw.Plain}}
	room--
	for _, e := range m.Keys {
		if e.Place != at || e.Hint == "" || (at == keymap.InNormal && e.Command == keymap.ShowHelp) {
			continue
		}
		pieces := hint(e)
		if room -= m.WidthOfSpans(pieces); brief && room < 0 {
			break
		}
		out = append(out, pieces...)
	}
	return append(out, last...)
}

// tooSmall says which side is short.
func (m *Model) tooSmall() string {
	lines := []string{
		"Too " + m.Layout.Short + " for firstline.",
		fmt.Sprintf("It needs %dx%d;", room.LeastWidth, room.LeastHeight),
		fmt.Sprintf("this is %dx%d.", m.Width, m.Height),
	}
	for i := range lines {
		lines[i] = m.Cut(lines[i], m.Width)
	}
	return strings.Join(lines[:min(len(lines), m.Height)], "\n")
}
