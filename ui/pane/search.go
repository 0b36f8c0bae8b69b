package pane

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

// search finds text in the runbook that is read, in any case.
type search struct {
	input   textinput.Model
	Pattern *regexp.Regexp // nil: nothing is looked for
	Hits    []hit
	At      int // the hit that is shown
}

// hit is where the text was found: bytes of a line without its colours.
type hit struct{ line, from, to int }

// mostHits bounds what is counted and lit up.
const mostHits = 9999

func newSearch() search { return search{input: draw.NewInput()} }

// Clear looks for nothing any more.
func (f *search) Clear() {
	f.input.SetValue("")
	f.Pattern, f.Hits, f.At = nil, nil, 0
}

// find finds the text in lines; the first hit from a line on is shown.
func (f *search) find(plain []string, from int) {
	f.Hits, f.At, f.Pattern = nil, 0, nil
	text := strings.TrimSpace(f.input.Value())
	if text == "" {
		return
	}
	f.Pattern = regexp.MustCompile("(?i)" + regexp.QuoteMeta(text))
	f.collect(plain)
	for i, h := range f.Hits {
		if h.line >= from {
			f.At = i
			break
		}
	}
}

// again finds the same text in content that was made again.
func (f *search) again(plain []string) {
	if f.Pattern == nil {
		return
	}
	f.Hits = nil
	f.collect(plain)
	f.At = min(f.At, max(len(f.Hits)-1, 0))
}

func (f *search) collect(plain []string) {
	for i, line := range plain {
		for _, at := range f.Pattern.FindAllStringIndex(line, -1) {
			if len(f.Hits) == mostHits {
				return
			}
			f.Hits = append(f.Hits, hit{i, at[0], at[1]})
		}
	}
}

// step goes to the next or previous hit, around the end.
func (f *search) step(by int) {
	if n := len(f.Hits); n > 0 {
		f.At = (f.At + by + n) % n
	}
}

// count says which of how many hits is shown.
func (f *search) count() string {
	switch n := len(f.Hits); {
	case f.Pattern == nil:
		return ""
	case n == 0:
		return "not in this runbook"
	case n == mostHits:
		return fmt.Sprintf("%d of more than %d", f.At+1, n)
	default:
		return fmt.Sprintf("%d of %d", f.At+1, n)
	}
}

// light lights up the hits in a line; the one that is shown is underlined too.
func (p *RunbookTab) light(number int, line string) string {
	plain := p.Shown().plain
	if p.Find.Pattern == nil || number >= len(plain) {
		return line
	}
	for i, h := range p.Find.Hits {
		if h.line != number {
			continue
		}
		text := plain[number]
		from, to := p.WidthOf(text[:h.from]), p.WidthOf(text[:h.to])
		style := p.Theme.Selected[draw.Accent]
		if i == p.Find.At {
			style += draw.StyleUnderline
		}
		// The library's Cut is wrong where emoji are not joined; these are right.
		line = p.Method.Truncate(line, from, "") + style.On(text[h.from:h.to]) + p.Method.TruncateLeft(line, to, "")
	}
	return line
}

// showHit scrolls to the hit, if it is not on the screen.
func (p *RunbookTab) showHit() {
	if p.Find.At >= len(p.Find.Hits) {
		return
	}
	line, from := p.Find.Hits[p.Find.At].line, p.Offset()
	if line < from || line >= from+p.Rows() {
		p.scrollTo(line - p.Rows()/3)
	}
}

// openSearch begins to look for text in the runbook.
func (p *RunbookTab) openSearch() {
	p.Find.input.CursorEnd()
	p.fitSearch()
	p.Find.input.Focus()
	p.Options.Open(searchRoom{p})
}

func (p *RunbookTab) searchKey(msg tea.KeyPressMsg) tea.Cmd {
	f := &p.Find
	switch c, _ := p.Keys.Command(msg, keymap.InSearch); c {
	case keymap.Quit:
		return p.Host.Quit()
	case keymap.CloseDialog:
		f.Clear()
		p.Host.Close()
	case keymap.Confirm:
		p.Host.Close()
	case keymap.NextHit, keymap.PreviousHit:
		p.stepHit(c)
	default:
		return p.typeSearch(msg)
	}
	return nil
}

// typeSearch types, and searches again.
func (p *RunbookTab) typeSearch(msg tea.Msg) tea.Cmd {
	f := &p.Find
	before := f.input.Value()
	var cmd tea.Cmd
	f.input, cmd = f.input.Update(msg)
	if f.input.Value() != before && p.ready() {
		f.find(p.Shown().plain, p.Offset())
		p.showHit()
	}
	p.fitSearch()
	return cmd
}

func (p *RunbookTab) stepHit(c keymap.Command) {
	by := 1
	if c == keymap.PreviousHit {
		by = -1
	}
	p.Find.step(by)
	p.showHit()
	p.fitSearch()
}

// searchEdge is the text before the search.
const searchEdge = "Find / "

// fitSearch fits the search to the pane's width, beside the number of hits.
func (p *RunbookTab) fitSearch() {
	p.Find.input.SetWidth(max(p.Layout.Pane.Width-len(searchEdge)-p.WidthOf(p.Find.count())-4, 8))
}

// SearchTitle shows the search in place of the tabs.
func (p *RunbookTab) SearchTitle() string {
	title := p.Theme.Of(draw.Accent).On(searchEdge) + strings.TrimRight(p.Find.input.View(), " ")
	if count := p.Find.count(); count != "" {
		title += p.Theme.Of(draw.Dim).On("  " + clean.Line(count))
	}
	return title
}

// SpokenSearch is how many hits there are, and the line of the one that is shown.
func (p *RunbookTab) SpokenSearch() []string {
	f := &p.Find
	lines := []string{f.count()}
	if f.At < len(f.Hits) && p.ready() {
		lines = append(lines, p.Shown().plain[f.Hits[f.At].line])
	}
	return lines
}
