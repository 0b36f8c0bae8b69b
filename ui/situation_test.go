package ui

import (
	"fmt"
	"strings"
	"testing"

	"firstline/internal/race"
	"firstline/internal/respond"
	"firstline/ui/keymap"
	"firstline/ui/palette"
)

// The line of keys says what the keys are about, and which key takes that back, at
// each width.
func TestTheKeysSayWhatTheyAreAbout(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 30}, {200, 50}} {
		h := withAll(t, newAccount(), size[0], size[1], nil)
		h.put("Q1CHECKOUT")
		h.seesNot("esc clear")
		h.press("space")
		h.put("Q2REPLICA")
		h.press("space")
		h.hints("2 selected: a ack", "e escalate", "esc clear  ? help")
		h.press("/")
		h.write("pay")
		h.press("enter")
		h.hints("esc clear")
		h.press("esc")
		h.seesNot("selected:")
		h.hints("esc clear filter  ? help")
		h.press("esc")
		h.seesNot("esc clear")
	}
}

// Both roles read whom an escalation goes to.
func TestEscalateNamesItsTarget(t *testing.T) {
	for role, want := range map[respond.Role]string{
		respond.Developer: "escalate to Ops first line", respond.FirstLine: "escalate to the owner (Payments on call)",
	} {
		h := withAll(t, newAccount(), 120, 30, func(o *Options) { o.Respond.Role = role })
		h.put("Q3DISK")
		h.hints(want)
		h.press(":")
		h.write("escalate")
		h.dialog(want)
		h.press("esc", "?")
		h.dialog(want)
		h.press("esc", "e")
		h.dialog(strings.ToUpper(want[:1]) + want[1:])
	}
}

// What the row can't do is dim in the line of keys, says why in help and palette,
// and is never the first choice there.
func TestWhatTheRowCanNotDoIsDim(t *testing.T) {
	h := withAll(t, newAccount(), 120, 30, nil)
	idle := func(c keymap.Command) string {
		e := h.m.Keys.Of(c, keymap.InNormal)
		return e.Idle()
	}
	h.put("Q1CHECKOUT")
	for _, c := range []keymap.Command{keymap.Acknowledge, keymap.Escalate, keymap.AddNote, keymap.SnoozeGroup, keymap.SilenceGroup} {
		if why := idle(c); why != "" {
			t.Errorf("%d can't be done: %q", c, why)
		}
	}
	bright, _ := h.m.frame()
	h.put("QueueBacklog")
	dim, _ := h.m.frame()
	for c, want := range map[keymap.Command]string{
		keymap.AddNote: "There is no incident to put a note on", keymap.SnoozeGroup: "There is no incident to snooze",
		keymap.NextLevel: "There is no incident to escalate", keymap.ChangeUrgency: "There is no incident to change",
		keymap.Acknowledge: "", keymap.Escalate: "", keymap.HandOff: "", keymap.SilenceGroup: "",
	} {
		if why := idle(c); !strings.HasPrefix(why, want) || want == "" && why != "" {
			t.Errorf("%d: %q, want %q", c, why, want)
		}
	}
	last := func(frame string) string { return frame[strings.LastIndex(frame, "\n"):] }
	if last(bright) == last(dim) || h.m.Bare(last(bright)) != h.m.Bare(last(dim)) {
		t.Errorf("the line of keys is\n%q\nand\n%q", last(bright), last(dim))
	}
	h.put("Q2REPLICA")
	if why := idle(keymap.Acknowledge); !strings.Contains(why, "Already acknowledged by Ann Okafor") {
		t.Errorf("acknowledging it again: %q", why)
	}
}

