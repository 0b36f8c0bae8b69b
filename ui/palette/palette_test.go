package palette_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/keymap"
	"firstline/ui/palette"
	"firstline/ui/room"
	"firstline/ui/roomtest"
)

// opened is the search over many commands; done are those that were chosen.
func opened(done *[]keymap.Command) (*room.Screen, *roomtest.Host, *palette.Room) {
	own := keymap.Table{
		keymap.Key(keymap.InNormal, keymap.Acknowledge, "acknowledge").In(keymap.GroupAct).Unless(func() string { return "read-only" }),
		keymap.Key(keymap.InNormal, keymap.Escalate, "escalate").In(keymap.GroupAct),
		keymap.Key(keymap.InNormal, keymap.HandOff, "hand off").In(keymap.GroupAct),
		keymap.Key(keymap.InNormal, keymap.Suspend, "in no help"),
	}
	for i := range 30 {
		own = append(own, keymap.Key(keymap.InNormal, keymap.Command(1000+i), fmt.Sprintf("command %02d", i)).In(keymap.GroupRest))
	}
	s, host := roomtest.Screen(80, 24, slices.Concat(own, palette.Keys()))
	return s, host, palette.New(s, func(e *keymap.Entry) tea.Cmd {
		*done = append(*done, e.Command)
		return nil
	})
}

func TestTheCommandsMoveAndClose(t *testing.T) {
	var done []keymap.Command
	s, host, r := opened(&done)
	roomtest.Press(r, "up", "down", "down", "up", "enter")
	if !slices.Equal(done, []keymap.Command{keymap.HandOff}) || !host.Closed {
		t.Errorf("done: %v, closed: %v", done, host.Closed)
	}
	host.Closed = false
	roomtest.Press(r, "esc")
	if !host.Closed {
		t.Error("esc does not close the commands")
	}
	host.Closed = false
	roomtest.Write(r, "no such thing")
	if !strings.Contains(roomtest.Shows(s, r), "No command by that name") {
		t.Errorf("it shows\n%s", roomtest.Shows(s, r))
	}
	roomtest.Press(r, "enter")
	if host.Closed || len(done) != 1 {
		t.Error("enter on nothing closed the commands")
	}
}

func TestACommandIsFoundByLettersOfItsName(t *testing.T) {
	var done []keymap.Command
	s, _, r := opened(&done)
	if shown := roomtest.Shows(s, r); strings.Contains(shown, "in no help") || !strings.Contains(shown, "▌ e        escalate") {
		t.Errorf("it shows\n%s", shown)
	}
	roomtest.Write(r, "hnd of")
	roomtest.Press(r, "enter")
	if !slices.Equal(done, []keymap.Command{keymap.HandOff}) {
		t.Errorf("done: %v", done)
	}
}

func TestTheCommandsScroll(t *testing.T) {
	var done []keymap.Command
	s, _, r := opened(&done)
	for range r.All {
		roomtest.Press(r, "down")
	}
	if shown := roomtest.Shows(s, r); !strings.Contains(shown, "▌ a        acknowledge: read-only") || !strings.Contains(shown, "command 29") || !strings.Contains(shown, "33 of 33") {
		t.Errorf("it shows\n%s", shown)
	}
}
