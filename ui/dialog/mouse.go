package dialog

import (
	"strings"

	"firstline/internal/respond"
	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// Click takes a click: the button and what is said beside it do what their keys do,
// and an offer is chosen, and taken where it was chosen already.
func (r overlay) Click(x, y int) keymap.Command {
	d := r.Dialog
	p := d.Parts()
	area := d.areaOf(p)
	row, column := y-area.Y-1, x-area.X-2
	if row < 0 || row >= area.Height-2 || column < 0 || column >= d.inside() {
		return keymap.NoCommand
	}
	if row == area.Height-3 {
		return d.buttonAt(p, column)
	}
	if from, _ := draw.WholeWindow(p.Rows, d.scroll, p.Upper); d.Field == pickField && row < p.Upper {
		return d.clickOffer(row + from)
	}
	return keymap.NoCommand
}

// clickOffer takes a click on a row of the preview while an answer is chosen.
func (d *Dialog) clickOffer(row int) keymap.Command {
	row -= d.pickRow() + 1
	if d.spaced() {
		row--
	}
	from := d.firstOffer()
	switch {
	case row < 0 || row >= d.offersHeight() || from+row >= len(d.Offers):
	case from+row == d.Chosen:
		return keymap.Confirm
	default:
		d.Chosen = from + row
	}
	return keymap.NoCommand
}

// buttonAt is what is clicked in the line of the button. What comes from outside, in
// place of the button, can't be clicked.
func (d *Dialog) buttonAt(p Parts, column int) keymap.Command {
	if d.sending || p.brief && d.notice() != "" {
		return keymap.NoCommand
	}
	line := d.Bare(d.buttonLine(p))
	if end := strings.Index(line, "]"); strings.HasPrefix(line, "[") && column <= d.WidthOf(line[:end]) {
		switch d.Field {
		case SendField:
			return keymap.Confirm
		case TextField, noteField:
			return keymap.NextField
		}
		return keymap.NoCommand
	}
	return d.Keys.Named(d.PieceAt(line, column), keymap.InDialog)
}

// Wheel chooses among what can be chosen, else it scrolls the preview.
func (r overlay) Wheel(lines int) {
	d := r.Dialog
	by := min(max(lines, -1), 1)
	switch {
	case d.Field == pickField && !d.sending:
		d.Chosen = max(d.Chosen+by, 0)
		d.fitChosen()
	case d.Field == choiceField && d.instead == respond.ChooseLater:
		d.choice = min(max(d.choice+by, 0), max(len(d.choices)-1, 0))
	default:
		d.scrollBy(by)
	}
}
