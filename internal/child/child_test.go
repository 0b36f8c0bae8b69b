package child

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// forget undoes Hide and Take.
func forget(t *testing.T) {
	t.Cleanup(func() {
		secrets.mu.Lock()
		defer secrets.mu.Unlock()
		secrets.hidden, secrets.taken = nil, nil
	})
}

func TestEnvironment(t *testing.T) {
	for _, c := range []struct {
		name     string
		set      map[string]string
		hide     []string
		mustStay []string
	}{
		{name: "nothing hidden", set: map[string]string{"FL_A": "1"}, mustStay: []string{"FL_A"}},
		{name: "one hidden", set: map[string]string{"FL_A": "1", "FL_B": "2"}, hide: []string{"FL_A"}, mustStay: []string{"FL_B"}},
		{name: "several hidden", set: map[string]string{"FL_A": "1", "FL_B": "2", "FL_C": "3"}, hide: []string{"FL_A", "FL_C"}, mustStay: []string{"FL_B"}},
		{name: "a longer name stays", set: map[string]string{"FL_A": "1", "FL_AB": "2"}, hide: []string{"FL_A"}, mustStay: []string{"FL_AB"}},
		{name: "in another case", set: map[string]string{"fl_a": "1"}, hide: []string{"FL_A"}},
		{name: "an empty value", set: map[string]string{"FL_A": ""}, hide: []string{"FL_A"}},
		{name: "a value with =", set: map[string]string{"FL_A": "x=y"}, hide: []string{"FL_A"}},
		{name: "not set", hide: []string{"FL_A"}},
		{name: "no name", set: map[string]string{"FL_B": "1"}, hide: []string{""}, mustStay: []string{"FL_B"}},
		{name: "twice", set: map[string]string{"FL_A": "1"}, hide: []string{"FL_A", "FL_A"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			forget(t)
			for name, value := range c.set {
				t.Setenv(name, value)
			}
			Hide(c.hide...)
			var got []string
			for _, pair := range Environment() {
				if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(strings.ToUpper(name), "FL_") {
					got = append(got, name)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, c.mustStay) {
				t.Errorf("a child gets %q, want %q", got, c.mustStay)
			}
		})
	}
}

func TestTake(t *testing.T) {
	forget(t)
	t.Setenv("FL_TOKEN", "s3cr3t")
	t.Setenv("FL_OTHER", "other")
	Take("FL_TOKEN", "FL_NOT_SET")
	if value, ok := os.LookupEnv("FL_TOKEN"); ok {
		t.Errorf("FL_TOKEN is still %q", value)
	}
	if got, _ := Lookup("FL_TOKEN"); got != "s3cr3t" {
		t.Errorf("Lookup = %q", got)
	}
	if got, ok := Lookup("FL_NOT_SET"); ok {
		t.Errorf("a variable that was never set is %q", got)
	}
	if got, _ := Lookup("FL_OTHER"); got != "other" {
		t.Errorf("another variable is %q", got)
	}
	Take("FL_TOKEN") // a second time
	if got, _ := Lookup("FL_TOKEN"); got != "s3cr3t" {
		t.Errorf("after another Take, Lookup = %q", got)
	}
	if runtime.GOOS == "windows" {
		return
	}
	out, err := Command(t.Context(), "sh", "-c", "env; echo $FL_TOKEN").Output()
	if err != nil || strings.Contains(string(out), "s3cr3t") || !strings.Contains(string(out), "FL_OTHER=other") {
		t.Errorf("a child got %q, %v", out, err)
	}
}

// Command starts every program: no other package calls os/exec or
// os.StartProcess, or gives a child its own environment.
func TestNothingElseStartsPrograms(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && strings.HasPrefix(d.Name(), ".") && path != root {
				return fs.SkipDir
			}
			return err
		}
		folder := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), root))
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			slices.Contains([]string{"/internal/child", "/internal/realservers", "/internal/bench", "/internal/release"}, folder) {
			return nil // realservers is only for tests, bench for measuring, and release for making one
		}
		files++
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			of, ok := call.X.(*ast.Ident)
			if !ok {
				return true
			}
			switch of.Name + "." + call.Sel.Name {
			case "exec.Command", "exec.CommandContext", "os.StartProcess", "os.Environ", "syscall.Exec", "syscall.ForkExec":
				if path != filepath.Join(root, "ui", "ui.go") { // it only reads TERM
					t.Errorf("%s uses %s.%s: use internal/child", path, of.Name, call.Sel.Name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 {
		t.Errorf("only %d files were looked at", files)
	}
}
