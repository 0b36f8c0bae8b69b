package ui

import (
	"fmt"
	"slices"
	"strconv"

	"firstline/internal/wording"
)

// The list's lines are rows and, where the list is grouped, headings. A line
// is an index into rows, or the complement of one into sections.

// headingAt is the section whose heading stands at a line; nil: it is a row.
func (l *list) headingAt(at int) *section {
	if at < 0 || at >= len(l.visible) || l.visible[at] >= 0 {
		return nil
	}
	return &l.sections[^l.visible[at]]
}

// stops reports whether the cursor can stand on a line: on every row, and on
// the heading of what is closed.
func (l *list) stops(at int) bool {
	s := l.headingAt(at)
	return s == nil || l.closed[s.key]
}

// stopNear is the line at which the cursor stands when it is sent to one: the
// next in the direction by, else the nearest the other way.
func (l *list) stopNear(at, by int) int {
	for to := at; to >= 0 && to < len(l.visible); to += by {
		if l.stops(to) {
			return to
		}
	}
	for to := at; to >= 0 && to < len(l.visible); to -= by {
		if l.stops(to) {
			return to
		}
	}
	return at
}

// unfold are the lines of these sections: each heading, and its groups unless
// it is closed.
func (l *list) unfold(sections []section, matching []int) []int {
	if len(sections) == 0 {
		return matching
	}
	lines := make([]int, 0, len(matching)+len(sections))
	for i, s := range sections {
		lines = append(lines, ^i)
		if !l.closed[s.key] {
			lines = append(lines, matching[s.from:s.to]...)
		}
	}
	return lines
}

// lineID names a line, so that it is found again in another arrangement.
func lineID(rows []row, sections []section, line int) string {
	if line < 0 {
		return "\x00" + sections[^line].key
	}
	return rows[line].id
}

// sectionOf is the section that a group stands in, and -1 when in none.
func sectionOf(sections []section, matching []int, index int) int {
	at := slices.Index(matching, index)
	if at < 0 {
		return -1
	}
	return slices.IndexFunc(sections, func(s section) bool { return s.from <= at && at < s.to })
}

// current's section, also of a group that only the cursor keeps.
func (l *list) sectionHere() int {
	for at := l.cursor; at >= 0 && at < len(l.visible); at-- {
		if l.visible[at] < 0 {
			return ^l.visible[at]
		}
	}
	return -1
}

// fold closes what is under the cursor's heading, or opens it.
func (l *list) fold() {
	if here := l.sectionHere(); here >= 0 {
		s := l.sections[here]
		l.close([]section{s}, !l.closed[s.key])
	}
}

// foldAll closes all headings, or opens them when all are closed.
func (l *list) foldAll() {
	open := slices.ContainsFunc(l.sections, func(s section) bool { return !l.closed[s.key] })
	l.close(l.sections, open)
}

// close closes or opens sections. The cursor goes to the heading of what is
// closed, and to the first group of what is opened.
func (l *list) close(sections []section, closed bool) {
	here := l.sectionHere()
	if here < 0 {
		return
	}
	screenRow := l.cursor - l.offset
	before := lineID(l.rows, l.sections, l.visible[l.cursor])
	for _, s := range sections {
		if closed {
			l.closed[s.key] = true
		} else {
			delete(l.closed, s.key)
		}
	}
	l.visible = l.unfold(l.sections, l.matching)
	at := slices.IndexFunc(l.visible, func(line int) bool { return lineID(l.rows, l.sections, line) == before })
	if at < 0 {
		at = slices.Index(l.visible, ^here)
	}
	l.cursor = l.stopNear(max(at, 0), 1)
	l.offset = l.cursor - screenRow
	l.clamp()
	l.see()
}

// selectSection selects all groups of a section, or none when all are.
func (l *list) selectAll(indices []int) {
	all := !slices.ContainsFunc(indices, func(i int) bool { return !l.selected[l.rows[i].id] && !l.rows[i].gone })
	for _, i := range indices {
		switch {
		case all:
			delete(l.selected, l.rows[i].id)
		case !l.rows[i].gone:
			l.selected[l.rows[i].id] = true
		}
	}
}

// drawHeading lays a heading out, exactly width cells wide.
func (l *list) drawHeading(s section, here bool, width int) string {
	members := l.matching[s.from:s.to]
	mark, fold, picked := " ", "▾ ", " "
	if here {
		mark = "▌"
	}
	if l.closed[s.key] {
		fold = "▸ "
	}
	selected, fresh := 0, 0
	for _, i := range members {
		if l.selected[l.rows[i].id] {
			selected++
		}
		if l.fresh[l.rows[i].id] {
			fresh++
		}
	}
	if selected > 0 && selected == len(members) {
		picked = "●"
	}
	pieces := []span{{mark + picked, accent}, {fold, dim}}
	tail := []span{{"  " + wording.Count(len(members), "group"), dim}}
	add := func(n int, word string, look role) {
		if n > 0 {
			tail = append(tail, span{" · ", dim}, span{strconv.Itoa(n) + " " + word, look})
		}
	}
	add(s.counts.triggered, "triggered", critical)
	add(s.counts.firing, "firing", warning)
	add(s.counts.acknowledged, "acked", good)
	if selected < len(members) || !l.closed[s.key] {
		add(selected, "selected", accent)
	}
	if l.closed[s.key] {
		add(fresh, "new", warning)
	}
	room := width - 4 - l.widthOfSpans(tail)
	for room < 12 && len(tail) > 1 {
		tail = tail[:len(tail)-2]
		room = width - 4 - l.widthOfSpans(tail)
	}
	title := l.cut(s.title, room)
	pieces = append(pieces, span{title, strong})
	if s.look != plain && !here {
		pieces[len(pieces)-1].role = s.look
	}
	pieces = append(pieces, tail...)
	if here {
		for i := range pieces {
			pieces[i].role = strong
		}
	}
	pieces = append(pieces, span{blanks(width - l.widthOfSpans(pieces)), plain})
	return l.row(here, pieces...)
}

// headingLines are what the pane shows while the cursor stands on a heading:
// the groups that are closed under it, each on a line of that width.
func (l *list) headingLines(s section, width, height int) []string {
	members := l.matching[s.from:s.to]
	out := []string{l.theme.of(strong).on(s.title), ""}
	for n, i := range members {
		if room := height - len(out) - 2; room <= 0 || (room == 1 && n < len(members)-1) {
			out = append(out, l.theme.of(dim).on(fmt.Sprintf("… and %d more", len(members)-n)))
			break
		}
		r := l.rows[i]
		fixed := []span{{l.fit(r.severity, 4), r.look}, {"  " + l.fitRight(l.ageOf(r), 4) + "  ", dim}}
		room := width - l.widthOfSpans(fixed)
		note := l.cut(r.notes[3], 12)
		title := l.fit(r.title, max(room-14, 1))
		out = append(out, l.cut(l.spans(append(fixed, span{title + "  ", plain}, span{note, r.noteLook})...), width))
	}
	out = append(out, "", l.theme.of(dim).on("c opens this, space selects all of it"))
	for i, line := range out {
		out[i] = " " + l.fit(line, width) + " "
	}
	return out
}
