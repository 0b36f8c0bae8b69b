package wording

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"firstline/internal/race"
)

// avoided are words that names should not contain, with the words to use
// instead. The glossary in docs/architecture.md explains them.
var avoided = map[string]string{
	"anew":      "again",
	"blind":     "gap, or the time in which nothing was read",
	"board":     "clipboard",
	"book":      "runbook, draft, store",
	"books":     "runbooks",
	"desk":      "account, harness",
	"keep":      "store, preserve",
	"keeper":    "store",
	"keeps":     "stores, preserves",
	"kept":      "stored, cached",
	"known":     "read, found, valid",
	"look":      "read, style",
	"looked":    "read",
	"looks":     "reads",
	"outlook":   "forecast",
	"page":      "notify, runbook, tab",
	"paged":     "notified",
	"pages":     "notifications, runbooks",
	"place":     "position, notification group, source",
	"placed":    "grouped",
	"places":    "positions, notification groups",
	"settle":    "set the outcome; to settle is to find out what came of a write whose answer was lost",
	"settled":   "has an outcome",
	"settles":   "sets the outcome",
	"settling":  "setting the outcome",
	"stand":     "be, have, appear",
	"stands":    "is, has, appears",
	"stood":     "was",
	"tally":     "counts",
	"tell":      "say, report",
	"tells":     "says, reports",
	"told":      "reported, present",
	"witness":   "merged alert",
	"witnesses": "merged alerts",
	"world":     "plan's context, account, harness",
}

// allowed are names that contain an avoided word for a good reason. A key is a
// package and a name; the name "*" followed by a word allows the word in all
// names of the package.
var allowed = map[string]string{
	"runbooks/fetch *page":         "a web page",
	"runbooks/fetch *pages":        "web pages",
	"runbooks *page":               "a web page",
	"runbooks *pages":              "web pages",
	"sources KeepFiringSince":      "Prometheus's keep_firing_for",
	"sources/prometheus *keep":     "Prometheus's keep_firing_for",
	"sources/demo *page":           "paging of PagerDuty's API",
	"sources/demo *pages":          "paging of PagerDuty's API",
	"sources/pagerduty *page":      "paging of PagerDuty's API",
	"sources/pagerduty *pages":     "paging of PagerDuty's API",
	"internal/store *page":         "a web page, or a page of SQLite",
	"internal/store *pages":        "web pages",
	"internal/store *settled":      "a write that must be settled",
	"internal/history Unsettled":   "a write that must be settled",
	"internal/execute *settle":     "finding out the outcome of a write whose answer was lost",
	"internal/execute *settled":    "a write that was settled",
	"internal/execute *settling":   "finding out the outcome of a write whose answer was lost",
	"internal/cli *settle":         "finding out the outcome of a write whose answer was lost",
	"internal/cli *settles":        "finding out the outcome of a write whose answer was lost",
	"internal/cli *settling":       "finding out the outcome of a write whose answer was lost",
	"internal/cli page":            "a web page",
	"internal/cli Page":            "a web page",
	"internal/cli SetPage":         "a web page",
	"internal/cli *settled":        "a write that was settled",
	"internal/cli KeepFiringSince": "Prometheus's keep_firing_for",
	"ui *settle":                   "finding out the outcome of a write whose answer was lost",
	"ui/dialog *settle":            "finding out the outcome of a write whose answer was lost",
	"ui/dialog *settled":           "the outcome of a write whose answer was lost is found",
	"ui/dialog *settling":          "finding out the outcome of a write whose answer was lost",
}

// notDone are the packages, and the trees of packages "…/...", whose names and
// comments do not follow the glossary yet. Nothing may be added here.
var notDone = []string{}

// plain matches the words that comments and sentences should not contain.
var plain = regexp.MustCompile(`(?i)\b(?:stands?|stood|told|tells?|kept|keeps?|anew|is none|(?:by|of) which)\b`)

// fine are phrases with such words that are good English or the names of others.
var fine = regexp.MustCompile(`(?i)stand-?ins?\b|\bkeeps (?:notes|its)\b|\btell them\b|keep_firing_for|keep-?alive|KeepFiringSince`)

// file is a parsed file of the module.
type file struct {
	dir, name string
	fset      *token.FileSet
	tree      *ast.File
}

// fault is a word in a file that should be another one.
type fault struct {
	at   token.Pos
	text string
}

