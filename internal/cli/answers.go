package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// answers are the lines that are typed as answers. They are read as they come,
// so that each has the time of its reading.
type answers struct {
	lines chan answer
	// timed: a person types them. What a test gives has no times of a person's.
	timed bool
	now   func() time.Time
}

// answer is one line; err says that it was the last.
type answer struct {
	text string
	at   time.Time
	err  error
}

// mostAhead is how many answers may wait for their questions.
const mostAhead = 64

// newAnswers begins to read. The reading ends with the input, or with the
// program.
func newAnswers(from io.Reader) *answers {
	_, timed := from.(*os.File)
	a := &answers{make(chan answer, mostAhead), timed, time.Now}
	go a.read(bufio.NewReader(io.LimitReader(from, maxTyped)))
	return a
}

func (a *answers) read(from *bufio.Reader) {
	defer close(a.lines)
	for {
		text, err := from.ReadString('\n')
		a.lines <- answer{text, a.now(), err}
		if err != nil {
			return
		}
	}
}

// tooFast is the time within which no person answers, nor goes on after an
// answer.
const tooFast = 30 * time.Millisecond

// yes asks until it has an answer that a person gave: not one that was typed
// before its question, and not the first line of a paste.
func (a *answers) yes(w io.Writer, question string) bool {
	for {
		fmt.Fprint(w, question+" [y/N] ") //nolint:errcheck // the answer decides
		asked := a.now()
		line, more := <-a.lines
		if !more || line.err != nil && line.text == "" {
			return false // the terminal is gone
		}
		if a.timed && (line.at.Sub(asked) < tooFast || a.goesOn()) {
			fmt.Fprintln(w, "That came too fast to be read.") //nolint:errcheck // as above
			continue
		}
		text := strings.ToLower(strings.TrimSpace(line.text))
		return text == "y" || text == "yes"
	}
}

// goesOn reports whether more lines follow at once, and drops those.
func (a *answers) goesOn() (followed bool) {
	for {
		select {
		case _, more := <-a.lines:
			if !more {
				return followed
			}
			followed = true
		case <-time.After(tooFast):
			return followed
		}
	}
}
