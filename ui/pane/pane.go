// Package pane shows the group under the cursor: its runbook, its details and its
// timeline, each on a tab.
package pane

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/triage"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// made is what contents were made for.
type made struct {
	groupID string
	// width is that of text, wide that of drawings.
	width, wide int
	// sidebar: the outline is beside the text.
	sidebar bool
	theme   *draw.Theme
	// number counts the changes of the group and of the library.
	number int
}

// Pane shows the group under the cursor, on tabs.
type Pane struct {
	*room.Screen
	Options Options
	// Focused: the keys go to the pane, else to the list.
	Focused bool
	// Whole: while it has them it takes the whole screen, however wide that is.
	Whole bool
	// tabs are all tabs, at is the one that is shown.
	tabs     []Tab
	at       int
	Runbook  *RunbookTab
	Details  *DetailsTab
	Timeline *TimelineTab
	changes  *changes

	Group  *triage.Group
	number int
	// Made is what the contents of the tabs were made for.
	Made      made
	contents  []Content
	preparing reply.Loader
	// blank: the contents are another group's and have been for too long.
	blank bool
	// WholeNotes: long notes of the timeline, and long comments of silences, are
	// not folded.
	WholeNotes bool
	// scrolls are the lines at which each group's tabs were left; -1: a tab was
	// not scrolled.
	scrolls map[string][]int
	// Chooser is the list to choose from that is open; nil: none is.
	Chooser *chooser
}

// New makes an empty pane.
func New(s *room.Screen, o Options) *Pane {
	p := &Pane{Screen: s, Options: o, scrolls: map[string][]int{}, changes: newChanges(s, o)}
	p.Runbook, p.Details, p.Timeline = newRunbookTab(p), newDetailsTab(p), newTimelineTab(p)
	p.tabs = []Tab{p.Runbook, p.Details, p.Timeline}
	if o.Tabs != nil {
		p.tabs = append(p.tabs, o.Tabs(p)...)
	}
	p.contents = make([]Content, len(p.tabs))
	return p
}

// Tabs are the tabs, in their order.
func (p *Pane) Tabs() []Tab { return p.tabs }

// Configure has other options used, and reads again what was read with those before.
func (p *Pane) Configure(o Options) {
	p.Options = o
	p.preparing.Drop()
	p.Refresh(true)
}

// shows reports whether a tab is on the screen.
func (p *Pane) shows(t Tab) bool { return p.tabs[p.at] == t && !p.Layout.Pane.Empty() }

// Show follows the cursor to a group, and notices when the same group was joined
// again.
func (p *Pane) Show(g *triage.Group) {
	if p.Group != nil && (g == nil || p.Group.ID != g.ID) {
		p.leave()
	}
	if g != p.Group && g != nil {
		p.number++
	}
	p.Group = g
}

// Invalidate makes the contents again: the library or the time changed.
func (p *Pane) Invalidate() { p.number++ }

// Remake makes the contents again, and drops those that are being made: a tab shows
// something else.
func (p *Pane) Remake() {
	p.preparing.Drop()
	p.Invalidate()
}

// mostReadable is how wide text is at most, however wide the pane is: longer lines lose
// the eye.
const mostReadable = 120

// reading reports whether the pane has the whole screen, without a frame.
func (p *Pane) reading() bool { return !p.Layout.Group.Empty() }

// all is how wide the pane is within its frame, if any: a blank stays on both sides.
func (p *Pane) all() int {
	width := p.Layout.Pane.Width
	switch {
	case p.reading():
		return max(width-2, 1)
	case width == 0:
		width = p.Width
	}
	return max(width-4, 1)
}

// hasSidebar reports whether the outline is open beside the text.
func (p *Pane) hasSidebar() bool {
	return p.Chooser != nil && p.Chooser.sidebar && !p.Plain && beside(p.all())
}

// Wide is how wide drawings can be, the outline beside them aside.
func (p *Pane) Wide() int {
	if p.hasSidebar() {
		return p.all() - sidebarWidth - 2
	}
	return p.all()
}

// Rows is how many lines of text the pane has.
func (p *Pane) Rows() int {
	if p.reading() {
		return max(p.Layout.Pane.Height-1, 1)
	}
	return max(p.Layout.Pane.Height-2, 1)
}

// Inside is how wide the text is, the outline beside it aside. Lines that are read aloud
// are not broken.
func (p *Pane) Inside() int {
	if p.Plain {
		return p.Wide()
	}
	return min(p.Wide(), mostReadable)
}

// widthOf is how wide the content of a tab is.
func (p *Pane) widthOf(t Tab) int {
	if _, draws := t.(drawer); draws {
		return p.Wide()
	}
	return p.Inside()
}

