package runbooks

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"

	"firstline/internal/clean"
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
	return x
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
	for _, ending := range []string{".md", ".markdown", ".html", ".htm"} {
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

func (x *index) find(q Query) (Match, bool) {
	// Runbooks are clean, so the search terms must be clean too.
	alerts := make([]string, len(q.Alerts))
	for i, a := range q.Alerts {
		alerts[i] = clean.Line(a)
	}
	q.Alerts = alerts
	if m, ok := x.byURL(q); ok {
		return m, true
	}
	for _, alert := range q.Alerts {
		if m, ok := x.byAlert(alert, q); ok {
			return m, true
		}
	}
	return x.byService(q)
}

// byURL finds the file for a runbook_url: the longest common path suffix wins,
// ignoring case.
func (x *index) byURL(q Query) (Match, bool) {
	rb, ref := x.suffixOf(q.URL, q)
	for i := 0; rb == nil && i < len(q.References); i++ {
		rb, ref = x.suffixOf(q.References[i], q)
	}
	if rb == nil {
		return Match{}, false
	}
	return Match{Runbook: rb, Heading: x.headingIn(rb, ref.fragment, q.Alerts), MatchedBy: ByURL, Values: ref.values}, true
}

// reference is a parsed URL or path of a runbook.
type reference struct {
	segments []string
	fragment string
	// values are those of its query, and of one behind the fragment.
	values map[string]string
	isPath bool // not a URL: all of its segments must match
}

func parseReference(s string) (reference, bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasPrefix(s, "<") {
		return reference{}, false
	}
	u, err := url.Parse(s)
	if err != nil {
		return reference{}, false
	}
	r := reference{segments: segments(u.Path)}
	r.fragment, r.values = valuesIn(u)
	switch {
	case u.Scheme == "" && u.Host == "":
		r.isPath = true
	case clean.URL(s) == "":
		return reference{}, false
	}
	return r, len(r.segments) > 0
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
		for name, value := range all {
			if value[0] != "" && nameFirst.FindString(name) == name {
				if values == nil {
					values = map[string]string{}
				}
				values[name] = clean.Line(value[0])
			}
		}
	}
	return fragment, values
}

