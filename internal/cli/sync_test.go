package cli

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/history/syncing"
	"firstline/internal/store"
	"firstline/internal/wallclock"
	"firstline/sources"
	"firstline/sources/demo"
)

func TestSyncProgress(t *testing.T) {
	var out bytes.Buffer
	now, terminal := noon, false
	a := newApp(nil, nil, &out, "test")
	a.now, a.isTerminal = func() time.Time { return now }, func(any) bool { return terminal }
	p := &syncProgress{a: a, clock: func() wallclock.Clock { return wallclock.In(time.UTC) }}
	step := syncing.Progress{Step: "the history", Done: 0.4, Entries: 83_210, Left: 252 * time.Second, Back: noon.AddDate(0, 0, -36)}
	for range 10 { // a second apart
		p.report(step)
		now = now.Add(time.Second)
	}
	p.report(step)
	if lines := strings.Count(out.String(), "\n"); lines != 2 || !strings.Contains(out.String(), "reading the history, 40 % of the time, 83210 log entries, about 4 min left") {
		t.Errorf("away from a terminal it writes %d lines:\n%s", lines, out.String())
	}
	if p.end(); strings.HasSuffix(out.String(), "\n\n") {
		t.Error("it leaves an empty line")
	}
	if got := p.reached(); got != " back to Sun 18 Oct 12:00" {
		t.Errorf("it reached %q", got)
	}
	out.Reset()
	terminal = true
	step.Left = 100 * time.Hour
	p.report(step)
	bar := strings.TrimPrefix(out.String(), "\r\x1b[K")
	if !strings.HasPrefix(bar, "[########............] ") || ansi.StringWidth(bar) > 100 || strings.Contains(bar, "\n") {
		t.Errorf("the bar is %q", bar)
	}
}

// ctrl-c ends the sync with what came, and says how to go on.
func TestSyncStops(t *testing.T) {
	w := withPast(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.demo.PagerDuty.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/oncalls") {
				cancel()
			}
			next.ServeHTTP(rw, r)
		})
	})
	run := func(ctx context.Context, args ...string) result {
		return runApp(ctx, "", func(a *app) { a.now, a.stateHome = w.clock, w.state }, append([]string{"--config", w.config}, args...)...)
	}
	run(ctx, "sync", "--since", "20d").want(t, exitFailed).says(t, "stopped. What came is stored back to", "the same command goes on from there")
	run(t.Context(), "sync", "--since", "20d").want(t, exitDone)
}

// TestKilledWhileSyncing kills the program at several requests of a sync, and runs it
// again each time. In the end the history is as if it was never killed.
func TestKilledWhileSyncing(t *testing.T) {
	t.Parallel()
	directory := demo.Large(demo.Size{Users: 4, Services: 3, Policies: 2, Teams: 1, Levels: 2, Schedules: 1}, time.Now())
	pagerDuty := demo.NewPagerDuty(demo.PagerDutyOptions{Directory: directory, RequestsPerMinute: 1_000_000})
	now := time.Now()
	pagerDuty.AddPast(demo.Past{From: now.AddDate(0, 0, -60), Until: now.Add(-6 * time.Hour), Incidents: 150, EntriesEach: 10})
	var mu sync.Mutex
	var victim *os.Process
	left := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		if left--; left == 0 && victim != nil {
			_ = victim.Kill() // as kill -9 does
			mu.Unlock()
			panic(http.ErrAbortHandler)
		}
		mu.Unlock()
		pagerDuty.ServeHTTP(w, r)
	}))
	defer server.Close()
	dir := t.TempDir()
	config := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(config, []byte(fmt.Sprintf("[me]\nemail = %q\n[pagerduty]\nurl = %q\n", demo.Email, server.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	program := func() *exec.Cmd {
		c := exec.CommandContext(t.Context(), os.Args[0], "--config", config, "sync", "--since", "61d")
		c.Env = append(os.Environ(), runAsProgram+"=1", "XDG_STATE_HOME="+dir, "PAGERDUTY_TOKEN="+demo.Token)
		return c
	}
	for _, at := range []int{3, 9, 14} {
		c := program()
		mu.Lock()
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		victim, left = c.Process, at
		mu.Unlock()
		if err := c.Wait(); err == nil {
			t.Fatalf("it was not killed at request %d", at)
		}
	}
	mu.Lock()
	victim = nil
	mu.Unlock()
	if text, err := program().CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	state, err := store.Open(t.Context(), filepath.Join(dir, "firstline", "state.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close()
	span := sources.Span{Since: now.AddDate(0, 0, -61), Until: now}
	h, err := state.Past(t.Context(), "", span)
	if err != nil || len(h.Incidents) != 150 || len(h.Log) != 1 || len(h.Turns) == 0 {
		t.Fatalf("%d incidents, log %v, %v", len(h.Incidents), h.Log, err)
	}
	for i := range h.Incidents {
		one := &h.Incidents[i]
		if !one.Read() || one.Open() || len(one.Entries) < 9 {
			t.Errorf("an incident is %+v", one)
		}
	}
}
