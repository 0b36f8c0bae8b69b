package readiness

import (
	"cmp"
	"slices"

	"firstline/internal/lazyregexp"
	"firstline/runbooks"
)

// Runbook is what is known of the runbook of a rule.
type Runbook struct {
	// Path is its path; empty: none was found. Web: it is on the web, and was not read.
	Path string
	Web  bool
	// Findings are the kinds of what lint found in it that concerns the rule.
	Findings []string
	// Dashboard and Rollback are its path where it has a link to a dashboard, and a
	// heading about rolling back; else empty.
	Dashboard, Rollback string
}

var (
	rollback  = lazyregexp.New(`(?i)\broll(?:ing|ed)?[ -]?back|\brevert|\bback(?:ing)?[ -]?out\b|\bundo`)
	dashboard = lazyregexp.New(`(?i)dashboard|grafana`)
)

// RunbooksOf returns the runbook of each rule, as find and lint see it.
func RunbooksOf(library *runbooks.Library, rules []runbooks.AlertRule, o runbooks.LintOptions) []Runbook {
	found := library.Lint(rules, o)
	links := map[*runbooks.Runbook][2]string{}
	all := make([]Runbook, len(rules))
	for n, r := range rules {
		m, ok := library.Find(r.Query)
		if !ok {
			all[n].Web = o.Web && r.Query.URL() != ""
			continue
		}
		rb := m.Runbook
		has, read := links[rb]
		if !read {
			has = [2]string{dashboardOf(rb), rollbackOf(rb)}
			links[rb] = has
		}
		all[n] = Runbook{Path: rb.Path, Findings: findingsOf(found, r.Name, rb.Path), Dashboard: has[0], Rollback: has[1]}
	}
	return all
}

// findingsOf returns the kinds of findings that concern a rule: those of its runbook,
// without those about other alerts.
func findingsOf(found []runbooks.Finding, alert, path string) []string {
	var kinds []string
	for _, f := range found {
		if f.Path == path && (len(f.Alerts) == 0 || slices.Contains(f.Alerts, alert)) && !slices.Contains(kinds, string(f.Kind)) {
			kinds = append(kinds, string(f.Kind))
		}
	}
	return kinds
}

func dashboardOf(rb *runbooks.Runbook) string {
	for _, l := range rb.Links() {
		if l.External() && (dashboard.MatchString(l.Text) || dashboard.MatchString(l.Destination)) {
			return cmp.Or(rb.Path, rb.Title)
		}
	}
	return ""
}

func rollbackOf(rb *runbooks.Runbook) string {
	for _, h := range rb.Headings {
		if rollback.MatchString(h.Text) {
			return cmp.Or(rb.Path, rb.Title)
		}
	}
	return ""
}
