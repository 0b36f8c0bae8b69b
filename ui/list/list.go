// Package list shows the alert groups: one row each, under headings, filtered and
// sorted. It joins what the sources say into groups, off the loop.
package list

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// List is the pane of alert groups.
type List struct {
	*room.Screen
	options Options
	// Sources are where the groups come from, prompt is where a filter is typed.
	Sources *Groups
	Prompt  *filterPrompt
	// filtered: the person changed the filter, and what the cursor is on may leave
	// the list.
	filtered bool
	// wentOn: the cursor went on after an action of the person's own, and its row
	// may take the line that its rank gives it.
	wentOn bool
	Groups []triage.Group
	Rows   []Row // one a group
	// Matching are indices into rows: those that the filter lets through, in
	// the order of the sections. There are no sections in a list that is not
	// grouped.
	Matching []int
	Sections []Section
	// closed are the keys of the sections whose groups are not shown.
	closed map[string]bool
	// Visible are the lines of the list, see headingAt.
	Visible []int
	// Cursor is an index into visible, offset the first one on the screen.
	Cursor, Offset int
	Selected       map[string]bool
	// fresh are the groups that came since the responder last pressed a key
	// and that have not been on the screen yet.
	fresh map[string]bool
	// Roomy: each row has two lines; height is how many lines the list had when
	// it was last on the screen.
	Roomy  bool
	height int
	// wants is how wide the columns must be; they do not become narrower again.
	wants Wants
	// ready: a first join has come; whole: one that knew all sources.
	ready, whole bool
	// Changed is the sign of a group that changed while nobody read; nil: none has.
	Changed func(id string) string
	// counting works out the counts of a picker.
	counting reply.Loader
	// Drawn are rows as they were drawn.
	Drawn *draw.Memo[RowKey]
}

// New makes a list without groups.
func New(s *room.Screen, o Options) *List {
	return &List{
		Screen: s, options: o, Sources: newGroups(s, o), Prompt: newFilterPrompt(s, o), Selected: map[string]bool{}, closed: map[string]bool{}, fresh: map[string]bool{}, Drawn: &draw.Memo[RowKey]{},
	}
}

// Current is the group under the cursor; nil when the list is empty or the
// cursor is on a heading.
func (l *List) Current() *triage.Group {
	if l.Cursor < 0 || l.Cursor >= len(l.Visible) || l.Visible[l.Cursor] < 0 {
		return nil
	}
	return &l.Groups[l.Visible[l.Cursor]]
}

// CurrentRow is the row under the cursor; there must be one.
func (l *List) CurrentRow() Row { return l.Rows[l.Visible[l.Cursor]] }

// Targets are the groups that an action is about: those selected, in the
// list's order, else the one under the cursor. Groups that are gone are left
// out.
func (l *List) Targets() []triage.Group {
	var out []triage.Group
	if len(l.Selected) > 0 {
		for i, r := range l.Rows {
			if l.Selected[r.ID] && !r.Gone {
				if out = append(out, l.Groups[i]); len(out) == len(l.Selected) {
					break
				}
			}
		}
	}
	if g := l.Current(); len(out) == 0 && g != nil && !l.CurrentRow().Gone {
		out = append(out, *g)
	}
	return out
}

// Deselect takes groups off the selection.
func (l *List) Deselect(groups []triage.Group) {
	for _, g := range groups {
		delete(l.Selected, g.ID)
	}
}

// Position is where the cursor is, for Next.
func (l *List) Position() int { return l.Cursor }

// Next puts the cursor on the next row that wants attention, and names it; empty
// where none does. done are groups that no longer do, although the sources do not
// say so yet, and from is the position of the cursor when the action began: the row
// that was acted upon may have moved since. The row at that position may be the next
// itself; after the last row comes the first.
func (l *List) Next(done []triage.Group, from int) string {
	ids := make(map[string]bool, len(done))
	for i := range done {
		ids[done[i].ID] = true
	}
	for n := range l.Visible {
		at := (from + n) % len(l.Visible)
		line := l.Visible[at]
		if line < 0 || l.Rows[line].Gone || ids[l.Rows[line].ID] || !l.Groups[line].WantsAttention() {
			continue
		}
		l.MoveTo(at)
		l.wentOn = true
		return l.Current().Name()
	}
	return ""
}

