// Package run runs a step of a runbook after the responder has seen the exact
// line. It streams the output, can stop the command, and reports how it ended.
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

// grace is how long a stopped command may take to clean up, and how long to
// wait for output that a process left behind may still write.
const grace = 2 * time.Second

// maxOutput bounds the output of one command that is stored, in bytes. The rest
// is counted.
const maxOutput = 1 << 20

// Result is how a command ended.
type Result struct {
	Command  string
	Started  time.Time
	Took     time.Duration
	ExitCode int // -1 when it was stopped or never started
	// Output is both streams in their order, cleaned and bounded. Dropped
	// counts the bytes beyond the bound.
	Output  string
	Dropped int
	// Stopped is true when the responder stopped it.
	Stopped bool
	// Err is why it could not run or did not end with status 0.
	Err error
}

// Line describes in one line how it ended, for the journal and for notes.
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

// Shell returns a command that runs text in the system's shell. Interactive
// shells are started with it as well.
func Shell(ctx context.Context, text string) *exec.Cmd {
	return child.Command(ctx, "sh", "-c", text)
}

// Run runs text in a shell of its own, without input and in its own process
// group, and passes each cleaned line of output to line as it comes. It returns
// when the command has ended. When ctx ends first, it asks the whole group to
// end, and kills what still runs after two seconds.
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
		_ = killGroup(cmd) // usually nothing is left
	}
	if errors.Is(err, exec.ErrWaitDelay) && !r.Stopped {
		err = nil // it ended, and left a process behind that still runs
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

// lines splits the output into lines, cleans and stores them.
type lines struct {
	emit func(string)

	mu      sync.Mutex
	partial []byte
	stored  strings.Builder
	dropped int
}

var _ io.Writer = (*lines)(nil)

// maxLine bounds a line that never ends.
const maxLine = 16 << 10

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

// end ends the current line.
func (l *lines) end() {
	// A progress bar rewrites its line with carriage returns. Only its last
	// state counts.
	raw := strings.TrimRight(string(l.partial), "\r")
	if i := strings.LastIndexByte(raw, '\r'); i >= 0 {
		raw = raw[i+1:]
	}
	l.partial = l.partial[:0]
	text := strings.TrimRight(clean.Text(raw), " ")
	if l.stored.Len()+len(text) > maxOutput {
		l.dropped += len(text) + 1
		return
	}
	l.stored.WriteString(text)
	l.stored.WriteByte('\n')
	if l.emit != nil {
		l.emit(text)
	}
}

func (l *lines) text() (string, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stored.String(), l.dropped
}
