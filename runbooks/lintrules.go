package runbooks

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"firstline/internal/clean"
)

// rules finds the runbook of each rule.
func (l *linter) rules(rules []AlertRule) {
	type found struct {
		rule    AlertRule
		heading *Heading
	}
	byRunbook := map[*Runbook][]found{}
	done := map[string]bool{}
	for _, r := range rules {
		if r.Name == "" {
			continue
		}
		m, ok := l.index.find(r.Query)
		name := clean.Line(r.Name)
		switch {
		case !ok && l.options.Web && r.Query.URL() != "":
			// Its runbook is on the web, which Lint does not read.
		case !ok && !done[r.Name]:
			l.add(AlertWithoutRunbook, r.Path, 0, name, name+without(m))
		case ok:
			l.alerts[m.Runbook] = append(l.alerts[m.Runbook], r)
			l.anchor(r, m, name)
			if !done[r.Name] {
				byRunbook[m.Runbook] = append(byRunbook[m.Runbook], found{r, m.Heading})
			}
		}
		done[r.Name] = true
	}
	for _, rb := range l.index.runbooks {
		if len(byRunbook[rb]) < 2 {
			continue
		}
		for _, f := range byRunbook[rb] {
			if f.heading == nil && alertHeading(rb.Title) != fold(f.rule.Name) {
				name := clean.Line(f.rule.Name)
				l.addIn(AlertWithoutHeading, rb, 1, name, name)
			}
		}
	}
}

// without says why an alert has no runbook, where more is known.
func without(m Match) string {
	var why []string
	for _, r := range m.Missing {
		why = append(why, r.Text+" is not there")
	}
	for _, s := range m.Suggestions {
		why = append(why, s.Owner+" has one")
	}
	if len(why) == 0 {
		return ""
	}
	return " (" + strings.Join(why, ", ") + ")"
}

// anchor checks that the heading exists to which a rule refers.
func (l *linter) anchor(r AlertRule, m Match, name string) {
	if m.MatchedBy != ByReference || len(m.Missing) >= len(r.Query.References) {
		return
	}
	d, ok := destinationOf(r.Query.References[len(m.Missing)])
	if ok && d.fragment != "" && m.Runbook.At(d.fragment) == nil {
		l.addIn(DeadAnchor, m.Runbook, 1, name, fmt.Sprintf("#%s of %s", d.fragment, name))
	}
}

// names finds names that several teams use: for runbooks, and for alerts that have
// one runbook by their name alone.
func (l *linter) names() {
	for _, name := range slices.Sorted(maps.Keys(l.index.byName)) {
		_, several := l.index.choose(spotsOf(l.index.byName[name]), name, Query{})
		if !slices.ContainsFunc(several, func(s Suggestion) bool {
			return len(l.alerts[s.Runbook]) > 0 || slices.ContainsFunc(Sections(), s.Runbook.hasSection)
		}) {
			continue // no runbooks of alerts
		}
		for i, s := range several {
			others := slices.Delete(slices.Clone(several), i, i+1)
			l.addIn(SharedName, s.Runbook, 1, "", fmt.Sprintf("%s, also of %s", s.Runbook.Title, ownersOf(others)))
		}
	}
	for _, rb := range l.index.runbooks {
		users := map[string][]string{}
		for _, r := range l.alerts[rb] {
			m, _ := l.index.find(r.Query)
			of := r.Query.Team
			if of == "" {
				of = r.Query.Service
			}
			if m.MatchedBy == ByAlert && of != "" && !l.index.inService(rb, r.Query) && ownerOf(spot{runbook: rb, heading: m.Heading}) != "" &&
				!slices.Contains(users[r.Name], of) {
				users[r.Name] = append(users[r.Name], of)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(users)) {
			if len(users[name]) > 1 {
				l.addIn(SharedName, rb, 1, name, fmt.Sprintf("%s, an alert of %s", name, strings.Join(users[name], " and ")))
			}
		}
	}
}

func ownersOf(all []Suggestion) string {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.Owner
	}
	return strings.Join(names, " and ")
}

// links finds relative links without a target. It cannot check links to files
// that are not runbooks.
func (l *linter) links(rb *Runbook) {
	for _, link := range rb.Links() {
		u, err := url.Parse(link.Destination)
		if err != nil {
			l.addIn(DeadLink, rb, link.Line, "", link.Destination)
			continue
		}
		relative := u.Scheme == "" && u.Host == "" && (u.Path != "" || u.Fragment != "")
		if !relative || (u.Path != "" && !isPagePath(u.Path)) {
			continue
		}
		if _, ok := l.index.follow(rb, link.Destination); !ok {
			l.addIn(DeadLink, rb, link.Line, "", link.Destination)
		}
	}
}

func isPagePath(p string) bool {
	last := p[strings.LastIndexByte(p, '/')+1:]
	return isRunbook(p) || (last != "" && !strings.Contains(last, "."))
}

// commonSections returns the sections that the runbooks of alerts must have, by
// their directory: without those of the options, the usual ones that most of them
// have.
func (l *linter) commonSections() map[string][]string {
	have, all := map[string]map[string]int{}, map[string]int{}
	for _, rb := range l.index.runbooks {
		if len(l.alerts[rb]) == 0 {
			continue
		}
		if have[rb.Directory] == nil {
			have[rb.Directory] = map[string]int{}
		}
		all[rb.Directory]++
		for _, section := range Sections() {
			if rb.hasSection(section) {
				have[rb.Directory][section]++
			}
		}
	}
	common := map[string][]string{}
	for directory, n := range all {
		if l.options.Sections != nil {
			common[directory] = l.options.Sections
			continue
		}
		for _, section := range Sections() {
			if have[directory][section]*2 > n {
				common[directory] = append(common[directory], section)
			}
		}
	}
	return common
}

func (rb *Runbook) hasSection(name string) bool {
	return slices.ContainsFunc(rb.Headings, func(h Heading) bool { return fold(h.Text) == fold(name) })
}

// belongs checks that an alert's runbook has its sections, and that a runbook
// which looks like an alert's has a rule.
func (l *linter) belongs(rb *Runbook, haveRules bool, sections []string) {
	if len(l.alerts[rb]) > 0 {
		for _, want := range sections {
			if !rb.hasSection(want) {
				l.addIn(MissingSection, rb, 1, "", want)
			}
		}
		return
	}
	usual := l.options.Sections
	if usual == nil {
		usual = Sections()
	}
	segs := segments(rb.Name)
	if haveRules && !isGeneric(segs[len(segs)-1]) && (len(usual) == 0 || slices.ContainsFunc(usual, rb.hasSection)) {
		l.addIn(RunbookWithoutRule, rb, 1, "", rb.Title)
	}
}
