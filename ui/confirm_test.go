package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/race"
	"firstline/ui/dialog"
	"firstline/ui/keyboard"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// pours types text as a paste that the terminal does not mark: as keys, one
// millisecond apart.
func (h *harness) pours(text string) {
	h.t.Helper()
	h.now = h.now.Add(time.Second)
	letters := []rune(text)
	for i, r := range letters {
		name := string(r)
		switch r {
		case '\r':
			name = "enter"
		case '\t':
			name = "tab"
		}
		h.now = h.now.Add(ms)
		h.send(keyboard.Typed{Msg: keyPress(name), At: h.now, Followed: i < len(letters)-1})
	}
}

// sendsOn presses enter until the dialog has sent.
func (h *harness) sendsOn() {
	h.t.Helper()
	for n := 0; h.m.mode() == keymap.InDialog; n++ {
		if n == 80 {
			h.t.Fatalf("enter never sends:\n%s", h.screen())
		}
		h.press("enter")
	}
}

// bursts are what nobody typed: texts with the keys that confirm at each place,
// also the first.
var bursts = []string{
	"y\r", "ax", "aaaa\r\r\r", "\r\r\r\r\r\r", "\ryes\r", "i\r\rii", "yes, do it\r\r\r",
	"a\ra\ra\r", "tab\t\r\t\r\t\r\r", "kubectl -n prod rollout undo deploy/api\r\ry\r\r\r",
}

// dialogs open each dialog and lead to where a key would send.
var dialogs = map[string]func(h *harness){
	"acknowledge": func(h *harness) { h.put("Q1CHECKOUT"); h.press("a") },
	"escalate":    func(h *harness) { h.put("Q1CHECKOUT"); h.press("e"); h.write("x"); h.press("enter") },
	"urgency": func(h *harness) {
		h.put("Q1CHECKOUT")
		h.press(":")
		h.write("change the urgency")
		h.press("enter", "down", "enter", "n")
		h.write("x")
		h.press("enter")
	},
	"hand off": func(h *harness) { h.put("Q1CHECKOUT"); h.press("h", "enter"); h.write("x"); h.press("enter") },
	"note":     func(h *harness) { h.put("Q1CHECKOUT"); h.press("n"); h.write("x"); h.press("tab") },
	"resolve":  func(h *harness) { h.put("Q1CHECKOUT"); h.press("r"); h.write("x"); h.press("enter") },
	"snooze":   func(h *harness) { h.put("Q1CHECKOUT"); h.press("z", "enter", "n"); h.write("x"); h.press("enter") },
	"silence": func(h *harness) {
		h.put("QueueBacklog")
		h.press("s", "enter", "enter", "n")
		h.write("x")
		h.press("enter")
	},
	"acknowledge an alert": func(h *harness) {
		h.put("QueueBacklog")
		h.press("a", "enter")
	},
	"several": func(h *harness) {
		h.put("Q1CHECKOUT")
		h.press("space")
		h.put("Q2REPLICA")
		h.press("space", "e")
		h.write("x")
		h.press("enter")
	},
	"undo": func(h *harness) {
		h.put("Q1CHECKOUT")
		h.press("e")
		h.write("x")
		h.press("enter")
		h.sendsOn()
		h.press("u")
	},
	"merge": func(h *harness) {
		h.put("Q1CHECKOUT")
		h.press(":")
		h.write("merge")
		h.press("enter", "enter")
	},
}

func TestNoBurstConfirmsADialog(t *testing.T) {
	race.Skip(t)
	for _, size := range [][2]int{{80, 24}, {120, 30}, {60, 15}} {
		for name, open := range dialogs {
			for _, text := range bursts {
				t.Run(fmt.Sprintf("%s/%dx%d/%q", name, size[0], size[1], text), func(t *testing.T) {
					d := newAccount()
					h := withAll(t, d, size[0], size[1], nil)
					open(h)
					if h.m.mode() != keymap.InDialog || h.m.actions.Dialog.Field != dialog.SendField || !h.m.actions.Dialog.Plan.Ready() {
						t.Fatalf("nothing could be sent here:\n%s", h.screen())
					}
					before := len(d.acts())
					h.pours(text)
					if acts := d.acts(); len(acts) != before {
						t.Fatalf("done: %q", acts[before:])
					}
				})
			}
		}
	}
}