// leave ends the stay at a group and saves its reading position.
func (p *Pane) leave() {
	for _, t := range p.tabs {
		if r, reads := t.(reader); reads {
			r.Leave()
		}
	}
	p.preparing.Drop()
	p.Chooser = nil
}

// area is where the pane is drawn.
func (p *Pane) area() draw.Rectangle { return p.Layout.Pane }

// Mode is where keys act while the pane has the focus.
func (p *Pane) Mode() keymap.Mode { return p.tabs[p.at].Mode() }

func (p *Pane) want() made {
	return made{p.Group.ID, p.Inside(), p.Wide(), p.hasSidebar(), p.Theme, p.number}
}

// prepare starts making the contents when those wanted are not there, one at a
// time; the contents of a group that the cursor has left are dropped.
func (p *Pane) prepare() tea.Cmd {
	if p.Group == nil || p.preparing.Busy() {
		return nil
	}
	want, ctx := p.want(), p.Context
	if want == p.Made {
		return nil
	}
	// The command works on a copy: sizes and theme may change meanwhile.
	w, work, widths := &Writer{*p.Screen, p.Options}, make([]Work, len(p.tabs)), make([]int, len(p.tabs))
	for i, t := range p.tabs {
		work[i], widths[i] = t.Prepare(*p.Group), p.widthOf(t)
	}
	return reply.Start(&p.preparing, func() []Content {
		contents := make([]Content, len(work))
		for i, write := range work {
			contents[i] = write(ctx, w, widths[i])
		}
		return contents
	}, reply.Nothing(func(contents []Content) { p.accept(want, contents) }))
}

// accept takes prepared contents.
func (p *Pane) accept(want made, contents []Content) {
	before, old := p.Made, p.contents
	lines := make([]int, len(old))
	for i := range old {
		lines[i] = p.offsetAt(i)
	}
	p.Made, p.contents, p.blank = want, contents, false
	for i, t := range p.tabs {
		if r, reads := t.(reader); reads {
			r.Restore(old[i], lines[i], before.groupID == want.groupID, before.width != want.width)
		}
	}
}

// Late takes the former group's content off when the new one's has not come by
// the next tick. Most come within milliseconds, and then the content changes once
// instead of flickering.
func (p *Pane) Late() {
	if p.Group != nil && !p.ready() {
		p.blank = true
	}
}

// ready reports whether the contents are those of the group under the cursor.
func (p *Pane) ready() bool { return p.Group != nil && p.Made.groupID == p.Group.ID }

// offsets are the lines at which the tabs of the group that is shown were left.
func (p *Pane) offsets() []int {
	all := p.scrolls[p.Made.groupID]
	if all == nil {
		all = slices.Repeat([]int{-1}, len(p.tabs))
		p.scrolls[p.Made.groupID] = all
	}
	return all
}

// offset is where a tab was left; -1: it was not scrolled.
func (p *Pane) offset(t Tab) *int { return &p.offsets()[p.index(t)] }

func (p *Pane) index(t Tab) int { return slices.Index(p.tabs, t) }

// Offset is the first line on the screen.
func (p *Pane) Offset() int { return p.offsetAt(p.at) }

// offsetOf is the first line of a tab that is on the screen while it is shown.
func (p *Pane) offsetOf(t Tab) int { return p.offsetAt(p.index(t)) }

func (p *Pane) offsetAt(i int) int {
	at, c := -1, &p.contents[i]
	if all := p.scrolls[p.Made.groupID]; all != nil {
		at = all[i]
	}
	if at < 0 {
		at = c.Start
	}
	return min(max(at, 0), p.lastOffset(c))
}

// lastOffset is how far content scrolls: until its end is on the screen, and at
// least to where reading begins.
func (p *Pane) lastOffset(c *Content) int { return max(len(c.Lines)-p.Rows(), c.Start, 0) }

// scrollTo puts a line at the top, as far as there is text below it.
func (p *Pane) scrollTo(line int) {
	p.offsets()[p.at] = min(max(line, 0), p.lastOffset(p.content()))
}

// ContentOf is the content of a tab as it was made last.
func (p *Pane) ContentOf(t Tab) Content { return *p.contentOf(t) }

// StartAt has a tab begin at a line.
func (p *Pane) StartAt(t Tab, line int) { *p.offset(t) = line }

// Reveal scrolls no more than is needed to have a line on the screen.
func (p *Pane) Reveal(line int) {
	switch from := p.Offset(); {
	case line < from:
		p.scrollTo(line)
	case line >= from+p.Rows():
		p.scrollTo(line - p.Rows() + 1)
	}
}

// TopLine is the first line of the content that is on the screen, without
// colours.
func (p *Pane) TopLine() string { return p.Bare(p.content().Lines[p.Offset()]) }

