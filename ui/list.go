package ui

import (
	"fmt"
	"slices"

	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// list is the pane of alert groups.
type list struct {
	*shared
	groups []triage.Group
	rows   []row // one a group
	// matching are indices into rows: those that the filter lets through, in
	// the order of the sections, of which there are none in a list that is not
	// grouped.
	matching []int
	sections []section
	// closed are the keys of the sections whose groups are not shown.
	closed map[string]bool
	// visible are the lines of the list, see headingAt.
	visible []int
	// cursor is an index into visible, offset the first one on the screen.
	cursor, offset int
	selected       map[string]bool
	// fresh are the groups that came since the responder last pressed a key
	// and that have not been on the screen yet.
	fresh map[string]bool
	// ready: a first join has come; whole: one that knew all sources.
	ready, whole bool
	drawn        map[rowKey]string
	// draws counts the rows that had to be laid out, for the tests.
	draws int
}

func newList(s *shared) *list {
	return &list{shared: s, selected: map[string]bool{}, closed: map[string]bool{}, fresh: map[string]bool{}, drawn: map[rowKey]string{}}
}

// current is the group under the cursor; nil when the list is empty or the
// cursor stands on a heading.
func (l *list) current() *triage.Group {
	if l.cursor < 0 || l.cursor >= len(l.visible) || l.visible[l.cursor] < 0 {
		return nil
	}
	return &l.groups[l.visible[l.cursor]]
}

// currentRow is the row under the cursor; there must be one.
func (l *list) currentRow() row { return l.rows[l.visible[l.cursor]] }

// targets are the groups that an action is about: those selected, in the
// list's order, else the one under the cursor. Groups that are gone are left
// out.
func (l *list) targets() []triage.Group {
	var out []triage.Group
	if len(l.selected) > 0 {
		for i, r := range l.rows {
			if l.selected[r.id] && !r.gone {
				out = append(out, l.groups[i])
			}
		}
	}
	if g := l.current(); len(out) == 0 && g != nil && !l.currentRow().gone {
		out = append(out, *g)
	}
	return out
}

// nothing reports whether an action would be about no group: the list is
// empty, or the cursor stands on a group that is gone.
func (l *list) nothing() bool {
	return len(l.selected) == 0 && (l.current() == nil || l.currentRow().gone)
}

// apply takes a new arrangement. The row under the cursor stays where it is on
// the screen: whatever comes in above scrolls where the list is longer than the
// screen, and stands below it otherwise; a group that is no longer reported, or
// no longer matches, stays until the cursor leaves it. filtered says that the
// responder changed the filter, and then it may go.
func (l *list) apply(a arranged, filtered bool) {
	visible := l.unfold(a.sections, a.visible)
	if l.ready && a.same && l.whole == a.whole && len(l.rows) == len(a.rows) && slices.Equal(l.visible, visible) &&
		slices.Equal(l.sections, a.sections) {
		l.groups, l.rows, l.matching = a.groups, a.rows, a.visible
		return
	}
	before, beforeID := l.current(), ""
	if l.cursor < len(l.visible) {
		beforeID = lineID(l.rows, l.sections, l.visible[l.cursor])
	}
	untouched := l.cursor == l.stopNear(0, 1)
	screenRow := l.cursor - l.offset
	known := l.ready && l.whole
	l.whole = a.whole
	ids := make(map[string]bool, len(a.rows))
	for _, r := range a.rows {
		ids[r.id] = true
	}
	if known {
		had := make(map[string]bool, len(l.rows))
		for _, r := range l.rows {
			had[r.id] = true
		}
		for id := range ids {
			if !had[id] {
				l.fresh[id] = true
			}
		}
	}
	for id := range l.selected {
		if !ids[id] {
			delete(l.selected, id)
		}
	}
	for id := range l.fresh {
		if !ids[id] {
			delete(l.fresh, id)
		}
	}

	unread, offset := l.unread(), l.offset
	groups, rows := a.groups, a.rows
	cursor := 0
	if beforeID != "" {
		at := slices.IndexFunc(visible, func(line int) bool { return lineID(rows, a.sections, line) == beforeID })
		if at < 0 && before != nil {
			at = l.whereNow(before, a, visible)
		}
		switch {
		case !known && untouched:
			// The sources come in one after another and nobody has chosen a
			// row yet: the first is the one to look at.
			screenRow = 0
		case at >= 0:
			cursor = at
		case filtered:
			screenRow = 0
		case before != nil:
			groups, rows, visible, cursor = l.keep(groups, rows, visible, a.sections)
		default:
			cursor = l.cursor // a heading under which nothing is left
		}
		if !filtered && len(a.sections) == 0 {
			visible, cursor = l.inPlace(visible, cursor, screenRow)
		}
	}
	l.groups, l.rows, l.matching, l.sections, l.visible, l.ready = groups, rows, a.visible, a.sections, visible, true
	l.cursor = l.stopNear(min(cursor, max(len(visible)-1, 0)), 1)
	l.offset = max(l.cursor-screenRow, 0)
	if filtered && l.cursor < l.height() || !known && untouched {
		// The list is another one now: it begins with its first rows where the
		// cursor's is among them.
		l.offset = 0
	}
	l.clamp()
	if known {
		l.tellMoved(unread, offset)
	}
	l.see()
}

// inPlace puts the row at the cursor where it stays on the same line of the
// screen although the list does not scroll beyond its ends. Its rank gives it
// another place once the cursor has left it.
func (l *list) inPlace(visible []int, cursor, screenRow int) ([]int, int) {
	last := len(visible) - 1
	offset := min(max(cursor-screenRow, 0), max(len(visible)-l.height(), 0))
	to := min(offset+screenRow, last)
	if to < 0 || to == cursor {
		return visible, cursor
	}
	line := visible[cursor]
	return slices.Insert(slices.Delete(slices.Clone(visible), cursor, cursor+1), to, line), to
}

// unread are the lines of the rows whose severity is not read yet, by id.
func (l *list) unread() map[string]int {
	lines := map[string]int{}
	for at, line := range l.visible {
		if line >= 0 && l.rows[line].unread {
			lines[l.rows[line].id] = at
		}
	}
	return lines
}

// tellMoved counts rows as new that moved above the screen when their severity
// came: nobody would see them go. unread are their lines before, offset the
// first that was on the screen.
func (l *list) tellMoved(unread map[string]int, offset int) {
	for _, line := range l.visible[:l.offset] {
		if line < 0 || l.rows[line].unread {
			continue
		}
		if before, waited := unread[l.rows[line].id]; waited && before >= offset {
			l.fresh[l.rows[line].id] = true
		}
	}
}

// whereNow is the line at which a group stands that is not found by its id:
// another holds its alerts now, or it is under a heading that is closed. It is
// -1 when there is none.
func (l *list) whereNow(before *triage.Group, a arranged, visible []int) int {
	at := slices.IndexFunc(visible, func(line int) bool { return line >= 0 && succeeds(&a.groups[line], before) })
	if at >= 0 || len(a.sections) == 0 {
		return at
	}
	index := slices.IndexFunc(a.rows, func(r row) bool { return r.id == before.ID })
	if section := sectionOf(a.sections, a.visible, index); section >= 0 {
		return slices.Index(visible, ^section)
	}
	return -1
}

// succeeds reports whether next holds an alert that before held: alerts that
// were a group of their own become the incident's once it is known.
func succeeds(next, before *triage.Group) bool {
	return slices.ContainsFunc(before.Alerts, func(old triage.Alert) bool {
		return slices.ContainsFunc(next.Alerts, func(a triage.Alert) bool {
			for name, value := range old.Labels {
				if a.Labels[name] != value {
					return false
				}
			}
			return true
		})
	})
}

// keep puts the group under the cursor back into a list that lost it.
func (l *list) keep(groups []triage.Group, rows []row, visible []int, sections []section) ([]triage.Group, []row, []int, int) {
	r, g := l.currentRow(), *l.current()
	index := slices.IndexFunc(rows, func(other row) bool { return other.id == r.id })
	if index < 0 {
		r.gone = true
		index = len(rows)
		groups = append(slices.Clip(groups), g)
		rows = append(slices.Clip(rows), r)
	}
	// It stands where the line before it in the old list now ends.
	at := 0
	if l.cursor > 0 {
		above := lineID(l.rows, l.sections, l.visible[l.cursor-1])
		at = slices.IndexFunc(visible, func(line int) bool { return lineID(rows, sections, line) == above }) + 1
		if at == 0 {
			at = min(l.cursor, len(visible))
		}
	}
	return groups, rows, slices.Insert(slices.Clone(visible), at, index), at
}

// moveTo puts the cursor on a row and lets go of what only it kept there.
func (l *list) moveTo(to int) {
	if len(l.visible) == 0 {
		return
	}
	by := 1
	if to < l.cursor || to <= 0 {
		by = -1
	}
	to = l.stopNear(min(max(to, 0), len(l.visible)-1), by)
	if to != l.cursor && l.current() != nil && l.currentRow().gone {
		l.visible = slices.Delete(slices.Clone(l.visible), l.cursor, l.cursor+1)
		if to > l.cursor {
			to--
		}
		if l.cursor < l.offset {
			l.offset--
		}
	}
	l.cursor = to
	// The list moves by most of the screen at once, so that what comes next is
	// seen. By one line it would have to be sent anew with each key: the pane
	// beside it stands still, and a terminal can't move a part of its lines.
	switch h := l.height(); {
	case to < l.offset:
		l.offset = to - h*2/3
	case to >= l.offset+h:
		l.offset = to - h/3
	}
	l.clamp()
	l.see()
}

// height is how many rows fit.
func (l *list) height() int { return max(l.Layout.List.Height-2, 1) }

// clamp keeps cursor and offset within the list, and the cursor on the screen.
func (l *list) clamp() {
	n, h := len(l.visible), l.height()
	l.cursor = min(max(l.cursor, 0), max(n-1, 0))
	l.offset = min(max(l.offset, l.cursor-h+1, 0), l.cursor, max(n-h, 0))
	if l.offset == l.cursor && l.cursor > 0 && h > 1 && l.headingAt(l.cursor-1) != nil {
		l.offset-- // the first row of a section is seen with its heading
	}
}

// see takes what is on the screen off the fresh ones.
func (l *list) see() {
	if len(l.fresh) == 0 || l.Layout.List.Empty() {
		return
	}
	for i := l.offset; i < min(l.offset+l.height(), len(l.visible)); i++ {
		if line := l.visible[i]; line >= 0 {
			delete(l.fresh, l.rows[line].id)
		}
	}
}

// update answers a key.
func (l *list) update(c keymap.Command) {
	switch c {
	case keymap.MoveDown:
		l.moveTo(l.cursor + 1)
	case keymap.MoveUp:
		l.moveTo(l.cursor - 1)
	case keymap.HalfDown:
		l.moveTo(l.cursor + max(l.height()/2, 1))
	case keymap.HalfUp:
		l.moveTo(l.cursor - max(l.height()/2, 1))
	case keymap.GoTop:
		l.moveTo(0)
	case keymap.GoBottom:
		l.moveTo(len(l.visible) - 1)
	case keymap.FoldSection:
		l.fold()
	case keymap.FoldAllSections:
		l.foldAll()
	case keymap.SelectAllMatching:
		l.selectAll(l.matching)
	case keymap.SelectGroup:
		if s := l.headingAt(l.cursor); s != nil {
			l.selectAll(l.matching[s.from:s.to])
			l.moveTo(l.cursor + 1)
			return
		}
		r := l.currentRow()
		switch {
		case l.selected[r.id]:
			delete(l.selected, r.id)
		case !r.gone:
			l.selected[r.id] = true
		}
		l.moveTo(l.cursor + 1)
	}
}

// lines draws the rows that are on the screen.
func (l *list) lines() []string {
	inside := l.Layout.List.Width - 2
	var out []string
	for i := l.offset; i < min(l.offset+l.height(), len(l.visible)); i++ {
		if s := l.headingAt(i); s != nil {
			out = append(out, l.drawHeading(*s, i == l.cursor, inside))
			continue
		}
		r := l.rows[l.visible[i]]
		k := rowKey{
			row: r, age: l.ageOf(r), cursor: i == l.cursor, mark: l.selected[r.id],
			width: inside, method: int(l.Method),
		}
		k.left, k.near = l.leftOf(r)
		text, ok := l.drawn[k]
		if !ok {
			if len(l.drawn) > 4096 {
				clear(l.drawn)
			}
			text = l.drawRow(k)
			l.draws++
			l.drawn[k] = text
		}
		out = append(out, text)
	}
	return out
}

// ageOf is how old a row's trouble is; empty when no source says.
func (l *list) ageOf(r row) string {
	if r.since.IsZero() {
		return ""
	}
	return draw.Age(l.Now.Sub(r.since))
}

// leftOf is how long it is until a row's deadline, or that it was due; empty
// when it has none.
func (l *list) leftOf(r row) (left string, near bool) {
	if r.deadline.IsZero() || r.gone {
		return "", false
	}
	d := r.deadline.Sub(l.Now)
	if d < 0 {
		return wasDue + l.Clock(r.deadline, l.Now), true
	}
	return draw.Age(d), d <= nearDeadline
}

// forget drops the drawn rows, when the theme changed.
func (l *list) forget() { clear(l.drawn) }

// footer says which part of the list is on the screen, and what came in
// outside it.
func (l *list) footer() string {
	if len(l.visible) == 0 {
		return ""
	}
	last := min(l.offset+l.height(), len(l.visible))
	pieces := []draw.Span{{Text: fmt.Sprintf("%d–%d of %d", l.offset+1, last, len(l.visible)), Role: draw.Dim}}
	if len(l.sections) > 0 {
		pieces[0].Text = fmt.Sprintf("lines %s · %s under %s", pieces[0].Text, wording.Count(len(l.matching), "group"), wording.Count(len(l.sections), "heading"))
	}
	if n := len(l.selected); n > 0 {
		pieces = append(pieces, draw.Span{Text: fmt.Sprintf(" · %d selected", n), Role: draw.Accent})
		if hidden := n - l.selectedVisible(); hidden > 0 {
			pieces = append(pieces, draw.Span{Text: fmt.Sprintf(", %d not shown", hidden), Role: draw.Warning})
		}
	}
	above, below := 0, 0
	if len(l.fresh) > 0 {
		for i, index := range l.visible {
			switch {
			case index < 0 || !l.fresh[l.rows[index].id]:
			case i < l.offset:
				above++
			case i >= last:
				below++
			}
		}
	}
	if above > 0 {
		pieces = append(pieces, draw.Span{Text: fmt.Sprintf(" · ▲ %d new above", above), Role: draw.Warning})
	}
	if below > 0 {
		pieces = append(pieces, draw.Span{Text: fmt.Sprintf(" · ▼ %d new below", below), Role: draw.Warning})
	}
	return l.Spans(pieces...)
}

// selectedVisible is how many of the selected groups the filter lets through.
func (l *list) selectedVisible() int {
	n := 0
	for _, i := range l.matching {
		if l.selected[l.rows[i].id] {
			n++
		}
	}
	return n
}
