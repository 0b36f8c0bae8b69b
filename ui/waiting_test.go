package ui

import "testing"

// What is waited for outside of the screen is shown on it, each in its turn.
func TestNoticesAreShown(t *testing.T) {
	notices := make(chan string, 3)
	for _, sentence := range []string{"waiting for token_command", "waiting \x1b[31magain", "waiting once more"} {
		notices <- sentence
	}
	close(notices)
	h := newHarness(t, 120, 30, func(o *Options) { o.Notices = notices })
	h.status("! Waiting once more")
	var texts []string
	for _, m := range h.m.Messages.History {
		texts = append(texts, m.Text)
	}
	if len(texts) != 3 || texts[0] != "Waiting for token_command" || texts[1] != "Waiting again" {
		t.Errorf("the messages are %q", texts)
	}
}
