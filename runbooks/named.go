package runbooks

import (
	"cmp"
	"slices"
	"strings"
)

// Suggestion is a runbook that has the name of an alert, but is another team's:
// several have a runbook of that name, and none is the service's own.
type Suggestion struct {
	Runbook *Runbook
	// Heading is the section of that name. Nil means the top.
	Heading *Heading
	// Owner is whose it is, by the directory or the file that it is in.
	Owner string
}

// inService reports whether rb is the service's or the team's own: a directory
// of it, or the file, is named after one of them.
func (x *index) inService(rb *Runbook, q Query) bool {
	own := segments(rb.Name)
	if all := x.paths[rb]; len(all) > len(own) {
		own = append(slices.Clone(all[max(len(all)-len(own)-2, 0):len(all)-len(own)]), own...)
	}
	for _, name := range []string{q.Service, q.Team} {
		want := fold(name)
		if want != "" && slices.ContainsFunc(own, func(s string) bool { return fold(s) == want }) {
			return true
		}
	}
	return false
}

// ownerOf names whose a runbook is: the directory that it is in, for a section
// also the file. It is empty for a file that is in none.
func ownerOf(s spot) string {
	own := strings.Split(strings.Trim(s.runbook.Name, "/"), "/")
	last := segments(s.runbook.Name)[len(own)-1]
	dir := ""
	if len(own) > 1 {
		dir = own[len(own)-2]
	}
	switch {
	case isIndex(last) && len(own) > 2 && s.heading == nil:
		return own[len(own)-3] // the directory is the page
	case isIndex(last) && s.heading == nil:
		return ""
	case s.heading != nil && !isGeneric(last):
		return own[len(own)-1][:len(last)]
	}
	return dir
}

// mostSuggestions bounds the suggestions for a name.
const mostSuggestions = 9

func spotsOf(all []*Runbook) []spot {
	spots := make([]spot, len(all))
	for i, rb := range all {
		spots[i] = spot{runbook: rb}
	}
	return spots
}

// byAlert finds a file named after the alert, else a heading. The service's own
// comes before any other, and a name that several others have is no match.
func (x *index) byAlert(alert string, q Query) Match {
	key := fold(alert)
	if key == "" {
		return Match{}
	}
	files, headings := spotsOf(x.byName[key]), x.byHeading[key]
	own := func(s spot) bool { return x.inService(s.runbook, q) }
	var at spot
	var suggested []Suggestion
	switch {
	case slices.ContainsFunc(files, own), len(headings) == 0, len(files) > 0 && !slices.ContainsFunc(headings, own):
		at, suggested = x.choose(files, alert, q)
	default:
		at, suggested = x.choose(headings, alert, q)
	}
	if at.runbook == nil {
		return Match{Suggestions: suggested}
	}
	m := Match{Runbook: at.runbook, MatchedBy: ByAlert}
	if at.heading != nil {
		m.Heading = at.runbook.below(at.heading)
	} else {
		m.Heading = x.headingIn(at.runbook, "", []string{alert})
	}
	return m
}

// choose chooses among files or headings with the same folded name: the
// service's own, then what is nobody's, then the only owner's; then the file whose
// name is equal except for case, then the outermost heading, then by the order of
// the directories. What several owners have is suggested.
func (x *index) choose(found []spot, name string, q Query) (spot, []Suggestion) {
	if len(found) == 0 {
		return spot{}, nil
	}
	sorted := slices.Clone(found)
	spelt := func(rb *Runbook) int {
		segs := x.paths[rb]
		return yes(segs[len(segs)-1] != strings.ToLower(name))
	}
	level := func(s spot) (level, line int) {
		if s.heading == nil {
			return 0, 0
		}
		return s.heading.Level, s.heading.Line
	}
	slices.SortStableFunc(sorted, func(a, b spot) int {
		aLevel, aLine := level(a)
		bLevel, bLine := level(b)
		return cmp.Or(
			cmp.Compare(yes(!x.inService(a.runbook, q)), yes(!x.inService(b.runbook, q))),
			cmp.Compare(yes(ownerOf(a) != ""), yes(ownerOf(b) != "")),
			cmp.Compare(spelt(a.runbook), spelt(b.runbook)),
			cmp.Compare(aLevel, bLevel),
			cmp.Compare(x.order[a.runbook], x.order[b.runbook]),
			cmp.Compare(aLine, bLine),
		)
	})
	best := sorted[0]
	if x.inService(best.runbook, q) || ownerOf(best) == "" {
		return best, nil
	}
	var suggested []Suggestion
	for _, s := range sorted {
		owner := ownerOf(s)
		if !slices.ContainsFunc(suggested, func(have Suggestion) bool { return fold(have.Owner) == fold(owner) }) {
			suggested = append(suggested, Suggestion{Runbook: s.runbook, Heading: s.heading, Owner: owner})
		}
	}
	if len(suggested) == 1 {
		return best, nil
	}
	return spot{}, suggested[:min(len(suggested), mostSuggestions)]
}
