//go:build unix

package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"firstline/internal/race"
)

// signalPosition is a state in which a signal finds the program.
type signalPosition struct {
	position string
	// goes brings a new program there.
	goes func(t *testing.T) *terminal
	// typed is what a person has typed and not sent; saved is what an editor
	// that is ended leaves of it, where that is more.
	typed, saved string
	// lent: another program has the terminal, so that what keys send is its own;
	// goesOn shows that it is there still.
	lent   bool
	goesOn func(x *terminal)
}

// anEditor leaves on request, and saves before.
const anEditor = "#!/bin/sh\nprintf ' saved in the editor' >> \"$1\"\necho 'this is the editor'\nread answer\n"

// withEditor is a terminal in which the editor is a script.
func withEditor(t *testing.T, script, args string) *terminal {
	t.Helper()
	editor := filepath.Join(t.TempDir(), "editor")
	if err := os.WriteFile(editor, []byte(script), 0o700); err != nil { //nolint:gosec // it must be run
		t.Fatal(err)
	}
	return startTerminalWith(t, t.TempDir(), "EDITOR="+editor, 120, 30, args)
}

// begunAlone is the output of the step, in the pane or alone on the screen.
var begunAlone = regexp.MustCompile(`(?m)^[│ ]*(.*││)? *begun *│?$`)

func signalPositions(w *harness) []signalPosition {
	config := "--config " + w.config
	dialog := func(x *terminal) *terminal {
		x.sees("HighErrorRate", "on call until")
		x.keys("e")
		x.sees("Notified now")
		x.write("Begun,")
		x.sees("Begun,")
		return x
	}
	step := func(t *testing.T, end string) *terminal {
		x := startTerminal(t, 120, 30, config)
		x.sees("HighErrorRate", "The shop fails", "on call until")
		x.keys("Enter", "J", "J", "x")
		x.sees("Run this step?", "sleep 600")
		x.press(end, waits, "the beginning of the output", func(screen string) bool {
			// The runbook's text has the word in its command; the output has it alone.
			return begunAlone.MatchString(screen) && !strings.Contains(screen, "Run this step?")
		})
		return x
	}
	return []signalPosition{
		{position: "before the first frame", goes: func(t *testing.T) *terminal {
			begun := filepath.Join(t.TempDir(), "begun")
			path := filepath.Join(t.TempDir(), "config.toml")
			text := fmt.Sprintf("[pagerduty]\ntoken_command = \"touch %s; sleep 600\"\n", begun)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			x := startTerminalWith(t, t.TempDir(), "PAGERDUTY_TOKEN=", 120, 30, "--config "+path)
			x.until("that the token is waited for", nil, func(string) bool { _, err := os.Stat(begun); return err == nil })
			return x
		}},
		{position: "list", goes: func(t *testing.T) *terminal {
			x := startTerminal(t, 120, 30, config)
			x.sees("HighErrorRate", "on call until")
			return x
		}},
		{position: "demo", goes: func(t *testing.T) *terminal {
			x := startTerminal(t, 120, 30, "--demo")
			x.sees("HighErrorRate", "on call until")
			return x
		}},
		{position: "help", goes: func(t *testing.T) *terminal {
			x := startTerminal(t, 120, 30, config)
			x.sees("HighErrorRate")
			x.keys("?")
			x.sees("half a screen down")
			return x
		}},
		{position: "a dialog with a draft", typed: "Begun,", goes: func(t *testing.T) *terminal {
			return dialog(startTerminal(t, 120, 30, config))
		}},
		{position: "the editor", typed: "Begun,", saved: "Begun, saved in the editor", lent: true, goes: func(t *testing.T) *terminal {
			x := dialog(withEditor(t, anEditor, config))
			x.keys("C-e")
			x.sees("this is the editor")
			return x
		}, goesOn: func(x *terminal) {
			x.keys("Enter")
			x.sees("Begun, saved in the editor", "Escalate to")
		}},
		{position: "a step", goes: func(t *testing.T) *terminal { return step(t, "Enter") }},
		{position: "a step in the terminal", lent: true, goes: func(t *testing.T) *terminal { return step(t, "i") }, goesOn: func(x *terminal) {
			x.sees("begun")
			x.seesNot("it ended with")
		}},
	}
}

// Each signal ends the program from everywhere with its status, brings the
// terminal back and loses nothing that was typed; but what the terminal's keys
// send belongs to what has the terminal.
func TestEverySignalEndsFromEverywhere(t *testing.T) {
	t.Parallel()
	w, _ := newReadingHarness(t)
	for n, at := range signalPositions(w) {
		for m, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGABRT} {
			if !race.Plays(n+m, 2) {
				continue
			}
			t.Run(at.position+"/"+s.String(), func(t *testing.T) {
				t.Parallel()
				x := at.goes(t)
				atOnce := s == syscall.SIGQUIT || s == syscall.SIGABRT
				if at.typed != "" && atOnce {
					x.stored(at.typed) // a moment after it was typed
				}
				x.signal(s)
				if at.lent && (s == syscall.SIGINT || s == syscall.SIGQUIT) {
					at.goesOn(x)
					return
				}
				x.sees(fmt.Sprintf("it ended with %d\n", exitSignal+int(s)))
				x.restored()
				switch {
				case at.saved != "" && !atOnce:
					x.stored(at.saved)
				case at.typed != "":
					x.stored(at.typed)
				}
			})
		}
	}
}

// restored checks that the terminal is as a shell wants it.
func (x *terminal) restored() {
	x.t.Helper()
	if screen := x.screen(); strings.Contains(screen, "Alert groups") {
		x.t.Errorf("the terminal shows\n%s", screen)
	}
	reported := strings.Fields(x.tmux("display-message", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{pane_tty}"))
	if !slices.Equal(reported[:3], []string{"0", "1", "0"}) {
		x.t.Errorf("second screen, cursor and mouse are %q", reported[:3])
	}
	tty, err := os.OpenFile(reported[3], os.O_RDONLY|syscall.O_NOCTTY, 0)
	if err != nil {
		x.t.Fatal(err)
	}
	defer tty.Close()
	stty := exec.CommandContext(x.t.Context(), "stty", "-a")
	stty.Stdin = tty
	out, err := stty.CombinedOutput()
	if err != nil {
		x.t.Fatalf("stty: %v\n%s", err, out)
	}
	modes := strings.Fields(string(out))
	for _, mode := range []string{"icanon", "isig", "echo", "opost", "icrnl"} {
		if !slices.Contains(modes, mode) {
			x.t.Errorf("the terminal's modes lack %s: %q", mode, modes)
		}
	}
}

// Leaving by ctrl-c has the status of an interrupt wherever it leaves; leaving
// by q has none.
func TestKeysThatLeave(t *testing.T) {
	t.Parallel()
	w, _ := newReadingHarness(t)
	for _, at := range signalPositions(w) {
		if at.lent || at.position == "a step" { // it is theirs
			continue
		}
		t.Run(at.position, func(t *testing.T) {
			t.Parallel()
			x := at.goes(t)
			time.Sleep(person)
			x.keys("C-c")
			x.sees("it ended with 130\n")
			x.restored()
			if at.typed != "" {
				x.stored(at.typed)
			}
		})
	}
	x := startTerminal(t, 120, 30, "--demo")
	x.sees("HighErrorRate")
	x.keys("q")
	x.sees("it ended with 0\n")
}
