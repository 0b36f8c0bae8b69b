package list

import (
	"cmp"
	"slices"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// grouping is what the groups under one heading have in common;
// ungrouped means no headings.
type grouping string

const (
	ungrouped  grouping = ""
	byService  grouping = "service"
	byTeam     grouping = "team"
	bySeverity grouping = "severity"
	byAlert    grouping = "alert"
)

// groupings are all of them, in the order in which the key offers them.
var groupings = []grouping{ungrouped, byService, byTeam, bySeverity, byAlert}

// word is the grouping as it is written.
func (by grouping) word() string { return cmp.Or(string(by), "none") }

// heading returns the heading of a group.
func (by grouping) heading(g *triage.Group) string {
	switch by {
	case byService:
		return triage.ByService.Heading(*g)
	case byTeam:
		return triage.ByTeam.Heading(*g)
	case bySeverity:
		return triage.BySeverity.Heading(*g)
	case byAlert:
		if names := g.AlertNames(); len(names) > 0 {
			return names[0]
		}
		return "no alert known"
	}
	return ""
}

// Section is a heading of the list and the groups under it.
type Section struct {
	// key is unique, also among other groupings.
	key, Title string
	// from and to are the range of its groups among those that match.
	from, to int
	// counts are of its groups, worst is the gravity of the gravest of them and
	// role how that severity is drawn, Plain without one.
	counts triage.Counts
	Worst  int
	role   draw.Role
}

// divide puts the groups that match under their headings. The headings are
// in the order of their first groups, so that what matters most stays above;
// those of severities go by gravity.
func divide(groups []triage.Group, matching []int, by grouping) ([]Section, []int) {
	if by == ungrouped {
		return nil, matching
	}
	var sections []Section
	var members [][]int
	numbers := map[string]int{}
	for _, i := range matching {
		name := by.heading(&groups[i])
		at, found := numbers[name]
		if !found {
			at = len(sections)
			numbers[name] = at
			sections = append(sections, Section{key: string(by) + "\x00" + name, Title: clean.Line(name)})
			members = append(members, nil)
		}
		s := &sections[at]
		s.counts.Add(groups[i].CountedAs())
		if len(members[at]) == 0 || groups[i].Gravity() < s.Worst {
			s.Worst, s.role = groups[i].Gravity(), draw.Plain
			if groups[i].SeverityName() != "" {
				_, s.role = room.SeverityWord(groups[i])
			}
		}
		members[at] = append(members[at], i)
	}
	order := make([]int, len(sections))
	for i := range order {
		order[i] = i
	}
	if by == bySeverity {
		slices.SortStableFunc(order, func(a, b int) int { return sections[a].Worst - sections[b].Worst })
	}
	sorted := make([]Section, 0, len(sections))
	ordered := make([]int, 0, len(matching))
	for _, at := range order {
		s := sections[at]
		s.from = len(ordered)
		ordered = append(ordered, members[at]...)
		s.to = len(ordered)
		sorted = append(sorted, s)
	}
	return sorted, ordered
}

// after returns the element that follows in a circle, or the first.
func after[E comparable](all []E, now E) E { return all[(slices.Index(all, now)+1)%len(all)] }

// SortBy sorts the list by an order.
func (l *List) SortBy(by triage.By) {
	l.Sources.arrangeBy(by, l.Sources.grouping)
	l.filtered = true
	l.Say(room.Info, "Sorted by "+orderName(by))
}

// orderName is an order in people's words.
func orderName(by triage.By) string {
	switch by {
	case triage.ByRank:
		return "what needs you first"
	case triage.ByAge:
		return "age, the newest first"
	}
	return string(by)
}

// GroupNext puts the list under the next kind of headings.
func (l *List) GroupNext() {
	l.groupBy(after(groupings, l.Sources.grouping))
}

// groupBy puts the list under headings of one kind.
func (l *List) groupBy(by grouping) {
	l.Sources.arrangeBy(l.Sources.by, by)
	l.filtered = true
	if by == ungrouped {
		l.Say(room.Info, "Not grouped")
		return
	}
	l.Say(room.Info, "Grouped by "+string(by))
}

// WhyNothingToFilter says why there is nothing to choose a filter for.
func (l *List) WhyNothingToFilter() string {
	if len(l.Sources.Groups) == 0 {
		return "there is no group"
	}
	return ""
}

// WhyNoHeadings says why there is no heading to close.
func (l *List) WhyNoHeadings() string {
	if len(l.Sections) == 0 {
		return "there are no headings; " + l.Keys.KeyOf(keymap.GroupNext, keymap.InNormal) + " groups the list"
	}
	return ""
}

// WhyNothingThere says why nothing can be selected. A heading can be, for all that
// is under it.
func (l *List) WhyNothingThere() string {
	switch {
	case l.startsWith():
		return whyFirst
	case len(l.Visible) == 0:
		return "there is no group in the list"
	case l.hidden():
		return l.Keys.KeyOf(keymap.Leave, keymap.InReading) + " shows the list first"
	}
	return ""
}

// hidden reports whether the pane is read on the whole screen.
func (l *List) hidden() bool { return !l.Layout.Group.Empty() }
