// Package session preserves what the steps of an alert group leave for each other:
// variables, functions and the working directory.
//
// Each step runs in a shell of its own, which begins with what the session has and
// describes at its end what it leaves. So exit, exec and set -e end a step and not
// the session, a step that is stopped changes nothing, and a step in the background
// has a copy. Options, traps, aliases and redirections are those of one step.
//
// Shells of one family share everything. Others share the directory and the
// variables that are one text; arrays and functions they cannot read.
//
// A session is in memory. Its files are in a private directory while a step runs.
package session

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Session is what the steps of one alert group share. The zero value is empty.
type Session struct {
	mu        sync.Mutex
	variables map[string]stored
	// functions are those of each family of shells, as it writes them.
	functions map[string]functions
	directory string
	// directoryFrom is the step that went there.
	directoryFrom string
	number        int
}

// stored is a variable that a step left.
type stored struct {
	declaration
	family string
	// unset: a step removed a variable of the environment.
	unset bool
	from  string
}

// functions are what a step left of functions. names are those that steps defined.
type functions struct {
	text  string
	names []string
	// bodies are the texts of each, for shells that do not show theirs.
	bodies map[string]string
}

// Variable is a variable that a step of the session set.
type Variable struct {
	Name string
	// Value is its text, or how its shell writes an array. It is raw.
	Value string
	// From is the step that set it. Unset: the step removed it.
	From  string
	Unset bool
	// Only names the family of shells that has it; empty: all have.
	Only string
}

// State is what a session has.
type State struct {
	Variables []Variable
	// Functions are their names, sorted.
	Functions []string
	// Directory is empty where no step went elsewhere; DirectoryFrom is the step
	// that did.
	Directory, DirectoryFrom string
}

// Empty reports whether no step left anything.
func (s State) Empty() bool {
	return len(s.Variables) == 0 && len(s.Functions) == 0 && s.Directory == ""
}

// Of returns the variable with a name.
func (s State) Of(name string) (Variable, bool) {
	at, found := slices.BinarySearchFunc(s.Variables, name, func(v Variable, name string) int { return cmp.Compare(v.Name, name) })
	if !found {
		return Variable{}, false
	}
	return s.Variables[at], true
}

// Values are the variables by name. Those that are not one text are empty.
func (s State) Values() map[string]string {
	values := map[string]string{}
	for _, v := range s.Variables {
		switch {
		case v.Unset:
		case v.Only != "":
			values[v.Name] = ""
		default:
			values[v.Name] = v.Value
		}
	}
	return values
}

// State returns what the session has now.
func (s *Session) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := State{Directory: s.directory, DirectoryFrom: s.directoryFrom}
	for _, name := range slices.Sorted(maps.Keys(s.variables)) {
		v := s.variables[name]
		if name == oldDirectory {
			continue
		}
		one := Variable{Name: name, Value: v.value, From: v.from, Unset: v.unset}
		if !v.scalar && !v.unset {
			one.Only = v.family
			_, one.Value, _ = strings.Cut(v.text, name+"=")
		}
		state.Variables = append(state.Variables, one)
	}
	for _, f := range s.functions {
		state.Functions = append(state.Functions, f.names...)
	}
	slices.Sort(state.Functions)
	state.Functions = slices.Compact(state.Functions)
	return state
}

// Number counts the changes of the session.
func (s *Session) Number() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.number
}

// Reset forgets what the steps left.
func (s *Session) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.variables, s.functions, s.directory, s.directoryFrom = nil, nil, "", ""
	s.number++
}

// oldDirectory is the variable of the directory that a step came from.
const oldDirectory = "OLDPWD"

// restore returns what a shell of a family reads to have what the session has.
func (s *Session) restore(family string) string {
	var b strings.Builder
	if s.directory != "" {
		if earlier := s.variables[oldDirectory]; earlier.scalar {
			b.WriteString("cd " + quote(earlier.value) + " 2>/dev/null\n") // for "cd -"
		}
		b.WriteString("cd " + quote(s.directory) + "\n")
	}
	for _, name := range slices.Sorted(maps.Keys(s.variables)) {
		v := s.variables[name]
		switch {
		case name == oldDirectory:
		case v.unset:
			b.WriteString("unset " + name + "\n")
		case v.family == family && family != "sh":
			b.WriteString(v.text + "\n")
		case v.scalar:
			b.WriteString(name + "=" + quote(v.value) + "\n")
			if v.exported {
				b.WriteString("export " + name + "\n")
			}
			if v.readonly {
				b.WriteString("readonly " + name + "\n")
			}
		}
	}
	f := s.functions[family].text
	if f != "" && family == "bash" {
		f = "shopt -s extglob\n" + f + "\nshopt -u extglob"
	}
	return b.String() + f + "\n"
}

// change is what a step left, compared with what it began with.
type change struct {
	family    string
	variables map[string]declaration
	removed   []string
	// functions is nil where they are the same.
	functions *functions
	directory string
}

// add adds what a step left.
func (s *Session) add(c change, step string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.variables == nil {
		s.variables, s.functions = map[string]stored{}, map[string]functions{}
	}
	for name, d := range c.variables {
		s.variables[name] = stored{declaration: d, family: c.family, from: step}
	}
	for _, name := range c.removed {
		s.variables[name] = stored{declaration: declaration{name: name}, unset: true, from: step}
	}
	if c.functions != nil {
		s.functions[c.family] = *c.functions
	}
	if c.directory != "" {
		s.directory, s.directoryFrom = c.directory, step
	}
	s.number++
}

// Sessions are the sessions of the alert groups.
type Sessions struct {
	mu sync.Mutex
	of map[string]*Session
}

// Of returns the session of a group.
func (s *Sessions) Of(groupID string) *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[string]*Session{}
	}
	if s.of[groupID] == nil {
		s.of[groupID] = &Session{}
	}
	return s.of[groupID]
}

// Move gives the session of a group to the one that took its place, unless that has
// one itself.
func (s *Sessions) Move(from, to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, found := s.of[from]
	if !found {
		return
	}
	delete(s.of, from)
	if now := s.of[to]; now == nil || now.State().Empty() {
		s.of[to] = old
	}
}
