package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"firstline/ui"
)

// lines gives one line for each read, as a terminal does.
type lines struct{ left []string }

func (l *lines) Read(p []byte) (int, error) {
	if len(l.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p, l.left[0]+"\n")
	l.left = l.left[1:]
	return n, nil
}

// TestFromTheScreen leaves the screen without a source for a first configuration, which
// is asked line by line here, and for the demo.
func TestFromTheScreen(t *testing.T) {
	w, example := newHarness(t), withExample(t)
	alone(t)
	t.Chdir(t.TempDir())
	t.Setenv("TERM", "dumb")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", "/nowhere")
	const skip, role, goOn, write, leave = "4", "1", "1", "1", "9"
	shown := []func(*setup) error{
		func(s *setup) error {
			if len(s.readers) != 0 {
				t.Errorf("there are %d sources", len(s.readers))
			}
			return ui.ErrConfigure
		},
		func(s *setup) error { // the person left without writing
			if len(s.readers) != 0 {
				t.Errorf("there are %d sources", len(s.readers))
			}
			return ui.ErrConfigure
		},
		func(s *setup) error {
			if len(s.readers) != 1 || s.config.Prometheus[0].URL != w.demo.Prometheus.URL() || s.config.Path != s.config.WantedPath {
				t.Errorf("the configuration is %v", s.config)
			}
			return ui.ErrDemo
		},
		func(s *setup) error {
			if !s.demo {
				t.Error("it is not the demo")
			}
			return nil
		},
	}
	answers := &lines{left: []string{
		skip, "", role, "", "", "", leave,
		skip, "", role, "wr0ng-t0ken", w.demo.Prometheus.URL(), "", "", "", goOn, write,
	}}
	r := runApp(t.Context(), "", func(a *app) {
		example(a)
		a.in = answers
		a.isTerminal = func(any) bool { return true }
		a.screen = func(_ context.Context, s *setup) error {
			next := shown[0]
			shown = shown[1:]
			if err := next(s); err != nil {
				return fmt.Errorf("showing the screen: %w", err)
			}
			return nil
		}
	})
	if len(shown) > 0 || len(answers.left) > 0 {
		t.Errorf("%d screens and %q are left", len(shown), answers.left)
	}
	r.says(t, "prometheus answers: ", "an address begins with http", "was written")
	if strings.Contains(r.out, "\x1b[") && strings.Contains(r.out, "\x1b[?25l") {
		t.Errorf("it draws on a terminal that can't:\n%q", r.out)
	}
}
