package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html"
	"os/exec"
	"runtime"
	"slices"
	"time"

	"firstline/internal/attention"
	"firstline/internal/child"
	"firstline/internal/config"
	"firstline/internal/triage"
	"firstline/ui/signal"
)

// attention are the signals of the screen to who does not look at it.
func (s *setup) attention(environment func(string) string) signal.Options {
	a := s.config.Attention
	o := signal.Options{
		Matches: func(g triage.Group, now time.Time) bool { return a.Filter.Match(g, now) },
		Reading: a.Reading, Quiet: a.Quiet, Title: a.Title, Bell: a.Bell, Terminal: attention.TerminalOf(a.Terminal, environment),
	}
	if slices.Contains([]string{"", "dumb", "linux"}, environment("TERM")) {
		o.Title = false // it would be shown as text, or there is no title
	}
	if wantsDesktop(a.Desktop, o.Terminal.Method, runtime.GOOS, environment) {
		o.Desktop = s.onceOnDesktop(showOnDesktop)
	}
	return o
}

// wantsDesktop reports whether messages go to the desktop of a system too.
func wantsDesktop(when config.Desktop, method attention.Method, system string, environment func(string) string) bool {
	if when != config.DesktopAuto {
		return when == config.DesktopOn
	}
	if method != attention.Off || environment("SSH_CONNECTION") != "" || environment("SSH_TTY") != "" {
		return false
	}
	switch system {
	case "darwin":
		return true
	case "windows":
		return false
	}
	return environment("DISPLAY") != "" || environment("WAYLAND_DISPLAY") != ""
}

// onceOnDesktop shows a message where no other firstline of the person on this machine has:
// a terminal's title and bell are its own, and there is one desktop.
func (s *setup) onceOnDesktop(show func(context.Context, attention.Message) error) func(context.Context, attention.Message) error {
	owner := rand.Text()
	return func(ctx context.Context, m attention.Message) error {
		if s.state != nil && len(m.Keys) > 0 {
			now := s.now()
			first, err := s.state.Claim(ctx, owner, s.config.Me.Email, m.Keys, now, now.Add(-attention.Again))
			if err != nil {
				s.log.Warn("it is shown although another firstline may have", "why", err)
			} else if !first {
				return nil
			}
		}
		return show(ctx, m)
	}
}

// desktopTime is how long the program that shows a message may take: less than the
// time between two messages.
const desktopTime = 10 * time.Second

// showOnDesktop shows a message on the desktop of this machine.
func showOnDesktop(ctx context.Context, m attention.Message) error {
	program, arguments := desktopCommand(runtime.GOOS, m)
	if program == "" {
		return errors.New("firstline can't show messages on the desktop of this system")
	}
	ctx, cancel := context.WithTimeout(ctx, desktopTime)
	defer cancel()
	switch err := child.Command(ctx, program, arguments...).Run(); {
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("a message could not be shown on the desktop, because %s is not installed", program)
	case ctx.Err() != nil:
		return fmt.Errorf("a message could not be shown on the desktop, because %s did not end within %s", program, desktopTime)
	case err != nil:
		return fmt.Errorf("a message could not be shown on the desktop, %s failed: %w", program, err)
	}
	return nil
}

// desktopCommand is the program that shows a message, and its arguments: the texts,
// which no shell sees. It is empty where the system has none.
func desktopCommand(system string, m attention.Message) (program string, arguments []string) {
	switch system {
	case "darwin":
		return "osascript", []string{"-e", "on run argv", "-e", "display notification (item 2 of argv) with title (item 1 of argv)", "-e", "end run", "--", m.Title, m.Body}
	case "windows":
		return "", nil
	}
	// Most desktops read markup in the body.
	return "notify-send", []string{"--app-name=firstline", "--", m.Title, html.EscapeString(m.Body)}
}
