//go:build unix

package cli

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// TestCompletionInAnInteractiveZsh presses tab in a zsh with its own completion system,
// which describes what is offered.
func TestCompletionInAnInteractiveZsh(t *testing.T) {
	t.Parallel()
	zsh, err := exec.LookPath("zsh")
	if err != nil {
		if os.Getenv("FIRSTLINE_REQUIRE_SERVERS") == "1" {
			t.Fatal("zsh is not installed")
		}
		t.Skip("zsh is not installed")
	}
	w := newProgramHarness(t)
	number := w.number(w.incident("HighErrorRate").ID)
	bin, home := t.TempDir(), t.TempDir()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	wrapper := fmt.Sprintf("#!/bin/sh\n%s=1 XDG_STATE_HOME='%s' exec '%s' --config '%s' \"$@\"\n", runAsProgram, w.state, program, w.config)
	if err := os.WriteFile(filepath.Join(bin, "firstline"), []byte(wrapper), 0o755); err != nil { //nolint:gosec // it must be a program
		t.Fatal(err)
	}
	settings := "autoload -U compinit; compinit -u -D\nsource <(firstline completion zsh)\nPS1='ready: '\n"
	if err := os.WriteFile(filepath.Join(home, ".zshrc"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	shell := exec.CommandContext(t.Context(), zsh, "-i")
	shell.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+home, "ZDOTDIR="+home, "TERM=dumb")
	file, err := pty.StartWithSize(shell, &pty.Winsize{Rows: 40, Cols: 160})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var written strings.Builder
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buffer := make([]byte, 4096)
		for {
			n, err := file.Read(buffer)
			mu.Lock()
			written.Write(buffer[:n])
			mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = shell.Process.Kill()
		_ = shell.Wait()
		_ = file.Close()
		<-ended
	})
	heard := 0
	shows := func(wanted ...string) {
		t.Helper()
		for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
			mu.Lock()
			all := written.String()
			mu.Unlock()
			at, has := heard, true
			for _, want := range wanted {
				i := strings.Index(all[at:], want)
				if has = i >= 0; !has {
					break
				}
				at += i + len(want)
			}
			if has {
				heard = at
				return
			}
			if time.Since(begun) > 60*time.Second {
				t.Fatalf("%q is never shown:\n%s", wanted, all[heard:])
			}
		}
	}
	types := func(text string) {
		t.Helper()
		if _, err := io.WriteString(file, text); err != nil {
			t.Fatal(err)
		}
	}
	shows("ready: ")
	types("firstline oncall Oper\t")
	shows(`Operations\ first\ line`)
	types("\x15firstline handoff " + number + " --to next\t")
	shows("next-on-call")
	types("\x15firstline list --filter state=trig\t")
	shows("state=triggered")
	types("\x15firstline ack \t\t")
	shows("-- ", "HighErrorRate") // what they are, as zsh itself describes it
	types("\x15exit\r")
}
