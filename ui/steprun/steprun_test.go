package steprun_test

import (
	"fmt"
	"strings"
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
	steps *steprun.Steps
	// opened is what was opened over the screen last.
	opened room.Overlay
}

func asked(t *testing.T, command string, width, height int, filled ...string) *harness {
	return askedWith(t, steprun.Options{Command: command, Filled: filled}, width, height)
}

func askedWith(t *testing.T, o steprun.Options, width, height int) *harness {
	h := &harness{T: t}
	h.Screen, h.host = roomtest.Screen(width, height, append(steprun.Keys(), steprun.ListKeys()...))
	h.steps = steprun.NewSteps(h.Screen, func(o room.Overlay) { h.opened = o })
	return h.asks(o)
}

// asks asks about one more step.
func (h *harness) asks(o steprun.Options) *harness {
	o.GroupID, o.Runbook, o.Step, o.By, o.Steps = "Q1", "r.md", "1", "Dana", h.steps
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
		"From step 2: EMPTY=(empty), ESCAPED=red,", `list=([0]="a" [1]="b")`, "(bash only)", "long=yyy", "1 function: ns")
	if shown := roomtest.Shows(h.Screen, h.room); strings.Contains(shown, strings.Repeat("y", 100)) || strings.Contains(shown, "x123") {
		t.Errorf("it shows a whole long value or a secret:\n%s", shown)
	}
	roomtest.Press(h.room, "r")
	if !of.State().Empty() || !h.host.Closed || !reset {
		t.Errorf("after a reset the session has %+v; closed %v", of.State(), h.host.Closed)
	}
	h = askedWith(t, o, 120, 30)
	h.sees("Nothing fills NAMESPACE, POD, DB_PASSWORD")
	if shown := roomtest.Shows(h.Screen, h.room); strings.Contains(shown, "In the session") || strings.Contains(shown, "also has") {
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

// A command in the background goes on while nothing of it is on the screen. It begins
// with the session, and what it sets does not come back.
func TestACommandGoesOnInTheBackground(t *testing.T) {
	of := &session.Session{}
	run.Run(t.Context(), run.Step{Text: "A=1", Session: of, Name: "step 1"}, nil)
	first := steprun.Options{Command: "echo $A; A=2; B=2", Session: of, Name: "step 2", About: "HighErrorRate"}
	h := askedWith(t, first, 80, 24)
	one := h.room.Key(roomtest.Key("b"))
	if !h.host.Closed || h.steps.Running() != 1 {
		t.Fatalf("closed %v, %d run", h.host.Closed, h.steps.Running())
	}
	beside := func(wanted string) {
		t.Helper()
		line := h.Bare(h.steps.Beside(h.Fit("a message that goes on and on and on and on and on and on and on and on and on", 80)))
		if h.WidthOf(line) != 80 || !strings.HasSuffix(line, wanted) {
			t.Errorf("the line is %q, want %q at its end", line, wanted)
		}
	}
	beside("▸ 1 in the background (b) ")
	h.asks(steprun.Options{Command: "sleep 600", Session: of, Name: "step 3"})
	two := h.room.Key(roomtest.Key("b"))
	beside("▸ 2 in the background (b) ")
	roomtest.Run(one)
	beside("▸ 1 in the background, 1 ended (b) ")
	if len(h.runs) != 1 || h.runs[0].Command != first.Command {
		t.Errorf("recorded %+v", h.runs)
	}
	if status := h.Bare(h.StatusText(80)); !strings.Contains(status, "Step 2 of HighErrorRate has ended: exit 0; b shows it") {
		t.Errorf("the status is %q", status)
	}
	h.steps.Open()
	list := h.opened
	if shown := roomtest.Shows(h.Screen, list); !strings.Contains(shown, "Step 2 of HighErrorRate  exit 0") || !strings.Contains(shown, "Step 3  running") {
		t.Errorf("the list is\n%s", shown)
	}
	roomtest.Press(list, "enter")
	h.room = h.opened.(*steprun.Room)
	h.sees("exit 0 after", "What it sets does not come back", " 1 ")
	roomtest.Press(h.room, "enter")
	if a, _ := of.State().Of("A"); a.Value != "1" || a.From != "step 1" || len(of.State().Variables) != 1 {
		t.Errorf("the session has %+v", of.State())
	}
	beside("▸ 1 in the background (b) ")
	h.steps.Open() // the only one, without a list
	h.room = h.opened.(*steprun.Room)
	h.sees("running", "esc back, it goes on · ctrl-c stops it")
	roomtest.Press(h.room, "esc")
	if h.steps.Running() != 1 {
		t.Error("esc stopped it")
	}
	roomtest.Press(h.room, "ctrl+c")
	roomtest.Run(two)
	if len(h.runs) != 2 || !h.runs[1].Stopped {
		t.Errorf("recorded %+v", h.runs)
	}
	h.steps.Open()
	h.room = h.opened.(*steprun.Room)
	h.sees("stopped")
	roomtest.Press(h.room, "esc")
	if line := h.steps.Beside("x"); line != "x" || h.steps.WhyNone() == "" {
		t.Errorf("nothing is left, and the line is %q", line)
	}
}

// A command that is on the screen may be sent to the background.
func TestARunningCommandGoesToTheBackground(t *testing.T) {
	of := &session.Session{}
	h := askedWith(t, steprun.Options{Command: "A=1; echo done", Session: of, Name: "step 1"}, 80, 24)
	running := h.room.Key(roomtest.Key("enter"))
	h.sees("b goes on in the background")
	roomtest.Press(h.room, "b")
	roomtest.Run(running)
	if !h.host.Closed || !of.State().Empty() || len(h.runs) != 1 {
		t.Errorf("closed %v, session %+v, recorded %+v", h.host.Closed, of.State(), h.runs)
	}
}

func TestWhatIsNotTakenIsReported(t *testing.T) {
	h := asked(t, "A=1; exec true", 80, 24)
	roomtest.Press(h.room, "enter")
	h.sees("exit 0", "! What it set is not in the session")
}

// Of a long output both ends are on the screen, while it runs and after it.
func TestBothEndsOfALongOutputAreShown(t *testing.T) {
	h := asked(t, "seq 100000", 80, 24)
	roomtest.Press(h.room, "enter")
	h.sees("100000", "exit 0")
	roomtest.Press(h.room, "g")
	h.sees(" 1 ", " 15 ")
	seen := ""
	for range 3000 {
		if seen = roomtest.Shows(h.Screen, h.room); strings.Contains(seen, "KiB of the output are left out here") {
			break
		}
		roomtest.Press(h.room, "ctrl+d")
	}
	if !strings.Contains(seen, "left out here") {
		t.Error("the gap is not shown")
	}
	roomtest.Resize(h.Screen, h.room, 60, 15)
	roomtest.Press(h.room, "G")
	h.sees("100000")
}
