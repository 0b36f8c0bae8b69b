package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"firstline/runbooks"
)

func TestRunbookLint(t *testing.T) {
	w := newHarness(t)
	r := w.run("runbook", "lint", "--json").want(t, exitWanting)
	var out lintOutputJSON
	if err := json.Unmarshal([]byte(r.out), &out); err != nil {
		t.Fatal(err)
	}
	if out.OK || out.Rules == 0 || out.Runbooks == 0 || !slices.ContainsFunc(out.Findings, func(f lintFinding) bool {
		return f.Kind == "alert without runbook" && slices.Contains(f.Alerts, "NewsletterQueueStuck") && f.Path == nil && f.Line == nil
	}) {
		t.Errorf("%s", r.out)
	}

	dir := t.TempDir()
	file := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	rb := file("books/DiskFull.md", runbooks.Template("DiskFull", "", "")+"\n[gone](gone.md)\n")
	rules := file("rules.yaml", "groups: [{rules: [{alert: DiskFull, expr: up}]}]\n")
	alone(t)
	lint := func(args ...string) result {
		t.Helper()
		return runApp(t.Context(), "", nil, append([]string{"runbook", "lint"}, args...)...)
	}
	options := filepath.Join(dir, "books")
	lint("--rules", rules, options).want(t, exitWanting).says(t, "dead link", rb+":", "1 runbook and 1 rule checked, 1 finding")
	file("books/DiskFull.md", runbooks.Template("DiskFull", "", ""))
	if r := lint("--rules", rules, options).want(t, exitDone); r.out != "" {
		t.Errorf("nothing was found, and yet: %q", r.out)
	}
	lint(options).want(t, exitDone).says(t, "checked without rules")
	lint("--rules", rules, "--sections", "Meaning,Dashboard", options).want(t, exitWanting).says(t, "Missing: Dashboard")
	file("books/Binary.md", "\x00")
	lint("--rules", rules, options).want(t, exitWanting).says(t, "unusable file", "binary data")
	github := lint("--format", "github", "--rules", rules, "--sections", "A,B%", options).want(t, exitWanting)
	if want := "::warning file=" + rb + ",line=1,title=missing section::Missing: A, B%25.\n"; !strings.Contains(github.out, want) {
		t.Errorf("%q has no %q", github.out, want)
	}
	lint("--ignore", "unusable file", "--rules", rules, options).want(t, exitDone)
	lint("--ignore", "nothing", options).want(t, exitUsage).says(t, "there are alert without runbook, ")
	lint("--format", "xml", options).want(t, exitUsage).says(t, "text, github and json")
	lint("--rules", filepath.Join(dir, "none"), options).want(t, exitUsage).says(t, "can't be opened")
	lint("--rules", rb, options).want(t, exitUsage).says(t, "is no rule file")
	lint(filepath.Join(dir, "none")).want(t, exitUsage).says(t, "is not there")
	lint().want(t, exitUsage).says(t, "there are no runbooks")
}