// Return puts the cursor on the first of these groups that has a line: an undo gave
// them back.
func (l *List) Return(groups []triage.Group) {
	for i := range groups {
		at := slices.IndexFunc(l.Visible, func(line int) bool { return line >= 0 && l.Rows[line].ID == groups[i].ID })
		if at < 0 {
			continue
		}
		l.MoveTo(at)
		l.wentOn = true
		return
	}
}

// nothing reports whether an action would be about no group: the list is
// empty, or the cursor is on a group that is gone.
func (l *List) nothing() bool {
	return len(l.Selected) == 0 && (l.Current() == nil || l.CurrentRow().Gone)
}

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
		case before != nil:
			groups, rows, visible, cursor = l.holdRow(groups, rows, visible, a.sections)
		default:
			cursor = l.Cursor // a heading under which nothing is left
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

// MoveTo puts the cursor on a row and drops a row that only the cursor held.
func (l *List) MoveTo(to int) {
	if len(l.Visible) == 0 {
		return
	}
	by := 1
	if to < l.Cursor || to <= 0 {
		by = -1
	}
	to = l.stopNear(min(max(to, 0), len(l.Visible)-1), by)
	if to != l.Cursor && l.Current() != nil && l.CurrentRow().Gone {
		l.Visible = slices.Delete(slices.Clone(l.Visible), l.Cursor, l.Cursor+1)
		if to > l.Cursor {
			to--
		}
		if l.Cursor < l.Offset {
			l.Offset--
		}
	}
	l.Cursor = to
	l.spread()
	// The list moves by most of the screen at once, so that what comes next is
	// seen. By one line it would have to be sent again with each key: the pane
	// beside it does not move, and a terminal can't move a part of its lines.
	switch h := l.Height(); {
	case to < l.Offset:
		l.Offset = to - h*2/3
	case to >= l.Offset+h:
		l.Offset = to - h/3
	}
	l.Clamp()
	l.See()
}

// Height is how many rows fit; while the list is not on the screen, how many did.
func (l *List) Height() int {
	if l.Layout.List.Empty() {
		return max(l.height, 1)
	}
	return l.Layout.List.Height - 2
}

// Clamp limits cursor and offset to the list, and puts the cursor on the screen.
func (l *List) Clamp() {
	n, h := len(l.Visible), l.Height()
	l.Cursor = min(max(l.Cursor, 0), max(n-1, 0))
	l.Offset = min(max(l.Offset, l.Cursor-h+1, 0), l.Cursor, max(n-h, 0))
	if l.Offset == l.Cursor && l.Cursor > 0 && h > 1 && l.HeadingAt(l.Cursor-1) != nil {
		l.Offset-- // the first row of a section is seen with its heading
	}
}

// See takes what is on the screen off the fresh ones.
func (l *List) See() {
	if len(l.fresh) == 0 || l.Layout.List.Empty() {
		return
	}
	for i := l.Offset; i < min(l.Offset+l.Height(), len(l.Visible)); i++ {
		if line := l.Visible[i]; line >= 0 {
			delete(l.fresh, l.Rows[line].ID)
		}
	}
}

// Update answers a key.
func (l *List) Update(c keymap.Command) {
	switch c {
	case keymap.MoveDown:
		l.MoveTo(l.Cursor + 1)
	case keymap.MoveUp:
		l.MoveTo(l.Cursor - 1)
	case keymap.HalfDown:
		l.MoveTo(l.Cursor + max(l.Height()/2, 1))
	case keymap.HalfUp:
		l.MoveTo(l.Cursor - max(l.Height()/2, 1))
	case keymap.GoTop:
		l.MoveTo(0)
	case keymap.GoBottom:
		l.MoveTo(len(l.Visible) - 1)
	case keymap.FoldSection:
		l.fold()
	case keymap.FoldAllSections:
		l.foldAll()
	case keymap.SelectAllMatching:
		l.selectAll(l.Matching)
	case keymap.SelectGroup:
		if s := l.HeadingAt(l.Cursor); s != nil {
			l.selectAll(l.Matching[s.from:s.to])
			l.MoveTo(l.Cursor + 1)
			return
		}
		r := l.CurrentRow()
		switch {
		case l.Selected[r.ID]:
			delete(l.Selected, r.ID)
		case !r.Gone:
			l.Selected[r.ID] = true
		}
		l.MoveTo(l.Cursor + 1)
	}
}

