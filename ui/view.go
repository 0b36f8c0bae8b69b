package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/pane"
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
	if n := m.list.Sources.Counts.Triggered; n > 0 {
		return fmt.Sprintf("firstline: %d triggered", n)
	}
	return "firstline"
}

// frame is the whole screen as text, and the position of the text cursor.
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

	if m.overlay == nil {
		return strings.Join(lines, "\n"), nil
	}
	over, area, cursor := m.overlay.View()
	if len(over) > 0 {
		m.lay(lines, over, area)
	}
	if m.mode() == keymap.InFilter {
		m.list.DrawCaret(lines)
	}
	return strings.Join(lines, "\n"), cursor
}

// body draws list and pane, side by side or one below the other.
func (m *Model) body() []string {
	l := m.Layout
	var left, right []string
	if !l.List.Empty() {
		left = m.list.View(!m.pane.Focused && m.overlay == nil, m.mode() == keymap.InFilter)
	}
	if !l.Pane.Empty() {
		title := m.pane.Title()
		if m.mode() == keymap.InSearch {
			title = m.pane.SearchTitle()
		}
		focused := m.pane.Focused && (m.overlay == nil || m.mode() == keymap.InSearch || m.mode() == keymap.InChoice)
		lines := m.pane.Lines()
		if s := m.list.HeadingAt(m.list.Cursor); s != nil {
			lines = m.list.HeadingLines(*s, m.pane.Inside(), l.Pane.Height-2)
		}
		right = m.Box(l.Pane, title, m.pane.Footer(), focused, lines)
	}
	if len(left) == 0 || len(right) == 0 || l.Pane.Y != l.List.Y {
		return append(left, right...)
	}
	for i := range left {
		left[i] += right[i]
	}
	return left
}

// lay puts a dialog over the screen; what is behind it is dimmed.
func (m *Model) lay(lines, over []string, area draw.Rectangle) {
	role := m.Theme.Of(draw.Border)
	behind := m.Layout.Body
	for y := behind.Y; y < behind.Y+behind.Height; y++ {
		bare := m.Bare(lines[y])
		if y < area.Y || y >= area.Y+area.Height {
			lines[y] = role.On(bare)
			continue
		}
		left, right := m.Slice(bare, 0, area.X), m.Slice(bare, area.X+area.Width, m.Width)
		lines[y] = role.On(left) + over[y-area.Y] + role.On(right)
	}
}

// statusLine is why a key did not confirm, the fault of the filter being typed,
// or the last message. Dialogs say themselves why a key did not confirm.
func (m *Model) statusLine() string {
	if _, asking := m.overlay.(asks); m.Typing.Refused != "" && !asking {
		return m.MessageLine(room.Message{Level: room.Caution, Text: wording.Sentence(m.Typing.Refused) + "."}, m.Width)
	}
	if m.mode() == keymap.InFilter && m.list.Prompt.Wrong != "" {
		return m.MessageLine(room.Message{Level: room.Failure, Text: m.list.Prompt.Wrong}, m.Width)
	}
	return m.StatusText(m.Width)
}

// helpLine is the keys of the mode that are worth a reminder, as many as fit;
// the help itself always does.
func (m *Model) helpLine() string {
	at := m.mode()
	if at == keymap.InNormal && m.pane.Focused && m.pane.Tab == pane.RunbookTab {
		at = keymap.InRunbook
	}
	if _, asking := m.overlay.(asks); asking {
		return draw.Blanks(m.Width) // it says its keys itself
	}
	if offers := m.list.Prompt.OfferSpans(m.Width); at == keymap.InFilter && offers != nil {
		hints := m.hints(at, true)
		if room := m.Width - m.WidthOfSpans(hints) - 2; room > 40 {
			offers = append(m.list.Prompt.OfferSpans(room), draw.Span{Text: "  ", Role: draw.Plain})
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
func (m *Model) hints(at keymap.Mode, brief bool) []draw.Span {
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
		key, role := draw.Accent, draw.Plain
		if e.Refuses() != "" {
			key, role = draw.Dim, draw.Dim
		}
		return []draw.Span{{Text: h.Key, Role: key}, {Text: " " + text, Role: role}, {Text: "  ", Role: draw.Plain}}
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
		if e.Mode != at || e.Hint == "" || (at == keymap.InNormal && e.Command == keymap.ShowHelp) {
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