func (p *Pane) content() *Content { return &p.contents[p.at] }

func (p *Pane) contentOf(t Tab) *Content { return &p.contents[p.index(t)] }

// Turn shows a tab, and the pane where it is not on the screen.
func (p *Pane) Turn(t Tab) {
	if p.Layout.Pane.Empty() {
		p.Options.Focus()
	}
	p.at = p.index(t)
}

// Update answers a key while the pane has the focus.
func (p *Pane) Update(c keymap.Command) {
	switch n := int(c - keymap.FirstTab); {
	case c == keymap.NextTab:
		p.at = (p.at + 1) % len(p.tabs)
		return
	case n >= 0 && n < len(p.tabs):
		p.at = n
		return
	}
	if !p.ready() {
		return
	}
	at := p.Offset()
	switch c {
	case keymap.NextSection:
		for _, line := range p.content().Sections {
			if line > at {
				at = line
				break
			}
		}
	case keymap.PreviousSection:
		for i := len(p.content().Sections) - 1; i >= 0; i-- {
			if line := p.content().Sections[i]; line < at {
				at = line
				break
			}
		}
	default:
		at = room.Moved(at, c, p.Rows())
	}
	p.scrollTo(at)
}

// separator is between the names of two tabs.
func (p *Pane) separator() string {
	free := p.Layout.Pane.Width - 6
	for _, t := range p.tabs {
		free -= p.WidthOf(t.Name())
	}
	switch gap := free / max(len(p.tabs)-1, 1); {
	case gap >= 3:
		return " ─ "
	case gap == 2:
		return "  "
	}
	return " "
}

// Title names the tabs; the one that is shown is underlined.
func (p *Pane) Title() string {
	var b strings.Builder
	separator := p.separator()
	for i, t := range p.tabs {
		if i > 0 {
			b.WriteString(p.Theme.Of(draw.Border).On(separator))
		}
		if i == p.at {
			b.WriteString(p.Theme.Underlined(draw.Accent).On(t.Name()))
		} else {
			b.WriteString(p.Theme.Of(draw.Dim).On(t.Name()))
		}
	}
	return b.String()
}

// Lines draws the visible part, each line as wide as the box's inside.
func (p *Pane) Lines() []string {
	if p.Group == nil {
		return nil
	}
	if p.blank || p.Made.groupID == "" {
		return []string{" " + p.Fit(p.Theme.Of(draw.Dim).On("…"), p.Wide()) + " "}
	}
	c, height := p.Chooser, p.Rows()
	if c != nil && (!c.sidebar || !p.Made.sidebar) {
		return p.pad(p.chooserLines(c, p.all(), height))
	}
	out := p.visibleLines()
	if c == nil {
		return out
	}
	for len(out) < height {
		out = append(out, draw.Blanks(p.Made.wide+2))
	}
	for i, l := range p.chooserLines(c, sidebarWidth, height) {
		out[i] = " " + l + p.Theme.Of(draw.Border).On("│") + out[i]
	}
	return out
}

// pad puts a blank on both sides.
func (p *Pane) pad(lines []string) []string {
	for i, l := range lines {
		lines[i] = " " + l + " "
	}
	return lines
}

// visibleLines draws the visible part of the content.
func (p *Pane) visibleLines() []string {
	content, from := p.content(), p.Offset()
	tab, reads := p.tabs[p.at].(reader)
	width := p.Wide()
	out := make([]string, 0, p.Rows())
	for i, line := range content.Lines[from:min(from+p.Rows(), len(content.Lines))] {
		margin := " "
		if reads {
			margin, line = tab.Line(from+i, line)
		}
		out = append(out, margin+p.Fit(line, width)+" ")
	}
	return out
}

// Footer says how much of the content is on the screen, when not all is.
func (p *Pane) Footer() string {
	if !p.ready() || p.lastOffset(p.content()) == 0 {
		return ""
	}
	from, total := p.Offset(), len(p.content().Lines)
	last := min(from+p.Rows(), total)
	dot := p.Theme.Of(draw.Dim).On(" · ")
	text := p.Theme.Of(draw.Dim).On(fmt.Sprintf("%d–%d of %d", from+1, last, total))
	r, reads := p.tabs[p.at].(reader)
	if !reads {
		return text
	}
	if found := r.Found(); found != "" {
		text = p.Theme.Of(draw.Accent).On(found) + dot + text
	}
	if notice := r.Notice(); notice != "" {
		text = p.Theme.Of(draw.Warning).On("! "+p.Cut(notice, max(p.Layout.Pane.Width/2-p.WidthOf(text)-7, 12))) + dot + text
	}
	return text
}
