package ui

import (
	"context"
	"io"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/wording"
	"firstline/ui/keyboard"
	"firstline/ui/room"
)

// Editor is the responder's own editor. Both calls take the terminal until it
// ends; they are made off the loop.
type Editor interface {
	// Text edits a copy of text and returns what was left of it. An error
	// says where what was written can be found.
	Text(ctx context.Context, text string, in io.Reader, out, errout io.Writer) (string, error)
	// File edits a file; line begins at 1.
	File(ctx context.Context, path string, line int, in io.Reader, out, errout io.Writer) error
}

// terminalTask is something that takes the terminal while it runs.
type terminalTask struct {
	run         func(in io.Reader, out, errout io.Writer) error
	in          io.Reader
	out, errout io.Writer
}

func (t *terminalTask) Run() error            { return t.run(t.in, t.out, t.errout) }
func (t *terminalTask) SetStdin(r io.Reader)  { t.in = keyboard.Beneath(r) }
func (t *terminalTask) SetStdout(w io.Writer) { t.out = w }
func (t *terminalTask) SetStderr(w io.Writer) { t.errout = w }

// returnedMsg brings what came of a program that had the terminal.
type returnedMsg struct{ msg tea.Msg }

// lendTerminal gives the terminal to a program until it ends.
func (m *Model) lendTerminal(c tea.ExecCommand, done tea.ExecCallback) tea.Cmd {
	back := func() {}
	lent := m.handOver(tea.Exec(c, func(err error) tea.Msg { // on the loop
		back()
		m.undelivered = done(err)
		return returnedMsg{m.undelivered}
	}))
	return func() tea.Msg {
		if m.options.Lend != nil {
			back = m.options.Lend()
		}
		return lent()
	}
}

// takeReturned takes what came of a program that had the terminal.
func (m *Model) takeReturned(msg returnedMsg) tea.Cmd {
	m.undelivered = nil
	return m.route(msg.msg)
}

// takeUndelivered takes what came of a program that ended together with the
// screen, which gets no message any more.
func (m *Model) takeUndelivered() {
	if m.undelivered != nil {
		m.takeReturned(returnedMsg{m.undelivered})
	}
}

// Edit lets the person edit text in their editor. take gets what they
// left, cleaned; it is not called when the editor failed, which is told.
func (m *Model) Edit(text string, take func(text string) tea.Cmd) tea.Cmd {
	ctx, editor, edited, request := m.Context, m.options.Editor, text, m.editing.Begin()
	return m.exec(&terminalTask{run: func(in io.Reader, out, errout io.Writer) (err error) {
		edited, err = editor.Text(ctx, text, in, out, errout)
		return err
	}}, func(err error) tea.Msg {
		return request.Reply(func() tea.Cmd {
			if err != nil {
				m.Say(room.Failure, wording.Sentence(err.Error())+".")
				return nil
			}
			return take(clean.Text(edited))
		})
	})
}

// NoEditor says why Edit can't be used; empty when it can.
func (m *Model) NoEditor() string {
	if m.options.Editor == nil {
		return "no editor can be started here"
	}
	return ""
}

// Exec gives the terminal to what run does, until it ends.
func (m *Model) Exec(run func(in io.Reader, out, errout io.Writer) error, done func(error) tea.Msg) tea.Cmd {
	return m.exec(&terminalTask{run: run}, done)
}

// Copy copies by the terminal, and by the system where that can be.
func (m *Model) Copy(text string) tea.Cmd {
	native := m.options.Copy
	if native == nil {
		return tea.SetClipboard(text)
	}
	return tea.Batch(tea.SetClipboard(text), func() tea.Msg {
		_ = native(text) // the terminal was asked too, and nothing says whether it did it
		return nil
	})
}
