// Package steprun asks whether a step's command may run, runs it, and shows what
// it writes.
package steprun

import (
	"strings"
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
	// run is the command once it was started.
	run *execution
	// offset is the first row of the output on the screen, when rows had gone that
	// are counted in gone.
	offset, gone int
	// follows: the end of the output stays on the screen.
	follows bool
}

// Keys are the keys of a step's command.
func Keys() keymap.Table {
	const at = keymap.InRun
	return keymap.Table{
		keymap.Key(at, keymap.Confirm, "run it, or close"),
		keymap.Key(at, keymap.Interactive, "give it the terminal"),
		keymap.Key(at, keymap.BackgroundSteps, "in the background"),
		keymap.Key(at, keymap.ResetSession, "reset the session of the group's steps"),
		keymap.Key(at, keymap.CopyLink, "copy"),
		keymap.Key(at, keymap.EditNote, "note the output"),
		keymap.Key(at, keymap.MoveDown, "down"),
		keymap.Key(at, keymap.MoveUp, "up"),
		keymap.Key(at, keymap.HalfDown, "half a screen down"),
		keymap.Key(at, keymap.HalfUp, "half a screen up"),
		keymap.Key(at, keymap.GoTop, "first"),
		keymap.Key(at, keymap.GoBottom, "last"),
		keymap.Key(at, keymap.CloseDialog, "stop it, or close"),
		keymap.Key(at, keymap.Quit, "stop it, or quit"),
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
	// About names the group.
	About string
	// Steps has the commands that run.
	Steps *Steps
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

// roomOf shows a command that was started before.
func roomOf(x *execution) *Room {
	x.open = true
	x.output.wrapAgain()
	return &Room{Screen: x.Screen, options: x.options, run: x, follows: true}
}

// Mode is where its keys act.
func (r *Room) Mode() keymap.Mode { return keymap.InRun }

// Paste takes nothing: there is nothing to type.
func (r *Room) Paste(tea.PasteMsg) tea.Cmd { return nil }

// Key takes a key press.
func (r *Room) Key(msg tea.KeyPressMsg) tea.Cmd {
	c, _ := r.Keys.Command(msg, keymap.InRun)
	switch c {
	case keymap.MoveDown, keymap.MoveUp, keymap.HalfDown, keymap.HalfUp, keymap.GoTop, keymap.GoBottom:
		r.scroll(c)
		return nil
	case keymap.CopyLink:
		what, text := "the command", r.options.Command
		if r.run != nil && r.run.ended {
			what, text = "the output", r.run.result.Output
		}
		return r.Terminal.Copy(what, text)
	}
	switch {
	case r.run == nil:
		return r.answer(c)
	case !r.run.ended:
		return r.whileRunning(c)
	}
	switch c {
	case keymap.Quit:
		return r.Host.Quit()
	case keymap.CloseDialog, keymap.Confirm:
		r.leave()
	case keymap.EditNote:
		r.leave()
		r.options.Note(r.options.GroupID, noteOf(r.run.result))
	}
	return nil
}

// answer takes a key of the question.
func (r *Room) answer(c keymap.Command) tea.Cmd {
	switch c {
	case keymap.Quit:
		return r.Host.Quit()
	case keymap.CloseDialog:
		r.Host.Close()
	case keymap.ResetSession:
		return r.resetSession()
	case keymap.Confirm, keymap.Interactive, keymap.BackgroundSteps:
		if r.noShell != "" {
			r.Say(room.Failure, wording.Sentence(r.noShell)+".")
			return nil
		}
		r.run = r.newExecution()
		switch c {
		case keymap.Interactive:
			return r.run.startInTerminal()
		case keymap.BackgroundSteps:
			r.toBackground()
		}
		return r.run.start()
	}
	return nil
}

// whileRunning takes a key while the command runs.
func (r *Room) whileRunning(c keymap.Command) tea.Cmd {
	background := r.run.background.Load()
	switch {
	case c == keymap.BackgroundSteps && !background && !r.run.terminal:
		r.toBackground()
	case background && (c == keymap.CloseDialog || c == keymap.BackgroundSteps || c == keymap.Confirm):
		r.leave()
	case c == keymap.CloseDialog, c == keymap.Quit:
		r.run.stopping = true
		r.run.stop()
	}
	return nil
}

// toBackground lets the command go on while other things are done.
func (r *Room) toBackground() {
	r.run.background.Store(true)
	r.leave()
	r.Say(room.Info, wording.Sentence(r.run.name())+" runs in the background; "+r.Keys.KeyOf(keymap.BackgroundSteps, keymap.InNormal)+" shows it")
}

// leave takes the room off.
func (r *Room) leave() {
	r.run.open = false
	if r.run.ended {
		r.options.Steps.forget(r.run)
	}
	r.Host.Close()
}

// Resize wraps the output for another width.
func (r *Room) Resize() {
	if r.run != nil {
		r.run.output.wrapAgain()
		r.gone = 0
	}
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
	if r.run == nil {
		height := min(len(r.askRows())+3, body.Height)
		width := r.Layout.Middle(104)
		return draw.Rectangle{X: body.X + (body.Width-width)/2, Y: body.Y + (body.Height-height)/2, Width: width, Height: height}
	}
	return body
}

func (r *Room) inside() int {
	if r.run == nil {
		return r.Layout.Middle(104) - 4
	}
	return r.Layout.Body.Width - 4
}

// rows is how many lines of output are on the screen.
func (r *Room) rows() int {
	remarks := len(r.remarks())
	if remarks > 0 {
		remarks++
	}
	return max(r.Layout.Body.Height-2-len(r.headLines())-remarks, 1)
}

// from is the first row of the output on the screen. What is read stays where it is
// when rows before it go.
func (r *Room) from() int {
	o := &r.run.output
	last := max(o.rows()-r.rows(), 0)
	if r.follows {
		return last
	}
	from := r.offset
	if from > len(o.head) {
		from = max(from-(o.gone-r.gone), len(o.head))
	}
	return min(max(from, 0), last)
}

func (r *Room) scroll(c keymap.Command) {
	if r.run == nil {
		r.asked, _ = draw.Window(len(r.askRows()), room.Moved(r.asked, c, r.askHeight()), r.askHeight())
		return
	}
	o := &r.run.output
	r.offset, r.gone = min(room.Moved(r.from(), c, r.rows()), o.rows()), o.gone
	r.follows = r.offset >= o.rows()-r.rows()
}

func (r *Room) headLines() []string {
	first, _, more := strings.Cut(r.options.Command, "\n")
	if more {
		first += " …"
	}
	return []string{r.Theme.Of(draw.Accent).On("$ ") + r.Theme.Of(draw.Strong).On(r.Cut(first, r.inside()-2)), ""}
}

// does says what the key of a command does here.
func (r *Room) does(c keymap.Command, text string) string {
	return r.Keys.Does(keymap.InRun, c, text)
}

// footer says how it goes and what the keys do.
func (r *Room) footer() string {
	if r.run == nil {
		return ""
	}
	how, role := r.run.how()
	rest := ""
	switch x := r.run; {
	case x.ended:
		rest = " after " + x.result.Took.Round(100*time.Millisecond).String() + " · " +
			draw.Join(" · ", r.does(keymap.EditNote, "notes it"), r.does(keymap.CopyLink, "copies"), r.does(keymap.CloseDialog, "closes"))
	case x.stopping:
	case x.background.Load():
		rest = " · " + draw.Join(" · ", r.does(keymap.CloseDialog, "back, it goes on"), r.does(keymap.Quit, "stops it"))
	default:
		rest = " · " + draw.Join(" · ", r.does(keymap.CloseDialog, "stops it"), r.does(keymap.BackgroundSteps, "goes on in the background"))
	}
	return r.Theme.Of(role).On(how) + r.Theme.Of(draw.Dim).On(rest)
}

// remarks are what there is to know of a command beside its output.
func (r *Room) remarks() []string {
	x := r.run
	switch {
	case x.ended && x.result.Err != nil && x.result.ExitCode < 0 && !x.result.Stopped:
		return r.Paragraph(clean.Line(x.result.Err.Error()), r.inside(), draw.Critical)
	case x.ended && x.result.NotTaken != nil:
		return r.Paragraph("! What it set is not in the session, which is as it was before: "+notTaken(x.result)+".", r.inside(), draw.Warning)
	case x.background.Load():
		return r.Paragraph("It began with what the session had. What it sets does not come back.", r.inside(), draw.Dim)
	}
	return nil
}

func notTaken(r run.Result) string {
	if r.Stopped {
		return "the step was stopped"
	}
	return clean.Line(r.NotTaken.Error())
}

// View draws the question, or the command and its output.
func (r *Room) View() ([]string, draw.Rectangle, *tea.Cursor) {
	area := r.area()
	lines := r.headLines()
	title := "Output"
	if r.run == nil {
		rows := r.askRows()
		from, to := draw.Window(len(rows), r.asked, r.askHeight())
		title, lines = "Run this step?", nil
		for _, row := range rows[from:to] {
			lines = append(lines, row.Text)
		}
		lines = append(lines, r.askHint(rows))
	} else {
		from := r.from()
		lines = append(lines, r.run.output.between(from, from+r.rows())...)
		if r.run.ended && r.run.output.rows() == 0 && r.run.result.ExitCode >= 0 {
			nothing := "It wrote nothing."
			if r.run.result.Unrecorded {
				nothing = "What it wrote was not recorded."
			}
			lines = append(lines, r.Theme.Of(draw.Dim).On(nothing))
		}
		if remarks := r.remarks(); len(remarks) > 0 {
			lines = append(append(lines, ""), remarks...)
		}
	}
	for i := range lines {
		lines[i] = " " + r.Fit(lines[i], r.inside()) + " "
	}
	return r.Box(area, r.Theme.Of(draw.Strong).On(title), r.footer(), true, lines[:min(len(lines), max(area.Height-2, 0))]), area, nil
}

// ReadableFrom is from when on the command may be confirmed.
func (r *Room) ReadableFrom() time.Time { return r.Since.Add(room.LeastSeen) }
