package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/ui/keyboard"
	"firstline/ui/keymap"
	"firstline/ui/plain"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// spoken writes the screen as lines instead of drawing it.
type spoken struct {
	lines plain.Lines
	// write takes what is new, and must not block.
	write func(string)
	// title is the title that the terminal has.
	title string
	// typed is what is typed into, typing says that the pause after it has not come
	// yet, pauses counts the pauses that are waited for.
	typed  room.Input
	typing bool
	pauses int
}

// pauseMsg comes a while after something was typed.
type pauseMsg int

// pause is how long nothing is typed before what came of it is said.
const pause = 700 * time.Millisecond

// sized gives the screen the size at which nothing is left out.
func (s *spoken) sized(msg tea.Msg) tea.Msg {
	if _, is := msg.(tea.WindowSizeMsg); is && s != nil {
		return tea.WindowSizeMsg{Width: plain.Width, Height: plain.Height}
	}
	return msg
}

// sequences has a command's sequences for the terminal written among the lines: Bubble
// Tea's own output is not shown.
func (s *spoken) sequences(cmd tea.Cmd) tea.Cmd {
	if s == nil || cmd == nil {
		return cmd
	}
	return func() tea.Msg {
		msg := cmd()
		switch msg := msg.(type) {
		case tea.RawMsg:
			s.write(fmt.Sprint(msg.Msg))
			return nil
		case tea.BatchMsg:
			for i, c := range msg {
				msg[i] = s.sequences(c)
			}
		}
		return msg
	}
}

// say writes what is new on the screen of g after a message. Text that is typed comes at
// once, and what it leads to when nobody types any more.
func (s *spoken) say(g *guarded, msg tea.Msg) tea.Cmd {
	if s == nil || g.fault != nil || g.opening != nil || g.Width == 0 {
		return nil
	}
	screen := g.spokenScreen()
	wait := s.pauses
	switch paused, is := msg.(pauseMsg); {
	case is && int(paused) == s.pauses:
		s.typing = false
	case s.typed != screen.Input && s.typed.Label == screen.Input.Label:
		s.typing = true
		s.pauses++
	default:
		if read, is := msg.(keyboard.Typed); is {
			_, pressed := read.Msg.(tea.KeyPressMsg)
			s.typing = s.typing && !pressed // it was no text
		}
	}
	s.typed = screen.Input
	text := s.lines.New(screen, s.typing)
	if g.ASCII {
		text = g.OnlyASCII(text)
	}
	if title := g.signals.Title(g.list.Sources.Yours, g.list.Sources.Counts, g.list.Sources.InOrder()); title != s.title {
		s.title = title
		text = ansi.SetWindowTitle(title) + text
	}
	s.write(text)
	if s.pauses == wait {
		return nil
	}
	n, ctx := s.pauses, g.Context
	return func() tea.Msg {
		reply.Pause(ctx, pause)
		return pauseMsg(n)
	}
}

// spokenScreen is the screen to be read: what has the keys, and the messages.
func (g *guarded) spokenScreen() plain.Screen {
	m := g.Model
	_, keys := m.bars()
	s := plain.Screen{Status: m.Messages.Shown(), Keys: m.Bare(keys), Counts: g.spokenCounts(), Tab: m.pane.TabName(), Over: m.overlay != nil}
	if _, asking := m.overlay.(room.Question); !asking && m.Typing.Refused != "" {
		s.Status = wording.Sentence(m.Typing.Refused) + "."
	}
	if typed, types := m.overlay.(room.Inputter); types {
		s.Input = typed.Input()
	}
	bare := func(lines []string) []string {
		out := make([]string, len(lines))
		for i, line := range lines {
			out[i] = m.Bare(line)
		}
		return out
	}
	switch mode := m.mode(); {
	case mode == keymap.InFilter:
		s.Title, s.Lines = "Filter", []string{m.list.SpokenFilter()}
	case mode == keymap.InSearch:
		s.Title, s.Lines = "Find in the runbook", m.pane.Runbook.SpokenSearch()
	case mode == keymap.InChoice:
		s.Title, s.Lines = "Choose", bare(m.pane.Lines())
	case m.overlay != nil:
		lines, area, cursor := m.overlay.View()
		lines = bare(lines)
		if s.Input.Label != "" && cursor != nil {
			lines = plain.Without(lines, cursor.Y-area.Y, s.Input.Text)
		}
		s.Title, s.Lines = plain.Box(lines)
	case m.pane.Focused:
		s.Title, s.Lines, s.Loose = m.pane.TabName(), bare(m.pane.Lines()), true
		if g := m.pane.Group; g != nil {
			s.Title += " of " + g.Name()
		}
	default:
		s.Title = "Alert groups"
		if !m.list.Sources.Unsettled() {
			s.Row = m.list.Spoken()
		}
	}
	return s
}

// spokenCounts is how many groups are counted as what.
func (g *guarded) spokenCounts() string {
	var counts []string
	of := g.list.Counts()
	for _, as := range triage.EachCountedAs() {
		if n := of.Of(as); n > 0 {
			counts = append(counts, strconv.Itoa(n)+" "+as.Word())
		}
	}
	if n := len(g.list.Selected); n > 0 {
		counts = append(counts, strconv.Itoa(n)+" selected")
	}
	if len(counts) == 0 {
		return ""
	}
	return "Groups: " + strings.Join(counts, ", ")
}
