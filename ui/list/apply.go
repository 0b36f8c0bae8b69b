package list

import (
	"maps"
	"slices"

	"firstline/internal/triage"
)

// Apply takes a new arrangement. The row under the cursor stays where it is on
// the screen: whatever comes in above scrolls where the list is longer than the
// screen, and is below it otherwise; a group that is no longer reported, or
// no longer matches, stays until the cursor leaves it. filtered says that the
// responder changed the filter, and then it may go.
func (l *List) Apply(a Arranged) {
	filtered, wentOn := l.filtered, l.wentOn
	l.filtered = false
	visible := l.unfold(a.sections, a.Visible)
	if l.ready && a.same && l.whole == a.whole && len(l.Rows) == len(a.Rows) && slices.Equal(l.Visible, visible) &&
		slices.Equal(l.Sections, a.sections) {
		l.Groups, l.Rows, l.Matching = a.Groups, a.Rows, a.Visible
		return
	}
	l.wentOn = false
	before, beforeID := l.Current(), ""
	if l.Cursor < len(l.Visible) {
		beforeID = LineID(l.Rows, l.Sections, l.Visible[l.Cursor])
	}
	untouched := l.Cursor == l.stopNear(0, 1)
	screenRow := l.lineOfCursor()
	complete := l.ready && l.whole
	l.whole = a.whole
	l.comeAndGo(a.Rows, complete)
	positions, offset := l.positions(), l.Offset
	groups, rows := a.Groups, a.Rows
	cursor := 0
	if beforeID != "" {
		at := slices.IndexFunc(visible, func(line int) bool { return LineID(rows, a.sections, line) == beforeID })
		if at < 0 && before != nil {
			at = l.whereNow(before, a, visible)
		}
		switch {
		case !complete && untouched:
			// The sources come in one after another and nobody has chosen a
			// row yet: the first is the one to look at.
			screenRow = 0
		case at >= 0:
			cursor = at
		case filtered:
			screenRow = 0
		case before != nil && !l.leaves:
			groups, rows, visible, cursor = l.holdRow(groups, rows, visible, a.sections)
		default:
			// A heading under which nothing is left, or a source that is not there any more.
			cursor = min(l.Cursor, max(len(visible)-1, 0))
		}
		if l.Roomy && !filtered && l.fits(visible) {
			screenRow /= 2
		}
		if !filtered && !wentOn && len(a.sections) == 0 {
			visible, cursor = l.atSameLine(visible, cursor, screenRow)
		}
	}
	l.Groups, l.Rows, l.Matching, l.Sections, l.Visible, l.ready = groups, rows, a.Visible, a.sections, visible, true
	l.wants = l.wants.with(a.wants)
	l.leaves = l.leaves && !a.Joined
	if l.Roomy = l.fits(visible) && (l.Roomy || filtered || beforeID == "" || !complete && untouched); l.Roomy {
		screenRow = 0
	}
	l.Cursor = l.stopNear(min(cursor, max(len(visible)-1, 0)), 1)
	l.Offset = max(l.Cursor-screenRow, 0)
	if filtered && l.Cursor < l.Height() || !complete && untouched {
		// The list is another one now: it begins with its first rows where the
		// cursor's is among them.
		l.Offset = 0
	}
	l.Clamp()
	if complete {
		l.markMoved(positions, offset)
	}
	l.See()
}

// comeAndGo notes which groups are new and drops those that are gone from the
// selection. complete reports whether every source had answered before.
func (l *List) comeAndGo(rows []Row, complete bool) {
	ids := make(map[string]bool, len(rows))
	for _, r := range rows {
		ids[r.ID] = true
	}
	if complete {
		had := make(map[string]bool, len(l.Rows))
		for _, r := range l.Rows {
			had[r.ID] = true
		}
		for id := range ids {
			if !had[id] {
				l.fresh[id] = true
			}
		}
	}
	gone := func(id string, _ bool) bool { return !ids[id] }
	maps.DeleteFunc(l.Selected, gone)
	maps.DeleteFunc(l.fresh, gone)
}

// atSameLine puts the row at the cursor where it stays on the same line of the
// screen although the list does not scroll beyond its ends. Its rank gives it
// another place once the cursor has left it.
func (l *List) atSameLine(visible []int, cursor, screenRow int) ([]int, int) {
	last := len(visible) - 1
	offset := min(max(cursor-screenRow, 0), max(len(visible)-l.Height(), 0))
	to := min(offset+screenRow, last)
	if to < 0 || to == cursor {
		return visible, cursor
	}
	line := visible[cursor]
	return slices.Insert(slices.Delete(slices.Clone(visible), cursor, cursor+1), to, line), to
}

// lineBefore is where a row was, and whether its severity was not read yet.
type lineBefore struct {
	line   int
	unread bool
}

// positions are where the rows are, by id.
func (l *List) positions() map[string]lineBefore {
	positions := make(map[string]lineBefore, len(l.Visible))
	for at, line := range l.Visible {
		if line >= 0 {
			positions[l.Rows[line].ID] = lineBefore{at, l.Rows[line].unread}
		}
	}
	return positions
}

// markMoved counts rows as new that moved above the screen when their severity
// came, or that are one's own and want attention there: nobody would see them go.
// positions are where the rows were, offset the first line that was on the screen.
func (l *List) markMoved(positions map[string]lineBefore, offset int) {
	for _, line := range l.Visible[:l.Offset] {
		if line < 0 || l.Rows[line].unread {
			continue
		}
		before, had := positions[l.Rows[line].ID]
		if had && before.line >= offset && (before.unread || l.Groups[line].Mine && l.Groups[line].WantsAttention()) {
			l.fresh[l.Rows[line].ID] = true
		}
	}
}

// whereNow returns the line of a group that is not found by its id:
// another holds its alerts now, or it is under a heading that is closed. It is
// -1 when there is no such line.
func (l *List) whereNow(before *triage.Group, a Arranged, visible []int) int {
	at := slices.IndexFunc(visible, func(line int) bool { return line >= 0 && succeeds(&a.Groups[line], before) })
	if at >= 0 || len(a.sections) == 0 {
		return at
	}
	index := slices.IndexFunc(a.Rows, func(r Row) bool { return r.ID == before.ID })
	if section := sectionOf(a.sections, a.Visible, index); section >= 0 {
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

// holdRow puts the group under the cursor back into a list that lost it.
func (l *List) holdRow(groups []triage.Group, rows []Row, visible []int, sections []Section) ([]triage.Group, []Row, []int, int) {
	r, g := l.CurrentRow(), *l.Current()
	index := slices.IndexFunc(rows, func(other Row) bool { return other.ID == r.ID })
	if index < 0 {
		r.Gone = true
		index = len(rows)
		groups = append(slices.Clip(groups), g)
		rows = append(slices.Clip(rows), r)
	}
	// It comes after the line that was before it in the old list.
	at := 0
	if l.Cursor > 0 {
		above := LineID(l.Rows, l.Sections, l.Visible[l.Cursor-1])
		at = slices.IndexFunc(visible, func(line int) bool { return LineID(rows, sections, line) == above }) + 1
		if at == 0 {
			at = min(l.Cursor, len(visible))
		}
	}
	return groups, rows, slices.Insert(slices.Clone(visible), at, index), at
}
