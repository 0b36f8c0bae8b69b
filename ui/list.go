package ui

import (
	"fmt"
	"slices"
	"strings"

	"firstline/internal/triage"
)

// list is the pane of alert groups.
type list struct {
	*shared
	groups []triage.Group
	rows   []row // one a group
	// visible are indices into rows: those that the filter lets through.
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
	return &list{shared: s, selected: map[string]bool{}, fresh: map[string]bool{}, drawn: map[rowKey]string{}}
}

// current is the group under the cursor; nil when the list is empty.
func (l *list) current() *triage.Group {
	if l.cursor < 0 || l.cursor >= len(l.visible) {
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
// the screen: whatever comes in above scrolls, and a group that is no longer
// reported, or no longer matches, stays until the cursor leaves it. filtered
// says that the responder changed the filter, and then it may go.
func (l *list) apply(a arranged, filtered bool) {
	if l.ready && a.same && l.whole == a.whole && len(l.rows) == len(a.rows) && slices.Equal(l.visible, a.visible) {
		l.groups, l.rows = a.groups, a.rows
		return
	}
	before := l.current()
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

	groups, rows, visible := a.groups, a.rows, a.visible
	cursor := 0
	if before != nil {
		at := slices.IndexFunc(visible, func(i int) bool { return rows[i].id == before.ID })
		if at < 0 {
			at = slices.IndexFunc(visible, func(i int) bool { return succeeds(&groups[i], before) })
		}
		switch {
		case !known && l.cursor == 0:
			// The sources come in one after another and nobody has chosen a
			// row yet: the first is the one to look at.
			screenRow = 0
		case at >= 0:
			cursor = at
		case filtered:
			screenRow = 0
		default:
			groups, rows, visible, cursor = l.keep(groups, rows, visible)
		}
	}
	l.groups, l.rows, l.visible, l.ready = groups, rows, visible, true
	l.cursor = min(cursor, max(len(visible)-1, 0))
	// Not clamp: also a list that would fit whole stays scrolled, with blank
	// rows below, until the responder moves.
	l.offset = min(max(l.cursor-screenRow, 0), l.cursor)
	l.see()
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
func (l *list) keep(groups []triage.Group, rows []row, visible []int) ([]triage.Group, []row, []int, int) {
	r, g := l.currentRow(), *l.current()
	index := slices.IndexFunc(rows, func(other row) bool { return other.id == r.id })
	if index < 0 {
		r.gone = true
		index = len(rows)
		groups = append(slices.Clip(groups), g)
		rows = append(slices.Clip(rows), r)
	}
	// It stands where the row before it in the old list now ends.
	at := 0
	if l.cursor > 0 {
		above := l.rows[l.visible[l.cursor-1]].id
		at = slices.IndexFunc(visible, func(i int) bool { return rows[i].id == above }) + 1
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
	to = min(max(to, 0), len(l.visible)-1)
	if to != l.cursor && l.currentRow().gone {
		l.visible = slices.Delete(slices.Clone(l.visible), l.cursor, l.cursor+1)
		if to > l.cursor {
			to--
		}
		if l.cursor < l.offset {
			l.offset--
		}
	}
	l.cursor = to
	l.clamp()
	l.see()
}

// height is how many rows fit.
func (l *list) height() int { return max(l.layout.list.height-2, 1) }

// clamp keeps cursor and offset within the list, and the cursor on the screen.
func (l *list) clamp() {
	n, h := len(l.visible), l.height()
	l.cursor = min(max(l.cursor, 0), max(n-1, 0))
	l.offset = min(max(l.offset, l.cursor-h+1, 0), l.cursor, max(n-h, 0))
}

// see takes what is on the screen off the fresh ones.
func (l *list) see() {
	if len(l.fresh) == 0 || l.layout.list.empty() {
		return
	}
	for i := l.offset; i < min(l.offset+l.height(), len(l.visible)); i++ {
		delete(l.fresh, l.rows[l.visible[i]].id)
	}
}

// update answers a key.
func (l *list) update(c command) {
	switch c {
	case moveDown:
		l.moveTo(l.cursor + 1)
	case moveUp:
		l.moveTo(l.cursor - 1)
	case pageDown:
		l.moveTo(l.cursor + max(l.height()/2, 1))
	case pageUp:
		l.moveTo(l.cursor - max(l.height()/2, 1))
	case goTop:
		l.moveTo(0)
	case goBottom:
		l.moveTo(len(l.visible) - 1)
	case selectGroup:
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
	inside := l.layout.list.width - 2
	var out []string
	for i := l.offset; i < min(l.offset+l.height(), len(l.visible)); i++ {
		r := l.rows[l.visible[i]]
		k := rowKey{
			row: r, age: l.ageOf(r), cursor: i == l.cursor, mark: l.selected[r.id],
			width: inside, method: int(l.method),
		}
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
	return age(l.now.Sub(r.since))
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
	pieces := []span{{fmt.Sprintf("%d–%d of %d", l.offset+1, last, len(l.visible)), dim}}
	if n := len(l.selected); n > 0 {
		pieces = append(pieces, span{fmt.Sprintf(" · %d selected", n), accent})
		if hidden := n - l.selectedVisible(); hidden > 0 {
			pieces = append(pieces, span{fmt.Sprintf(", %d not shown", hidden), warning})
		}
	}
	above, below := 0, 0
	if len(l.fresh) > 0 {
		for i, index := range l.visible {
			switch {
			case !l.fresh[l.rows[index].id]:
			case i < l.offset:
				above++
			case i >= last:
				below++
			}
		}
	}
	if above > 0 {
		pieces = append(pieces, span{fmt.Sprintf(" · ▲ %d new above", above), warning})
	}
	if below > 0 {
		pieces = append(pieces, span{fmt.Sprintf(" · ▼ %d new below", below), warning})
	}
	return l.spans(pieces...)
}

func (l *list) selectedVisible() int {
	n := 0
	for _, i := range l.visible {
		if l.selected[l.rows[i].id] {
			n++
		}
	}
	return n
}

// blanks are n spaces.
func blanks(n int) string { return strings.Repeat(" ", max(n, 0)) }
