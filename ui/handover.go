package ui

import (
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/textarea"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/ui/draft"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// Handover makes the text that a shift leaves to the next, and keeps it. Its
// calls are made off the loop.
type Handover interface {
	// Text is made of what is open and what the sources said; what could not
	// be read it tells itself.
	Text(ctx context.Context, groups []triage.Group, snapshots []sources.Snapshot) string
	// Write writes it to a file that is not there yet.
	Write(ctx context.Context, path, text string) error
}

// handoverKey is what a text is kept under that the responder changed.
var handoverKey = draft.Key{Action: "handover"}

// handoverPage is where the text of a shift hand-off is read, edited, and then
// copied, written to a file or posted.
type handoverPage struct {
	*shared
	text string
	// making is the text that is being put together. edited: it is the
	// responder's by now.
	making reply.Loader
	edited bool
	offset int

	area    textarea.Model
	editing bool
	// path is where to write it, while naming; posting follows where all was
	// asked for.
	path    textinput.Model
	naming  bool
	posting bool
	writing reply.Loader
	// sure: ctrl-r was pressed on an edited text.
	sure bool
}

// openHandover shows the text: the one that was changed and not sent, or a new
// one.
func (m *Model) openHandover() tea.Cmd {
	p := &handoverPage{shared: m.shared, area: draw.NewTextArea(), path: draw.NewInput()}
	p.path.CharLimit = 500
	m.handover, m.mode = p, handingOver
	if kept := m.drafts.Text(handoverKey); kept != "" {
		p.text, p.edited = kept, true
		m.Say(room.Info, "This is the text as you left it; ctrl-r makes it anew.")
		return nil
	}
	return m.makeShift()
}

// makeShift puts the text together, off the loop.
func (m *Model) makeShift() tea.Cmd {
	p := m.handover
	p.offset = 0
	ctx, maker := m.ctx, m.options.Handover
	groups, snapshots := slices.Clone(m.board.groups), m.board.current()
	return reply.Start(&p.making, func() string { return clean.Text(maker.Text(ctx, groups, snapshots)) }, reply.Nothing(func(text string) {
		p.text, p.edited = text, false
		m.drafts.Drop(handoverKey)
	}))
}

// at is where the page's keys act.
func (p *handoverPage) at() keymap.Place {
	switch {
	case p.naming:
		return keymap.InHandoverName
	case p.editing:
		return keymap.InHandoverText
	}
	return keymap.InHandover
}

func (m *Model) handoverKey(msg tea.KeyPressMsg) tea.Cmd {
	p := m.handover
	c, e := m.Keys.Command(msg, p.at())
	if c == keymap.Quit {
		return m.quit()
	}
	switch {
	case p.naming:
		return m.nameKey(msg, c)
	case p.editing:
		return m.editKey(msg, c)
	case c == keymap.CloseDialog:
		m.closeHandover()
		return nil
	case e == nil, p.making.Busy():
		return nil
	}
	if c != keymap.Regenerate {
		p.sure = false
	}
	if why := e.Refuses(); why != "" {
		m.Say(room.Info, wording.Sentence(e.Binding.Help().Desc)+": "+why)
		return nil
	}
	return m.doOnHandover(c)
}

func (m *Model) doOnHandover(c keymap.Command) tea.Cmd {
	p := m.handover
	switch c {
	case keymap.Regenerate:
		if p.edited && !p.sure {
			p.sure = true
			m.Say(room.Caution, "You changed this text. ctrl-r once more drops that and makes it anew.")
			return nil
		}
		p.sure = false
		return m.makeShift()
	case keymap.EditHere:
		p.editing = true
		p.area.SetValue(p.text)
		p.resize()
		p.area.MoveToBegin()
		return p.area.Focus()
	case keymap.InEditor:
		return m.editShift(p.text)
	case keymap.CopyLink:
		return m.copyShift()
	case keymap.WriteFile:
		p.nameFile()
	case keymap.PostNotes:
		m.postShift()
	case keymap.PostAll:
		p.nameFile()
		p.posting = true
		return m.copyShift()
	default:
		p.scroll(c)
	}
	return nil
}

func (m *Model) closeHandover() {
	if m.handover.edited {
		m.Say(room.Info, "The text is kept for when you come back.")
	}
	m.handover.making.Drop()
	m.handover.posting = false
	m.handover, m.mode = nil, normal
}

func (m *Model) copyShift() tea.Cmd {
	m.Say(room.OK, "Copied the text")
	return m.toClipboard(m.handover.text)
}

// change takes a text that the responder wrote, and keeps it.
func (m *Model) changeShift(text string) {
	p := m.handover
	if text == p.text {
		return
	}
	p.text, p.edited = text, true
	m.drafts.Put(handoverKey, text)
}

// editKey is a key while the text is edited here.
func (m *Model) editKey(msg tea.KeyPressMsg, c keymap.Command) tea.Cmd {
	p := m.handover
	switch c {
	case keymap.CloseDialog:
		p.editing = false
		p.area.Blur()
		return nil
	case keymap.InEditor:
		return m.editShift(p.area.Value())
	case keymap.NewLine:
		p.area.InsertString("\n")
		m.changeShift(p.area.Value())
		return nil
	}
	return m.typeShift(msg)
}

func (m *Model) typeShift(msg tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	m.handover.area, cmd = m.handover.area.Update(msg)
	m.changeShift(m.handover.area.Value())
	return cmd
}

// editShift lets the responder edit the text in their own editor.
func (m *Model) editShift(text string) tea.Cmd {
	if why := m.whyNoEditor(); why != "" {
		m.Say(room.Caution, wording.Sentence(why)+".")
		return nil
	}
	p := m.handover
	return m.editText(text, func(text string) tea.Cmd {
		if m.handover == p {
			m.changeShift(text)
			p.area.SetValue(p.text)
			p.clamp()
		}
		return nil
	})
}

// nameFile asks for the file's name.
func (p *handoverPage) nameFile() {
	p.naming, p.posting = true, false
	p.path.SetValue("handover-" + p.TimeNow().In(p.Location).Format("2006-01-02-1504") + ".md")
	p.path.CursorEnd()
	p.path.Focus()
}

// nameKey is a key while the file is named.
func (m *Model) nameKey(msg tea.KeyPressMsg, c keymap.Command) tea.Cmd {
	p := m.handover
	switch c {
	case keymap.CloseDialog:
		p.naming = false
		p.path.Blur()
		return nil
	case keymap.Confirm:
		path := strings.TrimSpace(p.path.Value())
		if path == "" {
			return nil
		}
		ctx, keeper, text := m.ctx, m.options.Handover, p.text
		return reply.Start(&p.writing, func() error { return keeper.Write(ctx, path, text) }, reply.Nothing(func(err error) { m.takeWritten(p, path, err) }))
	}
	var cmd tea.Cmd
	p.path, cmd = p.path.Update(msg)
	return cmd
}

// takeWritten tells what came of writing; a name that can't be written to
// stays to be changed.
func (m *Model) takeWritten(p *handoverPage, path string, err error) {
	if err != nil {
		m.Say(room.Failure, wording.Sentence(clean.Line(err.Error()))+".")
		return
	}
	m.Say(room.OK, "Written to "+clean.Line(path))
	p.naming = false
	p.path.Blur()
	if p.posting {
		m.postShift()
	}
}

// postShift opens the note's own dialog with the text: its preview says on
// which incidents it will stand.
func (m *Model) postShift() {
	text := m.handover.text
	m.drafts.Put(handoverKey, text) // until it is posted
	m.handover = nil
	d := m.showDialog(respond.AddNote, m.postGroups())
	d.kept = &handoverKey
	note, shortened := respond.FitNote(text, "`firstline handover` prints the whole")
	if shortened {
		m.Say(room.Caution, "The text is too long for a note, and is shortened there.")
	}
	d.text.SetValue(note)
	d.focus(sendField)
	d.rethink()
}

// postGroups are those that the text is posted on: the selected ones, else
// all, that have an incident.
func (m *Model) postGroups() []triage.Group {
	groups := m.board.groups
	if len(m.list.selected) > 0 {
		groups = m.list.targets()
	}
	return slices.DeleteFunc(slices.Clone(groups), func(g triage.Group) bool { return g.Incident == nil })
}

func (m *Model) whyNotPost() string {
	switch {
	case m.options.Respond.ReadOnly:
		return "firstline runs read-only and changes nothing"
	case m.options.Doer == nil:
		return "no source that can be acted upon is configured"
	case len(m.postGroups()) == 0 && len(m.list.selected) > 0:
		return "nobody was paged for what is selected, so there is no incident to put a note on"
	case len(m.postGroups()) == 0:
		return "no incident is open to put a note on"
	}
	return ""
}

func (m *Model) whyNoHandover() string {
	if m.options.Handover == nil {
		return "there is no source to tell of"
	}
	return ""
}

// pasteShift takes pasted text where something is being typed.
func (m *Model) pasteShift(msg tea.PasteMsg) tea.Cmd {
	p := m.handover
	var cmd tea.Cmd
	switch {
	case p.naming:
		msg.Content = clean.Line(msg.Content)
		p.path, cmd = p.path.Update(msg)
	case p.editing:
		msg.Content = clean.Text(msg.Content)
		return m.typeShift(msg)
	}
	return cmd
}
