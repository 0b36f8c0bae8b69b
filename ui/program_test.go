package ui

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/teatest/v2"
	"go.uber.org/goleak"

	"firstline/internal/execute"
	"firstline/internal/respond"
	"firstline/sources"
	"firstline/ui/room"
)

// programOptions are those of a whole program with the story's sources.
func wholeProgram(d *account) (Options, chan sources.Snapshot) {
	// Each look at the clock finds it later, so that no preview is too young.
	var reads atomic.Int64
	now := func() time.Time { return noon.Add(time.Duration(reads.Add(1)) * room.LeastSeen) }

	snapshots := make(chan sources.Snapshot, 16)
	for _, s := range story(noon) {
		snapshots <- s
	}
	return Options{
		Snapshots: snapshots, Initial: storySources(), Refresh: func() {},
		Now: now, Location: time.UTC,
		Respond: respond.Settings{
			Role: respond.Developer, Email: "dana@example.com", FirstLineName: "Ops first line", FirstLinePolicy: "POPS", HasPagerDuty: true,
		},
		Doer: &execute.Doer{Incidents: d, Now: func() time.Time { return noon }},
	}, snapshots
}

// shows waits until the output holds text.
func shows(t *testing.T, tm *teatest.TestModel, text string) {
	t.Helper()
	teatest.WaitFor(t, tm.Output(), func(out []byte) bool { return bytes.Contains(out, []byte(text)) },
		teatest.WithCheckInterval(5*time.Millisecond), teatest.WithDuration(20*time.Second))
}

func TestWholeProgramEscalates(t *testing.T) {
	d := newAccount()
	o, snapshots := wholeProgram(d)
	tm := teatest.NewTestModel(t, New(o), teatest.WithInitialTermSize(120, 30))
	shows(t, tm, "HighErrorRate")
	tm.Send(keyPress("e"))
	shows(t, tm, "Notified now")
	tm.Type("Please look.")
	// Enter goes to the button and then sends; while a preview is being made
	// it does nothing.
	for begun := time.Now(); len(d.acts()) < 2; time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > 20*time.Second {
			t.Fatalf("enter does not send; done: %q", d.acts())
		}
		tm.Send(keyPress("enter"))
	}
	shows(t, tm, "✓")
	tm.Send(tea.WindowSizeMsg{Width: 50, Height: 20})
	shows(t, tm, "narrow")
	tm.Send(keyPress("q"))
	tm.WaitFinished(t, teatest.WithFinalTimeout(20*time.Second))
	close(snapshots)
	d.expect(t, "note Q1CHECKOUT", "policy POPS Q1CHECKOUT")
}

// output is a writer that another goroutine may look at.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) Len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Len()
}

func TestRunEndsWithItsContextAndLeavesNothingBehind(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	o, snapshots := wholeProgram(newAccount())
	ctx, cancel := context.WithCancel(t.Context())
	in, keys := io.Pipe()
	out := &output{}
	done := make(chan error, 1)
	go func() { done <- Run(ctx, o, in, out) }()
	for out.Len() == 0 {
		select {
		case err := <-done:
			t.Fatalf("Run ended before anything was drawn: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run gave %v when its context ended", err)
	}
	_ = keys.Close()
	close(snapshots)
	goleak.VerifyNone(t, ignore)
}
