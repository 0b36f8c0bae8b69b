package runbooks

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxFiles bounds the runbooks of one directory. A directory with more was
// configured by mistake.
const maxFiles = 20000

// Library holds the runbooks of all configured directories. It is safe for
// concurrent use.
type Library struct {
	options Options
	scans   sync.Mutex // one scan at a time
	origins origins

	mu       sync.RWMutex
	index    *index
	problems []Problem
	seen     map[string]seen // by path
}

// seen is the remembered state of a file. A file is read again only when it has
// changed.
type seen struct {
	size     int64
	modified time.Time
	runbook  *Runbook
	err      error
}

// Open scans the configured directories. It never fails: Problems lists what
// could not be read, and the rest works.
func Open(o Options) *Library {
	l := &Library{options: o, index: newIndex(nil, nil)}
	l.Refresh()
	return l
}

// Problems returns what could not be used, in the order of the directories.
func (l *Library) Problems() []Problem {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return slices.Clone(l.problems)
}

// Runbooks returns all runbooks, in the order of the configured directories,
// then by name.
func (l *Library) Runbooks() []*Runbook {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return slices.Clone(l.index.runbooks)
}

// Find chooses the runbook for an alert group: by its references, then a file
// or heading named after one of its alerts, then the service's. Without one the
// match says what is missing, and which runbooks of others have that name.
func (l *Library) Find(q Query) (Match, bool) {
	l.mu.RLock()
	x := l.index
	l.mu.RUnlock()
	return x.find(q)
}

// Refresh scans again and reports whether anything changed. Only files whose
// size or time changed are read.
func (l *Library) Refresh() bool {
	l.scans.Lock()
	defer l.scans.Unlock()
	l.forgetOrigins()

	s := &scan{before: l.seen, now: map[string]seen{}}
	for _, dir := range l.options.Directories {
		s.directory(dir)
	}
	for _, name := range slices.Sorted(maps.Keys(l.options.FS)) {
		s.scanTree(tree{name: name, fsys: l.options.FS[name], join: func(p string) string { return name + "/" + p }})
	}

	l.mu.Lock()
	defer l.mu.Unlock()
	changed := !maps.EqualFunc(l.seen, s.now, func(a, b seen) bool { return a.runbook == b.runbook }) ||
		!slices.EqualFunc(l.problems, s.problems, func(a, b Problem) bool { return a.Path == b.Path && a.Sentence == b.Sentence })
	l.seen, l.problems = s.now, s.problems
	if changed {
		l.index = newIndex(s.runbooks, l.roots())
	}
	return changed
}

// roots returns the path segments of each directory, by its name.
func (l *Library) roots() map[string][]string {
	roots := map[string][]string{}
	for _, dir := range l.options.Directories {
		if abs, err := filepath.Abs(dir); err == nil {
			roots[dir] = segments(filepath.ToSlash(abs))
		}
	}
	for name := range l.options.FS {
		roots[name] = segments(name)
	}
	return roots
}

// scan is one pass over all directories.
type scan struct {
	before, now map[string]seen
	runbooks    []*Runbook
	problems    []Problem
}

// tree is a directory or an embedded file system.
type tree struct {
	name     string
	fsys     fs.FS
	editable bool
	join     func(name string) string // converts to the path that a person knows
}

func (s *scan) problem(path, sentence string, err error) {
	s.problems = append(s.problems, Problem{Path: path, Sentence: sentence, Err: err})
}

// directory scans a directory through an os.Root: neither ".." nor a symbolic
// link leads out of it.
func (s *scan) directory(dir string) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		sentence := fmt.Sprintf("The runbook directory %s can't be opened; check [runbooks] directories.", dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			sentence = fmt.Sprintf("The runbook directory %s is not there; create it or change [runbooks] directories.", dir)
		case errors.Is(err, fs.ErrPermission):
			sentence = fmt.Sprintf("The runbook directory %s may not be read; change its permissions.", dir)
		}
		s.problem(dir, sentence, err)
		return
	}
	defer root.Close() //nolint:errcheck // only read
	s.scanTree(tree{
		name: dir, fsys: root.FS(), editable: true,
		join: func(p string) string { return filepath.Join(dir, filepath.FromSlash(p)) },
	})
}

var errEnough = errors.New("too many files")

func (s *scan) scanTree(p tree) {
	count := 0
	err := fs.WalkDir(p.fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			s.problem(p.join(name), fmt.Sprintf("%s can't be read; what is in it is left out.", p.join(name)), err)
			if entry != nil && entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		hidden := strings.HasPrefix(path.Base(name), ".") && name != "."
		switch {
		case hidden && entry.IsDir():
			return fs.SkipDir
		case hidden || entry.IsDir() || !isRunbook(name):
			return nil
		}
		if count++; count > maxFiles {
			return errEnough
		}
		s.file(p, name)
		return nil
	})
	if errors.Is(err, errEnough) {
		s.problem(p.name, fmt.Sprintf("%s holds more than %d runbooks; the others are left out. Name a directory further down.", p.name, maxFiles), err)
	}
}

// isRunbook reports whether a file may be a runbook, by its name.
func isRunbook(name string) bool {
	_, ok := formatOf(name)
	return ok
}

// file reads one file, or reuses the runbook when the file has not changed.
func (s *scan) file(p tree, name string) {
	full := p.join(name)
	info, err := fs.Stat(p.fsys, name)
	if err != nil {
		s.problem(full, full+" leads out of its directory or to nothing; it is left out.", err)
		return
	}
	if !info.Mode().IsRegular() {
		s.problem(full, full+" is not a plain file; it is left out.", nil)
		return
	}
	old, ok := s.before[full]
	if !ok || old.size != info.Size() || !old.modified.Equal(info.ModTime()) {
		old = seen{size: info.Size(), modified: info.ModTime()}
		old.runbook, old.err = readRunbook(p, name, info)
	}
	s.now[full] = old
	if old.err != nil {
		s.problem(full, fmt.Sprintf("%s is left out: %s.", full, sentenceOf(old.err)), old.err)
		return
	}
	s.runbooks = append(s.runbooks, old.runbook)
}

func sentenceOf(err error) string {
	for _, reason := range []error{ErrTooBig, ErrBinary, ErrNotUTF8, ErrTooDeep, ErrTooMuch} {
		if errors.Is(err, reason) {
			return reason.Error()
		}
	}
	if errors.Is(err, fs.ErrPermission) {
		return "it may not be read"
	}
	return "it can't be read"
}

func readRunbook(p tree, name string, info fs.FileInfo) (*Runbook, error) {
	if info.Size() > MaxSize {
		return nil, ErrTooBig
	}
	f, err := p.fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("reading a runbook: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("reading a runbook: %w", err)
	}
	rb, err := Parse(name, data)
	if err != nil {
		return nil, err
	}
	rb.Path, rb.Directory, rb.Editable = p.join(name), p.name, p.editable
	rb.Modified = info.ModTime()
	return rb, nil
}
