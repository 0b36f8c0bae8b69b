package lazyregexp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestNew(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an invalid expression is not found in tests")
		}
	}()
	New("(")
}

// The first use compiles the expression, however many there are at once.
func TestFirstUse(t *testing.T) {
	re := &Regexp{text: "^a(b+)$"}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got := re.FindStringSubmatch("abb"); len(got) != 2 || got[1] != "bb" || re.MatchString("b") {
				t.Errorf("it finds %q", got)
			}
		})
	}
	all.Wait()
}

// TestNothingIsCompiledAtStart: no package of the program compiles an expression before main.
func TestNothingIsCompiledAtStart(t *testing.T) {
	root := filepath.Join("..", "..")
	// What is not in the program.
	others := []string{"internal/bench", "internal/faults", "internal/pictures", "internal/realservers", "internal/release", "internal/schema"}
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if within, _ := filepath.Rel(root, path); d.IsDir() && (d.Name() == "testdata" || slices.Contains(others, filepath.ToSlash(within))) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files++
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, at := range compiledAtStart(file) {
			t.Errorf("%s: compile it when it is first used, with lazyregexp.New", set.Position(at))
		}
		return nil
	})
	if err != nil || files < 100 {
		t.Fatalf("%d files are read: %v", files, err)
	}
}

// compiledAtStart is where the variables of a package compile expressions.
func compiledAtStart(file *ast.File) (at []token.Pos) {
	for _, declared := range file.Decls {
		variables, ok := declared.(*ast.GenDecl)
		if !ok || variables.Tok != token.VAR {
			continue
		}
		ast.Inspect(variables, func(n ast.Node) bool {
			if call, ok := n.(*ast.SelectorExpr); ok && call.Sel.Name == "MustCompile" {
				at = append(at, call.Pos())
			}
			_, later := n.(*ast.FuncLit)
			return !later
		})
	}
	return at
}

func TestCompiledAtStart(t *testing.T) {
	text := `package p
var a = regexp.MustCompile("a")
var (
	b = []*regexp.Regexp{regexp.MustCompile("b"), nil}
	c = lazyregexp.New("c")
	d = func() *regexp.Regexp { return regexp.MustCompile("d") }
)
func f() { _ = regexp.MustCompile("f") }`
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if found := compiledAtStart(file); len(found) != 2 {
		t.Errorf("%d are found", len(found))
	}
}
