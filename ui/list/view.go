package list

import (
	"fmt"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/ui/draw"
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
	lines := l.lines(typing && l.stays())
	if len(lines) == 0 {
		lines = l.emptyList(area.Width-2, area.Height-2)
	}
	return l.Box(area, title, l.footer(), focused || typing, lines)
}

// WhyNoGroup says why there is no group under the cursor.
func (l *List) WhyNoGroup() string {
	switch {
	case len(l.Visible) == 0:
		return "there is no group in the list"
	case l.Current() == nil:
		return "this is a heading; c opens it"
	}
	return ""
}

// WhyNoTarget says why an action would be about no group; empty when it would be
// about one.
func (l *List) WhyNoTarget() string {
	switch {
	case !l.nothing():
		return ""
	case l.Current() != nil:
		return "this group is no longer reported"
	case len(l.Visible) > 0:
		return "this is a heading; space selects all that is under it"
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
