//go:build unix

package cli

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// rawTerminal is a program in a terminal, with every byte that it writes.
type rawTerminal struct {
	t       *testing.T
	file    *os.File
	command *exec.Cmd
	mu      sync.Mutex
	written []byte
	// ended is closed when the program writes nothing more.
	ended chan struct{}
}

// startRaw starts a program in a terminal of a size, with variables of the environment.
func startRaw(t *testing.T, columns, rows uint16, variables []string, program ...string) *rawTerminal {
	t.Helper()
	arguments := []string{"-u", "TMUX", "-u", "STY", "-u", "TERM_PROGRAM", "-u", "DISPLAY", "-u", "WAYLAND_DISPLAY"}
	arguments = append(arguments, strings.Fields(environment(t))...)
	arguments = append(arguments, runAsProgram+"=1", "XDG_STATE_HOME="+t.TempDir())
	arguments = append(append(arguments, variables...), program...)
	x := &rawTerminal{t: t, command: exec.CommandContext(t.Context(), "env", arguments...), ended: make(chan struct{})}
	var err error
	if x.file, err = pty.StartWithSize(x.command, &pty.Winsize{Rows: rows, Cols: columns}); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(x.ended)
		buffer := make([]byte, 4096)
		for {
			n, err := x.file.Read(buffer)
			x.mu.Lock()
			x.written = append(x.written, buffer[:n]...)
			x.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = x.command.Process.Kill()
		_ = x.command.Wait()
		_ = x.file.Close()
		<-x.ended
	})
	return x
}

func (x *rawTerminal) all() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return string(x.written)
}

// writes waits until something was written that matches.
func (x *rawTerminal) writes(pattern string) {
	x.t.Helper()
	wanted := regexp.MustCompile(pattern)
	for begun := time.Now(); !wanted.MatchString(x.all()); time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > time.Minute {
			x.t.Fatalf("%q is never written in\n%q", pattern, x.all())
		}
	}
}

// message is what a new incident of the tests says, in the sequences of each method.
const (
	osc9   = `\x1b\]9;firstline: New: #\d+ Pay is down \(checkout\)\x07`
	osc777 = `\x1b\]777;notify;New: #\d+ Pay is down;checkout\x07`
	osc99  = `\x1b\]99;i=firstline:d=0:e=1:f=[A-Za-z0-9+/=]+;[A-Za-z0-9+/=]+(\x07|\x1b\\)\x1b\]99;i=firstline:e=1:p=body;[A-Za-z0-9+/=]+(\x07|\x1b\\)`
)

// opens opens an incident that is Dana's.
func (w *harness) opens(title string) {
	w.t.Helper()
	body := `{"incident": {"type": "incident", "title": "` + title + `", "urgency": "high", "service": {"id": "PVCHEC1", "type": "service_reference"}}}`
	if status := w.demo.PagerDuty.Do("PUANNS1", http.MethodPost, "/incidents", body); status != http.StatusCreated {
		w.t.Fatalf("opening the incident gave %d", status)
	}
}

