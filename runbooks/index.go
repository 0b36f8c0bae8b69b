package runbooks

import (
	"path"
	"slices"
	"strings"
)

// index is the search index of Find. A scan builds it; afterwards it is
// read-only.
type index struct {
	runbooks []*Runbook
	// order is each runbook's rank among equal candidates.
	order map[*Runbook]int
	// paths are the lower-case path segments of each runbook, including those
	// of its directory, without the file's extension.
	paths map[*Runbook][]string
	// byLast finds runbooks by their last path segment. A runbook named "index"
	// or "readme" is also listed under its directory's name.
	byLast map[string][]*Runbook
	// byName finds runbooks by folded file name or title, and headings by
	// folded text.
	byName    map[string][]*Runbook
	byHeading map[string][]spot
}

// spot is a heading and its runbook.
type spot struct {
	runbook *Runbook
	heading *Heading
}

func newIndex(runbooks []*Runbook, roots map[string][]string) *index {
	x := &index{
		runbooks:  runbooks,
		order:     map[*Runbook]int{},
		paths:     map[*Runbook][]string{},
		byLast:    map[string][]*Runbook{},
		byName:    map[string][]*Runbook{},
		byHeading: map[string][]spot{},
	}
	for i, rb := range runbooks {
		x.order[rb] = i
		segs := slices.Concat(roots[rb.Directory], segments(rb.Name))
		x.paths[rb] = segs
		last := segs[len(segs)-1]
		x.byLast[last] = append(x.byLast[last], rb)
		if isIndex(last) && len(segs) > 1 {
			dir := segs[len(segs)-2]
			x.byLast[dir] = append(x.byLast[dir], rb)
		}
		names := []string{fold(last)}
		if own := segments(rb.Name); isIndex(last) && len(own) > 1 {
			names = append(names, fold(own[len(own)-2]))
		}
		if t := alertHeading(rb.Title); !slices.Contains(names, t) {
			names = append(names, t)
		}
		for _, n := range names {
			if n != "" && !isGeneric(n) {
				x.byName[n] = append(x.byName[n], rb)
			}
		}
		for j := range rb.Headings {
			h := &rb.Headings[j]
			if key := alertHeading(h.Text); key != "" {
				x.byHeading[key] = append(x.byHeading[key], spot{rb, h})
			}
		}
	}
	x.dropRows()
	return x
}

// dropRows drops the rows of tables with the name of a file or of a heading: such a table
// lists the runbooks.
func (x *index) dropRows() {
	isRow := func(s spot) bool { return s.heading.Level == RowLevel }
	for key, spots := range x.byHeading {
		if len(x.byName[key]) > 0 || slices.ContainsFunc(spots, func(s spot) bool { return !isRow(s) }) {
			x.byHeading[key] = slices.DeleteFunc(spots, isRow)
		}
	}
}

// segments returns the lower-case segments of a slash-separated path without
// the file's extension.
func segments(p string) []string {
	p = strings.ToLower(strings.Trim(path.Clean("/"+p), "/"))
	if p == "" {
		return nil
	}
	all := strings.Split(p, "/")
	last := &all[len(all)-1]
	for _, ending := range endings {
		*last = strings.TrimSuffix(*last, ending)
	}
	return all
}

// fold makes different spellings of a name equal: "HighErrorRate",
// "high-error-rate", "high_error_rate".
func fold(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "", ".", "").Replace(strings.ToLower(name))
}

// alertHeading folds a heading that names an alert, as in "HighErrorRate",
// "`HighErrorRate`" or the mixins' `Alert Name: "HighErrorRate"`.
func alertHeading(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, prefix := range []string{"alert name", "alertname", "alert", "runbook"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok && strings.HasPrefix(strings.TrimSpace(rest), ":") {
			s = strings.TrimSpace(strings.TrimSpace(rest)[1:])
			break
		}
	}
	return fold(strings.Trim(s, "\"'`“”* "))
}

func isIndex(name string) bool {
	return name == "index" || name == "_index" || name == "readme"
}

// isGeneric reports whether a file name does not describe its content.
func isGeneric(name string) bool {
	switch strings.ToLower(name) {
	case "index", "_index", "readme", "runbook", "runbooks", "home", "main", "overview", "alerts", "docs":
		return true
	}
	return false
}
