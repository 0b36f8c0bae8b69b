package cli

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"firstline/internal/report"
	"firstline/sources/demo"
)

// loadOnScreen is the load of on-call as the screen reads it.
func loadOnScreen(t *testing.T, w *harness, isDemo bool) *screenLoad {
	t.Helper()
	a := newApp(strings.NewReader(""), io.Discard, io.Discard, "test")
	if isDemo {
		a.flags.demo = demo.Stories()[0]
	} else {
		a.flags.config, a.now, a.stateHome = w.config, w.clock, w.state
	}
	s, err := a.newSetup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	if warning := s.openState(t.Context()); warning != "" {
		t.Fatal(warning)
	}
	return &screenLoad{s: s}
}

// The screen has the figures of the command, and says nothing before the first sync.
func TestLoadOnTheScreen(t *testing.T) {
	w := withPast(t)
	l := loadOnScreen(t, w, false)
	if n := l.night(t.Context(), nil, w.clock()); n != nil {
		t.Errorf("before the first sync the night is %+v", n)
	}
	if _, err := l.report(t.Context(), 7*24*time.Hour); err == nil || !strings.Contains(err.Error(), "run `firstline sync`") {
		t.Errorf("before the first sync the report says %v", err)
	}
	w.run("sync", "--since", "20d").want(t, exitDone)
	r, err := l.report(t.Context(), 7*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	at := figureAt("interruptions")
	w.run("report", "--since", "7d", "--list", "interruptions").want(t, exitDone).says(t, "interruptions: "+report.Figures()[at].Text(r.Total.Values[at])+"\n")
	n := l.night(t.Context(), nil, w.clock())
	if n == nil || n.Unread || n.Own != 0 {
		t.Fatalf("after a sync the night is %+v", n)
	}
	// What came since was not synced: not 0, and after a week nothing.
	for after, want := range map[time.Duration]bool{24 * time.Hour: true, 10 * 24 * time.Hour: false} {
		if n := l.night(t.Context(), nil, w.clock().Add(after)); (n != nil) != want || n != nil && !n.Unread {
			t.Errorf("%s after the sync the night is %+v", after, n)
		}
	}
}

// The demo reads its own history, also when two ask at once.
func TestLoadOfTheDemo(t *testing.T) {
	l := loadOnScreen(t, newHarness(t), true)
	night := make(chan *report.Night, 1)
	go func() { night <- l.night(context.WithoutCancel(t.Context()), nil, l.s.now()) }()
	r, err := l.report(t.Context(), 30*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Plots(); p.Unknown != "" || len(p.People) == 0 || p.Heat.Total() == 0 || len(r.Missing) > 0 {
		t.Errorf("the demo has %+v, %v", p, r.Missing)
	}
	if n := <-night; n == nil || n.Unread {
		t.Errorf("the night of the demo is %+v", n)
	}
}
