package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"sync"
	"time"

	"firstline/internal/child"
	"firstline/internal/crash"
	"firstline/internal/wording"
)

const (
	// execTime is how long a command of watch --exec may run.
	execTime = time.Minute
	// mostWaiting is how many changes may wait for it: more come only where it hangs.
	mostWaiting = 1000
)

// executor runs a command for each change, one after the other.
type executor struct {
	command string
	out     io.Writer
	limit   time.Duration
	// say says to the person what went wrong.
	say    func(sentence string)
	cancel context.CancelFunc
	group  crash.Group

	mu      sync.Mutex
	wake    chan struct{}
	waiting []execution
	// dropped is how many changes found no room.
	dropped int
}

// execution is a change that a command gets.
type execution struct {
	name  string
	input []byte
}

func startExecutor(ctx context.Context, command string, out io.Writer, say func(string)) *executor {
	e := &executor{command: command, out: out, limit: execTime, say: say, wake: make(chan struct{}, 1)}
	ctx, e.cancel = context.WithCancel(ctx)
	e.group.Go(func() { e.work(ctx) })
	return e
}

// run gives a change to the command, once those before it have been.
func (e *executor) run(name string, line watchJSON) {
	var input bytes.Buffer
	if err := writeJSONLine(&input, line); err != nil {
		e.say(err.Error())
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.waiting) == mostWaiting {
		e.dropped++
		return
	}
	e.waiting = append(e.waiting, execution{name, input.Bytes()})
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// next takes the change that waits longest, and how many were dropped.
func (e *executor) next() (next execution, dropped int, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	dropped, e.dropped = e.dropped, 0
	if len(e.waiting) == 0 {
		return execution{}, dropped, false
	}
	next, e.waiting = e.waiting[0], e.waiting[1:]
	return next, dropped, true
}

func (e *executor) work(ctx context.Context) {
	for {
		next, dropped, ok := e.next()
		if dropped > 0 {
			e.say(fmt.Sprintf("--exec is too slow: the command did not run for %s", wording.Count(dropped, "change")))
		}
		if !ok {
			select {
			case <-ctx.Done():
				return
			case <-e.wake:
			}
			continue
		}
		err := e.execute(ctx, next.input)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			e.say(fmt.Sprintf("--exec for %s: %v", next.name, err))
		}
	}
}

// execute runs the command once, in a shell. What it prints goes to the person.
func (e *executor) execute(ctx context.Context, input []byte) error {
	limited, cancel := context.WithTimeout(ctx, e.limit)
	defer cancel()
	shell := []string{"sh", "-c"}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/C"}
	}
	c := child.Command(limited, shell[0], shell[1], e.command)
	c.WaitDelay = time.Second // a child process may hold a pipe open
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(input), e.out, e.out
	err := c.Run()
	var exit *exec.ExitError
	switch {
	case limited.Err() != nil && ctx.Err() == nil:
		return fmt.Errorf("the command was ended, because it ran for more than %s", e.limit)
	case errors.As(err, &exit):
		return fmt.Errorf("the command ended with status %d", exit.ExitCode())
	case errors.Is(err, exec.ErrWaitDelay):
		return nil // it left a program behind, which is its own affair
	case err != nil:
		return fmt.Errorf("the command could not be run: %w", err)
	}
	return nil
}

// stop ends the command that runs, and says how many changes it did not get.
func (e *executor) stop() {
	e.cancel()
	e.group.Wait()
	e.mu.Lock()
	defer e.mu.Unlock()
	if n := len(e.waiting) + e.dropped; n > 0 {
		e.say(fmt.Sprintf("--exec: the command did not run for the last %s", wording.Count(n, "change")))
	}
}
