package ui

import (
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/wording"
)

// noticeMsg is a sentence that comes from outside of the screen.
type noticeMsg string

// nextNotice waits for the next notice, until the program ends.
func (m *Model) nextNotice() tea.Cmd {
	ctx, from := m.ctx, m.options.Notices
	if from == nil {
		return nil
	}
	return func() tea.Msg {
		select {
		case sentence, open := <-from:
			if !open {
				return nil
			}
			return noticeMsg(sentence)
		case <-ctx.Done():
			return nil
		}
	}
}

func (m *Model) takeNotice(msg noticeMsg) tea.Cmd {
	m.status.say(caution, wording.Sentence(string(msg)))
	return m.nextNotice()
}

// waitsMsg tells why a sending waits.
type waitsMsg struct {
	number   int
	sentence string
	next     tea.Cmd
}

// nextWait brings the next sentence on why a sending waits, until waits is
// closed.
func nextWait(number int, waits <-chan string) tea.Cmd {
	return func() tea.Msg {
		sentence, more := <-waits
		if !more {
			return nil
		}
		return waitsMsg{number, sentence, nextWait(number, waits)}
	}
}

// takeWaits shows why a sending waits: in its dialog, or in the status line
// where the responder has gone back to the list.
func (m *Model) takeWaits(msg waitsMsg) tea.Cmd {
	s := m.numbers[msg.number]
	switch {
	case s == nil:
	case m.showing(s):
		m.dialog.waiting = clean.Line(msg.sentence)
	default:
		m.status.say(caution, clean.Line(msg.sentence))
	}
	return msg.next
}
