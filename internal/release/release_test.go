package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/cli"
)

// TestManual: each command has a manual page, which the cask names and which has the
// time that was given.
func TestManual(t *testing.T) {
	dir := t.TempDir()
	if err := manual(cli.Command("1.2.3"), "1.2.3", time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), dir); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var manuals []string
	for _, entry := range entries {
		manuals = append(manuals, "man/"+entry.Name())
		if text, err := os.ReadFile(filepath.Join(dir, entry.Name())); err != nil || !strings.Contains(strings.Join(strings.Fields(string(text)), " "), "Exit status: 0") {
			t.Errorf("%s does not say what the exit status means (%v)", entry.Name(), err)
		}
	}
	if !slices.Contains(manuals, "man/firstline-report.1") {
		t.Errorf("the manual pages are %v", manuals)
	}
	text, err := os.ReadFile("../../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`(?m)^      - (man/\S+)$`).FindAllStringSubmatch(string(text), -1)
	var inCask []string
	for _, one := range named {
		inCask = append(inCask, one[1])
	}
	slices.Sort(inCask)
	if !slices.Equal(inCask, manuals) {
		t.Errorf(".goreleaser.yaml names %v\nthere are    %v", inCask, manuals)
	}
	first, err := os.ReadFile(filepath.Join(dir, "firstline.1"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(first), `"Jan 2026" "firstline 1.2.3"`) {
		t.Errorf("the first begins with %.200s", first)
	}
}

func TestCompletions(t *testing.T) {
	dir := t.TempDir()
	if err := completions(cli.Command("1.2.3"), dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"firstline.bash": "complete -o default -F __start_firstline firstline", "_firstline": "#compdef firstline",
		"firstline.fish": "complete -c firstline", "firstline.ps1": "Register-ArgumentCompleter -CommandName 'firstline'",
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s has no %q: %v", name, want, err)
		}
	}
}

func TestParseCask(t *testing.T) {
	one := func(system string) string {
		return "  sha256 \"" + strings.Repeat("a", 64) + "\"\n  url \"https://example.com/v#{version}/firstline_#{version}_" + system + ".tar.gz\"\n"
	}
	all := one("darwin_amd64") + one("darwin_arm64") + one("linux_amd64") + one("linux_arm64")
	const files = "  binary \"firstline\"\n  manpage \"man/firstline.1\"\n  bash_completion \"completions/firstline.bash\"\n"
	downloads, installed, err := parseCask("cask \"firstline\" do\n  version \"1.2.3\"\n" + all + files + "end\n")
	if err != nil {
		t.Fatal(err)
	}
	if downloads[2] != (download{"firstline_1.2.3_linux_amd64.tar.gz", strings.Repeat("a", 64)}) {
		t.Errorf("it downloads %v", downloads)
	}
	if want := []string{"firstline", "man/firstline.1", "completions/firstline.bash"}; !slices.Equal(installed, want) {
		t.Errorf("it installs %v", installed)
	}
	for name, text := range map[string]string{
		"no version": all + files, "no download": "version \"1\"\n" + files, "one twice": "version \"1\"\n" + all + one("linux_amd64") + files, "no program": "version \"1\"\n" + all,
	} {
		if _, _, err := parseCask(text); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestTerms: the terms in the root of a module and beside a package are copied, with
// the names of the module and the directory.
func TestTerms(t *testing.T) {
	module, into := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		"LICENSE": "MIT", "license_test.go": "package m", "sub/pkg/COPYING.txt": "BSD", "sub/pkg/code.go": "package pkg", "other/NOTICE": "no",
	} {
		path := filepath.Join(module, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m := moduleAt{Path: "example.com/m", Dir: module}
	found, err := copyAllTerms(&m, filepath.Join(module, "sub", "pkg"), into, map[string]bool{})
	if err != nil || !found {
		t.Fatal(found, err)
	}
	var copied []string
	err = filepath.WalkDir(into, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			inside, _ := filepath.Rel(into, path)
			copied = append(copied, filepath.ToSlash(inside))
		}
		return err
	})
	if want := []string{"example.com/m/LICENSE", "example.com/m/sub/pkg/COPYING.txt"}; err != nil || !slices.Equal(copied, want) {
		t.Errorf("copied are %v, %v", copied, err)
	}
}
