//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// The size of the terminal.
const (
	width  = 200
	height = 50
)

// terminal is a program in a terminal of its own. It understands what the
// program writes, and answers what a terminal is asked.
type terminal struct {
	command *exec.Cmd
	file    *os.File
	begun   time.Time
	running sync.WaitGroup

	mu     sync.Mutex
	screen *vt.Emulator
	// framed: the program marks where its frames begin and end, which it does
	// once the terminal has said that it knows such marks.
	framed bool
	frames int
	// read is how many bytes came, marks how many of them were marks.
	read, marks int
	// arrived is when what is now understood arrived.
	arrived time.Time
	watch   *watch
	over    chan struct{} // closed when nothing more comes
}

// watch waits for a screen that has something.
type watch struct {
	has  func(*terminal) bool
	seen chan time.Time
}

// frameMark is what ends or begins a frame: mode 2026, synchronized output.
const frameMark = len("\x1b[?2026h")

// start runs a program in a terminal.
func start(command *exec.Cmd) (*terminal, error) {
	t := &terminal{command: command, screen: vt.NewEmulator(width, height), over: make(chan struct{})}
	t.screen.SetCallbacks(vt.Callbacks{DisableMode: t.endsMode, EnableMode: t.beginsMode})
	// The emulator reports only modes that it has heard of.
	if _, err := io.WriteString(t.screen, ansi.ResetModeSynchronizedOutput); err != nil {
		return nil, err
	}
	t.frames, t.marks = 0, 0
	t.begun = time.Now()
	file, err := pty.StartWithSize(command, &pty.Winsize{Cols: width, Rows: height})
	if err != nil {
		return nil, err
	}
	t.file = file
	t.running.Go(t.understand)
	t.running.Go(func() { _, _ = io.Copy(file, t.screen) }) // what the terminal answers; it ends with the emulator
	return t, nil
}

// understand reads what the program writes until it ends.
func (t *terminal) understand() {
	defer close(t.over)
	chunk := make([]byte, 64<<10)
	for {
		n, err := t.file.Read(chunk)
		now := time.Now()
		t.mu.Lock()
		t.arrived = now
		for rest := chunk[:n]; len(rest) > 0; {
			one := rest // up to the end of a frame, so that the bytes so far are those until then
			if end := bytes.Index(rest, []byte(ansi.ResetModeSynchronizedOutput)); end >= 0 {
				one = rest[:end+frameMark]
			}
			rest = rest[len(one):]
			t.read += len(one)
			_, _ = t.screen.Write(one)
		}
		if !t.framed {
			t.check()
		}
		t.mu.Unlock()
		if err != nil {
			return // the program has ended: Linux answers EIO
		}
	}
}

func (t *terminal) beginsMode(m ansi.Mode) {
	if m == ansi.ModeSynchronizedOutput {
		if !t.framed {
			t.check() // at what was drawn before the marks began
		}
		t.framed = true
		t.marks += frameMark
	}
}

// endsMode is called in Write, with everything understood up to the mode's end.
func (t *terminal) endsMode(m ansi.Mode) {
	if m == ansi.ModeSynchronizedOutput {
		t.marks += frameMark
		t.frames++
		t.check()
	}
}

func (t *terminal) check() {
	if t.watch != nil && t.watch.has(t) {
		t.watch.seen <- t.arrived
		t.watch = nil
	}
}

// expect begins to wait for a screen that has something, looking at the end of
// each frame. has must not wait.
func (t *terminal) expect(has func(*terminal) bool) *watch {
	w := &watch{has: has, seen: make(chan time.Time, 1)}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.watch = w
	return w
}

// most is how long anything may take.
const most = 2 * time.Minute

// errNotSeen: the screen never had what was waited for.
var errNotSeen = errors.New("it is not on the screen")

// wait waits for what is expected, and gives when it arrived.
func (t *terminal) wait(ctx context.Context, w *watch) (time.Time, error) {
	late := time.NewTimer(most)
	defer late.Stop()
	var err error
	select {
	case at := <-w.seen:
		return at, nil
	case <-late.C:
		err = fmt.Errorf("%w after %s", errNotSeen, most)
	case <-t.over:
		err = fmt.Errorf("%w: the program has ended", errNotSeen)
	case <-ctx.Done():
		err = ctx.Err()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.watch = nil
	select {
	case at := <-w.seen:
		return at, nil
	default:
	}
	return time.Time{}, fmt.Errorf("%w:\n%s", err, t.screen)
}

// see waits for a screen that has something.
func (t *terminal) see(ctx context.Context, has func(*terminal) bool) (time.Time, error) {
	return t.wait(ctx, t.expect(has))
}

// key sends a key.
func (t *terminal) key(text string) error {
	_, err := io.WriteString(t.file, text)
	return err
}

// sent is how many bytes the program has written so far, without the marks
// around its frames.
func (t *terminal) sent() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.read - t.marks
}

// line is a line of the screen. The lock is held.
func (t *terminal) line(y int) string {
	var b strings.Builder
	for x := 0; x < width; x++ {
		if c := t.screen.CellAt(x, y); c != nil && c.Width > 0 {
			b.WriteString(c.Content)
		}
	}
	return b.String()
}

// quit leaves the program by its key and waits for its end.
func (t *terminal) quit() error {
	err := t.key("q")
	if err == nil {
		select {
		case <-t.over:
		case <-time.After(20 * time.Second):
			err = fmt.Errorf("it does not end:\n%s", t.screen)
			_ = t.command.Process.Kill()
		}
	}
	return errors.Join(err, t.end())
}

// kill ends the program at once.
func (t *terminal) kill() {
	_ = t.command.Process.Kill()
	_ = t.end()
}

func (t *terminal) end() error {
	err := t.command.Wait()
	_ = t.file.Close()
	// Not the emulator's own Close, which races with its Read.
	if answers, ok := t.screen.InputPipe().(io.Closer); ok {
		_ = answers.Close()
	}
	t.running.Wait()
	return err
}