// suffixOf finds the runbook whose path has the longest suffix in common with
// the reference. It also returns the parsed reference.
func (x *index) suffixOf(s string, q Query) (*Runbook, reference) {
	ref, ok := parseReference(s)
	if !ok {
		return nil, reference{}
	}
	var best *Runbook
	var bestRank []int
	for _, rb := range x.byLast[ref.segments[len(ref.segments)-1]] {
		common := x.commonSuffix(rb, ref.segments)
		anchored := ref.fragment != "" && rb.anchored(ref.fragment) != nil
		if ref.isPath && common < len(ref.segments) {
			continue
		}
		last := ref.segments[len(ref.segments)-1]
		if !ref.isPath && common < 2 && !anchored && !x.telling(rb, last, len(ref.segments) > 1, q.Alerts) {
			continue
		}
		rank := []int{-common, yes(!anchored), yes(!x.inService(rb, q.Service)), len(x.paths[rb]), x.order[rb]}
		if best == nil || slices.Compare(rank, bestRank) < 0 {
			best, bestRank = rb, rank
		}
	}
	return best, ref
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

// inService reports whether a directory of rb, or the file, is named after the
// service.
func (x *index) inService(rb *Runbook, service string) bool {
	if service == "" {
		return false
	}
	want := fold(service)
	return slices.ContainsFunc(segments(rb.Name), func(s string) bool { return fold(s) == want })
}

// byAlert finds a file named after the alert, else a heading.
func (x *index) byAlert(alert string, q Query) (Match, bool) {
	key := fold(alert)
	if key == "" {
		return Match{}, false
	}
	if rb := x.first(x.byName[key], alert, q.Service); rb != nil {
		return Match{Runbook: rb, Heading: x.headingIn(rb, "", []string{alert}), MatchedBy: ByAlert}, true
	}
	found := x.byHeading[key]
	if len(found) == 0 {
		return Match{}, false
	}
	best := slices.MinFunc(found, func(a, b spot) int {
		return cmp.Or(
			cmp.Compare(yes(!x.inService(a.runbook, q.Service)), yes(!x.inService(b.runbook, q.Service))),
			cmp.Compare(a.heading.Level, b.heading.Level),
			cmp.Compare(x.order[a.runbook], x.order[b.runbook]),
			cmp.Compare(a.heading.Line, b.heading.Line),
		)
	})
	return Match{Runbook: best.runbook, Heading: best.runbook.below(best.heading), MatchedBy: ByAlert}, true
}

// first chooses among runbooks with the same folded name: the service's own,
// then the one whose file name is equal except for case, then by the order of
// the directories.
func (x *index) first(found []*Runbook, name, service string) *Runbook {
	if len(found) == 0 {
		return nil
	}
	spelt := func(rb *Runbook) int {
		segs := x.paths[rb]
		return yes(segs[len(segs)-1] != strings.ToLower(name))
	}
	return slices.MinFunc(found, func(a, b *Runbook) int {
		return cmp.Or(
			cmp.Compare(yes(!x.inService(a, service)), yes(!x.inService(b, service))),
			cmp.Compare(spelt(a), spelt(b)),
			cmp.Compare(x.order[a], x.order[b]),
		)
	})
}

// byService finds the runbook that is configured for the service, else the file
// or directory named after it.
func (x *index) byService(q Query) (Match, bool) {
	if rb, ref := x.suffixOf(q.ServiceRunbook, q); rb != nil {
		return Match{Runbook: rb, Heading: x.headingIn(rb, ref.fragment, q.Alerts), MatchedBy: ByService, Values: ref.values}, true
	}
	key := fold(q.Service)
	if key == "" {
		return Match{}, false
	}
	rb := x.first(x.byName[key], q.Service, q.Service)
	if rb == nil {
		rb = x.inDirectory(key)
	}
	if rb == nil {
		return Match{}, false
	}
	return Match{Runbook: rb, Heading: x.headingIn(rb, "", q.Alerts), MatchedBy: ByService}, true
}

// inDirectory finds the runbook of a directory with that folded name: its index
// or runbook.md, else its only file.
func (x *index) inDirectory(key string) *Runbook {
	var only *Runbook
	count := 0
	for _, rb := range x.runbooks {
		segs := segments(rb.Name)
		if len(segs) < 2 || fold(segs[len(segs)-2]) != key {
			continue
		}
		if last := segs[len(segs)-1]; isIndex(last) || last == "runbook" {
			return rb
		}
		only = rb
		count++
	}
	if count == 1 {
		return only
	}
	return nil
}

// headingIn returns the heading that the fragment names, else one named after
// an alert, else nil, which means the top.
func (x *index) headingIn(rb *Runbook, fragment string, alerts []string) *Heading {
	if h := rb.anchored(fragment); h != nil {
		return rb.below(h)
	}
	for _, alert := range alerts {
		key := fold(alert)
		for i := range rb.Headings {
			if key != "" && alertHeading(rb.Headings[i].Text) == key {
				return rb.below(&rb.Headings[i])
			}
		}
	}
	return nil
}

// anchored returns the heading with that anchor, ignoring case.
func (rb *Runbook) anchored(fragment string) *Heading {
	fragment = strings.TrimPrefix(strings.TrimPrefix(fragment, "#"), "user-content-")
	if fragment == "" {
		return nil
	}
	for i := range rb.Headings {
		if strings.EqualFold(rb.Headings[i].Anchor, fragment) {
			return &rb.Headings[i]
		}
	}
	return nil
}

// below returns nil for the runbook's first heading when it is the title of the
// page: reading then starts at the top.
func (rb *Runbook) below(h *Heading) *Heading {
	if h == &rb.Headings[0] && h.Level == 1 {
		return nil
	}
	return h
}
