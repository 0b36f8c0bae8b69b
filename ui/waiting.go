package ui

import "context"

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
