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
func opened(done *[]keymap.Command, verbs ...room.Verb) (*room.Screen, *roomtest.Host, *palette.Room) {
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
	}, keymap.InNormal, verbs...)
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

// verbs are of a snooze, which takes 1h and 2h, and of one that is written in two words.
func verbs(given *[]string) []room.Verb {
	one := func(c keymap.Command, words ...string) room.Verb {
		return room.Verb{
			Words: words, Takes: "how long",
			Offers: func(typed string) []string {
				return slices.DeleteFunc([]string{"1h", "2h"}, func(o string) bool { return o == typed || !strings.HasPrefix(o, typed) })
			},
			Command: func(argument string) (keymap.Command, string) {
				if argument != "1h" && argument != "2h" {
					return c, "write how long, such as 2h"
				}
				return c, ""
			},
			With: func(argument string) { *given = append(*given, words[0]+": "+argument) },
		}
	}
	return []room.Verb{one(keymap.Escalate, "snooze", "sleep"), one(keymap.HandOff, "hand off", "handoff"), one(keymap.NoCommand, "hand")}
}

func TestACommandTakesAnArgument(t *testing.T) {
	for _, c := range []struct {
		name, typed string
		keys        []string
		given       string
		done        keymap.Command
		shows       string
	}{
		{"typed", "snooze 2h", []string{"enter"}, "snooze: 2h", keymap.Escalate, ""},
		{"another word for it", "SLEEP  2h ", []string{"enter"}, "snooze: 2h", keymap.Escalate, ""},
		{"two words", "hand_off 1h", []string{"enter"}, "hand off: 1h", keymap.HandOff, ""},
		{"completed", "snooze 2", []string{"tab", "enter"}, "snooze: 2h", keymap.Escalate, ""},
		{"chosen", "snooze ", []string{"down", "enter"}, "snooze: 2h", keymap.Escalate, ""},
		{"the first of none typed", "snooze ", []string{"enter"}, "snooze: 1h", keymap.Escalate, ""},
		{"chosen after what is typed", "snooze 1h", []string{"up", "down", "enter"}, "snooze: 1h", keymap.Escalate, ""},
		{"two words with a hyphen", "hand-off 1h", []string{"enter"}, "hand off: 1h", keymap.HandOff, ""},
		{"it takes none", "ack now", []string{"enter"}, "", keymap.NoCommand, "\"ack\" takes nothing after its name"},
		{"it takes none, in its own words", "acknowledge it now", []string{"enter"}, "", keymap.NoCommand, "\"acknowledge\" takes nothing after its name"},
		{"another's word for one that does", "assign ann", []string{"enter"}, "", keymap.NoCommand, "With an argument, \"assign\" is written \"hand off\""},
		{"no command at all", "zyx now", []string{"enter"}, "", keymap.NoCommand, "No command by that name"},
		{"without a command", "hand 1h", []string{"enter"}, "hand: 1h", keymap.NoCommand, ""},
		{"wrong", "snooze soon", []string{"enter"}, "", keymap.NoCommand, "Write how long, such as 2h."},
		{"wrong in two words", "hand off is no", []string{"up"}, "", keymap.NoCommand, "Write how long"},
		{"no argument yet", "snooze", []string{"up"}, "", keymap.NoCommand, "No command by that name"},
	} {
		var done []keymap.Command
		var given []string
		s, host, r := opened(&done, verbs(&given)...)
		roomtest.Write(r, c.typed)
		if shown := roomtest.Shows(s, r); !strings.Contains(shown, c.shows) {
			t.Errorf("%s: it shows\n%s", c.name, shown)
		}
		roomtest.Press(r, c.keys...)
		if got := strings.Join(given, ", "); got != c.given || host.Closed != (c.given != "") {
			t.Errorf("%s: given %q, closed %t", c.name, got, host.Closed)
		}
		if c.done != keymap.NoCommand && !slices.Equal(done, []keymap.Command{c.done}) {
			t.Errorf("%s: done %v", c.name, done)
		}
	}
}

func TestTabWritesTheCommandThatTakesAnArgument(t *testing.T) {
	var done []keymap.Command
	var given []string
	s, _, r := opened(&done, verbs(&given)...)
	roomtest.Write(r, "hand off")
	roomtest.Press(r, "tab")
	roomtest.Write(r, "1h")
	if shown := roomtest.Shows(s, r); !strings.Contains(shown, ": hand off 1h") {
		t.Errorf("it shows\n%s", shown)
	}
	roomtest.Press(r, "enter")
	if !slices.Equal(given, []string{"hand off: 1h"}) {
		t.Errorf("given %q", given)
	}
}

// Whatever is typed, nothing is done that can't be read.
func FuzzArgument(f *testing.F) {
	for _, seed := range []string{"snooze 2h", "hand off  ", "hand_off \x1b[31m", "sleep sleep 1h", " snooze é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		var done []keymap.Command
		var given []string
		s, _, r := opened(&done, verbs(&given)...)
		r.Paste(tea.PasteMsg{Content: typed})
		if shown := roomtest.Shows(s, r); strings.Contains(shown, "\x1b") {
			t.Errorf("it shows %q", shown)
		}
		roomtest.Press(r, "tab", "up", "down", "enter")
		for _, g := range given {
			if !strings.HasSuffix(g, ": 1h") && !strings.HasSuffix(g, ": 2h") {
				t.Errorf("%q gives %q", typed, g)
			}
		}
	})
}
