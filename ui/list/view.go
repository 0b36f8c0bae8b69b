package list

import (
	"fmt"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// title is the title in the list's frame, before the filter.
func (l *List) title() string {
	title := "Alert groups"
	if l.Sources.by != triage.ByRank {
		title += " by " + string(l.Sources.by)
	}
	return title
}

// filterStart is where the filter's text begins, in cells from the left.
func (l *List) filterStart() int {
	return l.Layout.List.X + l.WidthOf(l.title()+" ── / ") + len("+ ")
}

// FilterWidth is how many cells the filter's text has.
func (l *List) FilterWidth() int {
	return l.Layout.List.Width - l.WidthOf(l.title()+" ── / "+l.matchCount()) - 6
}

// matchCount says how many of all groups match the filter: " ── 5 of 10".
func (l *List) matchCount() string {
	n := len(l.Matching)
	if l.Sources.none && !l.Prompt.unfinished() {
		n = 0
	}
	return fmt.Sprintf(" ── %d of %d", n, len(l.Sources.Groups))
}

// DrawCaret points from below at where the filter is wrong.
func (l *List) DrawCaret(lines []string) {
	x, shown := l.Prompt.caret(l.FilterWidth())
	if y := l.Layout.List.Y + 1; shown && y < len(lines) {
		x += l.filterStart()
		line := lines[y]
		lines[y] = l.Method.Truncate(line, x, "") + l.Theme.Of(draw.Critical).On("▲") + l.Method.TruncateLeft(line, x+1, "")
	}
}

// View draws the list in its frame. focused: the keys move in it.
func (l *List) View(focused, typing bool) []string {
	area := l.Layout.List
	title := l.Theme.Of(draw.Strong).On(l.title())
	rule := l.Theme.Of(draw.Border).On(" ── ")
	switch {
	case typing:
		title += rule + l.Theme.Of(draw.Accent).On("/") + " " + l.Prompt.view() + l.Theme.Of(draw.Border).On(l.matchCount())
	case !l.Sources.Filter.Empty():
		title += rule + l.Theme.Of(draw.Accent).On("/ "+l.Cut(clean.Line(l.Sources.Filter.String()), l.FilterWidth())) + l.Theme.Of(draw.Border).On(l.matchCount())
	}
	if ago, earlier := l.lastRead(); earlier {
		title += rule + l.Theme.Of(draw.Warning).On("read "+draw.Age(ago)+" ago")
	}
	lines := l.lines(typing && l.stays())
	if len(lines) == 0 {
		lines = l.emptyList(area.Width-2, area.Height-2)
	}
	return l.Box(area, title, l.footer(), focused || typing, lines)
}

// whyFirst is why nothing can be done about the rows that a screen begins with.
const whyFirst = "these rows are of an earlier screen, and are being read again"

// WhyNoGroup says why there is no group under the cursor.
func (l *List) WhyNoGroup() string {
	switch {
	case l.startsWith():
		return whyFirst
	case len(l.Visible) == 0:
		return "there is no group in the list"
	case l.Current() == nil:
		return "this is a heading; " + l.Keys.KeyOf(keymap.FoldSection, keymap.InNormal) + " opens it"
	}
	return ""
}

// WhyNoTarget says why an action would be about no group; empty when it would be
// about one.
func (l *List) WhyNoTarget() string {
	switch {
	case !l.nothing():
		return ""
	case l.startsWith():
		return whyFirst
	case l.Current() != nil:
		return "this group is no longer reported"
	case len(l.Visible) > 0:
		return "this is a heading; " + l.Keys.KeyOf(keymap.SelectGroup, keymap.InNormal) + " selects all that is under it"
	}
	return "there is no group in the list"
}

// StartWith puts a filter in use from the start. A wrong one is said and left out.
func (l *List) StartWith(text string) {
	f, err := l.Prompt.parseFilter(text)
	if err != nil {
		l.Say(room.Failure, FilterFault(text, err))
		return
	}
	l.Sources.setFilter(f)
}

// StartFilter begins to type a filter, with the one in use.
func (l *List) StartFilter() room.Overlay {
	l.Prompt.begin(l.Sources.Filter.String())
	return filterOverlay{l}
}

// lines draws the rows that are on the screen; dim: they are of a filter before.
func (l *List) lines(dim bool) []string {
	inside := l.Layout.List.Width - 2
	if l.startsWith() {
		return l.firstLines()
	}
	var out []string
	for i := l.Offset; i < min(l.Offset+l.Height(), len(l.Visible)); i++ {
		if s := l.HeadingAt(i); s != nil {
			heading := l.drawHeading(*s, i == l.Cursor, inside)
			if dim {
				heading = l.Theme.Of(draw.Dim).On(l.Bare(heading))
			}
			out = append(out, heading)
			continue
		}
		out = append(out, l.rowLines(l.Rows[l.Visible[i]], i == l.Cursor, dim)...)
	}
	return out
}

// rowLines draws a row, on one line or two.
func (l *List) rowLines(r Row, cursor, dim bool) []string {
	k := RowKey{
		Row: r, Age: l.ageOf(r), Cursor: cursor, Mark: l.Selected[r.ID], Changed: l.Changed(r.ID), Width: l.Layout.List.Width - 2,
		method: int(l.Method), wants: l.wants, Roomy: l.Roomy, dim: dim, sparkColumn: l.sparkColumn(), spark: l.sparkOf(r.ID),
	}
	k.left, k.near = l.LeftOf(r)
	return strings.Split(l.Drawn.Text(k, l.DrawRow), "\n")
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
	if f := &l.options.First; l.startsWith() {
		return l.Theme.Of(draw.Dim).On(fmt.Sprintf("1–%d of %d", min(len(f.Rows), l.firstHeight()), f.Groups))
	}
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
