// Package child starts other programs: steps of runbooks, the editor, the
// browser, git, what prints a token. Each gets firstline's environment without
// the variables that hold its tokens.
package child

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
)

var secrets struct {
	mu sync.Mutex
	// hidden are the names of the variables that no child gets.
	hidden []string
	// taken are the values of those that were taken from our own environment.
	taken map[string]string
}

// Hide keeps the variables from all children that Command makes.
func Hide(names ...string) {
	secrets.mu.Lock()
	defer secrets.mu.Unlock()
	for _, name := range names {
		if name != "" && !slices.Contains(secrets.hidden, name) {
			secrets.hidden = append(secrets.hidden, name)
		}
	}
}

// Take hides the variables and removes them from our own environment, so that
// a child that a library starts does not get them either. Lookup still knows
// their values.
func Take(names ...string) {
	Hide(names...)
	secrets.mu.Lock()
	defer secrets.mu.Unlock()
	for _, name := range names {
		value, ok := os.LookupEnv(name)
		if !ok {
			continue
		}
		if secrets.taken == nil {
			secrets.taken = map[string]string{}
		}
		secrets.taken[name] = value
		_ = os.Unsetenv(name) // a name that was found can be removed
	}
}

// Lookup is os.LookupEnv that still knows what was taken.
func Lookup(name string) (string, bool) {
	secrets.mu.Lock()
	defer secrets.mu.Unlock()
	value, ok := os.LookupEnv(name)
	if !ok {
		value, ok = secrets.taken[name]
	}
	return value, ok
}

// Environment is what a child gets.
func Environment() []string {
	secrets.mu.Lock()
	defer secrets.mu.Unlock()
	return slices.DeleteFunc(os.Environ(), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		// Windows does not mind the case of a name.
		return slices.ContainsFunc(secrets.hidden, func(hidden string) bool { return strings.EqualFold(name, hidden) })
	})
}

// Command is exec.CommandContext with the Environment.
func Command(ctx context.Context, name string, arguments ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, arguments...) //nolint:gosec // who calls it knows what it starts
	c.Env = Environment()
	return c
}
