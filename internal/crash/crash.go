// Package crash leaves a file behind when firstline ends by a fault of its own,
// for who reports it. What a panic says may hold anything, a token too, so that
// the file has the kind of the fault and the place, and of the words only those
// of Go's runtime.
package crash

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Reporter writes the files of one run. It is nil where there is no place for
// them; then nothing is written.
type Reporter struct {
	dir, version string
	// raw is where Go itself writes what it can't recover from.
	raw string
}

// The names of the files: what Go wrote at the end of a process, and what is
// for people.
const (
	rawPrefix = "crash-"
	rawSuffix = ".raw"
	suffix    = ".txt"
)

// Start makes ready for the end: faults from which Go can't recover are written
// into a file in dir from now on.
func Start(dir, version string) (*Reporter, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making a place for crash files: %w", err)
	}
	r := &Reporter{dir: dir, version: version, raw: filepath.Join(dir, rawPrefix+strconv.Itoa(os.Getpid())+rawSuffix)}
	f, err := os.OpenFile(r.raw, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("making a crash file: %w", err)
	}
	defer f.Close() //nolint:errcheck // the runtime has its own descriptor
	if err := debug.SetCrashOutput(f, debug.CrashOptions{}); err != nil {
		return nil, fmt.Errorf("setting the crash file: %w", err)
	}
	return r, nil
}

// End takes the file away that was made ready: the run has ended well.
func (r *Reporter) End() error {
	if r == nil {
		return nil
	}
	return errors.Join(debug.SetCrashOutput(nil, debug.CrashOptions{}), os.Remove(r.raw))
}

// Fault is a panic that was recovered from.
type Fault struct {
	// Kind is what panicked, without words that may come from outside.
	Kind  string
	Stack []byte
}

// Caught describes what recover gave. It is called while the panic is
// recovered from, so that the stack is still that of the fault.
func Caught(value any) *Fault {
	kind := fmt.Sprintf("a panic with a %T, whose text is left out here because it may hold a secret", value)
	var fault runtime.Error
	if err, ok := value.(error); ok && errors.As(err, &fault) {
		kind = harmless(fault.Error())
	}
	return &Fault{Kind: kind, Stack: debug.Stack()}
}

// Group is a sync.WaitGroup whose goroutines may panic: Wait then panics with
// what they did, where somebody recovers from it.
type Group struct {
	running sync.WaitGroup
	mu      sync.Mutex
	value   any
}

// Go runs f.
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

// Wait waits for all.
func (g *Group) Wait() {
	g.running.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.value != nil {
		panic(g.value)
	}
}

// Error says that there was one, and nothing of it.
func (f *Fault) Error() string { return "firstline ended by a fault of its own" }

// harmless is what the runtime says, of which only the words of a conversion
// name anything: types.
func harmless(text string) string {
	if !strings.HasPrefix(text, "runtime error: ") && !strings.HasPrefix(text, "interface conversion: ") {
		return "a fault of Go's runtime"
	}
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// Write writes a file about a fault, or without one about a signal that ended
// the program, and gives its path.
func (r *Reporter) Write(f *Fault, why string, now time.Time) (string, error) {
	if r == nil {
		return "", errors.New("there is no place for a crash file")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "firstline %s, %s %s/%s, %s\n%s\n\n", r.version, runtime.Version(), runtime.GOOS, runtime.GOARCH, now.UTC().Format(time.RFC3339), why)
	if f != nil {
		fmt.Fprintf(&b, "%s\n\n%s\n", f.Kind, withoutWords(string(f.Stack)))
	} else {
		b.WriteString(stacks())
	}
	return r.keep(b.String(), now)
}

// stacks are those of all goroutines.
func stacks() string {
	for size := 1 << 20; ; size *= 2 {
		b := make([]byte, size)
		if n := runtime.Stack(b, true); n < size || size >= 1<<26 {
			return string(b[:n])
		}
	}
}

func (r *Reporter) keep(text string, now time.Time) (string, error) {
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

// said begins what a panic says, in what Go's runtime writes.
var (
	said      = regexp.MustCompile(`^(?:\t?panic: |\[recovered|\[signal |fatal error: )`)
	goroutine = regexp.MustCompile(`^(?:goroutine \d+|runtime stack:|\[originating from goroutine)`)
	ours      = regexp.MustCompile(`^\t?panic: (?:runtime error: |interface conversion: )|^fatal error: |^\[signal `)
)

// withoutWords is what Go's runtime wrote, without the words of a panic, which
// end where the first stack begins.
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
				b.WriteString("panic: (what it says is left out, for it may hold a secret)\n")
				continue
			}
		}
		if stack {
			b.WriteString(line)
		}
	}
	return b.String()
}

// Earlier makes files for people of what Go wrote when earlier runs ended, and
// gives their paths. It takes away what a run that was killed left empty.
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
		case err != nil || raw == r.raw || info.Size() == 0 && alive(raw):
			continue
		case info.Size() > 0:
			text, err := os.ReadFile(raw) //nolint:gosec // our own file
			if err != nil {
				return paths, fmt.Errorf("reading a crash file: %w", err)
			}
			path, err := r.keep("firstline "+r.version+" found this at its start; an earlier run ended so.\n\n"+withoutWords(string(text)), info.ModTime())
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

// alive reports whether the process of a raw file may still run.
func alive(raw string) bool {
	number := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(raw), rawPrefix), rawSuffix)
	pid, err := strconv.Atoi(number)
	return err == nil && running(pid)
}
