package pane

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/runbooks"
	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// chooser is a list in the pane to choose from: the outline, the links, the
// alerts.
type chooser struct {
	title string
	rows  []string
	// chosen is the row under the cursor.
	chosen int
	// sidebar: the runbook stays beside it where there is room.
	sidebar bool
	// moved shows what is under the cursor; nil: nothing is shown before it is
	// chosen.
	moved func(int)
	take  func(int) tea.Cmd
}

// Widths of the outline and of the text beside it.
const (
	sidebarWidth    = 28
	leastTextBeside = 44
)

// beside reports whether a text of this width has room for the sidebar.
func beside(width int) bool { return width >= sidebarWidth+leastTextBeside }

func (c *chooser) move(by int) {
	before := c.chosen
	c.chosen = min(max(c.chosen+by, 0), max(len(c.rows)-1, 0))
	if c.chosen != before && c.moved != nil {
		c.moved(c.chosen)
	}
}

// window is the first row that is shown in a height, and how many there can be.
func (c *chooser) window(height int) (from, rows int) {
	rows = max(height-1, 1)
	return min(max(c.chosen-rows/2, 0), max(len(c.rows)-rows, 0)), rows
}

func (p *Pane) choose(c *chooser) {
	p.Chooser = c
	p.Options.Open(choiceRoom{p})
}

// endChoice takes the list off.
func (p *Pane) endChoice() {
	p.Chooser = nil
	p.Host.Close()
}

// NumberOf is the row that a key names, beginning at 1.
func NumberOf(msg tea.KeyPressMsg) (n int, named bool) {
	n, err := strconv.Atoi(msg.String())
	return n, err == nil && n >= 1
}

// takes reports whether a key takes a row by its number.
func (c *chooser) takes(msg tea.KeyPressMsg) bool {
	n, named := NumberOf(msg)
	return named && n <= len(c.rows) && !c.sidebar
}

func (p *Pane) choiceKey(msg tea.KeyPressMsg) tea.Cmd {
	c := p.Chooser
	if c.takes(msg) {
		n, _ := NumberOf(msg)
		p.endChoice()
		return c.take(n - 1)
	}
	switch command, _ := p.Keys.Command(msg, keymap.InChoice); command {
	case keymap.Quit:
		return p.Host.Quit()
	case keymap.CloseDialog:
		p.endChoice()
	case keymap.MoveDown:
		c.move(1)
	case keymap.MoveUp:
		c.move(-1)
	case keymap.HalfDown:
		c.move(max(p.area().Height/2, 1))
	case keymap.HalfUp:
		c.move(-max(p.area().Height/2, 1))
	case keymap.GoTop:
		c.move(-len(c.rows))
	case keymap.GoBottom:
		c.move(len(c.rows))
	case keymap.Confirm:
		p.endChoice()
		return c.take(c.chosen)
	}
	return nil
}

// lines draws the list in a width and height.
func (p *Pane) chooserLines(c *chooser, width, height int) []string {
	out := []string{p.Fit(p.Theme.Of(draw.Accent).On(c.title), width)}
	from, rows := c.window(height)
	for i := from; i < min(from+rows, len(c.rows)); i++ {
		mark, here := "  ", i == c.chosen
		if here {
			mark = "▌ "
		}
		out = append(out, p.Theme.OnRow(draw.Accent, here).On(mark)+p.Theme.OnRow(draw.Plain, here).On(p.Fit(c.rows[i], width-2)))
	}
	for len(out) < height {
		out = append(out, draw.Blanks(width))
	}
	return out
}

// openOutline lists the headings; the runbook follows the cursor.
func (p *RunbookTab) openOutline() {
	b := p.Shown()
	c := &chooser{title: "Outline", sidebar: true}
	least := 6
	for _, h := range b.headings {
		least = min(least, h.level)
	}
	at := p.Offset()
	keys := map[int]string{}
	for _, e := range p.sectionKeys() {
		if i, found := p.section(e.Command); found && keys[i] == "" {
			keys[i] = e.Binding.Help().Key
		}
	}
	for i, h := range b.headings {
		c.rows = append(c.rows, p.Fit(keys[i], 2)+strings.Repeat("  ", h.level-least)+h.text)
		if h.line <= at {
			c.chosen = i
		}
	}
	c.moved = func(i int) { p.toHeading(i) }
	c.take = func(i int) tea.Cmd {
		p.toHeading(i)
		return nil
	}
	p.choose(c)
}

// toHeading scrolls to a heading of the runbook, however wide that is by now.
func (p *RunbookTab) toHeading(i int) {
	if headings := p.Shown().headings; i < len(headings) {
		p.scrollTo(headings[i].line)
	}
}

