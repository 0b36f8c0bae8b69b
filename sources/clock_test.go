package sources

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The times of snapshots have only a wall clock: a monotonic clock would be
// used in comparisons.
func TestTimesAreThoseOnTheWall(t *testing.T) {
	onWall := func(what string, at time.Time) {
		t.Helper()
		if at != at.Round(0) || at.IsZero() { // != also compares the monotonic clock
			t.Errorf("%s is %v", what, at)
		}
	}
	onWall("Now", Now())
	reader := &script{steps: []step{gives(named("a"))}}
	onWall("AsOf", ReadOnce(t.Context(), reader).AsOf)
	onWall("FailingSince", ReadOnce(t.Context(), &script{steps: []step{fails(errors.New("x"))}}).FailingSince)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	partly := &script{steps: []step{func(_ context.Context, partial func(Data)) (Data, error) {
		partial(named("a"))
		return named("a", "b"), nil
	}}}
	NewPoller(partly, time.Hour).Run(ctx, Snapshot{}, func(s Snapshot) {
		onWall("AsOf of a poll", s.AsOf)
		if !s.Partial {
			cancel()
		}
	})
	if suspended().Abs() > time.Minute {
		t.Errorf("the machine was suspended for %v", suspended())
	}
}

// Other code calls time.Now only to measure how long something takes while
// somebody waits for it.
func TestWhoAsksForTheTime(t *testing.T) {
	allowed := map[string]bool{
		"ui/keyboard/keyboard.go": true, "ui/frames.go": true, "runbooks/run/run.go": true, "runbooks/run/interactive.go": true, "runbooks/origin.go": true, "runbooks/fetch/fetch.go": true,
		"internal/promapi/client.go": true, "internal/promapi/long.go": true, "internal/promapi/refusal.go": true, "internal/cli/answers.go": true, "internal/cli/handover.go": true,
		"internal/cli/checkself.go": true, "internal/cli/screen.go": true, "internal/cli/cli.go": true, "sources/clock.go": true,
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != "." || slices.Contains([]string{"sources/demo", "internal/realservers", "internal/bench"}, name)):
			return fs.SkipDir
		case !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || allowed[name]:
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.SelectorExpr); ok && call.Sel.Name == "Now" {
				if of, ok := call.X.(*ast.Ident); ok && of.Name == "time" {
					t.Errorf("%s asks time.Now: use sources.Now", name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
