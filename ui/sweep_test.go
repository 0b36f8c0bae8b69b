package ui

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/draw"
)

var everySize = flag.Bool("sweep", false, "draw screens at every size from 20x5 to 300x100, and not only where their shape changes")

// coarse are the sizes of a sweep in CI: the ends, and around where the shape changes.
var coarse = struct{ widths, heights []int }{
	[]int{20, 40, 59, 60, 61, 69, 72, 80, 86, 100, 115, 116, 117, 140, 149, 150, 151, 169, 170, 200, 300},
	[]int{5, 9, 14, 15, 16, 20, 22, 23, 24, 40, 100},
}

func span(from, to int) []int {
	var all []int
	for n := from; n <= to; n++ {
		all = append(all, n)
	}
	return all
}

// TestSweep draws the pictures at many sizes: nothing overlaps, no frame around a room is
// cut, and nothing is outside the screen. Each size has some of the pictures, in turns:
// `go test ./ui -run Sweep -sweep` draws all sizes.
func TestSweep(t *testing.T) {
	skipDrawing(t)
	sweep, each := coarse, 2
	if *everySize {
		sweep.widths, sweep.heights, each = span(20, 300), span(5, 100), 1
	}
	screens := make([]*harness, len(pictures))
	next := 0
	for _, width := range sweep.widths {
		for _, height := range sweep.heights {
			for range each {
				i := next % len(pictures)
				next++
				if screens[i] == nil {
					screens[i] = openPicture(t, i, 80, 24)
				}
				h := screens[i]
				h.send(tea.WindowSizeMsg{Width: width, Height: height})
				name := fmt.Sprintf("%s at %dx%d", pictures[i].name, width, height)
				if h.m.Layout.Short != "" {
					checkTooSmall(t, name, h)
					continue
				}
				h.checkFrame(name)
				checkFrames(t, name, h)
			}
		}
	}
}

// openPicture brings up the screen of a picture without colours.
func openPicture(t *testing.T, i, width, height int) *harness {
	p := pictures[i]
	h := newHarness(t, width, height, func(o *Options) {
		newAccount().with(o)
		if p.change != nil {
			p.change(o)
		}
		o.NoColor = true
	})
	p.open(h)
	return h
}

// checkTooSmall checks that what a small screen says is inside it.
func checkTooSmall(t *testing.T, name string, h *harness) {
	t.Helper()
	lines := strings.Split(h.screen(), "\n")
	if len(lines) > h.m.Height {
		t.Errorf("%s: there are %d lines", name, len(lines))
	}
	for _, line := range lines {
		if h.m.WidthOf(line) > h.m.Width {
			t.Errorf("%s: %q is wider than the screen", name, line)
		}
	}
}

// checkFrames checks that the parts of the screen do not overlap, and that the frame around
// each is whole.
func checkFrames(t *testing.T, name string, h *harness) {
	t.Helper()
	l := h.m.Layout
	parts := map[string]draw.Rectangle{"header": l.Header, "list": l.List, "pane": l.Pane, "group": l.Group}
	screen := draw.Rectangle{Width: h.m.Width, Height: h.m.Height}
	for a, one := range parts {
		if !one.Empty() && !inside(one, screen) {
			t.Errorf("%s: the %s is outside the screen: %v", name, a, one)
		}
		for b, other := range parts {
			if a < b && overlap(one, other) {
				t.Errorf("%s: %s and %s overlap: %v, %v", name, a, b, one, other)
			}
		}
	}
	var cells [][]string
	for line := range strings.SplitSeq(h.screen(), "\n") {
		var row []string
		for _, c := range readCells(h.m.Method, line) {
			row = append(row, c.text)
		}
		cells = append(cells, row)
	}
	var over draw.Rectangle
	if h.m.overlay != nil {
		lines, area, _ := h.m.overlay.View()
		if len(lines) > 0 {
			over = area
			if !inside(over, l.Body) {
				t.Errorf("%s: what is open is outside the middle of the screen: %v, which is %v", name, over, l.Body)
				return
			}
			if len(lines) != over.Height {
				t.Errorf("%s: what is open has %d lines, and %d are free", name, len(lines), over.Height)
			}
			if cells[over.Y][over.X] == "┌" {
				checkBox(t, name+", what is open", cells, over, draw.Rectangle{})
			}
		}
	}
	if !l.List.Empty() {
		checkBox(t, name+", the list", cells, l.List, over)
	}
	if !l.Pane.Empty() && l.Group.Empty() {
		checkBox(t, name+", the pane", cells, l.Pane, over)
	}
}

// checkBox checks that a frame is whole, but where something is open over it.
func checkBox(t *testing.T, name string, cells [][]string, box, over draw.Rectangle) {
	t.Helper()
	right, bottom := box.X+box.Width-1, box.Y+box.Height-1
	check := func(x, y int, want string) {
		if inside(draw.Rectangle{X: x, Y: y, Width: 1, Height: 1}, over) {
			return
		}
		if got := cells[y][x]; got != want {
			t.Errorf("%s: line %d, column %d has %q and not %q", name, y, x, got, want)
		}
	}
	check(box.X, box.Y, "┌")
	check(right, box.Y, "┐")
	check(box.X, bottom, "└")
	check(right, bottom, "┘")
	for y := box.Y + 1; y < bottom; y++ {
		check(box.X, y, "│")
		check(right, y, "│")
	}
}

func inside(r, of draw.Rectangle) bool {
	return r.X >= of.X && r.Y >= of.Y && r.X+r.Width <= of.X+of.Width && r.Y+r.Height <= of.Y+of.Height
}

func overlap(a, b draw.Rectangle) bool {
	return !a.Empty() && !b.Empty() && a.X < b.X+b.Width && b.X < a.X+a.Width && a.Y < b.Y+b.Height && b.Y < a.Y+a.Height
}

// skipDrawing skips a test of many frames with the race detector: drawing has no
// goroutines, and takes six times as long. CI runs these tests once without it.
func skipDrawing(t *testing.T) {
	t.Helper()
	if racing {
		t.Skip("drawing has no goroutines to race")
	}
}
