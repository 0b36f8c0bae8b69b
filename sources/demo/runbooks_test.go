package demo

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	links     = regexp.MustCompile(`\]\(([^)#]+\.md)`)
	variables = regexp.MustCompile(`\$\{?([A-Za-z_]+)|\{\{ \$labels\.([a-z_]+) \}\}`)
)

// A link to a missing runbook is worse than none.
func TestRunbooksAreWhole(t *testing.T) {
	runbooks := Runbooks()
	found, table, task, template := 0, false, false, false
	err := fs.WalkDir(runbooks, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		found++
		raw, err := fs.ReadFile(runbooks, file)
		if err != nil {
			return err
		}
		text := string(raw)
		name := strings.TrimSuffix(path.Base(file), ".md")
		if !strings.HasPrefix(text, "---\n") || !strings.Contains(text, "\n---\n\n# "+name+"\n") {
			t.Errorf("%s: no front matter with the title %s after it", file, name)
		}
		at := 0
		for _, section := range []string{"Meaning", "Impact", "Diagnosis", "Mitigation", "Escalation"} {
			n := strings.Index(text[at:], "\n## "+section+"\n")
			if n < 0 {
				t.Fatalf("%s: no section %s in its place", file, section)
			}
			at += n
		}
		if strings.Count(text, "```")%2 != 0 || !strings.Contains(text, "\n1. ") || !strings.Contains(text, "- [ ] ") {
			t.Errorf("%s: a fence is open, or there are no steps", file)
		}
		for _, l := range links.FindAllStringSubmatch(text, -1) {
			if _, err := fs.Stat(runbooks, path.Join(path.Dir(file), l[1])); err != nil {
				t.Errorf("%s leads to %s: %v", file, l[1], err)
			}
		}
		table = table || strings.Contains(text, "|---|")
		task = task || strings.Contains(text, "- [ ] ")
		template = template || strings.Contains(text, "{{ $labels.")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 6 || !table || !task || !template {
		t.Errorf("%d runbooks, table %v, task list %v, template %v", found, table, task, template)
	}
}

// Every variable in a runbook should be a label of its alert, so that the
// commands can be filled. The exceptions are listed here.
func TestVariablesOfRunbooksAreLabels(t *testing.T) {
	variablesAreLabels(t, Options{})
	variablesAreLabels(t, Options{Story: QuietNight})
}

func variablesAreLabels(t *testing.T, o Options) {
	t.Helper()
	h := byHandOf(t, time.Date(2026, 11, 20, 2, 30, 0, 0, time.UTC), o)
	h.cluster.mu.Lock()
	defer h.cluster.mu.Unlock()
	for _, r := range h.cluster.rules {
		page := strings.TrimPrefix(r.annotations["runbook_url"], runbook(""))
		if page == "" {
			continue
		}
		text, err := fs.ReadFile(Runbooks(), page)
		if err != nil {
			t.Fatal(err)
		}
		fillable := []string{}
		for name := range r.labels {
			fillable = append(fillable, name)
		}
		for _, a := range h.cluster.active {
			if a.rule.name == r.name {
				for name := range a.labels {
					fillable = append(fillable, name)
				}
			}
		}
		if r.name == "DatabaseReplicationLag" {
			fillable = append(fillable, "instance") // it ended before the demo's start
		}
		if o.Story == QuietNight && r.name != "CacheMissesHigh" {
			continue // no alert of it is active
		}
		for _, v := range variables.FindAllStringSubmatch(string(text), -1) {
			if name := strings.ToLower(v[1] + v[2]); !slices.Contains(fillable, name) {
				t.Errorf("%s speaks of %s, which no alert of it has", page, v[0])
			}
		}
	}
}
