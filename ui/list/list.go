// Package list shows the alert groups: one row each, under headings, filtered and
// sorted. It joins what the sources say into groups, off the loop.
package list

import (
	"slices"

	"firstline/internal/triage"
	"firstline/sources"
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
	// leaves: a source left, so that the row under the cursor is not held where nothing
	// reports it any more: it is not gone, but nobody asks.
	leaves bool
	// Changed is the sign of a group that changed while nobody read, or empty.
	Changed func(id string) string
	// counting works out the counts of a picker.
	counting reply.Loader
	sparks   sparks
	// Drawn are rows as they were drawn.
	Drawn *draw.Memo[RowKey]
}

// New makes a list without groups.
func New(s *room.Screen, o Options) *List {
	return &List{
		Screen: s, options: o, wants: o.First.Wants, Sources: newGroups(s, o), Prompt: newFilterPrompt(s, o), Selected: map[string]bool{}, closed: map[string]bool{}, fresh: map[string]bool{}, Changed: func(string) string { return "" }, Drawn: &draw.Memo[RowKey]{},
	}
}

// Configure has other options used. unread are the sources
// whose earlier answers do not hold any more, or that have none.
func (l *List) Configure(o Options, unread []string) {
	l.options, l.Prompt.options = o, o
	l.sparks.of = nil
	l.sparks.finding.Drop()
	if len(unread) > 0 {
		l.whole = false // what comes with a source is not new
	}
	for _, name := range l.Sources.Order {
		left := !slices.ContainsFunc(o.Initial, func(s sources.Source) bool { return s.Name == name })
		l.leaves = l.leaves || left || slices.Contains(unread, name)
	}
	if text := l.Sources.Filter.String(); text != "" { // it may name a saved one
		f, err := l.Prompt.parseFilter(text)
		if err == nil {
			l.Sources.Filter = f
		} else {
			l.Say(room.Caution, "The filter in use stays as it was: "+FilterFault(text, err))
		}
	}
	l.Sources.configure(o, unread)
	l.Drawn.Forget()
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
		l.toggle()
		l.MoveTo(l.Cursor + 1)
	}
}

// toggle selects the row under the cursor, or no longer.
func (l *List) toggle() {
	r := l.CurrentRow()
	switch {
	case l.Selected[r.ID]:
		delete(l.Selected, r.ID)
	case !r.Gone:
		l.Selected[r.ID] = true
	}
}
