package main

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestArchitectureNamesFilesThatExist checks every path in docs/architecture.md:
// those of the list of packages and those in backquotes.
func TestArchitectureNamesFilesThatExist(t *testing.T) {
	text, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	listed, quoted := listedPaths(string(text)), quotedPaths(string(text))
	if len(listed) < 25 || len(quoted) < 25 {
		t.Errorf("found %d listed and %d quoted paths", len(listed), len(quoted))
	}
	for _, name := range append(listed, quoted...) {
		if _, err := os.Stat(name); err != nil {
			t.Errorf("docs/architecture.md names %s: %v", name, err)
		}
	}
}

// TestArchitectureListsAllPackages checks that the list has every package of the
// first two levels.
func TestArchitectureListsAllPackages(t *testing.T) {
	text, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, name := range listedPaths(string(text)) {
		listed[strings.TrimSuffix(name, "/")] = true
	}
	for _, dir := range []string{"internal", "sources", "runbooks"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if name := path.Join(dir, entry.Name()); entry.IsDir() && entry.Name() != "testdata" && !listed[name] {
				t.Errorf("docs/architecture.md does not list %s", name)
			}
		}
	}
}

// listedPaths returns the paths of the indented list: "    internal/", and below
// it "      cli/".
func listedPaths(text string) (paths []string) {
	parent := ""
	for _, m := range regexp.MustCompile(`(?m)^ {4}( {2})?([\w.-]+(?:/|\.\w+))(?: |$)`).FindAllStringSubmatch(text, -1) {
		switch nested, name := m[1] != "", m[2]; {
		case nested:
			paths = append(paths, path.Join(parent, name))
		default:
			parent = name
			paths = append(paths, name)
		}
	}
	return paths
}

// quotedPaths returns the paths in backquotes, such as `ui/guard.go` and
// `internal/clean`.
func quotedPaths(text string) (paths []string) {
	for _, m := range regexp.MustCompile("`((?:docs|internal|runbooks|sources|ui|\\.ci)/[\\w./-]*)`").FindAllStringSubmatch(text, -1) {
		paths = append(paths, m[1])
	}
	return paths
}

// TestTroubleshootingQuotesTheProgram checks that each sentence in the first column of
// docs/troubleshooting.md is in the code.
func TestTroubleshootingQuotesTheProgram(t *testing.T) {
	text, err := os.ReadFile("docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, dir := range []string{"internal", "sources", "runbooks", "ui"} {
		err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path.Join(dir, name))
			code.Write(source)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	quoted := regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(string(text), -1)
	if len(quoted) < 20 {
		t.Errorf("only %d sentences are quoted", len(quoted))
	}
	for _, one := range quoted {
		if !strings.Contains(code.String(), one[1]) {
			t.Errorf("docs/troubleshooting.md quotes %q, which the program never says", one[1])
		}
	}
}
