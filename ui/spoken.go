package ui

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/ui/keymap"
	"firstline/ui/plain"
	"firstline/ui/room"
)

// spoken writes the screen as lines instead of drawing it.
type spoken struct {
	lines plain.Lines
	// write takes what is new, and must not block.
	write func(string)
}

// sized gives the screen the size at which nothing is left out.
func (s *spoken) sized(msg tea.Msg) tea.Msg {
	if _, is := msg.(tea.WindowSizeMsg); is && s != nil {
		return tea.WindowSizeMsg{Width: plain.Width, Height: plain.Height}
	}
	return msg
}

// say writes what is new on the screen of g.
func (s *spoken) say(g *guarded) {
	if s != nil && g.fault == nil && g.opening == nil && g.Width > 0 {
		text := s.lines.New(g.spokenScreen())
		if g.ASCII {
			text = g.OnlyASCII(text)
		}
		s.write(text)
	}
}

// spokenScreen is the screen to be read: what has the keys, and the messages.
func (g *guarded) spokenScreen() plain.Screen {
	m := g.Model
	_, keys := m.bars()
	s := plain.Screen{Status: m.Messages.Shown(), Keys: m.Bare(keys), Counts: g.spokenCounts()}
	if _, asking := m.overlay.(room.Question); !asking && m.Typing.Refused != "" {
		s.Status = wording.Sentence(m.Typing.Refused) + "."
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
		s.Title, s.Lines = "Filter", m.list.SpokenFilter()
	case mode == keymap.InSearch:
		s.Title, s.Lines = "Find in the runbook", []string{m.Bare(m.pane.Runbook.SearchTitle())}
	case mode == keymap.InChoice:
		s.Title, s.Lines = "Choose", bare(m.pane.Lines())
	case m.overlay != nil:
		lines, _, _ := m.overlay.View()
		s.Title, s.Lines = plain.Box(bare(lines))
	case m.pane.Focused:
		s.Title, s.Lines, s.Loose = m.pane.TabName(), bare(m.pane.Lines()), true
		if g := m.pane.Group; g != nil {
			s.Title += " of " + g.Name()
		}
	default:
		s.Title = "Alert groups"
		s.RowKey, s.Row = m.list.Spoken()
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
