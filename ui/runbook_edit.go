package ui

import (
	"io"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/wording"
	"firstline/runbooks"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// newRunbook is the template of a runbook that is to be written.
type newRunbook struct {
	made runbooks.New
	err  error
}

// discarded says what became of a template that nobody changed.
type discarded struct {
	dropped bool
	err     error
}

// mend opens the editor at what is read, or on a template when there is no
// runbook.
func (m *Model) mend() tea.Cmd {
	p, library := m.pane, m.options.Library
	if p.pages[runbookTab].book == nil {
		query := queryOf(*p.group)
		return reply.Start(&p.creating, func() newRunbook {
			made, err := library.Create(query)
			return newRunbook{made, err}
		}, m.takeNewRunbook)
	}
	b := p.book()
	line, _ := b.sourceAt(p.offsetOf(runbookTab))
	if step, ok := p.currentStep(); ok {
		line = step.Line
	}
	rb := b.match.Runbook
	return m.mendFile(rb.Path, rb.FileLine(max(line, 1)), nil)
}

func (m *Model) mendFile(path string, line int, made *runbooks.New) tea.Cmd {
	ctx, editor, request := m.ctx, m.options.Editor, new(reply.Loader).Begin()
	return m.exec(&terminalTask{run: func(in io.Reader, out, errout io.Writer) error {
		return editor.File(ctx, path, line, in, out, errout)
	}}, func(err error) tea.Msg {
		return request.Reply(func() tea.Cmd { return m.takeMended(made, err) })
	})
}

func (m *Model) takeNewRunbook(msg newRunbook) tea.Cmd {
	if msg.err != nil {
		m.Say(room.Failure, "The runbook can't be written: "+msg.err.Error()+".")
		return nil
	}
	return m.mendFile(msg.made.Path, msg.made.Line, &msg.made)
}

// takeMended reads the library anew. A template that was left as it was is
// taken away again.
func (m *Model) takeMended(made *runbooks.New, err error) tea.Cmd {
	if err != nil {
		m.Say(room.Failure, wording.Sentence(err.Error())+".")
	}
	library := m.options.Library
	return reply.Start(new(reply.Loader), func() (d discarded) {
		if made != nil {
			d.dropped, d.err = made.Discard()
		}
		library.Refresh()
		return d
	}, reply.Nothing(func(d discarded) { m.takeDiscarded(made, d) }))
}

func (m *Model) takeDiscarded(made *runbooks.New, msg discarded) {
	m.pane.again()
	switch {
	case msg.err != nil:
		m.Say(room.Caution, "The unchanged template could not be removed: "+msg.err.Error()+".")
	case msg.dropped:
		m.Say(room.Info, "Nothing was written, so no runbook was made.")
	case made != nil:
		m.Say(room.OK, "Wrote "+made.Path)
	}
}

func (m *Model) whyNotMend() string {
	switch {
	case m.options.Respond.ReadOnly:
		return "firstline runs read-only and changes nothing"
	case m.options.Library == nil:
		return "there are no runbooks"
	case m.pane.group == nil || !m.pane.ready():
		return "there is no group in the list"
	}
	if why := m.whyNoEditor(); why != "" {
		return why
	}
	b := m.pane.pages[runbookTab].book
	switch {
	case b == nil && len(m.options.RunbookDirectories) == 0:
		return "no runbook directory is configured; name one under [runbooks] directories in " + m.configName()
	case b == nil || b.match.Runbook.Editable:
		return ""
	case b.match.Runbook.URL != "":
		return "this runbook is from the web; mend it at " + b.match.Runbook.URL
	}
	return "this runbook is part of firstline and no file"
}