func TestABurstSaysThatItCameTooFast(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 30}, {60, 15}} {
		d := newAccount()
		h := withAll(t, d, size[0], size[1], nil)
		dialogs["acknowledge"](h)
		h.pours("a\r")
		h.dialog("that came too fast to be read: press enter again")
		d.expect(t)
		h.press("enter")
		d.expect(t, "acknowledge Q1CHECKOUT")
	}
}

// Outside of dialogs the status line says it, until the next key that a person
// typed.
func TestTheNextKeyEndsWhatCameTooFast(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 30}, {60, 15}} {
		h := withAll(t, newAccount(), size[0], size[1], nil)
		h.pours("jo")
		h.status("That came too fast to be read: press o again")
		h.press("k")
		h.seesNot("came too fast")
	}
}

// The time of a key is that of its reading: what is between two keys, and when
// they are handled, changes nothing.
func TestWhichKeysConfirm(t *testing.T) {
	type typed struct {
		after time.Duration
		msg   tea.Msg
	}
	enter, other := keyPress("enter"), keyPress("ctrl+b") // which no dialog has a key for
	for _, c := range []struct {
		name     string
		typed    []typed
		confirms bool
	}{
		{"alone", []typed{{time.Second, enter}}, true},
		{"29 ms after a key", []typed{{time.Second, other}, {29 * ms, enter}}, false},
		{"30 ms after a key", []typed{{time.Second, other}, {30 * ms, enter}}, true},
		{"31 ms after a key", []typed{{time.Second, other}, {31 * ms, enter}}, true},
		{"100 ms after a key", []typed{{time.Second, other}, {100 * ms, enter}}, true},
		{"at once with a key", []typed{{time.Second, other}, {0, enter}}, false},
		{"10 ms after a paste", []typed{{time.Second, tea.PasteMsg{Content: "y"}}, {10 * ms, enter}}, false},
		{"100 ms after a paste", []typed{{time.Second, tea.PasteMsg{Content: "y"}}, {100 * ms, enter}}, true},
		{"a resize between a burst", []typed{{time.Second, other}, {10 * ms, windowSize(90, 30)}, {10 * ms, enter}}, false},
		{"a resize just before", []typed{{time.Second, other}, {100 * ms, windowSize(90, 30)}, {ms, enter}}, true},
		{"two of a burst", []typed{{time.Second, other}, {20 * ms, other}, {20 * ms, enter}}, false},
		{"enter by itself, 29 ms apart", []typed{{time.Second, other}, {29 * ms, enter}, {29 * ms, enter}, {29 * ms, enter}}, false},
	} {
		for _, late := range []time.Duration{0, 5 * time.Second} {
			t.Run(fmt.Sprintf("%s/handled %v late", c.name, late), func(t *testing.T) {
				d := newAccount()
				h := withAll(t, d, 80, 24, nil)
				dialogs["acknowledge"](h)
				at := h.now
				h.now = h.now.Add(late)
				for _, typed := range c.typed {
					at = at.Add(typed.after)
					h.now = h.now.Add(typed.after)
					if size, ok := typed.msg.(tea.WindowSizeMsg); ok {
						h.send(size)
						continue
					}
					h.send(keyboard.Typed{Msg: typed.msg, At: at})
				}
				if got := len(d.acts()) > 0; got != c.confirms {
					t.Errorf("confirmed: %v\n%s", got, h.screen())
				}
			})
		}
	}
}

// A key that was read before its question was on the screen is no answer,
// however late it is handled.
func TestAKeyTypedAheadConfirmsNothing(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("Q1CHECKOUT")
	h.press("e")
	h.write("x")
	h.press("tab")
	read := h.m.actions.Dialog.Shown.Add(room.LeastSeen - ms) // enter, typed ahead
	h.m.Typing.Last = time.Time{}                             // nothing but its time speaks against it
	h.now = h.now.Add(10 * time.Second)
	h.send(keyboard.Typed{Msg: keyPress("enter"), At: read})
	d.expect(t)
	h.dialog("too fast to be read")
	h.press("enter")
	d.expect(t, "note Q1CHECKOUT", "policy POPS Q1CHECKOUT")
}

