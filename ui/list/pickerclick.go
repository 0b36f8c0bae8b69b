package list

import "firstline/ui/keymap"

// Click chooses the line that was clicked, and takes it where it was chosen already.
func (p *picker) Click(x, y int) keymap.Command {
	area, from, rows := p.window()
	row := y - area.Y - 1
	switch {
	case !area.Has(x, y) || row < 0 || row >= rows:
	case from+row == p.chosen:
		return keymap.Confirm
	default:
		p.chosen = from + row
	}
	return keymap.NoCommand
}
