package room_test

import (
	"strings"
	"testing"

	"firstline/ui/room"
	"firstline/ui/roomtest"
)

// What a message ends with stays on a narrow screen; the history has all of it.
func TestTheTailOfAMessageStays(t *testing.T) {
	for width := room.LeastWidth; width <= 200; width += 5 {
		s, _ := roomtest.Screen(width, 24, nil)
		text := "Acknowledged #4711 " + strings.Repeat("漢字 long ", 12)
		s.SayWith(room.OK, text, "Next: #6 Disk\x1b[2J")
		line := s.Bare(s.StatusText(width))
		if !strings.HasPrefix(line, " ✓ Acknowledged") || !strings.Contains(line, "Next: #6 Disk") || s.WidthOf(line) != width {
			t.Errorf("at %d: %q of %d cells", width, line, s.WidthOf(line))
		}
		if got := s.Messages.History[0].Text; got != strings.TrimSpace(text)+" Next: #6 Disk" {
			t.Errorf("the history has %q", got)
		}
	}
}

// No hint is cut: what has no room goes whole.
func TestHintsThatHaveNoRoomGoWhole(t *testing.T) {
	hints := []string{"New here? enter reads", "? shows all keys", ": finds a command"}
	for width := 24; width <= 100; width++ {
		s, _ := roomtest.Screen(width, 24, nil)
		s.Messages.Tip = func() string { return strings.Join(hints, " · ") }
		line := strings.TrimSpace(s.Bare(s.StatusText(width)))
		for n, hint := range strings.Split(line, " · ") {
			if n >= len(hints) || hint != hints[n] {
				t.Errorf("at %d: %q", width, line)
			}
		}
	}
}
