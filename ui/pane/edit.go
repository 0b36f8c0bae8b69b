package pane

import (
	tea "charm.land/bubbletea/v2"

	"firstline/internal/wanted"
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

// edit opens the editor at what is read, or on a template when there is no
// runbook.
func (p *RunbookTab) edit() tea.Cmd {
	library := p.Options.Library
	if p.part().shown == nil {
		query := wanted.Of(*p.Group)
		return reply.Start(&p.creating, func() newRunbook {
			made, err := library.Create(query)
			return newRunbook{made, err}
		}, p.takeNewRunbook)
	}
	b := p.Shown()
	line, _ := b.sourceAt(p.offsetOf(p))
	if step, ok := p.currentStep(); ok {
		line = step.Line
	}
	rb := b.Match.Runbook
	return p.editFile(rb.Path, rb.FileLine(max(line, 1)), nil)
}

func (p *RunbookTab) editFile(path string, line int, made *runbooks.New) tea.Cmd {
	return p.Terminal.EditFile(path, line, func(err error) tea.Cmd { return p.takeEdited(made, err) })
}

func (p *RunbookTab) takeNewRunbook(msg newRunbook) tea.Cmd {
	if msg.err != nil {
		p.Say(room.Failure, "The runbook can't be written: "+msg.err.Error()+".")
		return nil
	}
	return p.editFile(msg.made.Path, msg.made.Line, &msg.made)
}

// takeEdited reads the library again. A template that was left as it was is
// taken away again.
func (p *RunbookTab) takeEdited(made *runbooks.New, err error) tea.Cmd {
	if err != nil {
		p.Say(room.Failure, wording.Sentence(err.Error())+".")
	}
	library := p.Options.Library
	return reply.Start(new(reply.Loader), func() (d discarded) {
		if made != nil {
			d.dropped, d.err = made.Discard()
		}
		library.Refresh()
		return d
	}, reply.Nothing(func(d discarded) { p.takeDiscarded(made, d) }))
}

func (p *RunbookTab) takeDiscarded(made *runbooks.New, msg discarded) {
	p.Invalidate()
	switch {
	case msg.err != nil:
		p.Say(room.Caution, "The unchanged template could not be removed: "+msg.err.Error()+".")
	case msg.dropped:
		p.Say(room.Info, "Nothing was written, so no runbook was made.")
	case made != nil:
		p.Say(room.OK, "Wrote "+made.Path)
	}
}

// WhyNotMend says why the runbook can't be edited; empty when it can.
func (p *RunbookTab) WhyNotMend() string {
	switch {
	case p.Options.ReadOnly:
		return "firstline runs read-only and changes nothing"
	case p.Options.Library == nil:
		return "there are no runbooks"
	case p.Group == nil || !p.ready():
		return "there is no group in the list"
	}
	if why := p.Terminal.NoEditor(); why != "" {
		return why
	}
	b := p.part().shown
	switch {
	case b == nil && len(p.Options.RunbookDirectories) == 0:
		return "no runbook directory is configured; name one under [runbooks] directories in " + p.Options.ConfigName
	case b == nil || b.Match.Runbook.Editable:
		return ""
	case b.Match.Runbook.URL != "":
		return "this runbook is from the web; mend it at " + b.Match.Runbook.URL
	}
	return "this runbook is part of firstline and no file"
}
