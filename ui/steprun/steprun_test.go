package steprun_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/record"
	"firstline/ui/room"
	"firstline/ui/roomtest"
	"firstline/ui/steprun"
)

// harness is the question whether a command may run.
type harness struct {
	*testing.T
	*room.Screen
	host  *roomtest.Host
	room  *steprun.Room
	runs  []record.Run
	noted string
}

func asked(t *testing.T, command string, width, height int, filled ...string) *harness {
	h := &harness{T: t}
	h.Screen, h.host = roomtest.Screen(width, height, steprun.Keys())
	h.room = steprun.New(h.Screen, steprun.Options{
		Command: command, Filled: filled, GroupID: "Q1", Runbook: "r.md", Step: "1", By: "Dana", Running: new(sync.WaitGroup),
		Record: func(r record.Run) tea.Cmd { h.runs = append(h.runs, r); return nil },
		Note:   func(_, text string) { h.noted = text },
	})
	return h
}

func (h *harness) sees(wanted ...string) {
	h.Helper()
	shown := roomtest.Shows(h.Screen, h.room)
	for _, w := range wanted {
		if !strings.Contains(shown, w) {
			h.Fatalf("the room does not show %q:\n%s", w, shown)
		}
	}
}

func TestACommandRunsAndItsOutputIsNoted(t *testing.T) {
	h := asked(t, "echo hello", 80, 24)
	h.sees("Run this step?", "$ echo hello", "enter: read on")
	h.room.NoteSeen()
	h.sees("enter runs it")
	roomtest.Press(h.room, "enter")
	h.sees("Output", "hello", "exit 0")
	if len(h.runs) != 1 || h.runs[0].Command != "echo hello" || h.runs[0].By != "Dana" || h.runs[0].GroupID != "Q1" {
		t.Errorf("recorded %+v", h.runs)
	}
	roomtest.Press(h.room, "y", "n")
	if h.host.Copied != "hello\n" || !strings.HasPrefix(h.noted, "Ran: echo hello (exit 0") {
		t.Errorf("copied %q, noted %q", h.host.Copied, h.noted)
	}
	roomtest.Press(h.room, "enter")
	if !h.host.Closed {
		t.Error("enter does not close it")
	}
}

func TestTheStatusOfAFailureIsShown(t *testing.T) {
	h := asked(t, "exit 3", 80, 24)
	roomtest.Press(h.room, "enter")
	h.sees("exit 3", "It wrote nothing")
	if len(h.runs) != 1 || h.runs[0].ExitCode != 3 {
		t.Errorf("recorded %+v", h.runs)
	}
}

func TestARunIsStopped(t *testing.T) {
	h := asked(t, "sleep 600 | cat", 80, 24)
	running := h.room.Key(roomtest.Key("enter"))
	h.sees("running", "esc stops it")
	roomtest.Press(h.room, "ctrl+c") // the command, not the program
	h.sees("stopping")
	roomtest.Run(running)
	h.sees("stopped")
	if h.host.Left || len(h.runs) != 1 || !h.runs[0].Stopped {
		t.Errorf("left: %v, recorded %+v", h.host.Left, h.runs)
	}
}

func TestAnInteractiveStepHasTheTerminal(t *testing.T) {
	h := asked(t, "echo hello; exit 3", 80, 24)
	roomtest.Press(h.room, "i")
	h.sees("exit 3")
	if h.host.Wrote.String() != "hello\n" || len(h.runs) != 1 || h.runs[0].ExitCode != 3 {
		t.Errorf("it wrote %q, recorded %+v", h.host.Wrote.String(), h.runs)
	}
}

func TestAVariableThatNothingFillsIsReported(t *testing.T) {
	asked(t, "kubectl logs $POD", 80, 24).sees("Nothing fills POD")
}

func TestWhereValuesComeFromIsReported(t *testing.T) {
	asked(t, "kubectl logs api-0 -n prod", 80, 24, "pod=api-0 (label)", "NS=prod (reference)").sees("Filled in: pod=api-0 (label), NS=prod (reference)")
}

// All of a long command is on the screen before it may run.
func TestALongCommandIsReadInParts(t *testing.T) {
	var lines []string
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("echo line %02d", i))
	}
	h := asked(t, strings.Join(lines, "\n"), 60, 15)
	seen := roomtest.Shows(h.Screen, h.room)
	h.sees("enter: read on")
	h.room.NoteSeen()
	for h.room.ReadOn() {
		seen += roomtest.Shows(h.Screen, h.room)
		h.room.NoteSeen()
	}
	for _, l := range lines {
		if !strings.Contains(seen, l) {
			t.Errorf("%q was never on the screen", l)
		}
	}
	h.sees("enter runs it")
}

func TestTheOutputIsReadAndWrapped(t *testing.T) {
	h := asked(t, "seq 100; echo "+strings.Repeat("word ", 30)+"end", 80, 24)
	roomtest.Press(h.room, "enter")
	h.sees("end")
	roomtest.Press(h.room, "g")
	h.sees(" 1 ", " 15 ")
	roomtest.Press(h.room, "ctrl+d", "j", "k", "ctrl+u", "G")
	roomtest.Resize(h.Screen, h.room, 60, 15)
	h.sees("end")
}
