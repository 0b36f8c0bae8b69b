//go:build linux

package main

import (
	"bytes"
	"cmp"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// weigh says how much of the program each module is, by the sizes of its symbols
// in a binary that has them. What belongs to no package (the table of lines and
// functions, types, strings) is shared out by the size of the code.
func (o *options) weigh(ctx context.Context) (string, error) {
	path := filepath.Join(o.dir, "firstline-symbols")
	if err := build(ctx, path, "-ldflags", ""); err != nil {
		return "", err
	}
	modules, err := modulesOf(ctx)
	if err != nil {
		return "", err
	}
	own, released := map[string]uint64{}, uint64(0)
	f, err := elf.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	symbols, err := f.Symbols()
	if err != nil {
		return "", err
	}
	var named uint64
	for _, s := range symbols {
		section := int(s.Section)
		if section <= 0 || section >= len(f.Sections) || f.Sections[section].Type == elf.SHT_NOBITS {
			continue
		}
		module, ok := modules[packageOf(s.Name)]
		if !ok {
			continue
		}
		own[module] += s.Size
		named += s.Size
	}
	for _, s := range f.Sections { // what the release strips is not there
		if s.Flags&elf.SHF_ALLOC != 0 && s.Type != elf.SHT_NOBITS {
			released += s.Size
		}
	}
	if named == 0 {
		return "", errors.New("the binary has no symbols of packages")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\nThe sections that the release binary has are %s MB. Symbols of packages are %s MB.\n\n", figure(float64(released)/1e6), figure(float64(named)/1e6))
	b.WriteString("| module | symbols, MB | with its share of the rest, MB |\n|---|---|---|\n")
	const shown = 16
	heaviest := slices.SortedFunc(maps.Keys(own), func(a, b string) int { return cmp.Compare(own[b], own[a]) })
	for _, module := range heaviest[:min(shown, len(heaviest))] {
		size := float64(own[module])
		fmt.Fprintf(&b, "| %s | %.2f | %.2f |\n", module, size/1e6, size/1e6*float64(released)/float64(named))
	}
	return b.String(), nil
}

// modulesOf gives the module of each package of the program.
func modulesOf(ctx context.Context) (map[string]string, error) {
	command := exec.CommandContext(ctx, "go", "list", "-deps", "-json=ImportPath,Module,Standard", "firstline")
	command.Env = append(command.Environ(), "CGO_ENABLED=0")
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("listing the packages of the program: %w", err)
	}
	modules := map[string]string{}
	for list := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath string
			Standard   bool
			Module     struct{ Path string }
		}
		err := list.Decode(&p)
		if errors.Is(err, io.EOF) {
			return modules, nil
		}
		if err != nil {
			return nil, err
		}
		modules[p.ImportPath] = p.Module.Path
		switch {
		case p.Standard:
			modules[p.ImportPath] = "Go's standard library"
		case p.ImportPath == "firstline": // its symbols are those of main
			modules["main"] = p.Module.Path
		}
	}
}

// packageOf is the import path of the package that a symbol belongs to, empty
// for none: "a/b.c" in "a/b.c%2ed.(*T).M[...]".
func packageOf(symbol string) string {
	symbol = strings.TrimPrefix(symbol, "type:.eq.")
	symbol = strings.TrimPrefix(symbol, "type:.hash.")
	symbol = strings.TrimPrefix(symbol, "go:itab.*")
	symbol, _, _ = strings.Cut(symbol, "[") // the types of a generic function have paths too
	symbol, _, _ = strings.Cut(symbol, "(")
	symbol, _, _ = strings.Cut(symbol, ",")
	slash := strings.LastIndexByte(symbol, '/') + 1
	dot := strings.IndexByte(symbol[slash:], '.')
	if dot < 0 {
		return ""
	}
	// The linker escapes dots in the last part of a path.
	return strings.ReplaceAll(symbol[:slash+dot], "%2e", ".")
}