// TestSignalsReachTheTerminal: what the whole program writes to a terminal that has not the
// focus when an incident opens.
func TestSignalsReachTheTerminal(t *testing.T) {
	t.Parallel()
	wrapped := func(sequence string) string { return strings.ReplaceAll(sequence, `\x1b`, `\x1b\x1b`) }
	for name, c := range map[string]struct {
		variables []string
		attention string
		want      string
		unwanted  string
	}{
		"iTerm2":           {[]string{"TERM=xterm-256color", "TERM_PROGRAM=iTerm.app"}, "", osc9 + `\x07`, ""},
		"WezTerm":          {[]string{"TERM=xterm-256color", "WEZTERM_PANE=0"}, "", osc777 + `\x07`, ""},
		"kitty":            {[]string{"TERM=xterm-kitty"}, "", osc99 + `\x07`, ""},
		"another, no bell": {[]string{"TERM=xterm-256color", "WEZTERM_PANE=0"}, "bell = false\ntitle = false\n", osc777, osc777 + `\x07|\x1b\]2;`},
		"only the bell":    {[]string{"TERM=xterm-256color"}, "", `\x1b\]2;firstline: 2 yours, [^\x07]*(\x07|\x1b\\)`, `\x1b\](9|99|777);`},
		"iTerm2 in tmux":   {[]string{"TERM=tmux-256color", "TMUX=/nowhere,1,0", "ITERM_SESSION_ID=1"}, "", `\x1bPtmux;` + wrapped(osc9) + `\x1b\\\x07`, ""},
		"GNU screen":       {[]string{"TERM=screen-256color", "STY=1.pts"}, "terminal = \"osc9\"\n", `\x1bP` + osc9 + `\x1b\\\x07\x1bP\x07\x1b\\`, ""},
		"Linux's console":  {[]string{"TERM=linux"}, "terminal = \"off\"\n", `\x07`, `\x1b\](2|9|99|777);`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProgramHarness(t)
			w.configure(strings.Replace(w.pagerDuty(), "[pagerduty]\n", "[pagerduty]\ninterval = \"5s\"\n", 1), "[attention]\nfilter = \"urgency=high\"\n"+c.attention)
			x := startRaw(t, 100, 30, c.variables, os.Args[0], "--config", w.config)
			x.writes("HighErrorRate")
			if _, err := x.file.WriteString("\x1b[O"); err != nil { // the focus is elsewhere
				t.Fatal(err)
			}
			w.opens("Pay is down")
			x.writes(c.want)
			x.writes(`Pay is down`)
			if c.unwanted != "" && regexp.MustCompile(c.unwanted).MatchString(x.all()) {
				t.Errorf("it writes %s: %q", c.unwanted, x.all())
			}
		})
	}
}

// TestSignalsReachTmux: tmux marks the window that rang, and has its title.
func TestSignalsReachTmux(t *testing.T) {
	t.Parallel()
	w := newProgramHarness(t)
	w.configure(strings.Replace(w.pagerDuty(), "[pagerduty]\n", "[pagerduty]\ninterval = \"5s\"\n", 1), "[attention]\nfilter = \"urgency=high\"\nterminal = \"off\"\ndesktop = \"off\"\n")
	x := startTerminalWith(t, t.TempDir(), "", 100, 30, "--config "+w.config)
	x.sees("HighErrorRate")
	says := func(what string) string { return strings.TrimSpace(x.tmux("display-message", "-p", what)) }
	if flag := says("#{window_bell_flag}"); flag != "0" {
		t.Errorf("it rings without a reason: %s", flag)
	}
	x.send("-l", "\x1b[O") // tmux itself reports no focus of a terminal that nobody is attached to
	w.opens("Pay is down")
	x.until("the bell", nil, func(string) bool { return says("#{window_bell_flag}") == "1" })
	if title := says("#{pane_title}"); !strings.HasPrefix(title, "firstline: ") || !strings.Contains(title, "triggered") {
		t.Errorf("the title is %q", title)
	}
}

// TestSignalsReachTheTerminalOfScreen: GNU screen with the configuration of most systems
// passes the bell of the window in front on, and messages.
func TestSignalsReachTheTerminalOfScreen(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("screen"); err != nil {
		t.Skip("GNU screen is not installed")
	}
	dir := t.TempDir()
	rc := filepath.Join(dir, "screenrc")
	if err := os.WriteFile(rc, []byte("startup_message off\nvbell on\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sockets := filepath.Join(dir, "sockets")
	if err := os.Mkdir(sockets, 0o700); err != nil {
		t.Fatal(err)
	}
	x := startRaw(t, 100, 30, []string{"TERM=xterm-256color", "SCREENDIR=" + sockets, "ITERM_SESSION_ID=1"}, "screen", "-c", rc, "-D", "-R", "-S", "test",
		os.Args[0], "--demo", "check", "--attention")
	x.writes(`(?s)\x1b\]9;firstline: [^\x07]*\x07.*\x07`)
}
