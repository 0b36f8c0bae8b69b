package ui

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/triage"
	"firstline/runbooks"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
)

// tab is a page of the pane.
type tab int

const (
	runbookTab tab = iota
	detailsTab
	timelineTab
	tabCount
)

var tabNames = [tabCount]string{"Runbook", "Details", "Timeline"}

// page is one prepared tab: its head stands still, its lines scroll.
type page struct {
	head  []string
	lines []string
	// sections are indices into lines; start is where reading begins.
	sections []int
	start    int
	// book is the runbook that the page shows; nil when there is none.
	book *book
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

// pane shows the runbook and the details of the group under the cursor.
type pane struct {
	*shared
	tab   tab
	cache *runbooks.Cache

	group  *triage.Group
	number int
	// shown is what pages were made for.
	shown     paneWant
	preparing reply.Loader
	// blank: what is shown is another group's and has been for too long.
	blank bool
	pages [tabCount]page
	// wholeNotes: long notes of the timeline, and long comments of silences, are
	// not folded.
	wholeNotes bool
	// scrolls remembers where each group's tabs were left.
	scrolls map[string]*[tabCount]int

	// trails are how each group's runbook is read, arriving is where the
	// page that is being made will be read from; nil: where it was left.
	trails   map[string]*trail
	arriving *int
	// lookups are what the web was asked for.
	lookups                      map[string]webLookup
	looking, following, creating reply.Loader
	find                         pageSearch
	chooser                      *chooser
	memory                       *memoryBook
}

func newPane(s *shared) *pane {
	return &pane{
		shared: s, cache: runbooks.NewCache(64), scrolls: map[string]*[tabCount]int{},
		trails: map[string]*trail{}, lookups: map[string]webLookup{}, find: newPageSearch(), memory: newMemoryBook(s.options.Memory),
	}
}

// show follows the cursor to a group, and notices when the same group changed.
func (p *pane) show(g *triage.Group) {
	if p.group != nil && (g == nil || p.group.ID != g.ID) {
		p.leave()
	}
	switch {
	case g == p.group:
	case g == nil:
		p.group = nil
	case p.group == nil || p.group.ID != g.ID || !reflect.DeepEqual(*p.group, *g):
		p.group = g
		p.number++
	default:
		p.group = g // the same, from a later join
	}
}

// again makes the pages anew: the library or the time changed.
func (p *pane) again() { p.number++ }

// fullInside is how wide text in the pane can be: a blank stays on both sides.
func (p *pane) fullInside() int {
	width := p.Layout.Pane.Width
	if width == 0 {
		width = p.Width
	}
	return max(width-4, 1)
}

// inside is how wide the page is, the outline beside it aside.
func (p *pane) inside() int {
	width := p.fullInside()
	if p.chooser != nil && p.chooser.sidebar && beside(width) {
		width -= sidebarWidth + 2
	}
	return width
}

// leave ends the stay at a group, whose place is kept.
func (p *pane) leave() {
	p.keepPosition()
	p.preparing.Drop()
	p.following.Drop()
	p.arriving, p.chooser = nil, nil
	p.find.clear()
}

// book is the runbook on the screen; an empty one when there is none.
func (p *pane) book() *book {
	if b := p.pages[runbookTab].book; b != nil && p.ready() {
		return b
	}
	return &book{}
}

// area is where the pane stands.
func (p *pane) area() draw.Rectangle { return p.Layout.Pane }

func (p *pane) want() paneWant {
	return paneWant{p.group.ID, p.inside(), p.Theme, p.number}
}

// prepare starts making the pages when what is wanted is not there, one at a
// time; the pages of a group that the cursor has left are dropped.
func (p *pane) prepare(ctx context.Context, t *timeline) tea.Cmd {
	if p.group == nil || p.preparing.Busy() {
		return nil
	}
	want := p.want()
	if want == p.shown {
		return nil
	}
	// The command works on a copy: sizes and theme may change meanwhile.
	s, g := *p.shared, *p.group
	whole := p.wholeNotes
	now, happened, book := p.Now, t.of(g.ID), p.bookWant(g, t)
	return reply.Start(&p.preparing, func() (pages [tabCount]page) {
		pages[runbookTab] = s.runbookPage(ctx, g, book, want.width)
		pages[detailsTab] = s.detailsPage(g, want.width, now, whole)
		pages[timelineTab] = s.timelinePage(happened, now, want.width, whole)
		return pages
	}, reply.Nothing(func(pages [tabCount]page) { p.accept(want, pages) }))
}

// accept takes prepared pages.
func (p *pane) accept(want paneWant, pages [tabCount]page) {
	same := p.shown.groupID == want.groupID
	line, beyond := 0, 0
	old := p.pages[runbookTab].book
	if same && old != nil {
		line, beyond = old.sourceAt(p.offsetOf(runbookTab))
	}
	narrowed := p.shown.width != want.width
	p.shown, p.pages, p.blank = want, pages, false
	p.settle(old, same, line, beyond, narrowed)
}

// settle finds the place to read on in pages that were just made.
func (p *pane) settle(old *book, same bool, line, beyond int, otherWidth bool) {
	now := p.pages[runbookTab].book
	at := &p.placesOf(p.shown.groupID)[runbookTab]
	switch {
	case now == nil:
	case p.arriving != nil:
		*at = *p.arriving
		p.arriving = nil
	case same && old != nil && *at >= 0 && old.match.Runbook.Path == now.match.Runbook.Path:
		// The same text, made anew: the same words stay at the top.
		if otherWidth {
			beyond = 0
		}
		*at = now.lineOf(line) + beyond
	case *at < 0:
		*at = p.keptPosition(now)
	}
	if now != nil {
		p.find.again(now.plain)
	}
}

// late takes the former group's page off when the new one's has not come by
// the next tick. Most come within milliseconds, and then the page changes once
// instead of flickering.
func (p *pane) late() {
	if p.group != nil && !p.ready() {
		p.blank = true
	}
}

// ready reports whether the pages are those of the group under the cursor.
func (p *pane) ready() bool { return p.group != nil && p.shown.groupID == p.group.ID }

// place is how far the tab is scrolled, of the group that is shown.
func (p *pane) place() *int { return &p.placesOf(p.shown.groupID)[p.tab] }

func (p *pane) placesOf(id string) *[tabCount]int {
	all := p.scrolls[id]
	if all == nil {
		all = &[tabCount]int{-1, -1, -1}
		p.scrolls[id] = all
	}
	return all
}

// offset is the first line on the screen.
func (p *pane) offset() int { return p.offsetOf(p.tab) }

func (p *pane) offsetOf(t tab) int {
	at := p.placesOf(p.shown.groupID)[t]
	if at < 0 {
		at = p.pages[t].start
	}
	return min(max(at, 0), max(len(p.pages[t].lines)-p.heightOf(t), 0))
}

// scrollTo puts a line at the top, as far as there is text below it.
func (p *pane) scrollTo(line int) {
	*p.place() = min(max(line, 0), max(len(p.page().lines)-p.height(), 0))
}

func (p *pane) page() *page { return &p.pages[p.tab] }

// height is how many lines scroll.
func (p *pane) height() int { return p.heightOf(p.tab) }

func (p *pane) heightOf(t tab) int { return max(p.Layout.Pane.Height-2-len(p.pages[t].head), 1) }

// update answers a key while the pane has the focus.
func (p *pane) update(c keymap.Command) {
	switch c {
	case keymap.NextTab:
		p.tab = (p.tab + 1) % tabCount
		return
	case keymap.FirstTab:
		p.tab = runbookTab
		return
	case keymap.SecondTab:
		p.tab = detailsTab
		return
	case keymap.ThirdTab:
		p.tab = timelineTab
		return
	}
	if !p.ready() {
		return
	}
	at, half := p.offset(), max(p.height()/2, 1)
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
		at = len(p.page().lines)
	case keymap.NextSection:
		for _, line := range p.page().sections {
			if line > at {
				at = line
				break
			}
		}
	case keymap.PreviousSection:
		for i := len(p.page().sections) - 1; i >= 0; i-- {
			if line := p.page().sections[i]; line < at {
				at = line
				break
			}
		}
	}
	p.scrollTo(at)
}

