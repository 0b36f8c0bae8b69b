package ui

import (
	"context"

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
