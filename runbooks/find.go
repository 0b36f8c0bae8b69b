package runbooks

import (
	"slices"
	"strings"

	"firstline/internal/clean"
)

// find chooses the runbook for a query. It is the one place that decides: the
// screen, the commands, JSON and Lint ask it. Without a runbook, the match still
// has what was not found and what may be meant.
func (x *index) find(q Query) (Match, bool) {
	// Runbooks are clean, so the search terms must be clean too.
	alerts := make([]string, len(q.Alerts))
	for i, a := range q.Alerts {
		alerts[i] = clean.Line(a)
	}
	q.Alerts = alerts
	m, missing := x.byReference(q)
	for i := 0; m.Runbook == nil && i < len(q.Alerts); i++ {
		named := x.byAlert(q.Alerts[i], q)
		named.Suggestions = append(m.Suggestions, named.Suggestions...)
		m = named
	}
	if m.Runbook == nil {
		suggestions := m.Suggestions
		m = x.byService(q)
		m.Suggestions = append(suggestions, m.Suggestions...)
	}
	m.Missing = missing
	m.Suggestions = slices.DeleteFunc(m.Suggestions, func(s Suggestion) bool { return s.Runbook == m.Runbook })
	if m.Runbook != nil {
		m.Notice = m.unread()
	}
	return m, m.Runbook != nil
}

// unread says which paths of runbooks lead to no file. What is at an address is
// not known here.
func (m *Match) unread() string {
	var paths []string
	for _, r := range m.Missing {
		if r.URL == "" {
			paths = append(paths, clean.Line(r.Text))
		}
	}
	if len(paths) == 0 || m.MatchedBy == ByReference {
		return ""
	}
	return "No runbook directory has " + strings.Join(paths, ", ")
}

// byReference finds the file of the first reference that has one: the longest
// common path suffix wins, ignoring case. missing are the references before it.
func (x *index) byReference(q Query) (m Match, missing []Reference) {
	for _, r := range q.References {
		found := x.referred(r, q)
		if found.Runbook != nil {
			found.MatchedBy = ByReference
			return found, missing
		}
		m.Suggestions = append(m.Suggestions, found.Suggestions...)
		missing = append(missing, r)
	}
	return m, missing
}

// byService finds the runbook that is configured for the service, else the file
// or directory named after it.
func (x *index) byService(q Query) Match {
	if r, ok := ReferenceTo(q.ServiceRunbook); ok {
		if m := x.referred(r, q); m.Runbook != nil {
			m.MatchedBy = ByService
			return m
		}
	}
	key := fold(q.Service)
	if key == "" {
		return Match{}
	}
	var suggested []Suggestion
	rb := x.inDirectory(key)
	if found := x.byName[key]; len(found) > 0 {
		var at spot
		at, suggested = x.choose(spotsOf(found), q.Service, q)
		if at.runbook != nil {
			rb = at.runbook
		}
	}
	if rb == nil {
		return Match{Suggestions: suggested}
	}
	return Match{Runbook: rb, Heading: x.headingIn(rb, "", q.Alerts), MatchedBy: ByService}
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
	if h := rb.At(fragment); h != nil {
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

// At returns the heading with that id or anchor, ignoring case.
func (rb *Runbook) At(fragment string) *Heading {
	fragment = strings.TrimPrefix(strings.TrimPrefix(fragment, "#"), "user-content-")
	if fragment == "" {
		return nil
	}
	line := rb.anchors[strings.ToLower(fragment)]
	for i := range rb.Headings {
		if rb.Headings[i].Line == line {
			return &rb.Headings[i]
		}
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
