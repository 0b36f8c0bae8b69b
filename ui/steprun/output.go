package steprun

import (
	"strings"
	"sync"

	"firstline/internal/clean"
	"firstline/runbooks/run"
)

// outputStream carries lines from a command to the screen without ever making
// the command wait.
type outputStream struct {
	ready chan struct{}

	mu sync.Mutex
	// waiting are the lines that the screen has not taken.
	waiting run.Ends
	// result is nil until the command has ended.
	result *run.Result
}

func (o *outputStream) add(line string) {
	o.mu.Lock()
	o.waiting.Add(line)
	o.mu.Unlock()
	select {
	case o.ready <- struct{}{}:
	default: // the screen knows already
	}
}

// end notes how the command ended. No line comes after it.
func (o *outputStream) end(result run.Result) {
	o.mu.Lock()
	o.result = &result
	o.mu.Unlock()
	close(o.ready)
}

// next waits for output.
func (o *outputStream) next() (lines []string, more bool) {
	if _, more := <-o.ready; !more {
		return nil, false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	lines = o.waiting.Head
	if gap := o.waiting.Gap(); gap != "" {
		lines = append(lines, gap)
	}
	lines = append(lines, o.waiting.Tail...)
	o.waiting = run.Ends{}
	return lines, true
}

// output is what a command wrote, as rows of a width: its first and its last lines.
type output struct {
	ends run.Ends
	wrap func(line string) []string
	// head and tail are the rows, inTail how many each line of the tail has.
	head, tail []string
	inTail     []int
	// gone counts the rows that were there and are not any more.
	gone int
}

func (o *output) add(lines []string) {
	for _, line := range lines {
		rows := o.wrap(strings.ReplaceAll(clean.Text(strings.TrimSuffix(line, "\n")), "\t", "    "))
		gone := o.ends.Add(line)
		if len(o.ends.Tail) == 0 {
			o.head = append(o.head, rows...)
			continue
		}
		o.tail, o.inTail = append(o.tail, rows...), append(o.inTail, len(rows))
		for range gone {
			n := o.inTail[0]
			o.tail, o.inTail, o.gone = o.tail[n:], o.inTail[1:], o.gone+n
		}
	}
}

// wrapAgain makes the rows for another width.
func (o *output) wrapAgain() {
	ends := o.ends
	*o = output{wrap: o.wrap}
	o.add(ends.Head)
	o.add(ends.Tail)
	o.ends.Dropped = ends.Dropped
}

// rows are all rows, with what is left out between them.
func (o *output) rows() int { return len(o.head) + len(o.gap()) + len(o.tail) }

func (o *output) gap() []string {
	if gap := o.ends.Gap(); gap != "" {
		return []string{gap}
	}
	return nil
}

// between returns some rows.
func (o *output) between(from, to int) []string {
	var rows []string
	for _, part := range [][]string{o.head, o.gap(), o.tail} {
		rows = append(rows, part[min(max(from, 0), len(part)):min(max(to, 0), len(part))]...)
		from, to = from-len(part), to-len(part)
	}
	return rows
}
