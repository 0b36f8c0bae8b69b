package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/plain"
)

// speaker writes the screen of a harness as lines.
type speaker struct {
	*harness
	lines plain.Lines
}

// said are the lines that are new now.
func (s *speaker) said(wanted ...string) {
	s.t.Helper()
	got := s.lines.New((&guarded{Model: s.m}).spokenScreen())
	at := 0
	for _, w := range wanted {
		i := strings.Index(got[at:], w)
		if i < 0 {
			s.t.Fatalf("%q is not said, or not in this order:\n%s", w, got)
		}
		at += i
	}
	if len(wanted) == 0 && got != "" {
		s.t.Fatalf("this is new: %q", got)
	}
	if strings.ContainsAny(got, "┌─│└▌●✓✗\x1b") {
		s.t.Fatalf("marks are said: %q", got)
	}
}

func TestTheScreenInLines(t *testing.T) {
	d := newAccount()
	s := &speaker{harness: withStory(t, plain.Width, plain.Height, func(o *Options) { withRunbooks(o); d.with(o) })}
	s.press("g")
	s.said("Alert groups.\r\n", "1 of 8: critical, checkout, HighErrorRate", "2 firing", "yours", "escalates in 4m", "for 12m", "Keys: ", "Groups: 2 triggered")
	s.tick(ms)
	s.said()
	s.press("j")
	s.said("2 of 8: error, mail")
	s.press("k", "enter")
	s.said("Runbook of #4711 HighErrorRate.", "Diagnosis", "to do: Roll back", "Keys: esc list")
	s.said()
	s.press("esc", "space")
	s.said("Alert groups.", "2 of 8", "1 selected")
	s.press("k", "space", "k", "?")
	s.said("Keys", "acknowledge")
	s.press("esc", "e")
	s.said("Escalate to Ops first line.", "Notified now", "Why")
	s.write("I")
	s.said("I\r\n")
	s.write("t")
	s.said("t")
	s.press("enter")
	s.said("\r\n", "The note that goes along", "enter sends")
	s.press("enter")
	s.said("Alert groups.", "done: ")
	d.expect(t, "note Q1CHECKOUT", "policy")
	s.press("/")
	s.said("Filter.", "Filter:")
	s.write("zzzz")
	s.said("0 of 8 groups")
}

func TestAPlainScreenHasOneSize(t *testing.T) {
	var drawn *spoken
	if msg := drawn.sized(windowSize(80, 24)); msg != tea.Msg(windowSize(80, 24)) {
		t.Errorf("a drawn screen gets %v", msg)
	}
	drawn.say(nil)
	if msg := (&spoken{}).sized(windowSize(20, 5)); msg != tea.Msg(windowSize(plain.Width, plain.Height)) {
		t.Errorf("it gets %v", msg)
	}
}
