package wallclock_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"firstline/internal/wallclock"
)

// at is a time in summer, in UTC.
var at = time.Date(2026, 7, 10, 22, 30, 15, 0, time.UTC)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z := wallclock.Zone(name)
	if z == nil {
		t.Fatalf("there is no zone %s", name)
	}
	return z
}

func TestClocks(t *testing.T) {
	berlin, singapore := zone(t, "Europe/Berlin"), zone(t, "Asia/Singapore")
	for _, c := range [][2]string{
		{wallclock.In(berlin).Minute(at), "00:30"},
		{wallclock.In(berlin).Second(at), "00:30:15"},
		{wallclock.In(berlin).Weekday(at), "Sat 00:30"},
		{wallclock.In(berlin).DayTime(at), "11 Jul 00:30"},
		{wallclock.In(berlin).Whole(at), "Sat 11 Jul 00:30"},
		{wallclock.In(berlin).WholeSecond(at), "Sat 11 Jul 00:30:15"},
		{wallclock.In(berlin).Stamp(at), "2026-07-11 00:30"},
		{wallclock.In(berlin).StampSecond(at), "2026-07-11 00:30:15"},
		{wallclock.In(berlin).Date(at), "11 Jul 2026"},
		{wallclock.In(berlin).Day(at), "Sat 11 Jul 2026"},
		{wallclock.In(berlin).FileName(at), "2026-07-11-0030"},
		{wallclock.In(berlin).Named().Minute(at), "00:30 CEST"},
		{wallclock.In(singapore).Named().Minute(at), "06:30 UTC+08"},
		{wallclock.In(time.UTC).Near(at, at.Add(-17*time.Hour)), "22:30"},
		{wallclock.In(time.UTC).Near(at, at.Add(-19*time.Hour)), "Fri 22:30"},
		{wallclock.In(time.UTC).Near(at, at.Add(13*time.Hour)), "Fri 22:30"},
		{wallclock.In(time.UTC).Near(at, at.Add(-7*24*time.Hour)), "10 Jul 22:30"},
		{wallclock.In(time.UTC).Today(at, at.Add(time.Hour)), "22:30"},
		{wallclock.In(time.UTC).Today(at, at.Add(2*time.Hour)), "10 Jul 22:30"},
		{wallclock.In(berlin).Today(at, at.Add(2*time.Hour)), "00:30"},
		{wallclock.Of(at.In(time.Local)).Minute(at.In(berlin)), at.In(time.Local).Format("15:04")},
	} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
	// A clock that shows another time than this machine's has a name.
	for _, z := range []*time.Location{berlin, singapore, time.UTC, zone(t, "America/St_Johns")} {
		now := at.In(z)
		want := now.Format("15:04")
		if _, here := now.Zone(); here != func() int { _, n := now.In(time.Local).Zone(); return n }() {
			want += " " + wallclock.Abbreviation(now)
		}
		if got := wallclock.Of(now).Minute(at); got != want {
			t.Errorf("in %v: %q, want %q", z, got, want)
		}
	}
}

// The configured zone wins; without one PagerDuty's counts, once it is read.
func TestOwnZone(t *testing.T) {
	now := func() time.Time { return at }
	o := wallclock.NewOwn(now, nil)
	name := func() string { return o.Now().Location().String() }
	if name() != "UTC" {
		t.Errorf("before anything is read: %s", name())
	}
	for _, odd := range []string{"", "Local", "Mars/Olympus", "../etc/passwd"} {
		o.Learn(odd)
		if name() != "UTC" {
			t.Errorf("%q made it %s", odd, name())
		}
	}
	o.Learn("Europe/Berlin")
	if name() != "Europe/Berlin" || !o.Now().Equal(at) {
		t.Errorf("after it was read: %s", name())
	}
	o.Learn("")
	if name() != "Europe/Berlin" {
		t.Errorf("a person without a zone made it %s", name())
	}
	o = wallclock.NewOwn(now, zone(t, "Asia/Tokyo"))
	o.Learn("Europe/Berlin")
	if name() != "Asia/Tokyo" {
		t.Errorf("with a configured zone: %s", name())
	}
}

// written are the files in which times are written for machines, in UTC, or for
// people of several zones, with its name.
var written = map[string]string{
	"internal/wording/wording.go": "notes have UTC, by name",
	"internal/crash/crash.go":     "the name of a file",
	"internal/store/store.go":     "the database",
	"sources/demo/hours.go":       "a length of time",
}

// machines are the layouts of machines.
var machines = map[string]bool{"time.RFC3339": true, "time.RFC3339Nano": true, "http.TimeFormat": true, "millis": true}

// Nothing but this package writes a time of day, and nothing uses this machine's
// zone.
func TestNothingElseWritesTimes(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			if err == nil {
				err = fs.SkipDir
			}
			return err
		}
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "internal/wallclock/") || strings.HasPrefix(name, "internal/bench/") {
			return nil
		}
		seen++
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				called, is := n.Fun.(*ast.SelectorExpr)
				if !is {
					return true
				}
				switch called.Sel.Name {
				case "Local":
					if len(n.Args) == 0 {
						t.Errorf("%s: .Local() is this machine's zone: use wallclock", files.Position(n.Pos()))
					}
				case "Format", "AppendFormat":
					if layout := lastOf(n.Args); !machines[layout] && written[name] == "" {
						t.Errorf("%s: .%s(%s) writes a time: use wallclock", files.Position(n.Pos()), called.Sel.Name, layout)
					}
				}
			case *ast.SelectorExpr:
				if x, is := n.X.(*ast.Ident); is && x.Name == "time" && n.Sel.Name == "Local" && name != "ui/frame/header.go" {
					t.Errorf("%s: time.Local is this machine's zone: use that of now", files.Position(n.Pos()))
				}
			}
			return true
		})
		return nil
	})
	if err != nil || seen < 100 {
		t.Fatalf("%d files: %v", seen, err)
	}
}

// lastOf is the last argument as it is written.
func lastOf(args []ast.Expr) string {
	if len(args) == 0 {
		return ""
	}
	switch a := args[len(args)-1].(type) {
	case *ast.Ident:
		return a.Name
	case *ast.SelectorExpr:
		if x, is := a.X.(*ast.Ident); is {
			return x.Name + "." + a.Sel.Name
		}
	case *ast.BasicLit:
		return a.Value
	}
	return "?"
}