// TestGlossary checks the names, the comments and the sentences of all packages
// that are done, and that notDone lists no other.
func TestGlossary(t *testing.T) {
	race.Skip(t)
	commentLines, left := map[string]int{}, map[string]bool{}
	for _, f := range module(t) {
		if f.dir == "internal/wording" {
			continue // it lists the words
		}
		comments := f.comments()
		commentLines[f.dir] += len(comments)
		faults := slices.Concat(f.names(), comments, f.sentences())
		if len(faults) > 0 {
			left[f.dir] = true
		}
		if slices.ContainsFunc(notDone, func(pattern string) bool { return matches(pattern, f.dir) }) {
			continue
		}
		for _, fault := range faults {
			t.Errorf("%s/%s:%d: %s", f.dir, f.name, f.fset.Position(fault.at).Line, fault.text)
		}
	}
	total := 0
	for _, n := range commentLines {
		total += n
	}
	t.Logf("%d comment lines have such a word: %v", total, commentLines)
	for _, pattern := range notDone {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(left)), func(dir string) bool { return matches(pattern, dir) }) {
			t.Errorf("%s is done: remove it from notDone", pattern)
		}
	}
}

func TestCamelWords(t *testing.T) {
	for name, want := range map[string]string{
		"lookUp": "look up", "Lookup": "lookup", "runbookPage": "runbook page", "HTTPPage": "http page", "pagedURL": "paged url",
		"notKept2": "not kept2", "TestIt_now": "test it now", "standIn": "stand in", "_": "",
	} {
		if got := strings.Join(camelWords(name), " "); got != want {
			t.Errorf("camelWords(%q) = %q, want %q", name, got, want)
		}
	}
}

// names returns the avoided words in the names that f declares.
func (f file) names() (faults []fault) {
	for _, name := range declared(f.tree) {
		for _, word := range camelWords(name.Name) {
			if instead := avoided[word]; instead != "" && allowed[f.dir+" "+name.Name] == "" && allowed[f.dir+" *"+word] == "" {
				faults = append(faults, fault{name.Pos(), fmt.Sprintf("the name %s has the word %q; write %s", name.Name, word, instead)})
			}
		}
	}
	return faults
}

// comments returns the words of plain in the comments of f, one for each line.
func (f file) comments() (faults []fault) {
	for _, group := range f.tree.Comments {
		for _, comment := range group.List {
			for line := range strings.Lines(comment.Text) {
				if found := plain.FindString(fine.ReplaceAllString(line, "")); found != "" {
					faults = append(faults, fault{comment.Pos(), fmt.Sprintf("the comment has %q", found)})
				}
			}
		}
	}
	return faults
}

// sentences returns the words of plain in the strings of f, unless it is a test.
func (f file) sentences() (faults []fault) {
	if strings.HasSuffix(f.name, "_test.go") {
		return nil
	}
	ast.Inspect(f.tree, func(n ast.Node) bool {
		if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
			if found := plain.FindString(fine.ReplaceAllString(text.Value, "")); found != "" {
				faults = append(faults, fault{text.Pos(), fmt.Sprintf("the text has %q", found)})
			}
		}
		return true
	})
	return faults
}

// module parses all Go files of the module.
func module(t *testing.T) (files []file) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		fset := token.NewFileSet()
		tree, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		files = append(files, file{filepath.ToSlash(filepath.Dir(relative)), filepath.Base(path), fset, tree})
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("reading the module: %d files, %v", len(files), err)
	}
	return files
}

// matches reports whether a directory is the package, or in the tree "…/...".
func matches(pattern, dir string) bool {
	tree, isTree := strings.CutSuffix(pattern, "/...")
	return dir == tree || isTree && strings.HasPrefix(dir, tree+"/")
}

// declared returns the names that a file declares: of types, functions, fields,
// parameters, constants and variables.
func declared(tree *ast.File) (names []*ast.Ident) {
	add := func(expressions ...ast.Expr) {
		for _, e := range expressions {
			if name, ok := e.(*ast.Ident); ok {
				names = append(names, name)
			}
		}
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			names = append(names, n.Name)
		case *ast.TypeSpec:
			names = append(names, n.Name)
		case *ast.ValueSpec:
			names = append(names, n.Names...)
		case *ast.Field:
			names = append(names, n.Names...)
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				add(n.Lhs...)
			}
		case *ast.RangeStmt:
			if n.Tok == token.DEFINE {
				add(n.Key, n.Value)
			}
		}
		return true
	})
	return names
}

var camelWord = regexp.MustCompile(`[A-Z]*[a-z0-9]+|[A-Z]+`)

// camelWords returns the words of a name in lower case. Abbreviations such as
// HTTP are one word.
func camelWords(name string) (words []string) {
	for _, word := range camelWord.FindAllString(name, -1) {
		upper := len(word) - len(strings.TrimLeft(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
		if upper > 1 && upper < len(word) {
			words = append(words, strings.ToLower(word[:upper-1]), strings.ToLower(word[upper-1:]))
			continue
		}
		words = append(words, strings.ToLower(word))
	}
	return words
}