func TestAcknowledgingIsQuick(t *testing.T) {
	for _, key := range []string{"a", "enter"} {
		d := newAccount()
		h := withAll(t, d, 80, 24, nil)
		h.put("Q1CHECKOUT")
		h.press("a")
		h.dialog("Acknowledge", "Nobody is notified.")
		h.now = h.now.Add(100 * ms)
		h.send(keyboard.Typed{Msg: keyPress(key), At: h.now})
		d.expect(t, "acknowledge Q1CHECKOUT")
	}
}

// The lines of a paste that the terminal does not mark stay in the text.
func TestABurstStaysInItsText(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("Q1CHECKOUT")
	h.press("e")
	h.pours("first\rsecond\r")
	if got := h.m.actions.Dialog.Text.Value(); got != "first\nsecond\n" || h.m.actions.Dialog.Field != dialog.TextField {
		t.Errorf("the text is %q", got)
	}
	h.press("esc")
	h.put("QueueBacklog")
	h.press("s")
	h.pours("\rteam=\"mail\"\r")
	if got := h.m.actions.Dialog.Matchers.Value(); !strings.HasSuffix(got, "\nteam=\"mail\"\n") || h.m.actions.Dialog.Field != dialog.MatcherField {
		t.Errorf("the matchers are %q", got)
	}
}

// Text that came as a paste, marked by the terminal or not, says so and waits for
// a key by itself, also when it is found again.
func TestPastedTextIsShownAsSuch(t *testing.T) {
	race.Skip(t)
	const notice = "pasted text, not confirmed"
	at := func(h *harness, gap time.Duration, text string) {
		for _, r := range text {
			h.now = h.now.Add(gap)
			h.send(keyboard.Typed{Msg: keyPress(string(r)), At: h.now})
		}
	}
	opens := map[string]string{"e": "enter", "r": "enter", "n": "tab"}
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 30}} {
		for open, next := range opens {
			for _, c := range []struct {
				name   string
				in     func(h *harness)
				pasted bool
			}{
				{"a paste", func(h *harness) { h.now = h.now.Add(time.Second); h.send(tea.PasteMsg{Content: "rolled back"}) }, true},
				{"a burst", func(h *harness) { h.pours("rolled back") }, true},
				{"a burst with lines", func(h *harness) { h.pours("first\rsecond\r") }, true},
				{"a burst with tabs", func(h *harness) { h.pours("first\tsecond\t") }, true},
				{"an enter at once with a letter", func(h *harness) { h.pours("x\r") }, true},
				{"typed, then a burst", func(h *harness) { at(h, 200*ms, "why "); h.pours("rolled back") }, true},
				{"typed", func(h *harness) { at(h, 200*ms, "rolled back") }, false},
				{"typed fast", func(h *harness) { at(h, 40*ms, "rolled back") }, false},
				{"two letters at once", func(h *harness) { at(h, 200*ms, "rol"); at(h, 10*ms, "l"); at(h, 200*ms, "ed") }, false},
			} {
				t.Run(fmt.Sprintf("%dx%d/%s/%s", size[0], size[1], open, c.name), func(t *testing.T) {
					shelf := newShelf()
					h := withStory(t, size[0], size[1], shelf.with)
					reopen := func() {
						h.put("Q1CHECKOUT")
						h.press(open)
						if got := strings.Contains(h.screen(), notice); got != c.pasted {
							t.Fatalf("told when it is found again: %v\n%s", got, h.screen())
						}
					}
					h.put("Q1CHECKOUT")
					h.press(open)
					h.seesNot(notice)
					c.in(h)
					if got := strings.Contains(h.screen(), notice); got != c.pasted || h.m.actions.Dialog.Field != dialog.TextField {
						t.Fatalf("told that it is a paste: %v\n%s", got, h.screen())
					}
					text := h.m.actions.Dialog.Text.Value()
					h.press("esc")
					reopen()
					h.press("esc")
					h.m.drafts.Flush(context.Background())
					h = withStory(t, size[0], size[1], shelf.with)
					reopen()
					if got := h.m.actions.Dialog.Text.Value(); got != text {
						t.Errorf("the text is %q, was %q", got, text)
					}
					h.press(next)
					if h.m.actions.Dialog.Field != dialog.SendField {
						t.Fatalf("%s does not go on:\n%s", next, h.screen())
					}
					h.press("shift+tab")
					h.seesNot(notice)
					h.press("esc")
					h.put("Q1CHECKOUT")
					h.press(open)
					h.seesNot(notice)
				})
			}
		}
	}
}

