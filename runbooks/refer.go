package runbooks

import (
	"net/url"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/reference"
)

// Reference is an address or a path of a runbook in an alert.
type Reference = reference.Reference

// ReferenceTo parses an address or a path that a person wrote.
func ReferenceTo(text string) (Reference, bool) { return reference.Parse(text, true) }

// destination is what a reference leads to.
type destination struct {
	segments []string
	fragment string
	// values are those of its query, and of one behind the fragment.
	values map[string]string
	isPath bool // not a URL: all of its segments must match
}

func destinationOf(r Reference) (destination, bool) {
	u, err := url.Parse(strings.TrimSpace(r.Text))
	if err != nil {
		return destination{}, false
	}
	d := destination{segments: segments(u.Path)}
	d.fragment, d.values = valuesIn(u)
	d.values = withValues(d.values, r.Values)
	switch {
	case u.Scheme == "" && u.Host == "":
		d.isPath = true
	case clean.URL(r.Text) == "":
		return destination{}, false
	}
	return d, len(d.segments) > 0
}

// valuesIn returns the fragment of a reference and the values that it has for the
// runbook's variables: ?CLUSTER=eu, or #anchor?CLUSTER=eu.
func valuesIn(u *url.URL) (fragment string, values map[string]string) {
	fragment, behind, _ := strings.Cut(u.Fragment, "?")
	for _, query := range []string{u.RawQuery, behind} {
		all, err := url.ParseQuery(query)
		if err != nil {
			continue
		}
		for name := range all {
			values = withValues(values, map[string]string{name: all.Get(name)})
		}
	}
	return fragment, values
}

// withValues adds the values that a variable may have.
func withValues(values, more map[string]string) map[string]string {
	for name, value := range more {
		if value != "" && nameFirst.FindString(name) == name {
			if values == nil {
				values = map[string]string{}
			}
			values[name] = clean.Line(value)
		}
	}
	return values
}

// referred finds the runbook whose path has the longest suffix in common with
// the reference, and the heading in it.
func (x *index) referred(r Reference, q Query) Match {
	d, ok := destinationOf(r)
	if !ok {
		return Match{}
	}
	last := d.segments[len(d.segments)-1]
	var best *Runbook
	var bestRank []int
	var found []*Runbook
	for _, rb := range x.byLast[last] {
		common := x.commonSuffix(rb, d.segments)
		anchored := d.fragment != "" && rb.At(d.fragment) != nil
		switch {
		case d.isPath && !x.isAt(rb, d.segments, common):
			continue
		case !d.isPath && common < 2 && !anchored && !x.telling(rb, last, len(d.segments) > 1, q.Alerts):
			continue
		}
		found = append(found, rb)
		// A path from the directory itself comes before one from further down.
		rank := []int{-common, yes(d.isPath && !isWhole(rb, d.segments)), yes(!anchored), yes(!x.inService(rb, q)), len(x.paths[rb]), x.order[rb]}
		if best == nil || slices.Compare(rank, bestRank) < 0 {
			best, bestRank = rb, rank
		}
	}
	if best != nil && d.isPath && len(d.segments) == 1 {
		// A file's name alone may be that of several teams.
		at, suggested := x.choose(spotsOf(found), last, q)
		if at.runbook == nil {
			return Match{Suggestions: suggested}
		}
		best = at.runbook
	}
	if best == nil {
		return Match{}
	}
	return Match{Runbook: best, Heading: x.headingIn(best, d.fragment, q.Alerts), Values: d.values}
}

// isAt reports whether a path leads to rb: each of its segments matches, or all
// those of rb do, where the directory is a part of what the path is relative to.
// A name that every directory has is a path only for the directory itself.
func (x *index) isAt(rb *Runbook, path []string, common int) bool {
	own := len(segments(rb.Name))
	if len(path) == 1 && isGeneric(path[0]) {
		return own == 1
	}
	return common == len(path) || common >= 2 && common >= own
}

// isWhole reports whether a path is the whole path of rb in its directory.
func isWhole(rb *Runbook, path []string) bool {
	own := segments(rb.Name)
	return slices.Equal(own, path) || isIndex(own[len(own)-1]) && slices.Equal(own[:len(own)-1], path)
}

// telling reports whether a file name alone proves that rb is the runbook of a
// URL. Every repository has a README.md, and the errors.md of one service is
// not that of another: such a name must be an alert's name, or there must be no
// directory that contradicts the URL.
func (x *index) telling(rb *Runbook, name string, hasParent bool, alerts []string) bool {
	if slices.ContainsFunc(alerts, func(a string) bool { return fold(a) == fold(name) }) {
		return true
	}
	own := segments(rb.Name)
	if isIndex(own[len(own)-1]) {
		own = own[:len(own)-1]
	}
	return !isGeneric(name) && (!hasParent || len(own) <= 1)
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}

// commonSuffix returns how many trailing segments of rb's path equal those of
// want.
func (x *index) commonSuffix(rb *Runbook, want []string) int {
	have := x.paths[rb]
	n := suffix(have, want)
	if isIndex(have[len(have)-1]) {
		n = max(n, suffix(have[:len(have)-1], want))
	}
	return n
}

func suffix(a, b []string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}
