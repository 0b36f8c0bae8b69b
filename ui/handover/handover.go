// Package handover shows the text that a shift leaves to the next.
package handover

import (
	"context"
	"fmt"
	"strings"

	"charm.land/bubbles/v2/textarea"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/ui/draft"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// Maker makes the text that a shift leaves to the next, and writes it. Its
// calls are made off the loop.
type Maker interface {
	// Text is made of what is open and what the sources said; what could not
	// be read it says itself.
	Text(ctx context.Context, groups []triage.Group, snapshots []sources.Snapshot) string
	// Write writes it to a file that is not there yet.
	Write(ctx context.Context, path, text string) error
}

// Key is the key of the draft that holds a text changed by the person.
var Key = draft.Key{Action: "handover"}

// Options are what the room needs besides the screen.
type Options struct {
	Maker  Maker
	Drafts *draft.Drafts
	// Open gives the groups and the snapshots that the text is made of.
	Open func() ([]triage.Group, []sources.Snapshot)
	// Post takes the text for a note.
	Post func(text string)
}

// Room is where the text of a shift handover is read, edited, and then copied,
// written to a file or posted.
type Room struct {
	*room.Screen
	options Options
	text    string
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

// Keys are the keys of the text, of editing it, and of naming a file.
// whyNotPost says why it can't be posted.
func Keys(noEditor, whyNotPost func() string) keymap.Table {
	const at, text, name = keymap.InHandover, keymap.InHandoverText, keymap.InHandoverName
	return keymap.Table{
		keymap.Key(at, keymap.EditHere, "edit").Hinted("*"),
		keymap.Key(at, keymap.InEditor, "in your editor").Hinted("*|editor").Unless(noEditor),
		keymap.Key(at, keymap.CopyLink, "copy").Hinted("*"),
		keymap.Key(at, keymap.WriteFile, "write to a file").Hinted("*|write"),
		keymap.Key(at, keymap.PostNotes, "post as a note").Hinted("*|post").Unless(whyNotPost),
		keymap.Key(at, keymap.PostAll, "all three").Hinted("*|all").Unless(whyNotPost),
		keymap.Key(at, keymap.Regenerate, "make it again").Hinted("*|redo"),
		keymap.Key(at, keymap.CloseDialog, "close").Hinted("*"),
		keymap.Key(at, keymap.MoveDown, "down"),
		keymap.Key(at, keymap.MoveUp, "up"),
		keymap.Key(at, keymap.HalfDown, "half a screen down"),
		keymap.Key(at, keymap.HalfUp, "half a screen up"),
		keymap.Key(at, keymap.GoTop, "first"),
		keymap.Key(at, keymap.GoBottom, "last"),
		keymap.Key(at, keymap.Quit, "quit"),
		keymap.Key(text, keymap.NewLine, "new line").Hinted("*"),
		keymap.Key(text, keymap.InEditor, "in your editor").Hinted("*").Unless(noEditor),
		keymap.Key(text, keymap.CloseDialog, "done; what you wrote is saved").Hinted("*|done"),
		keymap.Key(text, keymap.Quit, "quit"),
		keymap.Key(name, keymap.Confirm, "write").Hinted("*"),
		keymap.Key(name, keymap.CloseDialog, "back").Hinted("*"),
		keymap.Key(name, keymap.Quit, "quit"),
	}
}

// Table is the key that opens the handover.
func Table(maker Maker) keymap.Table {
	why := func() string {
		if maker == nil {
			return "no source is configured"
		}
		return ""
	}
	return keymap.Table{keymap.Key(keymap.InNormal, keymap.HandOverShift, "hand over the shift").In(keymap.GroupAct).Unless(why)}
}

// New opens the text: the one that was changed and not sent, or a new one.
func New(s *room.Screen, o Options) (*Room, tea.Cmd) {
	p := &Room{Screen: s, options: o, area: draw.NewTextArea(), path: draw.NewInput()}
	p.path.CharLimit = 500
	if left := o.Drafts.Text(Key); left != "" {
		p.text, p.edited = left, true
		p.Say(room.Info, "This is the text as you left it; "+p.Keys.KeyOf(keymap.Regenerate, keymap.InHandover)+" makes it again.")
		return p, nil
	}
	return p, p.generate()
}

// Text is the text as it is now.
func (p *Room) Text() string { return p.text }

// generate puts the text together, off the loop.
func (p *Room) generate() tea.Cmd {
	p.offset = 0
	ctx, maker := p.Context, p.options.Maker
	groups, snapshots := p.options.Open()
	return reply.Start(&p.making, func() string { return clean.Text(maker.Text(ctx, groups, snapshots)) }, reply.Nothing(func(text string) {
		p.text, p.edited = text, false
		p.options.Drafts.Drop(Key)
	}))
}

// Mode is where its keys act.
func (p *Room) Mode() keymap.Mode {
	switch {
	case p.naming:
		return keymap.InHandoverName
	case p.editing:
		return keymap.InHandoverText
	}
	return keymap.InHandover
}

// Key takes a key press.
func (p *Room) Key(msg tea.KeyPressMsg) tea.Cmd {
	c, e := p.Keys.Command(msg, p.Mode())
	if c == keymap.Quit {
		return p.Host.Quit()
	}
	switch {
	case p.naming:
		return p.nameKey(msg, c)
	case p.editing:
		return p.editKey(msg, c)
	case c == keymap.CloseDialog:
		p.leave()
		return nil
	case e == nil, p.making.Busy():
		return nil
	}
	if c != keymap.Regenerate {
		p.sure = false
	}
	if why := e.Refuses(); why != "" {
		p.Say(room.Info, wording.Sentence(e.Binding.Help().Desc)+": "+why)
		return nil
	}
	return p.do(c)
}

func (p *Room) do(c keymap.Command) tea.Cmd {
	switch c {
	case keymap.Regenerate:
		if p.edited && !p.sure {
			p.sure = true
			p.Say(room.Caution, "You changed this text. "+p.Keys.KeyOf(keymap.Regenerate, keymap.InHandover)+" once more drops that and makes it again.")
			return nil
		}
		p.sure = false
		return p.generate()
	case keymap.EditHere:
		p.editing = true
		p.area.SetValue(p.text)
		p.fitArea()
		p.area.MoveToBegin()
		return p.area.Focus()
	case keymap.InEditor:
		return p.openEditor(p.text)
	case keymap.CopyLink:
		return p.copyText()
	case keymap.WriteFile:
		p.nameFile()
	case keymap.PostNotes:
		p.post()
	case keymap.PostAll:
		p.nameFile()
		p.posting = true
		return p.copyText()
	default:
		p.scroll(c)
	}
	return nil
}

func (p *Room) leave() {
	if p.edited {
		p.Say(room.Info, "The text is saved for when you come back.")
	}
	p.making.Drop()
	p.posting = false
	p.Host.Close()
}

func (p *Room) copyText() tea.Cmd {
	return p.Terminal.Copy("the text of the handover", p.text)
}

// change takes a text that the responder wrote, and saves it.
func (p *Room) change(text string) {
	if text == p.text {
		return
	}
	p.text, p.edited = text, true
	p.options.Drafts.Put(Key, text)
}

// editKey is a key while the text is edited here.
func (p *Room) editKey(msg tea.KeyPressMsg, c keymap.Command) tea.Cmd {
	switch c {
	case keymap.CloseDialog:
		p.editing = false
		p.area.Blur()
		return nil
	case keymap.InEditor:
		return p.openEditor(p.area.Value())
	case keymap.NewLine:
		p.area.InsertString("\n")
		p.change(p.area.Value())
		return nil
	}
	return p.write(msg)
}

func (p *Room) write(msg tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	p.area, cmd = p.area.Update(msg)
	p.change(p.area.Value())
	return cmd
}

// openEditor lets the responder edit the text in their own editor.
func (p *Room) openEditor(text string) tea.Cmd {
	if why := p.Terminal.NoEditor(); why != "" {
		p.Say(room.Caution, wording.Sentence(why)+".")
		return nil
	}
	return p.Terminal.Edit(text, func(text string) tea.Cmd {
		p.change(text)
		p.area.SetValue(p.text)
		p.clamp()
		return nil
	})
}

// nameFile asks for the file's name.
func (p *Room) nameFile() {
	p.naming, p.posting = true, false
	p.path.SetValue("handover-" + p.Times().FileName(p.TimeNow()) + ".md")
	p.fitArea()
	p.path.CursorEnd()
	p.path.Focus()
}

// nameKey is a key while the file is named.
func (p *Room) nameKey(msg tea.KeyPressMsg, c keymap.Command) tea.Cmd {
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
		ctx, maker, text := p.Context, p.options.Maker, p.text
		return reply.Start(&p.writing, func() error { return maker.Write(ctx, path, text) }, reply.Nothing(func(err error) { p.takeWritten(path, err) }))
	}
	var cmd tea.Cmd
	p.path, cmd = p.path.Update(msg)
	return cmd
}

// takeWritten reports the outcome of writing; a name that can't be written to
// stays to be changed.
func (p *Room) takeWritten(path string, err error) {
	if err != nil {
		p.Say(room.Failure, wording.Sentence(clean.Line(err.Error()))+".")
		return
	}
	p.Say(room.OK, "Written to "+clean.Line(path))
	p.naming = false
	p.path.Blur()
	if p.posting {
		p.post()
	}
}

// Paste takes pasted text where something is being typed.
func (p *Room) Paste(msg tea.PasteMsg) tea.Cmd {
	var cmd tea.Cmd
	switch {
	case p.naming:
		msg.Content = clean.Line(msg.Content)
		p.path, cmd = p.path.Update(msg)
	case p.editing:
		msg.Content = clean.Text(msg.Content)
		return p.write(msg)
	}
	return cmd
}

// frame is where the text is drawn.
func (p *Room) frame() draw.Rectangle {
	body := p.Layout.Body
	width := p.Layout.Middle(110)
	return draw.Rectangle{X: body.X + (body.Width-width)/2, Y: body.Y, Width: width, Height: body.Height}
}

// Resize fits the text to another size.
func (p *Room) Resize() {
	p.fitArea()
	p.clamp()
}

// pathLabel is the text before the file's name.
const pathLabel = "Write it to the file "

func (p *Room) fitArea() {
	area := p.frame()
	p.path.SetWidth(max(area.Width-4-len(pathLabel)-1, 1))
	p.area.SetWidth(area.Width - 4)
	p.area.SetHeight(max(area.Height-2, 1))
}

// lines are the text as wide as the room.
func (p *Room) lines() []string {
	width := p.frame().Width - 4
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(p.text, "\n"), "\n") {
		words := strings.TrimLeft(line, " ")
		edge := draw.Blanks(min(len(line)-len(words), width/2))
		role := draw.Plain
		if strings.HasPrefix(words, "#") {
			role = draw.Accent
		}
		hang := ""
		if strings.HasPrefix(words, "- ") {
			hang = "  "
		}
		for i, l := range p.Wrap(words, width-len(edge)-len(hang)) {
			if i > 0 {
				l = hang + l
			}
			lines = append(lines, edge+p.Theme.Of(role).On(l))
		}
	}
	return lines
}

