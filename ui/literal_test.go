package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// namesKey finds a key that a sentence names: a configuration may have given it to
// something else, so that sentences take keys from the keymap.
var namesKey = regexp.MustCompile(`(?:^|[ ·(;,])(?:enter|esc|backspace|pgup|pgdn|(?:ctrl|alt|shift)-\S+|(?:tab|space) (?:[a-z]+es|goes|next|closes)|[b-zB-HJ-Z]|[a-zA-Z/] [a-z]+s|↓ ↑)(?:[ ·),;:.]|$)| under :`)

// noKeys are texts with such a word that is no key.
var noKeys = map[string]bool{
	"1 h": true, "6 h": true, "24 h": true, "7 d": true, "less time: 15 min, 1 h, 6 h, 24 h, 7 d": true, "%s undoes it · %d s": true,
	// In a table, "?" is what was not read.
	"last night: ?": true,
}

func TestNoSentenceNamesAKeyItself(t *testing.T) {
	for _, pattern := range []string{"*.go", "*/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(filepath.ToSlash(name), "roomtest/") {
				continue
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				literal, is := n.(*ast.BasicLit)
				if !is || literal.Kind != token.STRING {
					return true
				}
				text, err := strconv.Unquote(literal.Value)
				if err == nil && strings.Contains(text, " ") && !noKeys[text] && namesKey.MatchString(text) {
					t.Errorf("%s: %q names a key: take it from the keymap (KeyOf, Does)", set.Position(literal.Pos()), text)
				}
				return true
			})
		}
	}
}