// openLinks lists the links of the runbook, the runbooks of others that have the
// alert's name, and a page that may have taken the runbook's place.
func (p *RunbookTab) openLinks() {
	from, links := p.Shown().Match.Runbook, p.Shown().links
	c := &chooser{title: "Follow a link"}
	first, at := 0, p.Offset()
	for i, l := range links {
		where := ""
		if l.External() {
			where = "  ↗"
		}
		text := clean.Line(l.Text)
		if text != clean.Line(l.Destination) {
			text += "  " + clean.Line(l.Destination)
		}
		c.rows = append(c.rows, p.Fit(strconv.Itoa(i+1), 3)+text+where)
		if p.Shown().lineOf(l.Line) < at {
			first = min(i+1, len(links)-1)
		}
	}
	suggested := p.part().suggestions
	more := p.nowRows()
	for i, s := range suggested {
		c.rows = append(c.rows, p.Fit(strconv.Itoa(len(links)+i+1), 3)+"of "+clean.Line(s.Owner)+": "+clean.Line(s.Runbook.Title)+"  "+clean.Line(s.Runbook.Path))
	}
	for i, row := range more {
		c.rows = append(c.rows, p.Fit(strconv.Itoa(len(links)+len(suggested)+i+1), 3)+row.text)
	}
	c.chosen = first
	c.take = func(i int) tea.Cmd {
		switch {
		case i < len(links):
			return p.followLink(from, links[i])
		case i >= len(links)+len(suggested):
			return more[i-len(links)-len(suggested)].take()
		}
		s := suggested[i-len(links)]
		p.visit(&runbooks.Match{Runbook: s.Runbook, Heading: s.Heading, MatchedBy: runbooks.ByLink})
		return nil
	}
	p.choose(c)
}

// openAlerts lists the alerts whose labels can fill the runbook.
func (p *RunbookTab) openAlerts() {
	g := *p.Group
	common := triage.CommonLabels(g.Alerts)
	r := p.trail()
	c := &chooser{title: "Fill with the labels of", rows: []string{"what all alerts share"}}
	labels := []map[string]string{nil}
	for _, a := range g.Alerts {
		if slices.ContainsFunc(labels, func(labels map[string]string) bool { return labels != nil && maps.Equal(labels, a.Labels) }) {
			continue
		}
		var differs []string
		for _, name := range slices.Sorted(maps.Keys(a.Labels)) {
			if _, shared := common[name]; !shared {
				differs = append(differs, name+"="+a.Labels[name])
			}
		}
		if len(differs) == 0 {
			differs = []string{"alert " + strconv.Itoa(len(labels))}
		}
		if r.labels != nil && maps.Equal(r.labels, a.Labels) {
			c.chosen = len(labels)
		}
		labels = append(labels, a.Labels)
		c.rows = append(c.rows, clean.Line(strings.Join(differs, " ")))
	}
	c.take = func(i int) tea.Cmd {
		r.labels, r.raw = labels[i], false
		p.Invalidate()
		return nil
	}
	p.choose(c)
}

// sectionNames are the words in the headings of the usual sections, the most
// usual first.
var sectionNames = map[keymap.Command][]string{
	keymap.ToMeaning:    {"meaning", "description", "summary", "overview", "what"},
	keymap.ToImpact:     {"impact", "severity", "consequence"},
	keymap.ToDiagnosis:  {"diagnosis", "diagnostic", "investigat", "debug", "troubleshoot", "check", "verif"},
	keymap.ToMitigation: {"mitigation", "remediation", "resolution", "treat", "fix", "solution", "recover", "action"},
}

// section is the heading of a usual section: the next one of the name behind what
// the runbook was opened at, else the first in the runbook.
func (p *RunbookTab) section(c keymap.Command) (heading int, found bool) {
	b := p.Shown()
	for _, word := range sectionNames[c] {
		heading = -1
		for i, h := range b.headings {
			if !strings.Contains(strings.ToLower(h.text), word) {
				continue
			}
			if b.within(i) {
				return i, true
			}
			if heading < 0 {
				heading = i
			}
		}
		if heading >= 0 {
			return heading, true
		}
	}
	return 0, false
}

// sectionKeys are the entries of the keys to usual sections.
func (p *RunbookTab) sectionKeys() keymap.Table {
	var keys keymap.Table
	for _, e := range p.Keys {
		if sectionNames[e.Command] != nil && e.Mode == keymap.InRunbook {
			keys = append(keys, e)
		}
	}
	return keys
}

// whyNoSection says why there is no usual section to go to; empty where there is
// one.
func (p *RunbookTab) whyNoSection(c keymap.Command) string {
	if _, found := p.section(c); !found {
		return "the runbook has no such section"
	}
	return ""
}

// sectionHint is what the line of keys says of the keys to usual sections: all
// that lead somewhere, beside the first of them.
func (p *RunbookTab) sectionHint(c keymap.Command) string {
	var others []string
	for _, e := range p.sectionKeys() {
		switch _, found := p.section(e.Command); {
		case !found:
		case len(others) == 0 && e.Command != c:
			return "" // another one is the first
		case e.Command == c:
			others = append(others, "")
		default:
			others = append(others, e.Binding.Help().Key)
		}
	}
	if len(others) == 0 {
		return ""
	}
	keys := strings.TrimSpace(strings.Join(others, " "))
	return strings.TrimSpace(keys+" section") + "|" + cmp.Or(keys, "section")
}

// choiceTable is the keys of a list to choose from.
func choiceTable() keymap.Table {
	const choice = keymap.InChoice
	return keymap.Table{
		keymap.Key(choice, keymap.MoveDown, "down").Hinted("*"),
		keymap.Key(choice, keymap.MoveUp, "up").Hinted("*"),
		keymap.Key(choice, keymap.HalfDown, "half a screen down"),
		keymap.Key(choice, keymap.HalfUp, "half a screen up"),
		keymap.Key(choice, keymap.GoTop, "first"),
		keymap.Key(choice, keymap.GoBottom, "last"),
		keymap.Key(choice, keymap.Confirm, "take it").Hinted("*"),
		keymap.Key(choice, keymap.CloseDialog, "close").Hinted("*"),
		keymap.Key(choice, keymap.Quit, "quit"),
	}
}
