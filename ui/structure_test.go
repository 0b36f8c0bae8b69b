package ui

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport are the packages below ui that each of them imports: a room knows no
// other room but those that it opens, and none knows the model.
var mayImport = map[string][]string{
	"draw":     {},
	"keymap":   {},
	"reply":    {},
	"room":     {"draw", "keymap"},
	"lazy":     {"reply", "room"},
	"keyboard": {"room"},
	"roomtest": {"draw", "keymap", "reply", "room"},
	"terminal": {"draw", "keyboard", "keymap", "plain", "reply", "room"},
	"plain":    {"draw", "room"},
	"hands":    {"draw", "frame", "keymap", "list", "pane", "reply", "room"},
	"draft":    {"reply"},
	"frame":    {"draw", "keymap", "reply", "room"},
	"help":     {"draw", "keymap", "room"},
	"away":     {"draw", "keymap", "room"},
	"tips":     {"draw", "keymap", "reply", "room"},
	"signal":   {"reply", "room"},
	"messages": {"draw", "keymap", "room"},
	"palette":  {"draw", "keymap", "room"},
	"steprun":  {"draw", "keymap", "reply", "room"},
	"handover": {"draft", "draw", "keymap", "reply", "room"},
	"load":     {"draw", "keymap", "reply", "room"},
	"queries":  {"reply", "room"},
	"list":     {"draw", "keymap", "plain", "queries", "reply", "room"},
	"pane":     {"draft", "draw", "keymap", "lazy", "plain", "reply", "room", "steprun"},
	"oncall":   {"draw", "keymap", "lazy", "pane", "reply"},
	"graph":    {"draw", "keymap", "pane", "queries", "reply", "room"},
	"past":     {"draw", "keymap", "lazy", "pane"},
	"dialog":   {"draft", "draw", "keymap", "reply", "room"},
}

func TestRoomsImportNoModelAndNoOtherRoom(t *testing.T) {
	files, err := filepath.Glob("*/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		of := path.Dir(filepath.ToSlash(name))
		allowed, before := mayImport[of]
		if !before {
			t.Errorf("%s is not in the table of what may import what", of)
		}
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if imported == "firstline/ui" {
				t.Errorf("%s imports the model", name)
			}
			if below, is := strings.CutPrefix(imported, "firstline/ui/"); is && !slices.Contains(allowed, below) {
				t.Errorf("%s imports %s", name, below)
			}
		}
	}
}

// The root routes and wires; what a room knows and does is the room's.
func TestTheRootStaysSmall(t *testing.T) {
	methods, lines := 0, 0
	for name, file := range parsed(t, "*.go") {
		lines += file.set.Position(file.tree.FileEnd).Line
		for _, d := range file.tree.Decls {
			f, is := d.(*ast.FuncDecl)
			if !is {
				continue
			}
			if f.Recv != nil && (receiver(f) == "Model" || receiver(f) == "shared") {
				methods++
			}
			if n := file.length(f); (f.Name.Name == "Update" || f.Name.Name == "route") && n >= 120 {
				t.Errorf("%s: %s has %d lines", name, f.Name.Name, n)
			}
			if f.Recv == nil && f.Type.Params != nil {
				for _, p := range f.Type.Params.List {
					if star, is := p.Type.(*ast.StarExpr); is && fmt.Sprint(star.X) == "Model" {
						t.Errorf("%s: %s takes the model: give it to the room that it is about", name, f.Name.Name)
					}
				}
			}
		}
	}
	if methods > mostMethods || lines > mostLines {
		t.Errorf("the root has %d methods of Model and %d lines, at most %d and %d are allowed", methods, lines, mostMethods, mostLines)
	}
}

const mostMethods, mostLines = 40, 2000

// No function is too long to be read at once, but for tables: functions that do
// nothing but list entries.
func TestNoFunctionIsTooLong(t *testing.T) {
	for _, pattern := range []string{"*.go", "*/*.go", "*/*/*.go"} {
		for name, file := range parsed(t, pattern) {
			for _, d := range file.tree.Decls {
				if f, is := d.(*ast.FuncDecl); is && file.length(f) > 80 && !isTable(f) {
					t.Errorf("%s: %s has %d lines", name, f.Name.Name, file.length(f))
				}
			}
		}
	}
}

// isTable reports whether a function is a composite literal and a bit more.
func isTable(f *ast.FuncDecl) bool {
	entries := 0
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if c, is := n.(*ast.CompositeLit); is {
			entries = max(entries, len(c.Elts))
		}
		return true
	})
	return entries >= 10 && len(f.Body.List) <= 3
}

// source is a parsed file.
type source struct {
	set  *token.FileSet
	tree *ast.File
}

func (s source) length(f *ast.FuncDecl) int {
	return s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line + 1
}

// receiver is the name of the type that a method is of.
func receiver(f *ast.FuncDecl) string {
	t := f.Recv.List[0].Type
	if star, is := t.(*ast.StarExpr); is {
		t = star.X
	}
	return fmt.Sprint(t)
}

// parsed are the files of a pattern that are no tests.
func parsed(t *testing.T, pattern string) map[string]source {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]source{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = source{set, tree}
	}
	return files
}

// Every file of ui that docs/architecture.md names is there.
func TestArchitectureNamesFilesThatExist(t *testing.T) {
	text, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile("`(ui/[a-z_/]+\\.go)`").FindAllStringSubmatch(string(text), -1)
	if len(names) < 10 {
		t.Fatalf("%d files are named", len(names))
	}
	for _, n := range names {
		if _, err := os.Stat("../" + n[1]); err != nil {
			t.Errorf("%s is named and not there", n[1])
		}
	}
}
