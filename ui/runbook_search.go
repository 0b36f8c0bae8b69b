package ui

import (
	"fmt"
	"regexp"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// pageSearch finds text in the page that is read, in any case.
type pageSearch struct {
	input   textinput.Model
	pattern *regexp.Regexp // nil: nothing is looked for
	hits    []hit
	at      int // the hit that is shown
}

// hit is where the text stands: bytes of a line without its colours.
type hit struct{ line, from, to int }

// mostHits bounds what is counted and lit up.
const mostHits = 9999

func newPageSearch() pageSearch { return pageSearch{input: draw.NewInput()} }

// clear looks for nothing any more.
func (f *pageSearch) clear() {
	f.input.SetValue("")
	f.pattern, f.hits, f.at = nil, nil, 0
}

// look finds the text in lines; the first hit from a line on is shown.
func (f *pageSearch) look(plain []string, from int) {
	f.hits, f.at, f.pattern = nil, 0, nil
	text := strings.TrimSpace(f.input.Value())
	if text == "" {
		return
	}
	f.pattern = regexp.MustCompile("(?i)" + regexp.QuoteMeta(text))
	f.collect(plain)
	for i, h := range f.hits {
		if h.line >= from {
			f.at = i
			break
		}
	}
}

// again finds the same text in a page that was made anew.
func (f *pageSearch) again(plain []string) {
	if f.pattern == nil {
		return
	}
	f.hits = nil
	f.collect(plain)
	f.at = min(f.at, max(len(f.hits)-1, 0))
}

func (f *pageSearch) collect(plain []string) {
	for i, line := range plain {
		for _, at := range f.pattern.FindAllStringIndex(line, -1) {
			if len(f.hits) == mostHits {
				return
			}
			f.hits = append(f.hits, hit{i, at[0], at[1]})
		}
	}
}

// step goes to the next or previous hit, around the end.
func (f *pageSearch) step(by int) {
	if n := len(f.hits); n > 0 {
		f.at = (f.at + by + n) % n
	}
}

// count says which of how many hits is shown.
func (f *pageSearch) count() string {
	switch n := len(f.hits); {
	case f.pattern == nil:
		return ""
	case n == 0:
		return "not on this page"
	case n == mostHits:
		return fmt.Sprintf("%d of more than %d", f.at+1, n)
	default:
		return fmt.Sprintf("%d of %d", f.at+1, n)
	}
}

// light lights up the hits in a line; the one that is shown is underlined too.
func (p *pane) light(number int, line string) string {
	plain := p.book().plain
	if p.find.pattern == nil || number >= len(plain) {
		return line
	}
	for i, h := range p.find.hits {
		if h.line != number {
			continue
		}
		text := plain[number]
		from, to := p.WidthOf(text[:h.from]), p.WidthOf(text[:h.to])
		look := p.Theme.Selected[draw.Accent]
		if i == p.find.at {
			look += draw.StyleUnderline
		}
		// The library's Cut is wrong where emoji are not joined; these are right.
		line = p.Method.Truncate(line, from, "") + look.On(text[h.from:h.to]) + p.Method.TruncateLeft(line, to, "")
	}
	return line
}

// showHit scrolls to the hit, if it is not on the screen.
func (p *pane) showHit() {
	if p.find.at >= len(p.find.hits) {
		return
	}
	line, from := p.find.hits[p.find.at].line, p.offset()
	if line < from || line >= from+p.height() {
		p.scrollTo(line - p.height()/3)
	}
}

// openSearch begins to look for text in the page.
func (m *Model) openSearch() {
	m.pane.find.input.CursorEnd()
	m.pane.find.input.Focus()
	m.mode = searching
}

func (m *Model) searchKey(msg tea.KeyPressMsg) tea.Cmd {
	f := &m.pane.find
	switch c, _ := m.Keys.Command(msg, keymap.InSearch); c {
	case keymap.Quit:
		return m.quit()
	case keymap.CloseDialog:
		f.clear()
		m.mode = normal
	case keymap.Confirm:
		m.mode = normal
	case keymap.NextHit, keymap.PreviousHit:
		m.stepHit(c)
	default:
		return m.typeSearch(msg)
	}
	return nil
}

// typeSearch types, and looks anew.
func (m *Model) typeSearch(msg tea.Msg) tea.Cmd {
	f := &m.pane.find
	before := f.input.Value()
	var cmd tea.Cmd
	f.input, cmd = f.input.Update(msg)
	if f.input.Value() != before && m.pane.ready() {
		f.look(m.pane.book().plain, m.pane.offset())
		m.pane.showHit()
	}
	return cmd
}

func (m *Model) stepHit(c keymap.Command) {
	by := 1
	if c == keymap.PreviousHit {
		by = -1
	}
	m.pane.find.step(by)
	m.pane.showHit()
}

// searchTitle is what is looked for, in place of the tabs; edge is what stands
// before it.
func (p *pane) searchTitle(width int) (title, edge string) {
	edge = "Find / "
	count := p.find.count()
	p.find.input.SetWidth(max(width-p.WidthOf(edge)-p.WidthOf(count)-4, 8))
	title = p.Theme.Of(draw.Accent).On(edge) + strings.TrimRight(p.find.input.View(), " ")
	if count != "" {
		title += p.Theme.Of(draw.Dim).On("  " + clean.Line(count))
	}
	return title, edge
}
