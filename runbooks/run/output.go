package run

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"firstline/internal/clean"
)

// mostAtEnd bounds each end of the output that is stored, in bytes. What is
// between them is counted.
const mostAtEnd = 64 << 10

// Ends has the first and the last lines of an output.
type Ends struct {
	Head, Tail []string
	// Dropped counts the bytes between them, with line breaks.
	Dropped        int
	inHead, inTail int
}

// Add adds a line. It returns how many lines left the tail.
func (e *Ends) Add(line string) (gone int) {
	size := len(line) + 1
	if len(e.Tail) == 0 && e.inHead+size <= mostAtEnd {
		e.Head, e.inHead = append(e.Head, line), e.inHead+size
		return 0
	}
	e.Tail, e.inTail = append(e.Tail, line), e.inTail+size
	for e.inTail > mostAtEnd && len(e.Tail) > 1 {
		first := len(e.Tail[0]) + 1
		e.Tail, e.inTail, e.Dropped = e.Tail[1:], e.inTail-first, e.Dropped+first
		gone++
	}
	return gone
}

// Gap says how much is left out between the ends; empty: nothing is.
func (e *Ends) Gap() string {
	if e.Dropped == 0 {
		return ""
	}
	return fmt.Sprintf("[… %d KiB of the output are left out here …]", (e.Dropped+1023)>>10)
}

// Text is both ends, with what is left out between them.
func (e *Ends) Text() string {
	var b strings.Builder
	write := func(line string) {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	for _, line := range e.Head {
		write(line)
	}
	if gap := e.Gap(); gap != "" {
		write(gap)
	}
	for _, line := range e.Tail {
		write(line)
	}
	return b.String()
}

// lines splits the output into lines, cleans and stores them.
type lines struct {
	emit func(string)

	mu      sync.Mutex
	partial []byte
	stored  Ends
}

var _ io.Writer = (*lines)(nil)

// maxLine bounds a line that never ends.
const maxLine = 16 << 10

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range p {
		if b == '\n' || len(l.partial) >= maxLine && (utf8.RuneStart(b) || len(l.partial) >= maxLine+utf8.UTFMax) {
			l.end()
		}
		if b != '\n' {
			l.partial = append(l.partial, b)
		}
	}
	return len(p), nil
}

func (l *lines) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.partial) > 0 {
		l.end()
	}
}

// end ends the current line.
func (l *lines) end() {
	// A progress bar rewrites its line with carriage returns. Only its last
	// state counts.
	raw := strings.TrimRight(string(l.partial), "\r")
	if i := strings.LastIndexByte(raw, '\r'); i >= 0 {
		raw = raw[i+1:]
	}
	l.partial = l.partial[:0]
	text := strings.TrimRight(clean.Text(raw), " ")
	l.stored.Add(text)
	if l.emit != nil {
		l.emit(text)
	}
}

func (l *lines) text() (string, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stored.Text(), l.stored.Dropped
}
