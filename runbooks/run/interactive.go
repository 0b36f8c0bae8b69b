package run

import (
	"bytes"
	"context"
	"io"
	"os"
	"slices"
	"time"
)

// InTerminal runs a step that has the terminal until it ends, for what asks or
// draws. What it writes there is recorded, but not what it draws on the
// terminal's other screen, as editors do. When ctx ends first, its process group is
// ended as by Run.
func InTerminal(ctx context.Context, step Step, in io.Reader, out, errout io.Writer) (r Result) {
	r = Result{Command: step.Text, Started: time.Now(), ExitCode: -1}
	cmd, end, err := step.begin(ctx)
	if err != nil {
		r.Err = err
		return r
	}
	defer end(&r)
	cmd.WaitDelay = grace
	written := &lines{}
	record := &drawn{to: written}
	own, err := inOwnTerminal(cmd, in, out, record)
	if !own {
		cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, errout
		if _, r.Unrecorded = in.(*os.File); !r.Unrecorded {
			cmd.Stdout, cmd.Stderr = io.MultiWriter(out, record), io.MultiWriter(errout, record)
		}
		if err = start(cmd); err == nil {
			err = cmd.Wait()
		}
	}
	written.flush()
	r.Took = time.Since(r.Started)
	r.Output, r.Dropped = written.text()
	r.Stopped = ctx.Err() != nil && err != nil
	if cmd.ProcessState == nil {
		r.Err = err
		return r
	}
	if !r.Stopped {
		r.ExitCode = cmd.ProcessState.ExitCode() // says how it ended
	}
	return r
}

// drawn passes on what is written, but for what is drawn on a terminal's other screen.
type drawn struct {
	to io.Writer
	// begun is a sequence whose end has not come.
	begun []byte
	// away: the other screen is shown.
	away bool
}

// elsewhere is what a recording has in the place of a screen.
const elsewhere = "\n[… it drew on the whole screen …]\n"

// otherScreen are the sequences that show a terminal's other screen, and that end it.
var (
	otherScreen = [][]byte{[]byte("\x1b[?1049h"), []byte("\x1b[?1047h"), []byte("\x1b[?47h")}
	firstScreen = [][]byte{[]byte("\x1b[?1049l"), []byte("\x1b[?1047l"), []byte("\x1b[?47l")}
)

func (d *drawn) Write(p []byte) (int, error) {
	text := slices.Concat(d.begun, p)
	d.begun = nil
	for len(text) > 0 {
		at := bytes.IndexByte(text, 0x1b)
		if at < 0 {
			at = len(text)
		}
		d.pass(text[:at])
		if text = text[at:]; len(text) == 0 {
			break
		}
		wanted := otherScreen
		if d.away {
			wanted = firstScreen
		}
		found := slices.IndexFunc(wanted, func(s []byte) bool { return bytes.HasPrefix(text, s) })
		switch {
		case found >= 0:
			if d.away = !d.away; d.away {
				_, _ = io.WriteString(d.to, elsewhere) // lines never fail
			}
			text = text[len(wanted[found]):]
		case slices.ContainsFunc(wanted, func(s []byte) bool { return bytes.HasPrefix(s, text) }):
			d.begun = text
			return len(p), nil
		default:
			d.pass(text[:1])
			text = text[1:]
		}
	}
	return len(p), nil
}

func (d *drawn) pass(p []byte) {
	if !d.away && len(p) > 0 {
		_, _ = d.to.Write(p) // lines never fail
	}
}
