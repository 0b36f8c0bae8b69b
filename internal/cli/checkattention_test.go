package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tryAttention runs check --attention where the output is a terminal or not.
func tryAttention(t *testing.T, w *harness, terminal bool) result {
	t.Helper()
	var out, errOut bytes.Buffer
	a := newApp(strings.NewReader(""), &out, &errOut, "test")
	a.now, a.stateHome = w.clock, w.state
	a.isTerminal = func(v any) bool { return terminal && v == any(&out) }
	status := a.run(t.Context(), []string{"--config", w.config, "--no-color", "check", "--attention"})
	return result{status: status, out: out.String(), err: errOut.String()}
}

func TestCheckAttention(t *testing.T) {
	w := newHarness(t)
	for _, name := range []string{"TMUX", "STY", "KITTY_WINDOW_ID", "GHOSTTY_RESOURCES_DIR", "WEZTERM_PANE", "ITERM_SESSION_ID", "LC_TERMINAL", "TERM_PROGRAM", "DISPLAY", "WAYLAND_DISPLAY"} {
		t.Setenv(name, "")
	}
	t.Setenv("TERM", "foot")
	r := tryAttention(t, w, true).want(t, exitDone).says(t, "✓ bell: was rung", "✓ terminal: was asked to show a message by OSC777\n", "✓ desktop: shows no messages")
	if !strings.HasPrefix(r.out, "\x1b]777;notify;firstline ") || !strings.Contains(r.out, "\a\a✓") {
		t.Errorf("the terminal gets %q", r.out)
	}
	r = tryAttention(t, w, false).want(t, exitDone).says(t, "? bell: was not tried", "? terminal: was not tried")
	if strings.Contains(r.out, "\x1b") {
		t.Errorf("what is no terminal gets %q", r.out)
	}

	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "tmux"), []byte("#!/bin/sh\necho off\n"), 0o700); err != nil { //nolint:gosec // it must be a program
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	t.Setenv("TMUX", "/tmp/tmux-0/default,1,0")
	w.configure(w.pagerDuty(), "[attention]\nterminal = \"osc9\"\nbell = false\ndesktop = \"on\"\nquiet = \"daily 00:00-24:00 UTC\"\n")
	tryAttention(t, w, true).want(t, exitWanting).says(t, "✓ bell: is turned off", "by OSC9, through tmux", "! tmux: drops what is for the terminal", "! desktop: ", "! quiet hours: daily 00:00-24:00 UTC: nothing is said now, always")
	if r := w.run("check", "--attention", "--self"); r.status != exitUsage {
		t.Errorf("two checks: %d %s", r.status, r.err)
	}
}
