package steprun_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/record"
	"firstline/runbooks/run"
	"firstline/runbooks/session"
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
	return askedWith(t, steprun.Options{Command: command, Filled: filled}, width, height)
}

func askedWith(t *testing.T, o steprun.Options, width, height int) *harness {
	h := &harness{T: t}
	h.Screen, h.host = roomtest.Screen(width, height, steprun.Keys())
	o.GroupID, o.Runbook, o.Step, o.By, o.Running = "Q1", "r.md", "1", "Dana", new(sync.WaitGroup)
	o.Record = func(r record.Run) tea.Cmd { h.runs = append(h.runs, r); return nil }
	o.Note = func(_, text string) { h.noted = text }
	var find tea.Cmd
	h.room, find = steprun.New(h.Screen, o)
	roomtest.Run(find)
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

// What the steps before left is shown with where it comes from, and can be reset.
func TestTheSessionIsShown(t *testing.T) {
	of := &session.Session{}
	ran := func(name, command string) {
		run.Run(t.Context(), run.Step{Text: command, Session: of, Name: name}, nil)
	}
	ran("step 1", `NAMESPACE=kubevirt; DB_PASSWORD=x123; long=`+strings.Repeat("y", 500))
	ran("step 2", `ESCAPED=$(printf '\033[31mred'); list=(a b); ns() { :; }; cd /; EMPTY=`)
	reset := false
	o := steprun.Options{Command: `kubectl -n $NAMESPACE get pod $POD $DB_PASSWORD`, Session: of, Reset: func() { reset = true }}
	h := askedWith(t, o, 120, 30)
	h.sees("as you, in bash:", "In the session: NAMESPACE=kubevirt from step 1, DB_PASSWORD=(hidden) from step 1", "In /, where step 2 went", "Nothing fills POD:",
		"ESCAPED=red from step 2", "EMPTY=(empty)", `list=([0]="a" [1]="b")`, "(bash only)", "long=yyy", "1 function (ns)")
	if shown := roomtest.Shows(h.Screen, h.room); strings.Contains(shown, strings.Repeat("y", 100)) || strings.Contains(shown, "x123") {
		t.Errorf("it shows a whole long value or a secret:\n%s", shown)
	}
	roomtest.Press(h.room, "r")
	if !of.State().Empty() || !h.host.Closed || !reset {
		t.Errorf("after a reset the session has %+v; closed %v", of.State(), h.host.Closed)
	}
	h = askedWith(t, o, 120, 30)
	h.sees("Nothing fills NAMESPACE, POD, DB_PASSWORD")
	if shown := roomtest.Shows(h.Screen, h.room); strings.Contains(shown, "session") {
		t.Errorf("an empty session is shown:\n%s", shown)
	}
	roomtest.Press(h.room, "r")
	if h.host.Closed {
		t.Error("an empty session is reset")
	}
}

func TestAShellThatIsNotInstalledIsReported(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	h := askedWith(t, steprun.Options{Command: "print -l a", Language: "zsh"}, 80, 24)
	h.sees("Zsh is not installed")
	roomtest.Press(h.room, "enter", "i")
	h.sees("Run this step?")
	if len(h.runs) > 0 {
		t.Errorf("recorded %+v", h.runs)
	}
}
