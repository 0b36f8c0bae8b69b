package main

import (
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
