package ui

import (
	"fmt"
	"go/ast"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"firstline/internal/theme"
	"firstline/ui/draw"
)

// withEveryRoom has what each room needs.
func withEveryRoom(o *Options) {
	newChronicle().with(o)
	withRota(payments())(o)
	withSteps(newMemory())(o)
	newShiftMaker().with(o)
	withLoad("")(o)
	o.OpenURL = func(string) error { return nil }
	o.Past = (&before{}).options()
}

// roomOf opens a room by keys, from the group of an incident with a runbook.
func roomOf(keys ...string) func(*harness) {
	return func(h *harness) {
		withWholeStory(h)
		h.put("Q1CHECKOUT")
		h.press(keys...)
		for range 4 { // one thing is read at a time
			h.tick(1e9)
		}
	}
}

// refused has PagerDuty answer no write.
func refused(h *harness) {
	h.m.options.Doer.Incidents.(*account).fail = errUnreachable
	roomOf("n", "x", "tab", "enter")(h)
}

// The rooms that no other picture shows.
func init() {
	for _, p := range []struct {
		name string
		open func(*harness)
	}{
		{"timeline", roomOf("3")},
		{"past", roomOf("5", "enter", "j")},
		{"past, one opened", roomOf("5", "enter", "enter")},
		{"on call", roomOf("6")},
		{"list under headings", roomOf("v")},
		{"a heading that is closed", roomOf("v", "C")},
		{"filters to choose from", roomOf("F")},
		{"orders to choose from", roomOf("S")},
		{"search in the runbook", roomOf("enter", "/", "e")},
		{"outline", roomOf("enter", "O")},
		{"links to open", roomOf("o")},
		{"remark on a step", roomOf("enter", "J", "d")},
		{"step to run", roomOf("enter", "J", "x")},
		{"steps in the background", roomOf("enter", "J", "x", "b", "x", "b", "b")},
		{"values of a step", roomOf("enter", "J", "J", "J", "J", "J", "J", "x", "a")},
		{"search in the help", roomOf("?", "/", "e", "s", "c")},
		{"what was copied", roomOf("y", "ctrl+y")},
		{"handover", roomOf("H")},
		{"handover, its text", roomOf("H", "e", "x")},
		{"note that was not sent", refused},
	} {
		pictures = append(pictures, picture{p.name, withEveryRoom, p.open})
	}
}

// TestEveryRoomHasAPicture: whoever adds a tab, a dialog or anything else that is open over
// the others also adds its picture.
func TestEveryRoomHasAPicture(t *testing.T) {
	shown := map[string]bool{}
	for i := range pictures {
		h := openPicture(t, i, 120, 30)
		shown["tab "+h.m.pane.TabName()] = true
		if h.m.overlay != nil {
			shown[strings.TrimLeft(fmt.Sprintf("%T", h.m.overlay), "*")] = true
		}
	}
	rooms := overlays(t)
	if len(rooms) < 12 {
		t.Fatalf("the rooms are %v", rooms)
	}
	for _, tab := range newHarness(t, 120, 30, withEveryRoom).m.pane.Tabs() {
		rooms = append(rooms, "tab "+tab.Name())
	}
	for _, r := range rooms {
		if !shown[r] {
			t.Errorf("no picture shows %s", r)
		}
	}
}

// overlays are the types of rooms that can be open over the others: those with the View of
// room.Overlay, and those that embed one.
func overlays(t *testing.T) []string {
	t.Helper()
	is := map[string]bool{}
	embedded := map[string][]string{}
	for name, file := range parsed(t, "*/*.go") {
		of := path.Base(filepath.ToSlash(filepath.Dir(name))) + "."
		for _, d := range file.tree.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil && d.Name.Name == "View" && returnsRectangle(d.Type) {
					is[of+receiver(d)] = true
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					typed, named := spec.(*ast.TypeSpec)
					if !named {
						continue
					}
					if s, structured := typed.Type.(*ast.StructType); structured {
						for _, f := range s.Fields.List {
							if len(f.Names) == 0 {
								embedded[of+typed.Name.Name] = append(embedded[of+typed.Name.Name], nameOfType(of, f.Type))
							}
						}
					}
				}
			}
		}
	}
	for again := true; again; {
		again = false
		for outer, inner := range embedded {
			if !is[outer] && slices.ContainsFunc(inner, func(name string) bool { return is[name] }) {
				is[outer], again = true, true
			}
		}
	}
	var all []string
	for name := range is {
		if !strings.HasPrefix(name, "room.") { // to be embedded
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

func returnsRectangle(f *ast.FuncType) bool {
	if f.Results == nil {
		return false
	}
	return slices.ContainsFunc(f.Results.List, func(r *ast.Field) bool { return nameOfType("", r.Type) == "draw.Rectangle" })
}

// nameOfType is a type with its package, of where it is not named.
func nameOfType(of string, e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return nameOfType(of, e.X)
	case *ast.SelectorExpr:
		return fmt.Sprint(e.X) + "." + e.Sel.Name
	case *ast.Ident:
		return of + e.Name
	}
	return ""
}

// checkNoColor checks that a screen without colours shows by bold, faint and reversed text
// what the colours show, in each line that has the same text, but in a runbook, which has
// marks for these.
func checkNoColor(t *testing.T, name string, h *harness, bare, marked [][]cell) {
	t.Helper()
	for y, cells := range bare {
		if textOf(cells) != textOf(marked[y]) {
			continue
		}
		for x, got := range cells {
			want := marked[y][x]
			if h.m.pane.TabName() == "Runbook" && h.m.Layout.Pane.Has(x, y) {
				continue
			}
			i := index(want.front)
			want.reversed = want.reversed || want.back != ""
			want.faint = !want.reversed && (i == int(theme.Dim) || i == int(theme.Border))
			want.front, want.back = "", ""
			if got != want {
				t.Errorf("%s without colours, line %d, column %d: %+v, want %+v", name, y, x, got, want)
				return
			}
		}
	}
}

func textOf(cells []cell) string {
	var b strings.Builder
	for _, c := range cells {
		b.WriteString(c.text)
	}
	return b.String()
}

// fewColors are the colours of a terminal with 16.
func fewColors(dark bool) draw.Colors { return draw.Colors{Dark: dark, FewColors: true} }
