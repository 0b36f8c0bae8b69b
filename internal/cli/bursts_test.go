package cli

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/race"
)

// pours types text as a paste that the terminal does not mark: the program
// gets it as keys.
func (x *terminal) pours(text string) {
	x.t.Helper()
	x.tmux("set-buffer", text)
	x.tmux("paste-buffer", "-r")
}

// pressed presses keys as a person does: one after the other, each once the
// one before is answered.
func (x *terminal) pressed(steps ...[2]string) {
	x.t.Helper()
	for _, step := range steps {
		time.Sleep(100 * time.Millisecond) // what is tested is the time between keys
		if step[0] == "Tab" {
			x.until("the button", func() { x.keys("Tab") }, func(screen string) bool {
				return strings.Contains(screen, "enter sends") || strings.Contains(screen, "enter: read on")
			})
			continue
		}
		if len(step[0]) > 1 && strings.ToLower(step[0]) == step[0] {
			x.write(step[0])
		} else {
			x.keys(step[0])
		}
		x.sees(step[1])
	}
}

// toList closes whatever a paste has opened. The search for commands opens only
// from the list, and once all before it is handled.
func (x *terminal) toList() {
	x.t.Helper()
	open := func() {
		for range 3 {
			x.keys("Escape")
			time.Sleep(100 * time.Millisecond) // escape and a key at once is another key
		}
		x.keys(":")
	}
	open()
	x.until("the search for commands", open, func(screen string) bool { return strings.Contains(screen, "┌ Commands") })
	x.keys("Escape")
	x.seesNot("┌ Commands")
}

// byName are the steps to a command by its name.
func byName(name, heading string) [][2]string {
	return [][2]string{{":", "┌ Commands"}, {name, "▌ :        " + name[:12]}, {"Enter", heading}}
}

// pasted are texts with the keys that confirm somewhere, also as the first.
var pasted = []string{
	"\r\ryes\ra\ra\ri\r\r\r", "yes\na\ry\ri\r\r\rkubectl -n prod get pods\r\r\r", "a\r\ra\r\r\r\r\r",
}

// Keys that no person typed send nothing and run nothing, wherever they go.
func TestNoBurstSendsOrRunsAnything(t *testing.T) {
	t.Parallel()
	for turn, size := range [][2]int{{80, 24}, {120, 30}, {60, 15}} {
		if !race.Plays(turn, 3) {
			continue
		}
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			w, dir := newReadingHarness(t)
			ran := filepath.Join(t.TempDir(), "ran")
			runbook := "# HighErrorRate\n\n## Diagnosis\n\n1. Do it: `touch " + ran + "`\n"
			if err := os.WriteFile(filepath.Join(dir, "HighErrorRate.md"), []byte(runbook), 0o600); err != nil {
				t.Fatal(err)
			}
			x := startTerminal(t, size[0], size[1], "--config "+w.config)
			x.sees("HighErrorR", "triggered")
			// quiet pastes a text where the steps lead to: over the three sizes
			// each place gets each text.
			position := turn
			quiet := func(name string, steps ...[2]string) {
				t.Helper()
				position++
				text := pasted[position%len(pasted)]
				x.pressed(steps...)
				before := w.writes()
				x.pours(text)
				x.toList()
				if writes := w.writes(); !slices.Equal(writes, before) {
					t.Fatalf("%s: %q was pasted, and PagerDuty got %q", name, text, writes)
				}
				for _, r := range w.toAlertmanager.Requests() {
					if r.Method != http.MethodGet {
						t.Fatalf("%s: %q was pasted, and Alertmanager got %s %s", name, text, r.Method, r.Path)
					}
				}
				if _, err := os.Stat(ran); err == nil {
					t.Fatalf("%s: %q was pasted, and the step ran", name, text)
				}
				// What somebody else has by now is further down.
				down := 0
				x.until("the row of the alert", func() {
					x.keys("Escape")
					time.Sleep(100 * time.Millisecond) // escape and a key at once is another key
					x.keys("g")
					for range down {
						x.keys("j")
					}
					down = (down + 1) % 3
				}, func(screen string) bool {
					return cursorOn(screen, "HighErrorR")
				})
			}
			quiet("list")
			quiet("acknowledge", [2]string{"a", "[ Acknowledge ]"})
			quiet("escalate", [2]string{"e", "Escalate to"}, [2]string{"Tab"})
			quiet("next level", [2]string{"E", "next level"}, [2]string{"Tab"})
			quiet("hand off", [2]string{"h", "enter takes it"}, [2]string{"Enter", "Hand off to"}, [2]string{"Tab"})
			quiet("resolve", [2]string{"r", "Resolve"}, [2]string{"Tab"})
			quiet("snooze", [2]string{"z", "Until"}, [2]string{"Enter", "[ Snooze ]"}, [2]string{"Tab"})
			quiet("silence", [2]string{"s", "matches all of"}, [2]string{"Enter", "Until"}, [2]string{"Enter", "[ Silence ]"}, [2]string{"Tab"})
			quiet("note", [2]string{"n", "Note"})
			quiet("urgency", byName("change the urgency", "Urgency")...)
			quiet("priority", byName("change the priority", "Priority")...)
			quiet("join", byName("ask others to join", "Ask to join")...)
			quiet("merge", byName("merge into another incident", "Merge")...)
			// The last row is silenced.
			quiet("extend a silence", append([][2]string{{"G", "of 10"}}, byName("extend a silence", "Extend")...)...)
			quiet("end a silence", append([][2]string{{"G", "of 10"}}, byName("end a silence", "Ends 1 silence now")...)...)
			quiet("post a handover", [2]string{"H", "## Open ("}, [2]string{"p", "[ Add a note ]"})
			quiet("step", [2]string{"Enter", "Diagnosis"}, [2]string{"J", "Do it"}, [2]string{"x", "Run this step?"})

			// A person sends, and undoes no more by a paste than before.
			w.wantNoWrites()
			x.pressed([2]string{"e", "Escalate to"}, [2]string{"Tab"})
			x.carryOut("✓ Escalated")
			quiet("undo", [2]string{"u", "Undo"})
			if n := len(w.writes()); n != 2 { // the note and the policy
				t.Errorf("PagerDuty got %q", w.writes())
			}
			x.pressed([2]string{"Enter", "Diagnosis"}, [2]string{"J", "Do it"}, [2]string{"x", "Run this step?"})
			x.confirm("exit 0 after")
			if _, err := os.Stat(ran); err != nil {
				t.Error(err)
			}
		})
	}
}

// Keys that a person typed while the screen was slow are theirs: nothing is
// lost, and what follows is no burst.
func TestAPersonsKeysAreNoBurst(t *testing.T) {
	t.Parallel()
	w := newProgramHarness(t)
	x := startTerminal(t, 80, 24, "--config "+w.config)
	x.sees("HighErrorR", "triggered")
	x.pressed([2]string{"a", "[ Acknowledge ]"})
	time.Sleep(200 * time.Millisecond)
	x.pours("xyz\r")
	x.sees("that came too fast to be read: press enter again")
	time.Sleep(100 * time.Millisecond)
	w.wantNoWrites()
	x.keys("F9") // which no dialog knows
	time.Sleep(100 * time.Millisecond)
	x.keys("Enter")
	x.sees("✓ Acknowledged")
}
