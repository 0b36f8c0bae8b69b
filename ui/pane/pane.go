// Package pane shows the group under the cursor: its runbook, its details and its
// timeline, each on a tab.
package pane

import (
	"fmt"
	"reflect"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/triage"
	"firstline/runbooks"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// Tab is a page of the pane.
type Tab int

// The tabs.
const (
	RunbookTab Tab = iota
	detailsTab
	timelineTab
	tabCount
)

var tabNames = [tabCount]string{"Runbook", "Details", "Timeline"}

// Content is one prepared tab: its head is fixed, its lines scroll.
type Content struct {
	head  []string
	Lines []string
	// sections are indices into lines; start is where reading begins.
	sections []int
	start    int
	// runbook is the runbook that is shown; nil without one.
	runbook *Shown
	// waiting is the address that was not read yet and may be the runbook's.
	waiting string
}

// paneWant is what the pages were made for.
type paneWant struct {
	groupID string
	width   int
	theme   *draw.Theme
	// number counts the changes of the group and of the library.
	number int
}

// Pane shows the runbook and the details of the group under the cursor.
type Pane struct {
	*room.Screen
	Options Options
	// Focused: the keys go to the pane, else to the list.
	Focused  bool
	Timeline *timeline
	unread   unreadAlerts
	Tab      Tab
	cache    *runbooks.Cache

	Group  *triage.Group
	number int
	// Shown is what pages were made for.
	Shown     paneWant
	preparing reply.Loader
	// blank: what is shown is another group's and has been for too long.
	blank    bool
	contents [tabCount]Content
	// WholeNotes: long notes of the timeline, and long comments of silences, are
	// not folded.
	WholeNotes bool
	// scrolls remembers where each group's tabs were left.
	scrolls map[string]*[tabCount]int

	// trails are how each group's runbook is read, arriving is where the
	// page that is being made will be read from; nil: where it was left.
	trails   map[string]*trail
	arriving *int
	// lookups are what the web was asked for.
	lookups                      map[string]webLookup
	Looking, following, creating reply.Loader
	Find                         search
	Chooser                      *chooser
	Memory                       *recorder
}

// New makes an empty pane.
func New(s *room.Screen, o Options) *Pane {
	return &Pane{
		Screen: s, Options: o, Timeline: newTimeline(), cache: runbooks.NewCache(64), scrolls: map[string]*[tabCount]int{},
		trails: map[string]*trail{}, lookups: map[string]webLookup{}, Find: newSearch(),
		Memory: newRecorder(o.Memory, func(sentence string) { s.Say(room.Caution, sentence) }),
	}
}

// Show follows the cursor to a group, and notices when the same group changed.
func (p *Pane) Show(g *triage.Group) {
	if p.Group != nil && (g == nil || p.Group.ID != g.ID) {
		p.leave()
	}
	switch {
	case g == p.Group:
	case g == nil:
		p.Group = nil
	case p.Group == nil || p.Group.ID != g.ID || !reflect.DeepEqual(*p.Group, *g):
		p.Group = g
		p.number++
	default:
		p.Group = g // the same, from a later join
	}
}

// Invalidate makes the contents again: the library or the time changed.
func (p *Pane) Invalidate() { p.number++ }

// fullInside is how wide text in the pane can be: a blank stays on both sides.
func (p *Pane) fullInside() int {
	width := p.Layout.Pane.Width
	if width == 0 {
		width = p.Width
	}
	return max(width-4, 1)
}

// Inside is how wide the page is, the outline beside it aside.
func (p *Pane) Inside() int {
	width := p.fullInside()
	if p.Chooser != nil && p.Chooser.sidebar && beside(width) {
		width -= sidebarWidth + 2
	}
	return width
}

// leave ends the stay at a group and saves its reading position.
func (p *Pane) leave() {
	p.SavePosition()
	p.preparing.Drop()
	p.following.Drop()
	p.arriving, p.Chooser = nil, nil
	p.Find.Clear()
}

// Runbook returns the runbook on the screen, or an empty one.
func (p *Pane) Runbook() *Shown {
	if b := p.contents[RunbookTab].runbook; b != nil && p.ready() {
		return b
	}
	return &Shown{}
}

// area is where the pane is drawn.
func (p *Pane) area() draw.Rectangle { return p.Layout.Pane }

// Mode is where keys act while the pane has the focus.
func (p *Pane) Mode() keymap.Mode {
	if p.Tab == RunbookTab {
		return keymap.InRunbook
	}
	return keymap.InNormal
}

func (p *Pane) want() paneWant {
	return paneWant{p.Group.ID, p.Inside(), p.Theme, p.number}
}

// Prepare starts making the pages when what is wanted is not there, one at a
// time; the pages of a group that the cursor has left are dropped.
func (p *Pane) Prepare() tea.Cmd {
	if p.Group == nil || p.preparing.Busy() {
		return nil
	}
	want, ctx := p.want(), p.Context
	if want == p.Shown {
		return nil
	}
	// The command works on a copy: sizes and theme may change meanwhile.
	s, g := &Writer{*p.Screen, p.Options}, *p.Group
	whole := p.WholeNotes
	now, happened, runbook := p.Now, p.Timeline.of(g.ID), p.wantRunbook(g)
	return reply.Start(&p.preparing, func() (contents [tabCount]Content) {
		contents[RunbookTab] = s.runbookContent(ctx, g, runbook, want.width)
		contents[detailsTab] = s.DetailsContent(g, want.width, now, whole)
		contents[timelineTab] = s.timelineContent(happened, now, want.width, whole)
		return contents
	}, reply.Nothing(func(contents [tabCount]Content) { p.accept(want, contents) }))
}

// accept takes prepared pages.
func (p *Pane) accept(want paneWant, contents [tabCount]Content) {
	same := p.Shown.groupID == want.groupID
	line, beyond := 0, 0
	old := p.contents[RunbookTab].runbook
	if same && old != nil {
		line, beyond = old.sourceAt(p.offsetOf(RunbookTab))
	}
	narrowed := p.Shown.width != want.width
	p.Shown, p.contents, p.blank = want, contents, false
	p.restore(old, same, line, beyond, narrowed)
}

// restore finds the place to read on in pages that were just made.
func (p *Pane) restore(old *Shown, same bool, line, beyond int, otherWidth bool) {
	now := p.contents[RunbookTab].runbook
	at := &p.offsetsOf(p.Shown.groupID)[RunbookTab]
	switch {
	case now == nil:
	case p.arriving != nil:
		*at = *p.arriving
		p.arriving = nil
	case same && old != nil && *at >= 0 && old.Match.Runbook.Path == now.Match.Runbook.Path:
		// The same text, made again: the same words stay at the top.
		if otherWidth {
			beyond = 0
		}
		*at = now.lineOf(line) + beyond
	case *at < 0:
		*at = p.savedOffset(now)
	}
	if now != nil {
		p.Find.again(now.plain)
		p.fitSearch()
	}
}

// Late takes the former group's page off when the new one's has not come by
// the next tick. Most come within milliseconds, and then the page changes once
// instead of flickering.
func (p *Pane) Late() {
	if p.Group != nil && !p.ready() {
		p.blank = true
	}
}

// ready reports whether the pages are those of the group under the cursor.
func (p *Pane) ready() bool { return p.Group != nil && p.Shown.groupID == p.Group.ID }

// offsetHere is how far the tab is scrolled, of the group that is shown.
func (p *Pane) offsetHere() *int { return &p.offsetsOf(p.Shown.groupID)[p.Tab] }

func (p *Pane) offsetsOf(id string) *[tabCount]int {
	all := p.scrolls[id]
	if all == nil {
		all = &[tabCount]int{-1, -1, -1}
		p.scrolls[id] = all
	}
	return all
}

// Offset is the first line on the screen.
func (p *Pane) Offset() int { return p.offsetOf(p.Tab) }

func (p *Pane) offsetOf(t Tab) int {
	at := -1
	if all := p.scrolls[p.Shown.groupID]; all != nil {
		at = all[t]
	}
	if at < 0 {
		at = p.contents[t].start
	}
	return min(max(at, 0), max(len(p.contents[t].Lines)-p.heightOf(t), 0))
}

// scrollTo puts a line at the top, as far as there is text below it.
func (p *Pane) scrollTo(line int) {
	*p.offsetHere() = min(max(line, 0), max(len(p.content().Lines)-p.height(), 0))
}

// TopLine is the first line of the content that is on the screen, without
// colours.
func (p *Pane) TopLine() string { return p.Bare(p.content().Lines[p.Offset()]) }

func (p *Pane) content() *Content { return &p.contents[p.Tab] }

// height is how many lines scroll.
func (p *Pane) height() int { return p.heightOf(p.Tab) }

func (p *Pane) heightOf(t Tab) int { return max(p.Layout.Pane.Height-2-len(p.contents[t].head), 1) }

// Update answers a key while the pane has the focus.
func (p *Pane) Update(c keymap.Command) {
	switch c {
	case keymap.NextTab:
		p.Tab = (p.Tab + 1) % tabCount
		return
	case keymap.FirstTab:
		p.Tab = RunbookTab
		return
	case keymap.SecondTab:
		p.Tab = detailsTab
		return
	case keymap.ThirdTab:
		p.Tab = timelineTab
		return
	}
	if !p.ready() {
		return
	}
	at, half := p.Offset(), max(p.height()/2, 1)
	switch c {
	case keymap.MoveDown:
		at++
	case keymap.MoveUp:
		at--
	case keymap.HalfDown:
		at += half
	case keymap.HalfUp:
		at -= half
	case keymap.GoTop:
		at = 0
	case keymap.GoBottom:
		at = len(p.content().Lines)
	case keymap.NextSection:
		for _, line := range p.content().sections {
			if line > at {
				at = line
				break
			}
		}
	case keymap.PreviousSection:
		for i := len(p.content().sections) - 1; i >= 0; i-- {
			if line := p.content().sections[i]; line < at {
				at = line
				break
			}
		}
	}
	p.scrollTo(at)
}

// Title names the tabs; the one that is shown is underlined.
func (p *Pane) Title() string {
	var b strings.Builder
	for t := range tabCount {
		if t > 0 {
			b.WriteString(p.Theme.Of(draw.Border).On(" ─ "))
		}
		if t == p.Tab {
			b.WriteString(p.Theme.Underlined(draw.Accent).On(tabNames[t]))
		} else {
			b.WriteString(p.Theme.Of(draw.Dim).On(tabNames[t]))
		}
	}
	return b.String()
}

// Lines draws the visible part, each line as wide as the box's inside.
func (p *Pane) Lines() []string {
	if p.Group == nil {
		return nil
	}
	if p.blank || p.Shown.groupID == "" {
		return []string{" " + p.Fit(p.Theme.Of(draw.Dim).On("…"), p.Inside()) + " "}
	}
	c, height := p.Chooser, p.Layout.Pane.Height-2
	if c != nil && (!c.sidebar || p.Shown.width == p.fullInside()) {
		return p.pad(p.chooserLines(c, p.fullInside(), height))
	}
	out := p.visibleLines()
	if c == nil {
		return out
	}
	for len(out) < height {
		out = append(out, draw.Blanks(p.Shown.width+2))
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

// visibleLines draws the visible part of the page.
func (p *Pane) visibleLines() []string {
	content, from := p.content(), p.Offset()
	width := p.Inside()
	out := make([]string, 0, p.Layout.Pane.Height)
	for _, line := range content.head {
		out = append(out, " "+p.Fit(line, width)+" ")
	}
	for i, line := range content.Lines[from:min(from+p.height(), len(content.Lines))] {
		margin := " "
		if p.Tab == RunbookTab {
			margin, line = p.margin(from+i), p.light(from+i, line)
		}
		out = append(out, margin+p.Fit(line, width)+" ")
	}
	return out
}

// Footer says how much of the page is on the screen, when not all is.
func (p *Pane) Footer() string {
	if !p.ready() || len(p.content().Lines) <= p.height() {
		return ""
	}
	from, total := p.Offset(), len(p.content().Lines)
	last := min(from+p.height(), total)
	text := p.Theme.Of(draw.Dim).On(fmt.Sprintf("%d–%d of %d", from+1, last, total))
	if found := p.Find.count(); found != "" && p.Tab == RunbookTab {
		text = p.Theme.Of(draw.Accent).On("/"+p.Find.input.Value()+" "+found) + p.Theme.Of(draw.Dim).On(" · ") + text
	}
	return text
}