func TestNoBurstRunsAStep(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 30}, {60, 15}} {
		for _, text := range bursts {
			store := newMemory()
			h := readRunbook(t, withSteps(store))
			h.send(windowSize(size[0], size[1]))
			h.m.terminal.Start = func(tea.ExecCommand, tea.ExecCallback) tea.Cmd {
				t.Errorf("%q took the terminal", text)
				return func() tea.Msg { return nil }
			}
			h.press("J", "x")
			h.dialog("Run this step?")
			h.pours(text)
			if len(store.runs) > 0 {
				t.Errorf("%q ran %+v", text, store.runs)
			}
			if h.m.mode() == keymap.InRun {
				if strings.ContainsAny(text, "\ri") {
					h.dialog("too fast to be read")
				}
				h.press("enter")
				if len(store.runs) != 1 {
					t.Errorf("after %q enter runs nothing:\n%s", text, h.screen())
				}
			}
		}
	}
}

// In the list and in the runbook a burst opens what its letters are for, and
// sends, runs and browses nothing.
func TestNoBurstActsInTheList(t *testing.T) {
	race.Skip(t)
	letters := "abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ*?[]/"
	var texts []string
	for i := range letters {
		key := letters[i : i+1]
		texts = append(texts, "j"+key+"\r\r\r\r", "j"+key+"a\r1\r\r\r", key+key+"\r\r\r")
	}
	for _, text := range append(texts, bursts...) {
		d := newAccount()
		h := withAll(t, d, 80, 24, func(o *Options) {
			withSteps(newMemory())(o)
			o.OpenURL = func(url string) error {
				t.Errorf("%q opened %s", text, url)
				return nil
			}
		})
		h.m.terminal.Start = func(tea.ExecCommand, tea.ExecCallback) tea.Cmd { return func() tea.Msg { return nil } }
		h.put("Q1CHECKOUT")
		h.pours(text)
		if acts := d.acts(); len(acts) > 0 {
			t.Errorf("%q did %q", text, acts)
		}
		if h.quit {
			t.Errorf("%q left the program", text)
		}
	}
}

func TestABurstDoesNotLeaveWhileSomethingIsSent(t *testing.T) {
	d := newAccount()
	h := withAll(t, d, 80, 24, nil)
	h.put("Q1CHECKOUT")
	h.press("a")
	h.hold = true
	h.press("a", "esc")
	h.pours("qqqq")
	if h.quit {
		t.Error("a burst left the program")
	}
	h.status("too fast to be read: press q again")
	h.release()
	h.press("q")
	if !h.quit {
		t.Error("q does not leave")
	}
}

func TestABurstWritesAndDropsNoHandover(t *testing.T) {
	d := newShiftMaker()
	h := withStory(t, 80, 24, d.with)
	h.press("H", "w")
	h.pours("x\r\r")
	if len(d.files) > 0 {
		t.Errorf("written: %v", d.files)
	}
	h.status("too fast to be read")
	h.press("enter")
	if len(d.files) != 1 {
		t.Errorf("written: %v", d.files)
	}
	h.press("e")
	h.write("mine")
	h.press("esc", "ctrl+r")
	h.now = h.now.Add(10 * ms)
	h.send(keyboard.Typed{Msg: keyPress("ctrl+r"), At: h.now})
	h.dialog("mine")
}
