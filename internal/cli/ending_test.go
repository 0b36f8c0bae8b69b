//go:build unix

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// ended is how a run of the whole program ended.
type ended struct {
	status   int
	out, err string
	state    string
}

// crashFiles are the files for people, as one text.
func (e ended) crashFiles(t *testing.T) (text string, paths []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(e.state, "firstline", "crash-*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text += string(b)
	}
	return text, paths
}

// wholeProgram runs the program with a Prometheus; during is called once that
// is asked.
func wholeProgramWith(t *testing.T, state string, environment []string, asked http.HandlerFunc, during func(*os.Process)) ended {
	t.Helper()
	reached := make(chan struct{})
	var once sync.Once
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(reached) })
		asked(w, r)
	}))
	defer server.Close()
	config := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(config, fmt.Appendf(nil, "[[prometheus]]\nurl = %q\n", server.URL), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "--config", config, "list")
	c.Env = append(append(os.Environ(), runAsProgram+"=1", "XDG_STATE_HOME="+state, "PAGERDUTY_TOKEN="), environment...)
	var out, errOut bytes.Buffer
	c.Stdout, c.Stderr = &out, &errOut
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if during != nil {
		<-reached
		during(c.Process)
	}
	err := c.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return ended{c.ProcessState.ExitCode(), out.String(), errOut.String(), state}
}

func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func answersNothing(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte(`{"status":"success","data":{"alerts":[],"groups":[],"yaml":""}}`))
}

func TestEndsBySignals(t *testing.T) {
	for _, c := range []struct {
		signal syscall.Signal
		status int
		report bool
	}{
		{syscall.SIGINT, 130, false},
		{syscall.SIGTERM, 143, false},
		{syscall.SIGHUP, 129, false},
		{syscall.SIGQUIT, 131, true},
		{syscall.SIGABRT, 134, true},
	} {
		t.Run(c.signal.String(), func(t *testing.T) {
			t.Parallel()
			e := wholeProgramWith(t, t.TempDir(), nil, hangs, func(p *os.Process) { _ = p.Signal(c.signal) })
			if e.status != c.status {
				t.Errorf("it ended with %d, want %d\n%s", e.status, c.status, e.err)
			}
			text, paths := e.crashFiles(t)
			if (len(paths) > 0) != c.report {
				t.Errorf("the crash files are %q", paths)
			}
			if c.report && (!strings.Contains(e.err, paths[0]) || !strings.Contains(text, "goroutine ")) {
				t.Errorf("it says %q, and the file has\n%s", e.err, text)
			}
			if left, _ := filepath.Glob(filepath.Join(e.state, "firstline", "*.raw")); len(left) > 0 && !c.report {
				t.Errorf("%q stay behind", left)
			}
		})
	}
}

// A fault leaves a file without its text, whose path is reported: at once, or
// at the next start if Go itself ends the program.
func TestEndsByFaults(t *testing.T) {
	always := endWhen + "=" + os.Args[0]
	state := t.TempDir()
	e := wholeProgramWith(t, state, []string{endByFault + "=panic", always}, answersNothing, nil)
	text, paths := e.crashFiles(t)
	if e.status != exitFailed || len(paths) != 1 || !strings.Contains(e.err, "is in "+paths[0]) || strings.Contains(text+e.err+e.out, canary) || !strings.Contains(text, "harness_test.go") {
		t.Errorf("it ended with %d, says %q, and the files %q have\n%s", e.status, e.err, paths, text)
	}
	state = t.TempDir()
	e = wholeProgramWith(t, state, []string{endByFault + "=fatal", always}, answersNothing, nil)
	if _, paths := e.crashFiles(t); e.status == exitDone || len(paths) > 0 {
		t.Fatalf("it ended with %d, and the files are %q", e.status, paths)
	}
	e = wholeProgramWith(t, state, nil, answersNothing, nil)
	text, paths = e.crashFiles(t)
	if e.status != exitDone || len(paths) != 1 || !strings.Contains(e.err, paths[0]) || !strings.Contains(text, "harness_test.go") {
		t.Errorf("the next start ended with %d, says %q, and the files %q have\n%s", e.status, e.err, paths, text)
	}
	if e = wholeProgramWith(t, state, nil, answersNothing, nil); strings.Contains(e.err, "crash") {
		t.Errorf("it is told once more: %q", e.err)
	}
}

// A fault on the screen brings the terminal back.
func TestScreenEndsByFault(t *testing.T) {
	t.Parallel()
	when := filepath.Join(t.TempDir(), "now")
	x := startTerminalWith(t, t.TempDir(), endByFault+"=panic "+endWhen+"="+when, 100, 30, "--demo")
	x.sees("alertmanager ")
	if err := os.WriteFile(when, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	x.sees("please report it", "it ended with 1")
	if screen := x.screen(); strings.Contains(screen, canary) || strings.Contains(screen, "Alert groups") {
		t.Errorf("the terminal shows\n%s", screen)
	}
}

// signal sends the program a signal.
func (x *terminal) signal(s syscall.Signal) {
	x.t.Helper()
	p := x.process()
	if err := p.Signal(s); err != nil {
		x.t.Fatal(err)
	}
}

// When a terminal closes, the typed text is saved, even if it was typed just
// before.
func TestClosedTerminalSavesDrafts(t *testing.T) {
	t.Parallel()
	w := newProgramHarness(t)
	x := startTerminal(t, 80, 24, "--config "+w.config)
	x.sees("HighErrorRate", "Meaning", "triggered")
	x.keys("e")
	x.sees("Notified now")
	x.write("The roll-back")
	x.sees("The roll-back")
	x.signal(syscall.SIGHUP)
	x.sees("it ended with 129")
	x.stored("The roll-back")
	w.wantNoWrites()
}
