package session

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"mvdan.cc/sh/v3/syntax"

	"firstline/internal/alive"
	"firstline/internal/lazyregexp"
)

// mostRead bounds what a step may leave, in bytes.
const mostRead = 4 << 20

// Step is a step that is about to run in a session, or runs.
type Step struct {
	session   *Session
	directory string // of its files
	held      *alive.Lock
	released  sync.Once
	// candidates are the functions that the step may leave, with their text, for
	// shells that do not show theirs.
	candidates map[string]string
	// Arguments are those of the shell.
	Arguments []string
}

// The files of a session: before and after a step. A shell writes into files that
// are there already, so that nobody else can read them whatever the step's mask is.
var written = []string{"locals", "variables", "exported", "readonly", "functions", "names", "directory", "end"}

// Begin prepares what a shell needs to run text in the session. It writes files, so
// call it off the loop. The step must be ended.
func (s *Session) Begin(shell, text string) (*Step, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.directory != "" {
		if _, err := os.Stat(s.directory); err != nil {
			return nil, fmt.Errorf("the session's directory %s, where %s went, is not there any more", s.directory, s.directoryFrom)
		}
	}
	directory, held, err := makeDirectory()
	if err != nil {
		return nil, fmt.Errorf("making a directory for the session: %w", err)
	}
	step := &Step{session: s, directory: directory, held: held, candidates: functionsIn(text)}
	for name, body := range s.functions["sh"].bodies {
		if _, again := step.candidates[name]; !again {
			step.candidates[name] = body
		}
	}
	if err := step.write(); err != nil {
		return nil, errors.Join(err, step.End())
	}
	step.Arguments = []string{"-c", fmt.Sprintf(wrapper, quote(filepath.ToSlash(directory))), shell, text}
	return step, nil
}

// directories are the names of those with files of steps, and lock is the file in
// each that its firstline holds.
const directories, lock = "firstline-step-", "lock"

// makeDirectory makes a directory for a step, in memory where there is a place for
// that. It also removes those of a firstline that was killed.
func makeDirectory() (directory string, held *alive.Lock, err error) {
	parents := []string{os.TempDir()}
	if inMemory := os.Getenv("XDG_RUNTIME_DIR"); inMemory != "" {
		parents = slices.Insert(parents, 0, inMemory)
	}
	for _, parent := range parents {
		removeLeft(parent)
		if directory, err = os.MkdirTemp(parent, directories); err == nil {
			break
		}
	}
	if err != nil {
		return "", nil, err
	}
	if held, err = alive.Hold(filepath.Join(directory, lock)); err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(directory))
	}
	return directory, held, nil
}

// removeLeft removes the directories that nobody holds. One that has no lock yet is
// being made.
func removeLeft(parent string) {
	locks, err := filepath.Glob(filepath.Join(parent, directories+"*", lock))
	if err != nil {
		return // a parent that is a pattern
	}
	for _, path := range locks {
		if !alive.Held(path) {
			_ = os.RemoveAll(filepath.Dir(path)) // what can't be removed is not ours
		}
	}
}

