package run

import (
	"os/exec"
	"sync"

	"firstline/runbooks/session"
)

// all are the steps that run, with whether they were started.
var all = struct {
	mu sync.Mutex
	of map[*exec.Cmd]*running
}{of: map[*exec.Cmd]*running{}}

type running struct {
	prepared *session.Step
	started  bool
}

// add adds a command that is about to be started, until the returned function is
// called.
func add(cmd *exec.Cmd, prepared *session.Step) (remove func()) {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.of[cmd] = &running{prepared: prepared}
	return func() {
		all.mu.Lock()
		defer all.mu.Unlock()
		delete(all.of, cmd)
	}
}

// start starts a command that was added.
func start(cmd *exec.Cmd) error {
	all.mu.Lock()
	defer all.mu.Unlock()
	err := cmd.Start()
	all.of[cmd].started = err == nil
	return err
}

// EndAll asks all steps that run to end, and removes the files of their sessions. It
// is for a program that ends at once: it waits for nothing.
func EndAll() {
	all.mu.Lock()
	defer all.mu.Unlock()
	for cmd, r := range all.of {
		_ = r.prepared.End() // first, or the shell would write into them at its end
		if r.started {
			_ = endGroup(cmd) // it may have ended
		}
	}
}
