// Package crash leaves a file behind when firstline ends by a fault of its own,
// for a bug report. The text of a panic may contain anything, even a token, so
// the file has the kind of the fault, the stacks, and only the text that Go's
// runtime wrote.
package crash

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"firstline/internal/alive"
	"firstline/internal/lazyregexp"
)

// Reporter writes the files of one run. A nil Reporter writes nothing; it is
// used where there is no directory for them.
type Reporter struct {
	dir, version string
	// raw is the file to which Go writes a fault that cannot be recovered.
	raw string
	// held is the lock on it, which shows later runs that this one still runs.
	held *alive.Lock
}

// The names of the files: raw ones with what Go wrote at the end of a process,
// and those for people.
const (
	rawPrefix = "crash-"
	rawSuffix = ".raw"
	suffix    = ".txt"
)

// Start prepares crash files: from now on Go writes unrecoverable faults into a
// file in dir.
func Start(dir, version string) (*Reporter, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making a directory for crash files: %w", err)
	}
	r := &Reporter{dir: dir, version: version, raw: filepath.Join(dir, rawPrefix+rand.Text()+rawSuffix)}
	f, err := alive.Hold(r.raw)
	if err != nil {
		return nil, fmt.Errorf("making a crash file: %w", err)
	}
	r.held = f
	if err := debug.SetCrashOutput(f.File(), debug.CrashOptions{}); err != nil {
		return nil, errors.Join(fmt.Errorf("setting the crash file: %w", err), f.Release())
	}
	return r, nil
}

// End removes the prepared file, because the run ended well.
func (r *Reporter) End() error {
	if r == nil {
		return nil
	}
	return errors.Join(debug.SetCrashOutput(nil, debug.CrashOptions{}), r.held.Release())
}

// Fault is a recovered panic.
type Fault struct {
	// Kind names what panicked, without text that may come from outside.
	Kind  string
	Stack []byte
}

// Caught describes the value that recover returned. Call it in the deferred
// function that recovers, while the stack is still that of the fault.
func Caught(value any) *Fault {
	kind := fmt.Sprintf("a panic with a %T, whose text is omitted because it may contain a secret", value)
	var fault runtime.Error
	if err, ok := value.(error); ok && errors.As(err, &fault) {
		kind = harmless(fault.Error())
	}
	return &Fault{Kind: kind, Stack: debug.Stack()}
}

// Group is a sync.WaitGroup whose goroutines may panic. Wait panics with the
// value of such a panic, in a goroutine that recovers.
type Group struct {
	running sync.WaitGroup
	mu      sync.Mutex
	value   any
}

// Go runs f in a goroutine.
func (g *Group) Go(f func()) {
	g.running.Go(func() {
		defer func() {
			if value := recover(); value != nil {
				g.mu.Lock()
				defer g.mu.Unlock()
				g.value = value
			}
		}()
		f()
	})
}

// Wait waits for all goroutines.
func (g *Group) Wait() {
	g.running.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.value != nil {
		panic(g.value)
	}
}

// Error says only that there was a fault.
func (f *Fault) Error() string { return "firstline ended by a fault of its own" }

// harmless returns the text of a runtime error. The only names in it are the
// types of a failed conversion.
func harmless(text string) string {
	if !strings.HasPrefix(text, "runtime error: ") && !strings.HasPrefix(text, "interface conversion: ") {
		return "a fault of Go's runtime"
	}
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// Write writes a file about a fault, or, when f is nil, about a signal that
// ended the program. It returns the path.
func (r *Reporter) Write(f *Fault, why string, now time.Time) (string, error) {
	if r == nil {
		return "", errors.New("there is no directory for crash files")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "firstline %s, %s %s/%s, %s\n%s\n\n", r.version, runtime.Version(), runtime.GOOS, runtime.GOARCH, now.UTC().Format(time.RFC3339), why)
	if f != nil {
		fmt.Fprintf(&b, "%s\n\n%s\n", f.Kind, withoutWords(string(f.Stack)))
	} else {
		b.WriteString(stacks())
	}
	return r.store(b.String(), now)
}

// stacks returns the stacks of all goroutines.
func stacks() string {
	for size := 1 << 20; ; size *= 2 {
		b := make([]byte, size)
		if n := runtime.Stack(b, true); n < size || size >= 1<<26 {
			return string(b[:n])
		}
	}
}

func (r *Reporter) store(text string, now time.Time) (string, error) {
	name := rawPrefix + now.UTC().Format("20060102T150405Z")
	for n := 1; ; n++ {
		path := filepath.Join(r.dir, name+suffix)
		if n > 1 {
			path = filepath.Join(r.dir, name+"-"+strconv.Itoa(n)+suffix)
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, fs.ErrExist) && n < 1000 {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("writing a crash file: %w", err)
		}
		_, err = io.WriteString(f, text)
		return path, errors.Join(err, f.Close())
	}
}

// said matches the start of a panic's text in the output of Go's runtime.
var (
	said      = lazyregexp.New(`^(?:\t?panic: |\[recovered|\[signal |fatal error: )`)
	goroutine = lazyregexp.New(`^(?:goroutine \d+|runtime stack:|\[originating from goroutine)`)
	ours      = lazyregexp.New(`^\t?panic: (?:runtime error: |interface conversion: )|^fatal error: |^\[signal `)
)

// withoutWords returns the output of Go's runtime without the text of a panic,
// which ends where the first stack begins.
func withoutWords(text string) string {
	var b strings.Builder
	stack := false
	for line := range strings.Lines(text) {
		switch {
		case goroutine.MatchString(line):
			stack = true
		case said.MatchString(line):
			stack = ours.MatchString(line)
			if !stack {
				b.WriteString("panic: (its text is omitted, because it may contain a secret)\n")
				continue
			}
		}
		if stack {
			b.WriteString(line)
		}
	}
	return b.String()
}

// Earlier turns the raw files of earlier runs into files for people and returns
// their paths. It removes the empty files of runs that were killed.
func (r *Reporter) Earlier() ([]string, error) {
	if r == nil {
		return nil, nil
	}
	raws, err := filepath.Glob(filepath.Join(r.dir, rawPrefix+"*"+rawSuffix))
	if err != nil {
		return nil, fmt.Errorf("looking for crash files: %w", err)
	}
	var paths []string
	for _, raw := range raws {
		info, err := os.Stat(raw)
		switch {
		case err != nil || raw == r.raw || info.Size() == 0 && alive.Held(raw):
			continue
		case info.Size() > 0:
			text, err := os.ReadFile(raw) //nolint:gosec // our own file
			if err != nil {
				return paths, fmt.Errorf("reading a crash file: %w", err)
			}
			path, err := r.store("firstline "+r.version+" found this at its start: the end of an earlier run.\n\n"+withoutWords(string(text)), info.ModTime())
			if err != nil {
				return paths, err
			}
			paths = append(paths, path)
		}
		if err := os.Remove(raw); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return paths, fmt.Errorf("removing a crash file: %w", err)
		}
	}
	return paths, nil
}

// Files returns the files for people in a directory, the oldest first.
func Files(dir string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, rawPrefix+"*"+suffix))
	if err != nil {
		return nil, fmt.Errorf("looking for crash files: %w", err)
	}
	slices.Sort(paths) // their names begin with their times
	return paths, nil
}