func (p *Room) scroll(c keymap.Command) {
	p.offset = room.Moved(p.offset, c, p.frame().Height-2)
	p.clamp()
}

func (p *Room) clamp() {
	p.offset = min(max(p.offset, 0), max(len(p.lines())-(p.frame().Height-2), 0))
}

// View returns the text, its position, and the text cursor.
func (p *Room) View() ([]string, draw.Rectangle, *tea.Cursor) {
	area := p.frame()
	inside, rows := area.Width-4, area.Height-2
	var shown []string
	var cursor *tea.Cursor
	footer := ""
	switch {
	case p.making.Busy():
		shown = []string{p.Theme.Of(draw.Dim).On("Putting it together …")}
	case p.editing:
		shown = strings.Split(p.area.View(), "\n")
		if cursor = p.area.Cursor(); cursor != nil {
			cursor.X += area.X + 2
			cursor.Y += area.Y + 1
		}
	default:
		all := p.lines()
		from := min(p.offset, max(len(all)-rows, 0))
		shown = all[from:min(from+rows, len(all))]
		if len(all) > rows {
			footer = p.Theme.Of(draw.Dim).On(fmt.Sprintf("%d–%d of %d", from+1, from+len(shown), len(all)))
		}
	}
	lines := make([]string, 0, rows)
	for _, l := range shown[:min(len(shown), rows)] {
		lines = append(lines, " "+p.Fit(l, inside)+" ")
	}
	if p.naming {
		for len(lines) < rows {
			lines = append(lines, draw.Blanks(area.Width-2))
		}
		lines[rows-2] = " " + p.Theme.Of(draw.Border).On(strings.Repeat("─", inside)) + " "
		lines[rows-1] = " " + p.Fit(p.Theme.Of(draw.Accent).On(pathLabel)+p.path.View(), inside) + " "
		if cursor = p.path.Cursor(); cursor != nil {
			cursor.X += area.X + 2 + len(pathLabel)
			cursor.Y = area.Y + rows
		}
	}
	title := "Shift handover"
	if p.edited {
		title += ", as you left it"
	}
	return p.Box(area, p.Theme.Of(draw.Strong).On(title), footer, true, lines), area, cursor
}

// post gives the text to the note's own dialog, whose preview says on which
// incidents it will be.
func (p *Room) post() {
	p.options.Drafts.Put(Key, p.text) // until it is posted
	p.Host.Close()
	p.options.Post(p.text)
}

// Input is the text while it is edited, and the name of a file while that is asked for.
func (p *Room) Input() room.Input {
	switch {
	case p.naming:
		return room.Input{Label: "File", Text: p.path.Value()}
	case p.editing:
		return room.Input{Label: "Text", Text: p.area.Value()}
	}
	return room.Input{}
}
