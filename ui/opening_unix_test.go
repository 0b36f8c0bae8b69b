//go:build unix

package ui

import (
	"context"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/creack/pty"

	"firstline/ui/list"
)

// inTerminal runs a screen in a terminal until it ends.
func inTerminal(ctx context.Context, t *testing.T, out *output, o Options) {
	t.Helper()
	o.Environment = []string{"TERM=xterm-256color"}
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(tty, &pty.Winsize{Cols: 120, Rows: 30}); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(out, master) // until the terminal is closed
	}()
	if err := Run(ctx, o, tty, tty); err != nil {
		t.Error(err)
	}
	_ = tty.Close()
	<-read
	_ = master.Close()
}

func (o *output) has(text string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Contains(o.text.String(), text)
}

// until waits for something; false: ctx ended before.
func until(ctx context.Context, is func() bool) bool {
	for !is() {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(time.Millisecond):
		}
	}
	return true
}

// The rows of an earlier screen are on the terminal while nothing is open yet, and
// the screen ends while it is being opened.
func TestRunDrawsWhileItOpens(t *testing.T) {
	first := storedBy(t, 120, 30, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &output{}
	var opened atomic.Int32
	inTerminal(ctx, t, out, Options{
		First: first, Initial: storySources(), Now: func() time.Time { return noon }, Location: time.UTC,
		Open: func(ctx context.Context) Options {
			until(ctx, func() bool { return out.has("HighErrorRate") })
			cancel()
			<-ctx.Done()
			opened.Add(1)
			return Options{}
		},
	})
	if !out.has("HighErrorRate") || opened.Load() != 1 {
		t.Errorf("the rows are drawn: %v, and it was opened %d times", out.has("HighErrorRate"), opened.Load())
	}
}

// The screen goes on with what was opened.
func TestRunOpens(t *testing.T) {
	whole, snapshots := wholeProgram(newAccount())
	defer close(snapshots)
	first := whole
	first.Snapshots, first.First = nil, list.First{}
	first.Open = func(context.Context) Options { return whole }
	ctx, cancel := context.WithCancel(t.Context())
	out := &output{}
	go func() {
		until(ctx, func() bool { return out.has("HighErrorRate") })
		cancel()
	}()
	inTerminal(ctx, t, out, first)
	if !out.has("HighErrorRate") {
		t.Error("what the sources said is not drawn")
	}
}
