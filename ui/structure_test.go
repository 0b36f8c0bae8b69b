package ui

import (
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
	"keyboard": {"room"},
	"terminal": {"keyboard", "reply", "room"},
	"draft":    {"reply"},
	"help":     {"draw", "keymap", "room"},
	"messages": {"draw", "keymap", "room"},
	"palette":  {"draw", "keymap", "room"},
	"steprun":  {"draw", "keymap", "reply", "room"},
	"handover": {"draft", "draw", "keymap", "reply", "room"},
	"list":     {"draw", "keymap", "reply", "room"},
	"pane":     {"draw", "keymap", "reply", "room", "steprun"},
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
		allowed, known := mayImport[of]
		if !known {
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
