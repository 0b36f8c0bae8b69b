package help_test

import (
	"slices"
	"strings"
	"testing"

	"firstline/ui/help"
	"firstline/ui/keymap"
	"firstline/ui/room"
	"firstline/ui/roomtest"
)

var keys = slices.Concat(keymap.Table{
	keymap.Key(keymap.InNormal, keymap.Acknowledge, "acknowledge").In(keymap.GroupAct).Unless(func() string { return "firstline runs read-only" }),
	keymap.Key(keymap.InNormal, keymap.MoveDown, "down").In(keymap.GroupMove),
	keymap.Key(keymap.InNormal, keymap.Suspend, "in no help"),
}, room.ReaderKeys())

func TestHelpHasTheKeysAndSaysWhyNot(t *testing.T) {
	s, _ := roomtest.Screen(120, 60, keys)
	shown := roomtest.Shows(s, help.New(s, keymap.GroupAct))
	for _, want := range []string{"Act", "a       acknowledge: firstline runs read-only", "j ↓     down", "Filter", "Marks"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is missing in\n%s", want, shown)
		}
	}
	if strings.Contains(shown, "in no help") || strings.Contains(shown, "half a screen") {
		t.Errorf("a key of nothing is in\n%s", shown)
	}
}

func TestTheHelpFollowsTheScreensSize(t *testing.T) {
	s, host := roomtest.Screen(120, 16, keys)
	r := help.New(s, keymap.GroupAct)
	roomtest.Press(r, "G")
	if shown := roomtest.Shows(s, r); !strings.Contains(shown, "gone") || strings.Contains(shown, "Act") {
		t.Errorf("its end shows\n%s", shown)
	}
	roomtest.Resize(s, r, 62, 50)
	shown := roomtest.Shows(s, r)
	if !strings.Contains(shown, "gone") || !strings.Contains(shown, "Act") {
		t.Errorf("it shows\n%s", shown)
	}
	for line := range strings.SplitSeq(shown, "\n") {
		if w := s.WidthOf(line); w != 62 {
			t.Errorf("a line is %d cells wide: %q", w, line)
		}
	}
	roomtest.Press(r, "?")
	if !host.Closed {
		t.Error("? does not close it")
	}
}

// A key that can't act takes no more lines than one that can, however long its reason
// is, and what it does stays whole.
func TestAReasonTakesNoLine(t *testing.T) {
	why := ""
	table := keymap.Table{}
	for i, text := range []string{"x", "snooze", "extend a silence", "ask others to join", "merge into another incident of the same service"} {
		table = append(table, keymap.Key(keymap.InNormal, keymap.Command(1000+i), text).In(keymap.GroupAct).Unless(func() string { return why }))
	}
	for width := 60; width <= 200; width += 3 {
		s, _ := roomtest.Screen(width, 200, table)
		why = ""
		free := help.New(s, keymap.GroupAct)
		why = "There is no incident to put it on; open one with e, or wait until the source reports one."
		held := help.New(s, keymap.GroupAct)
		if len(held.Lines) != len(free.Lines) {
			t.Errorf("at %d columns %d lines become %d:\n%s", width, len(free.Lines), len(held.Lines), roomtest.Shows(s, held))
		}
		if shown := roomtest.Shows(s, held); !strings.Contains(shown, "x: There is") || !strings.Contains(shown, "ask others to join") {
			t.Errorf("at %d columns:\n%s", width, shown)
		}
	}
	s, _ := roomtest.Screen(80, 80, table)
	for _, sign := range []string{"+ ", "~ ", "dim "} {
		if shown := roomtest.Shows(s, help.New(s, keymap.GroupAct)); !strings.Contains(shown, sign) {
			t.Errorf("the mark %q is missing in\n%s", sign, shown)
		}
	}
}

// What is looked for leaves the keys, sentences and marks that fit.
func TestTheHelpIsSearched(t *testing.T) {
	s, host := roomtest.Screen(120, 60, slices.Concat(keys, help.SearchKeys()))
	r := help.New(s, keymap.GroupAct)
	roomtest.Press(r, "/")
	roomtest.Write(r, "Acknow")
	shown := roomtest.Shows(s, r)
	if !strings.Contains(shown, "Keys ── / Acknow") || !strings.Contains(shown, "acknowledge") || strings.Contains(shown, "down") || strings.Contains(shown, "Marks") {
		t.Errorf("it shows\n%s", shown)
	}
	roomtest.Press(r, "enter", "j")
	if shown := roomtest.Shows(s, r); host.Closed || !strings.Contains(shown, "Acknow") {
		t.Errorf("enter closes it or forgets the search:\n%s", shown)
	}
	roomtest.Press(r, "/")
	roomtest.Write(r, " q?")
	if shown := roomtest.Shows(s, r); !strings.Contains(shown, "Nothing here fits.") {
		t.Errorf("it shows\n%s", shown)
	}
	roomtest.Press(r, "esc")
	if shown := roomtest.Shows(s, r); host.Closed || !strings.Contains(shown, "Marks") || !strings.Contains(shown, "down") {
		t.Errorf("esc does not clear the search:\n%s", shown)
	}
	roomtest.Press(r, "esc")
	if !host.Closed {
		t.Error("esc does not close the help")
	}
}
