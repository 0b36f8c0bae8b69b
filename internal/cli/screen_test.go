package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"firstline/internal/config"
	"firstline/internal/crash"
	"firstline/runbooks"
	"firstline/sources/demo"
	"firstline/ui"
	"firstline/ui/list"
)

// atScreen runs "firstline" at a terminal, with do in the screen's place.
func (w *harness) atScreen(do func(context.Context, *setup) error, args ...string) result {
	w.t.Helper()
	return runApp(w.t.Context(), "", func(a *app) {
		a.now, a.stateHome = w.clock, w.state
		a.isTerminal = func(any) bool { return true }
		a.screen = do
	}, append([]string{"--config", w.config}, args...)...)
}

func TestSavedFiltersReachTheScreen(t *testing.T) {
	s := &setup{config: config.Config{Filters: []config.Filter{{Name: "a", Expression: "mine"}}}, library: runbooks.Open(runbooks.Options{})}
	if got := s.screenOptions(&feed{}, ui.Options{}).Filters; len(got) != 1 || got[0] != (ui.SavedFilter{Name: "a", Expression: "mine"}) {
		t.Errorf("the screen gets %v", got)
	}
}

// TestScreenIsFed starts what the screen is given: every source is polled, a
// refresh reads again, and stopping ends it all (TestMain looks for leaks).
func TestScreenIsFed(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	w.atScreen(func(ctx context.Context, s *setup) error {
		feed := s.startPolling(ctx, func(*crash.Fault) {})
		defer feed.stop()
		close(feed.opened)
		o := s.screenOptions(feed, s.firstOptions(list.First{}, true))
		var names []string
		for _, source := range o.Initial {
			names = append(names, source.Name)
		}
		if fmt.Sprint(names) != "[pagerduty prom am]" {
			t.Errorf("the sources are %v", names)
		}
		if !o.NoColor || o.Demo || o.Doer == nil || o.Doer.Incidents == nil || len(o.Doer.Silencers) != 1 || o.ConfigPath != w.config || len(o.RunbookDirectories) != 1 {
			t.Errorf("the screen's options are %+v", o)
		}
		whole := func() {
			var seen []string
			for len(seen) < 3 {
				snap := <-o.Snapshots
				if snap.Earlier {
					continue // nothing is stored
				}
				if snap.Err != nil {
					t.Errorf("%s failed: %v", snap.Source.Name, snap.Err)
				}
				if !snap.Partial && !slices.Contains(seen, snap.Source.Name) {
					seen = append(seen, snap.Source.Name)
				}
			}
		}
		whole()
		o.Refresh()
		whole()
		return nil
	}).want(t, exitDone)
}

func TestScreenWithoutSource(t *testing.T) {
	w := newHarness(t)
	w.configure("[runbooks]\ndirectories = [\"none\"]\n")
	t.Setenv("PAGERDUTY_TOKEN", "")
	w.atScreen(func(ctx context.Context, s *setup) error {
		feed := s.startPolling(ctx, func(*crash.Fault) {})
		defer feed.stop()
		o := s.screenOptions(feed, s.firstOptions(list.First{}, false))
		if len(o.Initial) != 0 || o.Doer != nil || len(o.Warnings) != 1 || !strings.Contains(o.Warnings[0], "is not there") {
			t.Errorf("the screen's options are %+v", o)
		}
		return nil
	}).want(t, exitDone)
}

func TestScreenFails(t *testing.T) {
	w := newHarness(t)
	w.atScreen(func(context.Context, *setup) error { return errors.New("the terminal is gone") }).
		want(t, exitFailed).says(t, "firstline: the terminal is gone")
}

// TestLog: the log is for the person alone, and holds no secret.
func TestLog(t *testing.T) {
	w := newHarness(t)
	path := filepath.Join(t.TempDir(), "log")
	if err := w.demo.Prometheus.Close(); err != nil {
		t.Fatal(err)
	}
	r := w.run("list", "--log-file", path).want(t, exitPartly)
	w.run("ack", "--yes", "--log-file", path, w.incident(notifiedAlert).ID).want(t, exitDone)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"msg=started", "source=prom", "msg=acted"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the log has no %q:\n%s", want, text)
		}
	}
	if strings.Contains(string(text)+r.out+r.err, demo.Token) {
		t.Error("the token is shown")
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the log's mode is %v, %v", info.Mode(), err)
	}
	w.run("list", "--log-file", filepath.Join(path, "below")).want(t, exitFailed).says(t, "opening the log file")
}

func TestBrowser(t *testing.T) {
	for _, address := range []string{"", "javascript:alert(1)", "file:///etc/passwd", "-e", "https://u:p@example.com"} {
		if openURL(address) == nil {
			t.Errorf("%q was opened", address)
		}
	}
	for system, want := range map[string]string{"linux": "xdg-open", "darwin": "open", "windows": "rundll32"} {
		program, arguments := browserCommand(system, "https://example.com")
		if program != want || arguments[len(arguments)-1] != "https://example.com" {
			t.Errorf("on %s it runs %s %q", system, program, arguments)
		}
	}
}
