package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// targets are the systems that a release is for.
var targets = [][2]string{
	{"darwin", "amd64"}, {"darwin", "arm64"}, {"linux", "amd64"}, {"linux", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"},
}

// licence matches the names of files with terms, in any case.
var licence = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|copyright|authors)([-._].*)?$`)

// pkg is a package as `go list` describes it.
type pkg struct {
	ImportPath, Dir string
	Standard        bool
	Module          *moduleAt
}

// moduleAt is a module and where it lies.
type moduleAt struct {
	// Dir is that of the replacement, where there is one.
	Path, Dir string
	Main      bool
	Replace   *moduleAt
}

// licences copies the terms of each module that is in the program for any target, and
// Go's own.
func licences(ctx context.Context, dir string) error {
	goroot, err := output(ctx, "go", "env", "GOROOT")
	if err != nil {
		return err
	}
	if _, err := copyTerms(strings.TrimSpace(goroot), filepath.Join(dir, "go")); err != nil {
		return err
	}
	copied := map[string]bool{}
	var without []string
	for _, target := range targets {
		packages, err := packagesFor(ctx, target[0], target[1])
		if err != nil {
			return err
		}
		for _, p := range packages {
			if p.Standard || p.Module == nil || p.Module.Main {
				continue
			}
			m := p.Module
			if m.Replace != nil && strings.HasPrefix(m.Replace.Path, ".") {
				continue // it is ours
			}
			found, err := copyAllTerms(m, p.Dir, dir, copied)
			if err != nil {
				return err
			}
			if !found && !slices.Contains(without, m.Path) {
				without = append(without, m.Path)
			}
		}
	}
	if len(without) > 0 {
		return fmt.Errorf("no licence was found for %s", strings.Join(without, ", "))
	}
	return nil
}

// packagesFor lists the packages that the program for a system is built from.
func packagesFor(ctx context.Context, system, arch string) ([]pkg, error) {
	command := exec.CommandContext(ctx, "go", "list", "-deps", "-json=ImportPath,Dir,Standard,Module", ".")
	command.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+arch, "CGO_ENABLED=0")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list for %s/%s: %w", system, arch, err)
	}
	var all []pkg
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		switch err := decoder.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		all = append(all, p)
	}
}

// copyAllTerms copies the terms in the root of a module and in the directories down to
// a package, where a part of a module has its own. It reports whether the module has any.
func copyAllTerms(m *moduleAt, packageDir, into string, copied map[string]bool) (found bool, err error) {
	for at := packageDir; ; at = filepath.Dir(at) {
		inside, err := filepath.Rel(m.Dir, at)
		if err != nil || strings.HasPrefix(inside, "..") {
			return found, err
		}
		has, done := copied[at]
		if !done {
			if has, err = copyTerms(at, filepath.Join(into, filepath.FromSlash(m.Path), inside)); err != nil {
				return false, err
			}
			copied[at] = has
		}
		found = found || has
		if inside == "." {
			return found, nil
		}
	}
}

// copyTerms copies the files with terms in a directory. It reports whether there are any.
func copyTerms(from, to string) (found bool, err error) {
	entries, err := os.ReadDir(from)
	if err != nil {
		return false, err
	}
	for _, entry := range entries {
		if entry.IsDir() || !licence.MatchString(entry.Name()) || strings.HasSuffix(entry.Name(), ".go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(from, entry.Name()))
		if err != nil {
			return false, err
		}
		if err := os.MkdirAll(to, 0o755); err != nil {
			return false, err
		}
		if err := os.WriteFile(filepath.Join(to, entry.Name()), text, 0o644); err != nil {
			return false, err
		}
		found = true
	}
	return found, nil
}

func output(ctx context.Context, name string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return string(out), nil
}
