// Package run runs a step of a runbook after the responder has seen the exact
// line. It streams the output, can stop the command, and reports how it ended.
package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"firstline/internal/child"
	"firstline/internal/clean"
	"firstline/runbooks/session"
)

// grace is how long a stopped command may take to clean up, and how long to
// wait for output that a process left behind may still write.
const grace = 2 * time.Second

// Step is what is run.
type Step struct {
	// Text is the exact text, Language that of its fence.
	Text, Language string
	// Session is that of its alert group; nil: it has one of its own.
	Session *session.Session
	// Name is the step's for the session: "step 1".
	Name string
	// Copy is asked when it ends: it then leaves nothing in the session. It may be
	// nil.
	Copy func() bool
}

// Result is how a command ended.
type Result struct {
	Command  string
	Started  time.Time
	Took     time.Duration
	ExitCode int // -1 when it was stopped or never started
	// Output is both streams in their order, cleaned, and its ends where it is long.
	// Dropped counts the bytes between these.
	Output  string
	Dropped int
	// Unrecorded: Output is empty because nothing could read what it wrote.
	Unrecorded bool
	// Stopped is true when the responder stopped it.
	Stopped bool
	// Err is why it could not run or did not end with status 0.
	Err error
	// NotTaken is why the session did not get what it set; nil: it did, or the step
	// had a copy.
	NotTaken error
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

// begin makes the command of a step. end ends the step in its session; the result is
// then complete.
func (s Step) begin(ctx context.Context) (cmd *exec.Cmd, end func(*Result), err error) {
	shell, err := session.Shell(s.Language)
	if err != nil {
		return nil, nil, err
	}
	of := s.Session
	if of == nil {
		of = &session.Session{}
	}
	prepared, err := of.Begin(shell, s.Text)
	if err != nil {
		return nil, nil, err
	}
	cmd = child.Command(ctx, shell, prepared.Arguments...)
	remove := add(cmd, prepared)
	return cmd, func(r *Result) {
		defer remove()
		switch {
		case s.Copy != nil && s.Copy():
		case r.Stopped, cmd.ProcessState == nil:
			r.NotTaken = session.ErrNothingLeft
		default:
			r.NotTaken = prepared.Take(s.Name)
		}
		r.Err = cmp.Or(r.Err, prepared.End())
	}, nil
}

// Run runs a step in a shell of its own, without input and in its own process
// group, and passes each cleaned line of output to line as it comes. It returns
// when the command has ended. When ctx ends first, it asks the whole group to
// end, and kills what still runs after two seconds.
func Run(ctx context.Context, step Step, line func(string)) (r Result) {
	r = Result{Command: step.Text, Started: time.Now(), ExitCode: -1}
	cmd, end, err := step.begin(ctx)
	if err != nil {
		r.Err = err
		return r
	}
	defer end(&r)
	ownGroup(cmd)
	cmd.Cancel = func() error { return endGroup(cmd) }
	cmd.WaitDelay = grace
	out := &lines{emit: line}
	cmd.Stdout, cmd.Stderr = out, out // the same writer: exec then copies with one goroutine
	if err = start(cmd); err == nil {
		err = cmd.Wait()
	}
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
		r.Err = fmt.Errorf("running %q: %w", step.Text, err)
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
