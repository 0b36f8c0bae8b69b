package cli

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/attention"
	"firstline/internal/config"
	"firstline/internal/store"
)

func TestWantsDesktop(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		when        config.Desktop
		method      attention.Method
		system      string
		environment string
		want        bool
	}{
		{config.DesktopAuto, attention.Off, "linux", "DISPLAY=:0", true},
		{config.DesktopAuto, attention.Off, "linux", "WAYLAND_DISPLAY=wayland-0", true},
		{config.DesktopAuto, attention.Off, "linux", "", false},
		{config.DesktopAuto, attention.OSC9, "linux", "DISPLAY=:0", false},
		{config.DesktopAuto, attention.Off, "linux", "DISPLAY=localhost:10.0 SSH_CONNECTION=a", false},
		{config.DesktopAuto, attention.Off, "darwin", "", true},
		{config.DesktopAuto, attention.Off, "darwin", "SSH_TTY=/dev/pts/1", false},
		{config.DesktopAuto, attention.Off, "windows", "", false},
		{config.DesktopOn, attention.OSC9, "linux", "SSH_TTY=/dev/pts/1", true},
		{config.DesktopOff, attention.Off, "linux", "DISPLAY=:0", false},
	} {
		environment := func(name string) string {
			for _, pair := range strings.Fields(c.environment) {
				if value, is := strings.CutPrefix(pair, name+"="); is {
					return value
				}
			}
			return ""
		}
		if got := wantsDesktop(c.when, c.method, c.system, environment); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestTitleOnlyWhereThereIsOne(t *testing.T) {
	t.Parallel()
	s := &setup{}
	s.config.Attention = config.DefaultAttention()
	for term, want := range map[string]bool{"xterm-256color": true, "tmux": true, "linux": false, "dumb": false, "": false} {
		if got := s.attention(func(name string) string { return map[string]string{"TERM": term}[name] }).Title; got != want {
			t.Errorf("%q: %v", term, got)
		}
	}
}

// The texts of a message are arguments of their own, whatever is in them.
func TestDesktopCommand(t *testing.T) {
	t.Parallel()
	m := attention.Message{Title: `--help" & $(x)`, Body: `<b>\ "now`}
	program, arguments := desktopCommand("linux", m)
	if program != "notify-send" || !slices.Equal(arguments[1:], []string{"--", m.Title, `&lt;b&gt;\ &#34;now`}) {
		t.Errorf("%s %q", program, arguments)
	}
	program, arguments = desktopCommand("darwin", m)
	if n := len(arguments); program != "osascript" || !slices.Equal(arguments[n-3:], []string{"--", m.Title, m.Body}) {
		t.Errorf("%s %q", program, arguments)
	}
}

func TestShowOnDesktop(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("it needs notify-send")
	}
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	err := showOnDesktop(t.Context(), attention.Message{Title: "New", Body: "b"})
	if err == nil || !strings.Contains(err.Error(), "notify-send is not installed") {
		t.Errorf("without the program: %v", err)
	}
	script := "#!/bin/sh\necho \"$3|$4\" > " + filepath.Join(dir, "shown") + "\n"
	if err := os.WriteFile(filepath.Join(dir, "notify-send"), []byte(script), 0o700); err != nil { //nolint:gosec // it must be a program
		t.Fatal(err)
	}
	if err := showOnDesktop(t.Context(), attention.Message{Title: "New", Body: "b"}); err != nil {
		t.Fatal(err)
	}
	shown, err := os.ReadFile(filepath.Join(dir, "shown"))
	if err != nil || string(shown) != "New|b\n" {
		t.Errorf("%q, %v", shown, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "notify-send"), []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil { //nolint:gosec // it must be a program
		t.Fatal(err)
	}
	if err := showOnDesktop(t.Context(), attention.Message{Title: "New"}); err == nil || !strings.Contains(err.Error(), "failed") {
		t.Errorf("a program that fails: %v", err)
	}
}

// Two screens of a person on one state say a change once on the desktop.
func TestOnceOnDesktop(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "state.sqlite")
	shown := 0
	show := func(context.Context, attention.Message) error {
		shown++
		return nil
	}
	screen := func(email string) func(context.Context, attention.Message) error {
		opened, err := store.Open(t.Context(), state)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = opened.Close() })
		return (&setup{state: opened, now: func() time.Time { return noon }, config: config.Config{Me: config.Me{Email: email}}}).onceOnDesktop(show)
	}
	one, other, another := screen("dana@example.com"), screen("dana@example.com"), screen("ann@example.com")
	said := attention.Message{Title: "New", Keys: []string{"P1 new"}}
	for i, c := range []struct {
		show func(context.Context, attention.Message) error
		m    attention.Message
		want int
	}{
		{one, said, 1},
		{other, said, 1},
		{another, said, 2},
		{one, said, 3},
		{other, attention.Message{Title: "2 new", Keys: []string{"P1 new", "P2 new"}}, 4},
		{other, attention.Message{Title: "a try"}, 5},
		{(&setup{now: func() time.Time { return noon }}).onceOnDesktop(show), said, 6}, // without a state
	} {
		if err := c.show(t.Context(), c.m); err != nil || shown != c.want {
			t.Errorf("%d: %d were shown, want %d, %v", i, shown, c.want, err)
		}
	}
}
