// Package child starts other programs: steps of runbooks, the editor, the
// browser, git, and commands that print a token. Each gets firstline's
// environment without the variables that hold its tokens.
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
	// hidden has the names of the variables that no child gets.
	hidden []string
	// taken has the values of those that were removed from our own environment.
	taken map[string]string
}

// Hide hides the variables from all children that Command makes.
func Hide(names ...string) {
	secrets.mu.Lock()
	defer secrets.mu.Unlock()
	for _, name := range names {
		if name != "" && !slices.Contains(secrets.hidden, name) {
			secrets.hidden = append(secrets.hidden, name)
		}
	}
}

// Take hides the variables and removes them from our own environment, so that a
// child started by a library does not get them either. Lookup still returns
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
		_ = os.Unsetenv(name) // removing a name that was found cannot fail
	}
}

// Lookup is os.LookupEnv that also finds what Take removed.
func Lookup(name string) (string, bool) {
	secrets.mu.Lock()
	defer secrets.mu.Unlock()
	value, ok := os.LookupEnv(name)
	if !ok {
		value, ok = secrets.taken[name]
	}
	return value, ok
}

// Environment returns the environment that a child gets.
func Environment() []string {
	secrets.mu.Lock()
	defer secrets.mu.Unlock()
	return slices.DeleteFunc(os.Environ(), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		// Windows ignores the case of a name.
		return slices.ContainsFunc(secrets.hidden, func(hidden string) bool { return strings.EqualFold(name, hidden) })
	})
}

// Command is exec.CommandContext with the Environment.
func Command(ctx context.Context, name string, arguments ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, arguments...) //nolint:gosec // who calls it knows what it starts
	c.Env = Environment()
	return c
}
