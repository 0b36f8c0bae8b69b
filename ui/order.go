package ui

import (
	"fmt"
	"slices"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/ui/draw"
	"firstline/ui/room"
)

// grouping is what the groups of the list stand together by, under a heading;
// ungrouped is none.
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

// heading is what a group stands under.
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

// section is a heading of the list and what stands under it.
type section struct {
	// key tells it from all others, of other groupings too.
	key, title string
	// from and to are where its groups stand among those that match.
	from, to int
	// counts are of its groups, worst is the gravity of the gravest of them and
	// look how that severity is drawn, plain where it is none.
	counts counts
	worst  int
	look   draw.Role
}

// divide puts the groups that match under their headings. The headings stand
// in the order of their first groups, so that what matters most stays above;
// those of severities go by gravity.
func divide(groups []triage.Group, matching []int, by grouping) ([]section, []int) {
	if by == ungrouped {
		return nil, matching
	}
	var sections []section
	var members [][]int
	known := map[string]int{}
	for _, i := range matching {
		name := by.heading(&groups[i])
		at, found := known[name]
		if !found {
			at = len(sections)
			known[name] = at
			sections = append(sections, section{key: string(by) + "\x00" + name, title: clean.Line(name)})
			members = append(members, nil)
		}
		s := &sections[at]
		s.counts.add(groups[i].State)
		if len(members[at]) == 0 || groups[i].Gravity() < s.worst {
			s.worst, s.look = groups[i].Gravity(), draw.Plain
			if groups[i].SeverityName() != "" {
				_, s.look = severityWord(groups[i])
			}
		}
		members[at] = append(members[at], i)
	}
	order := make([]int, len(sections))
	for i := range order {
		order[i] = i
	}
	if by == bySeverity {
		slices.SortStableFunc(order, func(a, b int) int { return sections[a].worst - sections[b].worst })
	}
	sorted := make([]section, 0, len(sections))
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

// after is the element that follows in a circle; the first when now is none.
func after[E comparable](all []E, now E) E { return all[(slices.Index(all, now)+1)%len(all)] }

// sortNext sorts the list by the next order.
func (m *Model) sortNext() {
	by := after(triage.Orders(), m.board.by)
	m.board.arrangeBy(by, m.board.grouping)
	m.filtered = true
	m.Say(room.Info, "Sorted by "+orderName(by))
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

// groupNext puts the list under the next kind of headings.
func (m *Model) groupNext() {
	by := after(groupings, m.board.grouping)
	m.board.arrangeBy(m.board.by, by)
	m.filtered = true
	if by == ungrouped {
		m.Say(room.Info, "Not grouped")
		return
	}
	m.Say(room.Info, "Grouped by "+string(by))
}

// filterNext puts the next saved filter in use; after the last comes none.
func (m *Model) filterNext() {
	saved := m.options.Filters
	name, now := "", m.board.filter.String()
	if at := slices.IndexFunc(saved, func(f SavedFilter) bool { return "@"+f.Name == now }) + 1; at < len(saved) {
		name = "@" + saved[at].Name
	}
	f, err := m.parseFilter(name)
	if err != nil {
		m.Say(room.Failure, filterFault(name, err))
		return
	}
	m.setFilter(f)
	if name == "" {
		m.Say(room.Info, "No filter")
		return
	}
	m.Say(room.Info, fmt.Sprintf("%s: %s", name, m.savedFilters()[name[1:]]))
}

func (m *Model) whyNoSavedFilter() string {
	if len(m.options.Filters) == 0 {
		return "none is saved; name some under [filters] in " + m.configName()
	}
	return ""
}

func (m *Model) whyNoHeadings() string {
	if len(m.list.sections) == 0 {
		return "there are no headings; v groups the list"
	}
	return ""
}

// whyNothingThere: also a heading can be selected, for all that is under it.
func (m *Model) whyNothingThere() string {
	if len(m.list.visible) == 0 {
		return "there is no group in the list"
	}
	return ""
}
