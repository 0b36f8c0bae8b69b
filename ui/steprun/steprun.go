// Package steprun asks whether a step's command may run, runs it, and shows what
// it writes.
package steprun

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/record"
	"firstline/internal/wording"
	"firstline/runbooks/run"
	"firstline/runbooks/session"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// Room is where a step's command is shown, confirmed, run and watched.
type Room struct {
	*room.Screen
	options Options
	// Seen is what of the question was on the screen, asked how far it is
	// scrolled.
	draw.Seen
	asked int
	// unfilled are the variables that nothing fills, given those of the session.
	unfilled, given []string
	// shell runs the command; noShell says why none can. Both are empty until they
	// were looked for.
	shell, noShell string
	finding        reply.Loader
	state          runState
	began          time.Time
	// stop ends the command; stopping: it was asked to.
	stop     context.CancelFunc
	stopping bool
	stream   *outputStream
	// running is the command, watching its output.
	running, watching reply.Loader
	// raw is the output as it came, output as it is wrapped.
	raw, output []string
	offset      int
	// follows: the end of the output stays on the screen.
	follows bool
	result  run.Result
}

type runState int

const (
	toConfirm runState = iota
	running
	hasEnded
)

// outputStream carries lines from a command to the screen without ever making
// the command wait.
type outputStream struct {
	ready chan struct{}

	mu    sync.Mutex
	lines []string
	// result is nil until the command has ended.
	result *run.Result
}

func (o *outputStream) add(line string) {
	o.mu.Lock()
	o.lines = append(o.lines, line)
	o.mu.Unlock()
	select {
	case o.ready <- struct{}{}:
	default: // the screen knows already
	}
}

