package runbooks

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"firstline/internal/clean"
)

// FindingKind is the kind of a fault. JSON and exclusions use its values.
type FindingKind string

// The kinds of finding.
const (
	// AlertWithoutRunbook: Find has no runbook for a rule's alert.
	AlertWithoutRunbook FindingKind = "alert without runbook"
	// AlertWithoutHeading: its runbook covers several alerts, but has no
	// heading named after this one.
	AlertWithoutHeading FindingKind = "alert without heading"
	// RunbookWithoutRule: a runbook belongs to no rule.
	RunbookWithoutRule FindingKind = "runbook without rule"
	DeadLink           FindingKind = "dead link"
	UnknownVariable    FindingKind = "unknown variable"
	MissingSection     FindingKind = "missing section"
	// UnusableFile: the library omitted a file or directory.
	UnusableFile FindingKind = "unusable file"
)

// Finding is one fault that Lint found.
type Finding struct {
	Kind FindingKind
	// Path and Line are the position: a line of the file. Both are empty for an
	// alert without a runbook.
	Path string
	Line int
	// Alert is the alert of the rule, if the finding is about one.
	Alert string
	// Sentence is for a person.
	Sentence string
}

// AlertRule is the part of an alerting rule that Lint needs.
type AlertRule struct {
	Name string
	// Labels and Annotations are the rule's, templates unexpanded.
	Labels, Annotations map[string]string
	// Expression is its query. The labels that it names count as known.
	Expression string
	// Query finds the runbook of its alerts.
	Query Query
}

// LintOptions configure Lint.
type LintOptions struct {
	// Sections are required in the runbook of an alert. Nil means Sections(),
	// an empty list means none.
	Sections []string
	// Variables are names, besides the rules' own labels, that will have a
	// value when a runbook is filled: configured extras, labels seen in alerts.
	Variables []string
	// Web: an alert whose URL leads to the web has its runbook there. Otherwise
	// it must be in a directory.
	Web bool
}

// commonLabels are the labels that exporters and service discovery put on
// nearly every series.
var commonLabels = strings.Fields("alertname severity cluster namespace job instance service pod container node endpoint app team deployment statefulset daemonset replicaset horizontalpodautoscaler job_name cronjob persistentvolumeclaim persistentvolume device mountpoint fstype ingress host method code status path handler queue topic region zone environment env")

// Sections returns the conventional sections of an alert's runbook.
func Sections() []string { return []string{"Meaning", "Impact", "Diagnosis", "Mitigation"} }

// Lint checks the library's runbooks, as last read, against alerting rules. It
// does not use the network.
func (l *Library) Lint(rules []AlertRule, o LintOptions) []Finding {
	l.mu.RLock()
	x, problems := l.index, l.problems
	l.mu.RUnlock()
	found := lint(x, rules, o)
	for _, p := range problems {
		found = append(found, Finding{Kind: UnusableFile, Path: p.Path, Sentence: p.Sentence})
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line))
	})
	return found
}

func lint(x *index, rules []AlertRule, o LintOptions) []Finding {
	if o.Sections == nil {
		o.Sections = Sections()
	}
	l := linter{index: x, options: o, alerts: map[*Runbook][]AlertRule{}}
	l.rules(rules)
	for _, rb := range x.runbooks {
		l.links(rb)
		l.belongs(rb, len(rules) > 0)
		l.variables(rb)
	}
	return l.findings
}

type linter struct {
	index   *index
	options LintOptions
	// alerts are the rules for which Find returns each runbook.
	alerts   map[*Runbook][]AlertRule
	findings []Finding
}

func (l *linter) add(kind FindingKind, rb *Runbook, line int, alert, sentence string) {
	f := Finding{Kind: kind, Alert: alert, Sentence: sentence}
	if rb != nil {
		f.Path, f.Line = rb.Path, rb.FileLine(max(line, 1))
	}
	l.findings = append(l.findings, f)
}

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
			l.add(AlertWithoutRunbook, nil, 0, name, fmt.Sprintf("The alert %s has no runbook.", name))
		case ok:
			l.alerts[m.Runbook] = append(l.alerts[m.Runbook], r)
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
				l.add(AlertWithoutHeading, rb, 1, name, fmt.Sprintf("The runbook is for %d alerts but has no heading for %s.", len(byRunbook[rb]), name))
			}
		}
	}
}

