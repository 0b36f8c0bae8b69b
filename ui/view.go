package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/draw"
	"firstline/ui/frame"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// View draws the screen.
func (m *Model) View() tea.View {
	text, cursor := m.frame()
	v := tea.NewView(text)
	v.AltScreen, v.ReportFocus = true, true
	v.WindowTitle = m.signals.Title(m.list.Sources.Yours, m.list.Sources.Counts, m.list.Sources.InOrder())
	v.Cursor, v.MouseMode = cursor, m.hands.MouseMode()
	return v
}

// frame is the whole screen as text, and the position of the text cursor.
func (m *Model) frame() (string, *tea.Cursor) {
	text, cursor := m.compose()
	if m.ASCII {
		text = m.OnlyASCII(text)
	}
	return text, cursor
}

// compose puts the screen together of the rooms.
func (m *Model) compose() (string, *tea.Cursor) {
	if m.Width == 0 || m.Height == 0 {
		return "", nil
	}
	if m.Layout.Short != "" {
		return m.header.TooSmall(), nil
	}
	lines := append(make([]string, 0, m.Height), m.header.View()...)
	lines = append(lines, m.body()...)
	status, keys := m.bars()
	lines = append(lines, m.steps.Beside(status), keys)

	if m.overlay == nil {
		return strings.Join(lines, "\n"), nil
	}
	over, area, cursor := m.overlay.View()
	if len(over) > 0 {
		frame.Lay(&m.Screen, lines, over, area)
	}
	if m.mode() == keymap.InFilter {
		m.list.DrawCaret(lines)
	}
	return strings.Join(lines, "\n"), cursor
}

// body draws list and pane, side by side or one below the other, or the pane alone
// with a line for its group.
func (m *Model) body() []string {
	l := m.Layout
	var left, right []string
	if !l.List.Empty() {
		left = m.list.View(!m.pane.Focused && m.overlay == nil, m.mode() == keymap.InFilter)
	}
	if !l.Pane.Empty() {
		title := m.pane.Title()
		if m.mode() == keymap.InSearch {
			title = m.pane.Runbook.SearchTitle()
		}
		focused := m.pane.Focused && (m.overlay == nil || m.mode() == keymap.InSearch || m.mode() == keymap.InChoice)
		lines := m.pane.Lines()
		if s := m.list.HeadingAt(m.list.Cursor); s != nil {
			lines = m.list.HeadingLines(*s, m.pane.Wide(), m.pane.Rows())
		}
		if !l.Group.Empty() {
			return append([]string{m.pane.GroupLine(l.Group.Width, m.list.Line)}, m.Ruled(l.Pane, title, m.pane.Footer(), focused, lines)...)
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

// bars draws the two lines below the rooms. A room with a question says itself
// why a key did not confirm, and which keys there are.
func (m *Model) bars() (status, keys string) {
	if _, asking := m.overlay.(room.Question); asking {
		return frame.Status(&m.Screen, "", ""), draw.Blanks(m.Width)
	}
	switch mode := m.mode(); {
	case mode == keymap.InFilter:
		offers := m.list.Prompt.OfferSpans
		if m.Plain {
			offers = nil // each is said when it is taken
		}
		return frame.Status(&m.Screen, m.Typing.Refused, m.list.Prompt.Wrong), frame.Keys(&m.Screen, mode, "", offers)
	case mode == keymap.InNormal && m.list.Sources.None():
		return frame.Status(&m.Screen, m.Typing.Refused, ""), frame.Keys(&m.Screen, keymap.InBeginning, "", nil)
	case mode == keymap.InNormal && m.pane.Focused:
		return frame.Status(&m.Screen, m.Typing.Refused, ""), frame.Keys(&m.Screen, m.pane.Mode(), m.list.About(), nil)
	case mode == keymap.InNormal:
		return frame.Status(&m.Screen, m.Typing.Refused, ""), frame.Keys(&m.Screen, mode, m.list.About(), nil)
	default:
		return frame.Status(&m.Screen, m.Typing.Refused, ""), frame.Keys(&m.Screen, mode, "", nil)
	}
}