// title names the tabs; the one that is shown is underlined.
func (p *pane) title() string {
	var b strings.Builder
	for t := range tabCount {
		if t > 0 {
			b.WriteString(p.Theme.Of(draw.Border).On(" ─ "))
		}
		if t == p.tab {
			b.WriteString(p.Theme.Underlined(draw.Accent).On(tabNames[t]))
		} else {
			b.WriteString(p.Theme.Of(draw.Dim).On(tabNames[t]))
		}
	}
	return b.String()
}

// lines draws the visible part, each line as wide as the box's inside.
func (p *pane) lines() []string {
	if p.group == nil {
		return nil
	}
	if p.blank || p.shown.groupID == "" {
		return []string{" " + p.Fit(p.Theme.Of(draw.Dim).On("…"), p.inside()) + " "}
	}
	c, height := p.chooser, p.Layout.Pane.Height-2
	if c != nil && (!c.sidebar || p.shown.width == p.fullInside()) {
		return p.pad(p.chooserLines(c, p.fullInside(), height))
	}
	out := p.pageLines()
	if c == nil {
		return out
	}
	for len(out) < height {
		out = append(out, draw.Blanks(p.shown.width+2))
	}
	for i, l := range p.chooserLines(c, sidebarWidth, height) {
		out[i] = " " + l + p.Theme.Of(draw.Border).On("│") + out[i]
	}
	return out
}

// pad puts a blank on both sides.
func (p *pane) pad(lines []string) []string {
	for i, l := range lines {
		lines[i] = " " + l + " "
	}
	return lines
}

// pageLines draws the visible part of the page.
func (p *pane) pageLines() []string {
	page, from := p.page(), p.offset()
	width := p.inside()
	out := make([]string, 0, p.Layout.Pane.Height)
	for _, line := range page.head {
		out = append(out, " "+p.Fit(line, width)+" ")
	}
	for i, line := range page.lines[from:min(from+p.height(), len(page.lines))] {
		margin := " "
		if p.tab == runbookTab {
			margin, line = p.margin(from+i), p.light(from+i, line)
		}
		out = append(out, margin+p.Fit(line, width)+" ")
	}
	return out
}

// footer says how much of the page is on the screen, when not all is.
func (p *pane) footer() string {
	if !p.ready() || len(p.page().lines) <= p.height() {
		return ""
	}
	from, total := p.offset(), len(p.page().lines)
	last := min(from+p.height(), total)
	text := p.Theme.Of(draw.Dim).On(fmt.Sprintf("%d–%d of %d", from+1, last, total))
	if found := p.find.count(); found != "" && p.tab == runbookTab {
		text = p.Theme.Of(draw.Accent).On("/"+p.find.input.Value()+" "+found) + p.Theme.Of(draw.Dim).On(" · ") + text
	}
	return text
}
