package ui

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
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/runbooks"
	"firstline/runbooks/run"
	"firstline/ui/draft"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// runner is where a step's command is shown, confirmed, run and watched.
type runner struct {
	*shared
	command string
	groupID string
	runbook string
	step    string
	by      string
	// sight is what of the question was on the screen, asked how far it is
	// scrolled.
	draw.Seen
	asked int
	// unfilled are the variables that nothing fills.
	unfilled []string
	state    runState
	began    time.Time
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
	ended
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

// askRun shows the exact line that x would run.
func (m *Model) askRun() {
	code, step, ok := m.pane.codeHere()
	switch {
	case !ok:
		m.Say(room.Info, "There is no command here to run; J and K go from step to step")
		return
	case !code.Command():
		m.Say(room.Info, "This step's code is no command for a shell; y copies it")
		return
	}
	m.runner = &runner{
		shared: m.shared, command: code.Script(), unfilled: unfilled(code.Script()), groupID: m.pane.group.ID, runbook: m.pane.book().match.Runbook.Path,
		step: step, by: m.person.name, follows: true,
	}
	m.mode = inRunner
}

func (m *Model) runnerKey(msg tea.KeyPressMsg) tea.Cmd {
	r := m.runner
	c, _ := m.Keys.Command(msg, keymap.InRun)
	switch {
	case c == keymap.MoveDown, c == keymap.MoveUp, c == keymap.HalfDown, c == keymap.HalfUp, c == keymap.GoTop, c == keymap.GoBottom:
		r.scroll(c)
	case c == keymap.Quit && r.state != running:
		return m.quit()
	case r.state == running && (c == keymap.CloseDialog || c == keymap.Quit):
		r.stopping = true
		r.stop()
	case c == keymap.CloseDialog:
		m.runner, m.mode = nil, normal
	case r.state == toConfirm && c == keymap.Confirm:
		return m.startRun()
	case r.state == toConfirm && c == keymap.Interactive:
		return m.runInTerminal()
	case r.state == ended && c == keymap.Confirm:
		m.runner, m.mode = nil, normal
	case r.state == ended && c == keymap.EditNote:
		m.noteOutput()
	case c == keymap.CopyLink:
		text := r.command
		if r.state == ended {
			text = r.result.Output
		}
		m.Say(room.OK, "Copied")
		return m.toClipboard(text)
	}
	return nil
}

// startRun runs the command, off the loop. It ends with the program at the
// latest.
func (m *Model) startRun() tea.Cmd {
	r := m.runner
	ctx, stop := context.WithCancel(m.ctx)
	r.state, r.began, r.stop = running, m.TimeNow(), stop
	r.stream = &outputStream{ready: make(chan struct{}, 1)}
	m.running.Add(1)
	do := reply.Start(&r.running, func() run.Result {
		defer m.running.Done()
		defer stop()
		result := run.Run(ctx, r.command, r.stream.add)
		r.stream.mu.Lock()
		r.stream.result = &result
		r.stream.mu.Unlock()
		close(r.stream.ready)
		return result
	}, func(result run.Result) tea.Cmd { return m.takeRan(r, result) })
	return tea.Batch(do, reply.Listen(&r.watching, r.stream.next, reply.Nothing(r.show)))
}

// show puts output on the screen.
func (r *runner) show(lines []string) {
	r.raw = append(r.raw, lines...)
	r.wrapOutput(lines)
}

// rewrap breaks the output anew, for another width.
func (r *runner) rewrap() {
	r.output = nil
	r.wrapOutput(r.raw)
}

func (r *runner) wrapOutput(lines []string) {
	for _, l := range lines {
		r.output = append(r.output, r.Wrap(strings.ReplaceAll(clean.Text(strings.TrimSuffix(l, "\n")), "\t", "    "), r.inside())...)
	}
	r.clamp()
}

// takeRan ends a run: how it ended is shown, told and kept.
func (m *Model) takeRan(r *runner, result run.Result) tea.Cmd {
	r.watching.Drop() // the result has all the output
	r.state, r.result = ended, result
	r.raw, r.output = nil, nil
	r.show(slices.Collect(strings.Lines(strings.TrimRight(result.Output, "\n"))))
	return m.keepRun(r)
}

// keepCutOff keeps the run that the program's end has stopped, of which no
// message comes any more.
func (m *Model) keepCutOff() {
	r := m.runner
	if r == nil || r.state != running || r.stream == nil {
		return
	}
	r.stream.mu.Lock()
	defer r.stream.mu.Unlock()
	if r.stream.result != nil {
		r.state, r.result = ended, *r.stream.result
		m.keepRun(r)
	}
}

func (m *Model) keepRun(r *runner) tea.Cmd {
	kept := record.Run{
		GroupID: r.groupID, Runbook: r.runbook, Step: r.step, Command: r.command, ExitCode: r.result.ExitCode,
		Stopped: r.result.Stopped, By: r.by, At: r.began, Took: r.result.Took,
	}
	memory := m.pane.memory
	known := memory.of(r.groupID)
	known.runs = append(known.runs, kept)
	memory.known[r.groupID] = known
	m.pane.again()
	return memory.keep(m.ctx, func(ctx context.Context, store Memory) error { return store.AddRun(ctx, kept) })
}

// runInTerminal gives the command the terminal until it ends, for what asks
// or draws.
func (m *Model) runInTerminal() tea.Cmd {
	r, ctx := m.runner, m.ctx
	r.state, r.began, r.stop = running, m.TimeNow(), func() {}
	result := run.Result{Command: r.command, Started: r.began, ExitCode: -1}
	request := r.running.Begin()
	return m.exec(&terminalTask{run: func(in io.Reader, out, errout io.Writer) error {
		cmd := run.Shell(ctx, r.command)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, errout
		begun := time.Now()
		err := cmd.Run()
		result.Took = time.Since(begun)
		if cmd.ProcessState != nil {
			result.ExitCode = cmd.ProcessState.ExitCode()
			err = nil // how it ended is said by its status
		}
		return err
	}}, func(err error) tea.Msg {
		result.Err = err
		return request.Reply(func() tea.Cmd { return m.takeRan(r, result) })
	})
}

// noteOutput puts the command and what it wrote into the draft of a note.
func (m *Model) noteOutput() {
	r := m.runner
	at := slices.IndexFunc(m.board.groups, func(g triage.Group) bool { return g.ID == r.groupID })
	if at < 0 {
		m.Say(room.Caution, "The group is no longer reported; y copies the output.")
		return
	}
	if why := m.whyNotAct(); why != "" {
		m.Say(room.Info, "Note: "+why)
		return
	}
	m.runner, m.mode = nil, normal
	key := draft.Of(string(respond.AddNote), []triage.Group{m.board.groups[at]})
	text := strings.TrimRight(m.drafts.Text(key), "\n")
	if text != "" {
		text += "\n\n"
	}
	m.drafts.Put(key, text+noteOf(r.result))
	m.showDialog(respond.AddNote, []triage.Group{m.board.groups[at]})
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

func (r *runner) area() draw.Rectangle {
	body := r.Layout.Body
	if r.state == toConfirm {
		height := min(len(r.askRows())+3, body.Height)
		width := min(body.Width-2, 104)
		return draw.Rectangle{X: body.X + (body.Width-width)/2, Y: body.Y + (body.Height-height)/2, Width: width, Height: height}
	}
	return body
}

func (r *runner) inside() int {
	if r.state == toConfirm {
		return min(r.Layout.Body.Width-2, 104) - 4
	}
	return r.Layout.Body.Width - 4
}

// rows is how many lines of output are on the screen.
func (r *runner) rows() int { return max(r.Layout.Body.Height-2-len(r.headLines()), 1) }

func (r *runner) clamp() {
	last := max(len(r.output)-r.rows(), 0)
	if r.follows {
		r.offset = last
	}
	r.offset = min(max(r.offset, 0), last)
}

func (r *runner) scroll(c keymap.Command) {
	if r.state == toConfirm {
		page := reader{offset: r.asked}
		page.move(c, r.askHeight())
		r.asked, _ = draw.Window(len(r.askRows()), page.offset, r.askHeight())
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

// askRows show the exact line before it runs: nothing of it is cut off, and all
// of it must be seen.
func (r *runner) askRows() []draw.Row {
	width := min(r.Layout.Body.Width-2, 104) - 4
	rows := draw.TextRows(append(r.Paragraph("This runs on this machine, as you:", width, draw.Dim), "")...)
	must := func(text string) {
		rows = append(rows, draw.Row{Text: text, MustSee: fmt.Sprintf("%d %s", len(rows), text)})
	}
	for l := range strings.SplitSeq(r.command, "\n") {
		for _, part := range r.HardWrap(l, width-2) {
			must(r.Theme.Of(draw.Accent).On("$ ") + r.Theme.Of(draw.Strong).On(part))
		}
	}
	if len(r.unfilled) > 0 {
		rows = append(rows, draw.Row{})
		for _, l := range r.Paragraph("! Nothing fills "+strings.Join(r.unfilled, ", ")+": the shell puts in its own value, or nothing. "+
			"V in the runbook chooses an alert's labels.", width, draw.Warning) {
			must(l)
		}
	}
	return append(rows, draw.Row{})
}

// askHeight is how many of them are on the screen, above the hint.
func (r *runner) askHeight() int { return max(r.Layout.Body.Height-3, 1) }

// look notes what is on the screen of the question.
func (r *runner) look() {
	if r.state == toConfirm {
		rows := r.askRows()
		from, to := draw.Window(len(rows), r.asked, r.askHeight())
		r.Note(rows[from:to], r.TimeNow())
	}
}

// readOn scrolls to what must still be seen before the line may run; false: all
// was.
func (r *runner) readOn() bool {
	if r.state != toConfirm {
		return false
	}
	rows := r.askRows()
	at := r.Unseen(rows)
	if at >= 0 {
		r.asked, _ = draw.Window(len(rows), at, r.askHeight())
	}
	return at >= 0
}

// askHint is what the keys do with the question.
func (r *runner) askHint(rows []draw.Row) string {
	switch {
	case r.Typing.Refused != "":
		return r.Theme.Of(draw.Warning).On(r.Typing.Refused)
	case r.Unseen(rows) >= 0:
		return r.Theme.Of(draw.Warning).On("enter: read on · esc does not run it")
	}
	return r.Theme.Of(draw.Dim).On("enter runs it · i gives it the terminal · y copies it · esc does not")
}

// unfilled are the variables that are left in a command: the shell would put
// its own value there, or none.
func unfilled(command string) []string {
	var names []string
	for _, name := range runbooks.FillCommand(command, nil, nil).Unknown {
		names = append(names, clean.Line(name))
	}
	return names
}

func (r *runner) headLines() []string {
	first, _, more := strings.Cut(r.command, "\n")
	if more {
		first += " …"
	}
	return []string{r.Theme.Of(draw.Accent).On("$ ") + r.Theme.Of(draw.Strong).On(r.Cut(first, r.inside()-2)), ""}
}

// footer says how it goes and what the keys do.
func (r *runner) footer() string {
	took := func(d time.Duration) string { return d.Round(100 * time.Millisecond).String() }
	switch {
	case r.state == toConfirm:
		return ""
	case r.stopping && r.state == running:
		return r.Theme.Of(draw.Warning).On("stopping …")
	case r.state == running:
		return r.Theme.Of(draw.Accent).On("running, "+draw.Age(r.Now.Sub(r.began))) + r.Theme.Of(draw.Dim).On(" · esc stops it")
	}
	text, look := fmt.Sprintf("exit %d", r.result.ExitCode), draw.Good
	switch {
	case r.result.Stopped:
		text, look = "stopped", draw.Warning
	case r.result.ExitCode < 0:
		text, look = "did not run", draw.Critical
	case r.result.ExitCode > 0:
		look = draw.Critical
	}
	rest := " after " + took(r.result.Took) + " · n notes it · y copies · esc closes"
	if r.result.Dropped > 0 {
		rest = fmt.Sprintf(" · %d bytes more were not kept", r.result.Dropped) + rest
	}
	return r.Theme.Of(look).On(text) + r.Theme.Of(draw.Dim).On(rest)
}

func (r *runner) draw() ([]string, draw.Rectangle) {
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
		r.clamp()
		lines = append(lines, r.output[r.offset:min(r.offset+r.rows(), len(r.output))]...)
		if len(r.output) == 0 && r.state == ended {
			lines = append(lines, r.Theme.Of(draw.Dim).On("It wrote nothing."))
		}
		if r.result.Err != nil && r.result.ExitCode < 0 && !r.result.Stopped {
			lines = append(lines, r.Paragraph(clean.Line(r.result.Err.Error()), r.inside(), draw.Critical)...)
		}
	}
	for i := range lines {
		lines[i] = " " + r.Fit(lines[i], r.inside()) + " "
	}
	return r.Box(area, r.Theme.Of(draw.Strong).On(title), r.footer(), true, lines[:min(len(lines), max(area.Height-2, 0))]), area
}

// whyNotRun says why no step may be run.
func (m *Model) whyNotRun() string {
	if why := m.whyNoPage(); why != "" {
		return why
	}
	switch b := m.pane.book(); {
	case m.options.Respond.ReadOnly:
		return "firstline runs read-only and runs nothing"
	case m.options.Demo:
		return "the demo runs nothing; y copies the command"
	case !m.options.MayRun:
		return `the configuration says [runbooks] run = "never"; y copies the command`
	case !b.match.Runbook.Runnable():
		return "steps of a runbook from the web are never run; y copies the command"
	}
	return ""
}
