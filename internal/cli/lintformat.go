package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"firstline/runbooks"
)

// checked is what runbook lint has checked and found.
type checked struct {
	findings        []runbooks.Finding
	runbooks, rules int
}

var findingsWriters = map[string]func(*app, checked) error{
	"text": writeFindings, "github": writeFindingsGitHub, "json": writeFindingsJSON,
}

func kindNames() string {
	var names []string
	for _, kind := range runbooks.FindingKinds() {
		names = append(names, string(kind))
	}
	return strings.Join(names, ", ")
}

// writeFindings prints a finding a line, as compilers do, so that editors and
// CI find the place.
func writeFindings(a *app, c checked) error {
	for _, f := range c.findings {
		at := ""
		switch {
		case f.Line > 0:
			at = fmt.Sprintf("%s:%d: ", f.Path, f.Line)
		case f.Path != "":
			at = f.Path + ": "
		}
		if _, err := fmt.Fprintf(a.text(), "%-25s  %s\n", f.Kind, oneLine(at+f.Sentence)); err != nil {
			return fmt.Errorf("writing the findings: %w", err)
		}
	}
	return nil
}

// misleads are the kinds for which a reader is left without what they look for. The
// others are warnings.
var misleads = map[runbooks.FindingKind]bool{
	runbooks.AlertWithoutRunbook: true, runbooks.DeadLink: true, runbooks.DeadAnchor: true, runbooks.UnusableFile: true,
}

var (
	inCommand  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	inProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// writeFindingsGitHub prints the commands with which a workflow of GitHub, Gitea or
// Forgejo annotates a file. Paths are relative to the working directory, as the
// checkout's are.
func writeFindingsGitHub(a *app, c checked) error {
	here, _ := os.Getwd() // without it the paths stay as they are
	for _, f := range c.findings {
		level := "warning"
		if misleads[f.Kind] {
			level = "error"
		}
		properties := "title=" + inProperty.Replace(string(f.Kind))
		if f.Path != "" {
			path := f.Path
			if all, err := filepath.Abs(path); err == nil && here != "" {
				if relative, err := filepath.Rel(here, all); err == nil && !strings.HasPrefix(relative, "..") {
					path = filepath.ToSlash(relative)
				}
			}
			properties = "file=" + inProperty.Replace(oneLine(path)) + fmt.Sprintf(",line=%d,", max(f.Line, 1)) + properties
		}
		if _, err := fmt.Fprintf(a.out, "::%s %s::%s\n", level, properties, inCommand.Replace(oneLine(f.Sentence))); err != nil {
			return fmt.Errorf("writing the findings: %w", err)
		}
	}
	return nil
}

func writeFindingsJSON(a *app, c checked) error {
	out := lintOutputJSON{OK: len(c.findings) == 0, Runbooks: c.runbooks, Rules: c.rules, Findings: []lintFinding{}}
	line := func(n int) *int {
		if n == 0 {
			return nil
		}
		return &n
	}
	for _, f := range c.findings {
		finding := lintFinding{Kind: string(f.Kind), Path: textOf(f.Path), Line: line(f.Line), Alerts: listOrNone(f.Alerts), Positions: []lintPosition{}, Sentence: f.Sentence}
		for _, p := range f.Positions {
			finding.Positions = append(finding.Positions, lintPosition{line(p.Line), textOf(p.Text)})
		}
		out.Findings = append(out.Findings, finding)
	}
	return writeJSON(a.out, out)
}
