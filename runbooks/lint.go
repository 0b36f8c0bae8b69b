package runbooks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/wording"
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
	// SharedName: several teams have a runbook of that name, or rules for it.
	SharedName FindingKind = "shared name"
	// RunbookWithoutRule: a runbook belongs to no rule.
	RunbookWithoutRule FindingKind = "runbook without rule"
	DeadLink           FindingKind = "dead link"
	// DeadAnchor: a rule refers to a heading that its runbook lacks.
	DeadAnchor      FindingKind = "dead anchor"
	UnknownVariable FindingKind = "unknown variable"
	// UnfilledPlaceholder: no label fills it, so that the reader has to.
	UnfilledPlaceholder FindingKind = "unfilled placeholder"
	// OtherShell: a variable is set in one shell and used in another one.
	OtherShell FindingKind = "variable of another shell"
	// UnlabelledCommand: a fence with a command names no language.
	UnlabelledCommand FindingKind = "unlabelled command"
	MissingSection    FindingKind = "missing section"
	// UnusableFile: the library omitted a file or directory.
	UnusableFile FindingKind = "unusable file"
)

// FindingKinds returns all kinds.
func FindingKinds() []FindingKind {
	return []FindingKind{
		AlertWithoutRunbook, AlertWithoutHeading, SharedName, RunbookWithoutRule, DeadLink, DeadAnchor, UnknownVariable,
		UnfilledPlaceholder, OtherShell, UnlabelledCommand, MissingSection, UnusableFile,
	}
}

// Finding is what Lint found of one kind in one file.
type Finding struct {
	Kind FindingKind
	// Path and Line are the position: the first line of the file that it is about.
	// Both are empty for rules that were not read from a file.
	Path string
	Line int
	// Alerts are the alerts of the rules that it is about.
	Alerts []string
	// Positions are all that was found.
	Positions []Position
	// Sentence is for a person.
	Sentence string
}

// Position is one position of a finding.
type Position struct {
	// Line is a line of the file, or 0.
	Line int
	// Text is what was found: a link, a variable, a section, an alert.
	Text string
}

// AlertRule is the part of an alerting rule that Lint needs.
type AlertRule struct {
	Name string
	// Labels and Annotations are the rule's, templates unexpanded.
	Labels, Annotations map[string]string
	// Expression is its query. The labels that it names count as known.
	Expression string
	// Path is the file that it was read from; empty: none.
	Path string
	// Query finds the runbook of its alerts.
	Query Query
}

// LintOptions configure Lint.
type LintOptions struct {
	// Sections are required in the runbook of an alert. Nil means those of
	// Sections() that most runbooks of the directory have, an empty list means none.
	Sections []string
	// Variables are names, besides the rules' own labels, that will have a
	// value when a runbook is filled: configured extras, labels seen in alerts.
	Variables []string
	// Web: an alert whose URL leads to the web has its runbook there. Otherwise
	// it must be in a directory.
	Web bool
	// Ignore are kinds that are not reported.
	Ignore []FindingKind
}

// Sections returns the conventional sections of an alert's runbook.
func Sections() []string { return []string{"Meaning", "Impact", "Diagnosis", "Mitigation"} }

// Lint checks the library's runbooks, as last read, against alerting rules. It
// does not use the network. There is one finding for each file and kind.
func (l *Library) Lint(rules []AlertRule, o LintOptions) []Finding {
	l.mu.RLock()
	x, problems := l.index, l.problems
	l.mu.RUnlock()
	found := lint(x, rules, o)
	for _, p := range problems {
		if !slices.Contains(o.Ignore, UnusableFile) {
			found = append(found, Finding{Kind: UnusableFile, Path: p.Path, Positions: []Position{{}}, Sentence: p.Sentence})
		}
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line))
	})
	return found
}

func lint(x *index, rules []AlertRule, o LintOptions) []Finding {
	l := linter{index: x, options: o, alerts: map[*Runbook][]AlertRule{}, at: map[[2]string]int{}}
	l.rules(rules)
	l.names()
	common := l.commonSections()
	for _, rb := range x.runbooks {
		l.links(rb)
		l.belongs(rb, len(rules) > 0, common[rb.Directory])
		if rb.Format == Markdown {
			l.code(rb)
		}
	}
	for i := range l.findings {
		l.findings[i].say()
	}
	return l.findings
}

type linter struct {
	index   *index
	options LintOptions
	// alerts are the rules for which Find returns each runbook.
	alerts   map[*Runbook][]AlertRule
	findings []Finding
	// at are the indexes of the findings by path and kind.
	at map[[2]string]int
}

// add adds a position to the finding of its file and kind.
func (l *linter) add(kind FindingKind, path string, line int, alert, text string) {
	if slices.Contains(l.options.Ignore, kind) {
		return
	}
	key := [2]string{path, string(kind)}
	i, ok := l.at[key]
	if !ok {
		i = len(l.findings)
		l.at[key] = i
		l.findings = append(l.findings, Finding{Kind: kind, Path: path, Line: line})
	}
	f := &l.findings[i]
	if line > 0 && (f.Line == 0 || line < f.Line) {
		f.Line = line
	}
	if alert != "" && !slices.Contains(f.Alerts, alert) {
		f.Alerts = append(f.Alerts, alert)
	}
	if p := (Position{line, text}); !slices.Contains(f.Positions, p) {
		f.Positions = append(f.Positions, p)
	}
}

func (l *linter) addIn(kind FindingKind, rb *Runbook, line int, alert, text string) {
	l.add(kind, rb.Path, rb.FileLine(max(line, 1)), alert, text)
}

// mostNamed is how many positions a sentence names; the others are counted.
const mostNamed = 4

// say writes the sentence of a finding.
func (f *Finding) say() {
	var texts []string
	said := map[string]bool{}
	for _, p := range f.Positions {
		text := p.Text
		if said[text] {
			continue
		}
		said[text] = true
		if f.Path != "" && p.Line > 0 && p.Line != f.Line {
			text += fmt.Sprintf(" (line %d)", p.Line)
		}
		texts = append(texts, text)
	}
	n := len(texts)
	names := strings.Join(texts[:min(n, mostNamed)], ", ")
	if n > mostNamed {
		names += fmt.Sprintf(" and %d more", n-mostNamed)
	}
	names = clean.Line(names)
	switch f.Kind {
	case AlertWithoutRunbook:
		f.Sentence = wording.Count(n, "alert") + " without a runbook: " + names
	case AlertWithoutHeading:
		f.Sentence = "The runbook is for several alerts but has no heading for " + names
	case SharedName:
		f.Sentence = "Names that several teams use: " + names
	case RunbookWithoutRule:
		f.Sentence = "No alerting rule leads to this runbook"
	case DeadLink:
		f.Sentence = wording.Count(n, "link") + " to no runbook or heading: " + names
	case DeadAnchor:
		f.Sentence = wording.Count(n, "reference") + " of rules to no heading: " + names
	case UnknownVariable:
		f.Sentence = "No label or configured extra is known that fills " + names
	case UnfilledPlaceholder:
		f.Sentence = "The reader has to replace what no label fills: " + names
	case OtherShell:
		f.Sentence = "Set in one shell and used in another one: " + names
	case UnlabelledCommand:
		f.Sentence = wording.Count(len(f.Positions), "block") + " of commands without a language; write ```sh, or the language that it is"
	case MissingSection:
		f.Sentence = "Missing: " + names
	case UnusableFile:
		return
	}
	f.Sentence += "."
}
