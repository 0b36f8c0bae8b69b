// Package terminal gives the terminal to other programs: the person's editor, a
// step in the foreground, the shell after ctrl-z. It also copies text.
package terminal

import (
	"context"
	"io"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"firstline/internal/clean"
	"firstline/internal/wording"
	"firstline/ui/keyboard"
	"firstline/ui/plain"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// Editor is the person's own editor. Both calls have the terminal until the
// editor ends; they are made off the loop.
type Editor interface {
	// Text edits a copy of text and returns the result. An error says where
	// the edited text can be found.
	Text(ctx context.Context, text string, in io.Reader, out, errout io.Writer) (string, error)
	// File edits a file; line begins at 1.
	File(ctx context.Context, path string, line int, in io.Reader, out, errout io.Writer) error
}

// Options are what the terminal needs besides the screen.
type Options struct {
	// Editor is nil where there is no editor.
	Editor Editor
	// Clipboard is what Copy gives texts to; nil: the terminal alone.
	Clipboard Clipboard
	// Lend is called before another program gets the terminal. The function
	// that it returns is called after that program. It may be nil.
	Lend func() (back func())
	// Save returns the commands that save what was typed, ticked and read.
	Save func() []tea.Cmd
}

// Terminal is the terminal that the screen lends to other programs.
type Terminal struct {
	*room.Screen
	options Options
	// Start runs a program that gets the terminal. Tests replace it.
	Start func(tea.ExecCommand, tea.ExecCallback) tea.Cmd
	// ReleaseKeys ends the reading of keys and reads the rest of a burst; nil
	// where the screen does not read keys itself.
	ReleaseKeys func()
	// releasing ends the reading of keys.
	releasing reply.Loader
	// copied is what was copied last; nil: nothing was.
	copied *copied
	// undelivered is the result of the last program, until it is taken.
	undelivered *reply.Message
}

// New makes the terminal of a screen.
func New(s *room.Screen, o Options) *Terminal {
	return &Terminal{Screen: s, options: o, Start: tea.Exec}
}

// Release saves what was typed and ends the reading of keys, before next gives
// the terminal to somebody else: whatever happens there, nothing typed is lost.
func (t *Terminal) Release(next tea.Cmd) tea.Cmd {
	release := t.ReleaseKeys
	return reply.Start(&t.releasing, func() struct{} {
		if release != nil {
			release()
		}
		return struct{}{}
	}, func(struct{}) tea.Cmd { return saveFirst(t.options.Save(), next) })
}

// saveFirst runs next once everything is saved. The replies to the saving are
// delivered too.
func saveFirst(saving []tea.Cmd, next tea.Cmd) tea.Cmd {
	return func() tea.Msg {
		var batch tea.BatchMsg
		for _, save := range saving {
			if save == nil {
				continue
			}
			saved := save()
			batch = append(batch, func() tea.Msg { return saved })
		}
		if len(batch) == 0 {
			return next()
		}
		return append(batch, next)
	}
}

// Exec gives the terminal to run until it ends.
func (t *Terminal) Exec(run func(in io.Reader, out, errout io.Writer) error, done func(error) tea.Cmd) tea.Cmd {
	request, back := new(reply.Loader).Begin(), func() {}
	start := t.Start(&task{run: run}, func(err error) tea.Msg { // on the loop
		back()
		result := request.Reply(func() tea.Cmd {
			t.undelivered = nil
			return done(err)
		})
		t.undelivered = &result
		return result
	})
	return t.Release(func() tea.Msg {
		if t.options.Lend != nil {
			back = t.options.Lend()
		}
		return start()
	})
}

// TakeUndelivered takes the result of a program that ended together with the
// screen, which gets no message any more.
func (t *Terminal) TakeUndelivered() {
	if t.undelivered != nil {
		t.undelivered.Deliver()
	}
}

// Edit lets the person edit text in their editor. take gets the cleaned result;
// it is not called when the editor failed, which a message then says.
func (t *Terminal) Edit(text string, take func(text string) tea.Cmd) tea.Cmd {
	ctx, editor, edited := t.Context, t.options.Editor, text
	return t.Exec(func(in io.Reader, out, errout io.Writer) (err error) {
		edited, err = editor.Text(ctx, text, in, out, errout)
		return err
	}, func(err error) tea.Cmd {
		if err != nil {
			t.Say(room.Failure, wording.Sentence(err.Error())+".")
			return nil
		}
		return take(clean.Text(edited))
	})
}

// EditFile opens a file in the person's editor; line begins at 1.
func (t *Terminal) EditFile(path string, line int, done func(error) tea.Cmd) tea.Cmd {
	ctx, editor := t.Context, t.options.Editor
	return t.Exec(func(in io.Reader, out, errout io.Writer) error {
		return editor.File(ctx, path, line, in, out, errout)
	}, done)
}

// NoEditor says why there is no editor; empty when there is one.
func (t *Terminal) NoEditor() string {
	if t.options.Editor == nil {
		return "no editor can be started here"
	}
	return ""
}

// task is a program that has the terminal while it runs.
type task struct {
	run         func(in io.Reader, out, errout io.Writer) error
	in          io.Reader
	out, errout io.Writer
}

func (t *task) Run() error            { return t.run(t.in, t.out, t.errout) }
func (t *task) SetStdin(r io.Reader)  { t.in = keyboard.Beneath(r) }
func (t *task) SetStdout(w io.Writer) { t.out = plain.Beneath(w) }
func (t *task) SetStderr(w io.Writer) { t.errout = plain.Beneath(w) }

// LearnWidths takes an answer of the terminal: one that knows mode 2027 counts the cells
// of a grapheme as a whole, and Bubble Tea then draws so.
func (t *Terminal) LearnWidths(msg tea.ModeReportMsg) {
	if msg.Mode == ansi.ModeUnicodeCore && (msg.Value == ansi.ModeReset || msg.Value == ansi.ModeSet || msg.Value == ansi.ModePermanentlySet) {
		t.Method = ansi.GraphemeWidth
	}
}
