package run

import (
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"firstline/runbooks/session"
)

func TestRun(t *testing.T) {
	var streamed []string
	r := Run(t.Context(), Step{Text: `echo out; echo err >&2; printf '\033[31mred\033[0m\n50%%\r100%%\n'; exit 3`}, func(s string) { streamed = append(streamed, s) })
	want := []string{"out", "err", "red", "100%"}
	if !slices.Equal(streamed, want) || r.Output != strings.Join(want, "\n")+"\n" {
		t.Errorf("streamed %q, kept %q", streamed, r.Output)
	}
	if r.ExitCode != 3 || r.Err == nil || r.Stopped || !strings.Contains(r.Line(), "exit 3") {
		t.Errorf("result = %+v, %s", r, r.Line())
	}
	if r := Run(t.Context(), Step{Text: "cat"}, nil); r.ExitCode != 0 || r.Err != nil {
		t.Errorf("a command that reads waits for input: %+v", r)
	}
}

func TestStopEndsWhatItBegan(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := Run(ctx, Step{Text: "sleep 600 & echo $!; wait"}, func(string) { cancel() })
	if !r.Stopped || r.ExitCode != -1 || !strings.Contains(r.Line(), "stopped") {
		t.Errorf("result = %+v", r)
	}
	pid := strings.TrimSpace(r.Output)
	if pid == "" {
		t.Fatal("the child told no pid")
	}
	waitUntilGone(t, pid)
}

func waitUntilGone(t *testing.T, pid string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("processes are looked at through /proc")
	}
	for {
		// A killed child may be a zombie until its new parent reaps it.
		status, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil || strings.Contains(string(status), ") Z ") {
			return
		}
		if t.Context().Err() != nil {
			t.Fatalf("the child %s still lives: %s", pid, status)
		}
	}
}

func TestStopLetsItCleanUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := Run(ctx, Step{Text: `trap 'echo unlocked; exit 1' TERM; echo ready; while :; do sleep 0.01; done`}, func(line string) {
		if line == "ready" {
			cancel()
		}
	})
	if !r.Stopped || !strings.Contains(r.Output, "unlocked") {
		t.Errorf("result = %+v", r)
	}
}

func TestStopKillsWhatDoesNotEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := Run(ctx, Step{Text: `trap '' TERM; echo $$; while :; do sleep 0.01; done`}, func(string) { cancel() })
	if !r.Stopped {
		t.Errorf("result = %+v", r)
	}
	waitUntilGone(t, strings.TrimSpace(r.Output))
}

func TestWhatItLeavesBehindIsNoFailure(t *testing.T) {
	r := Run(t.Context(), Step{Text: "sleep 600 & echo $!"}, nil)
	if r.ExitCode != 0 || r.Err != nil || r.Stopped {
		t.Errorf("result = %+v", r)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(r.Output))
	if err != nil {
		t.Fatal(err)
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Kill(); err != nil {
		t.Errorf("what was left behind does not run on: %v", err)
	}
}

func TestOutputIsBounded(t *testing.T) {
	r := Run(t.Context(), Step{Text: "head -c 3000000 /dev/zero | tr '\\0' x"}, nil)
	if len(r.Output) > 2*mostAtEnd+200 || r.Dropped == 0 {
		t.Errorf("has %d, dropped %d", len(r.Output), r.Dropped)
	}
	r = Run(t.Context(), Step{Text: "seq 100000"}, nil)
	lines := strings.Split(strings.TrimSpace(r.Output), "\n")
	gap := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "[… ") })
	if lines[0] != "1" || lines[len(lines)-1] != "100000" || gap < 0 {
		t.Fatalf("it begins with %q, ends with %q, gap at %d", lines[0], lines[len(lines)-1], gap)
	}
	missing := 0
	before, _ := strconv.Atoi(lines[gap-1])
	after, _ := strconv.Atoi(lines[gap+1])
	for i := before + 1; i < after; i++ {
		missing += len(strconv.Itoa(i)) + 1
	}
	if missing != r.Dropped || len(r.Output) < 2*mostAtEnd-100 {
		t.Errorf("%d bytes are missing, %d are said to be; %d are there", missing, r.Dropped, len(r.Output))
	}
}

// A character is not divided where a line without an end is, and what is no UTF-8
// is shown safely.
func TestOutputIsSafeText(t *testing.T) {
	r := Run(t.Context(), Step{Text: `printf '\377\376 text\n'; printf 'x'; for i in 1 2 3 4 5 6 7 8 9 10; do printf 'ä%.0s' $(seq 1000); done`}, nil)
	if !utf8.ValidString(r.Output) || !strings.HasPrefix(r.Output, "\uFFFD text\n") || strings.Count(r.Output, "ä") != 10000 {
		t.Errorf("the output is %.80q with %d letters", r.Output, strings.Count(r.Output, "ä"))
	}
}

func TestStepsShareASession(t *testing.T) {
	of := &session.Session{}
	step := func(name, text string) Step { return Step{Text: text, Session: of, Name: name} }
	Run(t.Context(), step("step 1", "A=1"), nil)
	background := step("step 2", "echo $A; A=2")
	background.Copy = func() bool { return true }
	if r := Run(t.Context(), background, nil); r.Output != "1\n" || r.NotTaken != nil {
		t.Errorf("a copy has %+v", r)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if r := Run(ctx, step("step 3", "A=3; echo ready; sleep 600"), func(string) { cancel() }); !r.Stopped || !errors.Is(r.NotTaken, session.ErrNothingLeft) {
		t.Errorf("stopped: %+v", r)
	}
	if r := Run(t.Context(), step("step 4", "echo $A; exec true"), nil); r.Output != "1\n" || !errors.Is(r.NotTaken, session.ErrNothingLeft) {
		t.Errorf("replaced: %+v", r)
	}
	if a, _ := of.State().Of("A"); a.Value != "1" || a.From != "step 1" {
		t.Errorf("the session has %+v", of.State())
	}
}

func TestAShellThatIsMissingIsReported(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	r := Run(t.Context(), Step{Text: "true", Language: "zsh"}, nil)
	var missing *session.NotInstalledError
	if r.ExitCode != -1 || !errors.As(r.Err, &missing) || missing.Shell != "zsh" {
		t.Errorf("result = %+v", r)
	}
}

// A program that ends at once leaves neither the processes of a step nor files.
func TestEndAll(t *testing.T) {
	private := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", private)
	r := Run(t.Context(), Step{Text: "sleep 600 & echo $!; wait"}, func(string) {
		EndAll()
		if left, err := os.ReadDir(private); err != nil || len(left) > 0 {
			t.Errorf("left %v, %v", left, err)
		}
	})
	if r.ExitCode == 0 {
		t.Errorf("result = %+v", r)
	}
	waitUntilGone(t, strings.TrimSpace(r.Output))
	if len(all.of) > 0 {
		t.Errorf("%d are still counted", len(all.of))
	}
}
