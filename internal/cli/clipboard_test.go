package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// buffer is the newest paste buffer of the terminal's tmux.
func (x *terminal) buffer() string {
	text, err := x.command("show-buffer").Output()
	if err != nil {
		return ""
	}
	return string(text)
}

// TestCopyingReachesTheTerminal copies by each way to a terminal that takes OSC 52, which
// is tmux: by tmux's own program, by the sequence as through SSH, and by the sequence in
// the pieces in which GNU screen hands it on.
func TestCopyingReachesTheTerminal(t *testing.T) {
	t.Parallel()
	for name, variables := range map[string]string{
		"in tmux":     "DISPLAY= WAYLAND_DISPLAY=",
		"through SSH": "TMUX= SSH_TTY=/dev/pts/1",
		"GNU screen":  "TMUX= STY=",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := "--demo"
			if name == "GNU screen" {
				if _, err := exec.LookPath("screen"); err != nil {
					if os.Getenv("FIRSTLINE_REQUIRE_SERVERS") == "1" {
						t.Fatal("GNU screen is not installed")
					}
					t.Skip("GNU screen is not installed")
				}
				sockets := t.TempDir()
				if err := os.Chmod(sockets, 0o700); err != nil { //nolint:gosec // it is a directory
					t.Fatal(err)
				}
				settings := filepath.Join(t.TempDir(), "screenrc")
				if err := os.WriteFile(settings, []byte("autodetach off\n"), 0o600); err != nil { // it ends with its terminal
					t.Fatal(err)
				}
				variables += " SCREENDIR=" + sockets + " LC_ALL=C.UTF-8 screen -U -c " + settings + " env"
			}
			x := startTerminalWith(t, t.TempDir(), variables, 120, 30, args)
			x.tmux("set-option", "-s", "set-clipboard", "on")
			x.sees("Meaning", "Dana Okafor")
			x.keys("y")
			x.until("what was copied", nil, func(screen string) bool { return strings.Contains(screen, "Copied") })
			x.until("the link in the terminal's clipboard", nil, func(string) bool {
				return strings.HasPrefix(x.buffer(), "https://example.pagerduty.com/incidents/")
			})
			x.keys("C-y")
			x.sees("OSC 52")
			x.keys("Escape")
			x.until("the list again", nil, func(screen string) bool { return !strings.Contains(screen, "OSC 52") })
			x.keys("H")
			x.sees("Shift handover")
			x.keys("y")
			x.until("a long text in the terminal's clipboard", nil, func(string) bool {
				text := x.buffer()
				return strings.HasPrefix(text, "# Shift handover") && len(text) > 2000 && strings.Contains(text, "## Services")
			})
		})
	}
}