// lines draws the rows that are on the screen; dim: they are of a filter before.
func (l *List) lines(dim bool) []string {
	inside := l.Layout.List.Width - 2
	var out []string
	drawRow := l.DrawRow
	for i := l.Offset; i < min(l.Offset+l.Height(), len(l.Visible)); i++ {
		if s := l.HeadingAt(i); s != nil {
			heading := l.drawHeading(*s, i == l.Cursor, inside)
			if dim {
				heading = l.Theme.Of(draw.Dim).On(l.Bare(heading))
			}
			out = append(out, heading)
			continue
		}
		r := l.Rows[l.Visible[i]]
		k := RowKey{
			Row: r, Age: l.ageOf(r), Cursor: i == l.Cursor, Mark: l.Selected[r.ID],
			Changed: l.changed(r.ID), Width: inside, method: int(l.Method), wants: l.wants, Roomy: l.Roomy, dim: dim,
		}
		k.left, k.near = l.LeftOf(r)
		text := l.Drawn.Text(k, drawRow)
		if first, second, two := strings.Cut(text, "\n"); two {
			out = append(out, first, second)
			continue
		}
		out = append(out, text)
	}
	return out
}

// changed is the sign of a group that changed while nobody read.
func (l *List) changed(id string) string {
	if l.Changed == nil {
		return ""
	}
	return l.Changed(id)
}

// ageOf is how old a row's trouble is; empty when no source says.
func (l *List) ageOf(r Row) string {
	if r.since.IsZero() {
		return ""
	}
	return draw.Age(l.Now.Sub(r.since))
}

// LeftOf is how long it is until a row's deadline, or that it was due; empty
// when it has none.
func (l *List) LeftOf(r Row) (left string, near bool) {
	if r.deadline.IsZero() || r.Gone {
		return "", false
	}
	d := r.deadline.Sub(l.Now)
	if d < 0 {
		return wasDue + l.Clock(r.deadline, l.Now), true
	}
	return draw.Age(d), d <= nearDeadline
}

// footer says which part of the list is on the screen, and what came in
// outside it.
func (l *List) footer() string {
	if len(l.Visible) == 0 {
		return ""
	}
	last := min(l.Offset+l.Height(), len(l.Visible))
	pieces := []draw.Span{{Text: fmt.Sprintf("%d–%d of %d", l.Offset+1, last, len(l.Visible)), Role: draw.Dim}}
	if len(l.Sections) > 0 {
		pieces[0].Text = fmt.Sprintf("lines %s · %s under %s", pieces[0].Text, wording.Count(len(l.Matching), "group"), wording.Count(len(l.Sections), "heading"))
	}
	if n := len(l.Selected); n > 0 {
		pieces = append(pieces, draw.Span{Text: fmt.Sprintf(" · %d selected", n), Role: draw.Accent})
		if hidden := n - l.selectedVisible(); hidden > 0 {
			pieces = append(pieces, draw.Span{Text: fmt.Sprintf(", %d not shown", hidden), Role: draw.Warning})
		}
	}
	above, below := 0, 0
	if len(l.fresh) > 0 {
		for i, index := range l.Visible {
			switch {
			case index < 0 || !l.fresh[l.Rows[index].ID]:
			case i < l.Offset:
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
func (l *List) selectedVisible() int {
	n := 0
	for _, i := range l.Matching {
		if l.Selected[l.Rows[i].ID] {
			n++
		}
	}
	return n
}
