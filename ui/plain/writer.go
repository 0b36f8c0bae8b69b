package plain

import (
	"io"
	"sync"

	"github.com/charmbracelet/x/term"
)

// Writer writes texts in their order, so that nobody waits for a slow terminal.
type Writer struct {
	out  io.Writer
	mu   sync.Mutex
	more *sync.Cond
	// texts are what waits. ended: nothing comes any more.
	texts   []string
	ended   bool
	running sync.WaitGroup
}

// NewWriter begins to write. Close ends it.
func NewWriter(out io.Writer) *Writer {
	w := &Writer{out: out}
	w.more = sync.NewCond(&w.mu)
	w.running.Go(w.write)
	return w
}

// Write takes a text, which may be empty.
func (w *Writer) Write(text string) {
	if text == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.texts = append(w.texts, text)
	w.more.Signal()
}

// Close writes what waits, and ends.
func (w *Writer) Close() {
	w.mu.Lock()
	w.ended = true
	w.more.Signal()
	w.mu.Unlock()
	w.running.Wait()
}

func (w *Writer) write() {
	for {
		w.mu.Lock()
		for len(w.texts) == 0 && !w.ended {
			w.more.Wait()
		}
		texts := w.texts
		w.texts = nil
		w.mu.Unlock()
		if len(texts) == 0 {
			return
		}
		for _, text := range texts {
			if _, err := io.WriteString(w.out, text); err != nil {
				return // the terminal is gone, which its input says too
			}
		}
	}
}

// silent is a terminal to which nothing is written: Bubble Tea sets its mode and
// asks for its size.
type silent struct{ term.File }

// Write writes nothing.
func (silent) Write(p []byte) (int, error) { return len(p), nil }

// Silent is an output for Bubble Tea, whose frames are not shown.
func Silent(out io.Writer) io.Writer {
	if file, is := out.(term.File); is {
		return silent{file}
	}
	return io.Discard
}

// Beneath is the output for a program that takes the terminal.
func Beneath(out io.Writer) io.Writer {
	if s, is := out.(silent); is {
		return s.File
	}
	return out
}
