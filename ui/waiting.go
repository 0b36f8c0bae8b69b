package ui

import (
	"context"

	"firstline/internal/clean"
	"firstline/internal/wording"
	"firstline/ui/room"
)

// nextNotice waits for the next sentence that comes from outside of the screen,
// until the program ends.
func nextNotice(ctx context.Context, from <-chan string) func() (string, bool) {
	return func() (string, bool) {
		select {
		case sentence, open := <-from:
			return sentence, open
		case <-ctx.Done():
			return "", false
		}
	}
}

func (m *Model) takeNotice(sentence string) { m.Say(room.Caution, wording.Sentence(sentence)) }

// takeWait shows why a sending waits: in its dialog, or in the status line where
// the responder has gone back to the list.
func (m *Model) takeWait(s *sendingState, sentence string) {
	if m.showing(s) {
		m.dialog.waiting = clean.Line(sentence)
		return
	}
	m.Say(room.Caution, clean.Line(sentence))
}
