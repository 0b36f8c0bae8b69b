package pane

import (
	"slices"

	"firstline/internal/clean"
	"firstline/runbooks"
	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// narrowTo notes the alert's own section of a file of many alerts. With cut it leaves only
// this section and the text of the sections around it, of the lines and of all that the
// keys work with, so that no key leaves it.
func (b *Shown) narrowTo(lines []string, entry *runbooks.Heading, cut bool) []string {
	if entry == nil || len(b.headings) != len(b.filled.Headings) {
		return lines
	}
	b.entry = clean.Line(entry.Text)
	if !cut {
		return lines
	}
	b.cut = true
	belongs := b.filled.Beside(entry)
	// moved are the new numbers of the lines, -1 for those that are left out.
	moved := make([]int, len(lines))
	var rest []string
	at := -1
	for i := range lines {
		for at+1 < len(b.headings) && b.headings[at+1].line <= i {
			at++
		}
		moved[i] = -1
		if at < 0 || belongs[at] {
			moved[i] = len(rest)
			rest = append(rest, lines[i])
		}
	}
	isOut := func(line *int) bool {
		if *line >= len(moved) || moved[*line] < 0 {
			return true
		}
		*line = moved[*line]
		return false
	}
	leftOut := func(source int) bool {
		at := b.filled.HeadingAbove(source)
		return at >= 0 && !belongs[at]
	}
	b.codes = slices.DeleteFunc(b.codes, func(c runbooks.Code) bool { return leftOut(c.Line) })
	b.links = slices.DeleteFunc(b.links, func(l runbooks.Link) bool { return leftOut(l.Line) })
	b.fill.Replaced = slices.DeleteFunc(b.fill.Replaced, func(r runbooks.Replacement) bool { return leftOut(r.Line) })
	b.fill.Refused = slices.DeleteFunc(b.fill.Refused, func(r runbooks.Refusal) bool { return leftOut(r.Line) })
	b.fill.Missing = slices.DeleteFunc(b.fill.Missing, func(p runbooks.Placeholder) bool { return leftOut(p.Line) })
	var headings []shownHeading
	for _, h := range b.headings {
		if !isOut(&h.line) {
			headings = append(headings, h)
		}
	}
	var steps []shownStep
	for _, s := range b.Steps {
		if !isOut(&s.line) {
			steps = append(steps, s)
		}
	}
	var marks []runbooks.Mark
	for _, m := range b.marks {
		if !isOut(&m.Line) {
			marks = append(marks, m)
		}
	}
	b.headings, b.Steps, b.marks = headings, steps, marks
	return rest
}

// shownOfFile says how much of a file of many alerts is shown; empty: it is no such file.
func (b *Shown) shownOfFile(keys keymap.Table) string {
	key := keys.KeyOf(keymap.WholeRunbook, keymap.InRunbook)
	switch {
	case b.cut:
		return draw.Join(" ", "only this alert", bracketed(key, ": all"))
	case b.entry != "":
		return draw.Join(" ", "all alerts", bracketed(key, ": only this"))
	}
	return ""
}

// bracketed is a key and what it shows, in brackets; empty without a key.
func bracketed(key, shows string) string {
	if key == "" {
		return ""
	}
	return "(" + key + shows + ")"
}