// Other people's words find a command, and what can be done is before what can't,
// whatever is typed.
func TestThePaletteKnowsOtherPeoplesWords(t *testing.T) {
	race.Skip(t)
	h := withAll(t, newAccount(), 80, 24, nil)
	h.put("Q1CHECKOUT")
	for typed, want := range map[string]string{
		"mute": "silence in Alertmanager (mute)", "assign": "hand off (assign)", "page": "escalate to Ops first line (page)", "who": "who is on call, and who is next",
		"refresh": "read all sources now (refresh)", "history": "timeline (history)", "export": "copy the link, or the id (export)", "close": "resolve (close)",
		"resolve": "resolve", "comment": "note (comment)", "search": "filter (search)", "quit": "quit",
	} {
		h.press(":")
		h.write(typed)
		first := ""
		for _, l := range h.inside() {
			if strings.Contains(l, "▌") {
				first = l
			}
		}
		if !strings.Contains(first, " "+want+" ") {
			t.Errorf("%q finds %q, want %q", typed, first, want)
		}
		h.press("esc")
	}

	texts := map[string]bool{"": true, "o": true, "in": true, "the": true, "zz": true}
	for _, e := range h.m.Keys {
		for n := range e.Text() {
			texts[e.Text()[:n]] = true
		}
	}
	for _, row := range []string{"Q1CHECKOUT", "QueueBacklog"} {
		h.put(row)
		for typed := range texts {
			h.press(":")
			h.write(typed)
			idle := false
			for _, e := range h.m.overlay.(*palette.Room).Found {
				if e.Idle() == "" && idle {
					t.Fatalf("%q finds what can't be done before %q:\n%s", typed, e.Text(), h.screen())
				}
				idle = e.Idle() != ""
			}
			h.press("esc")
		}
	}
}

// The help begins with the keys of where one is.
func TestTheHelpOpensAtWhereOneIs(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 30}} {
		h := readRunbook(t)
		h.send(windowSize(size[0], size[1]))
		h.press("?")
		if first := h.inside()[0]; !strings.Contains(first, keymap.GroupRunbook) {
			t.Errorf("in the runbook it begins with %q", first)
		}
		h.press("esc", "esc", "?")
		if first := h.inside()[0]; !strings.Contains(first, keymap.GroupAct) {
			t.Errorf("in the list it begins with %q", first)
		}
		if two := strings.Contains(h.inside()[1], "extend a silence"); two != (size[0] >= 80) {
			t.Errorf("at %v the keys are in columns: %v\n%s", size, two, h.screen())
		}
	}
}

// The keys to the usual sections are beside the headings in the outline, and in
// the line of keys.
func TestTheKeysToSectionsAreBesideThem(t *testing.T) {
	h := readRunbook(t)
	h.send(windowSize(80, 24))
	h.hints("M I D T  O outline")
	h.press("O")
	h.sees("M   Meaning", "I   Impact", "D   Diagnosis", "T   Mitigation")
}

// In the list and on the other tabs each key of the runbook says what has to be
// pressed first, which is so, and each number says when no tab has it.
func TestTheKeysOfTheRunbookSayWhatComesFirst(t *testing.T) {
	race.Skip(t)
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 30}} {
		for _, c := range []struct {
			open, first []string
			says        string
		}{
			{nil, []string{"enter"}, "Press enter first; in the runbook, "},
			{[]string{"enter", "2"}, []string{"1"}, "Press 1 first; in the runbook, "},
			{[]string{"enter", "3"}, []string{"1"}, "Press 1 first; in the runbook, "},
			{[]string{"enter", "2", "esc"}, []string{"1", "enter"}, "Press 1 and enter first; in the runbook, "},
		} {
			h := withAll(t, newAccount(), size[0], size[1], withManyLines)
			said := 0
			for _, e := range h.m.Keys {
				if e.Mode != keymap.InRunbook || len(e.Binding.Keys()) == 0 {
					continue
				}
				h.m.focusPane(false)
				h.press("1")
				h.m.focusPane(false)
				h.put("HighErrorRate")
				h.press(c.open...)
				key := keyPress(e.Binding.Keys()[0])
				if _, other := h.m.meaning(key); other != nil {
					continue
				}
				said++
				h.send(key)
				h.status(c.says + e.Binding.Help().Key + ":")
				h.press(c.first...)
				if _, now := h.m.meaning(key); now == nil || now.Command != e.Command {
					t.Errorf("%v after %v: %v does not lead to %q", size, c.open, c.first, e.Text())
				}
			}
			if said < 8 {
				t.Errorf("%v after %v: %d keys say so", size, c.open, said)
			}
			for n := 1; n <= 9; n++ {
				h.press(fmt.Sprint(n))
				text := fmt.Sprintf("There is no tab %d", n)
				if n <= len(h.m.pane.Tabs()) {
					h.seesNot(text)
					continue
				}
				h.status(text)
			}
		}
	}
}
