package pane

import "firstline/ui/keymap"

// Click takes a click into the pane: one on the name of a tab shows that tab.
func (p *Pane) Click(x, y int) {
	if y != p.Layout.Pane.Y {
		return
	}
	if i := p.tabAt(x); i >= 0 {
		p.at = i
	}
}

// TabName is the name of the tab that is shown.
func (p *Pane) TabName() string { return p.tabs[p.at].Name() }

// tabAt is the tab whose name is in a column of the title; -1 without one.
func (p *Pane) tabAt(x int) int {
	from := p.Layout.Pane.X + 2
	for i, t := range p.tabs {
		if i > 0 {
			from += p.WidthOf(p.separator())
		}
		to := from + p.WidthOf(t.Name())
		if x >= from && x < to {
			return i
		}
		from = to
	}
	return -1
}

// Wheel scrolls what is read.
func (p *Pane) Wheel(lines int) {
	if p.ready() {
		p.scrollTo(p.Offset() + lines)
	}
}

// Click chooses the row that was clicked, and takes it where it was chosen already.
func (r choiceRoom) Click(x, y int) keymap.Command {
	c, area := r.Chooser, r.Layout.Pane
	width := r.all()
	if c.sidebar && r.Made.sidebar {
		width = sidebarWidth
	}
	if x <= area.X || x > area.X+width+1 {
		return keymap.NoCommand
	}
	row := y - area.Y - 2
	from, rows := c.window(r.Rows())
	if row < 0 || row >= rows || from+row >= len(c.rows) {
		return keymap.NoCommand
	}
	if from+row == c.chosen {
		return keymap.Confirm
	}
	c.move(from + row - c.chosen)
	return keymap.NoCommand
}
