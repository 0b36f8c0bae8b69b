// Package run runs a step of a runbook after the responder has seen the exact
// line: its output streams, it can be stopped, and how it ended is recorded.
package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"

	"firstline/internal/child"
	"firstline/internal/clean"
)

// grace is how long a command that was stopped may put its things in order,
// and how long output is waited for that a command left behind still holds.
const grace = 2 * time.Second

// maxOutput bounds what is kept of one command, in bytes; the rest is counted.
const maxOutput = 1 << 20

// Result is how a command ended.
type Result struct {
	Command  string
	Started  time.Time
	Took     time.Duration
	ExitCode int // -1 when it was stopped or never began
	// Output is what it wrote, both streams in their order, cleaned and
	// bounded; Dropped counts the bytes beyond.
	Output  string
	Dropped int
	// Stopped is true when the responder stopped it.
	Stopped bool
	// Err is why it could not be run or did not end with status 0.
	Err error
}

// Line is one line on how it ended, for the journal and for notes.
func (r Result) Line() string {
	how := fmt.Sprintf("exit %d", r.ExitCode)
	switch {
	case r.Stopped:
		how = "stopped"
	case r.ExitCode < 0:
		how = "did not run"
	}
	return fmt.Sprintf("%s (%s, %s)", clean.Line(r.Command), how, r.Took.Round(time.Millisecond))
}

// Shell gives the command that runs text by the system's own shell. It is also
// what an interactive one is given the terminal with.
func Shell(ctx context.Context, text string) *exec.Cmd {
	return child.Command(ctx, "sh", "-c", text)
}

// Run runs text in a shell of its own, with no input and in its own process
// group, and hands each cleaned line of output to line as it comes. It ends
// when the command does or, with everything the command began, when ctx does:
// they are asked to end, and killed when they have not within two seconds.
func Run(ctx context.Context, text string, line func(string)) Result {
	r := Result{Command: text, Started: time.Now(), ExitCode: -1}
	cmd := Shell(ctx, text)
	ownGroup(cmd)
	cmd.Cancel = func() error { return endGroup(cmd) }
	cmd.WaitDelay = grace
	out := &lines{emit: line}
	cmd.Stdout, cmd.Stderr = out, out // the same writer: exec then copies with one goroutine
	err := cmd.Run()
	out.flush()
	r.Took = time.Since(r.Started)
	r.Output, r.Dropped = out.text()
	r.Stopped = ctx.Err() != nil && err != nil
	if r.Stopped && cmd.Process != nil {
		_ = killGroup(cmd) // mostly there is nothing left
	}
	if errors.Is(err, exec.ErrWaitDelay) && !r.Stopped {
		err = nil // it ended, and left something behind that runs on
	}
	if err != nil {
		r.Err = fmt.Errorf("running %q: %w", text, err)
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		r.ExitCode = 0
	case errors.As(err, &exit) && !r.Stopped:
		r.ExitCode = exit.ExitCode()
	}
	return r
}

// lines cuts what is written into lines, cleans and keeps them.
type lines struct {
	emit func(string)

	mu      sync.Mutex
	partial []byte
	kept    strings.Builder
	dropped int
}

var _ io.Writer = (*lines)(nil)

// maxLine bounds a line that never ends.
const maxLine = 16 << 10

// Write takes what the command wrote.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range p {
		if b == '\n' || len(l.partial) >= maxLine {
			l.end()
		}
		if b != '\n' {
			l.partial = append(l.partial, b)
		}
	}
	return len(p), nil
}

func (l *lines) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.partial) > 0 {
		l.end()
	}
}

// end ends the line under way.
func (l *lines) end() {
	// A progress bar rewrites its line with carriage returns: its last state
	// is what counts.
	raw := strings.TrimRight(string(l.partial), "\r")
	if i := strings.LastIndexByte(raw, '\r'); i >= 0 {
		raw = raw[i+1:]
	}
	l.partial = l.partial[:0]
	text := strings.TrimRight(clean.Text(raw), " ")
	if l.kept.Len()+len(text) > maxOutput {
		l.dropped += len(text) + 1
		return
	}
	l.kept.WriteString(text)
	l.kept.WriteByte('\n')
	if l.emit != nil {
		l.emit(text)
	}
}

func (l *lines) text() (string, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.kept.String(), l.dropped
}
