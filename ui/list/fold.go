package list

import (
	"fmt"
	"slices"
	"strconv"

	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// The list's lines are rows and, where the list is grouped, headings. A line
// is an index into rows, or the complement of one into sections.

// HeadingAt returns the section whose heading is at a line, or nil for a row.
func (l *List) HeadingAt(at int) *Section {
	if at < 0 || at >= len(l.Visible) || l.Visible[at] >= 0 {
		return nil
	}
	return &l.Sections[^l.Visible[at]]
}

// Stops reports whether the cursor can be on a line: on every row, and on
// the heading of what is closed.
func (l *List) Stops(at int) bool {
	s := l.HeadingAt(at)
	return s == nil || l.closed[s.key]
}

// stopNear returns the line where the cursor stops when it is sent to one: the
// next in the direction by, else the nearest the other way.
func (l *List) stopNear(at, by int) int {
	for to := at; to >= 0 && to < len(l.Visible); to += by {
		if l.Stops(to) {
			return to
		}
	}
	for to := at; to >= 0 && to < len(l.Visible); to -= by {
		if l.Stops(to) {
			return to
		}
	}
	return at
}

// unfold are the lines of these sections: each heading, and its groups unless
// it is closed.
func (l *List) unfold(sections []Section, matching []int) []int {
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

// LineID names a line, so that it is found again in another arrangement.
func LineID(rows []Row, sections []Section, line int) string {
	if line < 0 {
		return "\x00" + sections[^line].key
	}
	return rows[line].ID
}

// sectionOf returns the section that a group is in, or -1.
func sectionOf(sections []Section, matching []int, index int) int {
	at := slices.Index(matching, index)
	if at < 0 {
		return -1
	}
	return slices.IndexFunc(sections, func(s Section) bool { return s.from <= at && at < s.to })
}

// sectionHere returns the cursor's section, also for a group that only the cursor holds.
func (l *List) sectionHere() int {
	for at := l.Cursor; at >= 0 && at < len(l.Visible); at-- {
		if l.Visible[at] < 0 {
			return ^l.Visible[at]
		}
	}
	return -1
}

// fold closes what is under the cursor's heading, or opens it.
func (l *List) fold() {
	if here := l.sectionHere(); here >= 0 {
		s := l.Sections[here]
		l.close([]Section{s}, !l.closed[s.key])
	}
}

// foldAll closes all headings, or opens them when all are closed.
func (l *List) foldAll() {
	open := slices.ContainsFunc(l.Sections, func(s Section) bool { return !l.closed[s.key] })
	l.close(l.Sections, open)
}

// close closes or opens sections. The cursor goes to the heading of what is
// closed, and to the first group of what is opened.
func (l *List) close(sections []Section, closed bool) {
	here := l.sectionHere()
	if here < 0 {
		return
	}
	screenRow := l.lineOfCursor()
	before := LineID(l.Rows, l.Sections, l.Visible[l.Cursor])
	for _, s := range sections {
		if closed {
			l.closed[s.key] = true
		} else {
			delete(l.closed, s.key)
		}
	}
	l.Visible = l.unfold(l.Sections, l.Matching)
	l.spread()
	at := slices.IndexFunc(l.Visible, func(line int) bool { return LineID(l.Rows, l.Sections, line) == before })
	if at < 0 {
		at = slices.Index(l.Visible, ^here)
	}
	l.Cursor = l.stopNear(max(at, 0), 1)
	l.Offset = l.Cursor - screenRow
	l.Clamp()
	l.See()
}

// selectSection selects all groups of a section, or none when all are.
func (l *List) selectAll(indices []int) {
	all := !slices.ContainsFunc(indices, func(i int) bool { return !l.Selected[l.Rows[i].ID] && !l.Rows[i].Gone })
	for _, i := range indices {
		switch {
		case all:
			delete(l.Selected, l.Rows[i].ID)
		case !l.Rows[i].Gone:
			l.Selected[l.Rows[i].ID] = true
		}
	}
}

// drawHeading lays a heading out, exactly width cells wide.
func (l *List) drawHeading(s Section, here bool, width int) string {
	members := l.Matching[s.from:s.to]
	mark, fold, picked := " ", "▾ ", " "
	if here {
		mark = "▌"
	}
	if l.closed[s.key] {
		fold = "▸ "
	}
	selected, fresh := 0, 0
	for _, i := range members {
		if l.Selected[l.Rows[i].ID] {
			selected++
		}
		if l.fresh[l.Rows[i].ID] {
			fresh++
		}
	}
	if selected > 0 && selected == len(members) {
		picked = "●"
	}
	pieces := []draw.Span{{Text: mark + picked, Role: draw.Accent}, {Text: fold, Role: draw.Dim}}
	tail := []draw.Span{{Text: "  " + wording.Count(len(members), "group"), Role: draw.Dim}}
	add := func(n int, word string, role draw.Role) {
		if n > 0 {
			tail = append(tail, draw.Span{Text: " · ", Role: draw.Dim}, draw.Span{Text: strconv.Itoa(n) + " " + word, Role: role})
		}
	}
	for _, as := range triage.EachCountedAs() {
		add(s.counts.Of(as), as.Word(), room.CountedRole(as))
	}
	if selected < len(members) || !l.closed[s.key] {
		add(selected, "selected", draw.Accent)
	}
	if l.closed[s.key] {
		add(fresh, "new", draw.Warning)
	}
	left := width - 4 - marginWidth - l.WidthOfSpans(tail)
	for left < 12 && len(tail) > 1 {
		tail = tail[:len(tail)-2]
		left = width - 4 - marginWidth - l.WidthOfSpans(tail)
	}
	title := l.Cut(s.Title, left)
	pieces = append(pieces, draw.Span{Text: title, Role: draw.Strong})
	if s.role != draw.Plain && !here {
		pieces[len(pieces)-1].Role = s.role
	}
	pieces = append(pieces, tail...)
	if here {
		for i := range pieces {
			pieces[i].Role = draw.Strong
		}
	}
	pieces = append(pieces, draw.Span{Text: draw.Blanks(width - l.WidthOfSpans(pieces)), Role: draw.Plain})
	return l.Row(here, pieces...)
}

// HeadingLines are what the pane shows while the cursor is on a heading:
// the groups that are closed under it, each on a line of that width.
func (l *List) HeadingLines(s Section, width, height int) []string {
	members := l.Matching[s.from:s.to]
	out := []string{l.Theme.Of(draw.Strong).On(s.Title), ""}
	for n, i := range members {
		if room := height - len(out) - 2; room <= 0 || (room == 1 && n < len(members)-1) {
			out = append(out, l.Theme.Of(draw.Dim).On(fmt.Sprintf("… and %d more", len(members)-n)))
			break
		}
		r := l.Rows[i]
		fixed := []draw.Span{{Text: l.Fit(r.Severity, 4), Role: r.role}, {Text: "  " + l.FitRight(l.ageOf(r), 4) + "  ", Role: draw.Dim}}
		room := width - l.WidthOfSpans(fixed)
		note := l.Cut(r.Notes[3], 12)
		title := l.Fit(r.Title, max(room-14, 1))
		out = append(out, l.Cut(l.Spans(append(fixed, draw.Span{Text: title + "  ", Role: draw.Plain}, draw.Span{Text: note, Role: r.noteRole})...), width))
	}
	out = append(out, "", l.Theme.Of(draw.Dim).On(l.Keys.KeyOf(keymap.FoldSection, keymap.InNormal)+" opens this, "+l.Keys.KeyOf(keymap.SelectGroup, keymap.InNormal)+" selects all of it"))
	for i, line := range out {
		out[i] = " " + l.Fit(line, width) + " "
	}
	return out
}