// write writes the files of the step. The session is locked.
func (st *Step) write() error {
	for _, when := range []string{"before", "after"} {
		for _, name := range written {
			if err := st.file(when+"."+name, ""); err != nil {
				return err
			}
		}
	}
	names := make([]string, 0, len(st.candidates))
	for name := range st.candidates {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, family := range families {
		if err := st.file("restore."+family, st.session.restore(family)); err != nil {
			return err
		}
		for _, when := range []string{"before", "after"} {
			text := fmt.Sprintf(describers[family], quote(filepath.ToSlash(filepath.Join(st.directory, when))), strings.Join(names, " "))
			if family == "zsh" && when == "before" {
				text += text // describing its variables loads modules, which have more
			}
			// The end of a text must not be written a second time by the trap: the first is
			// before the step's own trap ran.
			if when == "after" {
				text = "if ! [ -s " + quote(filepath.ToSlash(filepath.Join(st.directory, "after.end"))) + " ]; then\n" + text + "fi\n"
			}
			if err := st.file(when+"."+family, text); err != nil {
				return err
			}
		}
	}
	return nil
}

func (st *Step) file(name, text string) error {
	if err := os.WriteFile(filepath.Join(st.directory, name), []byte(text), 0o600); err != nil {
		return fmt.Errorf("writing a file of the session: %w", err)
	}
	return nil
}

// End removes the files of the step. It may be called again, from anywhere.
func (st *Step) End() error {
	var err error
	st.released.Do(func() { err = st.held.Release() })
	if err = errors.Join(err, os.RemoveAll(st.directory)); err != nil {
		return fmt.Errorf("removing the files of a session: %w", err)
	}
	return nil
}

// ErrNothingLeft says that the session has what it had before the step.
var ErrNothingLeft = errors.New("the step's shell did not end by itself")

// Take gives the session what the step left, by the name of the step. The error is
// ErrNothingLeft when its shell was replaced or killed.
func (st *Step) Take(name string) error {
	c, err := st.change()
	if err != nil {
		return err
	}
	st.session.add(c, name)
	return nil
}

func (st *Step) change() (change, error) {
	var c change
	read := func(name string) string {
		f, err := os.Open(filepath.Join(st.directory, name))
		if err != nil {
			return ""
		}
		defer func() { _ = f.Close() }()
		data, err := io.ReadAll(io.LimitReader(f, mostRead+1))
		if err != nil {
			return ""
		}
		return string(data)
	}
	if c.family = read("after.end"); !slices.Contains(families, c.family) {
		return c, ErrNothingLeft
	}
	after, before := read("after.variables"), read("before.variables")
	if len(after) > mostRead || len(read("after.functions")) > mostRead {
		return c, errors.New("what the step set is more than 4 MiB")
	}
	now, then := declarationsIn(after), declarationsIn(before)
	if c.family == "sh" {
		attributes(now, read("after.exported"), read("after.readonly"))
		attributes(then, read("before.exported"), read("before.readonly"))
	}
	locals := declarationsIn(read("after.locals"))
	c.variables = map[string]declaration{}
	for name, d := range now {
		if _, local := locals[name]; !local && d != then[name] {
			c.variables[name] = d
		}
	}
	for name := range then {
		_, local := locals[name]
		if _, stays := now[name]; !stays && !local {
			c.removed = append(c.removed, name)
		}
	}
	c.functions = st.functionsLeft(c.family, read)
	c.directory = changed(read("before.directory"), read("after.directory"))
	return c, nil
}

// changed returns a directory that a step went to.
func changed(before, after string) string {
	if after = strings.TrimSuffix(after, "\n"); after != strings.TrimSuffix(before, "\n") {
		return after
	}
	return ""
}

// functionsLeft returns the functions that the step left; nil: they are the same.
func (st *Step) functionsLeft(family string, read func(string) string) *functions {
	f := &functions{text: read("after.functions"), bodies: map[string]string{}}
	if family == "sh" {
		f.text = ""
		for line := range strings.Lines(read("after.names")) {
			name, what, _ := strings.Cut(strings.TrimSpace(line), " ")
			if body := st.candidates[name]; body != "" && strings.Contains(what, "function") {
				f.text += body + "\n"
				f.bodies[name] = body
				f.names = append(f.names, name)
			}
		}
		return f
	}
	if f.text == read("before.functions") {
		return nil
	}
	st.session.mu.Lock()
	defer st.session.mu.Unlock()
	earlier, before := st.session.functions[family].names, functionNames(read("before.names"))
	for _, name := range functionNames(read("after.names")) {
		if slices.Contains(earlier, name) || !slices.Contains(before, name) {
			f.names = append(f.names, name)
		}
	}
	return f
}

// functionNames reads a list of functions: ksh writes "name()", mksh and zsh "name".
func functionNames(list string) []string {
	names := strings.Fields(list)
	for i := range names {
		names[i] = strings.TrimSuffix(names[i], "()")
	}
	return names
}

var functionName = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*$`)

// functionsIn returns the functions that a text defines, with the text of each. Those
// within others are left out: they are there once these run.
func functionsIn(text string) map[string]string {
	all := map[string]string{}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(text), "")
	if err != nil {
		return all
	}
	syntax.Walk(file, func(n syntax.Node) bool {
		f, ok := n.(*syntax.FuncDecl)
		if !ok {
			return true
		}
		if functionName.MatchString(f.Name.Value) {
			all[f.Name.Value] = text[f.Pos().Offset():f.End().Offset()]
		}
		return false
	})
	return all
}