// next waits for output.
func (o *outputStream) next() (lines []string, more bool) {
	if _, more := <-o.ready; !more {
		return nil, false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	lines, o.lines = o.lines, nil
	return lines, true
}

// Keys are the keys of a step's command.
func Keys() keymap.Table {
	const at = keymap.InRun
	return keymap.Table{
		keymap.Key(at, keymap.Confirm, "enter", "run it, or close", "enter"),
		keymap.Key(at, keymap.Interactive, "i", "give it the terminal", "i"),
		keymap.Key(at, keymap.ResetSession, "r", "reset the session of the group's steps", "r"),
		keymap.Key(at, keymap.CopyLink, "y", "copy", "y"),
		keymap.Key(at, keymap.EditNote, "n", "note the output", "n"),
		keymap.Key(at, keymap.MoveDown, "j ↓", "down", "j", "down"),
		keymap.Key(at, keymap.MoveUp, "k ↑", "up", "k", "up"),
		keymap.Key(at, keymap.HalfDown, "ctrl-d", "half a screen down", "ctrl+d", "pgdown", "space"),
		keymap.Key(at, keymap.HalfUp, "ctrl-u", "half a screen up", "ctrl+u", "pgup"),
		keymap.Key(at, keymap.GoTop, "g", "first", "g", "home"),
		keymap.Key(at, keymap.GoBottom, "G", "last", "G", "end"),
		keymap.Key(at, keymap.CloseDialog, "esc", "stop it, or close", "esc"),
		keymap.Key(at, keymap.Quit, "ctrl-c", "stop it, or quit", "ctrl+c"),
	}
}

// Options are what the room needs besides the screen.
type Options struct {
	// Command is the exact line; GroupID, Runbook and Step are what it is for, By
	// is who runs it.
	Command, GroupID, Runbook, Step, By string
	// Language is that of the code, Session that of the group; nil: it has one of its
	// own. Name is how the session names the step.
	Language, Name string
	Session        *session.Session
	// Reset is called after the session was reset; it may be nil.
	Reset func()
	// Filled are the values in the command, with where each comes from.
	Filled []string
	// Warnings are what there is to know before it runs.
	Warnings []string
	// Record takes a run that has ended.
	Record func(record.Run) tea.Cmd
	// Note opens the note of the group with a text for it; it says whether it did.
	Note func(groupID, text string)
	// Running counts the commands that have not ended.
	Running *sync.WaitGroup
}

// New asks whether to run a command. The command that it returns finds the shell.
func New(s *room.Screen, o Options) (*Room, tea.Cmd) {
	if o.Session == nil {
		o.Session = &session.Session{}
	}
	r := &Room{Screen: s, options: o, follows: true}
	r.readSession()
	return r, r.findShell()
}

// Mode is where its keys act.
func (r *Room) Mode() keymap.Mode { return keymap.InRun }

// Paste takes nothing: there is nothing to type.
func (r *Room) Paste(tea.PasteMsg) tea.Cmd { return nil }

// Key takes a key press.
func (r *Room) Key(msg tea.KeyPressMsg) tea.Cmd {
	c, _ := r.Keys.Command(msg, keymap.InRun)
	switch {
	case c == keymap.MoveDown, c == keymap.MoveUp, c == keymap.HalfDown, c == keymap.HalfUp, c == keymap.GoTop, c == keymap.GoBottom:
		r.scroll(c)
	case c == keymap.Quit && r.state != running:
		return r.Host.Quit()
	case r.state == running && (c == keymap.CloseDialog || c == keymap.Quit):
		r.stopping = true
		r.stop()
	case c == keymap.CloseDialog:
		r.Host.Close()
	case r.state == toConfirm && r.noShell != "" && (c == keymap.Confirm || c == keymap.Interactive):
		r.Say(room.Failure, wording.Sentence(r.noShell)+".")
	case r.state == toConfirm && c == keymap.ResetSession:
		return r.resetSession()
	case r.state == toConfirm && c == keymap.Confirm:
		return r.start()
	case r.state == toConfirm && c == keymap.Interactive:
		return r.startInTerminal()
	case r.state == hasEnded && c == keymap.Confirm:
		r.Host.Close()
	case r.state == hasEnded && c == keymap.EditNote:
		r.options.Note(r.options.GroupID, noteOf(r.result))
	case c == keymap.CopyLink:
		text := r.options.Command
		if r.state == hasEnded {
			text = r.result.Output
		}
		r.Say(room.OK, "Copied")
		return r.Terminal.Copy(text)
	}
	return nil
}

func (r *Room) step() run.Step {
	o := r.options
	return run.Step{Text: o.Command, Language: o.Language, Session: o.Session, Name: o.Name}
}

// start runs the command, off the loop. It ends with the program at the latest.
func (r *Room) start() tea.Cmd {
	ctx, stop := context.WithCancel(r.Context)
	r.state, r.began, r.stop = running, r.TimeNow(), stop
	r.stream = &outputStream{ready: make(chan struct{}, 1)}
	r.options.Running.Add(1)
	do := reply.Start(&r.running, func() run.Result {
		defer r.options.Running.Done()
		defer stop()
		result := run.Run(ctx, r.step(), r.stream.add)
		r.stream.mu.Lock()
		r.stream.result = &result
		r.stream.mu.Unlock()
		close(r.stream.ready)
		return result
	}, r.ended)
	return tea.Batch(do, reply.Listen(&r.watching, r.stream.next, reply.Nothing(r.show)))
}

// show puts output on the screen.
func (r *Room) show(lines []string) {
	r.raw = append(r.raw, lines...)
	r.wrapOutput(lines)
}

// Resize wraps the output for another width.
func (r *Room) Resize() {
	r.output = nil
	r.wrapOutput(r.raw)
}

func (r *Room) wrapOutput(lines []string) {
	for _, l := range lines {
		r.output = append(r.output, r.Wrap(strings.ReplaceAll(clean.Text(strings.TrimSuffix(l, "\n")), "\t", "    "), r.inside())...)
	}
	r.clamp()
}

// ended ends a run: how it ended is shown and recorded.
func (r *Room) ended(result run.Result) tea.Cmd {
	r.watching.Drop() // the result has all the output
	r.state, r.result = hasEnded, result
	r.raw, r.output = nil, nil
	r.show(slices.Collect(strings.Lines(strings.TrimRight(result.Output, "\n"))))
	return r.record()
}

// RecordCutOff records the run that the program's end has stopped, since no
// reply comes any more.
func (r *Room) RecordCutOff() {
	if r.state != running || r.stream == nil {
		return
	}
	r.stream.mu.Lock()
	defer r.stream.mu.Unlock()
	if r.stream.result != nil {
		r.state, r.result = hasEnded, *r.stream.result
		r.record()
	}
}

func (r *Room) record() tea.Cmd {
	return r.options.Record(record.Run{
		GroupID: r.options.GroupID, Runbook: r.options.Runbook, Step: r.options.Step, Command: r.options.Command,
		ExitCode: r.result.ExitCode, Stopped: r.result.Stopped, By: r.options.By, At: r.began, Took: r.result.Took,
	})
}

// startInTerminal gives the command the terminal until it ends, for what asks
// or draws.
func (r *Room) startInTerminal() tea.Cmd {
	ctx := r.Context
	r.state, r.began, r.stop = running, r.TimeNow(), func() {}
	step := r.step()
	var result run.Result
	return r.Terminal.Exec(func(in io.Reader, out, errout io.Writer) error {
		result = run.InTerminal(ctx, step, in, out, errout)
		return nil // the result has it
	}, func(err error) tea.Cmd {
		if result.Err == nil {
			result.Err = err
		}
		return r.ended(result)
	})
}

// mostNoted bounds the output in a note, in bytes: its end says most.
const mostNoted = 4000

func noteOf(r run.Result) string {
	output := strings.TrimRight(r.Output, "\n")
	if len(output) > mostNoted {
		cut := strings.IndexByte(output[len(output)-mostNoted:], '\n')
		output = "…\n" + output[len(output)-mostNoted+max(cut+1, 0):]
	}
	text := "Ran: " + r.Line()
	if output != "" {
		text += "\n" + output
	}
	return clean.Text(text)
}

func (r *Room) area() draw.Rectangle {
	body := r.Layout.Body
	if r.state == toConfirm {
		height := min(len(r.askRows())+3, body.Height)
		width := min(body.Width-2, 104)
		return draw.Rectangle{X: body.X + (body.Width-width)/2, Y: body.Y + (body.Height-height)/2, Width: width, Height: height}
	}
	return body
}

func (r *Room) inside() int {
	if r.state == toConfirm {
		return min(r.Layout.Body.Width-2, 104) - 4
	}
	return r.Layout.Body.Width - 4
}

// rows is how many lines of output are on the screen.
func (r *Room) rows() int { return max(r.Layout.Body.Height-2-len(r.headLines()), 1) }

func (r *Room) clamp() {
	last := max(len(r.output)-r.rows(), 0)
	if r.follows {
		r.offset = last
	}
	r.offset = min(max(r.offset, 0), last)
}

func (r *Room) scroll(c keymap.Command) {
	if r.state == toConfirm {
		r.asked, _ = draw.Window(len(r.askRows()), room.Moved(r.asked, c, r.askHeight()), r.askHeight())
		return
	}
	half := max(r.rows()/2, 1)
	switch c {
	case keymap.MoveDown:
		r.offset++
	case keymap.MoveUp:
		r.offset--
	case keymap.HalfDown:
		r.offset += half
	case keymap.HalfUp:
		r.offset -= half
	case keymap.GoTop:
		r.offset = 0
	case keymap.GoBottom:
		r.offset = len(r.output)
	}
	r.follows = r.offset >= len(r.output)-r.rows()
	r.clamp()
}

func (r *Room) headLines() []string {
	first, _, more := strings.Cut(r.options.Command, "\n")
	if more {
		first += " …"
	}
	return []string{r.Theme.Of(draw.Accent).On("$ ") + r.Theme.Of(draw.Strong).On(r.Cut(first, r.inside()-2)), ""}
}

// footer says how it goes and what the keys do.
func (r *Room) footer() string {
	took := func(d time.Duration) string { return d.Round(100 * time.Millisecond).String() }
	switch {
	case r.state == toConfirm:
		return ""
	case r.stopping && r.state == running:
		return r.Theme.Of(draw.Warning).On("stopping …")
	case r.state == running:
		return r.Theme.Of(draw.Accent).On("running, "+draw.Age(r.Now.Sub(r.began))) + r.Theme.Of(draw.Dim).On(" · esc stops it")
	}
	text, role := fmt.Sprintf("exit %d", r.result.ExitCode), draw.Good
	switch {
	case r.result.Stopped:
		text, role = "stopped", draw.Warning
	case r.result.ExitCode < 0:
		text, role = "did not run", draw.Critical
	case r.result.ExitCode > 0:
		role = draw.Critical
	}
	rest := " after " + took(r.result.Took) + " · n notes it · y copies · esc closes"
	if r.result.Dropped > 0 {
		rest = fmt.Sprintf(" · %d bytes more were dropped", r.result.Dropped) + rest
	}
	return r.Theme.Of(role).On(text) + r.Theme.Of(draw.Dim).On(rest)
}

// View draws the question, or the command and its output.
func (r *Room) View() ([]string, draw.Rectangle, *tea.Cursor) {
	area := r.area()
	lines := r.headLines()
	title := "Output"
	if r.state == toConfirm {
		rows := r.askRows()
		from, to := draw.Window(len(rows), r.asked, r.askHeight())
		title, lines = "Run this step?", nil
		for _, row := range rows[from:to] {
			lines = append(lines, row.Text)
		}
		lines = append(lines, r.askHint(rows))
	} else {
		from, to := draw.Window(len(r.output), r.offset, r.rows())
		lines = append(lines, r.output[from:to]...)
		if len(r.output) == 0 && r.state == hasEnded {
			lines = append(lines, r.Theme.Of(draw.Dim).On("It wrote nothing."))
		}
		if r.result.Err != nil && r.result.ExitCode < 0 && !r.result.Stopped {
			lines = append(lines, r.Paragraph(clean.Line(r.result.Err.Error()), r.inside(), draw.Critical)...)
		}
	}
	for i := range lines {
		lines[i] = " " + r.Fit(lines[i], r.inside()) + " "
	}
	return r.Box(area, r.Theme.Of(draw.Strong).On(title), r.footer(), true, lines[:min(len(lines), max(area.Height-2, 0))]), area, nil
}

// ReadableFrom is from when on the command may be confirmed.
func (r *Room) ReadableFrom() time.Time { return r.Since.Add(room.LeastSeen) }