// links finds relative links without a target. It cannot check links to files
// that are not Markdown.
func (l *linter) links(rb *Runbook) {
	for _, link := range rb.Links() {
		u, err := url.Parse(link.Destination)
		if err != nil {
			l.add(DeadLink, rb, link.Line, "", fmt.Sprintf("The link %q is no URL and no path.", link.Destination))
			continue
		}
		relative := u.Scheme == "" && u.Host == "" && (u.Path != "" || u.Fragment != "")
		if !relative || (u.Path != "" && !isPagePath(u.Path)) {
			continue
		}
		if _, ok := l.index.follow(rb, link.Destination); !ok {
			l.add(DeadLink, rb, link.Line, "", fmt.Sprintf("The link to %s leads to no runbook or heading.", link.Destination))
		}
	}
}

func isPagePath(p string) bool {
	last := p[strings.LastIndexByte(p, '/')+1:]
	return isRunbook(p) || (last != "" && !strings.Contains(last, "."))
}

// belongs checks that an alert's runbook has its sections, and that a runbook
// which looks like an alert's has a rule.
func (l *linter) belongs(rb *Runbook, haveRules bool) {
	if len(l.alerts[rb]) > 0 {
		for _, want := range l.options.Sections {
			if !slices.ContainsFunc(rb.Headings, func(h Heading) bool { return fold(h.Text) == fold(want) }) {
				l.add(MissingSection, rb, 1, "", fmt.Sprintf("The section %s is missing.", want))
			}
		}
		return
	}
	segs := segments(rb.Name)
	if haveRules && !isGeneric(segs[len(segs)-1]) && l.hasSection(rb) {
		l.add(RunbookWithoutRule, rb, 1, "", "No alerting rule leads to this runbook.")
	}
}

// hasSection reports whether a page is written like a runbook. Others are not
// checked.
func (l *linter) hasSection(rb *Runbook) bool {
	for _, h := range rb.Headings {
		if slices.ContainsFunc(l.options.Sections, func(want string) bool { return fold(h.Text) == fold(want) }) {
			return true
		}
	}
	return len(l.options.Sections) == 0
}

// Labels in a rule: "by (a, b)", {a="b"}, $labels.a.
var (
	groupedLabels  = regexp.MustCompile(`(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)`)
	matchedLabel   = regexp.MustCompile(`([A-Za-z_]\w*)\s*(?:=~|!~|!=|=)\s*"`)
	annotatedLabel = regexp.MustCompile(`(?:\$labels|\.Labels)\.([A-Za-z_]\w*)`)
)

// variables finds names in code that no label will fill.
func (l *linter) variables(rb *Runbook) {
	filled := map[string]string{}
	learn := func(name string) {
		if name = strings.TrimSpace(name); name != "" {
			filled[name] = "x"
		}
	}
	for _, name := range slices.Concat(commonLabels, l.options.Variables) {
		learn(name)
	}
	for _, r := range l.alerts[rb] {
		for name := range r.Labels {
			learn(name)
		}
		for _, m := range groupedLabels.FindAllStringSubmatch(r.Expression, -1) {
			for name := range strings.SplitSeq(m[1], ",") {
				learn(name)
			}
		}
		for _, m := range matchedLabel.FindAllStringSubmatch(r.Expression, -1) {
			learn(m[1])
		}
		for _, a := range r.Annotations {
			for _, m := range annotatedLabel.FindAllStringSubmatch(a, -1) {
				learn(m[1])
			}
		}
	}
	reported := map[string]bool{}
	set := newScope(nil, 0) // what the code before sets
	for _, code := range rb.CodeIn(nil) {
		f := filler{values: newValues([]Values{{FromLabel, filled}}), shell: true, scope: set, lineOf: newLineIndex(code.Text).line}
		f.code(code.Text)
		for _, name := range f.result.Unknown {
			if isShell(code.Language) && !reported[name] {
				reported[name] = true
				l.add(UnknownVariable, rb, code.Line, "", fmt.Sprintf("No label or configured extra is known that fills $%s.", name))
			}
		}
	}
}
