package run

import (
	"context"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	var streamed []string
	r := Run(t.Context(), `echo out; echo err >&2; printf '\033[31mred\033[0m\n50%%\r100%%\n'; exit 3`, func(s string) { streamed = append(streamed, s) })
	want := []string{"out", "err", "red", "100%"}
	if !slices.Equal(streamed, want) || r.Output != strings.Join(want, "\n")+"\n" {
		t.Errorf("streamed %q, kept %q", streamed, r.Output)
	}
	if r.ExitCode != 3 || r.Err == nil || r.Stopped || !strings.Contains(r.Line(), "exit 3") {
		t.Errorf("result = %+v, %s", r, r.Line())
	}
	if r := Run(t.Context(), "cat", nil); r.ExitCode != 0 || r.Err != nil {
		t.Errorf("a command that reads waits for input: %+v", r)
	}
}

func TestStopEndsWhatItBegan(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := Run(ctx, "sleep 600 & echo $!; wait", func(string) { cancel() })
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
	r := Run(ctx, `trap 'echo unlocked; exit 1' TERM; echo ready; while :; do sleep 0.01; done`, func(line string) {
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
	r := Run(ctx, `trap '' TERM; echo $$; while :; do sleep 0.01; done`, func(string) { cancel() })
	if !r.Stopped {
		t.Errorf("result = %+v", r)
	}
	waitUntilGone(t, strings.TrimSpace(r.Output))
}

func TestWhatItLeavesBehindIsNoFailure(t *testing.T) {
	r := Run(t.Context(), "sleep 600 & echo $!", nil)
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
	r := Run(t.Context(), "head -c 3000000 /dev/zero | tr '\\0' x", nil)
	if len(r.Output) > maxOutput+maxLine || r.Dropped == 0 {
		t.Errorf("kept %d, dropped %d", len(r.Output), r.Dropped)
	}
}
